"""Rows as they really stand in a database, whatever somebody has put there: each value is read by itself or found bad.

SQLite keeps any value in any column, and another program may have written it. What reads with SQLAlchemy's types fails at
the first value that is none; here such values are set apart, so that everything else can still be examined.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, TypeAlias

from sqlalchemy import Connection, Date, Float, Integer, LargeBinary, Table, inspect
from sqlalchemy.types import TypeEngine

from mentor_app.core.store.schema import Instant, metadata
from mentor_app.core.store.search import INDEX


class Bad:
    """Stands for a value that can't be read as what its column holds."""

    def __repr__(self) -> str:
        return "BAD"


BAD = Bad()
Reader: TypeAlias = Callable[[Any], Any]
_BLOCK = 500  # ids a statement
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass
class RawRow:
    """One row: its values by column, BAD where they can't be read, and which columns those are."""

    values: dict[str, Any]
    bad: list[str] = field(default_factory=list)


def stored_columns(connection: Connection, table: str) -> set[str]:
    """The columns a table really has."""
    return {str(column["name"]) for column in inspect(connection).get_columns(table)}


def first_missing(connection: Connection, derived: bool = True) -> str | None:
    """The first table, or column as ``table.column``, of this version's that the database lacks (``derived`` from others or
    not); None where it has them all."""
    there = inspect(connection)
    tables = set(there.get_table_names())
    for table in metadata.tables.values():
        if not derived and table.info.get("derived"):
            continue
        if table.name not in tables:
            return table.name
        held = stored_columns(connection, table.name)
        for column in table.columns:
            if column.name not in held:
                return f"{table.name}.{column.name}"
    return None if INDEX in tables or not derived else INDEX


def first_unreadable(connection: Connection) -> tuple[str, int | None, str] | None:
    """The first value that is not what its column holds: its table, row and column; None where there is none."""
    there = set(inspect(connection).get_table_names())
    for table in metadata.tables.values():
        for row in read_raw(connection, table) if table.name in there else ():
            if row.bad:
                row_id = row.values.get("id")
                return table.name, row_id if isinstance(row_id, int) else None, row.bad[0]
    return None


def read_raw(connection: Connection, table: Table, ids: Sequence[int] | None = None) -> Iterator[RawRow]:
    """The rows of a table (those with these ``ids``, else all) in the order of their primary key; columns that the
    database lacks are left out."""
    held = stored_columns(connection, table.name)
    columns = [column for column in table.columns if column.name in held]
    text = connection.dialect.name == "postgresql"
    quote = connection.dialect.identifier_preparer.quote
    wanted = ", ".join(
        f"{quote(c.name)}::text" if text and isinstance(c.type, (Date, Instant)) else quote(c.name) for c in columns
    )
    order = ", ".join(quote(key.name) for key in table.primary_key if key.name in held) or "1"
    start = f"SELECT {wanted} FROM {quote(table.name)}"
    statements = [f"{start} ORDER BY {order}"]
    if ids is not None:
        blocks = [", ".join(map(str, map(int, ids[at : at + _BLOCK]))) for at in range(0, len(ids), _BLOCK)]
        statements = [f"{start} WHERE id IN ({block}) ORDER BY {order}" for block in blocks]
    read = [(c.name, reader_of(c.type), None if c.nullable else BAD) for c in columns]
    with _any_text(connection):
        for statement in statements:
            for found in connection.exec_driver_sql(statement):
                yield _row(read, found)


def _row(columns: Sequence[tuple[str, Reader, Bad | None]], found: Sequence[Any]) -> RawRow:
    """A row by its columns: the name of each, what reads it, and what nothing in it is."""
    values = {
        name: nothing if value is None else reader(value)
        for (name, reader, nothing), value in zip(columns, found, strict=True)
    }
    return RawRow(values, [name for name, value in values.items() if value is BAD])


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """Let SQLite's driver hand over text that is no UTF-8, marked by characters that no text has."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    usual, driver.text_factory = driver.text_factory, partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = usual


@cache
def reader_of(kind: TypeEngine[Any]) -> Reader:
    """What reads a stored value (or one of the history's JSON) as this type, instants in UTC: BAD where it is none."""
    kinds = ((Integer, _integer), (Float, _number), (Instant, _instant), (Date, _date), (LargeBinary, _bytes))
    return next((reader for known, reader in kinds if isinstance(kind, known)), _words)


def _integer(value: Any) -> Any:
    return value if type(value) is int and abs(value) < 2**63 else BAD


def _number(value: Any) -> Any:
    return float(value) if type(value) in (int, float) and math.isfinite(value) else BAD


def _bytes(value: Any) -> Any:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else BAD


def _words(value: Any) -> Any:
    return value if isinstance(value, str) and (value.isascii() or not _SURROGATE.search(value)) else BAD


def _date(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return BAD
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return BAD


def _instant(value: Any) -> Any:
    """SQLite's text without a zone, PostgreSQL's and the history's with one."""
    if not isinstance(value, str) or len(value) < 19:
        return BAD
    try:
        at = dt.datetime.fromisoformat(value)
        return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return BAD


@cache
def defaults(table: Table) -> Mapping[str, Any]:
    """What a column holds where a row was made without saying so: its default in the database, else nothing."""
    held: dict[str, Any] = {}
    for column in table.columns:
        given = column.server_default
        argument = getattr(given, "arg", None)
        number = isinstance(column.type, Integer) and argument is not None
        held[column.name] = int(str(argument)) if number else argument
    return held
