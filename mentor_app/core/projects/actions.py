"""Writing projects: their details, the phases of their cycle, their close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, func, select

from mentor_app.core.errors import UserError
from mentor_app.core.imports import Keep, RowOutcome, RowResult, finish, keep_all
from mentor_app.core.pairing.rules import PairingState
from mentor_app.core.pairing.tables import pairing, pairing_project
from mentor_app.core.people.access import require_role
from mentor_app.core.people.actions import region_id
from mentor_app.core.people.rules import checked_name
from mentor_app.core.people.tables import region
from mentor_app.core.projects import rules
from mentor_app.core.projects.rules import Outcome, ProjectDetails
from mentor_app.core.projects.tables import project, project_phase
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action
from mentor_app.core.text import N_


@action("projects.save_project", title=N_("Project saved"), undo=INVERSE, formerly=("pairing.save_project",))
def save_project(
    session: Session, actor: Actor, details: ProjectDetails, project_id: int | None = None, version: int | None = None
) -> int:
    """Add a project with the default cycle, or change one. Returns its id."""
    require_role(session, actor, "projects.save_project")
    if details.outcome not in rules.OUTCOMES:
        raise UserError("{outcome} is not an outcome.", outcome=details.outcome)
    if (details.outcome == Outcome.OPEN) != (details.closed_on is None):
        raise UserError("A closed project needs its closing date, an open one has none.").of("closed_on", "outcome")
    if details.closed_on is not None and details.closed_on < details.started_on:
        raise UserError(
            "{date} lies before the project started on {start}.", date=details.closed_on, start=details.started_on
        ).of("closed_on", "started_on")
    name = checked_name(details.name)
    taken = session.connection.execute(select(project.c.id).where(project.c.name == name)).scalar()
    if taken is not None and taken != project_id:
        raise UserError("There is already a project called {name}.", name=name)
    values = {
        "name": name,
        "customer": (details.customer or "").strip() or None,
        "region_id": region_id(session, details.region) if details.region else None,
        "industry": (details.industry or "").strip() or None,
        "started_on": details.started_on,
        "outcome": details.outcome,
        "closed_on": details.closed_on,
        "opportunity_id": details.opportunity_id,
    }
    if project_id is not None:
        session.expect(project, project_id, version)
        _check_dates(session, project_id, details.started_on, details.closed_on)
        session.update(project, project_id, values)
        return project_id
    new_id = session.insert(project, values)
    for position, phase in enumerate(rules.CYCLE):
        planned = details.planned.get(phase)
        session.insert(
            project_phase, {"project_id": new_id, "position": position, "phase": phase, "planned_on": planned}
        )
    return new_id


@action(
    "projects.save_cycle",
    title=N_("Project cycle changed"),
    undo=INVERSE,
    formerly=("pairing.save_cycle", "pairing.set_phase"),
)
def save_cycle(
    session: Session,
    actor: Actor,
    project_id: int,
    phases: Sequence[rules.Phase],
    today: dt.date,
    version: int | None = None,
) -> None:
    """Make a project's cycle these phases, in this order, with their planned and actual ends.

    ``version``: of the project that was read, with its phases.
    """
    require_role(session, actor, "projects.save_cycle")
    session.expect(project, project_id, version)
    rules.check_cycle(phases, session.row(project, project_id)["started_on"], today)
    c = project_phase.c
    held = list(
        session.connection.execute(select(c.id).where(c.project_id == project_id).order_by(c.position)).scalars()
    )
    for position, phase in enumerate(phases):
        values = {"phase": phase.phase.strip(), "planned_on": phase.planned_on, "done_on": phase.done_on}
        if position < len(held):
            session.update(project_phase, held[position], values)
        else:
            session.insert(project_phase, {"project_id": project_id, "position": position, **values})
    for row_id in held[len(phases) :]:
        session.delete(project_phase, row_id)


@action("projects.close_project", title=N_("Project closed"), undo=INVERSE, formerly=("pairing.close_project",))
def close_project(session: Session, actor: Actor, project_id: int, outcome: Outcome, closed_on: dt.date) -> None:
    """End a project's cycle with its outcome."""
    require_role(session, actor, "projects.close_project")
    if outcome == Outcome.OPEN:
        raise UserError("{outcome} is not an outcome.", outcome=outcome)
    row = session.row(project, project_id)
    if row["outcome"] != Outcome.OPEN:
        raise UserError("The project {name} is closed already.", name=row["name"])
    if closed_on < row["started_on"]:
        raise UserError("{date} lies before the project started on {start}.", date=closed_on, start=row["started_on"])
    _check_dates(session, project_id, row["started_on"], closed_on)
    session.update(project, project_id, {"outcome": outcome, "closed_on": closed_on})


