"""Reading pairings, the cycles they went through, and who could mentor whom."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from mentor_app.core.camp.queries import not_enrolled, standings
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.tables import activity
from mentor_app.core.matching.criteria import Apprentice, Mentor
from mentor_app.core.pairing import rules
from mentor_app.core.pairing.rules import PairingState
from mentor_app.core.pairing.tables import mentor_capacity, pairing, pairing_project, pairing_review
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.people.tables import person
from mentor_app.core.playbooks.rules import PlaybookState
from mentor_app.core.playbooks.tables import playbook
from mentor_app.core.projects.queries import Project, projects
from mentor_app.core.projects.rules import Phase
from mentor_app.core.projects.tables import project, project_phase
from mentor_app.core.store.records import read_all, read_dict

STRONG_FROM = 10
"""Signed-off sessions of a kind after which a mentor counts as fully strong in it."""


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """One pairing; ``projects`` are the names of those it went through, in order."""

    id: int
    version: int
    apprentice_id: int
    apprentice: str
    mentor_id: int
    mentor: str
    started_on: dt.date
    ended_on: dt.date | None
    state: PairingState
    goals: str | None
    reason: str | None
    projects: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """An activity of the logbook that belongs to a pairing."""

    id: int
    pairing_id: int
    person: str
    kind: str
    held_on: dt.date
    subject: str
    minutes: int | None
    state: ActivityState


@dataclass(frozen=True, kw_only=True)
class ProjectSpan:
    """A pairing's time with one project."""

    pairing_id: int
    project_id: int
    project: str
    first_on: dt.date
    last_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A project with its phases, the pairings bound to it (and when), and their sessions in that time."""

    project: Project
    phases: tuple[Phase, ...]
    bound: tuple[ProjectSpan, ...]
    pairings: tuple[Pairing, ...]
    sessions: tuple[SessionLine, ...]


def pairings(connection: Connection, *where: ColumnElement[bool]) -> list[Pairing]:
    """All pairings (or those for which ``where`` holds), running ones first, then the newest."""
    hire, mentor, p = person.alias("hire"), person.alias("mentor"), pairing.c
    went: dict[int, list[str]] = defaultdict(list)
    through = select(pairing_project.c.pairing_id, project.c.name).join(
        project, project.c.id == pairing_project.c.project_id
    )
    for pairing_id, name in connection.execute(through.order_by(pairing_project.c.id)):
        went[pairing_id].append(name)
    statement = (
        select(
            p.id,
            p.version,
            p.apprentice_id,
            hire.c.name.label("apprentice"),
            p.mentor_id,
            mentor.c.name.label("mentor"),
            p.started_on,
            p.ended_on,
            p.state,
            p.goals,
            p.reason,
        )
        .join(hire, hire.c.id == p.apprentice_id)
        .join(mentor, mentor.c.id == p.mentor_id)
        .where(*where)
        .order_by(p.ended_on.is_not(None), p.started_on.desc(), p.id.desc())
    )
    return [replace(one, projects=tuple(went[one.id])) for one in read_all(connection, statement, Pairing)]


def pairings_of(connection: Connection, apprentice_id: int) -> list[Pairing]:
    """An apprentice's pairings, as ``pairings`` orders them: a running one first."""
    return pairings(connection, pairing.c.apprentice_id == apprentice_id)


def running_of(connection: Connection, person_id: int) -> list[Pairing]:
    """The running pairings somebody is in, as the apprentice or as the mentor."""
    c = pairing.c
    return pairings(connection, or_(c.apprentice_id == person_id, c.mentor_id == person_id), c.ended_on.is_(None))


def get_pairing(connection: Connection, pairing_id: int) -> list[Pairing]:
    """The pairing with this id; empty where it is not there."""
    return pairings(connection, pairing.c.id == pairing_id)


