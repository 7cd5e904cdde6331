"""Obligations arise by rule: a pairing starts, a mentor takes a first apprentice. Runs after every action."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from mentor_app.core.pairing.rules import PairingState
from mentor_app.core.pairing.tables import pairing, pairing_project
from mentor_app.core.people.queries import get_person
from mentor_app.core.playbooks.actions import new_playbook
from mentor_app.core.playbooks.rules import Arises, Kind, PlaybookState, read_kind
from mentor_app.core.playbooks.tables import playbook, playbook_attachment, playbook_kind, playbook_part
from mentor_app.core.projects.tables import project, project_phase
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.history import Operation

DUE_BY = frozenset({pairing_project.name, project_phase.name, project.name})
"""Tables whose rows say when a running cycle ends."""
WATCHES = DUE_BY | {pairing.name}


def follow(session: Session, actor: Actor) -> None:
    """Create what new pairings oblige to, move due dates with their cycles, drop what an early end makes pointless."""
    kinds = kinds_of(session)
    for written in session.changed(pairing):
        if written.operation == Operation.INSERT:
            begin_owed(session, written.row_id, kinds)
        elif written.after.get("state") in (PairingState.REASSIGNED, PairingState.ENDED):
            _drop_unbegun(session, written.row_id)
    if session.touched(DUE_BY):
        _move_due_dates(session)


def kinds_of(session: Session) -> list[tuple[int, Kind]]:
    """(id, kind) of all kinds."""
    c = playbook_kind.c
    rows = session.connection.execute(select(c.id, c.key, c.definition).order_by(c.id))
    return [(row.id, read_kind(row.key, row.definition)) for row in rows]


def begin_owed(session: Session, pairing_id: int, kinds: list[tuple[int, Kind]], past: bool = False) -> None:
    """Begin what a pairing obliges to. One that has ended by now, such as one entered afterwards, obliges to nothing,
    unless ``past`` says that it did in its time."""
    p = pairing.c
    row = session.connection.execute(
        select(p.mentor_id, p.apprentice_id, p.started_on, p.ended_on).where(p.id == pairing_id)
    ).one_or_none()
    if row is None or (row.ended_on is not None and not past):
        return
    for kind_id, kind in kinds:
        due = row.started_on + dt.timedelta(days=kind.due_days)
        held = select(playbook.c.id).where(playbook.c.kind_id == kind_id, playbook.c.owner_id == row.mentor_id)
        owed = select(playbook.c.id).where(playbook.c.kind_id == kind_id, playbook.c.pairing_id == pairing_id)
        if kind.arises == Arises.PAIRING and session.connection.execute(owed).first() is None:
            apprentice = get_person(session.connection, row.apprentice_id).name
            new_playbook(session, kind, kind_id, f"{kind.name('zh_CN')} · {apprentice}", row.mentor_id, due, pairing_id)
        elif kind.arises == Arises.MENTOR and session.connection.execute(held).first() is None:
            mentor = get_person(session.connection, row.mentor_id).name
            new_playbook(session, kind, kind_id, f"{kind.name('zh_CN')} · {mentor}", row.mentor_id, due, None)


def _drop_unbegun(session: Session, pairing_id: int) -> None:
    """A handbook nobody has begun is not owed any more where its pairing ended early."""
    c = playbook.c
    for row_id in (
        session.connection.execute(
            select(c.id).where(
                c.pairing_id == pairing_id,
                c.state == PlaybookState.NOT_STARTED,
                c.id.not_in(select(playbook_attachment.c.playbook_id)),
            )
        )
        .scalars()
        .all()
    ):
        parts = select(playbook_part.c.id).where(playbook_part.c.playbook_id == row_id)
        for part_id in session.connection.execute(parts).scalars().all():
            session.delete(playbook_part, part_id)
        session.delete(playbook, row_id)


def _move_due_dates(session: Session) -> None:
    """What is owed for a running pairing is due when its project's cycle is planned to end, or ended."""
    end = (
        select(project_phase.c.project_id, func.max(project_phase.c.planned_on).label("day"))
        .group_by(project_phase.c.project_id)
        .subquery()
    )
    b = pairing_project.c
    current = (
        select(playbook.c.id, playbook.c.due_on, func.coalesce(project.c.closed_on, end.c.day))
        .join(pairing, pairing.c.id == playbook.c.pairing_id)
        .join(pairing_project, b.pairing_id == pairing.c.id)
        .join(project, project.c.id == b.project_id)
        .outerjoin(end, end.c.project_id == project.c.id)
        .where(pairing.c.ended_on.is_(None), b.last_on.is_(None), playbook.c.state != PlaybookState.APPROVED)
    )
    for playbook_id, due_on, day in session.connection.execute(current).all():
        if day is not None and day != due_on:
            session.update(playbook, playbook_id, {"due_on": day})
