"""A people file (CSV, XLSX, XLS) into the store."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.people import actions
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.rules import role_from_words
from mentor_app.core.pipeline.actions import Imported, Problem
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import text
from mentor_app.transfer.reading import Source, open_source
from mentor_app.transfer.recognise import known_headers, recognise
from mentor_app.transfer.values import Bad, date_order, parse_date, plain


def import_people(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, list[str]] | None = None,
    order: str | None = None,
    only_good_rows: bool = False,
    dry_run: bool = False,
) -> tuple[Done[Imported], dict[str, Any]]:
    """Import a people file; returns what was done and what was recognised."""
    source = open_source(path, sheet, encoding, known_headers("people"))
    found = {**recognise("people", source.headers), **(columns or {})}
    for column in (column for names in found.values() for column in names):
        if column not in source.headers:
            raise UserError("{file} has no column called {column}.", file=path.name, column=column)
    if "name" not in found:
        raise UserError(
            "{file}: no column was recognised as {field}. The columns are: {columns}. Say which one it is.",
            file=path.name, field="name", columns=", ".join(source.headers),
        )  # fmt: skip
    rows = [(n, row) for numbers, block in source.batches() for n, row in zip(numbers, block, strict=True)]
    at = {name: source.headers.index(names[0]) for name, names in found.items()}
    dates = [row[at[name]] for _, row in rows for name in ("hired_on", "left_on") if name in at]
    order = order or date_order(dates)
    if order is None:
        raise UserError(
            "{file}: its dates could be day first or month first. Say which with the date order dmy or mdy.",
            file=path.name,
        )
    recognised = {
        "encoding": source.encoding, "delimiter": source.delimiter, "sheet": source.sheet, "date_order": order,
        "columns": {name: names[0] for name, names in found.items()},
    }  # fmt: skip
    done = store.act(actor, _run, source, rows, at, order, only_good_rows, dry_run)
    return done, recognised


def _run(
    session: Session, actor: Actor, source: Source, rows: list[tuple[int, list[str]]], at: dict[str, int], order: str,
    only_good_rows: bool, dry_run: bool,
) -> Imported:  # fmt: skip
    result = Imported(read=len(rows))
    parse = parse_date(order)
    good = []
    for number, row in rows:
        cell = {name: row[column].strip() for name, column in at.items()}
        hired, left = parse(cell.get("hired_on", "")), parse(cell.get("left_on", ""))
        bad = next((n for n, v in (("hired_on", hired), ("left_on", left)) if isinstance(v, Bad)), None)
        words = [w.strip() for w in re.split(r"[,;、/，；|]", cell.get("roles", "")) if w.strip()]
        roles = [role_from_words(word) for word in words]
        if bad or None in roles:
            name = bad or "roles"
            reason = (hired if bad == "hired_on" else left).reason if bad else text("This is not a role.")  # type: ignore[union-attr]
            result.rejected.append(Problem(number, source.headers[at[name]], cell[name], reason))
            continue
        details = PersonDetails(
            name=plain(cell["name"]),
            hired_on=dt.date.fromisoformat(hired) if hired else None,
            left_on=dt.date.fromisoformat(left) if left else None,
            team=cell.get("team") or None,
            roles=frozenset(role for role in roles if role),
            crm_names=tuple(w.strip() for w in re.split(r"[;|；、]", cell.get("crm_names", "")) if w.strip()),
            code=cell.get("code") or None,
        )
        good.append((number, details, frozenset(at)))
    values = {number: row[at["name"]] for number, row in rows}
    for number, outcome, error in actions.import_people(session, actor, good):
        if error is not None:
            result.rejected.append(Problem(number, source.headers[at["name"]], values[number], error.message))
        elif outcome == "new":
            result.new += 1
        elif outcome == "updated":
            result.updated += 1
        else:
            result.unchanged += 1
    result.rejected.sort(key=lambda problem: problem.row)
    result.applied = not dry_run and (only_good_rows or not result.rejected)
    if not result.applied:
        session.discard()
    return result