def running_projects(connection: Connection) -> dict[int, int]:
    """How many running pairings are bound to each project that has any."""
    c = pairing_project.c
    statement = select(c.project_id, func.count()).where(c.last_on.is_(None)).group_by(c.project_id)
    return {row[0]: row[1] for row in connection.execute(statement)}


def unwritten(connection: Connection, person_id: int) -> list[Pairing]:
    """Ended pairings of this person whose closing review they have not written yet."""
    p, r = pairing.c, pairing_review.c
    written = select(r.pairing_id).where(r.by_id == person_id)
    mine = or_(p.apprentice_id == person_id, p.mentor_id == person_id)
    return pairings(connection, mine, p.ended_on.is_not(None), p.id.not_in(written))


def cycles(connection: Connection, project_ids: Collection[int]) -> list[Cycle]:
    """These projects with all that belongs to them, in the order of ``projects``."""
    chosen = list(project_ids)
    phases: dict[int, list[Phase]] = defaultdict(list)
    c = project_phase.c
    statement = select(c.project_id, c.phase, c.planned_on, c.done_on).where(c.project_id.in_(chosen))
    for row in connection.execute(statement.order_by(c.position)):
        phases[row.project_id].append(Phase(row.phase, row.planned_on, row.done_on))
    bound: dict[int, list[ProjectSpan]] = defaultdict(list)
    for span in bindings(connection, pairing_project.c.project_id.in_(chosen)):
        bound[span.project_id].append(span)
    ids = {span.pairing_id for several in bound.values() for span in several}
    pairing_by_id = {p.id: p for p in pairings(connection, pairing.c.id.in_(ids))} if ids else {}
    held = sessions(connection, ids)
    return [
        Cycle(
            project=p,
            phases=tuple(phases[p.id]),
            bound=tuple(bound[p.id]),
            pairings=tuple(pairing_by_id[i] for i in dict.fromkeys(span.pairing_id for span in bound[p.id])),
            sessions=tuple(s for s in held if any(_within(s, span) for span in bound[p.id])),
        )
        for p in projects(connection)
        if p.id in project_ids
    ]


def _within(session: SessionLine, bound: ProjectSpan) -> bool:
    return (
        session.pairing_id == bound.pairing_id
        and bound.first_on <= session.held_on
        and (bound.last_on is None or session.held_on <= bound.last_on)
    )


def bindings(connection: Connection, where: ColumnElement[bool]) -> list[ProjectSpan]:
    """The times of pairings with projects for which ``where`` holds, in order."""
    c = pairing_project.c
    statement = select(c.pairing_id, c.project_id, project.c.name.label("project"), c.first_on, c.last_on).join(
        project, project.c.id == c.project_id
    )
    return read_all(connection, statement.where(where).order_by(c.id), ProjectSpan)


def activity_in_pairing() -> ColumnElement[bool]:
    """When an activity belongs to a pairing: it is the apprentice's, lies in its time, and names its mentor or nobody.

    What names nobody on the day of a handover belongs to the new mentor.
    """
    a, p = activity.c, pairing.c
    unnamed = and_(a.host_id.is_(None), or_(p.state != PairingState.REASSIGNED, a.held_on < p.ended_on))
    return and_(
        a.person_id == p.apprentice_id,
        a.held_on >= p.started_on,
        or_(p.ended_on.is_(None), a.held_on <= p.ended_on),
        or_(a.host_id == p.mentor_id, unnamed),
        a.state != ActivityState.WITHDRAWN,
        a.state != ActivityState.DRAFT,
    )


def sessions(connection: Connection, pairing_ids: Collection[int]) -> list[SessionLine]:
    """The sessions of these pairings, the newest first, planned ones included; a correction stands for what it corrects."""
    if not pairing_ids:
        return []
    a = activity.c
    replaced = select(a.revises_id).where(a.revises_id.is_not(None), a.state == ActivityState.SIGNED_OFF)
    statement = (
        select(
            a.id,
            pairing.c.id.label("pairing_id"),
            person.c.name.label("person"),
            a.kind,
            a.held_on,
            func.coalesce(a.customer, a.title, "").label("subject"),
            a.minutes,
            a.state,
        )
        .join(pairing, activity_in_pairing())
        .join(person, person.c.id == a.person_id)
        .where(pairing.c.id.in_(list(pairing_ids)), a.id.not_in(replaced))
        .order_by(a.held_on.desc(), a.id.desc())
    )
    return read_all(connection, statement, SessionLine)


