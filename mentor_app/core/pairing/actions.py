"""Writing pairings: start, roll on, reassign, complete, end, review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, func, select

from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.imports import Keep, RowOutcome, RowResult, finish, keep_all
from mentor_app.core.pairing import rules
from mentor_app.core.pairing.rules import DEFAULT_CAPACITY, Employment, PairingState
from mentor_app.core.pairing.tables import mentor_capacity, pairing, pairing_project, pairing_review
from mentor_app.core.people.access import require_role
from mentor_app.core.people.queries import Person, get_person
from mentor_app.core.projects.actions import save_project
from mentor_app.core.projects.rules import Outcome, ProjectDetails
from mentor_app.core.projects.tables import project
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action, never
from mentor_app.core.store.history import Operation
from mentor_app.core.store.records import read_dict
from mentor_app.core.text import N_, plural_text


@action("pairing.set_capacity", title=N_("Mentor's capacity set"), undo=INVERSE)
def set_capacity(session: Session, actor: Actor, person_id: int, capacity: int, version: int | None = None) -> None:
    """Say how many apprentices a mentor may have at a time. ``version``: of what was read, 0 where nothing was said yet."""
    require_role(session, actor, "pairing.set_capacity")
    if not 0 <= capacity <= 50:
        raise UserError("A capacity lies between 0 and 50.")
    row_id = session.connection.execute(
        select(mentor_capacity.c.id).where(mentor_capacity.c.person_id == person_id)
    ).scalar()
    session.expect(mentor_capacity, row_id, version)
    if row_id is not None:
        session.update(mentor_capacity, row_id, {"capacity": capacity})
    elif capacity != DEFAULT_CAPACITY:  # which holds wherever nothing was said
        session.insert(mentor_capacity, {"person_id": person_id, "capacity": capacity})


@action("pairing.pair", title=N_("Pairing started"), undo=INVERSE)
def pair(
    session: Session,
    actor: Actor,
    apprentice_id: int,
    mentor_id: int,
    project_id: int,
    started_on: dt.date,
    goals: str = "",
    past: dt.date | None = None,
) -> int:
    """Start a pairing bound to an open project. Returns its id; UserError names the rule that forbids it.

    ``past`` is the day on which one entered afterwards ended: its project may be closed by now.
    """
    require_role(session, actor, "pairing.pair")
    apprentice, mentor = get_person(session.connection, apprentice_id), get_person(session.connection, mentor_id)
    rules.check_pair(_employment(apprentice), _employment(mentor), mentor.roles, started_on)
    running = session.row(project, project_id)
    if running["outcome"] != Outcome.OPEN and (past is None or running["closed_on"] < started_on):
        raise UserError("The project {name} is closed; a pairing starts with an open one.", name=running["name"]).of(
            "project"
        )
    if started_on < running["started_on"]:
        raise UserError(
            "{date} lies before the project started on {start}.", date=started_on, start=running["started_on"]
        ).of("started_on")
    p = pairing.c
    held = session.connection.execute(
        select(p.mentor_id).where(p.apprentice_id == apprentice_id, p.ended_on.is_(None))
    ).scalar()
    if held is not None:
        other = get_person(session.connection, held).name
        raise UserError("{name} is paired with {mentor} already.", name=apprentice.name, mentor=other).of("apprentice")
    earlier = session.connection.execute(select(func.max(p.ended_on)).where(p.apprentice_id == apprentice_id)).scalar()
    if earlier is not None and started_on < earlier:
        raise UserError("{name}'s earlier pairing lasted until {date}.", name=apprentice.name, date=earlier).of(
            "started_on"
        )
    if _circle(session, apprentice_id, mentor_id):
        raise UserError(
            "{mentor} is an apprentice of {name}, directly or in a row.", mentor=mentor.name, name=apprentice.name
        ).of("mentor")
    _check_place(session, mentor)
    pairing_id = session.insert(
        pairing,
        {
            "apprentice_id": apprentice_id,
            "mentor_id": mentor_id,
            "started_on": started_on,
            "state": PairingState.ACTIVE,
            "goals": goals.strip() or None,
        },
    )
    session.insert(pairing_project, {"pairing_id": pairing_id, "project_id": project_id, "first_on": started_on})
    return pairing_id


def _check_place(session: Session, mentor: Person, besides: int = 0) -> None:
    """UserError where a mentor has no place free for one more; ``besides`` are apprentices counted who have theirs."""
    p = pairing.c
    taken = session.connection.execute(
        select(func.count()).select_from(pairing).where(p.mentor_id == mentor.id, p.ended_on.is_(None))
    ).scalar_one()
    places = capacity_of(session, mentor.id)
    if taken - besides >= places:
        raise UserError(
            plural_text(
                "{mentor} is full: {taken} of {n} place is taken.",
                "{mentor} is full: {taken} of {n} places are taken.",
                mentor=mentor.name,
                taken=taken - besides,
                n=places,
            )
        ).of("mentor")


def keep_rules(session: Session) -> None:
    """UserError where running pairings, as something taken back or two records merged left them, break a rule."""
    p = pairing.c
    for written in session.changed(pairing):
        found = select(pairing).where(p.id == written.row_id, p.ended_on.is_(None))
        row = session.connection.execute(found).mappings().one_or_none()
        moved = written.operation != Operation.UPDATE or "ended_on" in written.before
        if row is None or not (moved or written.before.keys() & {"apprentice_id", "mentor_id"}):
            continue
        if moved:
            since = select(p.id).where(p.apprentice_id == row["apprentice_id"], p.id > row["id"])
            StandsInTheWay.unless_none(pairing.name, session.connection.execute(since).scalars())
        apprentice, mentor = (get_person(session.connection, row[key]) for key in ("apprentice_id", "mentor_id"))
        rules.check_pair(_employment(apprentice), _employment(mentor), mentor.roles, row["started_on"])
        if not _place_was_its_own(session, row, written.before.get("ended_on")):
            _check_place(session, mentor, besides=1)
        if _circle(session, apprentice.id, mentor.id):
            raise UserError(
                "{mentor} is an apprentice of {name}, directly or in a row.", mentor=mentor.name, name=apprentice.name
            )


def _place_was_its_own(session: Session, row: RowMapping, ended_on: Any) -> bool:
    """Whether a pairing goes on that had ended on that day, and its mentor took nobody since: with more apprentices than places, as
    before."""
    if ended_on is None:
        return False
    p = pairing.c
    since = select(p.id).where(
        p.mentor_id == row["mentor_id"], p.id != row["id"], p.ended_on.is_(None), p.started_on >= ended_on
    )
    return session.connection.execute(since).first() is None


@action("pairing.roll_on", title=N_("Pairing goes on with another project"), undo=INVERSE)
def roll_on(session: Session, actor: Actor, pairing_id: int, project_id: int, day: dt.date) -> None:
    """Go on with another open project after the present one was lost or cancelled; the history keeps both."""
    require_role(session, actor, "pairing.roll_on")
    row = _active(session, pairing_id)
    current = _current(session, pairing_id)
    before, after = session.row(project, current["project_id"]), session.row(project, project_id)
    if before["outcome"] not in (Outcome.LOST, Outcome.CANCELLED):
        raise UserError("The project {name} is not lost; the pairing stays with it.", name=before["name"])
    if after["outcome"] != Outcome.OPEN:
        raise UserError("The project {name} is closed; a pairing starts with an open one.", name=after["name"])
    if day < max(current["first_on"], before["closed_on"], after["started_on"], row["started_on"]):
        raise UserError("{date} lies before the project before it was closed or this one started.", date=day)
    session.update(pairing_project, current["id"], {"last_on": day})
    session.insert(pairing_project, {"pairing_id": pairing_id, "project_id": project_id, "first_on": day})


@action("pairing.complete", title=N_("Pairing completed"), undo=INVERSE)
def complete(session: Session, actor: Actor, pairing_id: int, day: dt.date) -> None:
    """Complete a pairing whose project's cycle is closed."""
    require_role(session, actor, "pairing.complete")
    _active(session, pairing_id)
    running = session.row(project, _current(session, pairing_id)["project_id"])
    if running["closed_on"] is None:
        raise UserError("The cycle of {name} is not closed yet.", name=running["name"])
    if day < running["closed_on"]:
        raise UserError("{date} lies before the cycle of {name} closed.", date=day, name=running["name"])
    _finish(session, pairing_id, PairingState.COMPLETED, day, "")


