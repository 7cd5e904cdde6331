"""Reading tables from CSV, XLSX, XLS and ODS files, whatever their extension says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.store.guard import check_readable
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer import yen
from mentor_app.transfer.above import notes_on_rows_above
from mentor_app.transfer.as_text import holds_texts, texts
from mentor_app.transfer.cut import is_cut
from mentor_app.transfer.encoding import encoding_of
from mentor_app.transfer.merged import fill_down
from mentor_app.transfer.other_files import check_is_table
from mentor_app.transfer.recognise import normalise
from mentor_app.transfer.web_table import is_page

if TYPE_CHECKING:
    from mentor_app.transfer.workbook import Workbook

BATCH = 5000
SEPARATORS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("vertical bar")}
"""What may stand between the cells of a text file, and what it is called."""
_SAMPLE = 1 << 18
_HEAD = 60
_MAX_COLUMNS = 2000
_AUTHOR = re.compile(r"^[^\n:]{1,60}:\s*\n")
"""Who wrote a comment, as spreadsheet programs put it in front."""
_TABLE = 2
"""So many known headers make a table."""
_LIKE, _LACKING = 4, 2
"""A header of at least so many columns of another one, which lacks so many of them at most, means nearly the same."""
MOST_SHORT = 100_000
"""So many rows with fewer cells than the header are remembered."""
_MAX_CELL = 1 << 24
csv.field_size_limit(_MAX_CELL)

Row = tuple[int, list[str]]


@dataclass(kw_only=True)
class Source:
    """A file recognised as a table: how it was read, its header and its first rows."""

    path: Path
    encoding: str | None
    encodings: tuple[str, ...] = ()
    """Encodings it may be in as well as in ``encoding``, where that can't be told."""
    delimiter: str | None
    sheet: str | None
    sheets: list[str]
    headers: list[str]
    header_row: int
    sample: list[list[str]]
    sample_rows: list[int] = field(default_factory=list)
    """The numbers of the first rows."""
    counts_from_1904: bool = False
    above: list[str] = field(default_factory=list)
    """What stands above the header, and on the sheet's tab."""
    examples: dict[str, str] = field(default_factory=dict)
    """Of several encodings: how the first cells that tell them apart read in each."""
    notes: list[Text] = field(default_factory=list)
    """What else is to be said of the file: hidden rows, further sheets, merged cells."""
    comments: dict[str, str] = field(default_factory=dict)
    """Header → what a comment on its cell says."""
    tables: list[str] = field(default_factory=list)
    """Other sheets of a workbook that hold tables, where the one that is read holds none."""
    twins: list[str] = field(default_factory=list)
    """Sheets of a workbook that hold the same, this one among them, of which nobody has said which one is meant."""
    merged: dict[int, set[int]] = field(default_factory=dict)
    """Place of a column → rows that share a merged cell with others there."""
    short: dict[int, int] = field(default_factory=dict)
    """Row number → cells of a text file's row that has fewer than the header, once all rows were read; not more than MOST_SHORT."""
    full: int = 0
    """How many rows of a text file have all cells, once all were read."""
    holds_texts: bool = False
    """Whether there may be cells written as ="0012"."""
    header_cells: int | None = None
    """How many cells the header of a text file has, empty ones at its end among them."""
    end: int | None = None
    """The place of an empty column, behind which stands another table."""
    beyond: tuple[int, str] | None = None
    """The first row of that table with cells beyond the header, and these, once all rows were read."""
    _rows: list[Row] | None = field(default=None, repr=False)

    def count(self) -> int:
        """About how many rows there are, for showing progress: lines of a text file, rows of a sheet."""
        if self._rows is not None:
            return sum(number > self.header_row for number, _ in self._rows)
        with self.path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return max(1, lines - self.header_row)

    def batches(self, size: int = BATCH) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
        """Row numbers (the file's first row is 1) and rows, each at least as wide as the header; blank ones may be among
        them."""
        if self._rows is not None:
            yield from self._sheet_blocks(self._rows, size)
            return
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                yield from self._text_blocks(file, size)
        except (UnicodeError, LookupError):
            raise UserError(
                "{file} is not written in {encoding}. Choose another encoding.",
                file=self.path.name,
                encoding=self.encoding,
            ) from None
        except OSError as error:
            raise UserError("{file} can't be opened: {reason}", file=str(self.path), reason=reason_of(error)) from None

    def _text_blocks(self, file: io.TextIOBase, size: int) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
        reader = csv.reader(file, delimiter=self.delimiter or ",", strict=True)
        width, number, last = len(self.headers), self.header_row + 1, list[str]()
        before: list[list[str]] = []
        short, full = dict[int, int](), 0
        try:
            for _ in islice(reader, self.header_row):
                pass
            rows = iter(texts(yen.with_signs(reader, self.encoding), self.holds_texts))
            while block := list(islice(rows, size)):
                numbers = range(number, number + len(block))
                number += len(block)
                widths = set(map(len, block))
                before, last = block[:-1] or before, block[-1]
                if widths == {width}:
                    full += len(block)
                    yield numbers, block
                    continue
                filled = [(n, row) for n, row in zip(numbers, block, strict=True) if any(map(str.strip, row))]
                full += sum(len(row) >= width for _, row in filled)
                narrow = ((n, len(row)) for n, row in filled if 1 < len(row) < width)  # one cell alone is a remark
                short.update(islice(narrow, MOST_SHORT - len(short)))
                pairs = [(n, self._fit(n, row)) for n, row in filled]
                if pairs:
                    yield [n for n, _ in pairs], [row for _, row in pairs]
            others = [row[-1] for row in before if len(row) == width]
            if list(short) == [number - 1] or (len(last) == width and any(last) and is_cut(last[-1], others)):
                self._refuse_if_cut(number - 1, last)
            self.short, self.full = short, full
        except csv.Error as error:
            raise self._csv_fault(error, reader.line_num) from None

    def _refuse_if_cut(self, number: int, row: Sequence[str]) -> None:
        """UserError where the last row, alone of all, lacks cells or a part of the last one, and the file ends within it."""
        with self.path.open("rb") as file:
            end = file.seek(0, io.SEEK_END)
            file.seek(max(0, end - 4))
            if set(file.read()) & set(b"\r\n"):
                return
        if len(row) == len(self.headers) and not row[-1].strip():
            raise UserError(
                "{file}: the file ends within row {row}, whose last cell is empty, while all above have one. It seems to be cut off: export it once more. If nothing is missing, end its last line with a line break.",
                file=self.path.name,
                row=number,
            )
        if len(row) == len(self.headers):
            raise UserError(
                "{file}: the file ends within row {row}, whose last cell {value} is shorter than those above it. It seems to be cut off: export it once more. If nothing is missing, end its last line with a line break.",
                file=self.path.name,
                row=number,
                value=row[-1].strip(),
            )
        raise UserError(
            "{file}: the file ends within row {row}, which has {n} of {width} cells, the last of them {value}. It seems to be cut off: export it once more. If nothing is missing, end its last line with a line break.",
            file=self.path.name,
            row=number,
            n=len(row),
            width=len(self.headers),
            value=row[-1],
        )

    def _csv_fault(self, error: csv.Error, line: int) -> UserError:
        if "field larger" in str(error):
            return UserError(
                "{file}: a cell that ends about line {line} is longer than {n} characters. Is a quotation mark not closed?",
                file=self.path.name,
                line=line,
                n=f"{_MAX_CELL:,}",
            )
        return UserError(
            "{file}: about line {line} a quotation mark is not closed, or stands inside a cell without being doubled. Mend it, then try again.",
            file=self.path.name,
            line=line,
        )

    def _sheet_blocks(self, rows: list[Row], size: int) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
        below = [
            (number, self._fit(number, row))
            for number, row in rows
            if number > self.header_row and any(map(str.strip, row))
        ]
        for at in range(0, len(below), size):
            block = below[at : at + size]
            yield [number for number, _ in block], [row for _, row in block]

    def _fit(self, number: int, row: list[str]) -> list[str]:
        """A row as wide as the header; wider where it has more cells than that, unless another table begins before these."""
        width = len(self.headers)
        row = row + [""] * (width - len(row))
        beyond = [cell.strip() for cell in row[width:] if cell.strip()]
        if not beyond:
            return row[:width]
        is_beside = self.end is not None and not row[self.end].strip()
        if not is_beside or (self.header_cells is not None and len(row) > self.header_cells):
            return row
        if self.beyond is None or number < self.beyond[0]:
            self.beyond = number, " · ".join(beyond)
        return row[:width]

    def place_of(self, column: str) -> str:
        """A column with its letters, as a spreadsheet shows them: Amount (2) [F]."""
        letters, number = "", self.headers.index(column) + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{column} [{letters}]"

    def sample_of(self, column: str) -> list[str]:
        """The filled cells of a column among the first rows."""
        at = self.headers.index(column)
        return [row[at] for row in self.sample if at < len(row) and row[at].strip()]

    def row_of(self, columns: Sequence[str], value: str) -> int | None:
        """The first row in which a cell of one of these columns is ``value``, but for space around it."""
        places = [self.headers.index(column) for column in columns]
        for numbers, rows in self.batches():
            for number, row in zip(numbers, rows, strict=True):
                if any(row[at].strip() == value.strip() for at in places):
                    return number
        return None


