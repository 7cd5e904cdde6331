"""Writing the camp: the programme's versions, enrolment, leave, decisions at the gates."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from mentor_app.core.camp import queries, rules
from mentor_app.core.camp.programme import read_programme
from mentor_app.core.camp.rules import GateDecision, StageStatus
from mentor_app.core.camp.tables import enrolment, gate_decision, leave, programme_version
from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.people.access import require_person, require_role
from mentor_app.core.people.queries import get_person
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action, counter, never
from mentor_app.core.store.history import Operation, standing
from mentor_app.core.text import N_, TAKEN_BACK


@action("camp.save_draft", title=N_("Draft of the programme saved"), undo=INVERSE, saves=True)
def save_draft(session: Session, actor: Actor, definition: str, row_version: int | None = None) -> int:
    """Keep ``definition`` (a programme as JSON) as the draft of the next version. Returns its id.

    ``row_version``: of the draft that was read, 0 where there was none; ChangedMeanwhile where it is another by now.
    """
    require_role(session, actor, "camp.save_draft")
    read_programme(definition)
    draft = _draft(session)
    session.expect(programme_version, draft, row_version)
    if draft is not None:
        session.update(programme_version, draft, {"definition": definition})
        return draft
    last = session.connection.execute(select(func.max(programme_version.c.number))).scalar() or 0
    return session.insert(programme_version, {"number": last + 1, "definition": definition})


@action("camp.discard_draft", title=N_("Draft of the programme discarded"), undo=INVERSE)
def discard_draft(session: Session, actor: Actor, row_version: int | None = None) -> None:
    """Throw the draft away. ``row_version``: of the draft that was read."""
    require_role(session, actor, "camp.discard_draft")
    draft = _draft(session)
    session.expect(programme_version, draft, row_version)
    if draft is not None:
        session.delete(programme_version, draft)


@action(
    "camp.publish",
    title=N_("Programme published"),
    undo=never(N_("A published version never changes. Publish another one.")),
)
def publish(session: Session, actor: Actor, definition: str | None = None, row_version: int | None = None) -> int:
    """Make the draft the newest version, which never changes again. Returns its number.

    ``definition`` is saved as the draft before; ``row_version``: of the draft that was read, 0 where there was none.
    """
    require_role(session, actor, "camp.publish")
    if definition is not None:
        save_draft(session, actor, definition, row_version)
    draft = _draft(session)
    if draft is None:
        raise UserError("There is no draft to publish.")
    session.update(programme_version, draft, {"published_at": session.now})
    c = programme_version.c
    return int(session.connection.execute(select(c.number).where(c.id == draft)).scalar_one())


@action("camp.enrol", title=N_("Enrolled in the camp"), undo=INVERSE)
def enrol(
    session: Session, actor: Actor, person_ids: Sequence[int], today: dt.date, version_id: int | None = None
) -> int:
    """Enrol people in a published version (the newest, unless said). All or none; returns how many."""
    require_role(session, actor, "camp.enrol")
    version = _published(session, version_id)
    for person_id in person_ids:
        who = get_person(session.connection, person_id)
        if who.hired_on is None:
            raise UserError("{name} has no hire date yet: the camp is counted from it.", name=who.name)
        if who.left_on is not None and who.left_on < today:
            raise UserError("{name} has left the company on {date}.", name=who.name, date=who.left_on)
        if session.connection.execute(select(enrolment.c.id).where(enrolment.c.person_id == person_id)).first():
            raise UserError("{name} is enrolled already.", name=who.name)
        values = {"person_id": person_id, "programme_version_id": version, "enrolled_on": today}
        session.insert(enrolment, values)
    return len(person_ids)


@action("camp.move", title=N_("Moved to another version of the programme"), undo=INVERSE)
def move(
    session: Session,
    actor: Actor,
    person_ids: Sequence[int],
    version_id: int,
    versions: Mapping[int, int] | None = None,
) -> int:
    """Move people to another published version. Gates passed carry over by their stage. Returns how many moved.

    ``versions``: of their enrolments as they were read, by person.
    """
    require_role(session, actor, "camp.move")
    version = _published(session, version_id)
    moved = 0
    for person_id in person_ids:
        found = select(enrolment.c.id).where(enrolment.c.person_id == person_id)
        row = session.connection.execute(found).scalar()
        if row is None:
            raise UserError("{name} is not enrolled.", name=get_person(session.connection, person_id).name)
        moved += session.update(enrolment, row, {"programme_version_id": version}, (versions or {}).get(person_id))
    return moved


@action("camp.save_leave", title=N_("Leave saved"), undo=INVERSE)
def save_leave(
    session: Session,
    actor: Actor,
    person_id: int,
    first_on: dt.date,
    last_on: dt.date | None = None,
    reason: str = "",
    leave_id: int | None = None,
    version: int | None = None,
) -> int:
    """Add a leave of absence, or change one. It stops the stage clock, not the tenure month. Returns its id.

    ``version``: of the leave that was read.
    """
    require_role(session, actor, "camp.save_leave")
    session.expect(leave, leave_id, version)
    if last_on is not None and last_on < first_on:
        raise UserError("The leave ends on {last}, before it begins on {first}.", last=last_on, first=first_on)
    _check_apart(session, person_id, first_on, last_on, leave_id)
    values = {"person_id": person_id, "first_on": first_on, "last_on": last_on, "reason": reason.strip() or None}
    if leave_id is None:
        return session.insert(leave, values)
    session.update(leave, leave_id, values)
    return leave_id


def _check_apart(
    session: Session, person_id: int, first_on: dt.date, last_on: dt.date | None, leave_id: int | None
) -> None:
    for other in queries.leaves_of(session.connection, [person_id]).get(person_id, []):
        apart = (last_on is not None and last_on < other.first_on) or (
            other.last_on is not None and other.last_on < first_on
        )
        if other.id != leave_id and not apart:
            raise UserError("There is already a leave from {date} on.", date=other.first_on)


@action("camp.remove_leave", title=N_("Leave removed"), undo=INVERSE)
def remove_leave(session: Session, actor: Actor, leave_id: int, version: int | None = None) -> None:
    """Take a leave back that never was. ``version``: of the leave that was read."""
    require_role(session, actor, "camp.remove_leave")
    session.row(leave, leave_id)
    session.expect(leave, leave_id, version)
    session.delete(leave, leave_id)


@action(
    "camp.decide",
    title=N_("Decision at a gate"),
    undo=counter("camp.take_back_decision", "gate_decision"),
    beside="Append-only: every decision at a gate is kept, and one that was settled is refused.",
)
def decide(
    session: Session, actor: Actor, person_id: int, stage: str, decision: GateDecision, today: dt.date, reason: str = ""
) -> int:
    """Decide at the gate of ``stage``: passed, waived, held or reopened. Returns the decision's id.

    Every earlier gate must stand passed; passing with something unmet is ``waived`` and, like ``held`` and ``reopened``,
    needs a written reason; a gate is reopened only while no later one stands passed. Nobody decides about themselves.
    """
    by = require_person(session, actor, "camp.decide")
    stands = queries.standing(session.connection, person_id, today)
    if stands is None:
        raise UserError("{name} is not enrolled.", name=get_person(session.connection, person_id).name)
    name = stands.person.name
    if by == person_id:
        raise UserError("Nobody decides about their own gate.")
    words = reason.strip()
    if decision != GateDecision.PASSED and not words:
        raise UserError("A written reason is needed.")
    passed = [line.stage.key for line in stands.stages if line.status == StageStatus.PASSED]
    evidence: dict[str, tuple[int, ...]] = {}
    if decision == GateDecision.REOPENED:
        if not passed or passed[-1] != stage:
            raise UserError("Only the gate passed last can be reopened.")
    else:
        current = stands.current
        if current is None or current.stage.key != stage:
            raise UserError("{name} does not stand at this gate: earlier gates come first.", name=name)
        if decision == GateDecision.PASSED and not stands.ready:
            raise UserError("Not everything is met for {name}: a written waiver is needed.", name=name)
        if decision in rules.PASSES and stands.person.left_on is not None and stands.person.left_on < today:
            raise UserError("{name} has left the company on {date}.", name=name, date=stands.person.left_on)
        evidence = {m.requirement.kind: m.evidence for m in current.met}
    values = {
        "person_id": person_id,
        "programme_version_id": stands.version_id,
        "stage": stage,
        "decision": decision,
        "reason": words or None,
        "evidence": json.dumps(evidence),
        "by_id": by,
        "decided_on": today,
        "at": session.now,
    }
    return session.insert(gate_decision, values)


@action(
    "camp.take_back_decision",
    title=N_("Decision at a gate taken back"),
    undo=never(N_("Decide at the gate again; every decision is kept for good.")),
)
def take_back_decision(session: Session, actor: Actor, decision_ids: Sequence[int]) -> int:
    """Follow decisions at gates by ones that let things stand as before them; both are kept. Returns how many.

    Not where somebody has decided about the same hire since.
    """
    by = require_person(session, actor, "camp.take_back_decision")
    g = gate_decision.c
    for decision_id in decision_ids:
        given = session.row(gate_decision, decision_id)
        of_hire = select(gate_decision).where(g.person_id == given["person_id"]).order_by(g.id)
        decided = session.connection.execute(of_hire).mappings().all()
        later = [row["id"] for row in decided if row["id"] > decision_id]
        StandsInTheWay.unless_none("gate_decision", standing(session.connection, "gate_decision", later))
        if given["person_id"] == by:
            raise UserError("Nobody decides about their own gate.")
        values = {**given, "by_id": by, "at": session.now, "decided_on": session.now.date()}
        del values["id"]
        if given["decision"] == GateDecision.REOPENED:  # what stood before stands again, as of the day it was decided
            before = [row for row in decided if row["stage"] == given["stage"] and row["decision"] in rules.PASSES][-1]
            values |= {name: before[name] for name in ("decision", "reason", "evidence", "decided_on")}
        else:
            values |= {"decision": GateDecision.REOPENED, "reason": TAKEN_BACK, "evidence": "{}"}
        session.insert(gate_decision, values)
    return len(decision_ids)


def keep_rules(session: Session) -> None:
    """UserError where what was taken back does not fit what was done in the camp since."""
    for written in session.changed(enrolment):
        if written.operation == Operation.DELETE:  # who was decided about stays enrolled
            found = select(gate_decision.c.id).where(gate_decision.c.person_id == written.before["person_id"])
            decided = session.connection.execute(found).scalars().all()
            StandsInTheWay.unless_none("gate_decision", standing(session.connection, "gate_decision", decided))
    for written in session.changed(leave):
        row = session.connection.execute(select(leave).where(leave.c.id == written.row_id)).mappings().one_or_none()
        if row is not None:
            _check_apart(session, row["person_id"], row["first_on"], row["last_on"], row["id"])
    drafts = select(func.count()).select_from(programme_version).where(programme_version.c.published_at.is_(None))
    if session.touched({programme_version.name}) and session.connection.execute(drafts).scalar_one() > 1:
        raise UserError("There is another draft of the programme by now.")


def _draft(session: Session) -> int | None:
    c = programme_version.c
    return session.connection.execute(select(c.id).where(c.published_at.is_(None))).scalar()


def _published(session: Session, version_id: int | None) -> int:
    c = programme_version.c
    statement = select(c.id).where(c.published_at.is_not(None)).order_by(c.number.desc())
    published_id = session.connection.execute(
        statement if version_id is None else statement.where(c.id == version_id)
    ).scalar()
    if published_id is None:
        raise UserError("This version of the programme is not published.")
    return int(published_id)