@action("pairing.end", title=N_("Pairing ended early"), undo=INVERSE)
def end(session: Session, actor: Actor, pairing_id: int, day: dt.date, reason: str) -> None:
    """End a pairing before its cycle is closed, with a reason."""
    require_role(session, actor, "pairing.end")
    _finish(session, pairing_id, PairingState.ENDED, day, reason)


@action("pairing.reassign", title=N_("Apprentice reassigned to another mentor"), undo=INVERSE)
def reassign(session: Session, actor: Actor, pairing_id: int, mentor_id: int, day: dt.date, reason: str) -> int:
    """Give the apprentice another mentor on the same project. Returns the new pairing's id."""
    require_role(session, actor, "pairing.reassign")
    row = _active(session, pairing_id)
    if row["mentor_id"] == mentor_id:
        raise UserError("That is the same mentor.")
    current = _current(session, pairing_id)
    _finish(session, pairing_id, PairingState.REASSIGNED, day, reason)
    return pair(session, actor, row["apprentice_id"], mentor_id, current["project_id"], day, row["goals"] or "")


@action(
    "pairing.review_pairing",
    title=N_("Closing review written"),
    undo=never(N_("A closing review is kept as it was written.")),
)
def review_pairing(session: Session, actor: Actor, pairing_id: int, words: str) -> int:
    """Write one's closing review of a pairing that has ended; once, by one of the two."""
    row = session.row(pairing, pairing_id)
    if actor.person_id not in (row["apprentice_id"], row["mentor_id"]):
        raise UserError("A closing review is written by the mentor or the apprentice.")
    if row["ended_on"] is None:
        raise UserError("A closing review is written when the pairing has ended.")
    if not words.strip():
        raise UserError("A review needs words.")
    c = pairing_review.c
    if session.connection.execute(select(c.id).where(c.pairing_id == pairing_id, c.by_id == actor.person_id)).first():
        raise UserError("You have written this review already.")
    return session.insert(
        pairing_review,
        {"pairing_id": pairing_id, "by_id": actor.person_id, "words": words.strip(), "at": session.now},
    )


