"""Reading the camp: everybody's standing as of a day, programme versions, the story of the gates."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from mentor_app.core.camp import rules
from mentor_app.core.camp.clock import clock_month, days_away, is_away
from mentor_app.core.camp.programme import Programme, Stage, read_programme
from mentor_app.core.camp.rules import Counted, Decision, GateDecision, Met, Pace, StageStatus
from mentor_app.core.camp.tables import enrolment, gate_decision, leave, programme_version
from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.tables import STANDING_SCORES, activity, assessment
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.queries import Person, people
from mentor_app.core.people.roles import Role
from mentor_app.core.people.tables import person
from mentor_app.core.ramp.calendar import tenure_month
from mentor_app.core.store.query_cache import QueryCache
from mentor_app.core.store.records import read_dict


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of the programme; ``published_at`` None: the draft."""

    id: int
    row_version: int
    number: int
    published_at: dt.datetime | None
    programme: Programme


@dataclass(frozen=True)
class StageStanding:
    """One stage of somebody's camp: passed (by which decision), the current one, or still ahead; what is met."""

    stage: Stage
    status: StageStatus
    decision: Decision | None
    met: tuple[Met, ...]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where somebody stands in the camp."""

    person: Person
    version_id: int
    programme: Programme
    stages: tuple[StageStanding, ...]
    stage: Stage | None
    tenure_month: int
    clock_month: int
    state: Pace
    gate_due: dt.date | None
    on_leave: bool
    days_away: int
    ready: bool
    last_practised: dt.date | None
    stuck_since: dt.date | None
    held: Decision | None
    """The last decision on the current stage, where it was to hold back."""
    mentor: str | None
    """Who mentors them on that day."""
    enrolled: bool = True

    @property
    def current(self) -> StageStanding | None:
        """The current stage; None when finished."""
        return next((s for s in self.stages if s.status == StageStatus.CURRENT), None)


@dataclass(frozen=True, kw_only=True)
class Leave:
    """A leave of absence; ``last_on`` None: not over yet."""

    id: int
    first_on: dt.date
    last_on: dt.date | None
    reason: str | None
    version: int = 0


@lru_cache(maxsize=32)
def _parsed(definition: str) -> Programme:
    try:
        return read_programme(definition)
    except UserError as error:  # it was one when it was stored: the store is to blame
        raise json.JSONDecodeError(str(error), definition, 0) from error


def versions(connection: Connection) -> list[Version]:
    """All versions, the newest first; a draft before the published ones."""
    c = programme_version.c
    statement = select(c.id, c.version, c.number, c.published_at, c.definition).order_by(c.number.desc())
    return [
        Version(
            id=row.id,
            row_version=row.version,
            number=row.number,
            published_at=row.published_at,
            programme=_parsed(row.definition),
        )
        for row in connection.execute(statement)
    ]


def published(connection: Connection) -> Version:
    """The newest published version."""
    return next(version for version in versions(connection) if version.published_at is not None)


def standings(
    connection: Connection,
    as_of: dt.date,
    person_ids: Collection[int] | None = None,
    instead: tuple[int, Programme] | None = None,
) -> list[Standing]:
    """Everybody enrolled who was not erased (or those of ``person_ids``), by name, as of a day.

    With ``instead`` as if they were in that version, whether they are enrolled or not.
    """
    if person_ids is None and instead is None:
        return _boards.get(connection, as_of, lambda: _standings(connection, as_of, None, None))
    return _standings(connection, as_of, person_ids, instead)


_boards: QueryCache[list[Standing]] = QueryCache()


def _standings(
    connection: Connection, as_of: dt.date, person_ids: Collection[int] | None, instead: tuple[int, Programme] | None
) -> list[Standing]:
    only = None if person_ids is None else list(person_ids)
    programmes = {version.id: version.programme for version in versions(connection)}
    enrolled = _by_person(connection, select(enrolment.c.person_id, enrolment.c.programme_version_id), only, enrolment)
    leaves = leaves_of(connection, only)
    decided = decisions(connection, only)
    counted = counting(connection, only)
    practised = _by_person(
        connection,
        select(activity.c.person_id, func.max(activity.c.held_on))
        .where(
            activity.c.state.in_((ActivityState.SUBMITTED, ActivityState.RETURNED, ActivityState.SIGNED_OFF)),
            activity.c.held_on <= as_of,
        )
        .group_by(activity.c.person_id),
        only,
        activity,
    )
    mentors = _mentors(connection, only, as_of)
    everybody = people(connection) if only is None or len(only) != 1 else people(connection, only[0])
    result = []
    for who in everybody:
        asked_for = not who.was_erased(as_of) if only is None else who.id in only
        if asked_for and (who.id in enrolled or instead is not None):
            version_id, programme = instead or (enrolled[who.id][0], programmes[enrolled[who.id][0]])
            last = practised.get(who.id) or [None]
            result.append(
                _standing(
                    who,
                    version_id=version_id,
                    programme=programme,
                    away=leaves.get(who.id, []),
                    decided=decided.get(who.id, []),
                    counted=counted.get(who.id, []),
                    practised=last[0],
                    as_of=as_of,
                    mentor=mentors.get(who.id),
                    enrolled=who.id in enrolled,
                )
            )
    return result


def standing(connection: Connection, person_id: int, as_of: dt.date) -> Standing | None:
    """One person's standing; None where they are not enrolled."""
    return next(iter(standings(connection, as_of, [person_id])), None)


