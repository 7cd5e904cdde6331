"""The one history: every action's row changes, who made them, and when.

Audit reads them, an undo applies the inverse (``core.history``), other clients learn from them what changed. A bulk import stores what it
can't compute again: the ranges of new ids and the old values of changed rows. Where a row's values would stand beside them
stand only hashes (see ``seal``), which prove the values for as long as nobody has changed them by hand.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy import delete as sql_delete

from mentor_app.core.errors import ChangedMeanwhile, Gone, Stored
from mentor_app.core.store.schema import Instant, metadata, whole_of
from mentor_app.core.store.seal import WHAT, WHO, set_seal
from mentor_app.core.text import USER

change_set = Table(
    "change_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant(), nullable=False),
    Column("actor_id", Integer, ForeignKey("person.id")),
    Column("actor_name", String(200)),
    Column("action", String(80), nullable=False),
    sqlite_autoincrement=True,
)
change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change_set_id", Integer, ForeignKey("change_set.id"), nullable=False, index=True),
    Column("table_name", String(60), nullable=False),
    Column("row_id", Integer),
    Column("operation", String(12), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("erasure_id", Integer),  # the erasure of somebody's personal data that took words out of it
    Index("ix_change_row", "table_name", "row_id"),
    sqlite_autoincrement=True,
)
# Which change sets took back which others; one that took back is itself taken back by doing again. Append-only.
undoing = Table(
    "undoing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change_set_id", Integer, ForeignKey("change_set.id"), nullable=False, index=True),
    Column("undoes_id", Integer, ForeignKey("change_set.id"), nullable=False, index=True),
    sqlite_autoincrement=True,
)

# A hash of each change set that covers the one before: who, when, what, and what it takes back. Append-only.
change_seal = Table(
    "change_seal",
    metadata,
    Column("id", Integer, ForeignKey("change_set.id"), primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
)

# A hash, as number 1, of when the first version of the programme was put in, by a migration and so in no history. Append-only.
installed_seal = Table(
    "installed_seal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
)


RESTORED = "store.restore"
"""What a change set is called that says that a backup was restored: it changed no row, and numbers were skipped before it."""


class Operation(StrEnum):
    """What was done to a row, or to many at once."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    INSERT_MANY = "insert_many"
    UPDATE_MANY = "update_many"
    DELETE_MANY = "delete_many"


def encode(value: Any) -> str:
    """JSON for history, dates as ISO text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def row_of(connection: Connection, where: Table, row_id: int) -> RowMapping:
    """One row by its id; Gone where there is none."""
    row = connection.execute(select(where).where(where.c.id == row_id)).mappings().one_or_none()
    if row is None:
        raise gone(connection, where, row_id)
    return row


def gone(connection: Connection, where: Table, row_id: int) -> Gone:
    """What is told whoever asks for a row that is not there: who has removed it, where the history tells."""
    return Gone(_remover(connection, where, row_id)[0])


def _remover(connection: Connection, where: Table, row_id: int | None) -> tuple[str, dt.datetime | None]:
    """Who removed a row, by itself or among many, and when; nobody where no history tells."""
    newest = next(_newest_of(connection, where, change.c.row_id == row_id), None)
    if newest is not None and newest.operation == Operation.DELETE:
        return newest.by, newest.at
    many = _changes(where).where(change.c.operation == Operation.DELETE_MANY).order_by(change.c.id.desc())
    for one in connection.execute(many.limit(_LOOKED_AT)):
        if row_id in (row[0] for row in json.loads(one.before)["rows"]):
            return one.by, one.at
    return "", None


def seal_set(
    connection: Connection,
    of: Mapping[str, Any],
    steps: Iterable[Mapping[str, Any]] = (),
    undoes: Sequence[int] = (),
) -> None:
    """Seal a change set that has just been written: its columns, those of its changes in order, what it takes back."""
    last = connection.execute(select(change_seal.c.hash).order_by(change_seal.c.id.desc()).limit(1)).scalar()
    values = {"id": of["id"], "hash": set_seal(last or "", of, steps, undoes)}
    connection.execute(insert(change_seal).values(**values))


def reseal(connection: Connection, first: int = 0) -> None:
    """Seal all change sets from the one numbered ``first`` on anew; where the database keeps seals from being changed, that
    protection has to be lifted around it. For migrations, and where personal data is erased from the history."""
    seal = change_seal.c
    before = (
        connection.execute(select(seal.hash).where(seal.id < first).order_by(seal.id.desc()).limit(1)).scalar() or ""
    )
    connection.execute(sql_delete(change_seal).where(seal.id >= first))
    taken: dict[int, list[int]] = {}
    for taking, undone_id in connection.execute(
        select(undoing.c.change_set_id, undoing.c.undoes_id)
        .where(undoing.c.change_set_id >= first)
        .order_by(undoing.c.id)
    ):
        taken.setdefault(taking, []).append(undone_id)
    c, named = change.c, [change_set.c[name] for name in WHO]  # just what is sealed: for migrations, too
    what = select(c.change_set_id, *(c[name] for name in WHAT)).where(c.change_set_id >= first).order_by(c.id)
    steps = groupby(connection.execute(what).mappings(), lambda step: step["change_set_id"])
    next_id, group = next(steps, (None, iter(())))
    sealed: list[dict[str, Any]] = []
    for one in connection.execute(select(*named).where(named[0] >= first).order_by(named[0])).mappings():
        own = group if next_id == one["id"] else iter(())
        before = set_seal(before, dict(one), map(dict, own), taken.get(one["id"], ()))
        sealed.append({"id": one["id"], "hash": before})
        if next_id == one["id"]:
            next_id, group = next(steps, (None, iter(())))
    if sealed:
        connection.execute(insert(change_seal), sealed)


def typed(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the history keeps them (JSON) as the table's columns take them: dates and instants from their ISO text."""
    read = {name: _READ.get(type(table.c[name].type)) for name in values}
    return {
        name: value if value is None or (reader := read[name]) is None else reader(value)
        for name, value in values.items()
    }


