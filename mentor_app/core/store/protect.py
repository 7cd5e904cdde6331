"""Rows that the database itself refuses to change or remove, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


def append_only(connection: Connection, table: str, when: str = "") -> None:
    """Refuse UPDATE and DELETE on ``table``; with ``when`` (a condition on OLD) only for the rows it holds for.

    What empties a table at once (TRUNCATE, on PostgreSQL) is refused by ``never_emptied``.
    """
    condition = f"WHEN ({when})" if when else ""
    if connection.dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()"
    )


def never_emptied(connection: Connection, table: str) -> None:
    """Refuse TRUNCATE, which asks no trigger about rows; SQLite has nothing like it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Let append-only rows be written inside the transaction under way: what protects them stands again at its end, as it
    stood before, or the transaction does not. Only for what the law asks for: erasing, and putting a person right.
    """
    if connection.dialect.name == "sqlite":
        held = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        triggers = connection.exec_driver_sql(held).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            connection.exec_driver_sql(sql)
        return
    tables = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    names = sorted(connection.exec_driver_sql(tables).scalars())
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
