"""Reading the logbook: lists, one activity with all that was said about it, what waits for sign-off."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from mentor_app.core.logbook.kinds import ActivityState, ReviewDecision
from mentor_app.core.logbook.rules import Details, details_of
from mentor_app.core.logbook.tables import STANDING_SCORES, activity, assessment, review
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.queries import also_found
from mentor_app.core.people.roles import roles_for
from mentor_app.core.people.tables import erasure, person, person_role, team
from mentor_app.core.personal.letters import otherwise_written
from mentor_app.core.store.history import Operation, change, change_set
from mentor_app.core.store.records import among, read_dict


@dataclass(frozen=True, kw_only=True)
class Review:
    """A sign-off or a return, with its comment."""

    decision: ReviewDecision
    comment: str | None
    by_id: int
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Assessment:
    """One assessor's scores and their mean."""

    by_id: int
    by: str
    scores: tuple[float, ...]
    score: float


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One activity with everything said about it."""

    id: int
    version: int
    person_id: int
    person: str
    state: ActivityState
    details: Details
    host: str | None
    revises_id: int | None
    revised_by: int | None
    """The signed-off correction that stands in its place."""
    submitted_at: dt.datetime | None
    reviews: tuple[Review, ...]
    assessments: tuple[Assessment, ...]

    @property
    def score(self) -> float | None:
        """The mean of the assessors' scores."""
        scores = [one.score for one in self.assessments]
        return sum(scores) / len(scores) if scores else None

    @property
    def subject(self) -> str:
        """Customer or title: what it was about."""
        return self.details.customer or self.details.title or ""


@dataclass(frozen=True)
class Filter:
    """Which activities: of whom, in which states, of which kinds, with which words."""

    person_id: int | None = None
    states: Collection[ActivityState] = ()
    kinds: Collection[str] = ()
    words: str = ""


SORTABLE = {
    "held_on": activity.c.held_on,
    "kind": activity.c.kind,
    "state": activity.c.state,
    "person": person.c.name,
    "subject": func.coalesce(activity.c.customer, activity.c.title),
    "minutes": activity.c.minutes,
}


def activity_ids(connection: Connection, wanted: Filter, sort: str = "held_on", descending: bool = True) -> list[int]:
    """Ids of the activities wanted; withdrawn ones only where they are asked for."""
    a = activity.c
    statement = select(a.id).join(person, person.c.id == a.person_id)
    if wanted.person_id is not None:
        statement = statement.where(a.person_id == wanted.person_id)
    if wanted.states:
        statement = statement.where(a.state.in_(list(wanted.states)))
    else:
        statement = statement.where(a.state != ActivityState.WITHDRAWN)
    if wanted.kinds:
        statement = statement.where(a.kind.in_(list(wanted.kinds)))
    for word in wanted.words.split():
        searched = (person.c.name, a.customer, a.title, a.learned, a.seen, a.next_step)
        named = a.person_id.in_(also_found(connection, person, word))
        of = among(connection, a.customer, otherwise_written(all_customers(connection), word))
        statement = statement.where(or_(named, of, *(c.icontains(word, autoescape=True) for c in searched)))
    column = SORTABLE[sort]
    order = column.desc() if descending else column.asc()
    return list(connection.execute(statement.order_by(column.is_(None), order, a.id.desc())).scalars())


def activities(connection: Connection, ids: Sequence[int]) -> dict[int, Activity]:
    """The activities with these ids."""
    if not ids:
        return {}
    chosen = list(ids)
    host = person.alias("host")
    later = activity.alias("later")
    replaced = (
        select(func.max(later.c.id))
        .where(later.c.revises_id == activity.c.id, later.c.state == ActivityState.SIGNED_OFF)
        .scalar_subquery()
    )
    statement = (
        select(activity, person.c.name.label("person"), host.c.name.label("host"), replaced.label("revised_by"))
        .join(person, person.c.id == activity.c.person_id)
        .outerjoin(host, host.c.id == activity.c.host_id)
        .where(activity.c.id.in_(chosen))
    )
    reviews: dict[int, list[Review]] = defaultdict(list)
    r = review.c
    said = select(r.activity_id, r.decision, r.comment, r.by_id, person.c.name.label("by"), r.at).join(
        person, person.c.id == r.by_id
    )
    for one in connection.execute(said.where(r.activity_id.in_(chosen)).order_by(r.id)):
        reviews[one.activity_id].append(
            Review(decision=ReviewDecision(one.decision), comment=one.comment, by_id=one.by_id, by=one.by, at=one.at)
        )
    scored: dict[int, list[Assessment]] = defaultdict(list)
    s = assessment.c
    given = select(s.activity_id, s.by_id, person.c.name.label("by"), s.scores, s.score).join(
        person, person.c.id == s.by_id
    )
    for row in connection.execute(given.where(s.activity_id.in_(chosen), s.id.in_(STANDING_SCORES)).order_by(s.id)):
        scored[row.activity_id].append(Assessment(row.by_id, row.by, tuple(json.loads(row.scores)), row.score))
    return {
        row["id"]: Activity(
            id=row["id"],
            version=row["version"],
            person_id=row["person_id"],
            person=row["person"],
            state=ActivityState(row["state"]),
            details=details_of(row),
            host=row["host"],
            revises_id=row["revises_id"],
            revised_by=row["revised_by"],
            submitted_at=row["submitted_at"],
            reviews=tuple(reviews[row["id"]]),
            assessments=tuple(scored[row["id"]]),
        )
        for row in connection.execute(statement).mappings()
    }


