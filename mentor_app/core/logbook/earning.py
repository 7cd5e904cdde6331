"""What earns points in the logbook: sessions hosted and signed off, and feedback given in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.logbook.kinds import ActivityState, ReviewDecision
from mentor_app.core.logbook.tables import activity, review
from mentor_app.core.people.tables import person
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.rules import FEEDBACK_WITHIN, Cause, PointEvent
from mentor_app.core.store import Session


def _touched(session: Session) -> set[int]:
    """The entries written or reviewed, or what they correct: corrections go back to one entry."""
    ids = {row.row_id for row in session.changed(activity)}
    ids |= {row.after["activity_id"] for row in session.changed(review) if row.after}
    return _roots(session.connection, ids) if ids else set()


def _roots(connection: Connection, ids: Collection[int]) -> set[int]:
    """The entries that corrections go back to."""
    a = activity.c
    back: dict[int, int] = {
        row[0]: row[1] for row in connection.execute(select(a.id, a.revises_id).where(a.revises_id.is_not(None)))
    }
    roots = set()
    for start in ids:
        root = start
        while root in back:
            root = back[root]
        roots.add(root)
    return roots


def _keys(connection: Connection, roots: Collection[int]) -> list[str]:
    return [f"{event}:{root}" for root in roots for event in (PointEvent.SESSION, PointEvent.FEEDBACK)]


def _causes(connection: Connection, roots: Collection[int] | None) -> list[Cause]:
    """Sessions signed off, for their hosts; first feedback given within 48 hours of handing in, for who gave it.

    Corrections count as what they correct: the entry that stands now says who hosted.
    """
    a, hire = activity.c, person.alias("hire")
    chain: dict[int, int] = {}
    corrections = select(a.id, a.revises_id).where(a.revises_id.is_not(None)).order_by(a.id)
    for row_id, revises in connection.execute(corrections):
        chain[row_id] = chain.get(revises, revises)
    statement = select(a.id, a.kind, a.state, a.held_on, a.host_id, a.person_id, hire.c.name).join(
        hire, hire.c.id == a.person_id
    )
    if roots is not None:
        ids = [*roots, *(i for i, root in chain.items() if root in roots)]
        statement = statement.where(a.id.in_(ids))
    standing: dict[int, Any] = {}
    alive: set[int] = set()
    subject: dict[int, Any] = {}
    for row in connection.execute(statement.order_by(a.id)):
        root = chain.get(row.id, row.id)
        subject[row.id] = (root, row)
        if row.state != ActivityState.WITHDRAWN:
            alive.add(root)
        if row.state == ActivityState.SIGNED_OFF:
            standing[root] = row  # the latest signed-off one stands
    hosted = [
        Cause(
            key=f"session:{root}",
            event=PointEvent.SESSION,
            person_id=row.host_id,
            occurred_on=row.held_on,
            note=row.name,
        )
        for root, row in standing.items()
        if row.host_id is not None and row.held_on is not None and row.host_id != row.person_id
    ]
    r = review.c
    given = select(r.activity_id, r.decision, r.comment, r.by_id, r.at, r.submitted_at)
    if roots is not None:
        given = given.where(r.activity_id.in_(list(subject)))
    first: dict[int, Cause] = {}
    for said in _standing_reviews(connection.execute(given.order_by(r.id))):
        if said.activity_id not in subject or said.comment is None or said.submitted_at is None:
            continue
        root, row = subject[said.activity_id]
        if root in alive and root not in first and said.at - said.submitted_at <= FEEDBACK_WITHIN:
            first[root] = Cause(
                key=f"feedback:{root}",
                event=PointEvent.FEEDBACK,
                person_id=said.by_id,
                occurred_on=said.at.date(),
                note=row.name,
            )
    return hosted + list(first.values())


def _standing_reviews(given: Iterable[Any]) -> list[Any]:
    """The reviews, in order, but those taken back: each taking back is of the last one before it."""
    standing: list[Any] = []
    for row in given:
        if row.decision == ReviewDecision.TAKEN_BACK:
            last = max((at for at, one in enumerate(standing) if one.activity_id == row.activity_id), default=None)
            if last is not None:
                del standing[last]
        else:
            standing.append(row)
    return standing


ACTIVITIES = Earning(name="activities", watches=(activity, review), touched=_touched, keys=_keys, causes=_causes)
