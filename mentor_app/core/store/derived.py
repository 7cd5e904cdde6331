"""Tables that are computed from others: the history does not keep them, and where one is missing it is made again.

In a table's ``info``, ``derived`` names the function that fills it from the others, for the store knows no capability. Known are
the tables that were loaded: all of them, once a store or a backup was checked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pkgutil import resolve_name
from typing import TypeAlias

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from mentor_app.core.store import search
from mentor_app.core.store.raw import stored_columns
from mentor_app.core.store.schema import metadata

_SEARCHED = "playbook_answer"
"""The table whose rows are in the search, and which fills it."""
ALL = frozenset({"owner_digest", _SEARCHED, search.INDEX})
"""The names of all of them, whatever was loaded."""
Fill: TypeAlias = Callable[[Connection], object]


def names() -> frozenset[str]:
    """The tables that are computed from others, and their search."""
    found = {name for name, table in metadata.tables.items() if table.info.get("derived")}
    return frozenset(found | ({search.INDEX} if _SEARCHED in found else set()))


def lacking(connection: Connection) -> list[str]:
    """Those that are missing, or lack a column."""
    there = set(inspect(connection).get_table_names())
    return [
        name for name in sorted(names()) if name not in there or not _columns(name) <= stored_columns(connection, name)
    ]


def _columns(name: str) -> set[str]:
    return {column.name for column in metadata.tables[name].columns} if name != search.INDEX else set()


def make(connection: Connection, name: str) -> None:
    """Make one again, with its indexes; nothing is in it yet."""
    if name == search.INDEX:
        search.clear(connection)
        return
    connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
    metadata.tables[name].create(connection)


def make_lacking(connection: Connection) -> None:
    """Make again those that are missing, and fill them; one that can't be filled stays empty."""
    lost = lacking(connection)
    for name in lost:
        make(connection, name)
    for name in sorted({_SEARCHED if lacks == search.INDEX else lacks for lacks in lost}):
        fill: Fill = resolve_name(metadata.tables[name].info["derived"])
        with (
            suppress(DBAPIError, ValueError, KeyError, TypeError),
            connection.begin_nested(),
        ):  # what it is made from can't be read
            fill(connection)
