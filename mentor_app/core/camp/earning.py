"""What earns points in the camp: gates that apprentices passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.camp.rules import GateDecision, passed_stages
from mentor_app.core.camp.tables import gate_decision
from mentor_app.core.pairing.earning import apprentices_touched, mentor_on
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import person
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.rules import Cause, PointEvent
from mentor_app.core.store import Session


def _touched(session: Session) -> set[int]:
    """The people decided about, and those whose pairings changed: who mentored them says who earns."""
    decided = {row.after["person_id"] for row in session.changed(gate_decision) if row.after}
    return decided | apprentices_touched(session)


def _keys(connection: Connection, people: Collection[int]) -> list[str]:
    decided = select(gate_decision.c.id).where(gate_decision.c.person_id.in_(list(people)))
    return [f"gate:{row_id}" for row_id in connection.execute(decided).scalars()]


def _causes(connection: Connection, people: Collection[int] | None) -> list[Cause]:
    """Gates passed (not waived) and not reopened since, for whoever mentored on that day."""
    g = gate_decision.c
    statement = select(g.id, g.person_id, g.stage, g.decision, g.decided_on, person.c.name).join(
        person, person.c.id == g.person_id
    )
    if people is not None:
        statement = statement.where(g.person_id.in_(list(people)))
    by_person: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(statement.order_by(g.id)):
        by_person[row.person_id].append(row)
    causes = []
    for person_id, rows in by_person.items():
        in_effect = {id(decision) for decision in passed_stages(rows).values()}
        for row in rows:
            mentor = mentor_on(connection, person_id, row.decided_on) if id(row) in in_effect else None
            if mentor is not None and row.decision == GateDecision.PASSED:
                causes.append(
                    Cause(
                        key=f"gate:{row.id}",
                        event=PointEvent.GATE,
                        person_id=mentor,
                        occurred_on=row.decided_on,
                        note=row.name,
                    )
                )
    return causes


GATES = Earning(name="gates", watches=(gate_decision, pairing), touched=_touched, keys=_keys, causes=_causes)
