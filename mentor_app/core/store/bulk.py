"""Many rows at once: the only place where SQLite and PostgreSQL are spoken to differently for writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Date, Index, Table, func, select
from sqlalchemy import text as sql

_TOGETHER = 40  # rows a statement: SQLite spends as much on starting a statement as on inserting a row


def insert(connection: Connection, into: Table, columns: Mapping[str, Sequence[Any]]) -> int:
    """Insert rows given by column (all of one length) and return the first of their consecutive ids."""
    count = len(next(iter(columns.values())))
    first = _reserve(connection, into, count)
    rows = list(zip(range(first, first + count), *columns.values(), strict=True))
    names = ", ".join(["id", *columns])
    if connection.dialect.name == "sqlite":
        start, marks = f"INSERT INTO {into.name} ({names}) VALUES ", f"({', '.join('?' * (len(columns) + 1))})"
        whole = count - count % _TOGETHER
        if whole:
            packs = [tuple(chain.from_iterable(rows[at : at + _TOGETHER])) for at in range(0, whole, _TOGETHER)]
            connection.exec_driver_sql(start + ", ".join([marks] * _TOGETHER), packs)
        if count > whole:
            connection.exec_driver_sql(start + marks, rows[whole:])
    else:
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {into.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return first


def update(connection: Connection, where: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set ``columns`` of many rows, each given as (id, values …), and raise their versions by one."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    sets = ", ".join(f"{name} = {mark}" for name in columns)
    statement = f"UPDATE {where.name} SET version = version + 1, {sets} WHERE id = {mark}"
    connection.exec_driver_sql(statement, [(*row[1:], row[0]) for row in rows])


def find(connection: Connection, table: Table, column: str, values: Sequence[str], wanted: Sequence[str]) -> list[Any]:
    """Rows (tuples of the ``wanted`` columns, dates as ISO text) whose ``column`` is one of ``values``.

    Straight from the driver: a row object for each of a million rows would cost as much as reading them.
    """
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ",".join("?" * len(values))
        statement = f"SELECT {', '.join(wanted)} FROM {table.name} WHERE {column} IN ({marks})"
        cursor.execute(statement, tuple(values))
    else:
        chosen = [f"{name}::text" if isinstance(table.c[name].type, Date) else name for name in wanted]
        cursor.execute(f"SELECT {', '.join(chosen)} FROM {table.name} WHERE {column} = ANY(%s)", (list(values),))
    rows = cursor.fetchall()
    cursor.close()
    return list(rows)


def _reserve(connection: Connection, into: Table, count: int) -> int:
    """Reserve ``count`` consecutive ids. Writers are serialised by the store, so nobody reserves in between."""
    if connection.dialect.name == "sqlite":
        highest = connection.execute(select(func.max(into.c.id))).scalar() or 0
        used = sql("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(max(highest, connection.execute(used, {"name": into.name}).scalar() or 0)) + 1
    sequence = f"pg_get_serial_sequence('{into.name}', 'id')"
    # Taken one by one: to set a sequence needs a right that an account need not have.
    taken = sql(
        f"SELECT min(id), max(id) FROM (SELECT nextval({sequence}) AS id FROM generate_series(1, :count)) AS taken"
    )
    while True:
        first, last = connection.execute(taken, {"count": count}).one()
        if last - first + 1 == count:  # else another program has taken one of them
            return int(first)


@contextmanager
def indexes_built_last(connection: Connection, into: Table, when: bool) -> Iterator[None]:
    """While filling an empty table, build its indexes once at the end: a sort instead of a million tree descents.

    Not on a server: to drop one needs the table's owner, and locks everybody else out of the table until the end.
    """
    built = when and connection.dialect.name == "sqlite"
    indexes: list[Index] = sorted(into.indexes, key=lambda index: str(index.name)) if built else []
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
