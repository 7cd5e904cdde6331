"""Reading points: rules, balances, the story of every point, rewards and redemptions, the promotion list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, case, func, select

from mentor_app.core.camp.rules import Pace
from mentor_app.core.pairing.tables import pairing, pairing_project
from mentor_app.core.people.roles import Role
from mentor_app.core.people.tables import person, person_role, team
from mentor_app.core.points.rules import (
    AMENDED,
    EVENTS,
    SPENT,
    EntryKind,
    PointEvent,
    RedemptionState,
    RewardKind,
    Rule,
    rule_on,
)
from mentor_app.core.points.tables import point_entry, point_rule, redemption, reward
from mentor_app.core.projects.tables import project
from mentor_app.core.store.records import read_all


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger with the balance after it."""

    id: int
    person_id: int
    person: str
    event: PointEvent
    kind: EntryKind
    points: int
    balance: int
    occurred_on: dt.date
    at: dt.datetime
    note: str
    cause: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """What somebody has: ``reserved`` by requests not decided yet, ``available`` to spend, what was ever earned."""

    id: int
    name: str
    team: str | None
    balance: int
    reserved: int
    earned: int
    weight: float
    """Promotion weight bought: the sum of the fulfilled promotion rewards."""

    @property
    def available(self) -> int:
        """Points not reserved."""
        return max(0, self.balance - self.reserved)


@dataclass(frozen=True, kw_only=True)
class Reward:
    """Something points buy; ``stock`` None: as many as are asked for; ``weight`` for promotion weight."""

    id: int
    version: int
    name: str
    kind: RewardKind
    cost: int
    stock: int | None
    weight: float | None
    offered: bool


@dataclass(frozen=True, kw_only=True)
class Redemption:
    """A reward asked for."""

    id: int
    version: int
    person_id: int
    person: str
    reward: str
    points: int
    state: RedemptionState
    requested_at: dt.datetime
    decided_by: str | None
    reason: str | None


@dataclass(frozen=True)
class Near:
    """What is near: an event that will earn, about what, on which expected day, how many points."""

    event: PointEvent
    about: str
    points: int
    due: dt.date | None = None


def rules_of(connection: Connection) -> list[Rule]:
    """All rules, past and present, by event and time."""
    c = point_rule.c
    columns = (c.id, c.event, c.points, c.per_month, c.first_on, c.last_on, c.version)
    statement = select(*columns).order_by(c.event, c.first_on)
    rules = read_all(connection, statement, Rule)
    order = list(EVENTS)
    return sorted(rules, key=lambda rule: (order.index(rule.event) if rule.event in order else 99, rule.first_on))


def entries(connection: Connection, person_id: int | None = None) -> list[Entry]:
    """The ledger (or one person's lines), the newest first."""
    c = point_entry.c
    statement = (
        select(
            c.id,
            c.person_id,
            person.c.name.label("person"),
            c.event,
            c.kind,
            c.points,
            c.balance,
            c.occurred_on,
            c.at,
            case((c.event == AMENDED, ""), else_=c.note).label("note"),  # what it vouches with is for no reader
            c.cause,
            c.hash,
        )
        .join(person, person.c.id == c.person_id)
        .order_by(c.id.desc())
    )
    if person_id is not None:
        statement = statement.where(c.person_id == person_id)
    return read_all(connection, statement, Entry)


def accounts(connection: Connection) -> list[Account]:
    """Everybody who has or could have points (has an entry or mentors), the richest first."""
    c, r = point_entry.c, redemption.c
    balance: dict[int, int] = _sums(
        connection, select(c.person_id, func.sum(c.points)).where(c.event != AMENDED).group_by(c.person_id)
    )
    earned: dict[int, int] = _sums(
        connection, select(c.person_id, func.sum(c.points)).where(c.event != SPENT).group_by(c.person_id)
    )
    reserved: dict[int, int] = _sums(
        connection,
        select(r.person_id, func.sum(r.points)).where(r.state == RedemptionState.REQUESTED).group_by(r.person_id),
    )
    bought: dict[int, float] = {
        row[0]: float(row[1] or 0)
        for row in connection.execute(
            select(r.person_id, func.sum(r.weight)).where(r.state == RedemptionState.FULFILLED).group_by(r.person_id)
        )
    }
    mentors = set(
        connection.execute(select(person_role.c.person_id).where(person_role.c.role == Role.MENTOR)).scalars()
    )
    people = select(person.c.id, person.c.name, team.c.name).outerjoin(team, team.c.id == person.c.team_id)
    all_accounts = [
        Account(
            id=i,
            name=name,
            team=team_name,
            balance=balance.get(i, 0),
            reserved=reserved.get(i, 0),
            earned=earned.get(i, 0),
            weight=bought.get(i, 0.0),
        )
        for i, name, team_name in connection.execute(people.order_by(person.c.name))
        if i in balance or i in mentors
    ]
    return sorted(all_accounts, key=lambda a: (-a.earned, a.name))


