"""A ledger that was printed before, held against the store: every line and every head in it, and all that a line says."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.people.tables import merger, person
from mentor_app.core.points.ledger import PROVES_NOTHING, GoesOn
from mentor_app.core.points.rules import AMENDED, EVENTS, KINDS, event_words
from mentor_app.core.points.tables import point_entry
from mentor_app.core.store.history import Operation, change
from mentor_app.core.text import ERASED, LANGUAGES, N_, Text, text, translator

HEADINGS = {
    "entry": N_("Entry"),
    "day": N_("Date"),
    "person": N_("Person"),
    "event": N_("What for"),
    "note": N_("About"),
    "points": N_("Points"),
    "balance": N_("Balance"),
    "hash": N_("Hash"),
}
"""The columns of an exported ledger, in this order."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was printed of an entry, as far as the file has it and it can be read: None where not. Words as ``plain``."""

    hash: str | None = None
    day: dt.date | None = None
    points: int | None = None
    balance: int | None = None
    person: str | None = None
    event: str | None = None
    note: str | None = None


@dataclass(kw_only=True)
class Printed:
    """Entries by number, and heads: the hash of the last entry by how many there were; ``altered``: what is wrong with a line in
    itself, by its entry. ``exported``: it has a column of hashes, as the ledger exported whole and not a list exported as it was
    shown, which may be filtered."""

    entries: dict[int, Line] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)
    altered: dict[int, Text] = field(default_factory=dict)
    exported: bool = False

    @property
    def complete(self) -> bool:
        """Whether an entry that is not among them was not there."""
        if not self.entries:  # all taken out, and only its head left
            return self.exported
        return all(line.hash is not None for line in self.entries.values())


def plain(words: str) -> str:
    """Words as they are compared: without what keeps a spreadsheet from running them, nor the spaces around."""
    return " ".join(words.strip().removeprefix("'").split())


def goes_on_from(connection: Connection, printed: Printed) -> GoesOn:
    """Whether the ledger goes on from what was printed: each of its lines says what the store says, no entry is between them
    that it does not have, and each of its heads was the ledger's end.

    A line may call somebody by a name they had then, and say what an entry said before it was lawfully changed; what was
    erased since can't be compared. UserError where it had no entries yet.
    """
    if not printed.entries and not any(printed.heads):
        raise UserError(PROVES_NOTHING)
    c = point_entry.c
    columns = (c.id, c.hash, c.occurred_on, c.points, c.balance, c.person_id, c.event, c.kind, c.note)
    held = {row["id"]: row for row in connection.execute(select(*columns).order_by(c.id)).mappings()}
    ids = list(held)
    last = max([max(printed.entries, default=0), *(ids[n - 1] for n in printed.heads if 0 < n <= len(ids))])
    known = _Known.of(connection)
    other = {entry: _ANOTHER for entry, line in printed.entries.items() if not known.said(held.get(entry), line)}
    if printed.complete:
        other |= {entry: _NOT_LISTED for entry in ids if entry <= last and entry not in printed.entries}
    for count, hash_then in printed.heads.items():
        if count > len(ids):
            other.setdefault(max(ids, default=0) + 1, _ANOTHER)
        elif count and held[ids[count - 1]]["hash"] != hash_then:
            other.setdefault(ids[count - 1], _ANOTHER)
    wrong = {entry: text(why, row=entry) for entry, why in other.items()} | printed.altered
    before = sum(entry <= last for entry in ids)
    first = min(wrong, default=None)
    why = None if first is None else wrong[first]
    return GoesOn(ok=first is None, before=before, since=len(ids) - before, first_other=first, why=why)


_ANOTHER = N_("The ledger does not go on from there: entry {row} is another or gone.")
_NOT_LISTED = N_(
    "Entry {row} of the ledger is not in the list: it was taken out of the list, or put into the ledger behind the app's back."
)


@dataclass(frozen=True)
class _Known:
    """What everybody was ever called (None among it: erased), and what entries said before they were lawfully changed."""

    names: Mapping[int, set[str | None]]
    formerly: Mapping[int, Mapping[str, set[Any]]]

    @classmethod
    def of(cls, connection: Connection) -> _Known:
        names: dict[int, set[str | None]] = defaultdict(set)
        for row_id, name in connection.execute(select(person.c.id, person.c.name)):
            names[row_id].add(_called(name))
        for row_id, before in _before(connection, "person"):
            if before.get("name"):
                names[row_id].add(_called(before["name"]))
        for gone, into in connection.execute(select(merger.c.person_id, merger.c.into_id).order_by(merger.c.id)):
            names[into] |= names[gone]
        formerly: dict[int, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
        for row_id, before in _before(connection, "point_entry"):
            for name, value in before.items():
                formerly[row_id][name].add(value)
        return cls(names, formerly)

    def said(self, row: Mapping[Any, Any] | None, line: Line) -> bool:
        """Whether a line says what the entry says, or said once."""
        if row is None or line.hash not in (None, row["hash"]):
            return False
        before = self.formerly.get(row["id"], {})
        balances = {row["balance"], *before.get("balance", ())}
        plainly = (line.day in (None, row["occurred_on"])) and line.points in (None, row["points"])
        return (
            plainly
            and line.balance in (None, *balances)
            and self._is_called(row["person_id"], line.person)
            and (line.event is None or line.event in _events(row))
            and (line.note is None or _is_noted(line.note, row, before))
        )

    def _is_called(self, person_id: int, name: str | None) -> bool:
        names = self.names.get(person_id, set())
        return name is None or name in names or None in names


def _before(connection: Connection, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    c = change.c
    updates = select(c.row_id, c.before).where(c.table_name == table, c.operation == Operation.UPDATE)
    for row_id, before in connection.execute(updates):
        yield row_id, json.loads(before or "{}")


def _called(name: str) -> str | None:
    return None if ERASED in name else plain(name)


def _events(row: Mapping[Any, Any]) -> set[str]:
    """What the entry is for, in each language; also as earlier versions of the app exported it."""
    event, sort, found = row["event"], row["kind"], set()
    for tr in map(translator, LANGUAGES):
        found.add(plain(event_words(event, sort, row["points"]).render(tr)))
        kind = tr(KINDS[sort])
        found.add(plain(f"{tr(EVENTS[event])} ({kind})") if event in EVENTS else kind)
    return found


def _is_noted(note: str, row: Mapping[Any, Any], before: Mapping[str, set[Any]]) -> bool:
    """Whether the remark says so, or said so once; where words in it were erased, that can't be told."""
    said = {"" if row["event"] == AMENDED else row["note"], *before.get("note", ())}
    return any(ERASED in words for words in said) or note in set(map(plain, said))