def capacity_of(session: Session, person_id: int) -> int:
    """How many apprentices a mentor may have at a time."""
    c = mentor_capacity.c
    found = session.connection.execute(select(c.capacity).where(c.person_id == person_id)).scalar()
    return rules.DEFAULT_CAPACITY if found is None else int(found)


def _finish(session: Session, pairing_id: int, state: PairingState, day: dt.date, reason: str) -> None:
    _set_end(session, _active(session, pairing_id), state, day, reason)


def _set_end(session: Session, row: RowMapping, state: PairingState, day: dt.date, reason: str) -> bool:
    """Let a pairing end like this, whether it runs or has ended otherwise. Returns whether anything changed."""
    words = reason.strip()
    if state != PairingState.COMPLETED and not words:
        raise UserError("A written reason is needed.").of("reason")
    people = [_employment(get_person(session.connection, row[key])) for key in ("apprentice_id", "mentor_id")]
    rules.check_end(row["started_on"], day, people)
    current = _current(session, row["id"])
    if day < current["first_on"]:
        raise UserError(
            "{date} lies before the pairing's project began on {start}.", date=day, start=current["first_on"]
        ).of("ended_on")
    changed = session.update(pairing, row["id"], {"state": state, "ended_on": day, "reason": words or None})
    return session.update(pairing_project, current["id"], {"last_on": day}) or changed


def _circle(session: Session, apprentice_id: int, mentor_id: int) -> bool:
    """Whether the mentor is, through active pairings, an apprentice of the apprentice."""
    p = pairing.c
    active = select(p.apprentice_id, p.mentor_id).where(p.ended_on.is_(None))
    above: dict[int, int] = read_dict(session.connection, active)
    at, seen = above.get(mentor_id), {mentor_id}
    while at is not None and at != apprentice_id and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == apprentice_id


def _active(session: Session, pairing_id: int) -> RowMapping:
    row = session.row(pairing, pairing_id)
    if row["ended_on"] is not None:
        raise UserError("This pairing has ended on {date}.", date=row["ended_on"])
    return row


