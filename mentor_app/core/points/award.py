"""Awarding: what the store says now against what the ledger holds; the difference is written, and nothing twice.

What earns, each capability says itself (its ``earning``); here it is settled by the rules of its day. Runs after every
action, in its transaction, over what the action touched; over everything it is a replay, which adds nothing to what has
been settled.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, func, select

from mentor_app.core.camp.earning import GATES
from mentor_app.core.logbook.earning import ACTIVITIES
from mentor_app.core.pairing.earning import CYCLES
from mentor_app.core.people.access import require_role
from mentor_app.core.pipeline.earning import FIRST_WINS
from mentor_app.core.playbooks.earning import PLAYBOOKS
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.ledger import Ledger
from mentor_app.core.points.queries import rules_of
from mentor_app.core.points.rules import SPENT, Cause, EntryKind, earned, rule_on
from mentor_app.core.points.tables import point_entry
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import action, never
from mentor_app.core.text import N_

EARNINGS: tuple[Earning, ...] = (ACTIVITIES, GATES, CYCLES, PLAYBOOKS, FIRST_WINS)
"""Everything that earns."""
WATCHES = frozenset(table.name for earning in EARNINGS for table in earning.watches)
_BLOCK = 5000

Touched: TypeAlias = Mapping[str, Collection[int]]
"""The name of an earning → the ids of what is to be settled anew."""


def follow(session: Session, actor: Actor) -> None:
    """Settle what the action that has just run touched; thousands in blocks, as many as a query may name."""
    touched = {earning.name: sorted(earning.touched(session)) for earning in EARNINGS}
    for block in _blocks(touched):
        settle(session, block)


def _blocks(touched: Mapping[str, list[int]]) -> Iterator[Touched]:
    longest = max(map(len, touched.values()))
    for at in range(0, longest, _BLOCK):
        yield {name: ids[at : at + _BLOCK] for name, ids in touched.items() if ids[at : at + _BLOCK]}


@action(
    "points.settle_all",
    title=N_("Past events settled in the ledger"),
    undo=never(N_("The ledger only grows. A mistake is corrected by a reversing entry.")),
    beside="It adds what is earned and not in the ledger yet, whoever asks for it.",
)
def settle_all(session: Session, actor: Actor) -> int:
    """Award everything of the past by the rules of its day; what is in the ledger already adds nothing. Returns how many."""
    require_role(session, actor, "points.settle_all")
    return settle(session)


def settle(session: Session, touched: Touched | None = None) -> int:
    """Award what has been earned and is not in the ledger yet, reverse what has lost its cause; returns the entries added.

    With ``touched`` only around that; without it, over the whole store.
    """
    connection = session.connection
    causes = {(cause.key, cause.person_id): cause for cause in _causes(connection, touched)}
    held: dict[tuple[str, int], list[Any]] = defaultdict(list)  # rows of the ledger, by cause and person
    c = point_entry.c
    entries = select(c.cause, c.person_id, c.kind, c.points, c.event, c.note, c.rule_id, c.occurred_on).where(
        c.event != SPENT
    )
    if touched is not None:
        entries = entries.where(c.cause.in_(_keys(connection, touched)))
    for row in connection.execute(entries.order_by(c.id)):
        held[row.cause, row.person_id].append(row)
    ledger, added = Ledger(session), 0
    months = _Months(connection)
    for key in sorted(held.keys() - causes.keys()):
        entries_of, last = held[key], held[key][-1]
        take = min(sum(entry.points for entry in entries_of), ledger.balance(last.person_id))
        if take > 0:
            ledger.append(
                person_id=last.person_id,
                event=last.event,
                kind=EntryKind.REVERSAL,
                points=-take,
                cause=last.cause,
                turn=len(entries_of) + 1,
                occurred_on=last.occurred_on,
                note=last.note,
                rule_id=last.rule_id,
            )
            months.add(last.person_id, last.event, last.occurred_on, -take)
            added += 1
    rules = rules_of(connection)
    earners: set[int] = set()
    for cause in sorted(causes.values(), key=lambda one: (one.occurred_on, one.key, one.person_id)):
        before = held.get((cause.key, cause.person_id), [])
        if before and before[-1].kind == EntryKind.AWARD:
            continue
        rule = rule_on(rules, cause.event, cause.occurred_on)
        if rule is None:
            continue
        so_far = months.sum(cause.person_id, cause.event, cause.occurred_on) if rule.per_month is not None else 0
        points = max(0, earned(rule, so_far) - sum(entry.points for entry in before))
        ledger.append(
            person_id=cause.person_id,
            event=cause.event,
            kind=EntryKind.AWARD,
            points=points,
            cause=cause.key,
            turn=len(before) + 1,
            occurred_on=cause.occurred_on,
            note=cause.note,
            rule_id=rule.id,
        )
        months.add(cause.person_id, cause.event, cause.occurred_on, points)
        added += 1
        if points > 0:
            earners.add(cause.person_id)
    return added + sum(_collect(session, ledger, person_id) for person_id in sorted(earners))


def _collect(session: Session, ledger: Ledger, person_id: int) -> int:
    """Take what earlier reversals could not, because the points had been spent by then; returns the entries added."""
    c = point_entry.c
    statement = select(c.cause, c.kind, c.points, c.event, c.note, c.rule_id, c.occurred_on, c.turn)
    left: dict[str, int] = defaultdict(int)
    last: dict[str, Any] = {}
    rows = session.connection.execute(statement.where(c.person_id == person_id, c.event != SPENT).order_by(c.id))
    for row in rows:
        left[row.cause] += row.points
        last[row.cause] = row
    added = 0
    for cause, row in last.items():
        take = min(left[cause], ledger.balance(person_id)) if row.kind == EntryKind.REVERSAL else 0
        if take > 0:
            ledger.append(
                person_id=person_id,
                event=row.event,
                kind=EntryKind.REVERSAL,
                points=-take,
                cause=cause,
                turn=row.turn + 1,
                occurred_on=row.occurred_on,
                note=row.note,
                rule_id=row.rule_id,
            )
            added += 1
    return added


class _Months:
    """What was earned by an event in a calendar month, read once for each and carried on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sums: dict[tuple[int, str, dt.date], int] = {}

    def sum(self, person_id: int, event: str, day: dt.date) -> int:
        """What the person has earned by the event in the month of ``day``, reversals taken off."""
        first = day.replace(day=1)
        key = person_id, event, first
        if key not in self._sums:
            c, following = point_entry.c, (first + dt.timedelta(days=31)).replace(day=1)
            statement = select(func.coalesce(func.sum(c.points), 0)).where(
                c.person_id == person_id, c.event == event, c.occurred_on >= first, c.occurred_on < following
            )
            self._sums[key] = int(self._connection.execute(statement).scalar_one())
        return self._sums[key]

    def add(self, person_id: int, event: str, day: dt.date, points: int) -> None:
        """Count an entry just made."""
        key = person_id, event, day.replace(day=1)
        if key in self._sums:
            self._sums[key] += points


def _keys(connection: Connection, touched: Touched) -> list[str]:
    """The keys of every cause that may have come or gone."""
    return [
        key
        for earning in EARNINGS
        if earning.name in touched
        for key in earning.keys(connection, touched[earning.name])
    ]


def _causes(connection: Connection, touched: Touched | None) -> list[Cause]:
    """Everything that earns as the store is now."""
    causes: list[Cause] = []
    for earning in EARNINGS:
        if touched is None:
            causes += earning.causes(connection, None)
        elif earning.name in touched:
            causes += earning.causes(connection, touched[earning.name])
    return causes