def open_source(
    path: Path,
    sheet: str | None = None,
    encoding: str | None = None,
    known_headers: frozenset[str] = frozenset(),
    delimiter: str | None = None,
    is_table: Callable[[list[str]], bool] = lambda headers: False,
) -> Source:
    """Recognise a file. ``known_headers`` (normalised) help to find the header below title lines, and the separator; ``is_table``
    says whether headers hold what is read here, whatever they are called.

    Raises UserError for what is no table: empty, unreadable, a zip bomb, the open store itself.
    """
    check_readable(path)
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
        if not start.strip():
            raise UserError("{file} is empty.", file=path.name)
        if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return _open_workbook(path, sheet, start.startswith(b"PK"), known_headers, is_table)
        if is_page(start):
            return _open_workbook(path, sheet, False, known_headers, is_table)
        check_is_table(path, start)
        return _open_text(path, encoding, known_headers, delimiter)
    except OSError as error:
        raise UserError("{file} can't be opened: {reason}", file=str(path), reason=reason_of(error)) from None


def _open_text(path: Path, encoding: str | None, known: frozenset[str], delimiter: str | None) -> Source:
    found = encoding_of(path, encoding)
    with path.open(encoding=found.name, newline="") as file:
        head = file.read(_SAMPLE)
        whole = not file.read(1)
    likeliest = _delimiter(head, whole, known)
    rows = _head_rows(head, likeliest, whole)
    if not rows:
        raise UserError("{file} has no header row.", file=path.name)
    at, delimiter = _header_row(rows, known), delimiter or likeliest
    if delimiter != likeliest:
        header, rows = rows[at], _head_rows(head, delimiter, whole)
        if len(header) > 1 and all(len(row) == 1 for row in rows[at : at + 1]):
            raise UserError(
                "{file} is not cut into columns by this separator: {mark}. Choose another one (--separator).",
                file=path.name,
                mark=text(SEPARATORS[delimiter]),
            )
        at = _header_row(rows, known)
    may_hold = holds_texts(path)
    below = texts(yen.with_signs(rows[at + 1 :], found.name), may_hold)
    filled = [(number, row) for number, row in enumerate(below, at + 2) if any(row)][:20]
    return Source(
        path=path,
        encoding=found.name,
        encodings=tuple(name for name in found.choices if name != found.name),
        delimiter=delimiter,
        sheet=None,
        sheets=[],
        headers=_headers(next(iter(texts(rows[at : at + 1], may_hold))), path),
        header_row=at + 1,
        header_cells=len(rows[at]),
        holds_texts=may_hold,
        above=[cell for row in rows[:at] for cell in row if cell.strip()],
        examples=found.examples,
        notes=notes_on_rows_above(enumerate(rows[:at], 1)),
        sample=[row for _, row in filled],
        sample_rows=[number for number, _ in filled],
    )


