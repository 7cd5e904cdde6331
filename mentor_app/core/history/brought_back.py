"""Who has brought a record, or all data, to a former state, and who has removed one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from mentor_app.core.history.undo import REDO, UNDO
from mentor_app.core.people.tables import person
from mentor_app.core.store import Actor
from mentor_app.core.store.history import RESTORED, Operation, change, change_set
from mentor_app.core.text import Text, by_user, text


def restored_since(connection: Connection, last_id: int) -> Text | None:
    """Who has put a backup in the place of all data since the change ``last_id``, and how old that is; None: nobody."""
    s = change_set.c
    found = newest_of(connection, and_(s.id > last_id, s.action == RESTORED))
    if found is None:
        return None
    last, by = newest_of(connection, s.id < found.id), found.name or by_user(found.actor_name)
    if last is None:
        return text("{name} has restored a backup: all data was replaced by an empty store.", name=by)
    return text(
        "{name} has restored a backup: all data was replaced by how it was on {when}, last changed by {who}.",
        name=by,
        when=moment(last.at),
        who=last.name or by_user(last.actor_name),
    )


def newest_of(connection: Connection, which: ColumnElement[bool]) -> Any:
    """The newest of some change sets, and who made it."""
    s = change_set.c
    wrote = select(s.id, s.at, s.actor_name, person.c.name).outerjoin(person, person.c.id == s.actor_id)
    return connection.execute(wrote.where(which).order_by(s.id.desc()).limit(1)).first()


def moment(at: dt.datetime) -> str:
    """Day and time as they were where the reader is."""
    known = at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)
    return f"{known.astimezone():%Y-%m-%d %H:%M}"


def brought_back_by(connection: Connection, table: str, row_id: int, reader: Actor) -> str | None:
    """Who else has brought a row to a former state since it was written: by taking back, doing again, or restoring a backup.
    None where nobody has, or the reader did so."""
    s, c = change_set.c, change.c
    wrote = select(func.max(c.change_set_id)).where(c.table_name == table, c.row_id == row_id)
    last = connection.execute(wrote).scalar() or 0
    found = select(s.actor_id, s.actor_name, person.c.name).outerjoin(person, person.c.id == s.actor_id)
    back = or_(and_(s.id == last, s.action.in_((UNDO, REDO))), and_(s.id > last, s.action == RESTORED))
    row = connection.execute(found.where(back).order_by(s.id.desc()).limit(1)).first()
    if row is None or _is(reader, row.actor_id, row.actor_name):
        return None
    return row.name or by_user(row.actor_name)


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Who removed a row; whether by taking something back (or doing it again), and whether that was the reader's own doing."""

    by: str
    back: bool
    own: bool


def removals(connection: Connection, table: str, ids: Collection[int], reader: Actor) -> dict[int, Removal]:
    """Who removed these rows last, by id; to be asked of rows that are gone. None of those no history tells of."""
    s, c = change_set.c, change.c
    found = (
        select(c.row_id, s.action, s.actor_id, s.actor_name, person.c.name)
        .join(change_set, s.id == c.change_set_id)
        .outerjoin(person, person.c.id == s.actor_id)
    )
    gone = and_(c.table_name == table, c.row_id.in_(ids), c.operation == Operation.DELETE)
    return {
        row.row_id: Removal(
            by=row.name or by_user(row.actor_name),
            back=row.action in (UNDO, REDO),
            own=_is(reader, row.actor_id, row.actor_name),
        )
        for row in connection.execute(found.where(gone).order_by(c.id))
    }


def _is(reader: Actor, actor_id: int | None, name: str | None) -> bool:
    return actor_id == reader.person_id and (actor_id is not None or name == reader.name)
