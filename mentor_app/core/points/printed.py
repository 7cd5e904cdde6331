"""A ledger that was printed before, held against the store: every line and every head in it, not only the last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from mentor_app.core.points.ledger import GoesOn
from mentor_app.core.points.tables import point_entry


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was printed of an entry: its hash, and its day, points and balance where they can be read (else None)."""

    hash: str
    day: dt.date | None = None
    points: int | None = None
    balance: int | None = None


@dataclass(kw_only=True)
class Printed:
    """Entries by number, and heads: the hash of the last entry by how many there were."""

    entries: dict[int, Line] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)


def goes_on_from(connection: Connection, printed: Printed) -> GoesOn:
    """Whether the ledger goes on from what was printed: each of its lines says what the store says, no entry is between them
    that it does not have, and each of its heads was the ledger's end."""
    c = point_entry.c
    held = {row.id: row for row in connection.execute(
        select(c.id, c.hash, c.occurred_on, c.points, c.balance).order_by(c.id))}  # fmt: skip
    ids = list(held)
    last = max([*printed.entries, *(ids[n - 1] for n in printed.heads if 0 < n <= len(ids))], default=0)
    other = [entry for entry, line in printed.entries.items() if not _same(held.get(entry), line)]
    other += [
        entry for entry in ids if printed.entries and entry <= max(printed.entries) and entry not in printed.entries
    ]
    for count, hash_then in printed.heads.items():
        if count > len(ids):
            other.append(max(ids, default=0) + 1)
        elif count and held[ids[count - 1]].hash != hash_then:
            other.append(ids[count - 1])
    before = sum(entry <= last for entry in ids)
    first = min(other, default=None)
    return GoesOn(ok=first is None, before=before, since=len(ids) - before, first_other=first)


def _same(row: object, line: Line) -> bool:
    if row is None or getattr(row, "hash", None) != line.hash:
        return False
    said = (("occurred_on", line.day), ("points", line.points), ("balance", line.balance))
    return all(value is None or getattr(row, name) == value for name, value in said)
