"""Many rows at once: the only place where SQLite and PostgreSQL are spoken to differently for writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Index, Table, func, select
from sqlalchemy import text as sql


def insert(connection: Connection, into: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert ``rows`` (values of ``columns``) and return the first of their consecutive ids."""
    first = _reserve(connection, into, len(rows))
    numbered = [(first + i, *row) for i, row in enumerate(rows)]
    names = ", ".join(["id", *columns])
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * (len(columns) + 1))
        connection.exec_driver_sql(f"INSERT INTO {into.name} ({names}) VALUES ({marks})", numbered)
    else:
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {into.name} ({names}) FROM STDIN") as copy:
            for row in numbered:
                copy.write_row(row)
    return first


def update(connection: Connection, where: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set ``columns`` of many rows, each given as (id, values …), and raise their versions by one."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    sets = ", ".join(f"{name} = {mark}" for name in columns)
    statement = f"UPDATE {where.name} SET version = version + 1, {sets} WHERE id = {mark}"
    connection.exec_driver_sql(statement, [(*row[1:], row[0]) for row in rows])


def _reserve(connection: Connection, into: Table, count: int) -> int:
    """Reserve ``count`` consecutive ids. Writers are serialised by the store, so nobody reserves in between."""
    if connection.dialect.name == "sqlite":
        highest = connection.execute(select(func.max(into.c.id))).scalar() or 0
        used = sql("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(max(highest, connection.execute(used, {"name": into.name}).scalar() or 0)) + 1
    sequence = f"pg_get_serial_sequence('{into.name}', 'id')"
    first = int(connection.execute(sql(f"SELECT nextval({sequence})")).scalar_one())
    connection.execute(sql(f"SELECT setval({sequence}, {first + count - 1})"))
    return first


@contextmanager
def indexes_built_last(connection: Connection, into: Table, when: bool) -> Iterator[None]:
    """While filling an empty table, build its indexes once at the end: a sort instead of a million tree descents."""
    indexes: list[Index] = sorted(into.indexes, key=lambda index: str(index.name)) if when else []
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
