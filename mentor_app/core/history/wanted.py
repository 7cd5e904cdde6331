"""Which changes of the history are asked for: by whom, when, of which record or kind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from mentor_app.core.errors import UserError
from mentor_app.core.history.many import rows_in
from mentor_app.core.people.tables import person
from mentor_app.core.store.history import change, change_set
from mentor_app.core.store.schema import metadata

RECORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("person_role", "person_id"),
        ("crm_name", "person_id"),
        ("enrolment", "person_id"),
        ("leave", "person_id"),
        ("gate_decision", "person_id"),
        ("mentor_capacity", "person_id"),
        ("redemption", "person_id"),
        ("erasure", "person_id"),
        ("merger", "person_id"),
        ("merger", "into_id"),
    ),
    "team": (),
    "region": (),
    "project": (("project_phase", "project_id"),),
    "pairing": (("pairing_project", "pairing_id"), ("pairing_review", "pairing_id")),
    "activity": (("review", "activity_id"), ("assessment", "activity_id")),
    "playbook": (
        ("playbook_part", "playbook_id"),
        ("playbook_version", "playbook_id"),
        ("playbook_attachment", "playbook_id"),
        ("playbook_helpful", "playbook_id"),
    ),
    "playbook_kind": (),
    "programme_version": (),
    "reward": (("redemption", "reward_id"),),
    "redemption": (),
    "point_rule": (),
    "opportunity": (),
}
"""What has a history of its own, and the rows that belong to it: (table, the column that says to which)."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which changes: done by a person, or by a user of a computer (called so) while nobody was chosen to be working there,
    of a record (kind, id), of a kind of thing, from and until a day; None: all."""

    person_id: int | None = None
    user: str | None = None
    record: tuple[str, int] | None = None
    kind: str | None = None
    after_id: int | None = None
    """Only what was done after the change set with this id."""
    first_on: dt.date | None = None
    last_on: dt.date | None = None


def record_of(word: str) -> tuple[str, int]:
    """The record meant by ``KIND:ID``. UserError where it means none."""
    kind, _, number = word.partition(":")
    if kind not in RECORDS or not number.isdecimal() or len(number) > 18:
        raise UserError(
            "{word} is not a record. Say KIND:ID with one of these kinds: {kinds}.", word=word, kinds=", ".join(RECORDS)
        )
    return kind, int(number)


def conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What holds of the change sets that are wanted."""
    s, c = change_set.c, change.c
    found: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        found.append(s.actor_id == wanted.person_id)
    if wanted.user is not None:
        found.append(and_(s.actor_id.is_(None), s.actor_name == wanted.user))
    if wanted.after_id is not None:
        found.append(s.id > wanted.after_id)
    if wanted.first_on is not None:
        found.append(s.at >= _midnight(wanted.first_on))
    if wanted.last_on is not None:
        found.append(s.at < _midnight(wanted.last_on + dt.timedelta(days=1)))
    if wanted.kind is not None:
        tables = [name for name, table in metadata.tables.items() if table.info.get("kind") == wanted.kind]
        found.append(exists(select(c.id).where(c.change_set_id == s.id, c.table_name.in_(tables))))
    if wanted.record is not None:
        found.append(s.id.in_(sets_of_record(connection, *wanted.record)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    """When a day begins where the reader is, in UTC."""
    return dt.datetime.combine(day, dt.time()).astimezone().astimezone(dt.UTC)


def rows_of_record(connection: Connection, kind: str, record_id: int) -> dict[str, set[int]]:
    """Table → the ids of the rows that are, or ever were, the record or a part of it."""
    found: dict[str, set[int]] = defaultdict(set, {kind: {record_id}})
    for table, column in RECORDS[kind]:
        found[table] |= _owned(connection, table, column, record_id)
    for version_id in found.get("playbook_version", set()):
        found["playbook_review"] |= _owned(connection, "playbook_review", "version_id", version_id)
    return dict(found)


def _owned(connection: Connection, table: str, column: str, owner_id: int) -> set[int]:
    """Rows that say, or once said, that they belong to an owner: asked of the table, and of the history for those gone."""
    where = metadata.tables[table]
    now: Select[Any] = select(where.c.id).where(where.c[column] == owner_id)
    c = change.c
    marks = [f'"{column}":{owner_id}{end}' for end in (",", "}")]
    said = or_(*(side.contains(mark, autoescape=True) for side in (c.before, c.after) for mark in marks))
    then = select(c.row_id).where(c.table_name == table, c.row_id.is_not(None), said)
    return {row[0] for statement in (now, then) for row in connection.execute(statement)}


def sets_of_record(connection: Connection, kind: str, record_id: int) -> list[int]:
    """The change sets that wrote a record or a part of it, row by row or among many."""
    c, found = change.c, set[int]()
    for table, ids in rows_of_record(connection, kind, record_id).items():
        one = and_(c.table_name == table, c.row_id.in_(ids))
        found |= set(connection.execute(select(c.change_set_id).where(one)).scalars())
        many = select(c.change_set_id, c.operation, c.before, c.after).where(c.table_name == table, c.row_id.is_(None))
        for row in connection.execute(many):
            written = rows_in(row.operation, row.before, row.after)
            if any(i in written for i in ids):
                found.add(row.change_set_id)
    return sorted(found)


def doers(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of everybody who ever did something, by name."""
    did = select(change_set.c.actor_id).where(change_set.c.actor_id.is_not(None)).distinct()
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(did)).order_by(person.c.name))
    return [(row.id, row.name) for row in rows]


def users(connection: Connection) -> list[str]:
    """What the users of computers are called who did something while nobody was chosen to be working there."""
    names = select(change_set.c.actor_name).where(change_set.c.actor_id.is_(None), change_set.c.actor_name.is_not(None))
    return sorted(connection.execute(names.distinct()).scalars())
