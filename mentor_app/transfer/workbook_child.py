"""Reads a workbook in a process of its own, so that a hostile or damaged file ends that process and nothing else.

What is imported here is imported by that process when it starts: neither Qt nor the app's store is.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import IO, Any

from mentor_app.core.text import N_

MAX_CELLS = 25_000_000
MAX_MEMORY = 3 << 30
BLOCK = 5000
_STEP = 8 << 20


class Refused(Exception):
    """The workbook is not read: a message key and its values."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values


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
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    is_zip = zipfile.is_zipfile(path)
    seen = _Parts(path) if is_zip else None
    if seen is not None:
        seen.check_sizes()
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
    for name in visible:  # one after the other: each is freed before the next is read
        if name == sheet or (found is None and sheet is None):
            looked = book.get_sheet_by_name(name)
            if looked.height:
                chosen, found = name, looked
                continue
        elif book.get_sheet_by_name(name).height:
            others.append(name)
    if found is None and chosen is not None:  # a hidden one that was asked for, or an empty one
        found = book.get_sheet_by_name(chosen)
    if found is None or chosen is None or not found.height:
        raise Refused(N_("{file} is empty."))
    if found.height * found.width > MAX_CELLS:
        raise Refused(
            N_("The sheet {sheet} of {file} spans {n} cells, which is too many. Delete what is far outside."),
            sheet=chosen,
            n=found.height * found.width,
        )
    look = _Look(path, seen.part_of(chosen) if seen is not None else None)
    yield (
        "facts",
        {
            "sheet": chosen,
            "sheets": visible,
            "others": others,
            "counts_from_1904": seen.counts_from_1904 if seen is not None else _xls_from_1904(path),
            "hidden_rows": sorted(look.hidden_rows),
            "hidden_columns": sorted(look.hidden_columns),
            "merged": [(first[0] + 1, last[0] + 1) for first, last in found.merged_cell_ranges or [] if first != last],
            "faults": len(look.faults),
        },
    )
    yield from _blocks(found, look)


def _blocks(found: Any, look: _Look) -> Iterator[tuple[str, Any]]:
    """Rows with something in them, by their numbers, in blocks."""
    start = found.start or (0, 0)
    block: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(found.iter_rows(), start[0] + 1):
        row = [None] * start[1] + cells if start[1] else cells
        for column, words in look.faults.get(number, ()):
            row = row + [None] * (column + 1 - len(row))
            row[column] = words
        if any(cell is not None and cell != "" for cell in row):
            block.append((number, row))
        if len(block) == BLOCK:
            yield "rows", block
            block = []
    if block:
        yield "rows", block


class Broken(str):
    """The text of a cell that holds an error, or a formula without its result."""


