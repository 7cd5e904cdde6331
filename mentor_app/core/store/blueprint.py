"""What a store of this version is made of, taken from a freshly migrated one, never from a list by hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from mentor_app.core.store import search
from mentor_app.core.store.raw import RawRow, read_raw
from mentor_app.core.store.schema import ATTACHED, metadata


@dataclass(frozen=True, kw_only=True)
class Part:
    """A table, column, constraint, index, trigger or function: what it belongs to, and what makes it."""

    kind: str
    name: str
    table: str
    made_by: str

    @property
    def form(self) -> str:
        """What makes it, however it is spaced, quoted and cast: a server that was restored from its dump says the same in
        other words."""
        if self.kind in ("constraint", "index", "column"):
            bare = re.sub(r"::[a-z ]+(\(\d+\))?(\[\])?", "", self.made_by)
            return re.sub(r"""[\s"'`\[\]()]+""", "", bare).casefold()
        return re.sub(r"""[\s"'`\[\]]+""", "", self.made_by).casefold()


Parts = Mapping[tuple[str, str], Part]
"""By kind and name."""
_known: dict[object, Parts] = {}


@contextmanager
def _fresh(revision: str = "head") -> Iterator[Connection]:
    """A new store in memory, of this revision."""
    from mentor_app.core.store.migrate import upgrade

    engine = create_engine("sqlite://", poolclass=StaticPool)
    upgrade(engine, 0, revision)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@cache
def installed() -> Mapping[str, Mapping[int, Mapping[str, Any]]]:
    """The rows that migrations put in, by table and id: their history begins with them."""
    with _fresh() as connection:
        rows: dict[str, list[RawRow]] = {t.name: list(read_raw(connection, t)) for t in metadata.tables.values()}
    return {name: {int(row.values["id"]): row.values for row in held} for name, held in rows.items() if held}


def wanted(connection: Connection) -> Parts | None:
    """What the store behind ``connection`` should be made of; None where its account may not find that out."""
    if connection.dialect.name == "sqlite":
        return _wanted_of_file()
    version = connection.dialect.server_version_info
    if version not in _known:  # servers of one version say it in the same words
        found = _wanted_of_server(connection)
        if found is None:
            return None
        _known[version] = found
    return _known[version]


@cache
def _wanted_of_file() -> Parts:
    with _fresh() as connection:
        return held(connection)


def revisions() -> frozenset[str]:
    """All revisions of the schema there ever were."""
    names = (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    return frozenset(path.name.partition("_")[0] for path in names)


def is_later(connection: Connection, revision: str) -> bool:
    """Whether a store's file has parts that this version of the app makes, and the revision that it names did not have."""
    with _fresh(revision) as then:
        return not (_wanted_of_file().keys() - held(then).keys()).isdisjoint(held(connection))


def _wanted_of_server(connection: Connection) -> Parts | None:
    """A new store made in a schema of its own, looked at, and taken back."""
    from mentor_app.core.store.migrate import fill

    name = f"blueprint_{os.getpid()}_{os.urandom(4).hex()}"
    try:
        with connection.engine.connect() as other, other.begin() as transaction:
            other.exec_driver_sql(f"CREATE SCHEMA {name}")
            other.exec_driver_sql(f"SET LOCAL search_path TO {name}")
            fill(other)
            found = _held_by_server(other, name)
            transaction.rollback()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in ("42501", "25006"):  # may not make a schema, or only read
            return None
        raise
    return found


def held(connection: Connection) -> Parts:
    """What the store behind ``connection`` really is made of."""
    if connection.dialect.name == "sqlite":
        return _held_by_file(connection)
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return _held_by_server(connection, schema)


def _held_by_file(connection: Connection) -> Parts:
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    found = [
        Part(kind=kind, name=name, table=table, made_by=made) for kind, name, table, made in rows if table != ATTACHED
    ]
    parts = {(p.kind, p.name): p for p in found if not p.name.startswith(("sqlite_", f"{search.INDEX}_"))}
    for table in [p.name for p in found if p.kind == "table" and ("table", p.name) in parts]:
        for row in connection.execute(sql("SELECT name, type FROM pragma_table_xinfo(:t)"), {"t": table}):
            parts["column", f"{table}.{row.name}"] = Part(
                kind="column", name=f"{table}.{row.name}", table=table, made_by=row.type
            )
    return parts


_OF_SERVER = """
SELECT 'table', relname, relname, '', relkind::text FROM pg_class
 WHERE relnamespace = :n ::regnamespace AND relkind IN ('r', 'p')
UNION ALL
SELECT 'column', relname || '.' || attname, relname,
       format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
       || COALESCE(' DEFAULT ' || pg_get_expr(adbin, adrelid), ''), ''
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE relnamespace = :n ::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint', conname, relname,
       'ALTER TABLE ' || relname || ' ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(k.oid), ''
  FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
 WHERE relnamespace = :n ::regnamespace AND contype IN ('c', 'f', 'p', 'u')
UNION ALL
SELECT 'index', i.relname, t.relname, pg_get_indexdef(indexrelid), '' FROM pg_index
  JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
 WHERE t.relnamespace = :n ::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
UNION ALL
SELECT 'trigger', tgname, relname, pg_get_triggerdef(g.oid),
       CASE tgenabled WHEN 'D' THEN 'off' ELSE '' END
  FROM pg_trigger g JOIN pg_class c ON c.oid = tgrelid
 WHERE relnamespace = :n ::regnamespace AND NOT tgisinternal
UNION ALL
SELECT 'function', proname, proname, pg_get_functiondef(oid), ''
  FROM pg_proc WHERE pronamespace = :n ::regnamespace AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
"""


def _held_by_server(connection: Connection, schema: str) -> Parts:
    rows = connection.execute(sql(_OF_SERVER), {"n": f'"{schema}"'})
    plain = re.compile(rf'\b"?{re.escape(schema)}"?\.')
    return {
        (kind, name): Part(kind=kind, name=name, table=table, made_by=plain.sub("", made) + state * (kind == "trigger"))
        for kind, name, table, made, state in rows
    }
