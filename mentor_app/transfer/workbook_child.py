"""Reads a workbook in a process of its own, so that a hostile or damaged file ends that process and nothing else.

What is imported here is imported by that process when it starts: neither Qt nor the app's store is.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from mentor_app.core.text import N_
from mentor_app.transfer import ods_look, web_table, xls_look
from mentor_app.transfer.look import Broken, Look, NoSuchDay, Refused
from mentor_app.transfer.xlsx_look import MAX_CELLS, Parts

MAX_MEMORY = 3 << 30
BLOCK = 5000
_HIGH, _WIDE = 20, 200


def serve(answer: Connection, path: str, sheet: str | None) -> None:
    """Send ("facts", dict), then ("rows", list of rows) until ("end", None); or ("refused", (key, values)), ("damaged", words)."""
    _limit()
    try:
        for message in _read(path, sheet):
            answer.send(message)
        answer.send(("end", None))
    except Refused as refused:
        answer.send(("refused", (refused.key, refused.values)))
    except BaseException as error:  # the library's panics are no ordinary exceptions
        with contextlib.suppress(Exception):
            answer.send(("damaged", str(error).strip()[:200] or type(error).__name__))
    finally:
        answer.close()
        os._exit(0)


def _limit() -> None:
    """Take no more memory than allowed (where the system can be told), and say nothing on the way out."""
    with contextlib.suppress(Exception):
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(Exception):
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: str, sheet: str | None) -> Iterator[tuple[str, Any]]:
    with open(path, "rb") as file:
        beginning = file.read(1 << 16)
    if web_table.is_page(beginning):
        yield from _of_page(path, sheet)
        return
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    parts = _parts(path)
    if parts is not None:
        parts.check_sizes()
    try:
        book = CalamineWorkbook.from_path(path)
    except PasswordError:
        raise Refused(N_("{file} is protected by a password. Save it without one.")) from None
    tables = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    visible = [
        one.name
        for one in book.sheets_metadata
        if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
    ]
    if sheet is not None and sheet not in tables:
        raise Refused(N_("{file} has no sheet called {sheet}."), sheet=sheet)
    chosen, found, others = sheet, None, []
    heads: dict[str, list[list[str]]] = {}
    for name in tables:  # one after the other: each is freed before the next is read
        if name == sheet or (found is None and sheet is None and name in visible):
            looked = book.get_sheet_by_name(name)
            if looked.height:
                chosen, found = name, looked
            continue
        other = book.get_sheet_by_name(name)
        if other.height:
            others.append(name)
            heads[name] = _head(other.iter_rows()) if sheet is None else []
        del other
    if found is None and sheet is None and others:
        words = N_(
            "The sheets of {file} that are shown are empty; hidden ones are not: {sheets}. Show one, or name it (--sheet)."
        )
        raise Refused(words, sheets=", ".join(others))
    if found is None or chosen is None or not found.height:
        raise Refused(N_("{file} is empty."))
    if found.height * found.width > MAX_CELLS:
        raise Refused(
            N_("The sheet {sheet} of {file} spans {n} cells, which is too many. Delete what is far outside."),
            sheet=chosen,
            n=found.height * found.width,
        )
    look = _look(path, chosen, parts)
    areas = [(*first, *last) for first, last in found.merged_cell_ranges or [] if first != last]
    merged = [(top + 1, left, bottom + 1, right) for top, left, bottom, right in areas]
    beside = {"heads": heads, "hidden": [name for name in others if name not in visible]}
    yield "facts", _facts(chosen, visible, others, look, merged=[*merged, *look.merged], **beside)
    start = found.start or (0, 0)
    yield from _blocks(found.iter_rows(), look, start)


def _of_page(path: str, sheet: str | None) -> Iterator[tuple[str, Any]]:
    """A table of a web page."""
    look, chosen, tables, around = web_table.read(path, sheet)
    others = [name for name in tables if name != chosen]
    heads = {name: _head(tables[name]) for name in others} if sheet is None else {}
    yield "facts", _facts(chosen, list(tables), others, look, around=around, heads=heads)
    yield from _blocks(tables[chosen], look, (0, 0))


def _facts(chosen: str, sheets: list[str], others: list[str], look: Look, **more: Any) -> dict[str, Any]:
    """What is to be said of a sheet before its rows."""
    return {
        "sheet": chosen,
        "sheets": sheets,
        "others": others,
        "counts_from_1904": look.counts_from_1904,
        "hidden_rows": sorted(look.hidden_rows),
        "struck_rows": sorted(look.struck_rows),
        "hidden_columns": sorted(look.hidden_columns),
        "faults": sum(any(type(words) is Broken for _, words in cells) for cells in look.faults.values()),
        "empty_formulas": look.empty_formulas,
        "forms": look.forms,
        "merged": [],
        "around": [],
        "heads": {},
        "hidden": [],
        "comments": look.comments,
        **more,
    }


def _head(rows: Iterable[list[Any]]) -> list[list[str]]:
    """The texts of a sheet's first rows, among which its header would be."""
    return [[cell for cell in row[:_WIDE] if isinstance(cell, str)] for row in islice(rows, _HIGH)]


def _parts(path: str) -> Parts | None:
    """What an XLSX says of itself; None for another workbook. Refused for one that holds everything in another form."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return Parts(path)
    if "content.xml" in names:
        return None
    raise Refused(N_("{file} is no XLSX, XLS or ODS. Save it as XLSX."))


def _look(path: str, sheet: str, parts: Parts | None) -> Look:
    """What a sheet tells beside its values."""
    if parts is not None:
        return parts.look(sheet)
    return ods_look.look(path, sheet) if zipfile.is_zipfile(path) else xls_look.look(path, sheet)


def _blocks(rows: Iterable[list[Any]], look: Look, start: tuple[int, int]) -> Iterator[tuple[str, Any]]:
    """Rows with something in them, by their numbers, in blocks; the first begins at ``start``."""
    block: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(rows, start[0] + 1):
        row = [None] * start[1] + cells if start[1] else cells
        for column, words in (*look.words.get(number, ()), *look.faults.get(number, ())):
            row = row + [None] * (column + 1 - len(row))
            row[column] = words
        for column in look.sixties.get(number, ()):
            if column < len(row) and isinstance(row[column], dt.date):
                row[column] = NoSuchDay("1900-02-29")
        if any(cell is not None and cell != "" for cell in row):
            block.append((number, row))
        if len(block) == BLOCK:
            yield "rows", block
            block = []
    if block:
        yield "rows", block
