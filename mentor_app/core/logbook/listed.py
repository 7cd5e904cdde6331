"""Rows of lists of activities, and which entry one means where neither has an id: a later list may lack columns of the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.logbook.tables import activity

TELLING = ("at_time", "customer", "title")
"""What tells entries of one person, kind and day apart, where a list says it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of an activities file: its number, the key that tells it from others, whose it is, what it says. ``fields`` are the
    details (and the state) that the file has a column for."""

    number: int
    code: str
    person_id: int
    details: Details
    state: ActivityState
    fields: frozenset[str] = frozenset({*(one.name for one in fields(Details)), "state"})
    composed: bool = False
    """Whether the key is made of other columns, for want of an id."""


def alike(connection: Connection, rows: Sequence[Row]) -> dict[int, list[int]]:
    """Row number → the entries it could mean, for rows whose key is made of their parts and is not here.

    An entry came of a list as well, is of the same person, kind and day, and says nothing else of what the row says: an
    emptied cell is no other entry; no other row of the list has its very key. Two rows that could mean one entry have both of them: the entry, and
    another one that is no id (0).
    """
    made = [row for row in rows if row.composed]
    if not made:
        return {}
    c, codes = activity.c, {row.code for row in rows}
    listed = select(activity).where(c.code.is_not(None), c.person_id.in_({row.person_id for row in made}))
    of_day: dict[Any, list[RowMapping]] = defaultdict(list)
    here = set()
    for one in connection.execute(listed).mappings():
        here.add(one["code"])
        if one["code"] not in codes:
            of_day[one["person_id"], one["kind"], one["held_on"]].append(one)
    found = {row.number: _could_be(row, of_day) for row in made if row.code not in here}
    wanted = [one for ids in found.values() for one in ids]
    return {number: [*ids, 0] if any(wanted.count(one) > 1 for one in ids) else ids for number, ids in found.items()}


def _could_be(row: Row, of_day: dict[Any, list[RowMapping]]) -> list[int]:
    said = row.details
    day = of_day.get((row.person_id, said.kind, said.held_on), ())
    return [one["id"] for one in day if all(_agrees(row, one[name], name) for name in TELLING)]


def _agrees(row: Row, stored: str | None, name: str) -> bool:
    """Whether the row says the same, or one of the two says nothing."""
    said = (getattr(row.details, name) or "").strip()
    return name not in row.fields or not said or stored in (None, "", said)
