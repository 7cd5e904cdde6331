"""An exported ledger read again, to compare a store with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from mentor_app.core.errors import UserError
from mentor_app.core.points.printed import HEADINGS, Line, Printed, plain
from mentor_app.core.text import LANGUAGES, text, translator
from mentor_app.transfer.reading import open_source

T = TypeVar("T")
_HEAD = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\D*?([0-9a-f]{64})$")
"""How a head ends, in any language: so many entries, then the hash of the last."""


def read_ledger(path: Path) -> Printed:
    """The entries and heads of a ledger that was exported, or of what was printed with its head below, in whatever language.

    UserError where the file has neither.
    """
    source = open_source(path)
    columns = _columns(source.headers)
    found = Printed(exported="hash" in columns)
    for _, rows in source.batches():
        for row in rows:
            _read(found, [cell.strip() for cell in row], columns)
    if not found.entries and not found.heads:
        raise UserError("{file} is no exported ledger: it has no entries with their hashes.", file=path.name)
    return found


def _columns(headers: Sequence[str]) -> Mapping[str, int]:
    """Where what stands, by the headings in any language; where they are others, as in a ledger exported whole."""
    for tr in map(translator, LANGUAGES):
        called = {tr(words): name for name, words in HEADINGS.items()}
        at = {called[header.strip()]: n for n, header in enumerate(headers) if header.strip() in called}
        if "entry" in at and len(at) > 1:
            return at
    return {name: n for n, name in enumerate(HEADINGS)} if len(headers) == len(HEADINGS) else {}


def _read(found: Printed, row: Sequence[str], columns: Mapping[str, int]) -> None:
    said = {name: row[at] for name, at in columns.items() if at < len(row)}
    hashes = [cell for cell in row if re.fullmatch(r"[0-9a-f]{64}", cell)]
    number = (said.get("entry") or (row[0] if row else "")).removesuffix(".0")
    if number.isdecimal() and (said or len(hashes) == 1):
        entry = int(number)
        line = _Cells(said)
        day, points, balance = line.read("day", _day), line.read("points", _whole), line.read("balance", _whole)
        hashed = line.read("hash", _hash) if "hash" in said else next(iter(hashes), None)
        if entry in found.entries:
            found.altered[entry] = text("The list is not as it was: entry {row} stands in it twice.", row=entry)
        elif line.unread:
            found.altered[entry] = text(
                "The list is not as it was: “{value}” in the line of entry {row} can't be read.",
                row=entry,
                value=line.unread[0],
            )
        found.entries[entry] = Line(
            hash=hashed,
            day=day,
            points=points,
            balance=balance,
            person=plain(said["person"]) if "person" in said else None,
            event=plain(said["event"]) if "event" in said else None,
            note=plain(said["note"]) if "note" in said else None,
        )
        return
    head = _HEAD.search(", ".join(cell for cell in row if cell))
    if head is not None:
        found.heads[int(head[1].replace(",", ""))] = head[2]


class _Cells:
    """The cells of a line by what they say, and those that can't be read."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said
        self.unread: list[str] = []

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """What a cell says; None where there is none, or it can't be read."""
        if name not in self._said:
            return None
        try:
            return reader(self._said[name])
        except ValueError:
            self.unread.append(self._said[name])
            return None


def _day(cell: str) -> dt.date:
    """A date as it was exported, or as a spreadsheet program keeps it with year, month and day in this order."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([ T]0?0:00(:00(\.0+)?)?)?", cell)
    if found is None:
        raise ValueError(cell)
    return dt.date(int(found[1]), int(found[2]), int(found[3]))


def _whole(cell: str) -> int:
    cell = cell.replace("\N{MINUS SIGN}", "-").removesuffix(".0")
    if re.fullmatch(r"[+-]?(\d+|\d{1,3}(,\d{3})+)", cell) is None:
        raise ValueError(cell)
    return int(cell.replace(",", ""))


def _hash(cell: str) -> str:
    if re.fullmatch(r"[0-9a-f]{64}", cell) is None:
        raise ValueError(cell)
    return cell
