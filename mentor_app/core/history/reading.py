"""The history in words: who did what to which records and when, and what became of it."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from mentor_app.core.history import words
from mentor_app.core.history.brought_back import moment
from mentor_app.core.history.names import Names, figure, main_rows
from mentor_app.core.history.saves import Doing, runs
from mentor_app.core.history.undo import MORE_THAN_A_KEY, REDO, UNDO, by_key, why_not
from mentor_app.core.history.wanted import Wanted, conditions
from mentor_app.core.people.access import roles_of
from mentor_app.core.people.tables import person
from mentor_app.core.store import Actor
from mentor_app.core.store.action import Counter
from mentor_app.core.store.history import change, change_set, undoing, undone
from mentor_app.core.team import action_called
from mentor_app.core.text import N_, Listed, Text, by_user, text


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that was done: when, by whom, what it is called, which records it was about, and whether it stands."""

    ids: tuple[int, ...]
    at: dt.datetime
    by_id: int | None
    by: str
    action: str
    title: Text
    about: tuple[Text, ...]
    first_is_all: bool
    """Whether the first of these stands for all others: the file that they came from."""
    stands: bool
    fate: Text | None
    """What became of it since: taken back, or done again after that, by whom and when; None where nothing did."""
    stays: Text | None
    """Why it can't be taken back (by whom it is read); None where it can."""

    @property
    def id(self) -> int:
        """What it is called by: its newest change set."""
        return self.ids[0]

    @property
    def undoes(self) -> bool:
        """Whether it took something else back."""
        return self.action == UNDO


def entries(
    connection: Connection, wanted: Wanted, reader: Actor, limit: int = 500, before: int | None = None
) -> list[Entry]:
    """What was done, the newest first; ``before``: only what lies before the change set with this id."""
    s = change_set.c
    statement = select(s.id, s.at, s.actor_id, s.actor_name, s.action).order_by(s.id.desc())
    statement = statement.where(*conditions(connection, wanted))
    if before is not None:
        statement = statement.where(s.id < before)
    size, found = limit, list[Doing]()
    while True:  # many saves in a row are one thing that was done
        rows = connection.execute(statement.limit(size)).all()
        found = runs(connection, rows)
        if len(found) >= limit or len(rows) < size:
            return _entries(connection, found[:limit], undone(connection), reader)
        size *= 4


def done_since(connection: Connection, last_id: int, most: int = 5) -> list[Text]:
    """The last few things that were done after the change set ``last_id``, the newest first: what going back to it undoes."""
    found = entries(connection, Wanted(after_id=last_id), Actor(""), most)
    return [
        text(
            "{when} {who}: {what}",
            when=moment(one.at),
            who=one.by,
            what=text("{action} · {about}", action=one.title, about=Listed(one.about)) if one.about else one.title,
        )
        for one in found
    ]


def entry(connection: Connection, doing: Doing, reader: Actor) -> Entry:
    """One doing, in words."""
    return _entries(connection, [doing], undone(connection), reader)[0]


def _entries(connection: Connection, doings: Sequence[Doing], gone: set[int], reader: Actor) -> list[Entry]:
    sources = _undoes(connection, [doing.id for doing in doings if doing.action in (UNDO, REDO)])
    undoes = {doing_id: action for doing_id, (_, action) in sources.items()}
    decided = _decided(connection, [(doing.id, doing.action) for doing in doings] + [*sources.values()])
    rows = _rows(connection, [i for doing in doings for i in doing.ids])
    about = [
        main_rows(
            [row for i in doing.ids for row in rows.get(i, [])], action_called(undoes.get(doing.id, doing.action)).name
        )
        for doing in doings
    ]
    names = Names(connection, [_plain(*row) for main in about for row in main[:_FIRST]])
    fates = _fates(connection, doings)
    people = _people(connection, {doing.actor_id for doing in doings if doing.actor_id is not None})
    roles = roles_of(connection, reader.person_id) if reader.person_id is not None else None
    found = []
    for doing, main in zip(doings, about, strict=True):
        what = action_called(doing.action)
        of = undoes.get(doing.id)
        title = _title(what.title, decided.get(doing.id))
        if of is not None:
            done = _title(action_called(of).title, decided.get(sources[doing.id][0]))
            undoes_it = doing.action == UNDO
            title = (
                text("Taken back: {action}", action=done) if undoes_it else text("Done again: {action}", action=done)
            )
        found.append(
            Entry(
                ids=doing.ids,
                at=doing.at,
                by_id=doing.actor_id,
                by=people.get(doing.actor_id or 0) or by_user(doing.actor_name),
                action=doing.action,
                title=title,
                about=_named(names, main),
                first_is_all=[table for table, _ in main[:2]].count("imported_file") == 1,
                stands=doing.id not in gone,
                fate=fates.get(doing.id),
                stays=_keys(connection, doing, undoes.get(doing.id))
                if doing.action in (UNDO, REDO)
                else why_not(doing, reader, roles),
            )
        )
    return found


