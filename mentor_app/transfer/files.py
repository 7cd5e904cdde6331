"""File names that are safe everywhere, files that never overwrite, tables as CSV and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EACCES, EEXIST, EISDIR, ELOOP
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Self

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.store.guard import check_place, is_open, put_in_place

_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}
_MAX_BYTES = 150
_DATABASE = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, by the ends of the names."""

_FIGURE = re.compile(r"(?:([A-Z]{3}) )?([+\u2212-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
_DIGITS = 15
"""As many digits of a number a workbook keeps."""


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown: in a workbook a number, where its words are one."""

    words: str

    def read(self) -> tuple[float, str] | None:
        """The number, and the form in which a workbook shows it as it is here; None where it is none ("3 / 5", "–")."""
        found = _FIGURE.fullmatch(self.words)
        if found is None:
            return None
        currency, sign, whole, decimals = found.groups(default="")
        digits = whole.replace(",", "")
        if len(digits + decimals) > _DIGITS:
            return None
        form = "#,##0" if "," in whole or currency else "0"
        form = (f'"{currency} "' if currency else "") + form + (f".{'0' * len(decimals)}" if decimals else "")
        number = float(f"{digits}.{decimals}") if decimals else int(digits)
        return (number if sign in ("", "+") else -number), (f"+{form};-{form};0" if sign == "+" else form)


Cell = str | int | float | dt.date | bool | Figure | None


def safe_name(name: str) -> str:
    """``name`` as a file name (without extension) on Windows, macOS and Linux; never empty."""
    clean = "".join("_" if c in '<>:"/\\|?*' or unicodedata.category(c)[0] == "C" else c for c in name)
    clean = re.sub(r"\s+", " ", clean).strip(" .")
    while len(clean.encode()) > _MAX_BYTES:
        clean = clean[:-1]
    clean = clean.strip(" .") or "_"
    return f"_{clean}" if clean.split(".")[0].casefold() in _RESERVED else clean


class Folder:
    """Hands out paths in a folder; a name that exists gets a number, unless overwriting was asked for. As a context: where what is
    done inside fails, a folder made for it that is empty goes again."""

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        check_place(path / "file")
        refuse_database(path)
        self._made = [folder for folder in (path, *path.parents) if not os.path.lexists(folder)]
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                "{folder} can't be written to: {reason}", folder=str(path), reason=reason_of(error)
            ) from None
        if not os.access(path, os.W_OK):
            raise UserError(
                "{folder} can't be written to: {reason}",
                folder=str(path),
                reason=reason_of(PermissionError(EACCES, "")),
            )
        self.path, self._overwrite = path, overwrite
        self._given: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        with suppress(OSError):
            for folder in self._made if error is not None else ():
                folder.rmdir()

    def file(self, name: str, extension: str) -> Path:
        """A path for ``name`` that nobody else was given."""
        stem, extension, number = safe_name(name), safe_name(extension), 1
        while True:
            candidate = f"{stem}.{extension}" if number == 1 else f"{stem} ({number}).{extension}"
            key = unicodedata.normalize("NFC", candidate).casefold()
            path = self.path / candidate
            if key not in self._given and (self._overwrite or not os.path.lexists(path)):
                self._given.add(key)
                return path
            number += 1


def neutral(value: Cell) -> Cell:
    """Text that a spreadsheet would run as a formula, made plain text; a number with its sign is none."""
    value = value.words if isinstance(value, Figure) else value
    if not isinstance(value, str) or re.fullmatch(r"[+-]\d[\d,.]*%?", value):
        return value
    if value.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def refuse_database(path: Path) -> None:
    """UserError where ``path`` is a store, another database, or what SQLite keeps beside one: nothing is written over those.

    A file this process holds open as a store is told by its identity and not opened: see ``core.store.guard``. Nor is
    anything written among a store's attachments and backups.
    """
    check_place(path)
    for name in {path, Path(os.path.realpath(path))}:
        whole = [name, *(name.with_name(name.name.removesuffix(end)) for end in _BESIDE if name.name.endswith(end))]
        if any(_is_database(candidate) for candidate in whole if candidate.name):
            raise UserError("{file} belongs to a database, which would be lost. Choose another name.", file=str(path))


def _is_database(path: Path) -> bool:
    if is_open(path):
        return True
    try:
        if not path.is_file():  # a pipe would wait for somebody to write
            return False
        with path.open("rb") as file:
            return file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return False


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` to write to; it takes the place of ``path`` once it is whole, or is gone. What somebody else
    writes there meanwhile stays.

    Every file the app writes for others passes here, so no database is ever written over, nor anything else of a name
    that we would have chosen. Where ``path`` is a link, what it points to is replaced.
    """
    refuse_database(path)
    part: Path | None = None
    try:
        target = Path(os.path.realpath(path))
        if target.is_symlink():  # still: its links lead in a circle
            raise OSError(ELOOP, "")
        if target.exists() and not target.is_file():  # a device or a pipe: it would be gone
            sort = EISDIR if target.is_dir() else EEXIST
            raise OSError(sort, "")
        _sweep(target)
        new = not target.exists()
        part = _new_beside(target)
        yield part
        put_in_place(part, target, new)
    except OSError as error:
        raise UserError("{file} can't be written: {reason}", file=str(path), reason=reason_of(error)) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _new_beside(path: Path) -> Path:
    for number in count(1):
        part = path.with_name(f"{_stem(path)}.{os.getpid()}-{number}.part")
        with suppress(FileExistsError):  # a link of that name exists, too, wherever it may lead
            part.touch(exist_ok=False)
            return part
    raise AssertionError


def _stem(path: Path) -> str:
    return path.name[:40]  # no longer a name than the system takes


def _sweep(path: Path) -> None:
    """Remove what a killed program left of the same file half-written: it may hold what somebody had erased since."""
    ours = re.compile(re.escape(_stem(path)) + r"\.(?P<process>\d{1,9})-\d+\.part")
    with suppress(OSError):
        for beside in path.parent.iterdir():
            found = ours.fullmatch(beside.name)
            if found is not None and not _runs(int(found["process"])):
                with suppress(OSError):
                    beside.unlink()


def _runs(process: int) -> bool:
    if os.name == "nt":  # asking there would end it; what it has open can't be removed anyway
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def write_list(path: Path, title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A list as it is shown, as XLSX or CSV after the file's extension; UserError where it has another one."""
    if path.suffix.lower() == ".csv":
        write_csv(path, headers, rows)
    elif path.suffix.lower() != ".xlsx":
        raise UserError("{file}: a list is written as .xlsx or .csv. Choose one of these endings.", file=str(path))
    else:
        write_xlsx(path, {title: (headers, rows)})


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """UTF-8 with BOM, so that Excel shows Chinese; dates ISO."""
    with replacing(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows([["" if v is None else neutral(v) for v in row] for row in rows])


def write_xlsx(path: Path, sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]]) -> None:
    """A workbook with typed cells: dates are dates, text is never a formula."""
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with replacing(path) as part:
        written = io.BytesIO()  # written at once: on a full disk the library's own file would stay half open
        _fill(xlsxwriter.Workbook(written, plain), sheets)
        part.write_bytes(written.getvalue())


def _fill(book: Any, sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]]) -> None:
    with book:
        bold, date, rate = (
            book.add_format(f) for f in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "0%"})
        )
        forms = cache(lambda form: book.add_format({"num_format": form}))
        for name, (headers, rows) in sheets.items():
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "_", name)[:31])
            sheet.freeze_panes(1, 0)
            for column, header in enumerate(headers):
                sheet.write_string(0, column, header, bold)
                sheet.set_column(column, column, max(10, min(40, len(header) + 4)))
            for at, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    figure = value.read() if isinstance(value, Figure) else None
                    if figure is not None:
                        sheet.write_number(at, column, figure[0], forms(figure[1]))
                    elif isinstance(value, dt.date):
                        sheet.write_datetime(at, column, dt.datetime.combine(value, dt.time()), date)
                    elif isinstance(value, float):
                        sheet.write_number(at, column, value, rate)
                    elif isinstance(value, int):
                        sheet.write_number(at, column, value)
                    elif value is not None:
                        sheet.write_string(at, column, str(neutral(value))[:32767])
