"""A projects file (CSV, XLSX, XLS) into the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from mentor_app.core.imports import Keep, RowOutcome
from mentor_app.core.projects import actions
from mentor_app.core.projects.rules import Outcome, ProjectDetails
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import text
from mentor_app.transfer.recognise import PROJECTS
from mentor_app.transfer.rows import BadCell, Line, RowFile
from mentor_app.transfer.values import plain

_OUTCOMES = {
    "": Outcome.OPEN,
    "open": Outcome.OPEN,
    "进行中": Outcome.OPEN,
    "won": Outcome.WON,
    "赢单": Outcome.WON,
    "签约": Outcome.WON,
    "lost": Outcome.LOST,
    "输单": Outcome.LOST,
    "丢单": Outcome.LOST,
    "cancelled": Outcome.CANCELLED,
    "canceled": Outcome.CANCELLED,
    "取消": Outcome.CANCELLED,
    "已取消": Outcome.CANCELLED,
}


_Row = tuple[int, ProjectDetails]


def _reader(connection: Connection, fields: frozenset[str]) -> Callable[[Line], _Row]:
    def read(line: Line) -> _Row:
        cell, started, closed = line.cell, line.date("started_on"), line.date("closed_on")
        outcome = _OUTCOMES.get(plain(cell.get("outcome", "")).casefold())
        if outcome is None:
            raise BadCell("outcome", text("{word} is not known here.", word=cell["outcome"]))
        if started is None:
            raise BadCell("started_on", text("A date is needed."))
        region = cell.get("region") or None
        return line.number, ProjectDetails(
            name=cell["name"],
            started_on=started,
            customer=cell.get("customer"),
            region=region,
            industry=cell.get("industry"),
            outcome=outcome,
            closed_on=closed,
        )

    return read


def _write(
    store: Store, actor: Actor, rows: Sequence[_Row], today: dt.date, keep: Keep, file: str
) -> Done[list[RowOutcome]]:
    return store.act(actor, actions.import_projects, rows, keep, file)


_FILE = RowFile(kind=PROJECTS, main="name", reader=_reader, write=_write)
plan, run = _FILE.plan, _FILE.run
