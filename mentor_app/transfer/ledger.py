"""An exported ledger read again, to compare a store with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.points.printed import Line, Printed
from mentor_app.transfer.reading import open_source

_HEAD = re.compile(r"(\d+)\D*?([0-9a-f]{64})$")
"""How a head ends, in any language: so many entries, then the hash of the last."""


def read_ledger(path: Path) -> Printed:
    """The entries and heads of a ledger that was exported, or of what was printed with its head below, in whatever language.

    UserError where the file has neither.
    """
    found = Printed()
    for _, rows in open_source(path).batches():
        for row in rows:
            _read(found, [cell.strip() for cell in row])
    if not found.entries and not found.heads:
        raise UserError("{file} is no exported ledger: it has no entries with their hashes.", file=path.name)
    return found


def _read(found: Printed, row: Sequence[str]) -> None:
    hashes = [cell for cell in row if re.fullmatch(r"[0-9a-f]{64}", cell)]
    number = row[0].removesuffix(".0") if row else ""
    if len(hashes) == 1 and number.isdecimal():
        cells = row if len(row) == _COLUMNS else [""] * _COLUMNS
        found.entries[int(number)] = Line(
            hash=hashes[0], day=_day(cells[1]), points=_whole(cells[5]), balance=_whole(cells[6])
        )
        return
    head = _HEAD.search(", ".join(cell for cell in row if cell))
    if head is not None:
        found.heads[int(head[1])] = head[2]


_COLUMNS = 8
"""Of an exported ledger; where a file has others, only its numbers and hashes are compared."""


def _day(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell[:10])
    except ValueError:
        return None


def _whole(cell: str) -> int | None:
    return int(cell.removesuffix(".0")) if re.fullmatch(r"[+-]?\d+(\.0)?", cell) else None
