"""An exported ledger read again, to compare a store with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.points.printed import HEADINGS, Line, Printed, plain
from mentor_app.core.text import LANGUAGES, translator
from mentor_app.transfer.reading import open_source

_HEAD = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\D*?([0-9a-f]{64})$")
"""How a head ends, in any language: so many entries, then the hash of the last."""


def read_ledger(path: Path) -> Printed:
    """The entries and heads of a ledger that was exported, or of what was printed with its head below, in whatever language.

    UserError where the file has neither.
    """
    found, source = Printed(), open_source(path)
    columns = _columns(source.headers)
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
    if number.isdecimal() and (len(hashes) == 1 if "hash" in said or not said else bool(said)):
        found.entries[int(number)] = Line(
            hash=hashes[0] if hashes else None,
            day=_day(said.get("day", "")),
            points=_whole(said.get("points", "")),
            balance=_whole(said.get("balance", "")),
            person=plain(said["person"]) if "person" in said else None,
            event=plain(said["event"]) if "event" in said else None,
            note=plain(said["note"]) if "note" in said else None,
        )
        return
    head = _HEAD.search(", ".join(cell for cell in row if cell))
    if head is not None:
        found.heads[int(head[1].replace(",", ""))] = head[2]


def _day(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell[:10])
    except ValueError:
        return None


def _whole(cell: str) -> int | None:
    cell = cell.replace("\N{MINUS SIGN}", "-").removesuffix(".0")
    return int(cell) if re.fullmatch(r"[+-]?\d+", cell) else None
