"""Reading projects, pairings and who could mentor whom."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from mentor_app.core.camp.queries import not_enrolled, standings
from mentor_app.core.logbook.tables import activity
from mentor_app.core.matching.assign import NOBODY, assign
from mentor_app.core.pairing import rules
from mentor_app.core.pairing.rules import Apprentice, Mentor
from mentor_app.core.pairing.tables import mentor_capacity, pairing, pairing_project, project
from mentor_app.core.people.queries import people
from mentor_app.core.people.tables import person, region
from mentor_app.core.text import Text, text

STRONG_FROM = 10
"""Signed-off sessions of a kind after which a mentor counts as fully strong in it."""


@dataclass(frozen=True)
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
    outcome: str


@dataclass(frozen=True)
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
    state: str
    goals: str | None
    reason: str | None
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """One suggested pair: its score, what each criterion gave, and the next best mentor for the same hire."""

    apprentice: Apprentice
    mentor: Mentor
    score: float
    parts: Mapping[str, float]
    alternative: Mentor | None
    alternative_score: float | None


@dataclass(frozen=True)
class Plan:
    """The whole suggestion, with what it was computed from."""

    pairs: tuple[Suggestion, ...]
    unplaced: tuple[tuple[Apprentice, Text], ...]
    total: float
    apprentices: tuple[Apprentice, ...]
    mentors: tuple[Mentor, ...]


def projects(connection: Connection) -> list[Project]:
    """All projects, the newest first."""
    c = project.c
    statement = (
        select(c.id, c.version, c.name, c.customer, region.c.name, c.industry, c.started_on, c.closed_on, c.outcome)
        .outerjoin(region, region.c.id == c.region_id)
        .order_by(c.started_on.desc(), c.id.desc())
    )
    return [Project(*row) for row in connection.execute(statement)]


def pairings(connection: Connection) -> list[Pairing]:
    """All pairings, running ones first, then the newest."""
    hire, mentor, p = person.alias("hire"), person.alias("mentor"), pairing.c
    went: dict[int, list[str]] = defaultdict(list)
    through = select(pairing_project.c.pairing_id, project.c.name).join(
        project, project.c.id == pairing_project.c.project_id
    )
    for pairing_id, name in connection.execute(through.order_by(pairing_project.c.id)):
        went[pairing_id].append(name)
    statement = (
        select(
            p.id, p.version, hire.c.id, hire.c.name, mentor.c.id, mentor.c.name, p.started_on, p.ended_on, p.state,
            p.goals, p.reason,
        )
        .join(hire, hire.c.id == p.apprentice_id)
        .join(mentor, mentor.c.id == p.mentor_id)
        .order_by(p.ended_on.is_not(None), p.started_on.desc(), p.id.desc())
    )  # fmt: skip
    return [Pairing(*row, projects=tuple(went[row[0]])) for row in connection.execute(statement)]


def mentors(connection: Connection, today: dt.date) -> list[Mentor]:
    """Everybody who may mentor on this day, full or not, by id."""
    p = pairing.c
    active: dict[int, int] = {}
    completed: dict[int, int] = {}
    for mentor_id, state, n in connection.execute(
        select(p.mentor_id, p.state, func.count())
        .where(p.state.in_(("active", "completed")))
        .group_by(p.mentor_id, p.state)
    ):
        (active if state == "active" else completed)[mentor_id] = n
    capacity = {
        row[0]: row[1] for row in connection.execute(select(mentor_capacity.c.person_id, mentor_capacity.c.capacity))
    }
    hosted: dict[int, dict[str, float]] = defaultdict(dict)
    a = activity.c
    counts = select(a.host_id, a.kind, func.count()).where(a.state == "signed_off", a.host_id.is_not(None))
    for host, kind, n in connection.execute(counts.group_by(a.host_id, a.kind)):
        hosted[host][kind] = min(1.0, n / STRONG_FROM)
    return sorted(
        (
            Mentor(who.id, who.name, who.region, who.industry, active.get(who.id, 0),
                   capacity.get(who.id, rules.DEFAULT_CAPACITY), hosted.get(who.id, {}), completed.get(who.id, 0))
            for who in people(connection)
            if "mentor" in who.roles
            and (who.left_on is None or who.left_on >= today)
            and rules.is_senior(who.hired_on, today)
        ),
        key=lambda m: m.id,
    )  # fmt: skip


def unpaired(connection: Connection, today: dt.date) -> list[Apprentice]:
    """New hires still here without a running pairing who have not finished the camp, by id."""
    taken = set(connection.execute(select(pairing.c.apprentice_id).where(pairing.c.ended_on.is_(None))).scalars())
    found = []
    for stands in [*standings(connection, today), *not_enrolled(connection, today)]:
        who = stands.person
        here = (who.hired_on is None or who.hired_on <= today) and (who.left_on is None or who.left_on >= today)
        if who.id in taken or stands.current is None or not here:
            continue
        gaps = {m.requirement.kind: 1 - min(1.0, m.done / m.requirement.count) for m in stands.current.met if not m.met}
        found.append(Apprentice(who.id, who.name, who.region, who.industry, gaps))
    return sorted(found, key=lambda a: a.id)


def suggest(
    connection: Connection,
    today: dt.date,
    weights: Mapping[str, float] | None = None,
    pinned: Mapping[int, int] | None = None,
) -> Plan:
    """One optimal assignment of all unpaired hires to mentors with room; existing pairings are kept.

    ``pinned`` (apprentice → mentor) are held; the rest is computed around them. Same store, same answer.
    """
    weight = rules.check_weights(weights or {})
    hires, teachers = unpaired(connection, today), mentors(connection, today)
    by = rules.parts(hires, teachers)
    scores: NDArray[np.float64] = sum(
        (weight[name] * values for name, values in by.items()), np.zeros((len(hires), len(teachers)))
    )
    free = np.array([max(0, m.capacity - m.active) for m in teachers], np.int64)
    allowed = np.array([[h.id != m.id for m in teachers] for h in hires], bool).reshape(scores.shape)
    allowed &= _no_circles(connection, hires, teachers)
    for row, hire in enumerate(hires):
        if pinned and hire.id in pinned:
            allowed[row] &= np.array([m.id == pinned[hire.id] for m in teachers], bool)
    chosen = assign(scores, allowed, free)
    pairs, left = [], []
    for row, hire in enumerate(hires):
        column = int(chosen[row])
        if column == NOBODY:
            left.append((hire, rules.why_not(hire, teachers) if allowed[row].any() or not teachers else text(
                "No mentor is allowed for this hire.")))  # fmt: skip
            continue
        others = [
            j for j in np.argsort(-scores[row], kind="stable").tolist() if j != column and allowed[row, j] and free[j]
        ]
        second = teachers[others[0]] if others else None
        given = {name: float(weight[name] * values[row, column]) for name, values in by.items()}
        pairs.append(Suggestion(hire, teachers[column], float(scores[row, column]), given, second,
                                float(scores[row, others[0]]) if others else None))  # fmt: skip
    return Plan(tuple(pairs), tuple(left), sum(p.score for p in pairs), tuple(hires), tuple(teachers))


def _no_circles(connection: Connection, hires: list[Apprentice], teachers: list[Mentor]) -> NDArray[np.bool_]:
    """False where the mentor is, through running pairings, an apprentice of the hire."""
    p = pairing.c
    above: dict[int, int] = {
        row[0]: row[1] for row in connection.execute(select(p.apprentice_id, p.mentor_id).where(p.ended_on.is_(None)))
    }
    row_of = {hire.id: i for i, hire in enumerate(hires)}
    result = np.ones((len(hires), len(teachers)), bool)
    for column, mentor in enumerate(teachers):
        at: int | None = above.get(mentor.id)
        while at is not None:
            if at in row_of:
                result[row_of[at], column] = False
            at = above.get(at)
    return result
