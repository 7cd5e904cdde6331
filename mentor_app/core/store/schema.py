"""What all tables share: naming of constraints, the id, the row version, and what is said of a table (``info``): its
``kind``, whether it is ``append_only``, what it is ``derived`` by from others, so that it stands in no history
(see ``derived.py``), and of which record its rows are ``part_of``."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zlib import crc32

from sqlalchemy import Column, Connection, DateTime, Dialect, Integer, MetaData, Table, TypeDecorator
from sqlalchemy.sql.schema import SchemaItem

HEAD = "0014"
"""The revision of the schema that this version of the app reads and writes."""

ATTACHED = "backup_file"
"""The table in which a backup that is one file holds the attachments."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[dt.datetime]):
    """A moment in time, in UTC with its time zone on every database: SQLite keeps none. ValueError where a value has none."""

    impl = DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """On its way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """On its way out."""
        if value is None:
            return None
        at: dt.datetime = value
        return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def table(name: str, kind: str, *items: SchemaItem, part_of: str | None = None) -> Table:
    """A table whose rows carry an ``id`` that is never used twice and a ``version`` that grows with each change.

    ``kind`` names the capability; it is what pages are told when rows change. ``part_of`` is the column that says which
    record a row is part of: whoever writes the row changes that record, too.
    """
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("version", Integer, nullable=False, server_default="1"),
        *items,
        info={"kind": kind, "part_of": part_of},
        sqlite_autoincrement=True,
    )


def whole_of(part: Table) -> tuple[str, Table] | None:
    """Of which record the rows of a table are part: (the column that says so, the record's table); None: they are their own."""
    column = part.info.get("part_of")
    return None if column is None else (column, next(iter(part.c[column].foreign_keys)).column.table)


COLUMNS = 10472204
"""What ``columns_of`` says of a store's file of this version."""


def columns_of(connection: Connection) -> int:
    """A number for the names of all tables and columns of a store's file, but for those of its search."""
    there = (
        "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' "
        "AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'answer_search%' AND t.name <> ? ORDER BY 1"
    )
    return crc32("\n".join(connection.exec_driver_sql(there, (ATTACHED,)).scalars()).encode())


def shape(connection: Connection) -> int:
    """A number for the names of all tables, indexes and triggers of a store's file, from 1 on; kept in the file itself. The
    attachments in a backup that is one file are no part of it."""
    there = "SELECT type || ' ' || name FROM sqlite_master WHERE tbl_name <> ? ORDER BY 1"
    names = connection.exec_driver_sql(there, (ATTACHED,)).scalars().all()
    return crc32("\n".join(names).encode()) % (2**31 - 1) + 1
