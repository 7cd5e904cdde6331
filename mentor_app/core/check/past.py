"""What the history says, step by step: typed as the columns are, whatever stands in it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, select

from mentor_app.core.check.problem import Problem, wrong
from mentor_app.core.check.rows import unreadable
from mentor_app.core.store import blueprint
from mentor_app.core.store.history import RESTORED, Operation, change, change_set
from mentor_app.core.store.raw import BAD, Reader, read_raw, reader_of
from mentor_app.core.store.schema import metadata, whole_of

DERIVED = frozenset({"owner_digest", "playbook_answer"})
"""Tables the history does not keep: they are computed from the others."""
_FORMERLY: Mapping[str, Mapping[int, Mapping[str, Any]]] = {
    "reward": {
        1: {
            "name": "外部销售课程名额 External sales course",
            "kind": "resource",
            "cost": 120,
            "stock": 4,
            "weight": None,
        },
        2: {"name": "行业报告一份 Industry report", "kind": "resource", "cost": 40, "stock": 10, "weight": None},
        3: {"name": "晋升权重 +1 Promotion weight +1", "kind": "promotion", "cost": 100, "stock": None, "weight": 1.0},
    }
}
"""Rows that an early form of a migration put in; they stand in the stores that it made."""
ONE_ROW = (Operation.INSERT, Operation.UPDATE, Operation.DELETE)


@cache
def kept() -> frozenset[str]:
    """The tables whose every change the history keeps: all that belong to a capability and are not computed."""
    return frozenset(name for name, table in metadata.tables.items() if "kind" in table.info) - DERIVED


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """Who did what, when; what can't be read is None."""

    id: int
    at: dt.datetime | None
    actor_id: int | None
    action: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change: of one row, its values typed; of many (no ``row``) as the history has it."""

    id: int
    of: ChangeSet
    table: str
    row: int | None
    operation: Operation
    before: Any
    after: Any


@dataclass(kw_only=True)
class Outside:
    """A value that stood in a column of a row though no change had put it there, and the change that set it right."""

    value: Any
    by: Step
    is_back: bool = False
    """Whether taking that back has put it there again."""


@dataclass(kw_only=True)
class Past:
    """What the history says of the rows so far: their values, of which it knows all (``whole``), which are gone, and the
    ranges of those made in bulk."""

    rows: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    whole: dict[str, set[int]] = field(default_factory=dict)
    gone: dict[str, set[int]] = field(default_factory=dict)
    ranges: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    versions: dict[str, dict[int, int]] = field(default_factory=dict)
    """How often rows were written; those left out once."""
    raises: dict[str, dict[int, int]] = field(default_factory=dict)
    """How often more they were raised for what is part of them: earlier versions of the app did not."""
    known: dict[str, int] = field(default_factory=dict)
    """The highest id that a row of a table ever had."""
    outside: dict[tuple[str, int, str], Outside] = field(default_factory=dict)
    """What was altered outside the app and set right since, by table, row and column."""
    _within: int = 0
    _raised: set[tuple[str, int | None]] = field(default_factory=set)

    @classmethod
    def begun(cls, connection: Connection) -> Past:
        """The beginning: the rows that migrations put in."""
        past = cls()
        for name, held in blueprint.installed().items():
            if name in kept():
                past.rows[name] = {row_id: _timeless(values) for row_id, values in held.items()}
                past.known[name] = max(held, default=0)
        for name, formerly in _FORMERLY.items():
            ids = list(connection.execute(select(metadata.tables[name].c.id)).scalars())
            c = change.c
            made = select(c.row_id).where(c.table_name == name, c.operation == Operation.INSERT)
            others = set(connection.execute(made).scalars())
            for row_id in formerly.keys() & set(ids) - others:
                past.rows.setdefault(name, {})[row_id] = dict(formerly[row_id])
        return past

    def count(self, table: str, row: int, version: int | None = None) -> None:
        """A row was made as ``version``, or (None) written once more."""
        held = self.versions.setdefault(table, {})
        held[row] = held.get(row, 1) + 1 if version is None else version
        if version is not None:
            self.raises.get(table, {}).pop(row, None)
        self.known[table] = max(self.known.get(table, 0), row)

    def written(self, step: Step) -> None:
        """One row was written: what it is part of is another, too, once in a change set and where that was not written itself
        (as ``Session`` does it)."""
        if step.of.id != self._within:
            self._within, self._raised = step.of.id, set()
        if step.operation != Operation.DELETE:
            self._raised.add((step.table, step.row))
        found = whole_of(metadata.tables[step.table])
        if found is None:
            return
        column, whole = found
        known = self.value(step.table, step.row or 0, column)
        for said in (step.before, step.after):
            row = (said or {}).get(column, known)
            if isinstance(row, int) and (whole.name, row) not in self._raised:
                self._raised.add((whole.name, row))
                held = self.raises.setdefault(whole.name, {})
                held[row] = held.get(row, 0) + 1

    def set_right(self, step: Step, altered: Collection[str]) -> None:
        """One row was written, and what was ``altered`` in it outside the app is again what the history says."""
        row = step.row or 0
        for name, value in step.after.items() if self.outside else ():
            one = self.outside.get((step.table, row, name))
            if one is not None:
                one.is_back = value == one.value and step.of.action.startswith("history.")
        for name in altered:
            self.outside[step.table, row, name] = Outside(value=step.before[name], by=step)

    def value(self, table: str, row: int, column: str) -> Any:
        """What a row holds in a column; None where the history does not know."""
        return self.rows.get(table, {}).get(row, {}).get(column)

    def in_bulk(self, table: str, row: int) -> bool:
        """Whether a row was made by an import in bulk."""
        return any(first <= row <= last for first, last in self.ranges.get(table, ()))

    def made_in_bulk(self, table: str, first: int, last: int) -> None:
        """Rows were made together; those of them that had been removed before are back."""
        gone = self.gone.get(table, set())
        back = gone.intersection(range(first, last + 1)) if gone else gone
        gone -= back
        self.known[table] = max(self.known.get(table, 0), last)
        if not back:
            self.ranges.setdefault(table, []).append((first, last))

    def exists(self, table: str, row: int) -> bool:
        """Whether the history knows the row, and not that it was removed."""
        known = row in self.rows.get(table, {}) or self.in_bulk(table, row)
        return known and row not in self.gone.get(table, set())


def restorations(connection: Connection) -> list[int]:
    """The change sets that say that a backup was restored."""
    found = select(change_set.c.id).where(change_set.c.action == RESTORED).order_by(change_set.c.id)
    return list(connection.execute(found).scalars())


def _timeless(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a migration puts in is the same in every store, but when it did is not."""
    return {name: v for name, v in values.items() if name != "version" and not isinstance(v, dt.datetime)}


