"""Reading projects, and open deals that could become one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from mentor_app.core.errors import UserError
from mentor_app.core.people.tables import crm_name, person, region, team
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.projects.rules import Outcome, ProjectDetails
from mentor_app.core.projects.tables import project
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.store.records import read_all


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project as lists show it."""

    id: int
    version: int
    name: str
    customer: str | None
    region: str | None
    industry: str | None
    started_on: dt.date
    closed_on: dt.date | None
    outcome: Outcome
    opportunity_id: int | None


def projects(connection: Connection, project_id: int | None = None) -> list[Project]:
    """All projects (or one), the newest first."""
    c = project.c
    statement = (
        select(
            c.id,
            c.version,
            c.name,
            c.customer,
            region.c.name.label("region"),
            c.industry,
            c.started_on,
            c.closed_on,
            c.outcome,
            c.opportunity_id,
        )
        .outerjoin(region, region.c.id == c.region_id)
        .order_by(c.started_on.desc(), c.id.desc())
    )
    if project_id is not None:
        statement = statement.where(c.id == project_id)
    return read_all(connection, statement, Project)


def from_opportunity(connection: Connection, opportunity_id: int, today: dt.date) -> ProjectDetails:
    """A deal as the beginning of a project: its name and customer, its owner's region and industry, its dates."""
    return _from_deals(connection, opportunity.c.id == opportunity_id, today)[0][1]


def opportunity_called(connection: Connection, key: str) -> int:
    """The id of the opportunity with this identity in the CRM. UserError where there is none."""
    opportunity_id = connection.execute(select(opportunity.c.id).where(opportunity.c.key == key)).scalar()
    if opportunity_id is None:
        raise UserError("There is no opportunity {key}.", key=key)
    return int(opportunity_id)


def open_deals(connection: Connection, person_ids: Collection[int], today: dt.date) -> list[tuple[int, ProjectDetails]]:
    """Open deals of these people that are no project yet, as (owner, project), the newest first."""
    known = select(project.c.opportunity_id).where(project.c.opportunity_id.is_not(None))
    o = opportunity.c
    return _from_deals(
        connection, and_(crm_name.c.person_id.in_(list(person_ids)), o.status == OPEN, o.id.not_in(known)), today
    )


def _from_deals(connection: Connection, where: ColumnElement[bool], today: dt.date) -> list[tuple[int, ProjectDetails]]:
    o = opportunity.c
    statement = (
        select(
            o.id,
            o.key,
            o.name,
            o.account,
            o.product,
            o.opened_on,
            o.closed_on,
            o.expected_on,
            o.status,
            crm_name.c.person_id,
            region.c.name.label("region"),
            team.c.industry,
        )
        .join(crm_name, crm_name.c.id == o.owner_id)
        .outerjoin(person, person.c.id == crm_name.c.person_id)
        .outerjoin(team, team.c.id == person.c.team_id)
        .outerjoin(region, region.c.id == team.c.region_id)
        .where(where)
        .order_by(o.opened_on.desc(), o.id.desc())
    )
    taken = set(connection.execute(select(project.c.name)).scalars())
    deals = []
    for row in connection.execute(statement).mappings():
        bare = " · ".join(part for part in (row["product"], row["key"]) if part)
        name = (row["name"] or row["account"] or bare)[:180].strip()
        if name in taken:  # one deal more with the same customer
            name = f"{name} ({row['key'][:16]})"
        taken.add(name)
        outcome = {WON: Outcome.WON, LOST: Outcome.LOST, VOID: Outcome.CANCELLED}.get(row["status"], Outcome.OPEN)
        started = row["opened_on"] or row["closed_on"] or row["expected_on"] or today
        planned = {"signed": row["expected_on"]} if row["expected_on"] and row["expected_on"] >= started else {}
        deals.append(
            (
                row["person_id"] or 0,
                ProjectDetails(
                    name=name,
                    started_on=started,
                    customer=(row["account"] or "")[:200] or None,
                    region=row["region"],
                    industry=row["industry"],
                    outcome=outcome,
                    closed_on=row["closed_on"] if outcome != Outcome.OPEN else None,
                    opportunity_id=row["id"],
                    planned=planned,
                ),
            )
        )
    return deals
