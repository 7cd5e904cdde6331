"""The rules of opportunities, asked of all rows by the database; their digests; how files were read."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection
from sqlalchemy import text as sql

from mentor_app.core.check.problem import Problem, derived, wrong
from mentor_app.core.check.rows import FIRST_DAY, LAST_DAY, Rows, far_off, unreadable
from mentor_app.core.imports import imported_file
from mentor_app.core.pipeline import digest
from mentor_app.core.pipeline.tables import import_mapping, opportunity, owner_digest
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.text import N_, text

TABLES = (opportunity, owner_digest, import_mapping, imported_file)
_DATES = ("opened_on", "closed_on", "expected_on")
_TEXTS = ("key", "name", "account", "product", "stage")
_NUMBERS = ("status", "owner_id", "amount_cents", "version")


def opportunities(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Values that can be, closed after they were opened, won and lost with their day; digests that fit."""
    unfit = False
    for column, condition in _unreadable(connection):
        for (row,) in connection.execute(sql(f"SELECT id FROM opportunity WHERE {condition}")):
            unfit = True
            yield unreadable("opportunity", row, column)
    status = f"status NOT IN ({OPEN}, {WON}, {LOST}, {VOID})"
    for key, what, condition in (
        ("value_unknown", N_("Opportunity {row} is in a state that does not exist."), status),
        ("order", N_("Opportunity {row} is closed before it was opened."), "closed_on < opened_on"),
        (
            "order",
            N_("Opportunity {row} is won or lost without a day."),
            f"status IN ({WON}, {LOST}) AND closed_on IS NULL",
        ),
        ("name_empty", N_("Row {row} of {table} has no name."), "trim(key) = ''"),
    ):
        for (row,) in connection.execute(sql(f"SELECT id FROM opportunity WHERE {condition}")):
            unfit |= condition == status
            yield wrong(key, what, "opportunity", row)
    first, last = FIRST_DAY.isoformat(), LAST_DAY.isoformat()
    for column in _DATES:
        far = sql(f"SELECT id, {column} FROM opportunity WHERE {column} < '{first}' OR {column} > '{last}'")
        for row, day in () if unfit else connection.execute(far):
            yield far_off("opportunity", row, column, day)
    if unfit or owner_digest.name in rows.missing:
        return  # said above, and nothing to compare with
    names = {one["id"]: one["name"] for one in rows.all("crm_name")}
    for owner in digest.differing(connection):
        differs = text("The summary of {name} differs from the opportunities.", name=names.get(owner, f"#{owner}"))
        yield derived("digest", differs, "owner_digest", owner)


def _unreadable(connection: Connection) -> Iterator[tuple[str, str]]:
    """(column, condition that finds rows whose value is none of its kind)."""
    if connection.dialect.name != "sqlite":
        return
    for column in _NUMBERS:
        yield (
            column,
            f"{column} IS NOT NULL AND typeof({column}) <> 'integer' OR {column} IS NULL AND '{column}' <> 'amount_cents'",
        )
    for column in _DATES:
        yield (
            column,
            f"{column} IS NOT NULL AND (typeof({column}) <> 'text' OR date({column}) IS NOT {column})",
        )
    for column in _TEXTS:
        yield column, f"{column} IS NOT NULL AND typeof({column}) <> 'text' OR {column} IS NULL AND '{column}' = 'key'"


def mappings(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """How files were read."""
    for one in rows.all("import_mapping"):
        try:
            fits = isinstance(json.loads(one["mapping"]), dict)
        except (ValueError, RecursionError):
            fits = False
        if not fits:
            yield wrong(
                "mapping_unreadable", "How a file was read ({row}) can't be read any more.", "import_mapping", one["id"]
            )
