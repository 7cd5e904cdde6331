"""What the rows are called in which something is wrong, and what stands there in the place of what was written: a number of a row
says nothing to who has to set it right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from mentor_app.core.check.problem import Problem
from mentor_app.core.history.names import Names
from mentor_app.core.history.words import TABLES, column_words
from mentor_app.core.store import Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import Listed, Text, text

_OF_MANY = frozenset({"import_changed"})
"""Problems whose row is only the first of those it may be."""


def called(store: Store, found: Sequence[Problem]) -> list[Problem]:
    """The problems, each with the name of its record, where it has one that can be read."""
    with store.read() as connection:
        return [
            one
            if one.table is None or one.row is None or one.key in _OF_MANY
            else replace(one, called=_called(connection, one))
            for one in found
        ]


def _called(connection: Connection, one: Problem) -> Text | None:
    for read in (_of, _by_its_name):
        try:
            with connection.begin_nested():
                return read(connection, one, one.table or "", one.row or 0)
        except (SQLAlchemyError, AttributeError, KeyError, TypeError, ValueError):  # anything may stand there
            continue
    return None


def _side(one: Problem, side: int) -> str:
    """What was written, or stands there, as the history would have it."""
    return json.dumps({column: values[side] for column, values in one.changed.items()}, default=str)


def _of(connection: Connection, one: Problem, table: str, row: int) -> Text | None:
    sides = {"before": _side(one, 0), "after": _side(one, 1)}
    names = Names(connection, [{"table_name": table, "row_id": row, **sides}])
    name, changes = names.of(table, row), list(_changes(names, one, table))
    if changes:
        return text("It is: {name} ({changes}).", name=name, changes=Listed(tuple(changes)))
    return text("It is: {name}.", name=name) if name.key != TABLES.get(table, table) else None


def _by_its_name(connection: Connection, one: Problem, table: str, row: int) -> Text | None:
    """By the name in the row alone, where something else in it can't be read."""
    c = metadata.tables[table].c
    name = connection.execute(select(c.name if "name" in c else c.title).where(c.id == row)).scalar_one()
    return text("It is: {name}.", name=name)


def _changes(names: Names, one: Problem, table: str) -> Iterator[Text]:
    sides = json.loads(_side(one, 0)), json.loads(_side(one, 1))
    for column in one.changed:
        with suppress(KeyError, TypeError, ValueError):  # what stands there may be anything
            label = column_words(table, column)
            was, now = (names.value(table, column, side[column]) for side in sides)
            if label is not None:
                yield text("{field}: {before} → {after}", field=text(label), before=was, after=now)
