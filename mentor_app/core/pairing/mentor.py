"""A mentor's page: apprentices now and before, how far they are in the camp, how their close rates climb."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mentor_app.core.camp.queries import Standing, standings
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.queries import waiting_by_hire
from mentor_app.core.logbook.tables import activity
from mentor_app.core.matching.criteria import Mentor
from mentor_app.core.pairing.queries import Pairing, activity_in_pairing, mentors, pairings
from mentor_app.core.pairing.story import ClosingReview, closing_reviews
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.queries import Person, get_person
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.ramp.curve import Benchmark, Curve


@dataclass(frozen=True, kw_only=True)
class Apprenticeship:
    """One pairing of a mentor: where the apprentice stands in the camp (None: not enrolled), their ramp-up so far (None:
    no hire date), sessions held in the pairing and the last of them, what was written at the end."""

    pairing: Pairing
    standing: Standing | None
    curve: Curve | None
    sessions: int
    last_session: dt.date | None
    reviews: tuple[ClosingReview, ...]


@dataclass(frozen=True)
class MentorPage:
    """Everything a mentor's page shows; ``mentor`` is None where the person does not mentor (any more)."""

    person: Person
    mentor: Mentor | None
    apprenticeships: tuple[Apprenticeship, ...]
    benchmark: Benchmark


@dataclass(frozen=True, kw_only=True)
class ApprenticeNow:
    """Somebody in a running pairing: where they stand in the camp (None: not enrolled), and how many of their entries wait for
    the mentor."""

    pairing_id: int
    name: str
    standing: Standing | None
    waiting: int


def apprentices_now(connection: Connection, mentor_id: int, today: dt.date) -> list[ApprenticeNow]:
    """Whom somebody mentors, those with most entries to sign off first, then by name."""
    running = pairings(connection, pairing.c.mentor_id == mentor_id, pairing.c.ended_on.is_(None))
    held = standings(connection, today, {p.apprentice_id for p in running}) if running else []
    stands, waiting = {s.person.id: s for s in held}, waiting_by_hire(connection, mentor_id)
    now = [
        ApprenticeNow(
            pairing_id=p.id,
            name=p.apprentice,
            standing=stands.get(p.apprentice_id),
            waiting=waiting[p.apprentice_id],
        )
        for p in running
    ]
    return sorted(now, key=lambda one: (-one.waiting, one.name))


def mentor_page(connection: Connection, person_id: int, today: dt.date, viewer_id: int | None) -> MentorPage:
    """The page of a mentor, past or present, running pairings first; reviews as ``viewer_id`` may read them."""
    mentored = pairings(connection, pairing.c.mentor_id == person_id)
    held = standings(connection, today, {p.apprentice_id for p in mentored}) if mentored else []
    stands = {s.person.id: s for s in held}
    company = ramp(connection, today)
    index = {hire.key: i for i, hire in enumerate(company.hires)}
    statement = (
        select(pairing.c.id, func.count(), func.max(activity.c.held_on))
        .join(activity, activity_in_pairing())
        .where(pairing.c.mentor_id == person_id, activity.c.held_on <= today, activity.c.state != ActivityState.PLANNED)
        .group_by(pairing.c.id)
    )
    counted: dict[int, tuple[int, dt.date]] = {
        pairing_id: (sessions, last_on) for pairing_id, sessions, last_on in connection.execute(statement)
    }
    lines = tuple(
        Apprenticeship(
            pairing=p,
            standing=stands.get(p.apprentice_id),
            curve=company.curve(index[p.apprentice_id]) if p.apprentice_id in index else None,
            sessions=counted[p.id][0] if p.id in counted else 0,
            last_session=counted[p.id][1] if p.id in counted else None,
            reviews=closing_reviews(connection, p, viewer_id),
        )
        for p in mentored
    )
    who = next((m for m in mentors(connection, today) if m.id == person_id), None)
    return MentorPage(get_person(connection, person_id), who, lines, company.benchmark)
