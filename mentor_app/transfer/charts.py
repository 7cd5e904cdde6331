"""Exporting ramp-up charts and their numbers: one person, some, a cohort, everybody."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mentor_app.core.errors import UserError
from mentor_app.core.ramp.curve import Company
from mentor_app.core.text import Translator, shown, translator
from mentor_app.transfer.files import Cell, Folder, replacing, write_csv, write_xlsx

if TYPE_CHECKING:
    from mentor_app.charts.ramp import CohortChart, HireChart

IMAGES = ("png", "svg", "pdf")
TABLES = ("csv", "xlsx")
# No date, so that the same chart is the same file; lightly packed, which is a third of the time for a tenth more bytes.
_HOW: dict[str, dict[str, Any]] = {".svg": {"metadata": {"Date": None}}, ".png": {"pil_kwargs": {"compress_level": 1}}}
_SPREAD_FROM = 12  # below this many charts, starting another process costs more than it saves


@dataclass(frozen=True)
class Job:
    """One chart and the image files it becomes."""

    data: HireChart | CohortChart
    kind: str
    paths: tuple[Path, ...]


def export(
    company: Company,
    indexes: Sequence[int],
    cohorts: Sequence[str],
    folder: Path,
    formats: Sequence[str],
    language: str,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Write the charts of ``company.hires[indexes]`` and of whole ``cohorts``; returns the files written.

    ``progress(done, total)`` may raise to cancel: files already complete stay, nothing half-written does.
    """
    unknown = [name for name in formats if name not in (*IMAGES, *TABLES)]
    if unknown or not formats:
        raise UserError("{format} is not a format. Choose from png, svg, pdf, csv, xlsx.", format=", ".join(unknown))
    for cohort in cohorts:
        if not company.listed_in(cohort):
            known = ", ".join(company.cohorts())
            raise UserError("Nobody was hired in {cohort}. The cohorts are: {known}.", cohort=cohort, known=known)
    with Folder(folder, overwrite) as place:
        return _export(company, indexes, cohorts, place, formats, language, progress)


def _export(
    company: Company,
    indexes: Sequence[int],
    cohorts: Sequence[str],
    place: Folder,
    formats: Sequence[str],
    language: str,
    progress: Callable[[int, int], None],
) -> list[Path]:
    tr, images = translator(language), [name for name in formats if name in IMAGES]
    jobs = _jobs(company, indexes, cohorts, place, images, tr) if images else []
    written = _draw(jobs, language, progress)
    members = list(dict.fromkeys([*indexes, *(i for c in cohorts for i in company.listed_in(c))]))
    headers = _headers(tr)
    if "csv" in formats:
        for i in members:
            path = place.file(shown(company.hires[i].name, tr), "csv")
            write_csv(path, headers, _rows(company, i, tr))
            written.append(path)
    if "xlsx" in formats:
        path = place.file(tr("Ramp-up"), "xlsx")
        rows = [row for i in members for row in _rows(company, i, tr)]
        write_xlsx(path, {tr("Ramp-up"): (headers, rows), tr("Senior benchmark"): _benchmark(company, tr)})
        written.append(path)
    return written


def _jobs(
    company: Company,
    indexes: Sequence[int],
    cohorts: Sequence[str],
    place: Folder,
    images: Sequence[str],
    tr: Translator,
) -> list[Job]:
    jobs = []
    medians: dict[str | None, tuple[float | None, ...]] = {}
    for i in dict.fromkeys([*indexes, *(i for c in cohorts for i in company.listed_in(c))]):
        name = shown(company.hires[i].name, tr)
        cohort_name = company.hires[i].cohort
        if cohort_name not in medians:
            medians[cohort_name] = _median_of(company, cohort_name)
        jobs.append(
            Job(
                hire_chart(company, i, medians[cohort_name]), "hire", tuple(place.file(name, image) for image in images)
            )
        )
    for cohort in cohorts:
        data = cohort_chart(company, cohort)
        for kind in ("multiples", "overlay"):
            jobs.append(Job(data, kind, tuple(place.file(f"{cohort} {kind}", image) for image in images)))
    return jobs