def not_enrolled(connection: Connection, as_of: dt.date, person_ids: Collection[int] | None = None) -> list[Standing]:
    """New hires (or those of ``person_ids``) still here and not enrolled: where they would stand in the newest version."""
    known = set(connection.execute(select(enrolment.c.person_id)).scalars())
    here = [
        p.id
        for p in people(connection)
        if p.id not in known
        and p.hired_on is not None
        and (p.id in person_ids if person_ids is not None else Role.NEW_HIRE in p.roles and p.is_here(as_of))
    ]
    newest = published(connection)
    return standings(connection, as_of, here, (newest.id, newest.programme)) if here else []


def enrolment_version(connection: Connection, person_id: int) -> int:
    """The version of somebody's enrolment; 0 where there is none."""
    found = select(enrolment.c.version).where(enrolment.c.person_id == person_id)
    return int(connection.execute(found).scalar() or 0)


def moved(connection: Connection, person_id: int, version_id: int, as_of: dt.date) -> Standing | None:
    """Where somebody would stand in another version: gates passed carry over by their stage's key."""
    programme = next(version.programme for version in versions(connection) if version.id == version_id)
    return next(iter(standings(connection, as_of, [person_id], (version_id, programme))), None)


def _standing(
    who: Person,
    *,
    version_id: int,
    programme: Programme,
    away: list[Leave],
    decided: list[Decision],
    counted: list[Counted],
    practised: dt.date | None,
    as_of: dt.date,
    mentor: str | None,
    enrolled: bool,
) -> Standing:
    hired = who.hired_on or as_of
    leaves = [(each.first_on, each.last_on) for each in away]
    known = [d for d in decided if d.decided_on <= as_of]
    passed = rules.passed_stages(known)
    used = {i for decision in passed.values() for ids in decision.evidence.values() for i in ids}
    stage = rules.current_stage(programme, passed)
    open_stages = [s for s in programme.stages if s.key not in passed]
    met = iter(rules.evaluate(open_stages, [a for a in counted if a.held_on <= as_of], used))
    by_id = {a.id: a for a in counted}
    lines = []
    for each in programme.stages:
        if each.key in passed:
            lines.append(
                StageStanding(each, StageStatus.PASSED, passed[each.key], _kept(each, passed[each.key], by_id))
            )
        else:
            lines.append(
                StageStanding(each, StageStatus.CURRENT if each is stage else StageStatus.AHEAD, None, next(met))
            )
    state, due = rules.pace(hired, leaves, stage, as_of)
    current = next((line for line in lines if line.status == StageStatus.CURRENT), None)
    ready = current is not None and all(m.met for m in current.met)
    on_leave = is_away(leaves, as_of)
    last = practised or who.hired_on
    latest = next((d for d in reversed(known) if stage is not None and d.stage == stage.key), None)
    return Standing(
        person=who,
        version_id=version_id,
        programme=programme,
        stages=tuple(lines),
        stage=stage,
        tenure_month=tenure_month(hired, as_of),
        clock_month=clock_month(hired, leaves, as_of),
        state=state,
        gate_due=due,
        on_leave=on_leave,
        days_away=days_away(leaves, hired, as_of),
        ready=ready,
        last_practised=practised,
        stuck_since=rules.stuck_since(state, due, ready, on_leave, last, as_of),
        held=latest if latest is not None and latest.decision == GateDecision.HELD else None,
        mentor=mentor,
        enrolled=enrolled,
    )