_DECISIONS = {"points.decide": ("redemption", "state"), "camp.decide": ("gate_decision", "decision")}
"""Actions that decide something: where it stands what."""


def _decided(connection: Connection, doings: Iterable[tuple[int, str]]) -> dict[int, Text]:
    """Change set of a decision → what was decided."""
    c, found = change.c, dict[int, Text]()
    wanted = {set_id: _DECISIONS[action] for set_id, action in doings if action in _DECISIONS}
    ids = sorted(wanted)
    said = select(c.change_set_id, c.table_name, c.after).where(
        c.table_name.in_({table for table, _ in wanted.values()})
    )
    for at in range(0, len(ids), 500):
        for row in connection.execute(said.where(c.change_set_id.in_(ids[at : at + 500]))):
            table, column = wanted[row.change_set_id]
            known = words.value_words(table, column, json.loads(row.after or "{}").get(column))
            if row.table_name == table and known is not None:
                found[row.change_set_id] = text(known)
    return found


def _title(title: str, decided: Text | None) -> Text:
    """What was done; of a decision also what was decided."""
    return text(title) if decided is None else text("{action}: {decision}", action=text(title), decision=decided)


def _keys(connection: Connection, doing: Doing, of: str | None) -> Text:
    """What is said of taking back and doing again, which are not taken back from a list; ``of`` is what was taken back."""
    asked = of is not None and doing.action == UNDO and isinstance(action_called(of).undo, Counter)
    return text(words.AGAIN if not asked or by_key(connection, doing.id, of or "") else MORE_THAN_A_KEY)


def _fates(connection: Connection, doings: Sequence[Doing]) -> dict[int, Text]:
    """Doing → what became of it since."""
    taken = _takings(connection, {i: doing.id for doing in doings for i in doing.ids})
    again = _takings(connection, {row.id: doing_id for doing_id, row in taken.items()})
    actions = {doing.id: doing.action for doing in doings}
    found = {}
    for doing_id, row in taken.items():
        by = again.get(doing_id, row)
        key = N_("taken back by {name}, {at}")
        if doing_id in again:
            key = N_("taken back, then done again by {name}, {at}")
        elif actions[doing_id] == UNDO:
            key = N_("done again by {name}, {at}")
        found[doing_id] = text(key, name=by.name or by_user(by.actor_name), at=moment(by.at))
    return found


def _takings(connection: Connection, of: Mapping[int, int]) -> dict[int, Any]:
    """What took these change sets back last, by what they stand for."""
    s, ids, found = change_set.c, sorted(of), dict[int, Any]()
    wanted = (
        select(undoing.c.undoes_id, s.id, s.at, s.actor_name, person.c.name)
        .join(change_set, s.id == undoing.c.change_set_id)
        .outerjoin(person, person.c.id == s.actor_id)
        .order_by(s.id)
    )
    for at in range(0, len(ids), 500):
        for row in connection.execute(wanted.where(undoing.c.undoes_id.in_(ids[at : at + 500]))):
            found[of[row.undoes_id]] = row
    return found


_WHAT_IT_IS = frozenset(words.TABLES.values())
"""What something without a name is called: the title of what was done to it says that already."""


_FIRST = 3  # records named in one line; of more, how many there are


def _named(names: Names, rows: Sequence[tuple[str, int]]) -> tuple[Text, ...]:
    called = [names.of(*row) for row in rows[:_FIRST]]
    first = tuple({str(one): one for one in called if one.args or one.key not in _WHAT_IT_IS}.values())
    return (*first, text("and {n} more", n=figure(len(rows) - _FIRST))) if len(rows) > _FIRST else first


def _plain(table: str, row_id: int) -> dict[str, Any]:
    return {"table_name": table, "row_id": row_id, "before": None, "after": None}


def _rows(connection: Connection, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Change set → which rows it wrote, without their values."""
    c = change.c
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for at in range(0, len(ids), 500):
        some = select(c.change_set_id, c.table_name, c.row_id).where(c.change_set_id.in_(ids[at : at + 500]))
        for row in connection.execute(some.order_by(c.id)).mappings():
            found[row["change_set_id"]].append(dict(row))
    return found


def _people(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def _undoes(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Change sets that took something back or did it again → the change set of what that was, and its action."""
    first, second = undoing.alias(), undoing.alias()
    taken = func.coalesce(second.c.undoes_id, first.c.undoes_id)
    statement = (
        select(first.c.change_set_id, change_set.c.id, change_set.c.action)
        .select_from(first)
        .outerjoin(second, second.c.change_set_id == first.c.undoes_id)
        .join(change_set, change_set.c.id == taken)
        .where(first.c.change_set_id.in_(list(ids)))
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}


def record_name(connection: Connection, kind: str, record_id: int) -> Text:
    """What a record is called, also one that is gone."""
    return Names(connection, [_plain(kind, record_id)]).of(kind, record_id)
