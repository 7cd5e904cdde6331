"""A pairings file (CSV, XLSX, XLS, ODS) into the store: the past of a team that paired before it had the app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mentor_app.core.imports import Keep, RowOutcome, Said
from mentor_app.core.pairing import actions
from mentor_app.core.pairing.actions import PairingRow
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.people.queries import names_in_use, people_by_name
from mentor_app.core.people.rules import match_key
from mentor_app.core.projects.queries import projects
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.misspelt import Names
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.planning import make_plan
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
        project = plain(line.cell["project"]) if "project" in line.cell else None
        if project == "":
            raise BadCell("project", text("The project is missing."))
        if project is not None and project not in known:
            raise BadCell("project", text("No project is called {name}.", name=brief(project)))
        return PairingRow(
            number=line.number,
            apprentice_id=apprentice,
            mentor_id=mentor,
            project=project,
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
    called=lambda cell: f"{cell['apprentice']} – {cell['mentor']}",
)
run = _FILE.run


class PairingPlan(Plan):
    """A pairings file and how it will be read."""

    def questions(self, but_stages: bool = False) -> list[Text]:
        """Also why a project is needed."""
        asked = super().questions(but_stages)
        if "project" in self.missing and not self.source.tables:
            words = N_(
                "{file}: a pairing goes with a project; only pairings that are here already may come without one."
            )
            asked.append(text(words, file=self.source.path.name))
        return asked


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise a file; see ``make_plan`` for what can be given. One that lacks the project alone, and holds no pairing that is new, is read
    without it."""
    found = make_plan(PAIRINGS, store, path, made=PairingPlan, **given)
    if found.missing == ["project"] and not found.several and found.mapping.date_order is not None:
        with store.read() as connection:
            if _all_known(connection, found):
                found.dispensable = frozenset(("project",))
    return found


def _all_known(connection: Connection, found: Plan) -> bool:
    """Whether all pairings of a file are here, by their people and first days."""
    here, people = (
        {(p.apprentice_id, p.mentor_id, p.started_on.isoformat()) for p in pairings(connection)},
        people_by_name(connection),
    )
    at, parse = found.at(), found.date_parser(found.date_reading("started_on"))
    rows = [row for _, block, _ in found.records() for row in block]
    return bool(rows) and all(
        any(
            (apprentice, mentor, parse(row[at["started_on"]])) in here
            for apprentice in people.get(match_key(row[at["apprentice"]]), ())
            for mentor in people.get(match_key(row[at["mentor"]]), ())
        )
        for row in rows
    )
