"""What Home reads: for each role what it needs, and nothing of what it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from mentor_app.core.people.roles import Role

if TYPE_CHECKING:
    from mentor_app.core.camp.queries import Standing
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.pairing.mentor import ApprenticeNow
    from mentor_app.core.pairing.queries import Pairing
    from mentor_app.core.pairing.watch import Alert
    from mentor_app.core.people.queries import Person
    from mentor_app.core.playbooks.queries import Playbook
    from mentor_app.core.ramp.curve import Company
    from mentor_app.core.store import Connection


@dataclass(kw_only=True)
class HomeData:
    """What the page reads at once; what the roles of whoever works here do not need stays empty.

    ``signs``: they sign entries off; ``overview``: they look after everybody.
    """

    signs: bool = False
    overview: bool = False
    company: Company | None = None
    deals: int = 0
    standing: Standing | None = None
    feedback: list[Activity] = field(default_factory=list)
    planned: list[Activity] = field(default_factory=list)
    not_handed_in: list[Activity] = field(default_factory=list)
    inbox: list[Activity] = field(default_factory=list)
    waiting: int = 0
    apprentices: list[ApprenticeNow] = field(default_factory=list)
    board: list[Standing] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    reviews: list[Pairing] = field(default_factory=list)
    books: list[Playbook] = field(default_factory=list)


def read_home(connection: Connection, me: Person | None, today: date, *, signs: bool, overview: bool) -> HomeData:
    """What the roles of whoever works here need; without anybody, the company's figures."""
    from mentor_app.core.logbook.kinds import ActivityState
    from mentor_app.core.playbooks.rules import PlaybookState

    roles = set(me.roles) if me else set()
    data = HomeData(signs=signs, overview=overview)
    if overview or not roles:
        from mentor_app.core.pipeline.queries import opportunity_count, ramp

        data.company, data.deals = ramp(connection, today), opportunity_count(connection)
    if me is None:
        return data
    from mentor_app.core.camp.queries import standing, standings
    from mentor_app.core.logbook import queries
    from mentor_app.core.logbook.rules import standing_reviews

    if Role.NEW_HIRE in roles:
        data.standing = standing(connection, me.id, today)
        ids = queries.feedback_ids(connection, me.id)
        plan = queries.activity_ids(
            connection, queries.Filter(me.id, states=(ActivityState.PLANNED,)), descending=False
        )[:6]
        known = queries.activities(connection, [*ids, *plan])
        data.planned = [known[i] for i in plan]
        data.feedback = [known[i] for i in ids if any(r.comment for r in standing_reviews(known[i].reviews))]
    own = queries.unfinished_ids(connection, me.id, 6)
    known = queries.activities(connection, own)
    data.not_handed_in = [known[i] for i in own]
    if signs:
        ids = queries.inbox_ids(connection, me.id)
        known = queries.activities(connection, ids[:6])
        data.inbox, data.waiting = [known[i] for i in ids[:6]], len(ids)
    if overview:
        data.board = standings(connection, today)
        from mentor_app.core.pairing.watch import watch

        data.alerts = watch(connection, today)
    if Role.MENTOR in roles:
        from mentor_app.core.pairing.mentor import apprentices_now

        data.apprentices = apprentices_now(connection, me.id, today)
    if roles & {Role.NEW_HIRE, Role.MENTOR}:
        from mentor_app.core.pairing.queries import unwritten

        data.reviews = unwritten(connection, me.id)
    if signs:
        from mentor_app.core.playbooks.queries import playbooks

        mine = playbooks(connection, today, None if overview else me.id)
        data.books = [
            b
            for b in mine
            if (b.owner_id == me.id and b.owed)
            or (overview and b.state == PlaybookState.IN_REVIEW and b.owner_id != me.id)
        ]
    return data
