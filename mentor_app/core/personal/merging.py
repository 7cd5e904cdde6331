"""Two records of one person become one: what belonged to the one belongs to the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, or_, select

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.tables import enrolment, gate_decision, leave
from mentor_app.core.errors import UserError
from mentor_app.core.logbook.tables import activity, assessment, review
from mentor_app.core.pairing import actions as pairings
from mentor_app.core.pairing.tables import mentor_capacity, pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.access import require_role
from mentor_app.core.people.tables import merger, person, person_role
from mentor_app.core.personal.queries import pointing
from mentor_app.core.playbooks.tables import playbook, playbook_helpful, playbook_review, playbook_version
from mentor_app.core.points.ledger import Ledger
from mentor_app.core.points.tables import redemption
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import action, never
from mentor_app.core.store.protect import lifted
from mentor_app.core.text import ERASED, N_

_ONCE = (
    (person_role.c.person_id, person_role.c.role),
    (enrolment.c.person_id,),
    (mentor_capacity.c.person_id,),
    (playbook_helpful.c.by_id, playbook_helpful.c.playbook_id, playbook_helpful.c.question),
)
"""Of what somebody has only one row: whose it is, and for each what."""
_APART = frozenset({column.table.name for column, *_ in _ONCE} | {"merger", "point_entry", "change_set"})
"""Tables that point to people and don't just follow: those, the ledger, and who did something when."""
_FILLED = ("code", "hired_on", "team_id")


@action(
    "people.merge",
    title=N_("Two records of one person merged"),
    undo=never(N_("What has come together can't be told apart again. A backup from before has both records.")),
)
def merge(session: Session, actor: Actor, person_id: int, into_id: int) -> None:
    """Make two records of one person one: everything of ``person_id`` belongs to ``into_id``.

    Of what there can be only once (enrolment, places as a mentor, name, dates) that of ``into_id`` stays. The record left
    empty keeps only what it did in the history. UserError, which says what to settle first, where both can't be one.
    """
    require_role(session, actor, "people.merge")
    old, new = session.row(person, person_id), session.row(person, into_id)
    check(session.connection, person_id, into_id, old["name"], new["name"])
    with lifted(session.connection):
        for table, columns in pointing():
            if table.name not in _APART:
                _hand_over(session, table, columns, person_id, into_id)
        for column, *keys in _ONCE:
            _once(session, column, keys, person_id, into_id)
        _hand_over(session, merger, [merger.c.into_id], person_id, into_id)
        ledger = Ledger(session)
        ledger.vouch(into_id, session.now.date(), ledger.hand_over(person_id, into_id))
    filled = {name: old[name] for name in _FILLED if new[name] is None and old[name] is not None}
    if "code" in filled:
        session.update(person, person_id, {"code": None})
    session.update(person, into_id, filled)
    session.insert(merger, {"person_id": person_id, "into_id": into_id, "at": session.now})
    kept = session.row(person, into_id)
    people.check_pairings(session, into_id, kept["hired_on"], kept["left_on"])
    camp.keep_rules(session)
    pairings.keep_rules(session)


def _hand_over(session: Session, table: Table, columns: list[Column[int]], old: int, new: int) -> None:
    """Rows that point to the one point to the other."""
    for column in columns:
        for row_id in session.connection.execute(select(table.c.id).where(column == old)).scalars().all():
            if table.info.get("append_only"):
                session.amend(table, row_id, {column.name: new})
            else:
                session.update(table, row_id, {column.name: new})


def _once(session: Session, whose: Column[int], keys: Sequence[Column[Any]], old: int, new: int) -> None:
    """Rows of which somebody has only one (for each of ``keys``): the other's stays, this one's goes where both have one."""
    table = whose.table
    assert isinstance(table, Table)
    rows = session.connection.execute(select(table).where(whose.in_((old, new)))).mappings().all()
    held = {tuple(row[key.name] for key in keys) for row in rows if row[whose.name] == new}
    for row in rows:
        if row[whose.name] == old and tuple(row[key.name] for key in keys) in held:
            session.delete(table, row["id"])
        elif row[whose.name] == old:
            session.update(table, row["id"], {whose.name: new})


def check(connection: Connection, old: int, new: int, old_name: str, new_name: str) -> None:
    """UserError, which says why or what to settle first, where two records can't be one."""
    if old == new:
        raise UserError("This is one record already.")
    if old_name.startswith(ERASED) or new_name.startswith(ERASED):
        raise UserError("One of the records was erased on request; nobody can tell any more whose it was.")
    gone = connection.execute(select(merger.c.id).where(merger.c.person_id.in_((old, new)))).first()
    if gone:
        raise UserError("One of the records was merged with another before: take that one.")
    names = {"one": old_name, "other": new_name}
    p = pairing.c
    both = or_(and_(p.apprentice_id == old, p.mentor_id == new), and_(p.apprentice_id == new, p.mentor_id == old))
    if connection.execute(select(p.id).where(both)).first():
        raise UserError("{one} and {other} were paired with each other: they are two people.", **names)
    if _judged(connection, old, new):
        raise UserError(
            "One of {one} and {other} hosted, reviewed or decided for the other: they are two people.", **names
        )
    held = select(p.started_on, p.ended_on).where(p.apprentice_id.in_((old, new))).order_by(p.started_on, p.id)
    if _overlap([(row[0], row[1]) for row in connection.execute(held)], touching=False):
        raise UserError("{one} and {other} had mentors at the same time. End one of the pairings first.", **names)
    leaves = select(leave.c.first_on, leave.c.last_on).where(leave.c.person_id.in_((old, new)))
    if _overlap([(row[0], row[1]) for row in connection.execute(leaves.order_by(leave.c.first_on))], touching=True):
        raise UserError("Leaves of {one} and {other} overlap. Remove or shorten one of them first.", **names)
    a, b = assessment.alias("a"), assessment.alias("b")
    scored = select(a.c.id).join(b, b.c.activity_id == a.c.activity_id).where(a.c.by_id == old, b.c.by_id == new)
    if connection.execute(scored).first():
        raise UserError("{one} and {other} both scored the same activity: they are two people.", **names)


def _overlap(spans: list[tuple[Any, Any]], touching: bool) -> bool:
    """Whether two of these spans, by their beginning (no end: still running), share more than a day they meet on."""
    for (_, last), (first, _) in combinations(spans, 2):
        if last is None or first < last or (touching and first == last):
            return True
    return False


def _judged(connection: Connection, old: int, new: int) -> bool:
    """Whether one of the two hosted, reviewed or decided for the other."""
    v = playbook_version.c
    questions = (
        (select(activity.c.id), activity.c.person_id, activity.c.host_id),
        (
            select(review.c.id).join(activity, activity.c.id == review.c.activity_id),
            activity.c.person_id,
            review.c.by_id,
        ),
        (
            select(assessment.c.id).join(activity, activity.c.id == assessment.c.activity_id),
            activity.c.person_id,
            assessment.c.by_id,
        ),
        (select(gate_decision.c.id), gate_decision.c.person_id, gate_decision.c.by_id),
        (select(redemption.c.id), redemption.c.person_id, redemption.c.decided_by_id),
        (
            select(playbook_review.c.id)
            .join(playbook_version, v.id == playbook_review.c.version_id)
            .join(playbook, playbook.c.id == v.playbook_id),
            playbook.c.owner_id,
            playbook_review.c.by_id,
        ),
    )
    return any(
        connection.execute(
            statement.where(or_(and_(of == old, by == new), and_(of == new, by == old))).limit(1)
        ).first()
        for statement, of, by in questions
    )
