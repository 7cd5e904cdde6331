"""A projects file (CSV, XLSX, XLS, ODS) into the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from mentor_app.core.imports import Keep, RowOutcome, Said
from mentor_app.core.people.queries import regions
from mentor_app.core.people.rules import REGION_WORDS
from mentor_app.core.projects import actions
from mentor_app.core.projects.queries import projects
from mentor_app.core.projects.rules import Outcome, ProjectDetails
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import text
from mentor_app.transfer.list_words import meaning, not_known
from mentor_app.transfer.misspelt import Names
from mentor_app.transfer.recognise import PROJECTS
from mentor_app.transfer.rows import BadCell, Line, RowFile
from mentor_app.transfer.values import EMPTY, plain

_Row = tuple[int, ProjectDetails, frozenset[str]]


def _reader(connection: Connection) -> Callable[[Line], _Row]:
    def read(line: Line) -> _Row:
        cell, started, closed = line.cell, line.date("started_on"), line.date("closed_on")
        word = plain(cell.get("outcome", ""))
        outcome = Outcome.OPEN if word.casefold() in EMPTY else meaning("outcomes", word)
        if outcome is None:
            raise BadCell("outcome", not_known("outcomes", word))
        if started is None:
            raise BadCell("started_on", text("A date is needed."))
        region = cell.get("region") or None
        details = ProjectDetails(
            name=cell["name"],
            started_on=started,
            customer=cell.get("customer"),
            region=region,
            industry=cell.get("industry"),
            outcome=Outcome(outcome),
            closed_on=closed,
        )
        return line.number, details, line.fields

    return read


def _write(
    store: Store, actor: Actor, rows: Sequence[_Row], today: dt.date, keep: Keep, file: str, said: Said | None = None
) -> Done[list[RowOutcome]]:
    return store.act(actor, actions.import_projects, rows, keep, file)


def _names(connection: Connection) -> list[str]:
    return [one.name for one in projects(connection)]


def _regions(connection: Connection) -> list[str]:
    return [*(name for name, _ in regions(connection)), *(word for words in REGION_WORDS.values() for word in words)]


_FILE = RowFile(
    kind=PROJECTS,
    main="name",
    reader=_reader,
    write=_write,
    names={"name": Names(known=_names), "region": Names(known=_regions)},
    called=lambda cell: cell["name"],
)
plan, run = _FILE.plan, _FILE.run