def _head_rows(head: str, delimiter: str, whole: bool) -> list[list[str]]:
    """The first rows, the last of them left out where the text may have been cut within it."""
    rows: list[list[str]] = []
    with suppress(csv.Error):  # what is wrong is said where the rows are read
        rows.extend(islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), _HEAD))
    cut = not whole and len(rows) < _HEAD
    return rows[:-1] if cut and len(rows) > 1 else rows


def _open_workbook(
    path: Path, sheet: str | None, is_zip: bool, known: frozenset[str], is_table: Callable[[list[str]], bool]
) -> Source:
    from mentor_app.transfer.workbook import read_workbook

    book = read_workbook(path, sheet, is_zip)
    tables = _other_tables(book, known) if sheet is None else []
    if len(tables) == 1:
        passed, book = book.sheet, read_workbook(path, tables[0], is_zip)
        book.notes.append(text("The sheet {sheet} holds no table that is known here.", sheet=passed))
    book.rows = list(zip((number for number, _ in book.rows), texts(row for _, row in book.rows), strict=True))
    rows = [row for _, row in book.rows]
    if not rows:
        raise UserError("{file} is empty.", file=path.name)
    at = _header_row(rows, known)
    source = Source(
        path=path,
        encoding=None,
        delimiter=None,
        sheet=book.sheet,
        sheets=book.sheets,
        headers=_headers(rows[at], path),
        header_row=book.rows[at][0],
        sample=rows[at + 1 : at + 21],
        sample_rows=[number for number, _ in book.rows[at + 1 : at + 21]],
        above=[book.sheet, *book.around, *(cell for row in rows[:at] for cell in row if cell.strip())],
        counts_from_1904=book.counts_from_1904,
    )
    filled = fill_down(book.rows, book.merged, source.header_row)
    above = notes_on_rows_above(book.rows[:at])
    source.merged, source.notes = filled.cells, [*book.notes, *filled.notes, *above]
    source._rows = book.rows
    source.comments = {
        source.headers[column]: _AUTHOR.sub("", words)
        for row, column, words in book.comments
        if row == source.header_row and column < len(source.headers) and words
    }
    source.notes += [
        text("A comment on {column} says: {words}", column=column, words=words)
        for column, words in source.comments.items()
    ]
    source.tables = tables if len(tables) > 1 else []
    source.twins = _twins(book, rows[at], is_table) if sheet is None and not tables else []
    return source