_READ: Mapping[type, Callable[[str], Any]] = {Date: dt.date.fromisoformat, Instant: dt.datetime.fromisoformat}


def undone(connection: Connection) -> set[int]:
    """The change sets that stand taken back: by one that is not itself taken back."""
    by: dict[int, list[int]] = {}
    for taking, taken in connection.execute(select(undoing.c.change_set_id, undoing.c.undoes_id)):
        by.setdefault(taken, []).append(taking)
    result: set[int] = set()
    for taken in sorted(by, reverse=True):  # what takes back comes later, so it is known by now
        if any(taking not in result for taking in by[taken]):
            result.add(taken)
    return result


def standing(connection: Connection, table: str, ids: Collection[int]) -> list[int]:
    """Those of these rows, each written once and kept for good, that were neither taken back nor take something back."""
    if not ids:
        return []
    passed = undone(connection) | set(connection.execute(select(undoing.c.change_set_id)).scalars())
    made = select(change.c.row_id, change.c.change_set_id).where(
        change.c.table_name == table, change.c.row_id.in_(list(ids))
    )
    return [row_id for row_id, set_id in connection.execute(made) if set_id not in passed]


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One change of one row: when and by whom it was made, and the values that it changed."""

    id: int
    at: dt.datetime
    by: str
    table: str
    row_id: int
    operation: Operation
    before: dict[str, Any]
    after: dict[str, Any]


def beginning(connection: Connection) -> str | None:
    """What tells this store from any other, wherever it lies: when its first change was made; None where nothing has been
    written yet. No name stands in it, for erasing one must not make it another store."""
    at = connection.execute(select(change_set.c.at).order_by(change_set.c.id).limit(1)).scalar()
    if at is None:
        return None
    return str(at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at)  # as it is kept in settings


def same_beginning(one: str, other: str) -> bool:
    """Whether two mean the same store; earlier versions wrote who made the first change behind the time."""
    return one[:19] == other[:19]


def changed_meanwhile(connection: Connection, where: Table, row_id: int | None) -> ChangedMeanwhile:
    """What is told whoever meant to write a record as it was before: what it says now, who has written that, and when."""
    row = connection.execute(select(where).where(where.c.id == row_id)).mappings().one_or_none()
    if row is None and row_id is not None:
        by, at = _remover(connection, where, row_id)
        return ChangedMeanwhile(by, at, gone=True)
    written: dict[str, tuple[str, dt.datetime]] = {}
    last: dict[int, tuple[str, dt.datetime]] = {}
    for one in _newest_of(connection, where, change.c.row_id == row_id):
        last[one.id] = (one.by, one.at)
        for name in {**one.before, **one.after}:
            written.setdefault(name, last[one.id])
    stored = {name: Stored(value, *written.get(name, ("", None))) for name, value in (row or {}).items()}
    for part in metadata.tables.values():
        found = whole_of(part)
        if found is None or found[1] is not where:
            continue
        rows = [dict(one) for one in connection.execute(select(part).where(part.c[found[0]] == row_id)).mappings()]
        ids = {one["id"] for one in rows}
        for one in _newest_of(connection, part, change.c.row_id.is_not(None)):
            if one.row_id in ids or row_id in (one.before.get(found[0]), one.after.get(found[0])):
                last[one.id] = written[part.name] = (one.by, one.at)
                break
        stored[part.name] = Stored(rows, *written.get(part.name, ("", None)))
    by, at = last[max(last)] if last else ("", None)
    return ChangedMeanwhile(by, at, stored if row is not None else {})


_LOOKED_AT = 500
"""How many changes, the newest first, are looked through for who has written something."""


def _newest_of(connection: Connection, where: Table, which: ColumnElement[bool]) -> Iterator[RowChange]:
    """Changes of single rows of a table, the newest first, whatever became of them; not all there ever were."""
    statement = _changes(where).where(which).order_by(change.c.id.desc()).limit(_LOOKED_AT)
    return (_row_change(where, row) for row in connection.execute(statement))


def changes_of(connection: Connection, where: Table, row_ids: Sequence[int]) -> list[RowChange]:
    """Every change of these rows that stands, the oldest first: neither what was taken back nor the taking back. Dates stand
    as ISO text."""
    passed = undone(connection) | set(connection.execute(select(undoing.c.change_set_id)).scalars())
    statement = _changes(where).where(change.c.row_id.in_(list(row_ids))).order_by(change.c.id)
    return [_row_change(where, row) for row in connection.execute(statement) if row.change_set_id not in passed]


def _changes(where: Table) -> Select[Any]:
    person = metadata.tables["person"].c
    c, s = change.c, change_set.c
    name = func.coalesce(person.name, USER + s.actor_name + USER, "").label("by")
    columns = (c.id, c.change_set_id, s.at, name, c.row_id, c.operation, c.before, c.after)
    joined = (
        select(*columns)
        .join(change_set, s.id == c.change_set_id)
        .outerjoin(metadata.tables["person"], person.id == s.actor_id)
    )
    return joined.where(c.table_name == where.name)


def _row_change(where: Table, row: Row[Any]) -> RowChange:
    return RowChange(
        id=row.id,
        at=row.at,
        by=row.by,
        table=where.name,
        row_id=row.row_id,
        operation=Operation(row.operation),
        before=json.loads(row.before or "{}"),
        after=json.loads(row.after or "{}"),
    )