def _sums(connection: Connection, statement: Executable) -> dict[int, int]:
    return {person_id: int(total or 0) for person_id, total in connection.execute(statement)}


def account(connection: Connection, person_id: int) -> Account | None:
    """One person's account; None where they have none."""
    return next((a for a in accounts(connection) if a.id == person_id), None)


def by_month(connection: Connection, person_id: int | None = None) -> list[tuple[str, str, int]]:
    """What was earned by (month such as 2026-11, event), reversals taken off, in order of the months."""
    c = point_entry.c
    totals: dict[tuple[str, str], int] = {}
    statement = select(c.occurred_on, c.event, c.points).where(c.event.not_in((SPENT, AMENDED)))
    if person_id is not None:
        statement = statement.where(c.person_id == person_id)
    for day, event, points in connection.execute(statement):
        key = f"{day:%Y-%m}", event
        totals[key] = totals.get(key, 0) + points
    return [(month, event, points) for (month, event), points in sorted(totals.items())]


def rewards(connection: Connection, offered: bool = False) -> list[Reward]:
    """All rewards (or those on offer), the cheapest first."""
    c = reward.c
    statement = select(
        c.id, c.version, c.name, c.kind, c.cost, c.stock, c.weight, (c.offered == 1).label("offered")
    ).order_by(c.cost, c.name)
    if offered:
        statement = statement.where(c.offered == 1)
    return read_all(connection, statement, Reward)


def redemptions(connection: Connection, person_id: int | None = None) -> list[Redemption]:
    """Rewards asked for: what waits for a decision first, then the newest."""
    r, by = redemption.c, person.alias("by")
    statement = (
        select(
            r.id,
            r.version,
            r.person_id,
            person.c.name.label("person"),
            reward.c.name.label("reward"),
            r.points,
            r.state,
            r.requested_at,
            by.c.name.label("decided_by"),
            r.reason,
        )
        .join(person, person.c.id == r.person_id)
        .join(reward, reward.c.id == r.reward_id)
        .outerjoin(by, by.c.id == r.decided_by_id)
        .order_by(r.state != RedemptionState.REQUESTED, r.state != RedemptionState.APPROVED, r.id.desc())
    )
    if person_id is not None:
        statement = statement.where(r.person_id == person_id)
    return read_all(connection, statement, Redemption)


def near(connection: Connection, person_id: int, today: dt.date) -> list[Near]:
    """What this mentor will earn next: their running pairings' cycles, apprentices' gates that are ready, first wins."""
    from mentor_app.core.camp.queries import standings

    rules = rules_of(connection)
    p = pairing.c
    running = connection.execute(
        select(p.id, p.apprentice_id, person.c.name, project.c.name)
        .join(person, person.c.id == p.apprentice_id)
        .join(pairing_project, pairing_project.c.pairing_id == p.id)
        .join(project, project.c.id == pairing_project.c.project_id)
        .where(p.mentor_id == person_id, p.ended_on.is_(None), pairing_project.c.last_on.is_(None))
    ).all()
    ahead: list[Near] = []

    def add(event: PointEvent, about: str, due: dt.date | None = None) -> None:
        rule = rule_on(rules, event, today)
        if rule is not None and rule.points:
            ahead.append(Near(event, about, rule.points, due))

    if not running:
        return []
    stands = {s.person.id: s for s in standings(connection, today, [row.apprentice_id for row in running])}
    won = set(
        connection.execute(
            select(point_entry.c.cause).where(
                point_entry.c.event == PointEvent.FIRST_WIN, point_entry.c.kind == EntryKind.AWARD
            )
        ).scalars()
    )
    for _, apprentice_id, name, project_name in running:
        s = stands.get(apprentice_id)
        if s is not None and s.stage is not None and s.state != Pace.BEHIND:
            add(PointEvent.GATE, name, s.gate_due)
        add(PointEvent.CYCLE, f"{name} · {project_name}")
        if f"first_win:{apprentice_id}" not in won:
            add(PointEvent.FIRST_WIN, name)
    return ahead
