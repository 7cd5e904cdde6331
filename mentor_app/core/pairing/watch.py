"""Watchfulness: what in the pairings needs a team lead's hand, and since when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, func, select

from mentor_app.core.camp.queries import leaves_of
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.tables import activity
from mentor_app.core.pairing.queries import Pairing, activity_in_pairing, pairings, unpaired
from mentor_app.core.pairing.rules import ALERT_KINDS, DEFAULT_CAPACITY, AlertKind
from mentor_app.core.pairing.tables import mentor_capacity, pairing, pairing_project, pairing_review
from mentor_app.core.people.tables import erasure, person, team
from mentor_app.core.projects.rules import Outcome
from mentor_app.core.projects.tables import project, project_phase
from mentor_app.core.store.records import read_dict
from mentor_app.core.text import Text, plural_text, text

SILENT_DAYS, UNPAIRED_DAYS, LEAVING_DAYS, REVIEW_DAYS = 14, 7, 30, 90


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One thing to do: about whom (and whose team), in which pairing or project, since when, in words."""

    kind: AlertKind
    person_id: int
    name: str
    since: dt.date
    words: Text
    pairing_id: int | None = None
    project_id: int | None = None
    team: str | None = None


def watch(connection: Connection, today: dt.date) -> list[Alert]:
    """Everything that needs a lead's hand on this day: by kind, the longest standing first.

    A pairing without a session for 14 days is left alone while the apprentice is on leave or one is planned; a hire
    without a mentor for more than 7 days; a planned cycle that is over; a cycle closed under a running pairing; more
    apprentices than places; either of the two leaving within 30 days; closing reviews missing for up to 90 days.
    """
    running = pairings(connection, pairing.c.ended_on.is_(None))
    people: dict[int, tuple[dt.date | None, str | None]] = {
        person_id: (left_on, team_name)
        for person_id, left_on, team_name in connection.execute(
            select(person.c.id, person.c.left_on, team.c.name).outerjoin(team, team.c.id == person.c.team_id)
        )
    }
    erased = set(connection.execute(select(erasure.c.person_id)).scalars())
    alerts = _without(connection, today) + _leaving(running, people, today) + _silent(connection, running, today)
    alerts += _cycles(connection, running, today) + _overloaded(connection, running, today)
    alerts += [one for one in _reviews(connection, people, today) if one.person_id not in erased]
    order = list(ALERT_KINDS)
    alerts.sort(key=lambda a: (order.index(a.kind), a.since, a.name))
    return [replace(a, team=people[a.person_id][1]) for a in alerts]


def _without(connection: Connection, today: dt.date) -> list[Alert]:
    return [
        Alert(
            kind=AlertKind.UNPAIRED,
            person_id=a.id,
            name=a.name,
            since=a.since,
            words=plural_text("{n} day without a mentor", "{n} days without a mentor", n=(today - a.since).days),
        )
        for a in unpaired(connection, today)
        if a.since is not None and (today - a.since).days > UNPAIRED_DAYS
    ]


def _leaving(
    running: list[Pairing], people: dict[int, tuple[dt.date | None, str | None]], today: dt.date
) -> list[Alert]:
    alerts = []
    for p in running:
        for who, name in ((p.mentor_id, p.mentor), (p.apprentice_id, p.apprentice)):
            left_on = people[who][0]
            if left_on is not None and (left_on - today).days <= LEAVING_DAYS:
                pair = f"{p.apprentice} – {p.mentor}"
                words = (
                    text("{name} left on {date}: {pair}", name=name, date=left_on, pair=pair)
                    if left_on < today
                    else text("{name} leaves on {date}: {pair}", name=name, date=left_on, pair=pair)
                )
                alerts.append(
                    Alert(kind=AlertKind.LEAVING, person_id=who, name=name, since=left_on, words=words, pairing_id=p.id)
                )
    return alerts