def change_sets(connection: Connection, found: list[Problem]) -> dict[int, ChangeSet]:
    """The change sets by id; what can't be read in them goes to ``found``."""
    sets: dict[int, ChangeSet] = {}
    for raw in read_raw(connection, change_set):
        set_id = raw.values.get("id")
        number = set_id if isinstance(set_id, int) else None
        found += [unreadable("change_set", number, column) for column in raw.bad]
        if number is None:
            continue
        at, actor, action = (raw.values.get(name) for name in ("at", "actor_id", "action"))
        sets[number] = ChangeSet(
            id=number,
            at=at if isinstance(at, dt.datetime) else None,
            actor_id=actor if isinstance(actor, int) else None,
            action=action if isinstance(action, str) else "",
        )
        if actor is None and raw.values.get("actor_name") is None:
            found.append(wrong("history_changed", "Change set {row} does not say who made it.", "change_set", number))
    return sets


def steps(connection: Connection, sets: Mapping[int, ChangeSet], found: list[Problem]) -> Iterator[Step]:
    """The changes in order; those that can't be read go to ``found``."""
    latest = 0
    for raw in read_raw(connection, change):
        values = raw.values
        number, set_id = values.get("id"), values.get("change_set_id")
        found += [unreadable("change", number if isinstance(number, int) else None, column) for column in raw.bad]
        if not isinstance(number, int) or raw.bad or "after" not in values or "before" not in values:
            continue
        if not isinstance(set_id, int) or set_id not in sets:
            found.append(wrong("history_orphan", "Change {row} belongs to no change set.", "change", number))
            continue
        if set_id < latest:
            found.append(wrong("history_changed", "Change {row} stands in the wrong order.", "change", number))
        latest = max(latest, set_id)
        step = _step(number, sets[set_id], values)
        if step is None:
            found.append(wrong("history_unreadable", "What change {row} says can't be read.", "change", number))
        else:
            yield step


def _step(number: int, of: ChangeSet, values: Mapping[str, Any]) -> Step | None:
    table = metadata.tables.get(values["table_name"])
    try:
        operation = Operation(values["operation"])
        before, after = (json.loads(values[name]) if values[name] is not None else None for name in ("before", "after"))
    except (ValueError, RecursionError):
        return None
    if table is None or table.name not in kept() or (operation in ONE_ROW) != (values["row_id"] is not None):
        return None
    if operation in ONE_ROW:
        before, after = _typed(table, before), _typed(table, after)
        if before is None or after is None or not _fits(operation, before, after):
            return None
    return Step(
        id=number, of=of, table=table.name, row=values["row_id"], operation=operation, before=before, after=after
    )


def _fits(operation: Operation, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if operation == Operation.INSERT:
        return bool(after) and not before
    if operation == Operation.DELETE:
        return bool(before) and not after
    return bool(after) and before.keys() == after.keys()


def _typed(table: Table, values: Any) -> dict[str, Any] | None:
    """The history's words for columns as what the columns hold; None where they are none."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        return None
    readers, read = _readers(table), dict[str, Any]()
    for name, value in values.items():
        if name in readers:
            read[name] = None if value is None else readers[name](value)
            if read[name] is BAD:
                return None
    return read


@cache
def _readers(table: Table) -> Mapping[str, Reader]:
    return {column.name: reader_of(column.type) for column in table.columns}
