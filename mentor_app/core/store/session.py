"""One action's hold on the store: what it writes is recorded in the history as it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert, select, update
from sqlalchemy import delete as sql_delete

from mentor_app.core.dates import check_date
from mentor_app.core.store import bulk
from mentor_app.core.store.history import (
    Operation,
    change,
    change_set,
    changed_meanwhile,
    encode,
    row_of,
    seal_set,
    undoing,
)
from mentor_app.core.store.schema import whole_of
from mentor_app.core.store.seal import seals

_TOGETHER = 5_000  # rows removed at once, so that none of their changes grows beyond what a database takes


@dataclass(frozen=True)
class Actor:
    """Who acts: a person of the store, or (where nobody is chosen yet) just a name, such as the computer's user."""

    name: str
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One row that the action under way wrote: "insert", "update" or "delete", and the values that it changed."""

    row_id: int
    operation: Operation
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Written(Changed):
    """A row that the action under way wrote, of which table, and in which of its numbered parts; None: in none of them."""

    table: str
    part: int | None


@dataclass(kw_only=True)
class _Step:
    """One write as the history keeps it; of many rows at once (no ``row_id``) already as JSON, which is smaller."""

    table: str
    row_id: int | None
    operation: Operation
    before: Any
    after: Any
    amended: bool = False
    part: int | None = None

    def values(self) -> dict[str, Any]:
        """The row of the history."""
        before, after = (
            value if value is None or isinstance(value, str) else encode(value) for value in (self.before, self.after)
        )
        return {
            "table_name": self.table,
            "row_id": self.row_id,
            "operation": self.operation,
            "before": before,
            "after": after,
        }


class Session:
    """One action's hold on the store: reads, and writes that are recorded as they are made.

    Reading goes through ``connection``; writing only through ``insert``, ``update``, ``delete`` and the bulk pair, so
    nothing changes without a trace. ``discard()`` makes the whole action leave nothing behind (a dry run).
    """

    def __init__(self, connection: Connection, now: dt.datetime) -> None:
        self.connection = connection
        self.now = now
        self.kinds: set[str] = set()
        self.discarded = False
        self.rows = 0
        self._steps: list[_Step] = []
        self._raised: set[tuple[str, int]] = set()
        self._sealed = 0
        self._undoes: tuple[int, ...] = ()
        self._part: int | None = None
        self._looks: list[Callable[[], None]] = []

    def discard(self) -> None:
        """Roll everything back at the end of the action; its result is still returned."""
        self.discarded = True

    def at_end(self, look: Callable[[], None]) -> None:
        """Call ``look`` once all that follows from the action is written too, before it is committed or rolled back."""
        self._looks.append(look)

    def end(self, follow: Callable[[], None]) -> None:
        """Let ``follow`` write what follows, also from what is discarded where somebody wants to look at it."""
        if not self.discarded or self._looks:
            follow()
        for look in self._looks:
            look()

    @contextmanager
    def attempt(self, part: int | None = None) -> Iterator[None]:
        """A part of the action (of this number) that may fail by itself: an error inside leaves nothing of it, and goes on."""
        outer, self._part = self._part, self._part if part is None else part
        try:
            with self._apart():
                yield
        finally:
            self._part = outer

    @contextmanager
    def _apart(self) -> Iterator[None]:
        before, rows, raised = len(self._steps), self.rows, set(self._raised)
        self._sealed = before  # what was written before stays as it is, whatever becomes of this part
        with self.connection.begin_nested() as part:
            try:
                yield
            except BaseException:
                part.rollback()
                del self._steps[before:]
                self._raised = raised
                self.rows = rows
                raise

    def row(self, where: Table, row_id: int) -> RowMapping:
        """One row by its id; Gone where there is none."""
        return row_of(self.connection, where, row_id)

    def insert(self, into: Table, values: Mapping[str, Any]) -> int:
        """Insert one row and return its id. UserError where a date lies outside living memory."""
        _check_dates(values)
        row_id = self.connection.execute(insert(into).values(**values)).inserted_primary_key
        assert row_id is not None
        self._record(into, int(row_id[0]), Operation.INSERT, None, dict(values))
        self._raised.add((into.name, int(row_id[0])))
        self._raise_whole(into, values)
        return int(row_id[0])

    def expect(self, where: Table, row_id: int | None, version: int | None) -> None:
        """Raise ChangedMeanwhile unless a record is as when this ``version`` of it was read, what is part of it included.

        ``version`` 0: there was none; None: nobody has read anything. ``row_id`` None: there is none now.
        """
        if version is None:
            return
        c = where.c
        now = None if row_id is None else self.connection.execute(select(c.version).where(c.id == row_id)).scalar()
        if version != (now or 0):
            raise changed_meanwhile(self.connection, where, row_id)

    def update(self, where: Table, row_id: int, values: Mapping[str, Any], version: int | None = None) -> bool:
        """Change one row; only columns that differ are written. Returns whether anything differed.

        With ``version``, raises ChangedMeanwhile if someone else has changed the record since that version was read.
        """
        self.expect(where, row_id, version)
        row = self.connection.execute(select(where).where(where.c.id == row_id)).mappings().one_or_none()
        if row is None:
            raise changed_meanwhile(self.connection, where, row_id)
        before = {name: row[name] for name, value in values.items() if row[name] != value}
        if not before:
            return False
        after = {name: values[name] for name in before}
        _check_dates(after)
        self.connection.execute(update(where).where(where.c.id == row_id).values(version=row["version"] + 1, **after))
        self._record(where, row_id, Operation.UPDATE, before, after)
        self._raised.add((where.name, row_id))
        for said in (before, after):  # what it was part of, and what it is part of now
            self._raise_whole(where, {**row, **said})
        return True

    def raise_version(self, where: Table, row_id: int) -> None:
        """Say that a row is another than it was read as, though not in what."""
        was = self.row(where, row_id)["version"]
        self.connection.execute(update(where).where(where.c.id == row_id).values(version=was + 1))
        self._record(where, row_id, Operation.UPDATE, {"version": was}, {"version": was + 1})
        self._raised.add((where.name, row_id))

    def delete(self, where: Table, row_id: int) -> None:
        """Remove one row, keeping what it held in the history; Gone where somebody else has removed it."""
        row = self.row(where, row_id)
        self.connection.execute(sql_delete(where).where(where.c.id == row_id))
        self._record(where, row_id, Operation.DELETE, dict(row), None)
        self._raise_whole(where, dict(row))

    def amend(self, where: Table, row_id: int, values: Mapping[str, Any]) -> None:
        """Change a row that is kept for good, inside ``protect.lifted``; what follows from actions does not ask after it."""
        self.amend_all(where, [(row_id, values)])

    def amend_all(
        self, where: Table, rows: Sequence[tuple[int, Mapping[str, Any]]], aside: Mapping[str, Any] | None = None
    ) -> None:
        """The same for several; ``aside`` is put into all of them first, where what is unique changes hands among them."""
        before = {row_id: self.row(where, row_id) for row_id, _ in rows}
        if aside:
            for row_id, _ in rows:
                self.connection.execute(update(where).where(where.c.id == row_id).values(**aside))
        for row_id, values in rows:
            back = {name: before[row_id][name] for name in aside or () if name not in values}
            self.connection.execute(update(where).where(where.c.id == row_id).values(**back, **values))
            self._record(where, row_id, Operation.UPDATE, {name: before[row_id][name] for name in values}, dict(values))
            self._steps[-1].amended = True

    def insert_many(self, into: Table, columns: Mapping[str, Sequence[Any]]) -> range:
        """Insert many rows, given by column, at once; the history keeps the range of their ids, which is returned."""
        count = len(next(iter(columns.values())))
        if not count:
            return range(0)
        first = bulk.insert(self.connection, into, columns)
        self.rows += count
        names, part = list(columns), [first, count, seals(list(columns.values()))]
        last = self._steps[-1] if len(self._steps) > self._sealed else None
        if (
            last
            and last.operation == Operation.INSERT_MANY
            and last.table == into.name
            and last.before["columns"] == names
        ):
            last.before["seals"].append(part)
            if last.after[-1][1] == first - 1:
                last.after[-1][1] = first + count - 1
            else:
                last.after.append([first, first + count - 1])
        else:
            proof = {"columns": names, "seals": [part]}
            self._record(into, None, Operation.INSERT_MANY, proof, [[first, first + count - 1]])
        return range(first, first + count)

    def update_many(
        self, where: Table, columns: Sequence[str], old: Iterable[Sequence[Any]], new: Sequence[tuple[Any, ...]]
    ) -> None:
        """Change many rows; ``old`` and ``new`` are (id, values of ``columns`` …). The history keeps the old."""
        if not new:
            return
        bulk.update(self.connection, where, columns, new)
        self.rows += len(new)
        kept = [list(row) for row in old]
        proof = {"seals": seals(list(zip(*new, strict=True))[1:])}
        self._record(where, None, Operation.UPDATE_MANY, encode({"columns": ["id", *columns], "rows": kept}), proof)

    def put_back(self, into: Table, values: Mapping[str, Any]) -> None:
        """Insert a row under the id it had before it was removed; whoever still holds its old version is told so."""
        whole = dict(values)
        if "version" in whole:
            whole["version"] += 1
        self.connection.execute(insert(into).values(**whole))
        self._record(into, whole["id"], Operation.INSERT, None, whole)
        self._raised.add((into.name, whole["id"]))
        self._raise_whole(into, whole)

    def delete_many(self, where: Table, ids: Sequence[int]) -> None:
        """Remove many rows, keeping what they held in the history."""
        names = [column.name for column in where.columns]
        for at in range(0, len(ids), _TOGETHER):
            some = where.c.id.in_(ids[at : at + _TOGETHER])
            rows = [list(row) for row in self.connection.execute(select(where).where(some).order_by(where.c.id))]
            self.connection.execute(sql_delete(where).where(some))
            self.rows += len(rows)
            self._record(where, None, Operation.DELETE_MANY, encode({"columns": names, "rows": rows}), None)

    def put_back_many(self, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows under the ids they had."""
        if not rows:
            return
        self.connection.execute(insert(into), [dict(row) for row in rows])
        self.rows += len(rows)
        names = [name for name in rows[0] if name not in ("id", "version")]
        by_id, proof = {row["id"]: row for row in rows}, []
        ranges = _ranges(sorted(by_id))
        for first, last in ranges:
            values = [[by_id[i][name] for i in range(first, last + 1)] for name in names]
            proof.append([first, last - first + 1, seals(values)])
        self._record(into, None, Operation.INSERT_MANY, {"columns": names, "seals": proof}, ranges)

    def takes_back(self, change_set_ids: Sequence[int]) -> None:
        """Say that this action takes back what these change sets did."""
        self._undoes = tuple(change_set_ids)

    def _record(self, where: Table, row_id: int | None, operation: Operation, before: Any, after: Any) -> None:
        self.touch(where)
        self.rows += row_id is not None
        self._steps.append(_Step(table=where.name, row_id=row_id, operation=operation, before=before, after=after))
        self._steps[-1].part = self._part

    def _raise_whole(self, part: Table, row: Mapping[str, Any]) -> None:
        """What a row is part of has changed with it: its version grows, once an action."""
        found = whole_of(part)
        if found is None or row[found[0]] is None:
            return
        whole, row_id = found[1], row[found[0]]
        if (whole.name, row_id) not in self._raised:
            self._raised.add((whole.name, row_id))
            self.connection.execute(update(whole).where(whole.c.id == row_id).values(version=whole.c.version + 1))

    def changed(self, where: Table) -> list[Changed]:
        """The rows of a table that this action has written so far, in order; not those written in bulk."""
        return [
            Changed(row_id=step.row_id, operation=step.operation, before=step.before or {}, after=step.after or {})
            for step in self._steps
            if step.table == where.name and step.row_id is not None and not step.amended
        ]

    def written(self) -> list[Written]:
        """All rows that this action has written so far, in order; not those written in bulk."""
        return [
            Written(
                row_id=step.row_id,
                operation=step.operation,
                before=step.before or {},
                after=step.after or {},
                table=step.table,
                part=step.part,
            )
            for step in self._steps
            if step.row_id is not None and not step.amended
        ]

    def touched(self, tables: Collection[str]) -> bool:
        """Whether this action has written to one of these tables, row by row or in bulk."""
        return any(step.table in tables for step in self._steps)

    def touch(self, where: Table) -> None:
        """Say that rows of this table changed, for derived tables that history does not keep."""
        self.kinds.add(str(where.info["kind"]))

    def so_far(self, actor: Actor, action: str) -> None:
        """Let what was written until now stand in the history as another action, which is taken back by itself."""
        self.close(actor, action)
        self._steps.clear()
        self._sealed = 0

    def close(self, actor: Actor, action: str) -> int | None:
        """Write the change set; None when nothing changed."""
        if not self._steps:
            return None
        values = {
            "at": self.now,
            "actor_id": actor.person_id,
            "actor_name": None if actor.person_id else actor.name,
            "action": action,
        }
        key = self.connection.execute(insert(change_set).values(**values)).inserted_primary_key
        assert key is not None
        steps = [step.values() for step in self._steps]
        self.connection.execute(insert(change), [{"change_set_id": key[0], **step} for step in steps])
        if self._undoes:
            taken = [{"change_set_id": key[0], "undoes_id": undone} for undone in self._undoes]
            self.connection.execute(insert(undoing), taken)
        seal_set(self.connection, {"id": key[0], **values}, steps, self._undoes)
        return int(key[0])


def _ranges(ids: Sequence[int]) -> list[list[int]]:
    """Ids in order as [first, last] of each consecutive run."""
    runs: list[list[int]] = []
    for i in ids:
        if runs and runs[-1][1] == i - 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    return runs


def _check_dates(values: Mapping[str, Any]) -> None:
    for value in values.values():
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            check_date(value)
