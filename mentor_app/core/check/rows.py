"""All rows of a store, read once and typed, for every rule to be asked of them; what can't be read is reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, inspect

from mentor_app.core.check.problem import DATE, Problem, derived, wrong
from mentor_app.core.store.raw import read_raw
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import N_, text

Row: TypeAlias = Mapping[str, Any]
BY_COLUMN = frozenset({"opportunity", "owner_digest", "change"})
"""Tables too large to be held: looked at by the database, or as they stream by."""
COMPUTED = {"owner_digest": "digest", "playbook_answer": "answers"}
"""Tables that are computed from others, and what a problem in them is called."""
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


@dataclass(kw_only=True)
class Rows:
    """The readable rows of each table by id, in order; ``ids`` also of those that are not (they have been reported)."""

    tables: dict[str, dict[int, Row]] = field(default_factory=dict)
    ids: dict[str, set[int]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    """What a check noticed that is no problem any more."""
    missing: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def of(self, table: str) -> Mapping[int, Row]:
        """The readable rows of a table, by id."""
        return self.tables.get(table, {})

    def all(self, table: str) -> Iterator[Row]:
        """The readable rows of a table, in order."""
        return iter(self.of(table).values())

    def by(self, table: str, column: str) -> dict[Any, list[Row]]:
        """The readable rows of a table, grouped by a column."""
        groups: dict[Any, list[Row]] = {}
        for row in self.all(table):
            groups.setdefault(row[column], []).append(row)
        return groups


def read(connection: Connection) -> Rows:
    """Every table that is there. A row with a value that can't be read is left out of the rules, and reported."""
    there = set(inspect(connection).get_table_names())
    rows = Rows(missing=frozenset(set(metadata.tables) - there))
    for table in metadata.tables.values():
        if table.name in rows.missing or table.name in BY_COLUMN:
            continue
        held, ids = rows.tables.setdefault(table.name, {}), rows.ids.setdefault(table.name, set())
        whole = {column.name for column in table.columns}
        for raw in read_raw(connection, table):
            row_id = raw.values.get("id")
            if not isinstance(row_id, int):
                row_id = None
            else:
                ids.add(row_id)
            for column in raw.bad:
                rows.problems.append(unreadable(table.name, row_id, column))
            if row_id is not None and not raw.bad and raw.values.keys() == whole:
                held[row_id] = raw.values
                rows.problems += _far_off(table.name, row_id, raw.values)
    return rows


def unreadable(table: str, row: int | None, column: str) -> Problem:
    """A value that is not what its column holds."""
    what = N_("Row {row} of {table} holds something unreadable in {column}.")
    if table in COMPUTED:
        return derived(COMPUTED[table], text(what, table=table, row=row, column=column), table, row)
    return wrong("value_unreadable", what, table, row, column=column)


def _far_off(table: str, row_id: int, values: Row) -> Iterator[Problem]:
    for column, value in values.items():
        day = value.date() if isinstance(value, dt.datetime) else value
        if isinstance(day, dt.date) and not FIRST_DAY <= day <= LAST_DAY:
            yield far_off(table, row_id, column, day)


def far_off(table: str, row_id: int, column: str, day: object) -> Problem:
    """A date that nobody in this company can mean."""
    what = text("Row {row} of {table} holds {date} in {column}.", table=table, row=row_id, date=day, column=column)
    return Problem(key="date_far_off", what=what, table=table, row=row_id, advice=DATE)
