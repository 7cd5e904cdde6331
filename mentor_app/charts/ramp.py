"""The ramp-up drawn: one hire against benchmark and cohort; a cohort as small multiples or laid over each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, nan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from mentor_app.charts.style import MARKERS, PEOPLE, Spot, Style, clean_axes, only_axes, visible
from mentor_app.core.ramp.curve import Benchmark, Curve, Month
from mentor_app.core.ramp.interval import percent
from mentor_app.core.text import Translator, shown

_MAX_MONTHS = 36


@dataclass(frozen=True, kw_only=True)
class HireChart:
    """What one hire's chart shows. ``median`` is by tenure month (index 0: month 1), None where unknown."""

    curve: Curve
    benchmark: Benchmark
    median: tuple[float | None, ...]
    as_of: dt.date
    include_inherited: bool = False


@dataclass(frozen=True, kw_only=True)
class CohortChart:
    """What a cohort's chart shows."""

    name: str
    curves: tuple[Curve, ...]
    benchmark: Benchmark
    median: tuple[float | None, ...]
    as_of: dt.date
    include_inherited: bool = False
    mentor: bool = False
    """Whether these are the apprentices of the mentor called ``name``, not a cohort."""


def draw_hire(figure: Figure, data: HireChart, style: Style, tr: Translator) -> list[Spot]:
    """One hire: monthly rates with intervals and counts, trend, benchmark band, cohort median."""
    figure.set_facecolor(style.background)
    width, height = figure.get_size_inches()
    axes = only_axes(figure, (0.7 / width, 1.15 / height, 1 - 1.0 / width, 1 - 2.15 / height))
    curve = data.curve
    months = curve.months[-_MAX_MONTHS:]
    _heading(
        figure,
        _hire_title(data, tr),
        tr(
            "Points: closed deals of the month that were won; lines: 90% interval; "
            "thick line: smoothed trend; dashes: cohort median."
        ),
        style,
    )
    clean_axes(axes, style)
    _benchmark(axes, data.benchmark, style, tr, label=True)
    if not months:
        axes.set_xticks([])
        axes.text(0.5, 0.4, tr("No opportunities yet"), transform=axes.transAxes, ha="center", color=style.muted)
        _method(figure, data, style, tr)
        return []
    first, last = months[0].month, months[-1].month
    axes.set_xlim(first - 0.6, last + 0.6)
    _shade(axes, months, style, tr)
    trend = curve.trend[-len(months) :]
    x = [m.month for m, t in zip(months, trend, strict=True) if t.value is not None]
    known = [t for t in trend if t.value is not None]
    if len(x) > 1:
        axes.fill_between(
            x, _plotted(t.low for t in known), _plotted(t.high for t in known), color=style.accent, alpha=0.16, lw=0
        )
    _median(axes, data.median, first, last, style, tr)
    axes.plot(x, _plotted(t.value for t in known), color=style.accent, linewidth=2.4, solid_capstyle="round", zorder=4)
    dots = [m for m in months if m.closed]
    at = [m.month for m in dots]
    axes.vlines(
        at,
        _plotted(m.rate.low for m in dots),
        _plotted(m.rate.high for m in dots),
        color=style.accent,
        linewidth=0.9,
        zorder=3,
    )
    axes.scatter(
        at,
        _plotted(m.rate.value for m in dots),
        s=[18 + min(m.closed, 30) * 1.6 for m in dots],
        color=style.background,
        edgecolors=style.accent,
        linewidths=1.4,
        zorder=5,
        clip_on=False,
    )
    step = max(1, ceil(len(months) / max(1, int(width * 2))))
    shown = [m for m in months if (m.month - first) % step == 0]
    axes.set_xticks(
        [m.month for m in shown], [f"{m.month}\n{m.won}/{m.closed}" if m.closed else f"{m.month}\n–" for m in shown]
    )
    figure.text(0.7 / width, 0.5 / height, tr("Tenure month; below it, won / closed"), color=style.muted, fontsize=8)
    _method(figure, data, style, tr)
    return [_spot(axes, month, t.value, tr) for month, t in zip(months, trend, strict=True)]


