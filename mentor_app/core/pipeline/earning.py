"""What earns points in the pipeline: an apprentice's first win."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, select

from mentor_app.core.pairing.earning import apprentices_touched, mentor_on
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.rules import Cause, PointEvent
from mentor_app.core.store import Session

_WATCHES = (pairing, opportunity, crm_name, person)


def _touched(session: Session) -> set[int]:
    """Everybody ever apprenticed, where a deal, its owner or a pairing changed: which deal is the first shows only then."""
    if not session.touched({table.name for table in _WATCHES}):
        return set()
    ever = session.connection.execute(select(pairing.c.apprentice_id).distinct()).scalars()
    return set(ever) | apprentices_touched(session)


def _keys(connection: Connection, apprentices: Collection[int]) -> list[str]:
    return [f"first_win:{person_id}" for person_id in apprentices]


def _causes(connection: Connection, apprentices: Collection[int] | None) -> list[Cause]:
    """The first deal an apprentice has won since the hire, where it closed inside a pairing, for that mentor."""
    among = select(pairing.c.apprentice_id) if apprentices is None else list(apprentices)
    people = connection.execute(
        select(person.c.id, person.c.name, person.c.hired_on).where(person.c.id.in_(among)).order_by(person.c.id)
    ).all()
    if not people:
        return []
    from mentor_app.core.pipeline import digest
    from mentor_app.core.ramp.calendar import to_date
    from mentor_app.core.ramp.outcome import WON

    index = {row.id: i for i, row in enumerate(people)}
    names = select(crm_name.c.id, crm_name.c.person_id).where(crm_name.c.person_id.in_(among))
    deals = digest.load(connection, {name_id: index[owner] for name_id, owner in connection.execute(names)})
    won = deals.status == WON
    first: dict[int, dt.date] = {}
    for owner, closed in zip(deals.owner[won].tolist(), deals.closed[won].tolist(), strict=True):
        day = to_date(closed)
        hired = people[owner].hired_on
        if day is not None and (hired is None or day >= hired):
            first[owner] = min(day, first.get(owner, day))
    causes = []
    for owner, day in first.items():
        mentor = mentor_on(connection, people[owner].id, day)
        if mentor is not None:
            causes.append(
                Cause(
                    key=f"first_win:{people[owner].id}",
                    event=PointEvent.FIRST_WIN,
                    person_id=mentor,
                    occurred_on=day,
                    note=people[owner].name,
                )
            )
    return causes


FIRST_WINS = Earning(name="first wins", watches=_WATCHES, touched=_touched, keys=_keys, causes=_causes)
