"""A people file (CSV, XLSX, XLS) into the store."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mentor_app.core.people import actions
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.rules import role_from_words
from mentor_app.core.pipeline.actions import Imported, Problem
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import text
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.reading import Source
from mentor_app.transfer.recognise import PEOPLE
from mentor_app.transfer.values import Bad, parse_date, plain


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise a people file; see ``make_plan`` for what can be given."""
    return make_plan(PEOPLE, store, path, **given)


def run(
    store: Store,
    actor: Actor,
    made: Plan,
    *,
    today: dt.date,
    only_good_rows: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda rows, total: None,
) -> Done[Imported]:
    """Import the file as planned, and remember how it was read."""
    made.check()
    source = made.source
    rows = [(n, row) for numbers, block in source.batches() for n, row in zip(numbers, block, strict=True)]
    order = made.mapping.date_order or "ymd"
    total = len(rows)
    done = store.act(
        actor, _run, source, rows, made.at(), order, only_good_rows, dry_run, lambda row: progress(row, total)
    )
    if done.result.applied:
        made.remember(store, actor)
    return done


def _run(
    session: Session, actor: Actor, source: Source, rows: list[tuple[int, list[str]]], at: dict[str, int], order: str,
    only_good_rows: bool, dry_run: bool, report: Callable[[int], None],
) -> Imported:  # fmt: skip
    result = Imported(read=len(rows))
    parse = parse_date(order)
    good = []
    for done, (number, row) in enumerate(rows):
        if done % 100 == 0:
            report(done)
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
