"""A pairings file (CSV, XLSX, XLS, ODS) into the store: the past of a team that paired before it had the app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from mentor_app.core.imports import Keep, RowOutcome, Said
from mentor_app.core.pairing import actions
from mentor_app.core.pairing.actions import PairingRow
from mentor_app.core.people.queries import names_in_use, people_by_name
from mentor_app.core.projects.queries import projects
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import text
from mentor_app.transfer.misspelt import Names
from mentor_app.transfer.recognise import PAIRINGS
from mentor_app.transfer.rows import BadCell, Line, RowFile, person_meant
from mentor_app.transfer.values import EMPTY, brief, plain


def _reader(connection: Connection) -> Callable[[Line], PairingRow]:
    people, known = people_by_name(connection), set(_projects(connection))

    def who(line: Line, field: str) -> int:
        person_id = person_meant(people, field, line.cell[field])
        if person_id is None:
            raise BadCell(field, text("No person is given."))
        return person_id

    def read(line: Line) -> PairingRow:
        apprentice, mentor = who(line, "apprentice"), who(line, "mentor")
        started, ended = line.date("started_on"), line.date("ended_on")
        reason = line.cell.get("reason", "")
        if started is None:
            raise BadCell("started_on", text("A date is needed."))
        if not plain(line.cell["project"]):
            raise BadCell("project", text("The project is missing."))
        if plain(line.cell["project"]) not in known:
            raise BadCell("project", text("No project is called {name}.", name=brief(plain(line.cell["project"]))))
        return PairingRow(
            number=line.number,
            apprentice_id=apprentice,
            mentor_id=mentor,
            project=plain(line.cell["project"]),
            started_on=started,
            ended_on=ended,
            reason="" if plain(reason).casefold() in EMPTY else reason,
            goals=line.cell.get("goals", ""),
            fields=line.fields,
        )

    return read


def _write(
    store: Store,
    actor: Actor,
    rows: Sequence[PairingRow],
    today: dt.date,
    keep: Keep,
    file: str,
    said: Said | None = None,
) -> Done[list[RowOutcome]]:
    return store.act(actor, actions.import_pairings, rows, keep, file)


def _projects(connection: Connection) -> list[str]:
    return [one.name for one in projects(connection)]


_PEOPLE = Names(known=names_in_use, people=True, makes=False)
_FILE = RowFile(
    kind=PAIRINGS,
    main="apprentice",
    reader=_reader,
    write=_write,
    names={"apprentice": _PEOPLE, "mentor": _PEOPLE, "project": Names(known=_projects, makes=False)},
)
plan, run = _FILE.plan, _FILE.run