def keep_rules(session: Session) -> None:
    """UserError where projects, as something taken back left them, do not fit their pairings."""
    for written in session.changed(project):
        found = select(project.c.started_on, project.c.closed_on).where(project.c.id == written.row_id)
        row = session.connection.execute(found).one_or_none()
        if row is not None:
            _check_dates(session, written.row_id, row.started_on, row.closed_on)


def _check_dates(session: Session, project_id: int, started_on: dt.date, closed_on: dt.date | None) -> None:
    """UserError where a pairing bound to the project would begin before it or after it closed, or where one was
    completed, or rolled on, because it had closed by then."""
    c = pairing_project.c
    later = pairing_project.alias("later")
    going_on = c.id < select(func.max(later.c.id)).where(later.c.pairing_id == c.pairing_id).scalar_subquery()
    statement = select(c.first_on, c.last_on, pairing.c.state, going_on).join(pairing, pairing.c.id == c.pairing_id)
    for first_on, last_on, state, rolled in session.connection.execute(statement.where(c.project_id == project_id)):
        if first_on < started_on:
            raise UserError("A pairing began on {date} for this project; it can't start later.", date=first_on).of(
                "started_on"
            )
        if closed_on is not None and closed_on < first_on:
            raise UserError("A pairing began on {date} for this project; it can't close before.", date=first_on).of(
                "closed_on"
            )
        if (
            last_on is not None
            and (state == PairingState.COMPLETED or rolled)
            and (closed_on is None or closed_on > last_on)
        ):
            raise UserError(
                "A pairing was completed or went on elsewhere on {date} because this project's cycle was closed.",
                date=last_on,
            ).of("closed_on", "outcome")


@action(
    "projects.import",
    title=N_("Projects imported from a file"),
    undo=INVERSE,
    formerly=(
        "projects.import_file",
        "projects.import_projects",
        "pairing.import_projects",
        "mentor_app.transfer.projects._write",
        "mentor_app.transfer.projects.import_file",
    ),
    beside="A file stands over what was there: it is read, shown and confirmed first, and names what it changes.",
)
def import_projects(
    session: Session,
    actor: Actor,
    rows: Sequence[tuple[int, ProjectDetails, frozenset[str]]],
    keep: Keep = keep_all,
    file: str = "",
) -> list[RowOutcome]:
    """Add or update projects, found by name, from (row number, details, fields the file has); says what became of each row."""
    require_role(session, actor, "projects.import")
    results: list[RowOutcome] = []
    seen: dict[str, int] = {}
    for number, said, fields in rows:
        try:
            name = checked_name(said.name)
            if name in seen:
                raise UserError("The same project stands in row {row} already.", row=seen[name])
            seen[name] = number
            old = session.connection.execute(select(project).where(project.c.name == name)).mappings().one_or_none()
            with session.attempt(number):
                details = said if old is None else _merge(session, old, said, fields)
                project_id = save_project(session, actor, details, old["id"] if old else None)
            changed = old is None or session.row(project, project_id)["version"] != old["version"]
            results.append(
                (
                    number,
                    RowResult.NEW if old is None else RowResult.UPDATED if changed else RowResult.UNCHANGED,
                    None,
                )
            )
        except UserError as error:
            results.append((number, RowResult.REJECTED, error))
    return finish(session, results, keep, file)


def _merge(session: Session, old: RowMapping, said: ProjectDetails, fields: frozenset[str]) -> ProjectDetails:
    """What a file says of a project, and beside it what the file has no column for: its deal above all."""
    kept: dict[str, Any] = {name: old[name] for name in ("customer", "industry", "closed_on") if name not in fields}
    if "outcome" not in fields:
        kept["outcome"] = Outcome(old["outcome"])
    if "region" not in fields and old["region_id"] is not None:
        kept["region"] = session.row(region, old["region_id"])["name"]
    return replace(said, opportunity_id=old["opportunity_id"], **kept)