def _inbox(person_id: int) -> Select[int, int]:
    mine = select(person.c.team_id).where(person.c.id == person_id).scalar_subquery()
    hire = person.alias("hire")
    a, p = activity.c, pairing.c
    held = select(p.apprentice_id).where(p.ended_on.is_(None))
    near: ColumnElement[bool] = or_(
        hire.c.id.in_(held.where(p.mentor_id == person_id)),
        hire.c.id.not_in(held) & or_(mine.is_(None), hire.c.team_id == mine),
    )
    return (
        select(a.id, a.person_id)
        .join(hire, hire.c.id == a.person_id)
        .where(a.state == ActivityState.SUBMITTED, a.person_id != person_id)
        .where(or_(a.host_id == person_id, a.host_id.is_(None) & near))
        .order_by(a.submitted_at, a.id)
    )


def inbox_ids(connection: Connection, person_id: int) -> list[int]:
    """Ids of what waits for this person's sign-off, the oldest first.

    That is what names them as the mentor, and of what names nobody: their apprentices' entries, and those of hires
    without a mentor from their own team (or, for somebody without a team, from anybody).
    """
    return list(connection.execute(_inbox(person_id)).scalars())


def waiting_by_hire(connection: Connection, person_id: int) -> Counter[int]:
    """Of how many entries of each hire this person's sign-off is waited for."""
    return Counter(hire for _, hire in connection.execute(_inbox(person_id)))


def unfinished_ids(connection: Connection, person_id: int, limit: int) -> list[int]:
    """Ids of the newest drafts that are this person's, or were first written by them for somebody else."""
    a = activity.c
    wrote = (
        select(change.c.row_id)
        .join(change_set, change_set.c.id == change.c.change_set_id)
        .where(change.c.table_name == activity.name, change.c.row_id == a.id, change.c.operation == Operation.INSERT)
        .where(change_set.c.actor_id == person_id)
    )
    statement = (
        select(a.id)
        .where(a.state == ActivityState.DRAFT, or_(a.person_id == person_id, wrote.exists()))
        .order_by(a.held_on.is_(None), a.held_on.desc(), a.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def feedback_ids(connection: Connection, person_id: int, limit: int = 5) -> list[int]:
    """Ids of this person's activities with a reviewer's words: first those sent back, which wait to be mended, then the
    newest."""
    a, r = activity.c, review.c
    statement = (
        select(a.id)
        .join(review, r.activity_id == a.id)
        .where(a.person_id == person_id, r.comment.is_not(None), a.state != ActivityState.WITHDRAWN)
        .group_by(a.id)
        .order_by((a.state == ActivityState.RETURNED).desc(), func.max(r.id).desc())
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def all_customers(connection: Connection) -> Sequence[str]:
    """Everybody named as a customer, by name."""
    a = activity.c
    named = select(a.customer).where(a.customer.is_not(None), a.customer != "").distinct()
    return connection.execute(named.order_by(a.customer)).scalars().all()


def customers(connection: Connection, person_id: int | None = None) -> list[str]:
    """Customers named before: in this person's activities first, then in anybody's; for completion while typing."""
    a = activity.c
    statement = select(a.customer, func.max(a.id)).where(a.customer.is_not(None)).group_by(a.customer)
    of_person = statement.where(a.person_id == person_id)
    own = connection.execute(of_person).scalars().all() if person_id is not None else []
    everybody = connection.execute(statement.order_by(func.max(a.id).desc()).limit(2000)).scalars()
    return list(dict.fromkeys([*own, *everybody]))


def last_details(connection: Connection, person_id: int, kind: str) -> Details | None:
    """What this person's latest activity of a kind said: the defaults for the next."""
    statement = (
        select(activity)
        .where(activity.c.person_id == person_id, activity.c.kind == kind, activity.c.state != ActivityState.WITHDRAWN)
        .order_by(activity.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else details_of(row)


def mentor_of(connection: Connection, person_id: int) -> int | None:
    """Whose apprentice this person is now."""
    p = pairing.c
    return connection.execute(select(p.mentor_id).where(p.apprentice_id == person_id, p.ended_on.is_(None))).scalar()


def mentors_of_all(connection: Connection) -> dict[int, int]:
    """Everybody who is an apprentice now → their mentor."""
    p = pairing.c
    return read_dict(connection, select(p.apprentice_id, p.mentor_id).where(p.ended_on.is_(None)))


def apprentices_of(connection: Connection, person_id: int) -> set[int]:
    """Whose mentor this person is now."""
    p = pairing.c
    statement = select(p.apprentice_id).where(p.mentor_id == person_id, p.ended_on.is_(None))
    return set(connection.execute(statement).scalars())


def mentors(connection: Connection, today: dt.date) -> list[tuple[int, str, str | None]]:
    """(id, name, team) of everybody who may host a session and is still here."""
    statement = (
        select(person.c.id, person.c.name, team.c.name)
        .outerjoin(team, team.c.id == person.c.team_id)
        .where(
            person.c.id.in_(select(person_role.c.person_id).where(person_role.c.role.in_(roles_for("logbook.host"))))
        )
        .where(or_(person.c.left_on.is_(None), person.c.left_on >= today))
        .where(person.c.id.not_in(select(erasure.c.person_id)))
        .order_by(person.c.name)
    )
    return [(person_id, name, team_name) for person_id, name, team_name in connection.execute(statement)]
