"""Writing the logbook: draft → submitted → signed off or returned; corrections stand beside what they correct."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import RowMapping, select

from mentor_app.core.camp.queries import published, versions
from mentor_app.core.camp.rules import passed_stages
from mentor_app.core.camp.tables import enrolment, gate_decision
from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.imports import Keep, RowOutcome, RowResult, Said, finish, keep_all
from mentor_app.core.logbook import rules
from mentor_app.core.logbook.kinds import KINDS, LISTED, STATES, ActivityState, ReviewDecision, not_given_by_lists
from mentor_app.core.logbook.listed import Moved, Row, alike, corrected, held_already
from mentor_app.core.logbook.rules import Details
from mentor_app.core.logbook.tables import activity, assessment, review
from mentor_app.core.people.access import require_person, require_role
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.tables import person
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action, counter, never
from mentor_app.core.store.history import gone, standing
from mentor_app.core.text import N_, Text, text


@action("logbook.save_activity", title=N_("Activity saved"), undo=INVERSE, saves=True)
def save_activity(
    session: Session,
    actor: Actor,
    person_id: int,
    details: Details,
    today: dt.date,
    *,
    state: ActivityState = ActivityState.DRAFT,
    activity_id: int | None = None,
    version: int | None = None,
    code: str | None = None,
) -> int:
    """Write an activity as ``draft`` (may be unfinished), ``planned`` or ``submitted``; returns its id.

    What somebody hands in is written by ``hand_in``, so that taking it back leaves their words. With ``activity_id``
    changes one that is planned, a draft or returned; what is submitted or signed off is not changed in place (see ``take_back`` and ``correct``). Raises UserError naming the rule broken.
    """
    if state not in (ActivityState.DRAFT, ActivityState.PLANNED, ActivityState.SUBMITTED):
        raise UserError("{state} is not a state to save in.", state=state)
    _may_write(session, actor, person_id)
    values = {"person_id": person_id, "state": state, **rules.columns(details)}
    if details.host_id is not None and details.host_id == person_id:
        raise UserError("Nobody is their own mentor in a session.").of("host")
    if state != ActivityState.DRAFT:
        _check(session, person_id, details, today, planned=state == ActivityState.PLANNED)
    if state == ActivityState.SUBMITTED:
        values["submitted_at"] = session.now
    if code is not None:
        values["code"] = code
    if activity_id is None:
        return session.insert(activity, values)
    old = _get(session, activity_id)
    if old["state"] not in rules.EDITABLE:
        raise rules.NotInPlace(old["state"])
    if old["person_id"] != person_id:
        raise UserError("An activity stays with the person it belongs to.")
    if state == ActivityState.DRAFT and old["state"] == ActivityState.RETURNED:
        values["state"] = ActivityState.RETURNED  # being mended, it is still what was sent back
    session.update(activity, activity_id, values, version)
    return activity_id


@action("logbook.hand_in", title=N_("Activity handed in"), undo=INVERSE)
def hand_in(
    session: Session,
    actor: Actor,
    person_id: int,
    details: Details,
    today: dt.date,
    *,
    activity_id: int | None = None,
    version: int | None = None,
) -> int:
    """Write an activity and hand it in; returns its id. See ``save_activity``.

    The history tells two things, for they are taken back one after the other: handing in, and before it the words.
    """
    own = save_activity(session, actor, person_id, details, today, activity_id=activity_id, version=version)
    session.so_far(actor, "logbook.save_activity")
    submit(session, actor, [own], today)
    return own


@action("logbook.submit", title=N_("Handed in for sign-off"), undo=INVERSE)
def submit(session: Session, actor: Actor, activity_ids: Sequence[int], today: dt.date) -> int:
    """Hand drafts, returned or planned activities in for sign-off. All or none; returns how many."""
    for activity_id in activity_ids:
        row = _get(session, activity_id)
        if row["state"] not in rules.EDITABLE:
            words = _HANDED_IN[row["state"]]
            raise UserError(words)
        _may_write(session, actor, row["person_id"])
        _check(session, row["person_id"], rules.details_of(row), today, planned=False)
        session.update(activity, activity_id, {"state": ActivityState.SUBMITTED, "submitted_at": session.now})
    return len(activity_ids)


_HANDED_IN = {
    ActivityState.SUBMITTED: N_("This activity has been handed in already."),
    ActivityState.SIGNED_OFF: N_("This activity has been handed in and signed off already."),
    ActivityState.WITHDRAWN: N_("This entry has been withdrawn. Restore it first, then one can go on with it."),
}


@action("logbook.take_back", title=N_("Activity taken back"), undo=INVERSE)
def take_back(session: Session, actor: Actor, activity_id: int) -> None:
    """Make a submitted activity a draft again, while nobody has signed it off."""
    row = _get(session, activity_id)
    _may_write(session, actor, row["person_id"])
    if row["state"] != ActivityState.SUBMITTED:
        raise UserError("Only what waits for sign-off can be taken back.")
    session.update(activity, activity_id, {"state": ActivityState.DRAFT, "submitted_at": None})


@action(
    "logbook.sign_off",
    title=N_("Signed off in the logbook"),
    undo=counter("logbook.take_back_review", "review", again="logbook.review_again"),
)
def sign_off(
    session: Session,
    actor: Actor,
    activity_ids: Sequence[int],
    comment: str | Mapping[int, str] = "",
    scores: Sequence[float] | None = None,
) -> int:
    """Confirm submitted activities, with one comment for all or each with its own (by id; others have none).

    Nobody signs off their own; scored kinds need a score first, or are given ``scores`` with it. Returns how many; where
    one of several can't be, none is, and that one is named.
    """
    by = require_person(session, actor, "logbook.sign_off")
    for activity_id in activity_ids:
        words = comment if isinstance(comment, str) else comment.get(activity_id, "")
        try:
            if scores is not None:
                assess(session, actor, activity_id, scores)
            _sign_off_one(session, activity_id, words, by)
        except UserError as error:
            which = _name_of(session, activity_id) if len(activity_ids) > 1 else None
            if which is None:
                raise
            raise UserError(
                "None was signed off, for one can't be. {which}: {reason}", which=which, reason=error.message
            ) from None
    return len(activity_ids)


def _sign_off_one(session: Session, activity_id: int, comment: str, by: int) -> None:
    row = _waiting(session, activity_id, by)
    if KINDS[row["kind"]].scored and not _assessed(session, activity_id):
        raise UserError("A {kind} is signed off with its score: give one first.", kind=_kind_name(row["kind"]))
    session.update(activity, activity_id, {"state": ActivityState.SIGNED_OFF})
    _review(session, row, ReviewDecision.SIGNED_OFF, comment, by)


def _name_of(session: Session, activity_id: int) -> Text | None:
    """An activity in a sentence: whose, of which day, of what kind; None where it is gone."""
    row = session.connection.execute(
        select(person.c.name, activity.c.kind, activity.c.held_on)
        .join(person, person.c.id == activity.c.person_id)
        .where(activity.c.id == activity_id)
    ).one_or_none()
    if row is None:
        return None
    return text("{name}, {kind} of {date}", name=row.name, kind=_kind_name(row.kind), date=row.held_on or "–")


@action(
    "logbook.send_back",
    title=N_("Activity returned with a comment"),
    undo=counter("logbook.take_back_review", "review", again="logbook.review_again"),
)
def send_back(session: Session, actor: Actor, activity_id: int, comment: str) -> None:
    """Return a submitted activity with a comment that says what to mend."""
    by = require_person(session, actor, "logbook.send_back")
    if not comment.strip():
        raise UserError("Say what to mend: a comment is needed.")
    row = _waiting(session, activity_id, by)
    session.update(activity, activity_id, {"state": ActivityState.RETURNED, "submitted_at": None})
    _review(session, row, ReviewDecision.RETURNED, comment, by)


@action(
    "logbook.take_back_review",
    title=N_("Sign-off or return taken back"),
    undo=never(N_("The activity waits for sign-off again: sign it off, or send it back.")),
)
def take_back_review(session: Session, actor: Actor, review_ids: Sequence[int]) -> int:
    """Let activities wait for sign-off again, as if these reviews had not been given; both stay in their story.

    Not where something has come after: another review, a correction, a gate that rests on it. Returns how many.
    """
    by = require_person(session, actor, "logbook.take_back_review")
    for review_id in review_ids:
        given = session.row(review, review_id)
        row = _get(session, given["activity_id"])
        later = session.connection.execute(
            select(review.c.id).where(review.c.activity_id == row["id"], review.c.id > review_id)
        ).scalars()
        StandsInTheWay.unless_none("review", standing(session.connection, "review", later.all()))
        made = ActivityState.SIGNED_OFF if given["decision"] == ReviewDecision.SIGNED_OFF else ActivityState.RETURNED
        if row["state"] != made:
            raise UserError("This activity has been changed since.")
        StandsInTheWay.unless_none("activity", _corrections(session, row["id"]))
        StandsInTheWay.unless_none("gate_decision", _gates_on(session, row["id"]))
        values = {"state": ActivityState.SUBMITTED, "submitted_at": given["submitted_at"]}
        session.update(activity, row["id"], values)
        _review(session, row, ReviewDecision.TAKEN_BACK, "", by)
    return len(review_ids)


def _corrections(session: Session, activity_id: int) -> Iterable[int]:
    a = activity.c
    statement = select(a.id).where(a.revises_id == activity_id, a.state != ActivityState.WITHDRAWN)
    return session.connection.execute(statement).scalars()


def _gates_on(session: Session, activity_id: int) -> list[int]:
    """The decisions that stand and rest on this activity."""
    g = gate_decision.c
    whose = select(activity.c.person_id).where(activity.c.id == activity_id).scalar_subquery()
    rows: list[Any] = list(session.connection.execute(select(gate_decision).where(g.person_id == whose).order_by(g.id)))
    passed: Iterable[Any] = passed_stages(rows).values()
    return [row.id for row in passed if any(activity_id in used for used in json.loads(row.evidence).values())]


@action(
    "logbook.review_again",
    title=N_("Sign-off or return given again"),
    undo=counter("logbook.take_back_review", "review", again="logbook.review_again"),
)
def review_again(session: Session, actor: Actor, review_ids: Sequence[int]) -> int:
    """Give reviews that were taken back once more, with their words. Returns how many."""
    by = require_person(session, actor, "logbook.review_again")
    for review_id in review_ids:
        given = session.row(review, review_id)
        if given["decision"] == ReviewDecision.RETURNED:
            send_back(session, actor, given["activity_id"], given["comment"])
        else:
            _sign_off_one(session, given["activity_id"], given["comment"] or "", by)
    return len(review_ids)


@action(
    "logbook.assess",
    title=N_("Activity scored"),
    undo=never(N_("A score given is kept for good; give it again to correct it.")),
    beside="Append-only: the scores of several assessors stand beside each other.",
)
def assess(session: Session, actor: Actor, activity_id: int, scores: Sequence[float]) -> float:
    """Score a scored kind by its rubric; several assessors' scores stand, and of each the last, which corrects the one before
    unless a gate rests on that. Returns the mean."""
    by = require_person(session, actor, "logbook.assess")
    row = _get(session, activity_id)
    if row["person_id"] == by:
        raise UserError("Nobody scores their own activity.")
    if row["state"] not in (ActivityState.SUBMITTED, ActivityState.SIGNED_OFF):
        raise UserError("Only what has been handed in can be scored.")
    rubric = _rubric(session, row["person_id"], row["kind"])
    if rubric is None:
        raise UserError("A {kind} is not scored.", kind=_kind_name(row["kind"]))
    mean = rules.score(scores, rubric.top, len(rubric.criteria))
    before = _given(session, activity_id, by)
    if before is not None:
        if json.loads(before) == list(scores):
            return mean
        if _gates_on(session, activity_id):
            raise UserError("A decision at a gate rests on this score. Take that back first.")
    session.insert(
        assessment,
        {"activity_id": activity_id, "by_id": by, "scores": json.dumps(list(scores)), "score": mean, "at": session.now},
    )
    return mean


@action("logbook.correct", title=N_("Correction written"), undo=counter("logbook.withdraw", "activity"))
def correct(
    session: Session,
    actor: Actor,
    activity_id: int,
    details: Details,
    today: dt.date,
    state: ActivityState = ActivityState.SUBMITTED,
) -> int:
    """Write a correction beside a signed-off activity; it takes its place once it is signed off itself."""
    row = _get(session, activity_id)
    if row["state"] in (ActivityState.SUBMITTED, ActivityState.WITHDRAWN):
        raise rules.NotInPlace(row["state"])
    if row["state"] != ActivityState.SIGNED_OFF:
        raise UserError("Only what is signed off is corrected by a revision; change the rest in place.")
    if details.kind != row["kind"]:
        raise UserError("A correction keeps the kind.")
    if details == rules.details_of(row):
        raise UserError("The correction says just what the entry says. Change something first.")
    held = select(activity.c.id).where(
        activity.c.revises_id == activity_id, activity.c.state != ActivityState.WITHDRAWN
    )
    if session.connection.execute(held).first():
        raise UserError("There is already a correction of this activity.")
    correction_id = save_activity(session, actor, row["person_id"], details, today, state=state)
    session.update(activity, correction_id, {"revises_id": activity_id})
    return correction_id


@action("logbook.withdraw", title=N_("Withdrawn from the logbook"), undo=counter("logbook.restore", "activity"))
def withdraw(session: Session, actor: Actor, activity_ids: Sequence[int]) -> int:
    """Take activities out of everything without deleting them; ``restore`` undoes it. Returns how many.

    What is signed off is withdrawn only by those who sign off, and never by the person it belongs to.
    """
    for activity_id in activity_ids:
        row = _get(session, activity_id)
        if row["state"] == ActivityState.WITHDRAWN:
            raise UserError("This activity is withdrawn already.")
        if row["state"] == ActivityState.SIGNED_OFF:
            if require_person(session, actor, "logbook.withdraw_signed") == row["person_id"]:
                raise UserError("What is signed off is withdrawn by a mentor or trainer.")
        else:
            _may_write(session, actor, row["person_id"])
        session.update(activity, activity_id, {"state": ActivityState.WITHDRAWN, "withdrawn_from": row["state"]})
    return len(activity_ids)


@action("logbook.restore", title=N_("Restored to the logbook"), undo=counter("logbook.withdraw", "activity"))
def restore(session: Session, actor: Actor, activity_ids: Sequence[int]) -> int:
    """Undo a withdrawal: each activity is again what it was. Returns how many."""
    for activity_id in activity_ids:
        row = _get(session, activity_id)
        if row["state"] != ActivityState.WITHDRAWN:
            raise UserError("This activity is not withdrawn.")
        if row["withdrawn_from"] == ActivityState.SIGNED_OFF:
            if require_person(session, actor, "logbook.withdraw_signed") == row["person_id"]:
                raise UserError("What is signed off is restored by a mentor or trainer.")
        else:
            _may_write(session, actor, row["person_id"])
        session.update(activity, activity_id, {"state": row["withdrawn_from"], "withdrawn_from": None})
    return len(activity_ids)


@action(
    "logbook.import",
    title=N_("Activities imported from a file"),
    undo=INVERSE,
    formerly=(
        "activities.import_file",
        "logbook.import_activities",
        "mentor_app.transfer.activities._run",
        "mentor_app.transfer.activities.import_file",
    ),
    beside="A file stands over what was there: it is read, shown and confirmed first, and names what it changes.",
)
def import_activities(
    session: Session,
    actor: Actor,
    rows: Sequence[Row],
    today: dt.date,
    keep: Keep = keep_all,
    file: str = "",
    said: Said | None = None,
) -> list[RowOutcome]:
    """Write the rows of a file; says what became of each.

    A row whose key is known changes that activity while nobody has signed it off; once signed off it must say the
    same. What the list says of an entry as it is here, its state included, is that entry (see ``held_already``). Where the key is made of other columns and the list lacks some of them, what it has must tell the activity. A row can hand in what was planned or a draft, but takes nothing back.
    A new row that looks like an entry no row means any more is ``Moved`` unless it was ``said`` what it is (see ``corrected``). Where ``keep`` says no, nothing of it stays.
    """
    results: list[RowOutcome] = []
    seen: dict[str, int] = {}
    here = held_already(session.connection, rows)
    meant = alike(session.connection, rows) | {number: [entry_id] for number, entry_id in here.items()}
    moved = corrected(session.connection, rows, meant, said or {})
    for row in rows:
        if row.number in here:
            seen.setdefault(row.code, row.number)
            results.append((row.number, RowResult.UNCHANGED, None))
            continue
        try:
            if row.code in seen:
                raise UserError("The same activity stands in row {row} already.", row=seen[row.code]).of("id")
            seen[row.code] = row.number
            could_be = meant.get(row.number, [])
            was = moved.get(row.number)
            if isinstance(was, Moved):
                raise was
            if was is not None:
                could_be = [was]
            if len(could_be) > 1:
                raise UserError(
                    "It can't be told which entry of that day this is. Give the list the columns that tell them apart: time, customer, title."
                )
            with session.attempt(row.number):
                outcome = _import(session, actor, row, today, could_be, renamed=was is not None)
            results.append((row.number, outcome, None))
        except UserError as error:
            results.append((row.number, RowResult.REJECTED, error))
    return finish(session, results, keep, file)


def _import(
    session: Session, actor: Actor, row: Row, today: dt.date, could_be: Sequence[int], *, renamed: bool
) -> RowResult:
    meant = activity.c.id.in_(could_be) if could_be else activity.c.code == row.code
    old = session.connection.execute(select(activity).where(meant)).mappings().one_or_none()
    details = row.details
    if old is not None:
        details = replace(details, **{name: old[name] for name in _OPTIONAL - row.fields})
    state = row.state if old is None else _state_after(old["state"], row)
    if old is None and state not in LISTED:
        raise _not_listed(state)
    if state != ActivityState.DRAFT:
        rules.check_row(details, planned=state == ActivityState.PLANNED)
    if old is None:
        save_activity(session, actor, row.person_id, details, today, state=row.state, code=row.code)
        return RowResult.NEW
    values = {**rules.columns(details), "person_id": row.person_id, "state": state}
    if renamed:
        values["code"] = row.code  # it is known by this from now on
    if all(old[name] == value for name, value in values.items()):
        return RowResult.UNCHANGED
    if old["state"] in (ActivityState.SIGNED_OFF, ActivityState.WITHDRAWN):
        raise rules.NotInPlace(old["state"])
    if details.host_id is not None and details.host_id == row.person_id:
        raise UserError("Nobody is their own mentor in a session.").of("host")
    if state != ActivityState.DRAFT:
        _check(session, row.person_id, details, today, planned=state == ActivityState.PLANNED)
    if state == ActivityState.SUBMITTED != old["state"]:
        values["submitted_at"] = session.now
    session.update(activity, old["id"], values)
    return RowResult.UPDATED


_OPTIONAL = frozenset(one.name for one in fields(Details)) - {"kind", "held_on"}
"""What a file may have no column for."""


def _state_after(old: ActivityState, row: Row) -> ActivityState:
    """The state of an activity of which a file has a row: handed in by it, but never taken back. UserError where the row says
    that what was handed in is still to come."""
    if "state" not in row.fields or row.state == old:
        return old
    if row.state not in LISTED:
        raise _not_listed(row.state)
    if old in (ActivityState.PLANNED, ActivityState.DRAFT):
        return row.state
    if row.state != ActivityState.SUBMITTED and old != ActivityState.RETURNED:
        raise UserError(
            "This entry has been handed in already. A list does not take it back: do so in the logbook."
        ).of("state")
    return old


def _not_listed(state: ActivityState) -> UserError:
    return UserError(not_given_by_lists(text(STATES[state]))).of("state")


def _may_write(session: Session, actor: Actor, person_id: int) -> None:
    """One's own, or, for whoever trains, anybody's; a computer's user nobody has been chosen for is not kept out."""
    if actor.person_id is not None and actor.person_id != person_id:
        require_role(session, actor, "logbook.for_others")


