"""Awarding: what the store says now against what the ledger holds; the difference is written, and nothing twice.

Runs after every action, in its transaction, over what the action touched; over everything it is a replay, which adds
nothing to what has been settled.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from mentor_app.core.camp.rules import passed_stages
from mentor_app.core.camp.tables import gate_decision
from mentor_app.core.logbook.tables import activity, review
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.playbooks.tables import playbook, playbook_review, playbook_version
from mentor_app.core.points.ledger import Ledger
from mentor_app.core.points.queries import rules_of
from mentor_app.core.points.rules import FEEDBACK_WITHIN, Cause, earned, rule_on
from mentor_app.core.points.tables import point_entry
from mentor_app.core.store import Actor, Session

_BLOCK = 5000


@dataclass
class Touched:
    """What an action touched: activities, people whose gates were decided, pairings, playbooks, apprentices' first wins."""

    activities: set[int] = field(default_factory=set)
    gates: set[int] = field(default_factory=set)
    pairings: set[int] = field(default_factory=set)
    playbooks: set[int] = field(default_factory=set)
    wins: bool = False


def follow(session: Session, actor: Actor) -> None:
    """Settle what the action that has just run touched; thousands of activities in blocks, as many as a query may name."""
    touched = _touched(session)
    ids = sorted(touched.activities)
    for at in range(0, len(ids), _BLOCK):
        settle(session, actor, Touched(activities=set(ids[at : at + _BLOCK])))
    touched.activities = set()
    if touched.gates or touched.pairings or touched.playbooks or touched.wins:
        settle(session, actor, touched)