def cohort_chart(company: Company, cohort: str) -> CohortChart:
    """What a cohort's chart needs."""
    from mentor_app.charts.ramp import CohortChart

    curves = tuple(company.curve(i) for i in company.listed_in(cohort))
    median = company.cohort_median(company.cohort(cohort))
    return CohortChart(
        name=cohort,
        curves=curves,
        benchmark=company.benchmark,
        median=median,
        as_of=company.as_of,
        include_inherited=company.include_inherited,
    )


def hire_chart(company: Company, index: int, median: tuple[float | None, ...] | None = None) -> HireChart:
    """What one hire's chart needs; ``median`` of the cohort where it is known already."""
    from mentor_app.charts.ramp import HireChart

    if median is None:
        median = _median_of(company, company.hires[index].cohort)
    return HireChart(
        curve=company.curve(index),
        benchmark=company.benchmark,
        median=median,
        as_of=company.as_of,
        include_inherited=company.include_inherited,
    )


def _median_of(company: Company, cohort: str | None) -> tuple[float | None, ...]:
    return company.cohort_median(company.cohort(cohort)) if cohort else ()


def _draw(jobs: list[Job], language: str, progress: Callable[[int, int], None]) -> list[Path]:
    written: list[Path] = []
    if len(jobs) < _SPREAD_FROM or (os.cpu_count() or 1) < 2:
        for done, job in enumerate(jobs):
            progress(done, len(jobs))
            written += _render(job, language)
    else:
        with ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
            try:
                for done, paths in enumerate(pool.map(_render, jobs, [language] * len(jobs), chunksize=4)):
                    progress(done, len(jobs))
                    written += paths
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    if jobs:
        progress(len(jobs), len(jobs))
    return written


@cache
def _figure() -> Any:
    from mentor_app.charts.style import new_figure

    return new_figure()


def _render(job: Job, language: str) -> list[Path]:
    """Draw on one Figure used again and again: twice as fast as a fresh one each time."""
    from mentor_app.charts import ramp
    from mentor_app.charts.style import LIGHT

    figure, data, tr = _figure(), job.data, translator(language)
    figure.set_size_inches(9.6, 5.4)
    if isinstance(data, ramp.HireChart):
        ramp.draw_hire(figure, data, LIGHT, tr)
    elif job.kind == "multiples":
        figure.set_size_inches(*ramp.multiples_size(len(data.curves)))
        ramp.draw_multiples(figure, data, LIGHT, tr)
    else:
        ramp.draw_overlay(figure, data, LIGHT, tr)
    for path in job.paths:
        extra = _HOW.get(path.suffix, {})
        with replacing(path) as part:
            written = io.BytesIO()  # at once: on a full disk the library would stumble over its own half file
            figure.savefig(written, format=path.suffix[1:], dpi=160, **extra)
            part.write_bytes(written.getvalue())
    return list(job.paths)


def _headers(tr: Translator) -> list[str]:
    return [
        tr("Name"),
        tr("Hired on"),
        tr("Hire date inferred"),
        tr("Tenure month"),
        tr("Month starts"),
        tr("Month ends"),
        tr("Won"),
        tr("Lost"),
        tr("Close rate"),
        tr("Low (90%)"),
        tr("High (90%)"),
        tr("Trend"),
        tr("Covered"),
        tr("Complete"),
        tr("Trend: low"),
        tr("Trend: high"),
        tr("Left on"),
    ]


def _rows(company: Company, index: int, tr: Translator) -> list[list[Cell]]:
    curve = company.curve(index)
    return [
        [
            shown(curve.hire.name, tr),
            curve.hire.hired_on,
            int(curve.hire.inferred),
            m.month,
            m.starts_on,
            m.ends_on,
            m.won,
            m.lost,
            m.rate.value,
            m.rate.low,
            m.rate.high,
            t.value,
            int(m.covered),
            int(m.full),
            t.low,
            t.high,
            curve.hire.left_on,
        ]
        for m, t in zip(curve.months, curve.trend, strict=True)
    ]


def _benchmark(company: Company, tr: Translator) -> tuple[list[str], list[list[Cell]]]:
    b = company.benchmark
    headers = [
        tr("As of"),
        tr("Since"),
        tr("Won"),
        tr("Lost"),
        tr("Close rate"),
        tr("Low (90%)"),
        tr("High (90%)"),
        tr("People"),
    ]
    since: Cell = b.since or tr("all time")
    return headers, [[company.as_of, since, b.won, b.lost, b.rate.value, b.rate.low, b.rate.high, b.people]]
