"""A pairings file (CSV, XLSX, XLS) into the store: the past of a team that paired before it had the app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mentor_app.core.pairing import actions
from mentor_app.core.pairing.actions import PairingRow
from mentor_app.core.pipeline.actions import Imported
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import text
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.recognise import PAIRINGS
from mentor_app.transfer.rows import BadCell, Outcome, good, people_by_name, person_meant, run_rows, take
from mentor_app.transfer.values import parse_date, plain


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise a pairings file; see ``make_plan`` for what can be given."""
    return make_plan(PAIRINGS, store, path, **given)


def run(store: Store, actor: Actor, made: Plan, *, today: dt.date, **how: Any) -> Done[Imported]:
    """Import the file as planned; see ``run_rows`` for ``how``."""
    return run_rows(store, actor, made, import_file, today, **how)


def import_file(
    session: Session, actor: Actor, made: Plan, rows: Sequence[tuple[int, list[str]]], today: dt.date, only_good_rows: bool,
    dry_run: bool, report: Callable[[int], None],
) -> Imported:  # fmt: skip
    parse = parse_date(made.mapping.date_order or "ymd")
    people = people_by_name(session)

    def row(number: int, cell: dict[str, str]) -> PairingRow:
        started, ended = (good(name, parse(cell.get(name, ""))) for name in ("started_on", "ended_on"))
        both = [person_meant(people, name, cell[name]) for name in ("apprentice", "mentor")]
        for name, who in zip(("apprentice", "mentor"), both, strict=True):
            if who is None:
                raise BadCell(name, text("No person is given."))
        if started is None:
            raise BadCell("started_on", text("A date is needed."))
        end = dt.date.fromisoformat(ended) if ended else None
        return PairingRow(
            number, both[0] or 0, both[1] or 0, plain(cell["project"]), dt.date.fromisoformat(started), end,
            cell.get("reason", ""), cell.get("goals", ""),
        )  # fmt: skip

    def write(lines: Iterator[tuple[int, dict[str, str]]], bad: Callable[[int, BadCell], None]) -> Sequence[Outcome]:
        found = []
        for number, cell in lines:
            try:
                found.append(row(number, cell))
            except BadCell as error:
                bad(number, error)
        return actions.import_pairings(session, actor, found)

    return take(session, made, rows, "apprentice", write, only_good_rows, dry_run, report)
