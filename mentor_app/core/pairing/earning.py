"""What earns points in a pairing: a project's cycle brought to its end. And who mentored whom on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from mentor_app.core.pairing.rules import PairingState
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import person
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.rules import Cause, PointEvent
from mentor_app.core.store import Session
from mentor_app.core.store.history import Operation


def mentor_on(connection: Connection, person_id: int, day: dt.date) -> int | None:
    """Who mentored somebody on a day."""
    p = pairing.c
    held: ColumnElement[bool] = and_(p.started_on <= day, or_(p.ended_on.is_(None), p.ended_on >= day))
    statement = select(p.mentor_id).where(p.apprentice_id == person_id, held).order_by(p.started_on, p.id)
    return connection.execute(statement.limit(1)).scalar()


def apprentices_touched(session: Session) -> set[int]:
    """Everybody whose pairings the action under way wrote."""
    written = session.changed(pairing)
    if not written:
        return set()
    ids = {row.row_id for row in written}
    gone = {row.before["apprentice_id"] for row in written if row.operation == Operation.DELETE}
    there = select(pairing.c.apprentice_id).where(pairing.c.id.in_(ids))
    return gone | set(session.connection.execute(there).scalars())


def _touched(session: Session) -> set[int]:
    """The pairings written."""
    return {row.row_id for row in session.changed(pairing)}


def _keys(connection: Connection, pairings: Collection[int]) -> list[str]:
    return [f"cycle:{row_id}" for row_id in pairings]


def _causes(connection: Connection, ids: Collection[int] | None) -> list[Cause]:
    """Pairings completed because their project's cycle closed, for the mentor."""
    p = pairing.c
    statement = select(p.id, p.mentor_id, p.ended_on, person.c.name).join(person, person.c.id == p.apprentice_id)
    statement = statement.where(p.state == PairingState.COMPLETED)
    if ids is not None:
        statement = statement.where(p.id.in_(list(ids)))
    return [
        Cause(key=f"cycle:{i}", event=PointEvent.CYCLE, person_id=mentor, occurred_on=day, note=name)
        for i, mentor, day, name in connection.execute(statement)
    ]


CYCLES = Earning(name="cycles", watches=(pairing,), touched=_touched, keys=_keys, causes=_causes)
