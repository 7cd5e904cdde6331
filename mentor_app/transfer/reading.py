"""Reading tables from CSV, XLSX, XLS and ODS files, whatever their extension says."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.store.guard import check_readable
from mentor_app.transfer.recognise import normalise

BATCH = 2000
_SAMPLE = 1 << 18
_MAX_UNPACKED = 2 << 30
_MAX_RATIO = 200
_FOOTER = 50

Row = tuple[int, list[str]]


@dataclass(kw_only=True)
class Source:
    """A file recognised as a table: how it was read, its header and its first rows."""

    path: Path
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: list[str]
    headers: list[str]
    header_row: int
    sample: list[list[str]]
    footer_rows: int = 0
    sparse: bool = False
    """Whether a row of one filled cell may be a record rather than a remark below the table."""
    _cells: list[list[str]] | None = field(default=None, repr=False)

    def count(self) -> int:
        """About how many rows there are, for showing progress: lines of a text file, rows of a sheet."""
        if self._cells is not None:
            return len(self._cells) - self.header_row
        with self.path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return max(1, lines - self.header_row)

    def batches(self, size: int = BATCH) -> Iterator[tuple[list[int], list[list[str]]]]:
        """Row numbers (the file's first line is 1) and rows, footer and blank lines left out, each as wide as the
        header."""
        if self._cells is not None:
            yield from self._blocks(islice(self._cells, self.header_row, None), size)
            return
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                reader = csv.reader(file, delimiter=self.delimiter or ",")
                yield from self._blocks(islice(reader, self.header_row, None), size)
        except UnicodeDecodeError:
            raise UserError(
                "{file} is not written in {encoding}. Choose another encoding.",
                file=self.path.name,
                encoding=self.encoding,
            ) from None
        except csv.Error as error:
            raise UserError("{file} can't be read as a table: {reason}", file=self.path.name, reason=error) from None
        except OSError as error:
            raise UserError("{file} can't be opened: {reason}", file=str(self.path), reason=reason_of(error)) from None

    def _blocks(self, rows: Iterator[list[str]], size: int) -> Iterator[tuple[list[int], list[list[str]]]]:
        width = len(self.headers)
        held: list[list[str]] = []
        number = self.header_row + 1
        while True:
            block = list(islice(rows, size))
            ready = held + block
            if block:
                held = ready[-_FOOTER:]
                ready = ready[:-_FOOTER]
            else:
                kept = len(ready)
                while kept and _is_footer(ready[kept - 1], 2 if self.sparse else width):
                    kept -= 1
                self.footer_rows = sum(any(cell.strip() for cell in row) for row in ready[kept:])
                ready = ready[:kept]
            if ready:
                numbers = range(number, number + len(ready))
                number += len(ready)
                if set(map(len, ready)) != {width}:
                    pairs = [(n, _fit(row, width)) for n, row in zip(numbers, ready, strict=True) if any(row)]
                    yield [n for n, _ in pairs], [row for _, row in pairs]
                else:
                    yield list(numbers), ready
            if not block:
                return


def _fit(row: list[str], width: int) -> list[str]:
    return (row + [""] * (width - len(row)))[:width] if not any(row[width:]) else row


def _is_footer(row: list[str], width: int) -> bool:
    """Whether a last line is not data: blank, a remark in one cell, or totals."""
    filled = [cell for cell in row if cell.strip()]
    words = ("total", "grand total", "合计", "总计", "sum")
    return len(filled) <= (1 if width > 2 else 0) or filled[0].strip().casefold().startswith(words)


def open_source(
    path: Path, sheet: str | None = None, encoding: str | None = None, known_headers: frozenset[str] = frozenset()
) -> Source:
    """Recognise a file. ``known_headers`` (normalised) help to find the header below title lines.

    Raises UserError for what is no table: empty, unreadable, a zip bomb, the open store itself.
    """
    check_readable(path)
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except OSError as error:
        raise UserError("{file} can't be opened: {reason}", file=str(path), reason=reason_of(error)) from None
    if not start.strip():
        raise UserError("{file} is empty.", file=path.name)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _open_workbook(path, sheet, start.startswith(b"PK"), known_headers)
    encoding_used = _encoding(path, start, encoding)
    try:
        sample = codecs.getincrementaldecoder(encoding_used)("strict").decode(start)
    except (UnicodeDecodeError, LookupError):
        raise UserError(
            "{file} is not written in {encoding}. Choose another encoding.", file=path.name, encoding=encoding_used
        ) from None
    if "\0" in sample:
        raise UserError("{file} is not a table: it holds binary data.", file=path.name)
    lines = sample.splitlines()[:60]
    delimiter = _delimiter(lines)
    cut = len(start) == _SAMPLE or len(lines) == 60  # the last line may be torn
    rows = list(csv.reader(lines[:-1] if cut else lines, delimiter=delimiter))
    at = _header_row(rows, known_headers)
    source = Source(
        path=path,
        encoding=encoding_used,
        delimiter=delimiter,
        sheet=None,
        sheets=[],
        headers=_headers(rows[at], path),
        header_row=at + 1,
        sample=[],
    )
    source.sample = [row for row in rows[at + 1 :] if any(row)][:20]
    return source


def _open_workbook(path: Path, sheet: str | None, is_zip: bool, known: frozenset[str]) -> Source:
    if is_zip:
        try:
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(info.file_size for info in archive.infolist())
        except zipfile.BadZipFile:
            raise UserError("{file} is damaged: it is not a complete workbook.", file=path.name) from None
        if unpacked > _MAX_UNPACKED or unpacked > max(path.stat().st_size * _MAX_RATIO, 50 << 20):
            raise UserError("{file} would unpack to {n} MB and was not opened.", file=path.name, n=unpacked >> 20)
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        visible = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        chosen = sheet or next((name for name in visible if workbook.get_sheet_by_name(name).total_height), None)
        if chosen is None:
            raise UserError("{file} is empty.", file=path.name)
        if chosen not in workbook.sheet_names:
            raise UserError("{file} has no sheet called {sheet}.", file=path.name, sheet=chosen)
        cells = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise UserError("{file} can't be read as a workbook: {reason}", file=path.name, reason=error) from None
    rows = [[_cell(value) for value in row] for row in cells]
    at = _header_row(rows, known)
    if not any(rows[at]):
        raise UserError("{file} is empty.", file=path.name)
    source = Source(
        path=path,
        encoding=None,
        delimiter=None,
        sheet=chosen,
        sheets=visible,
        headers=_headers(rows[at], path),
        header_row=at + 1,
        sample=rows[at + 1 : at + 21],
    )
    source._cells = rows
    return source


def _cell(value: Any) -> str:
    """A workbook's cell as text: dates ISO, whole numbers without a fraction."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)


def _headers(row: list[str], path: Path) -> list[str]:
    headers = [cell.strip().lstrip("\ufeff") for cell in row]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) < 1:
        raise UserError("{file} has no header row.", file=path.name)
    return headers