class _Parts:
    """What an XLSX says of itself outside its sheets; an ODS has none of it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.counts_from_1904 = False
        self._parts: dict[str, str] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
                if "xl/workbook.xml" not in names:
                    return
                book = ET.fromstring(_bounded(archive, "xl/workbook.xml"))
                links = ET.fromstring(_bounded(archive, "xl/_rels/workbook.xml.rels"))
        except (KeyError, ET.ParseError, zipfile.BadZipFile):
            return
        target_of = {link.get("Id"): link.get("Target", "") for link in links}
        for item in book.iter():
            name = item.tag.rpartition("}")[2]
            if name == "workbookPr":
                self.counts_from_1904 = item.get("date1904", "0").lower() in ("1", "true", "on")
            elif name == "sheet":
                link = next((value for key, value in item.attrib.items() if key.endswith("}id")), None)
                target = target_of.get(link, "")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                if part in names:
                    self._parts[item.get("name", "")] = part

    def part_of(self, sheet: str) -> str | None:
        """The file inside the archive that holds a sheet."""
        return self._parts.get(sheet)

    def check_sizes(self) -> None:
        """Refused where a sheet holds a value so far outside that the rectangle up to it would fill the memory."""
        for sheet, part in self._parts.items():
            with zipfile.ZipFile(self._path) as archive, archive.open(part) as file:
                said = re.search(rb'<(?:\w+:)?dimension[^>]*ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"', file.read(4096))
            if said and said[3] and _column(said[3]) * int(said[4]) <= MAX_CELLS:
                continue
            rows, columns, far = _extent(self._path, part)
            if rows * columns > MAX_CELLS:
                raise Refused(
                    N_(
                        "The sheet {sheet} of {file} holds something as far outside as cell {cell}. Delete what is far outside, then try again."
                    ),
                    sheet=sheet,
                    cell=far,
                )


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(8 << 20)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A sheet's XML in pieces that end with a cell or a row."""
    rest = b""
    while chunk := file.read(_STEP):
        block = rest + chunk
        end = max(
            block.rfind(b"</c>"), block.rfind(b"</row>"), block.rfind(b"/>"), block.rfind(b":c>"), block.rfind(b":row>")
        )
        end = block.find(b">", end) + 1 if end >= 0 else 0
        if not end and len(block) > 8 * _STEP:
            return
        yield block[:end]
        rest = block[end:]
    yield rest


_VALUED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>(?!\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</)'
)
"""A cell with something in it; one that is only formatted is none."""


def _extent(path: str, part: str) -> tuple[int, int, str]:
    """Rows and columns up to the last cell that holds something, and the cell farthest out."""
    rows = columns = 0
    far, area = "A1", 0
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        for piece in _pieces(file):
            for letters, number in _VALUED.findall(piece):
                row, column = int(number), _column(letters)
                rows, columns = max(rows, row), max(columns, column)
                if row * column > area:
                    area, far = row * column, (letters + number).decode()
    return rows, columns, far


_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ERROR = re.compile(rb'\bt=["\']e["\']')


class _Look:
    """What a sheet's XML tells beside its values: hidden rows and columns, errors, formulas without a result."""

    def __init__(self, path: str, part: str | None) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.faults: dict[int, list[tuple[int, Broken]]] = {}
        if part is None:
            return
        with zipfile.ZipFile(path) as archive, archive.open(part) as file:
            for piece in _pieces(file):
                self._hidden(piece)
                if b't="e"' in piece or b"t='e'" in piece or b"<f" in piece or b":f" in piece:
                    self._broken(piece)

    def _hidden(self, piece: bytes) -> None:
        if b"hidden" not in piece:
            return
        self.hidden_rows |= {int(number) for number in _HIDDEN_ROW.findall(piece)}
        for found in _HIDDEN_COLUMN.findall(piece):
            first, last = (re.search(rb'\b%s="(\d+)"' % name, found) for name in (b"min", b"max"))
            if first and last:
                self.hidden_columns |= set(range(int(first[1]), min(int(last[1]), 16384) + 1))

    def _broken(self, piece: bytes) -> None:
        for about, inner in _CELL.findall(piece):
            error = _ERROR.search(about)
            formula = re.search(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)", inner)
            if not error and formula is None:
                continue
            value = re.search(rb"<(?:\w+:)?v\b[^>/]*>([^<]+)<", inner)
            place = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', about)
            if place is None or (not error and (value or b't="str"' in about or b"<is" in inner)):
                continue
            words = (value[1] if error and value else b"=" + (formula[1] or b"" if formula else b"")).decode(
                "utf-8", "replace"
            )
            self.faults.setdefault(int(place[2]), []).append((_column(place[1]) - 1, Broken(words[:200])))


def _xls_from_1904(path: str) -> bool:
    """Whether an old workbook says that its days are counted from 1904: its DATEMODE record, the first there is."""
    with open(path, "rb") as file:
        found = re.search(rb"\x22\x00\x02\x00([\x00\x01])\x00", file.read(4 << 20))
    return found is not None and found[1] == b"\x01"
