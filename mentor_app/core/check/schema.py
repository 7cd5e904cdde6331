"""Tables, columns, constraints, indexes and triggers against what this version of the app makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, UniqueConstraint, func, select
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from mentor_app.core.check.problem import FOREIGN, RESTORE, SCHEMA, STRANGE, Problem, wrong
from mentor_app.core.check.rows import Rows
from mentor_app.core.store import blueprint, derived
from mentor_app.core.store.blueprint import Part
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import N_, Text, text

COULD_NOT_COMPARE = N_(
    "Triggers and indexes were not compared: the account may not make a schema to compare with. "
    "Let the owner of the database check it."
)
_MISSING = {
    "table": N_("The table {name} is missing."),
    "column": N_("The column {name} is missing."),
    "constraint": N_("The constraint {name} of {table} is missing."),
    "index": N_("The index {name} of {table} is missing."),
    "trigger": N_("The trigger {name} is missing: it keeps {table} from being changed."),
    "function": N_("The function {name} is missing."),
}
_CHANGED = {
    "table": N_("The table {name} is not made as it should be."),
    "column": N_("The column {name} is not made as it should be."),
    "constraint": N_("The constraint {name} of {table} is not made as it should be."),
    "index": N_("The index {name} of {table} is not made as it should be."),
    "trigger": N_("The trigger {name} of {table} is not made as it should be."),
    "function": N_("The function {name} is not made as it should be."),
}
_UNKNOWN = {
    "table": N_("The table {name} is not this app's."),
    "view": N_("The view {name} is not this app's."),
    "index": N_("The index {name} of {table} is not this app's."),
    "trigger": N_("The trigger {name} of {table} is not this app's."),
}
_FOREIGN = {"sqlite": frozenset(_UNKNOWN), "postgresql": frozenset({"trigger"})}
"""What is looked for that the app has not made: a database on a server may well serve other programs, too."""
_MENDED = frozenset({"index", "trigger", "function", "constraint"})
"""Kinds of parts that hold no data: they can be made again."""


def differences(connection: Connection) -> Iterator[tuple[str, Part]]:
    """("missing" | "changed" | "unknown", part) for whatever differs; nothing where that can't be found out."""
    wanted, held = blueprint.wanted(connection), blueprint.held(connection)
    if wanted is None:
        return
    gone = {name for kind, name in wanted if kind == "table" and (kind, name) not in held}
    for key, part in wanted.items():
        if part.table in gone and part.kind != "table":
            continue
        if key not in held:
            yield "missing", part
        elif held[key].form != part.form:
            yield "changed", part
    foreign = {name for kind, name in held if kind == "table" and ("table", name) not in wanted}
    for key, part in held.items():
        if (
            key not in wanted
            and part.kind in _FOREIGN[connection.dialect.name]
            and part.table not in foreign - {part.name}
        ):
            yield "unknown", part


def parts(connection: Connection) -> Iterator[Problem]:
    """What is missing or made differently, and what is not ours: triggers change rows when ours are written."""
    for what, part in differences(connection):
        table = part.table if part.kind in ("table", "column", "constraint", "index", "trigger") else None
        if what == "unknown":
            said = text(_UNKNOWN[part.kind], name=part.name, table=part.table)
        else:
            said = text((_MISSING if what == "missing" else _CHANGED)[part.kind], name=part.name, table=part.table)
        advice = (
            (FOREIGN if part.kind == "trigger" else STRANGE)
            if what == "unknown"
            else SCHEMA
            if is_mended(part)
            else RESTORE
        )
        yield Problem(key=f"{part.kind}_{what}", what=said, table=table, advice=advice)


def is_mended(part: Part) -> bool:
    """Whether it can be made again: it holds no data, or only such as is computed from the rest."""
    return part.kind in _MENDED or part.table in derived.names()


def comparable(connection: Connection) -> list[Text]:
    """What of the schema could not be looked at."""
    return [] if blueprint.wanted(connection) is not None else [text(COULD_NOT_COMPARE)]


def file(connection: Connection) -> Iterator[Problem]:
    """The file itself, as SQLite sees it."""
    if connection.dialect.name != "sqlite":
        return
    try:
        lines = list(connection.execute(sql("PRAGMA integrity_check")).scalars())
    except DBAPIError as error:  # so damaged that not even this is told
        lines = [str(error.orig)]
    for line in lines:
        if re.search(r"(missing from|entries in) index", line):
            yield Problem(
                key="index_damaged", what=text("An index does not fit its table: {detail}", detail=line), advice=SCHEMA
            )
        elif line != "ok":
            yield wrong("file_damaged", "The file is damaged: {detail}", detail=line)


def references(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Rows that point to rows which are not there; where their whole table is missing that is said elsewhere."""
    quoted = connection.dialect.identifier_preparer.quote
    for table in _there(rows):
        key = next(iter(table.primary_key))
        for link in table.foreign_keys:
            if link.column.table.name in rows.missing:
                continue
            here, there = quoted(table.name), quoted(link.column.table.name)
            pointer, target = f"here.{quoted(link.parent.name)}", f"there.{quoted(link.column.name)}"
            lost = (
                f"SELECT here.{quoted(key.name)}, {pointer} FROM {here} AS here LEFT JOIN {there} AS there "
                f"ON {pointer} = {target} WHERE {pointer} IS NOT NULL AND {target} IS NULL"
            )
            for row, value in connection.execute(sql(lost)):
                yield wrong(
                    "reference_broken",
                    "Row {row} of {table} points to {target} {value}, which is not there.",
                    table.name,
                    row,
                    target=link.column.table.name,
                    value=value,
                )


def duplicates(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Rows that say the same where only one may."""
    for table in _there(rows):
        for columns, where in _unique(table):
            c = [table.c[name] for name in columns]
            key = next(iter(table.primary_key))
            twice = select(func.max(key)).group_by(*c).having(func.count() > 1)
            twice = twice.where(*(column.is_not(None) for column in c))
            if where is not None:
                twice = twice.where(where)
            for (row,) in connection.execute(twice):
                yield wrong(
                    "duplicate",
                    "Row {row} of {table} says the same as another in {columns}, which only one may.",
                    table.name,
                    row,
                    columns=", ".join(columns),
                )


def _there(rows: Rows) -> Iterator[Table]:
    return (table for table in metadata.tables.values() if table.name not in rows.missing)


def _unique(table: Table) -> Iterator[tuple[list[str], Any]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns], None
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns], index.dialect_options["sqlite"].get("where")