def _check(session: Session, person_id: int, details: Details, today: dt.date, planned: bool) -> None:
    rules.check_complete(details, planned)
    who = get_person(session.connection, person_id)
    assert details.held_on is not None
    hired_on = None if who.hired_on_inferred else who.hired_on  # who had no deal yet was there all the same
    rules.check_day(who.name, details.held_on, hired_on, who.left_on, today, planned)


def _get(session: Session, activity_id: int) -> RowMapping:
    row = session.connection.execute(select(activity).where(activity.c.id == activity_id)).mappings().one_or_none()
    if row is None:
        raise gone(session.connection, activity, activity_id)
    return row


def _waiting(session: Session, activity_id: int, by: int) -> RowMapping:
    row = _get(session, activity_id)
    if row["person_id"] == by:
        raise UserError("Nobody signs off their own activity.")
    if row["state"] != ActivityState.SUBMITTED:
        raise UserError("This activity does not wait for sign-off any more.")
    return row


def _given(session: Session, activity_id: int, by: int) -> str | None:
    """The scores somebody has given last, as JSON."""
    a = assessment.c
    given = select(a.scores).where(a.activity_id == activity_id, a.by_id == by).order_by(a.id.desc()).limit(1)
    return session.connection.execute(given).scalar()


def _assessed(session: Session, activity_id: int) -> set[int]:
    statement = select(assessment.c.by_id).where(assessment.c.activity_id == activity_id)
    return set(session.connection.execute(statement).scalars())


def _review(session: Session, row: RowMapping, decision: ReviewDecision, comment: str, by: int) -> None:
    values = {
        "activity_id": row["id"],
        "submitted_at": row["submitted_at"],
        "decision": decision,
        "comment": comment.strip() or None,
        "by_id": by,
        "at": session.now,
    }
    session.insert(review, values)


def _rubric(session: Session, person_id: int, kind: str) -> Any:
    statement = select(enrolment.c.programme_version_id).where(enrolment.c.person_id == person_id)
    version_id = session.connection.execute(statement).scalar()
    if version_id is None:
        return published(session.connection).programme.rubric(kind)
    return next(v for v in versions(session.connection) if v.id == version_id).programme.rubric(kind)


def _kind_name(kind: str) -> Text:
    return text(KINDS[kind].name)
