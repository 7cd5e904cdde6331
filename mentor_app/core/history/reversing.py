"""Turning the row changes of change sets round, all or none, unless something newer rests on one of the rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, UniqueConstraint, func, or_, select
from sqlalchemy.exc import IntegrityError

from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.history.many import Rows, rows_in
from mentor_app.core.history.rules_kept import DERIVED, GOES_ON, KEEPERS, RESTING, follows
from mentor_app.core.store import Session
from mentor_app.core.store.history import Operation, change, change_set, typed, undoing, undone
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import N_, Text, text

_BY_COLUMN = frozenset({"person", "team", "region", "project", "reward", "opportunity", "mentor_capacity"})
"""Tables whose columns are independent: a newer change of another column does not stand in the way."""
_SOME = 500  # ids in one query
_LOOKED_AT = 20  # rows of a table that are asked what is kept for good about them


class CannotUndo(UserError):
    """It can't be taken back; ``first`` (a change set) has to be taken back before, where that is the reason: it rests on
    the change set ``on``. ``over``: what is newer still and was passed over, and why that stays."""

    def __init__(
        self,
        message: Text,
        first: int | None = None,
        on: int | None = None,
        over: tuple[tuple[int, Text], ...] = (),
    ) -> None:
        super().__init__(message)
        self.first, self.on, self.over = first, on, over

    def __reduce__(self) -> tuple[Any, ...]:
        return CannotUndo, (self.message, self.first, self.on, self.over)


class Differs(StandsInTheWay):
    """A row does not say what was written, though nothing newer stands: something else was taken back."""


class KeptForGood(StandsInTheWay):
    """Rows that are kept for good point to what it made, which therefore stays, whatever else is taken back."""


def reversible(connection: Connection, change_set_id: int) -> bool:
    """Whether all its row changes can be turned round: it left nothing that is kept for good, but what follows."""
    written = select(change.c.table_name, change.c.after).where(change.c.change_set_id == change_set_id)
    return not any(
        metadata.tables[name].info.get("append_only") and not follows(name, json.loads(after or "{}"))
        for name, after in connection.execute(written)
    )


def reverse(session: Session, change_set_ids: Sequence[int]) -> None:
    """Undo the row changes of these change sets (the newest first), all or none; StandsInTheWay where something newer
    rests on a row (KeptForGood where that can't change). What follows from rows, such as points, follows again by itself."""
    reversings = [_Reversing(session, set_id, change_set_ids) for set_id in change_set_ids]
    for one in reversings:
        one.check_kept()
    for one in reversings:
        one.run()
    for tables, keep in KEEPERS.items():
        if session.touched(tables):
            keep(session)


class _Reversing:
    """The reversal of one change set."""

    def __init__(self, session: Session, set_id: int, together: Sequence[int]) -> None:
        self._session, self._set = session, set_id
        self._connection = session.connection
        gone = undone(self._connection)
        taking = set(self._connection.execute(select(undoing.c.change_set_id)).scalars())
        self._not_counted = gone | taking | set(together)
        self._stale: set[str] = set()

    def check_kept(self, asked: frozenset[int] = frozenset()) -> None:
        """KeptForGood where what is kept for good points to a row that would be removed, or to one that was made together with
        what points there; ``asked``: the change sets that were asked already."""
        c, made = change.c, change.c.operation.in_((Operation.INSERT, Operation.INSERT_MANY))
        found = select(c.table_name, c.row_id, c.operation, c.before, c.after).where(c.change_set_id == self._set, made)
        makers = set[int]()
        for name, row_id, *said in self._connection.execute(found):
            table = metadata.tables[name]
            if name in GOES_ON or table.info.get("append_only"):
                continue
            rows = Rows([(row_id, row_id)]) if row_id is not None else rows_in(*said)
            for child, column in _pointing_to(table):
                ids = list(self._pointers(child, column, rows))
                if ids and (child is change_set or child.info.get("append_only")):
                    raise KeptForGood((child.name, i) for i in ids)
                makers |= {maker for i in ids[:_LOOKED_AT] for maker in self._made(child, i, column, rows)}
        asked |= {self._set}
        for maker in sorted(makers - asked):
            _Reversing(self._session, maker, (maker,)).check_kept(asked | makers)

    def _made(self, table: Table, row_id: int, column: str, rows: Rows) -> Iterator[int]:
        """The change sets that made a row as one that points to one of ``rows``."""
        c = change.c
        made = select(c.change_set_id, c.after).where(
            c.table_name == table.name, c.row_id == row_id, c.operation == Operation.INSERT
        )
        for set_id, after in self._connection.execute(made.order_by(c.id.desc()).limit(1)):
            if (json.loads(after or "{}").get(column) or 0) in rows:
                yield set_id

    def run(self) -> None:
        """From the last row change to the first."""
        c = change.c
        erased = select(c.id).where(c.change_set_id == self._set, c.erasure_id.is_not(None)).limit(1)
        if self._connection.execute(erased).first():
            raise CannotUndo(text(N_("It holds personal data that was erased on request, and stays as it was left.")))
        found = select(change).where(c.change_set_id == self._set).order_by(c.id.desc())
        steps = [dict(step) for step in self._connection.execute(found).mappings()]
        if self._goes_on(steps):
            return
        for step in steps:
            name = step["table_name"]
            if not follows(name, json.loads(step["after"] or "{}")):
                self._refresh(unless=name)
                self._reverse(metadata.tables[name], step)
                self._stale |= {name} & DERIVED.keys()
        self._refresh()

    def _goes_on(self, steps: Sequence[Mapping[str, Any]]) -> bool:
        """Whether it was taken back without removing what it made, for that has to stay."""
        tables = {step["table_name"] for step in steps}
        if len(tables) != 1 or tables.isdisjoint(GOES_ON):
            return False
        (name,) = tables
        for step in steps:
            self._check_newer(metadata.tables[name], step)
            self._check_resting(metadata.tables[name], step)
        return GOES_ON[name](self._session, steps)

    def _check_resting(self, table: Table, step: Mapping[str, Any]) -> None:
        """StandsInTheWay where something rests on the row as it was written, though it points nowhere else."""
        if table.name in RESTING:
            StandsInTheWay.unless_none(*RESTING[table.name](self._connection, step))

    def _refresh(self, unless: str = "") -> None:
        """Compute anew what is derived from a table before another is gone on with: it may point there."""
        for name in self._stale - {unless}:
            DERIVED[name](self._session)
        self._stale &= {unless}

    def _reverse(self, table: Table, step: Mapping[str, Any]) -> None:
        if table.info.get("append_only"):
            raise CannotUndo(text(N_("It has left entries that are kept for good.")))
        before, after = (json.loads(step[name]) if step[name] else {} for name in ("before", "after"))
        operation, row_id = Operation(step["operation"]), step["row_id"]
        if operation == Operation.INSERT:
            self._check_newer(table, step)
            self._check_unused(table, Rows([(row_id, row_id)]))
            self._session.delete(table, row_id)
        elif operation == Operation.UPDATE:
            self._check_newer(table, step)
            row = self._check_standing(table, row_id, after)
            values = self._pointing(table, before)
            with self._alone(table, {**row, **values}):
                self._session.update(table, row_id, values)
        elif operation == Operation.DELETE:
            values = self._pointing(table, before)
            with self._alone(table, values):
                self._session.put_back(table, values)
        elif operation == Operation.INSERT_MANY:
            self._remove_many(table, step, Rows(after))
        elif operation == Operation.DELETE_MANY:
            rows = (dict(zip(before["columns"], row, strict=True)) for row in before["rows"])
            self._session.put_back_many(table, [typed(table, row) for row in rows])
        else:
            self._update_many(table, step, before["columns"], before["rows"])

    def _check_newer(self, table: Table, step: Mapping[str, Any]) -> None:
        """StandsInTheWay where the row was written since by something that stands."""
        c = change.c
        later = select(c.change_set_id, c.before).where(
            c.table_name == table.name, c.row_id == step["row_id"], c.id > step["id"]
        )
        columns = json.loads(step["after"] or "{}").keys()
        free = table.name in _BY_COLUMN and step["operation"] == Operation.UPDATE
        sets = [
            set_id
            for set_id, before in self._connection.execute(later)
            if set_id not in self._not_counted and not (free and columns.isdisjoint(json.loads(before or "{}")))
        ]
        if sets:
            raise StandsInTheWay((change_set.name, set_id) for set_id in sets)
        self._check_newer_many(table, step, Rows([(step["row_id"], step["row_id"])]), only_many=True)

    def _check_newer_many(self, table: Table, step: Mapping[str, Any], rows: Rows, only_many: bool = False) -> None:
        """The same for many rows, or (``only_many``) for what was written many at once."""
        c = change.c
        later = select(c.change_set_id, c.row_id, c.operation, c.before, c.after).where(
            c.table_name == table.name, c.id > step["id"]
        )
        many = c.operation.in_((Operation.UPDATE_MANY, Operation.DELETE_MANY))
        one = c.row_id.between(rows.ranges[0][0], rows.ranges[-1][1])
        for set_id, row_id, *said in self._connection.execute(later.where(many if only_many else or_(many, one))):
            if set_id in self._not_counted:
                continue
            ids = [row_id] if row_id is not None else [first for first, _ in rows_in(*said).ranges]
            if any(i in rows for i in ids):
                raise StandsInTheWay([(change_set.name, set_id)])

    @contextmanager
    def _alone(self, table: Table, row: Mapping[str, Any]) -> Iterator[None]:
        """Around writing a row: StandsInTheWay where another holds by now what only one may hold."""
        try:
            with self._session.attempt():
                yield
        except IntegrityError:
            others = [i for i in self._alike(table, row) if i != row["id"]]
            StandsInTheWay.unless_none(table.name, others)
            raise

    def _alike(self, table: Table, row: Mapping[str, Any]) -> Iterator[int]:
        for columns, only in _unique(table):
            same = select(table.c.id).where(*(column == row[column.name] for column in columns))
            yield from self._connection.execute(same if only is None else same.where(only)).scalars()

    def _check_standing(self, table: Table, row_id: int, after: Mapping[str, Any]) -> RowMapping:
        """The row; StandsInTheWay where it does not say what was written, or is gone."""
        row = self._connection.execute(select(table).where(table.c.id == row_id)).mappings().one_or_none()
        if row is None or any(row[name] != value for name, value in typed(table, after).items()):
            raise Differs([(table.name, row_id)])
        return row

    def _check_unused(self, table: Table, rows: Rows) -> None:
        """StandsInTheWay where other rows point to those about to go."""
        for child, column in _pointing_to(table):
            ids = self._pointers(child, column, rows)
            StandsInTheWay.unless_none(child.name, [i for i in ids if child is not table or i not in rows])

    def _pointers(self, child: Table, column: str, rows: Rows) -> Iterator[int]:
        """Some of the rows that point to these, by their ids."""
        for first, last in rows.ranges:
            here = select(child.c.id).where(child.c[column].between(first, last)).limit(20)
            yield from self._connection.execute(here).scalars()

    def _pointing(self, table: Table, before: Mapping[str, Any]) -> dict[str, Any]:
        """The values to put back; StandsInTheWay where they point to what has gone since."""
        values = typed(table, before)
        for key in table.foreign_keys:
            value, target = values.get(key.parent.name), key.column.table
            if (
                value is not None
                and not self._connection.execute(
                    select(func.count()).select_from(target).where(target.c.id == value)
                ).scalar()
            ):
                raise StandsInTheWay([(target.name, value)])
        return values

    def _remove_many(self, table: Table, step: Mapping[str, Any], rows: Rows) -> None:
        self._check_newer_many(table, step, rows)
        self._check_unused(table, rows)
        for first, last in rows.ranges:
            there = select(table.c.id).where(table.c.id.between(first, last)).order_by(table.c.id)
            self._session.delete_many(table, list(self._connection.execute(there).scalars()))

    def _update_many(
        self, table: Table, step: Mapping[str, Any], names: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        self._check_newer_many(table, step, Rows([(row[0], row[0]) for row in rows]))
        columns = [table.c[name] for name in names]
        for at in range(0, len(rows), _SOME):
            some = sorted(rows[at : at + _SOME], key=lambda row: row[0])
            ids = [row[0] for row in some]
            now = self._connection.execute(select(*columns).where(table.c.id.in_(ids)).order_by(table.c.id)).all()
            if len(now) < len(some):
                raise StandsInTheWay((table.name, i) for i in set(ids) - {row[0] for row in now})
            self._session.update_many(table, list(names[1:]), [list(row) for row in now], [tuple(row) for row in some])


def _unique(table: Table) -> Iterator[tuple[list[Column[Any]], Any]]:
    """What only one row may hold: (columns, the condition under which)."""
    for index in table.indexes:
        if index.unique:
            yield list(index.columns), index.dialect_kwargs.get("sqlite_where")
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns), None


def _pointing_to(table: Table) -> Iterator[tuple[Table, str]]:
    """The columns that point to rows of this table, but those of what is derived: (table, column)."""
    for child in metadata.sorted_tables:
        if not child.info.get("derived"):
            for key in child.foreign_keys:
                if key.column.table is table:
                    yield child, key.parent.name
