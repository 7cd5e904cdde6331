"""What all tables share: naming of constraints, the id, the row version, and what is said of a table (``info``): its
``kind``, whether it is ``append_only``, and whether it is ``derived`` from others and so stands in no history."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.sql.schema import SchemaItem

HEAD = "0010"
"""The revision of the schema that this version of the app reads and writes."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, kind: str, *items: SchemaItem) -> Table:
    """A table whose rows carry an ``id`` that is never used twice and a ``version`` that grows with each change.

    ``kind`` names the capability; it is what pages are told when rows change.
    """
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("version", Integer, nullable=False, server_default="1"),
        *items,
        info={"kind": kind},
        sqlite_autoincrement=True,
    )