def _current(session: Session, pairing_id: int) -> RowMapping:
    """The project a pairing is, or was last, bound to."""
    c = pairing_project.c
    statement = select(pairing_project).where(c.pairing_id == pairing_id).order_by(c.id.desc()).limit(1)
    return session.connection.execute(statement).mappings().one()


def _employment(who: Person) -> Employment:
    return Employment(
        id=who.id, name=who.name, hired_on=who.hired_on, left_on=who.left_on, inferred=who.hired_on_inferred
    )


@dataclass(frozen=True)
class NewPair:
    """One pair to start: on an open project, or on one to be made from ``details``."""

    apprentice_id: int
    mentor_id: int
    project: int | ProjectDetails
    goals: str = ""


@action("pairing.start_pairings", title=N_("Pairings started"), undo=INVERSE, formerly=("pairing.pair_many",))
def start_pairings(session: Session, actor: Actor, pairs: Sequence[NewPair], started_on: dt.date) -> list[int]:
    """Start several pairings, and the new projects they need, in one change set: all or none. Returns their ids."""
    require_role(session, actor, "pairing.start_pairings")
    project_ids: dict[str, int] = {}
    ids = []
    for new in pairs:
        if isinstance(new.project, int):
            bound = new.project
        else:
            key = new.project.name.strip()
            if key not in project_ids:
                project_ids[key] = save_project(session, actor, new.project)
            bound = project_ids[key]
        ids.append(pair(session, actor, new.apprentice_id, new.mentor_id, bound, started_on, new.goals))
    return ids


@action("pairing.set_goals", title=N_("Goals agreed on"), undo=INVERSE, saves=True)
def set_goals(session: Session, actor: Actor, pairing_id: int, goals: str, version: int | None = None) -> None:
    """Agree on other goals; the earlier ones stay in the pairing's story. ``version``: of the pairing that was read."""
    require_role(session, actor, "pairing.set_goals")
    _active(session, pairing_id)
    session.update(pairing, pairing_id, {"goals": goals.strip() or None}, version)


@dataclass(frozen=True, kw_only=True)
class PairingRow:
    """A row of a pairings file; ``project`` is its name (None: the file has no column for it), ``ended_on`` None: still running. ``fields`` are those the file has a
    column for."""

    number: int
    apprentice_id: int
    mentor_id: int
    project: str | None
    started_on: dt.date
    ended_on: dt.date | None
    reason: str
    goals: str
    fields: frozenset[str] = frozenset({"ended_on", "reason", "goals"})


@action(
    "pairing.import",
    title=N_("Pairings imported from a file"),
    undo=INVERSE,
    formerly=(
        "pairings.import_file",
        "pairing.import_pairings",
        "mentor_app.transfer.pairings._write",
        "mentor_app.transfer.pairings.import_file",
    ),
    beside="A file stands over what was there: it is read, shown and confirmed first, and names what it changes.",
)
def import_pairings(
    session: Session, actor: Actor, rows: Sequence[PairingRow], keep: Keep = keep_all, file: str = ""
) -> list[RowOutcome]:
    """Add or correct pairings of the past and present, the oldest first; one is known by its two people and its first day.

    Every rule of a pairing made by hand holds, but a project closed meanwhile may stand behind one of the past. Of one that
    is here goals, end and reason may change, and no project need be named; a row that gives it another project, or lets an ended one run, is rejected.
    """
    require_role(session, actor, "pairing.import")
    outcomes: dict[int, tuple[RowResult, UserError | None]] = {}
    seen: dict[tuple[int, int, dt.date], int] = {}
    for row in sorted(rows, key=lambda r: (r.started_on, r.number)):
        try:
            key = (row.apprentice_id, row.mentor_id, row.started_on)
            if seen.setdefault(key, row.number) != row.number:
                raise UserError("The same pairing stands in row {row} already.", row=seen[key])
            with session.attempt(row.number):
                outcomes[row.number] = (_import_pairing(session, actor, row), None)
        except UserError as error:
            outcomes[row.number] = (RowResult.REJECTED, error)
    return finish(session, [(number, *outcomes[number]) for number in sorted(outcomes)], keep, file)