def _silent(connection: Connection, running: list[Pairing], today: dt.date) -> list[Alert]:
    statement = select(pairing.c.id, func.max(activity.c.held_on)).join(activity, activity_in_pairing())
    held = statement.where(
        pairing.c.ended_on.is_(None), activity.c.held_on <= today, activity.c.state != ActivityState.PLANNED
    )
    ahead = statement.where(
        pairing.c.ended_on.is_(None), activity.c.held_on >= today, activity.c.state == ActivityState.PLANNED
    )
    last_on: dict[int, dt.date] = read_dict(connection, held.group_by(pairing.c.id))
    planned = set(connection.execute(ahead.group_by(pairing.c.id)).scalars())
    leaves = leaves_of(connection)
    alerts = []
    for p in running:
        since = last_on.get(p.id, p.started_on)
        away = any(one.first_on <= today <= (one.last_on or today) for one in leaves.get(p.apprentice_id, []))
        if (today - since).days >= SILENT_DAYS and p.id not in planned and not away:
            words = plural_text(
                "{n} day without a session with {mentor}",
                "{n} days without a session with {mentor}",
                n=(today - since).days,
                mentor=p.mentor,
            )
            alerts.append(
                Alert(
                    kind=AlertKind.SILENT,
                    person_id=p.apprentice_id,
                    name=p.apprentice,
                    since=since,
                    words=words,
                    pairing_id=p.id,
                )
            )
    return alerts


def _cycles(connection: Connection, running: list[Pairing], today: dt.date) -> list[Alert]:
    c, by_id = pairing_project.c, {p.id: p for p in running}
    end = (
        select(project_phase.c.project_id, func.max(project_phase.c.planned_on).label("end"))
        .group_by(project_phase.c.project_id)
        .subquery()
    )
    statement = (
        select(
            c.pairing_id,
            c.project_id,
            project.c.name,
            project.c.outcome,
            project.c.closed_on,
            end.c.end.label("planned_on"),
        )
        .join(project, project.c.id == c.project_id)
        .outerjoin(end, end.c.project_id == c.project_id)
        .join(pairing, and_(pairing.c.id == c.pairing_id, pairing.c.ended_on.is_(None)))
        .where(c.last_on.is_(None))
    )
    alerts = []
    for row in connection.execute(statement):
        p = by_id[row.pairing_id]
        if row.closed_on is not None:
            words = (
                text("{project} is won: complete the pairing", project=row.name)
                if row.outcome == Outcome.WON
                else text("{project} is closed without a win: roll on or complete", project=row.name)
            )
            alerts.append(
                Alert(
                    kind=AlertKind.CLOSED,
                    person_id=p.apprentice_id,
                    name=p.apprentice,
                    since=row.closed_on,
                    words=words,
                    pairing_id=p.id,
                    project_id=row.project_id,
                )
            )
        elif row.planned_on is not None and row.planned_on < today:
            words = text("was to close on {date}: {project}", date=row.planned_on, project=row.name)
            alerts.append(
                Alert(
                    kind=AlertKind.OVERRUN,
                    person_id=p.apprentice_id,
                    name=p.apprentice,
                    since=row.planned_on,
                    words=words,
                    pairing_id=p.id,
                    project_id=row.project_id,
                )
            )
    return alerts


def _overloaded(connection: Connection, running: list[Pairing], today: dt.date) -> list[Alert]:
    c = mentor_capacity.c
    capacity: dict[int, int] = read_dict(connection, select(c.person_id, c.capacity))
    held: dict[int, list[Pairing]] = {}
    for p in running:
        held.setdefault(p.mentor_id, []).append(p)
    return [
        Alert(
            kind=AlertKind.OVERLOADED,
            person_id=mentor,
            name=several[0].mentor,
            since=max(p.started_on for p in several),
            words=text(
                "apprentices: {n}, places: {capacity}", n=len(several), capacity=capacity.get(mentor, DEFAULT_CAPACITY)
            ),
        )
        for mentor, several in held.items()
        if len(several) > capacity.get(mentor, DEFAULT_CAPACITY)
    ]


def _reviews(
    connection: Connection, people: dict[int, tuple[dt.date | None, str | None]], today: dt.date
) -> list[Alert]:
    recent = pairings(connection, pairing.c.ended_on >= today - dt.timedelta(days=REVIEW_DAYS))
    c = pairing_review.c
    ids = [p.id for p in recent]
    rows = connection.execute(select(c.pairing_id, c.by_id).where(c.pairing_id.in_(ids))).all()
    written = {(pairing_id, by_id) for pairing_id, by_id in rows}
    alerts = []
    for p in recent:
        for who, name, other in ((p.mentor_id, p.mentor, p.apprentice), (p.apprentice_id, p.apprentice, p.mentor)):
            left_on = people[who][0]
            if (p.id, who) not in written and (left_on is None or left_on >= today) and p.ended_on is not None:
                words = text("closing review of the pairing with {name} is missing", name=other)
                alerts.append(
                    Alert(
                        kind=AlertKind.REVIEW, person_id=who, name=name, since=p.ended_on, words=words, pairing_id=p.id
                    )
                )
    return alerts
