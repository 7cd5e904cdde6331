"""A people file (CSV, XLSX, XLS) into the store."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mentor_app.core.people import actions
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.rules import role_from_words
from mentor_app.core.pipeline.actions import Imported
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import text
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.recognise import PEOPLE
from mentor_app.transfer.rows import BadCell, Outcome, good, run_rows, take
from mentor_app.transfer.values import parse_date, plain


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise a people file; see ``make_plan`` for what can be given."""
    return make_plan(PEOPLE, store, path, **given)


def run(store: Store, actor: Actor, made: Plan, *, today: dt.date, **how: Any) -> Done[Imported]:
    """Import the file as planned; see ``run_rows`` for ``how``."""
    return run_rows(store, actor, made, import_file, today, **how)


def import_file(
    session: Session, actor: Actor, made: Plan, rows: Sequence[tuple[int, list[str]]], today: dt.date, only_good_rows: bool,
    dry_run: bool, report: Callable[[int], None],
) -> Imported:  # fmt: skip
    parse = parse_date(made.mapping.date_order or "ymd")

    def write(lines: Iterator[tuple[int, dict[str, str]]], bad: Callable[[int, BadCell], None]) -> Sequence[Outcome]:
        fields = frozenset(made.at())
        details = []
        for number, cell in lines:
            try:
                details.append((number, _details(cell, parse), fields))
            except BadCell as error:
                bad(number, error)
        return actions.import_people(session, actor, details)

    return take(session, made, rows, "name", write, only_good_rows, dry_run, report)


def _details(cell: dict[str, str], parse: Callable[[str], Any]) -> PersonDetails:
    hired, left = (good(name, parse(cell.get(name, ""))) for name in ("hired_on", "left_on"))
    words = [w.strip() for w in re.split(r"[,;、/，；|]", cell.get("roles", "")) if w.strip()]
    roles = [role_from_words(word) for word in words]
    if None in roles:
        raise BadCell("roles", text("This is not a role."))
    return PersonDetails(
        name=plain(cell["name"]),
        hired_on=dt.date.fromisoformat(hired) if hired else None,
        left_on=dt.date.fromisoformat(left) if left else None,
        team=cell.get("team") or None,
        roles=frozenset(role for role in roles if role),
        crm_names=tuple(w.strip() for w in re.split(r"[;|；、]", cell.get("crm_names", "")) if w.strip()),
        code=cell.get("code") or None,
    )