def _import_pairing(session: Session, actor: Actor, row: PairingRow) -> RowResult:
    bound = session.connection.execute(select(project).where(project.c.name == row.project)).mappings().one_or_none()
    if bound is None and row.project is not None:
        raise UserError("No project is called {name}.", name=row.project).of("project")
    p = pairing.c
    known = (
        session.connection.execute(
            select(pairing).where(
                p.apprentice_id == row.apprentice_id, p.mentor_id == row.mentor_id, p.started_on == row.started_on
            )
        )
        .mappings()
        .one_or_none()
    )
    if known is not None:
        changed = _correct(session, known, row, None if bound is None else bound["id"])
        return RowResult.UPDATED if changed else RowResult.UNCHANGED
    if bound is None:
        raise UserError("The project is missing.").of("project")
    _check_reason(row.ended_on, row.reason)
    pairing_id = pair(
        session, actor, row.apprentice_id, row.mentor_id, bound["id"], row.started_on, row.goals, past=row.ended_on
    )
    if row.ended_on is not None:
        started = session.row(pairing, pairing_id)
        _set_end(session, started, _state_at_end(started, bound, row.ended_on, row.reason), row.ended_on, row.reason)
    return RowResult.NEW


def _correct(session: Session, known: RowMapping, row: PairingRow, project_id: int | None) -> bool:
    """Let a pairing that is here say what a file's row says; UserError for what a list can't change. Returns whether
    anything changed."""
    c = pairing_project.c
    bound_to = session.connection.execute(select(c.project_id).where(c.pairing_id == known["id"])).scalars().all()
    running = session.row(project, _current(session, known["id"])["project_id"])
    if project_id is not None and project_id not in bound_to:
        raise UserError(
            "This pairing is bound to the project {name}. A list does not change that: let it go on with another project on its page.",
            name=running["name"],
        ).of("project")
    ended_on = row.ended_on if "ended_on" in row.fields else known["ended_on"]
    reason = (row.reason if "reason" in row.fields else known["reason"] or "").strip()
    _check_reason(ended_on, reason)
    if ended_on is None and known["ended_on"] is not None:
        raise UserError(
            "This pairing ended on {date}. A list does not make it run again: give that day, or take the ending back in the history.",
            date=known["ended_on"],
        ).of("ended_on")
    goals = (row.goals if "goals" in row.fields else known["goals"] or "").strip() or None
    changed = session.update(pairing, known["id"], {"goals": goals})
    if ended_on is not None and (ended_on, reason) != (known["ended_on"], known["reason"] or ""):
        _check_next(session, known, ended_on)
        state = _state_at_end(known, running, ended_on, reason)
        if known["reason"] and not reason and state == PairingState.COMPLETED != known["state"]:
            raise UserError(
                "This pairing ended for a reason, and without it would count as completed, with points for its mentor. A list does not do that."
            ).of("reason")
        changed |= _set_end(session, known, state, ended_on, reason)
    return changed


def _check_reason(ended_on: dt.date | None, reason: str) -> None:
    if ended_on is None and reason.strip():
        raise UserError("A reason is given, but no day on which the pairing ended.").of("ended_on", "reason")


def _check_next(session: Session, known: RowMapping, ended_on: dt.date) -> None:
    """UserError where the apprentice's next pairing began before this one would end."""
    p = pairing.c
    later = select(func.min(p.started_on)).where(
        p.apprentice_id == known["apprentice_id"], p.id != known["id"], p.started_on >= known["started_on"]
    )
    next_on = session.connection.execute(later).scalar()
    if next_on is not None and next_on < ended_on:
        name = get_person(session.connection, known["apprentice_id"]).name
        raise UserError("{name}'s next pairing began on {date}.", name=name, date=next_on).of("ended_on")


def _state_at_end(known: RowMapping, running: RowMapping, ended_on: dt.date, reason: str) -> PairingState:
    """How a pairing of a list ended: complete where the project's cycle was closed by then and no reason says otherwise."""
    if known["state"] == PairingState.REASSIGNED:
        return PairingState.REASSIGNED
    closed = running["closed_on"] is not None and running["closed_on"] <= ended_on
    return PairingState.COMPLETED if closed and not reason.strip() else PairingState.ENDED
