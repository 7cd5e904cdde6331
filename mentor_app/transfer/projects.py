"""A projects file (CSV, XLSX, XLS) into the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mentor_app.core.pairing import actions
from mentor_app.core.pairing.actions import ProjectDetails
from mentor_app.core.pipeline.actions import Imported
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import text
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.recognise import PROJECTS
from mentor_app.transfer.rows import BadCell, Outcome, good, run_rows, take
from mentor_app.transfer.values import parse_date, plain

_OUTCOMES = {
    "": "open", "open": "open", "进行中": "open", "won": "won", "赢单": "won", "签约": "won", "lost": "lost", "输单": "lost", "丢单": "lost",
    "cancelled": "cancelled", "canceled": "cancelled", "取消": "cancelled", "已取消": "cancelled",
}  # fmt: skip


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise a projects file; see ``make_plan`` for what can be given."""
    return make_plan(PROJECTS, store, path, **given)


def run(store: Store, actor: Actor, made: Plan, *, today: dt.date, **how: Any) -> Done[Imported]:
    """Import the file as planned; see ``run_rows`` for ``how``."""
    return run_rows(store, actor, made, import_file, today, **how)


def import_file(
    session: Session, actor: Actor, made: Plan, rows: Sequence[tuple[int, list[str]]], today: dt.date, only_good_rows: bool,
    dry_run: bool, report: Callable[[int], None],
) -> Imported:  # fmt: skip
    parse = parse_date(made.mapping.date_order or "ymd")

    def write(lines: Iterator[tuple[int, dict[str, str]]], bad: Callable[[int, BadCell], None]) -> Sequence[Outcome]:
        found = []
        for number, cell in lines:
            try:
                found.append((number, _details(cell, parse)))
            except BadCell as error:
                bad(number, error)
        return actions.import_projects(session, actor, found)

    return take(session, made, rows, "name", write, only_good_rows, dry_run, report)


def _details(cell: dict[str, str], parse: Callable[[str], Any]) -> ProjectDetails:
    started, closed = (good(name, parse(cell.get(name, ""))) for name in ("started_on", "closed_on"))
    outcome = _OUTCOMES.get(plain(cell.get("outcome", "")).casefold())
    if outcome is None:
        raise BadCell("outcome", text("{word} is not known here.", word=cell["outcome"]))
    if started is None:
        raise BadCell("started_on", text("A date is needed."))
    return ProjectDetails(
        cell["name"], dt.date.fromisoformat(started), cell.get("customer"), cell.get("region") or None, cell.get("industry"),
        outcome, dt.date.fromisoformat(closed) if closed else None,
    )  # fmt: skip
