"""One pairing with its whole past: what was agreed, every change, its sessions, its closing reviews."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.camp.queries import decisions, published, versions
from mentor_app.core.camp.rules import DECISIONS
from mentor_app.core.camp.tables import enrolment
from mentor_app.core.errors import Gone
from mentor_app.core.logbook.kinds import PHASES
from mentor_app.core.pairing.queries import Cycle, Pairing, SessionLine, bindings, cycles, pairings, sessions
from mentor_app.core.pairing.rules import PairingState
from mentor_app.core.pairing.tables import pairing, pairing_project, pairing_review
from mentor_app.core.people.access import roles_of
from mentor_app.core.people.roles import permitted
from mentor_app.core.people.tables import person
from mentor_app.core.projects.rules import Outcome
from mentor_app.core.projects.tables import project, project_phase
from mentor_app.core.store.history import Operation, RowChange, changes_of
from mentor_app.core.text import N_, Text, text


@dataclass(frozen=True)
class Event:
    """Something that happened in a pairing: on which day, by whom it was entered, and words with a remark."""

    on: dt.date
    by: str
    words: Text
    note: str = ""


@dataclass(frozen=True)
class ClosingReview:
    """What one of the two wrote at the end; ``words`` is None where it is not for the reader's eyes yet."""

    by_id: int
    by: str
    at: dt.datetime
    words: str | None


@dataclass(frozen=True, kw_only=True)
class Story:
    """A pairing as its page shows it; ``missing`` names those of the two whose closing review is still to come."""

    pairing: Pairing
    cycles: tuple[Cycle, ...]
    sessions: tuple[SessionLine, ...]
    reviews: tuple[ClosingReview, ...]
    missing: tuple[tuple[int, str], ...]
    events: tuple[Event, ...]


def story(connection: Connection, pairing_id: int, viewer_id: int | None) -> Story:
    """The pairing with everything ``viewer_id`` (None: nobody chosen) may read. UserError when it is not there.

    A closing review is for the two and team leads until both are in, then for everybody.
    """
    found = pairings(connection, pairing.c.id == pairing_id)
    if not found:
        raise Gone
    chosen = found[0]
    bound = bindings(connection, pairing_project.c.pairing_id == pairing_id)
    by_id = {c.project.id: c for c in cycles(connection, {b.project_id for b in bound})}
    went = tuple(_only(by_id[i], pairing_id) for i in dict.fromkeys(b.project_id for b in bound))
    reviews = closing_reviews(connection, chosen, viewer_id)
    written = {review.by_id for review in reviews}
    two = ((chosen.mentor_id, chosen.mentor), (chosen.apprentice_id, chosen.apprentice))
    missing = () if chosen.ended_on is None else tuple(who for who in two if who[0] not in written)
    begins, changes = _own(connection, chosen)
    events = [*begins, *_cycles(connection, went), *_gates(connection, chosen), *changes]
    events += [Event(r.at.date(), r.by, text("Closing review written."), r.words or "") for r in reviews]
    events.sort(key=lambda event: event.on)
    return Story(
        pairing=chosen,
        cycles=went,
        sessions=tuple(sessions(connection, [pairing_id])),
        reviews=reviews,
        missing=missing,
        events=tuple(events),
    )


def _only(cycle: Cycle, pairing_id: int) -> Cycle:
    """A project's cycle with only this pairing's time and sessions."""
    return replace(
        cycle,
        bound=tuple(b for b in cycle.bound if b.pairing_id == pairing_id),
        pairings=tuple(p for p in cycle.pairings if p.id == pairing_id),
        sessions=tuple(s for s in cycle.sessions if s.pairing_id == pairing_id),
    )


def closing_reviews(connection: Connection, chosen: Pairing, viewer_id: int | None) -> tuple[ClosingReview, ...]:
    """The closing reviews of a pairing; their words only where ``viewer_id`` may read them."""
    c = pairing_review.c
    statement = select(c.by_id, person.c.name, c.at, c.words).join(person, person.c.id == c.by_id)
    rows = connection.execute(statement.where(c.pairing_id == chosen.id).order_by(c.id)).all()
    may = (
        len(rows) == 2
        or viewer_id in (chosen.apprentice_id, chosen.mentor_id)
        or (viewer_id is not None and permitted(roles_of(connection, viewer_id), "pairing.read_reviews"))
    )
    return tuple(ClosingReview(by_id, by, at, words if may else None) for by_id, by, at, words in rows)


_STATES = {
    PairingState.COMPLETED: N_("Completed: the cycle is closed."),
    PairingState.REASSIGNED: N_("Given to another mentor."),
    PairingState.ENDED: N_("Ended before the cycle closed."),
}
_BOUND, _ROLLED = N_("Bound to {name}."), N_("Rolled on to {name}.")
_OUTCOMES = {
    Outcome.OPEN: N_("{name} was opened again."),
    Outcome.WON: N_("{name} was closed: won."),
    Outcome.LOST: N_("{name} was closed: lost."),
    Outcome.CANCELLED: N_("{name} was closed: cancelled."),
}


