"""Workbooks (XLSX, XLS, ODS), read by a process of its own with limits on memory, cells and seconds."""

from __future__ import annotations

import datetime as dt
import math
import re
import time
import zipfile
from bisect import bisect_right
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_, Text, plural_text, text
from mentor_app.transfer import workbook_child
from mentor_app.transfer.collector import no_collector
from mentor_app.transfer.look import Broken, NoSuchDay, PartlyStruck
from mentor_app.transfer.merged import Area
from mentor_app.transfer.number_forms import form_of, shown
from mentor_app.transfer.other_files import check_is_workbook
from mentor_app.transfer.values import Fault, LeapDay, Number, Struck

SECONDS = 180
_MAX_UNPACKED = 2 << 30
_MAX_RATIO = 200
_MOST = 10
_UNREADABLE = N_(
    "{file} can't be read as a workbook: it is damaged, or needs more memory than it may have. Open it in a spreadsheet program and save it anew, or export it once more."
)


@dataclass(kw_only=True)
class Workbook:
    """One sheet of a workbook: its rows with something in them, by number, and what else is to be said of it."""

    sheet: str
    sheets: list[str]
    counts_from_1904: bool
    rows: list[tuple[int, list[str]]] = field(default_factory=list, repr=False)
    forms: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict, repr=False)
    """Column → runs of rows shown in a format that says more than digits: first, last, code."""
    merged: list[Area] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    """Words outside the table that is read, where the file is a web page."""
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    """Row, column (from 0) and words of comments on the first rows' cells."""
    heads: dict[str, list[list[str]]] = field(default_factory=dict, repr=False)
    """The first rows of visible sheets that are not read, where nobody has named one."""


def read_workbook(path: Path, sheet: str | None, is_zip: bool) -> Workbook:
    """The sheet called ``sheet``, else the first visible one that holds anything. UserError where it can't be read."""
    if is_zip:
        _check_archive(path)
    check_is_workbook(path, is_zip)
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=workbook_child.serve, args=(there, str(path), sheet), daemon=True)
    try:
        child.start()
        there.close()
        with no_collector():
            return _collect(path, here, time.monotonic() + SECONDS)
    finally:
        here.close()
        if child.is_alive():
            child.kill()
        child.join()
        child.close()


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise UserError("{file} is damaged: it is not a complete workbook.", file=path.name) from None
    if unpacked > _MAX_UNPACKED or unpacked > max(path.stat().st_size * _MAX_RATIO, 50 << 20):
        raise UserError("{file} would unpack to {n} MB and was not opened.", file=path.name, n=unpacked >> 20)


def _collect(path: Path, answers: Any, until: float) -> Workbook:
    found: Workbook | None = None
    while True:
        if not answers.poll(max(0.0, until - time.monotonic())):
            raise UserError("{file} takes longer than {n} seconds to read and was given up.", file=path.name, n=SECONDS)
        try:
            kind, said = answers.recv()
        except (EOFError, OSError):
            raise UserError(_UNREADABLE, file=path.name) from None
        if kind == "facts":
            found = _told(said)
        elif kind == "rows" and found is not None:
            found.rows += _numbered([(number, [_cell(value) for value in row]) for number, row in said], found.forms)
        elif kind == "refused":
            key, values = said
            raise UserError(key, file=path.name, **values)
        elif kind == "damaged" and re.search(r"EOCD|[Zz]ip", said):
            raise UserError("{file} is damaged: it is not a complete workbook.", file=path.name)
        elif kind == "damaged":
            raise UserError(_UNREADABLE, file=path.name)
        elif found is not None:
            return found


def _told(facts: dict[str, Any]) -> Workbook:
    notes = []
    if facts["others"]:
        notes.append(
            text(
                "Only the sheet {sheet} is read; there are also: {others}.",
                sheet=facts["sheet"],
                others=", ".join(facts["others"]),
            )
        )
    if facts["hidden"]:
        notes.append(
            plural_text(
                "{n} of these sheets is hidden: {sheets}.",
                "{n} of these sheets are hidden: {sheets}.",
                n=len(facts["hidden"]),
                sheets=", ".join(facts["hidden"]),
            )
        )
    if facts["hidden_rows"]:
        notes.append(
            plural_text(
                "{n} row is hidden in the workbook and is read all the same: row {row}.",
                "{n} rows are hidden in the workbook and are read all the same, the first is row {row}.",
                n=len(facts["hidden_rows"]),
                row=facts["hidden_rows"][0],
            )
        )
    if facts["struck_rows"]:
        notes.append(
            plural_text(
                "{n} row holds something that is struck out in the workbook, and is read all the same: {rows}. Delete what does not count before importing.",
                "{n} rows hold something that is struck out in the workbook, and are read all the same: {rows}. Delete what does not count before importing.",
                n=len(facts["struck_rows"]),
                rows=", ".join(map(str, facts["struck_rows"][:_MOST]))
                + (" …" if len(facts["struck_rows"]) > _MOST else ""),
            )
        )
    if facts["hidden_columns"]:
        notes.append(
            plural_text(
                "{n} column is hidden in the workbook and is read all the same.",
                "{n} columns are hidden in the workbook and are read all the same.",
                n=len(facts["hidden_columns"]),
            )
        )
    if facts["faults"]:
        notes.append(
            plural_text(
                "{n} row holds errors or formulas that were never calculated.",
                "{n} rows hold errors or formulas that were never calculated.",
                n=facts["faults"],
            )
        )
    if facts["empty_formulas"]:
        notes.append(
            plural_text(
                "{n} formula gives nothing and is read as empty. Was it never calculated? Then open the file in a spreadsheet program and save it there.",
                "{n} formulas give nothing and are read as empty. Were they never calculated? Then open the file in a spreadsheet program and save it there.",
                n=facts["empty_formulas"],
            )
        )
    return Workbook(
        sheet=facts["sheet"],
        sheets=facts["sheets"],
        counts_from_1904=facts["counts_from_1904"],
        notes=notes,
        forms=facts["forms"],
        around=facts["around"],
        merged=facts["merged"],
        comments=facts["comments"],
        heads={name: rows for name, rows in facts["heads"].items() if name not in facts["hidden"]},
    )


def _numbered(
    rows: list[tuple[int, list[str]]], forms: dict[int, list[tuple[int, int, str]]]
) -> list[tuple[int, list[str]]]:
    """Put beside the numbers of these rows what their formats say."""
    for column, runs in forms.items():
        starts = [first for first, _, _ in runs]
        for number, row in rows:
            at = bisect_right(starts, number) - 1
            if at < 0 or number > runs[at][1] or column >= len(row):
                continue
            cell = row[column]
            if isinstance(cell, Number):
                form, words = form_of(runs[at][2], cell.value), shown(runs[at][2], cell.value)
                if form is not None or words:
                    row[column] = Number(cell.value, form, words)
    return rows


_FAULTS: dict[type[Broken], type[Fault]] = {Broken: Fault, PartlyStruck: Struck, NoSuchDay: LeapDay}


def _cell(value: Any) -> str:
    """A workbook's cell: numbers stay numbers, dates are ISO text, errors stay what they are."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _FAULTS[type(value)](value) if isinstance(value, Broken) else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return Number(float(value)) if math.isfinite(value) else Fault("#NUM!")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