def _other_tables(book: Workbook, known: frozenset[str]) -> list[str]:
    """The other sheets that hold a table, where the one that is read holds none, as far as headers are known."""

    def names(rows: Iterable[list[str]]) -> int:
        return max((len({normalise(cell) for cell in row[:_MAX_COLUMNS]} & known) for row in rows), default=0)

    if not known or names(row for _, row in book.rows[:20]) >= _TABLE:
        return []
    return [name for name, rows in book.heads.items() if names(rows) >= _TABLE]


def _twins(book: Workbook, header: list[str], is_table: Callable[[list[str]], bool]) -> list[str]:
    """The sheets that hold rows below this very header, or below one that means as much or lacks hardly anything of it (won deals without
    their stage), where others than the one that is read do."""

    def words(row: list[str]) -> list[str]:
        return sorted(filter(None, map(normalise, row)))

    wanted = words(header)
    least = max(_LIKE, len(wanted) - _LACKING)
    others = [
        name
        for name, rows in book.heads.items()
        if any(
            (len(wanted) > 1 and words(row) == wanted)
            or (len(words(row)) >= least and set(words(row)) < set(wanted))
            or is_table(row)
            for row in rows[:-1]
        )
    ]
    return [name for name in book.sheets if name in (book.sheet, *others)] if others else []


def _headers(row: list[str], path: Path) -> list[str]:
    """The header's cells; of several alike the later ones are numbered, so that each column has a name of its own."""
    headers = [str(cell.strip()).lstrip("\ufeff") for cell in row]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise UserError("{file} has no header row.", file=path.name)
    if len(headers) > _MAX_COLUMNS:
        raise UserError(
            "{file} has {n} columns; no table has more than {most}.", file=path.name, n=len(headers), most=_MAX_COLUMNS
        )
    seen: dict[str, int] = {}
    named = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        named.append(header if seen[header] == 1 or not header else f"{header} ({seen[header]})")
    return named


def _header_row(rows: list[list[str]], known: frozenset[str]) -> int:
    """The row among the first 20 with most known headers; without any, the first with two filled cells."""
    first = rows[:20]
    if not first:
        return 0
    best = max(range(len(first)), key=lambda i: (_names(first[i], known), -i))
    if _names(first[best], known):
        return best
    return next((i for i, row in enumerate(first) if sum(bool(c.strip()) for c in row) > 1), 0)


def _names(row: list[str], known: frozenset[str]) -> int:
    """How many cells are known headers."""
    return sum(normalise(cell) in known for cell in row[:_MAX_COLUMNS])


def _delimiter(head: str, whole: bool, known: frozenset[str]) -> str:
    """The separator under which the header has most of the known names; of several the one that cuts most rows into the same
    number (more than one) of cells."""

    def quality(mark: str) -> tuple[int, int, int]:
        rows = _head_rows(head, mark, whole)
        names = max((_names(row, known) for row in rows[:20]), default=0)
        widths = [len(row) for row in rows if row]
        common = max(set(widths), key=widths.count) if widths else 1
        return names, widths.count(common) if common > 1 else 0, common

    return max(SEPARATORS, key=quality)