def _own(connection: Connection, chosen: Pairing) -> tuple[list[Event], list[Event]]:
    """What was done to the pairing itself, and the projects it went on with: how it began, what changed later."""
    begins: list[Event] = []
    events: list[Event] = []
    for step in changes_of(connection, pairing, [chosen.id]):
        if step.operation == Operation.INSERT:
            words = text("{name} is paired with {mentor}.", name=chosen.apprentice, mentor=chosen.mentor)
            begins.append(Event(chosen.started_on, step.by, words, step.after.get("goals") or ""))
        elif step.after.get("state") in _STATES:
            ended = dt.date.fromisoformat(step.after["ended_on"])
            key = _STATES[step.after["state"]]
            events.append(Event(ended, step.by, text(key), step.after.get("reason") or ""))
        elif "goals" in step.after:
            events.append(Event(step.at.date(), step.by, text("Other goals were agreed."), step.after["goals"] or ""))
    bound = bindings(connection, pairing_project.c.pairing_id == chosen.id)
    c = pairing_project.c
    ids = list(connection.execute(select(c.id).where(c.pairing_id == chosen.id).order_by(c.id)).scalars())
    who = {
        step.row_id: step.by
        for step in changes_of(connection, pairing_project, ids)
        if step.operation == Operation.INSERT
    }
    for at, (row_id, stretch) in enumerate(zip(ids, bound, strict=True)):
        key = _ROLLED if at else _BOUND
        (events if at else begins).append(Event(stretch.first_on, who.get(row_id, ""), text(key, name=stretch.project)))
    return begins, events


def _cycles(connection: Connection, went: tuple[Cycle, ...]) -> list[Event]:
    """Phases done and outcomes of the projects while the pairing was bound to them, as they were entered."""
    by_id = {cycle.project.id: cycle for cycle in went}
    events = []
    since = {cycle.project.id: cycle.bound[0].first_on for cycle in went}
    until = {cycle.project.id: cycle.bound[-1].last_on for cycle in went}

    def within(project_id: int, day: dt.date) -> bool:
        last = until[project_id]
        return since[project_id] <= day and (last is None or day <= last)

    c = project_phase.c
    rows = connection.execute(select(c.id, c.phase, c.project_id).where(c.project_id.in_(list(by_id)))).all()
    phases: dict[int, tuple[str, int]] = {row.id: (row.phase, row.project_id) for row in rows}
    for step in changes_of(connection, project_phase, list(phases)):
        if step.operation == Operation.UPDATE and step.after.get("done_on"):
            name, project_id = phases[step.row_id]
            done, day = phase_name(step.after.get("phase", name)), _day(step.after["done_on"], step)
            if within(project_id, day):
                events.append(Event(day, step.by, text("Phase done: {phase}.", phase=done)))
    for step in changes_of(connection, project, list(by_id)):
        if step.operation == Operation.UPDATE and "outcome" in step.after:
            name, closed = by_id[step.row_id].project.name, step.after.get("closed_on")
            key, day = _OUTCOMES[step.after["outcome"]], _day(closed, step)
            if within(step.row_id, day):
                events.append(Event(day, step.by, text(key, name=name)))
    return events


def _day(words: str | None, step: RowChange) -> dt.date:
    return dt.date.fromisoformat(words) if words else step.at.date()


def phase_name(phase: str) -> Text:
    """A phase in words: one of the default cycle is translated, one of one's own stays as written."""
    return text(PHASES.get(phase, phase))


def _gates(connection: Connection, chosen: Pairing) -> list[Event]:
    """What was decided at the apprentice's gates meanwhile."""
    enrolled = select(enrolment.c.programme_version_id).where(enrolment.c.person_id == chosen.apprentice_id)
    version_id = connection.execute(enrolled).scalar()
    known = {v.id: v for v in versions(connection)}
    programme = (known.get(version_id) or published(connection)).programme if version_id else None
    stages: dict[str, Any] = {s.key: s.name for s in programme.stages} if programme else {}
    said = {key: text(words) for key, words in DECISIONS.items()}
    return [
        Event(
            d.decided_on,
            d.by,
            text("Gate of {stage}: {decision}.", stage=stages.get(d.stage, d.stage), decision=said[d.decision]),
            d.reason or "",
        )
        for d in decisions(connection, [chosen.apprentice_id]).get(chosen.apprentice_id, [])
        if chosen.started_on <= d.decided_on and (chosen.ended_on is None or d.decided_on <= chosen.ended_on)
    ]