def draw_overlay(figure: Figure, data: CohortChart, style: Style, tr: Translator) -> list[Spot]:
    """A cohort's trends laid over each other, labelled at their ends."""
    figure.set_facecolor(style.background)
    width, height = figure.get_size_inches()
    axes = only_axes(figure, (0.7 / width, 0.85 / height, 1 - 2.9 / width, 1 - 1.85 / height))
    clean_axes(axes, style)
    _heading(figure, _cohort_title(data, tr), tr("Smoothed close rate of each hire by tenure month."), style)
    _benchmark(axes, data.benchmark, style, tr, label=True)
    last = max((c.months[-1].month for c in data.curves if c.months), default=1)
    axes.set_xlim(0.6, last + 0.4)
    ends: list[tuple[float, str, str, str]] = []
    for i, curve in enumerate(data.curves):
        points = [(m.month, t.value) for m, t in zip(curve.months, curve.trend, strict=True) if t.value is not None]
        if not points:
            continue
        colour, marker = PEOPLE[i % len(PEOPLE)], MARKERS[(i // len(PEOPLE) + i) % len(MARKERS)]
        axes.plot(
            *zip(*points, strict=True),
            color=colour,
            linewidth=1.6,
            marker=marker,
            markersize=4,
            markevery=0.15,
            alpha=0.9,
        )
        ends.append((points[-1][1], visible(shown(curve.hire.name, tr), 18), colour, marker))
    _median(axes, data.median, 1, last, style, tr)
    _end_labels(figure, axes, ends, style)
    axes.xaxis.set_major_locator(MaxNLocator(min(last, 12), integer=True))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    figure.text(0.7 / width, 0.42 / height, tr("Tenure month"), color=style.muted, fontsize=8)
    _method(figure, data, style, tr)
    return []


def multiples_size(count: int) -> tuple[float, float]:
    """Figure size in inches that gives every one of ``count`` small charts the same room."""
    columns = min(4, max(1, count))
    return max(7.2, 2.4 * columns + 0.6), 1.75 * ceil(max(1, count) / columns) + 1.6


def draw_multiples(figure: Figure, data: CohortChart, style: Style, tr: Translator, most: int = 4) -> list[Spot]:
    """One small chart per hire, same axes everywhere, at most ``most`` side by side."""
    figure.clear()
    figure.set_facecolor(style.background)
    width, height = figure.get_size_inches()
    _heading(
        figure,
        _cohort_title(data, tr),
        tr("Each hire's monthly close rate with its trend, against the benchmark."),
        style,
    )
    count = max(1, len(data.curves))
    columns = min(most, count)
    rows = ceil(count / columns)
    last = max((c.months[-1].month for c in data.curves if c.months), default=1)
    cell_w, cell_h = (width - 0.7) / columns, (height - 1.3) / rows
    spots: list[Spot] = []
    for i, curve in enumerate(data.curves):
        column, row = i % columns, i // columns
        left, bottom = 0.55 + column * cell_w, height - 0.8 - (row + 1) * cell_h + 0.32
        axes = figure.add_axes((left / width, bottom / height, (cell_w - 0.25) / width, (cell_h - 0.62) / height))
        clean_axes(axes, style)
        axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"] if column == 0 else ["", "", ""])
        _benchmark(axes, data.benchmark, style, tr, label=False)
        axes.set_xlim(0.4, last + 0.6)
        name = visible(shown(curve.hire.name, tr), 20)
        axes.set_title(
            f"{name}  {curve.won}/{curve.won + curve.lost}", loc="left", fontsize=8.5, color=style.text, pad=4
        )
        known = [(m, t) for m, t in zip(curve.months, curve.trend, strict=True) if t.value is not None]
        axes.plot([m.month for m, _ in known], _plotted(t.value for _, t in known), color=style.accent, linewidth=1.8)
        dots = [m for m in curve.months if m.closed]
        axes.scatter(
            [m.month for m in dots],
            _plotted(m.rate.value for m in dots),
            s=8,
            color=style.accent,
            alpha=0.55,
            lw=0,
            clip_on=False,
        )
        axes.locator_params(axis="x", integer=True, nbins=5)
        spots += [_spot(axes, m, t.value, tr, shown(curve.hire.name, tr)) for m, t in known]
    _method(figure, data, style, tr)
    return spots


def _plotted(values: Iterable[float | None]) -> list[float]:
    """Numbers to draw; what is unknown is drawn as a gap."""
    return [nan if value is None else value for value in values]


def _heading(figure: Figure, title: str, note: str, style: Style) -> None:
    width, height = figure.get_size_inches()
    figure.text(0.3 / width, 1 - 0.36 / height, title, fontsize=12, color=style.text)
    figure.text(0.3 / width, 1 - 0.62 / height, note, fontsize=8, color=style.muted)


def _hire_title(data: HireChart, tr: Translator) -> str:
    name, rate = visible(shown(data.curve.hire.name, tr)), data.curve.overall
    if rate.value is None:
        return tr("{name} has no closed deals yet", name=name)
    return tr(
        "{name} closes {rate} of deals (90% interval {low}–{high}, {won} of {closed})",
        name=name,
        rate=percent(rate.value),
        low=percent(rate.low),
        high=percent(rate.high),
        won=data.curve.won,
        closed=data.curve.won + data.curve.lost,
    )


def _cohort_title(data: CohortChart, tr: Translator) -> str:
    won, closed = sum(c.won for c in data.curves), sum(c.won + c.lost for c in data.curves)
    values: dict[str, Any] = {
        "n": len(data.curves),
        "name": visible(data.name),
        "won": won,
        "closed": closed,
        "rate": percent(won / closed if closed else None),
    }
    if data.mentor:
        return tr.plural(
            "Apprentices of {name}: {n} hire, {won} of {closed} deals won ({rate})",
            "Apprentices of {name}: {n} hires, {won} of {closed} deals won ({rate})",
            **values,
        )
    return tr.plural(
        "Cohort {name}: {n} hire, {won} of {closed} deals won ({rate})",
        "Cohort {name}: {n} hires, {won} of {closed} deals won ({rate})",
        **values,
    )


def _benchmark(axes: Axes, benchmark: Benchmark, style: Style, tr: Translator, label: bool) -> None:
    rate = benchmark.rate
    if rate.value is None or rate.low is None or rate.high is None:
        return
    axes.axhspan(rate.low, rate.high, color=style.band, alpha=0.65, lw=0, zorder=1)
    axes.axhline(rate.value, color=style.band, linewidth=1.2, zorder=1)
    if label:
        words = tr.plural(
            "Senior benchmark {rate} (90% interval {low}–{high}, {n} person)",
            "Senior benchmark {rate} (90% interval {low}–{high}, {n} people)",
            rate=percent(rate.value),
            low=percent(rate.low),
            high=percent(rate.high),
            n=benchmark.people,
        )
        above = rate.high < 0.9
        axes.annotate(
            words,
            (0.01, rate.high if above else rate.low),
            xycoords=("axes fraction", "data"),
            xytext=(0, 3 if above else -3),
            textcoords="offset points",
            va="bottom" if above else "top",
            fontsize=8,
            color=style.muted,
            zorder=6,
            bbox={"facecolor": style.background, "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )


def _median(axes: Axes, median: Sequence[float | None], first: int, last: int, style: Style, tr: Translator) -> None:
    points = [(i, m) for i, m in enumerate(median, 1) if m is not None and first <= i <= last]
    if len(points) > 1:
        axes.plot(*zip(*points, strict=True), color=style.cohort, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
        at, value = points[len(points) // 3]
        axes.annotate(
            tr("Cohort median"),
            (at, value),
            xytext=(0, -13),
            textcoords="offset points",
            fontsize=8,
            color=style.muted,
            ha="center",
            zorder=6,
            bbox={"facecolor": style.background, "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )


def _shade(axes: Axes, months: Sequence[Month], style: Style, tr: Translator) -> None:
    """Name what is not known: months before the data, without closings, still filling."""
    groups: list[tuple[str, int, int]] = []
    for month in months:
        if not month.covered:
            words = tr("not covered")
        elif not month.full:
            words = tr("still filling")
        elif not month.closed:
            words = tr("no closings")
        else:
            continue
        if groups and groups[-1][0] == words and groups[-1][2] == month.month - 1:
            groups[-1] = (words, groups[-1][1], month.month)
        else:
            groups.append((words, month.month, month.month))
    for words, first, last in groups:
        if words != tr("no closings"):
            axes.axvspan(first - 0.5, last + 0.5, color=style.shade, lw=0, zorder=0.5)
        axes.text(
            (first + last) / 2,
            0.02,
            words,
            ha="center",
            va="bottom",
            fontsize=7.5,
            color=style.muted,
            rotation=90 if len(months) > 14 and first == last else 0,
        )


def _end_labels(figure: Figure, axes: Axes, ends: list[tuple[float, str, str, str]], style: Style) -> None:
    """Names at the right, pushed apart so that none covers another; the rest counted."""
    room = axes.get_position().height * figure.get_size_inches()[1]
    gap = 0.155 / room
    shown = sorted(ends)[: int(1 / gap) + 1]
    places: list[float] = []
    for value, *_ in shown:
        places.append(max(value, places[-1] + gap) if places else max(value, 0.0))
    overflow = places[-1] - 1.0 if places else 0
    ceiling = 1.0
    for i in range(len(places) - 1, -1, -1) if overflow > 0 else ():
        places[i] = min(places[i], ceiling)
        ceiling = places[i] - gap
    for (_, name, colour, marker), place in zip(shown, places, strict=True):
        axes.plot(1.03, place, marker, transform=axes.transAxes, color=colour, markersize=5, clip_on=False)
        axes.text(1.045, place, name, transform=axes.transAxes, color=style.text, fontsize=8, va="center")


def _method(figure: Figure, data: HireChart | CohortChart, style: Style, tr: Translator) -> None:
    curves = [data.curve] if isinstance(data, HireChart) else list(data.curves)
    benchmark = data.benchmark
    basis = (
        tr("benchmark: all closings in tenure month 7 or later, of all time")
        if benchmark.since is None
        else tr("benchmark: closings in tenure month 7 or later since {date}", date=benchmark.since)
    )
    left_out = tr(
        "Not counted: {open} open, {void} void, {inherited} inherited, {before} closed before hire",
        open=sum(c.open for c in curves),
        void=sum(c.void for c in curves),
        inherited=sum(c.inherited for c in curves),
        before=sum(c.before_hire for c in curves),
    )
    if data.include_inherited:
        left_out += tr(" (inherited deals are included above)")
    inferred = tr("; hire date inferred from the first opportunity") if any(c.hire.inferred for c in curves) else ""
    words = tr(
        "As of {date}. {left_out}; {basis}{inferred}.",
        date=data.as_of,
        left_out=left_out,
        basis=basis,
        inferred=inferred,
    )
    figure.text(
        0.3 / figure.get_size_inches()[0], 0.16 / figure.get_size_inches()[1], words, fontsize=7, color=style.muted
    )


def _spot(axes: Axes, month: Month, trend: float | None, tr: Translator, name: str = "") -> Spot:
    (left, bottom), (right, top) = (
        axes.figure.transFigure.inverted().transform(axes.transData.transform(point))
        for point in ((month.month - 0.5, 0), (month.month + 0.5, 1))
    )
    lines = [visible(name)] if name else []
    lines.append(tr("Month {n}: {first} to {last}", n=month.month, first=month.starts_on, last=month.ends_on))
    if month.closed:
        lines.append(
            tr(
                "{won} won, {lost} lost: {rate} (90% interval {low}–{high})",
                won=month.won,
                lost=month.lost,
                rate=percent(month.rate.value),
                low=percent(month.rate.low),
                high=percent(month.rate.high),
            )
        )
    elif not month.covered:
        lines.append(tr("Before the data begins: not covered"))
    else:
        lines.append(tr("No closings: the rate is unknown"))
    if trend is not None:
        lines.append(tr("Trend {rate}", rate=percent(trend)))
    return Spot(left=left, bottom=bottom, right=right, top=top, words="\n".join(lines))