def settle(session: Session, actor: Actor, touched: Touched | None = None) -> int:
    """Award what has been earned and is not in the ledger yet, reverse what has lost its cause; returns the entries added.

    With ``touched`` only around that; without it, over the whole store.
    """
    connection = session.connection
    causes = {(cause.key, cause.person_id): cause for cause in _causes(connection, touched)}
    held: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    events: dict[tuple[str, int], tuple[str, str, int | None, dt.date]] = {}
    c = point_entry.c
    entries = select(c.cause, c.person_id, c.kind, c.points, c.event, c.note, c.rule_id, c.occurred_on).where(
        c.kind != "spend"
    )
    if touched is not None:
        entries = entries.where(c.cause.in_(_keys(connection, touched)))
    for cause, person_id, kind, points, event, note, rule_id, day in connection.execute(entries.order_by(c.id)):
        held[cause, person_id].append((kind, points))
        events[cause, person_id] = event, note, rule_id, day
    ledger, added = Ledger(session), 0
    months = _Months(connection)
    for key in sorted(held.keys() - causes.keys()):
        left = sum(points for _, points in held[key])
        take = min(left, ledger.balance(key[1]))
        if take > 0:
            event, note, rule_id, day = events[key]
            ledger.append(key[1], event, "reversal", -take, key[0], len(held[key]) + 1, day, note, rule_id)
            months.add(key[1], event, day, -take)
            added += 1
    rules = rules_of(connection)
    earners: set[int] = set()
    for cause in sorted(causes.values(), key=lambda one: (one.occurred_on, one.key, one.person_id)):
        before = held.get((cause.key, cause.person_id), [])
        if before and before[-1][0] == "award":
            continue
        rule = rule_on(rules, cause.event, cause.occurred_on)
        if rule is None:
            continue
        so_far = months.sum(cause.person_id, cause.event, cause.occurred_on) if rule.per_month is not None else 0
        points = max(0, earned(rule, so_far) - sum(points for _, points in before))
        ledger.append(
            cause.person_id,
            cause.event,
            "award",
            points,
            cause.key,
            len(before) + 1,
            cause.occurred_on,
            cause.note,
            rule.id,
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
    rows = session.connection.execute(statement.where(c.person_id == person_id, c.kind != "spend").order_by(c.id))
    for row in rows:
        left[row.cause] += row.points
        last[row.cause] = row
    added = 0
    for cause, row in last.items():
        take = min(left[cause], ledger.balance(person_id)) if row.kind == "reversal" else 0
        if take > 0:
            ledger.append(
                person_id, row.event, "reversal", -take, cause, row.turn + 1, row.occurred_on, row.note, row.rule_id
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


def _touched(session: Session) -> Touched:
    """What the changes of this session are about."""
    found = Touched()
    for step in session.changes:
        name, row_id = step["table_name"], step["row_id"]
        if name == "activity" and row_id is not None:
            found.activities.add(row_id)
        elif name == "review" and step["after"]:
            found.activities.add(json.loads(step["after"])["activity_id"])
        elif name == "gate_decision" and step["after"]:
            found.gates.add(json.loads(step["after"])["person_id"])
        elif name == "playbook_review" and step["after"]:
            version_id = json.loads(step["after"])["version_id"]
            c = playbook_version.c
            found.playbooks |= set(
                session.connection.execute(select(c.playbook_id).where(c.id == version_id)).scalars()
            )
        elif name == "pairing" and row_id is not None:
            found.pairings.add(row_id)
            found.wins = True
        elif name in ("opportunity", "crm_name", "person"):
            found.wins = True
    if found.activities:
        found.activities = _roots(session.connection, found.activities)
    return found


def _roots(connection: Connection, ids: Collection[int]) -> set[int]:
    """The entries that corrections go back to."""
    a = activity.c
    back: dict[int, int] = {
        row[0]: row[1] for row in connection.execute(select(a.id, a.revises_id).where(a.revises_id.is_not(None)))
    }
    roots = set()
    for start in ids:
        root = start
        while root in back:
            root = back[root]
        roots.add(root)
    return roots


def _keys(connection: Connection, touched: Touched) -> list[str]:
    """The keys of every cause that may have come or gone."""
    keys = [f"{event}:{i}" for i in touched.activities for event in ("session", "feedback")]
    if touched.gates:
        rows = connection.execute(select(gate_decision.c.id).where(gate_decision.c.person_id.in_(list(touched.gates))))
        keys += [f"gate:{i}" for i in rows.scalars()]
    keys += [f"cycle:{i}" for i in touched.pairings]
    keys += [f"playbook:{i}" for i in touched.playbooks]
    if touched.wins:
        keys += [f"first_win:{i}" for i in connection.execute(select(pairing.c.apprentice_id).distinct()).scalars()]
    return keys


def _causes(connection: Connection, touched: Touched | None) -> list[Cause]:
    """Everything that earns as the store is now."""
    found: list[Cause] = []
    if touched is None or touched.activities:
        found += _of_activities(connection, None if touched is None else touched.activities)
    if touched is None or touched.gates:
        found += _of_gates(connection, None if touched is None else touched.gates)
    if touched is None or touched.pairings:
        found += _of_cycles(connection, None if touched is None else touched.pairings)
    if touched is None or touched.playbooks:
        found += _of_playbooks(connection, None if touched is None else touched.playbooks)
    if touched is None or touched.wins:
        found += _of_wins(connection)
    return found


def _of_activities(connection: Connection, roots: Collection[int] | None) -> list[Cause]:
    """Sessions signed off, for their hosts; first feedback given within 48 hours of handing in, for who gave it.

    Corrections count as what they correct: the entry that stands now says who hosted.
    """
    a, hire = activity.c, person.alias("hire")
    chain: dict[int, int] = {}
    corrections = select(a.id, a.revises_id).where(a.revises_id.is_not(None)).order_by(a.id)
    for row_id, revises in connection.execute(corrections):
        chain[row_id] = chain.get(revises, revises)
    statement = select(a.id, a.kind, a.state, a.held_on, a.host_id, a.person_id, hire.c.name).join(
        hire, hire.c.id == a.person_id
    )
    if roots is not None:
        ids = [*roots, *(i for i, root in chain.items() if root in roots)]
        statement = statement.where(a.id.in_(ids))
    standing: dict[int, Any] = {}
    alive: set[int] = set()
    subject: dict[int, Any] = {}
    for row in connection.execute(statement.order_by(a.id)):
        root = chain.get(row.id, row.id)
        subject[row.id] = (root, row)
        if row.state != "withdrawn":
            alive.add(root)
        if row.state == "signed_off":
            standing[root] = row  # the latest signed-off one stands
    found = [
        Cause(f"session:{root}", "session", row.host_id, row.held_on, row.name)
        for root, row in standing.items()
        if row.host_id is not None and row.held_on is not None and row.host_id != row.person_id
    ]
    r = review.c
    given = select(r.activity_id, r.by_id, r.at, r.submitted_at).where(
        r.comment.is_not(None), r.submitted_at.is_not(None)
    )
    if roots is not None:
        given = given.where(r.activity_id.in_(list(subject)))
    first: dict[int, Cause] = {}
    for activity_id, by_id, at, submitted_at in connection.execute(given.order_by(r.id)):
        if activity_id not in subject:
            continue
        root, row = subject[activity_id]
        if root in alive and root not in first and _utc(at) - _utc(submitted_at) <= FEEDBACK_WITHIN:
            first[root] = Cause(f"feedback:{root}", "feedback", by_id, _utc(at).date(), row.name)
    return found + list(first.values())


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def _mentor_on(connection: Connection, person_id: int, day: dt.date) -> int | None:
    p = pairing.c
    held: ColumnElement[bool] = and_(p.started_on <= day, or_(p.ended_on.is_(None), p.ended_on >= day))
    statement = select(p.mentor_id).where(p.apprentice_id == person_id, held).order_by(p.started_on, p.id)
    return connection.execute(statement.limit(1)).scalar()


def _of_gates(connection: Connection, people: Collection[int] | None) -> list[Cause]:
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
    found = []
    for person_id, rows in by_person.items():
        in_effect = {id(decision) for decision in passed_stages(rows).values()}
        for row in rows:
            mentor = _mentor_on(connection, person_id, row.decided_on) if id(row) in in_effect else None
            if mentor is not None and row.decision == "passed":
                found.append(Cause(f"gate:{row.id}", "gate", mentor, row.decided_on, row.name))
    return found


def _of_cycles(connection: Connection, ids: Collection[int] | None) -> list[Cause]:
    """Pairings completed because their project's cycle closed, for the mentor."""
    p = pairing.c
    statement = select(p.id, p.mentor_id, p.ended_on, person.c.name).join(person, person.c.id == p.apprentice_id)
    statement = statement.where(p.state == "completed")
    if ids is not None:
        statement = statement.where(p.id.in_(list(ids)))
    return [Cause(f"cycle:{i}", "cycle", mentor, day, name) for i, mentor, day, name in connection.execute(statement)]


def _of_playbooks(connection: Connection, ids: Collection[int] | None) -> list[Cause]:
    """Playbooks approved, by the day of their first approval, for the owner; not where the approval was taken back."""
    r, v, b = playbook_review.c, playbook_version.c, playbook.c
    statement = (
        select(b.id, b.owner_id, b.title, r.decision, r.at)
        .join(playbook_version, v.playbook_id == b.id)
        .join(playbook_review, r.version_id == v.id)
        .where(r.decision.in_(("approved", "taken_back")))
        .order_by(r.id)
    )
    if ids is not None:
        statement = statement.where(b.id.in_(list(ids)))
    first: dict[int, Cause] = {}
    last: dict[int, str] = {}
    for row in connection.execute(statement):
        last[row.id] = row.decision
        if row.decision == "approved":
            first.setdefault(
                row.id, Cause(f"playbook:{row.id}", "playbook", row.owner_id, _utc(row.at).date(), row.title)
            )
    return [cause for playbook_id, cause in first.items() if last[playbook_id] == "approved"]


def _of_wins(connection: Connection) -> list[Cause]:
    """The first deal an apprentice has won since the hire, where it closed inside a pairing, for that mentor."""
    apprentices = select(pairing.c.apprentice_id)
    people = connection.execute(
        select(person.c.id, person.c.name, person.c.hired_on).where(person.c.id.in_(apprentices)).order_by(person.c.id)
    ).all()
    if not people:
        return []
    from mentor_app.core.pipeline import digest
    from mentor_app.core.ramp.calendar import to_date
    from mentor_app.core.ramp.curve import WON

    index = {row.id: i for i, row in enumerate(people)}
    names = select(crm_name.c.id, crm_name.c.person_id).where(crm_name.c.person_id.in_(apprentices))
    deals = digest.load(connection, {name_id: index[owner] for name_id, owner in connection.execute(names)})
    won = deals.status == WON
    first: dict[int, dt.date] = {}
    for owner, closed in zip(deals.owner[won].tolist(), deals.closed[won].tolist(), strict=True):
        day = to_date(closed)
        hired = people[owner].hired_on
        if day is not None and (hired is None or day >= hired):
            first[owner] = min(day, first.get(owner, day))
    found = []
    for owner, day in first.items():
        mentor = _mentor_on(connection, people[owner].id, day)
        if mentor is not None:
            found.append(Cause(f"first_win:{people[owner].id}", "first_win", mentor, day, people[owner].name))
    return found
