"""Rows of lists of activities, and which entry one means where neither has an id: a later list may lack columns of the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from mentor_app.core.imports import Said, Unanswered
from mentor_app.core.logbook.kinds import KINDS, STATES, ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.logbook.tables import activity
from mentor_app.core.text import N_, text

TELLING = ("at_time", "customer", "title")
"""What tells entries of one person, kind and day apart, where a list says it."""
SAME, NEW, ALL = "same", "new", "*"
"""The answers to whether a row is an entry corrected, and what stands for all rows."""
_DETAILS = frozenset(one.name for one in fields(Details))
_JOINED = " · "
"""What stands in a key made of several columns."""
_MOST = 2
"""How many parts of an entry may be otherwise, so that a row may be it corrected."""


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


def held_already(connection: Connection, rows: Sequence[Row]) -> dict[int, int]:
    """Row number → the entry that says all that the row says, its state included; each entry once. Only of rows of lists without ids that say
    how each entry stands, as this app exports them: whoever wrote the entry, and wherever."""
    said = [row for row in rows if row.composed and "state" in row.fields]
    if not said:
        return {}
    entries: dict[Any, list[RowMapping]] = defaultdict(list)
    theirs = select(activity).where(activity.c.person_id.in_({row.person_id for row in said}))
    for one in connection.execute(theirs.order_by(activity.c.id)).mappings():
        entries[one["person_id"], one["kind"], one["held_on"], one["state"]].append(one)
    found: dict[int, int] = {}
    for row in said:
        here = entries[row.person_id, row.details.kind, row.details.held_on, row.state]
        same = next((one for one in here if _says_all(row, one)), None)
        if same is not None:
            found[row.number] = same["id"]
            here.remove(same)
    return found


def _says_all(row: Row, entry: RowMapping) -> bool:
    """Whether an entry says whatever the row says; a list of this app may have one column for customer and title."""
    for name in row.fields & _DETAILS:
        said, stored = getattr(row.details, name), entry[name]
        if isinstance(said, str):
            said = said.strip() or None
        if name == "title" and "customer" not in row.fields:
            stored = entry["title"] if said == entry["title"] else entry["customer"]
        if said != stored:
            return False
    return True


_LOOKS_LIKE = N_(
    "It looks like an entry that is not in the list any more: {kind}, {words} ({state}). Is it the same one, corrected, or another one?"
)


class Moved(Unanswered):
    """A new row looks like an entry that is not in its list any more: the same one corrected, or another one?"""

    def __init__(self, row: Row, entry: Mapping[Any, Any]) -> None:
        parts = (entry["held_on"].isoformat(), entry["at_time"], entry["customer"], entry["title"])
        kind, state = KINDS[entry["kind"]].name, STATES[entry["state"]]
        super().__init__(
            _LOOKS_LIKE,
            kind=text(kind),
            words=_JOINED.join(part for part in parts if part),
            state=text(state),
        )
        self.key, self.entry_id = row.code, entry["id"]
        self.about = text("Row {row}", row=row.number)
        self.choices = [(text("The same entry, corrected"), SAME), (text("Another entry"), NEW)]
        self.answer = text(
            'Say --entry "{row}=same" or --entry "{row}=new" (of all such rows: --entry "*=same").', row=row.number
        )
        if entry["state"] == ActivityState.SIGNED_OFF:  # no list changes it
            self.choices = self.choices[1:]
            self.answer = text(
                'If it is the same: take the row out and press Correct… on that entry in the logbook. If not, say --entry "{row}=new".',
                row=row.number,
            )


def corrected(
    connection: Connection, rows: Sequence[Row], meant: Mapping[int, list[int]], said: Said
) -> dict[int, Moved | int]:
    """Row number → the entry it is corrected from (as ``said`` of its key, its number, or all rows), or the question whether it is
    one. Of rows that are said to be new there is none.

    Asked about are rows with a made key that mean no entry (see ``alike``), where a list has made an entry of the same person and
    kind which no row means any more, and one or two of date, time, customer and title are otherwise. Of another
    day it is only where this list holds entries that are here, or the same words: next week's list holds neither.
    """
    found: dict[int, Moved | int] = {}
    for row, entry in _pairs(connection, rows, meant):
        answer = said.get(row.code, said.get(str(row.number), said.get(ALL)))
        if answer == SAME:
            found[row.number] = entry["id"]
        elif answer != NEW:
            found[row.number] = Moved(row, entry)
    return found


def _pairs(connection: Connection, rows: Sequence[Row], meant: Mapping[int, list[int]]) -> list[tuple[Row, RowMapping]]:
    """New rows and the entries they may be corrected from, each once: those that agree most first."""
    if not any(row.number in meant and not meant[row.number] for row in rows):
        return []
    c, taken = activity.c, {one for ids in meant.values() for one in ids}
    listed = select(activity).where(
        c.code.contains(_JOINED),
        c.code.not_in({row.code for row in rows}),
        c.person_id.in_({row.person_id for row in rows}),
        c.state != ActivityState.WITHDRAWN,
    )
    gone = [one for one in connection.execute(listed).mappings() if one["id"] not in taken]
    again = any(meant.get(row.number, [0]) != [] for row in rows)
    fitting = []
    for row in rows:
        if meant.get(row.number) == []:
            for one in gone:
                otherwise = _otherwise(row, one, again)
                if otherwise:
                    fitting.append((otherwise, abs(row.details.held_on - one["held_on"]), row, one))
    fitting.sort(key=lambda fit: (fit[0], fit[1], fit[2].number, fit[3]["id"]))
    pairs: dict[int, tuple[Row, RowMapping]] = {}
    used = set[int]()
    for _, _, row, one in fitting:
        if row.number not in pairs and one["id"] not in used:
            pairs[row.number] = row, one
            used.add(one["id"])
    return list(pairs.values())


def _otherwise(row: Row, entry: RowMapping, again: bool) -> int:
    """How many parts of an entry a row says otherwise; 0 where it can't be that entry. ``again``: the list holds entries that
    are here."""
    said, day = row.details, entry["held_on"]
    if (row.person_id, said.kind) != (entry["person_id"], entry["kind"]) or said.held_on is None or day is None:
        return 0
    same_words = any(entry[name] and getattr(said, name) == entry[name] for name in ("seen", "learned", "next_step"))
    if said.held_on != day and not same_words and not again:
        return 0
    other = [name for name in TELLING if not _agrees(row, entry[name], name)]
    equal = [name for name in TELLING if entry[name] and getattr(said, name) == entry[name]]
    if not equal and said.held_on != day:
        return 0
    n = len(other) + (said.held_on != day)
    return n if n <= _MOST else 0