def _header_row(rows: list[list[str]], known: frozenset[str]) -> int:
    """The row among the first 20 with most known headers; without any, the first with two filled cells."""

    def score(row: list[str]) -> int:
        return sum(normalise(cell) in known for cell in row)

    first = rows[:20]
    if not first:
        return 0
    best = max(range(len(first)), key=lambda i: (score(first[i]), -i))
    if score(first[best]):
        return best
    return next((i for i, row in enumerate(first) if sum(bool(c.strip()) for c in row) > 1), 0)


def _encoding(path: Path, start: bytes, given: str | None) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return given or "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return given or "utf-16"
    if given:
        return given
    if start[1::2].count(0) > len(start) // 8:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 8:
        return "utf-16-be"
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030"):
        words = [c for c in start.decode("gb18030", "ignore") if ord(c) > 127]
        common = sum("\u4e00" <= c <= "\u9fff" or c in "，。￥（）：、《》" for c in words)
        if words and common / len(words) > 0.7 and _gb2312_share(start) > 0.8:
            return "gb18030"
    from charset_normalizer import from_bytes

    best = from_bytes(start, cp_isolation=["cp1252", "gb18030", "big5", "cp1250", "cp1251", "shift_jis"]).best()
    likeliest = best.encoding if best else "cp1252"
    if likeliest == "cp1250" and start.decode("cp1250", "replace") == start.decode("cp1252", "replace"):
        return "cp1252"  # nothing in it tells them apart, and the western one is far more common
    return likeliest


def _gb2312_share(start: bytes) -> float:
    """Share of double-byte pairs that are everyday (GB 2312 level 1) characters: high only in real Chinese text."""
    pairs = everyday = at = 0
    while at < len(start) - 1:
        if start[at] < 0x80:
            at += 1
            continue
        pairs += 1
        everyday += 0xA1 <= start[at] <= 0xD7 and start[at + 1] >= 0xA1
        at += 2
    return everyday / pairs if pairs else 0.0


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 22):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number (more than one) of cells."""

    def quality(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        common = max(set(widths), key=widths.count) if widths else 1
        return (widths.count(common) if common > 1 else 0, common)

    return max((",", ";", "\t", "|"), key=quality)