def _kept(stage: Stage, decision: Decision, by_id: dict[int, Counted]) -> tuple[Met, ...]:
    """What a passed gate rested on, as it was when it was passed."""
    result = []
    for requirement in stage.requirements:
        ids = decision.evidence.get(requirement.kind, ())
        scores = [by_id[i].score for i in ids if i in by_id]
        best = max((s for s in scores if s is not None), default=None)
        result.append(Met(requirement, len(ids), best, tuple(ids)))
    return tuple(result)


def _by_person(
    connection: Connection, statement: Select[Any], only: list[int] | None, table: Any
) -> dict[int, list[Any]]:
    if only is not None:
        statement = statement.where(table.c.person_id.in_(only))
    by_person: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(statement):
        by_person[row[0]].append(row[1])
    return by_person


def _mentors(connection: Connection, only: list[int] | None, as_of: dt.date) -> dict[int, str]:
    """Each person's mentor on that day, by their pairing."""
    p = pairing.c
    statement = (
        select(p.apprentice_id, person.c.name)
        .join(person, person.c.id == p.mentor_id)
        .where(p.started_on <= as_of, or_(p.ended_on.is_(None), p.ended_on > as_of))
        .order_by(p.started_on, p.id)
    )
    if only is not None:
        statement = statement.where(p.apprentice_id.in_(only))
    return read_dict(connection, statement)


def leaves_of(connection: Connection, person_ids: list[int] | None = None) -> dict[int, list[Leave]]:
    """Leaves of absence by person, in order."""
    statement = select(leave).order_by(leave.c.first_on, leave.c.id)
    if person_ids is not None:
        statement = statement.where(leave.c.person_id.in_(person_ids))
    by_person: dict[int, list[Leave]] = defaultdict(list)
    for row in connection.execute(statement).mappings():
        by_person[row["person_id"]].append(Leave(**{field.name: row[field.name] for field in fields(Leave)}))
    return by_person


def decisions(connection: Connection, person_ids: list[int] | None = None) -> dict[int, list[Decision]]:
    """Every gate decision by person, in the order they were made. None is ever gone, finished or not."""
    g = gate_decision.c
    statement = (
        select(g.person_id, g.stage, g.decision, g.reason, person.c.name.label("by"), g.decided_on, g.evidence)
        .join(person, person.c.id == g.by_id)
        .order_by(g.id)
    )
    if person_ids is not None:
        statement = statement.where(g.person_id.in_(person_ids))
    by_person: dict[int, list[Decision]] = defaultdict(list)
    for row in connection.execute(statement):
        by_person[row.person_id].append(
            Decision(
                stage=row.stage,
                decision=GateDecision(row.decision),
                reason=row.reason,
                by=row.by,
                decided_on=row.decided_on,
                evidence={kind: tuple(ids) for kind, ids in json.loads(row.evidence).items()},
            )
        )
    return by_person


def counting(connection: Connection, person_ids: list[int] | None = None) -> dict[int, list[Counted]]:
    """The activities that count, by person: signed off, and not replaced by a signed-off correction."""
    a = activity.c
    # The few corrections and scores are read apart: looked up for each of many rows they would cost more than the rows.
    replaced = set(
        connection.execute(
            select(a.revises_id).where(a.revises_id.is_not(None), a.state == ActivityState.SIGNED_OFF)
        ).scalars()
    )
    average = (
        select(assessment.c.activity_id, func.avg(assessment.c.score))
        .where(assessment.c.id.in_(STANDING_SCORES))
        .group_by(assessment.c.activity_id)
    )
    scores: dict[int, float] = read_dict(connection, average)
    statement = select(a.person_id, a.id, a.kind, a.held_on).where(a.state == ActivityState.SIGNED_OFF)
    if person_ids is not None:
        statement = statement.where(a.person_id.in_(person_ids))
    by_person: dict[int, list[Counted]] = defaultdict(list)
    for person_id, activity_id, kind, held_on in connection.execute(statement):
        if activity_id not in replaced:
            by_person[person_id].append(Counted(activity_id, kind, held_on, scores.get(activity_id)))
    return by_person