def capacity_version(connection: Connection, person_id: int) -> int:
    """The version of what is said of a mentor's capacity; 0 where nothing is."""
    found = select(mentor_capacity.c.version).where(mentor_capacity.c.person_id == person_id)
    return int(connection.execute(found).scalar() or 0)


def mentors(connection: Connection, today: dt.date) -> list[Mentor]:
    """Everybody present with the role, full or not, by id; whoever may not mentor yet is barred, with the reason."""
    p = pairing.c
    active: dict[int, int] = {}
    completed: dict[int, int] = {}
    for mentor_id, state, n in connection.execute(
        select(p.mentor_id, p.state, func.count())
        .where(p.state.in_((PairingState.ACTIVE, PairingState.COMPLETED)))
        .group_by(p.mentor_id, p.state)
    ):
        (active if state == PairingState.ACTIVE else completed)[mentor_id] = n
    capacity = read_dict(connection, select(mentor_capacity.c.person_id, mentor_capacity.c.capacity))
    hosted: dict[int, dict[str, float]] = defaultdict(dict)
    a = activity.c
    counts = select(a.host_id, a.kind, func.count()).where(a.state == ActivityState.SIGNED_OFF, a.host_id.is_not(None))
    for host, kind, n in connection.execute(counts.group_by(a.host_id, a.kind)):
        hosted[host][kind] = min(1.0, n / STRONG_FROM)
    approved = (
        select(playbook.c.owner_id, func.count())
        .where(playbook.c.state == PlaybookState.APPROVED)
        .group_by(playbook.c.owner_id)
    )
    written: dict[int, int] = read_dict(connection, approved)
    return sorted(
        (
            Mentor(
                id=who.id,
                name=who.name,
                region=who.region,
                industry=who.industry,
                active=active.get(who.id, 0),
                capacity=capacity.get(who.id, rules.DEFAULT_CAPACITY),
                strengths=hosted.get(who.id, {}),
                completed=completed.get(who.id, 0),
                playbooks=written.get(who.id, 0),
                leaves_on=who.left_on,
                barred=None
                if rules.is_senior(who.hired_on, today)
                else rules.not_senior(who.name, sure=who.hired_on is not None and not who.hired_on_inferred),
            )
            for who in people(connection)
            if Role.MENTOR in who.roles and who.is_here(today)
        ),
        key=lambda m: m.id,
    )


def unpaired(connection: Connection, today: dt.date) -> list[Apprentice]:
    """New hires still here without a running pairing who have not finished the camp, by id."""
    taken = set(connection.execute(select(pairing.c.apprentice_id).where(pairing.c.ended_on.is_(None))).scalars())
    last_end = select(pairing.c.apprentice_id, func.max(pairing.c.ended_on)).group_by(pairing.c.apprentice_id)
    ended: dict[int, dt.date | None] = read_dict(connection, last_end)
    waiting = []
    for stands in [*standings(connection, today), *not_enrolled(connection, today)]:
        who = stands.person
        here = (who.hired_on is None or who.hired_on <= today) and who.is_here(today)
        if who.id in taken or stands.current is None or not here:
            continue
        gaps = {m.requirement.kind: 1 - min(1.0, m.done / m.requirement.count) for m in stands.current.met if not m.met}
        since = ended.get(who.id) or who.hired_on
        waiting.append(
            Apprentice(
                id=who.id,
                name=who.name,
                region=who.region,
                industry=who.industry,
                gaps=gaps,
                month=stands.tenure_month,
                since=since,
            )
        )
    return sorted(waiting, key=lambda a: a.id)
