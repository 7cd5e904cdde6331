"""Writing points: rules, rewards, redemptions. Awards follow other actions by themselves (``award``)."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, func, select

from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.people.access import require_person, require_role
from mentor_app.core.people.rules import checked_name
from mentor_app.core.points.ledger import Ledger, balance_of
from mentor_app.core.points.rules import REWARDS, SPENT, EntryKind, PointEvent, RedemptionState, RewardKind, check_rule
from mentor_app.core.points.tables import point_entry, point_rule, redemption, reward
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action, counter, never
from mentor_app.core.store.history import Operation, change, typed
from mentor_app.core.text import N_, plural_text

DAY = dt.timedelta(days=1)


@action(
    "points.save_rule",
    title=N_("Points rule saved"),
    undo=INVERSE,
)
def save_rule(
    session: Session,
    actor: Actor,
    event: PointEvent,
    points: int,
    per_month: int | None,
    first_on: dt.date,
    today: dt.date,
    versions: Mapping[int, int] | None = None,
) -> int:
    """From ``first_on`` (today or later) an event earns this; the rule before ends the day before. Returns the rule's id.

    What was earned stays as it is. Where a later rule stands already, this one lasts until the day before it. Where the
    event earns just this already, nothing is written. ``versions``: of all rules of the event as they were read, by id.
    """
    require_role(session, actor, "points.save_rule")
    check_rule(event, points, per_month)
    if first_on < today:
        raise UserError("A rule begins today or later: what was earned does not change.")
    c = point_rule.c
    rows = session.connection.execute(select(point_rule).where(c.event == event).order_by(c.first_on)).mappings().all()
    _expect_rules(session, {row["id"]: row["version"] for row in rows}, versions)
    values = {"points": points, "per_month": per_month}
    last = min((row["first_on"] - DAY for row in rows if row["first_on"] > first_on), default=None)
    for row in rows:
        if row["first_on"] == first_on:
            session.update(point_rule, row["id"], values)
            return int(row["id"])
        if row["first_on"] < first_on and (row["last_on"] is None or row["last_on"] >= first_on):
            if {**values, "last_on": last} == {name: row[name] for name in (*values, "last_on")}:
                return int(row["id"])
            session.update(point_rule, row["id"], {"last_on": first_on - DAY})
    return session.insert(point_rule, {"event": event, **values, "first_on": first_on, "last_on": last})


@action(
    "points.end_rule",
    title=N_("Points rule ended"),
    undo=INVERSE,
)
def end_rule(
    session: Session,
    actor: Actor,
    event: PointEvent,
    last_on: dt.date,
    today: dt.date,
    versions: Mapping[int, int] | None = None,
) -> None:
    """An event earns nothing any more after ``last_on`` (yesterday or later); rules still to come are dropped.

    ``versions``: of all rules of the event as they were read, by id.
    """
    require_role(session, actor, "points.end_rule")
    if last_on < today - DAY:
        raise UserError("A rule ends yesterday or later: what was earned does not change.")
    rows = session.connection.execute(select(point_rule).where(point_rule.c.event == event)).mappings().all()
    _expect_rules(session, {row["id"]: row["version"] for row in rows}, versions)
    for row in rows:
        if row["first_on"] > last_on:
            session.update(point_rule, row["id"], {"points": 0, "per_month": 0})
        elif row["last_on"] is None or row["last_on"] > last_on:
            session.update(point_rule, row["id"], {"last_on": last_on})


def _expect_rules(session: Session, now: Mapping[int, int], read: Mapping[int, int] | None) -> None:
    """The rules of an event are one record: ChangedMeanwhile where one is another than was read, or was not read."""
    for rule_id in now.keys() | (read or {}).keys():
        session.expect(point_rule, rule_id, None if read is None else read.get(rule_id, 0))


@action("points.save_reward", title=N_("Reward saved"), undo=INVERSE)
def save_reward(
    session: Session,
    actor: Actor,
    name: str,
    kind: str,
    cost: int,
    *,
    stock: int | None = None,
    weight: float | None = None,
    offered: bool = True,
    reward_id: int | None = None,
    version: int | None = None,
) -> int:
    """Add a reward, or change one. What has been asked for keeps its price. Returns its id."""
    require_role(session, actor, "points.save_reward")
    if kind not in REWARDS:
        raise UserError("{kind} is not a kind of reward.", kind=kind)
    if not 1 <= cost <= 1_000_000:
        raise UserError("A reward costs between 1 and 1000000 points.")
    if stock is not None and not 0 <= stock <= 1_000_000:
        raise UserError("A stock lies between 0 and 1000000.")
    if (kind == RewardKind.PROMOTION) != (weight is not None) or (weight is not None and not 0 < weight <= 1000):
        raise UserError("Promotion weight needs its weight, between 0 and 1000; a training resource has none.")
    clean = checked_name(name)
    taken = session.connection.execute(select(reward.c.id).where(reward.c.name == clean)).scalar()
    if taken is not None and taken != reward_id:
        raise UserError("There is already a reward called {name}.", name=clean)
    values = {"name": clean, "kind": kind, "cost": cost, "stock": stock, "weight": weight, "offered": int(offered)}
    if reward_id is None:
        return session.insert(reward, values)
    session.update(reward, reward_id, values, version)
    return reward_id


@action(
    "points.request",
    title=N_("Reward asked for"),
    undo=counter("points.withdraw", "redemption", one=True),
    beside="It adds a request.",
)
def request(session: Session, actor: Actor, reward_id: int) -> int:
    """Ask for a reward; its points are reserved until somebody has decided. Returns the redemption's id."""
    if actor.person_id is None:
        raise UserError("Choose first who is working here: this is recorded under a person's name.")
    row = session.row(reward, reward_id)
    if not row["offered"]:
        raise UserError("{name} is not on offer any more.", name=row["name"])
    if row["stock"] is not None and row["stock"] <= _waiting(session, reward_id):
        raise UserError("{name} is out of stock.", name=row["name"])
    short = row["cost"] - available(session, actor.person_id)
    if short > 0:
        raise UserError(
            plural_text(
                "There are not enough points: {n} is missing.", "There are not enough points: {n} are missing.", n=short
            )
        )
    return session.insert(
        redemption,
        {
            "person_id": actor.person_id,
            "reward_id": reward_id,
            "points": row["cost"],
            "weight": row["weight"],
            "state": RedemptionState.REQUESTED,
            "requested_at": session.now,
        },
    )


@action(
    "points.decide",
    title=N_("Redemption decided"),
    undo=counter("points.take_back_decision", "redemption"),
)
def decide(session: Session, actor: Actor, redemption_id: int, approve: bool, reason: str = "") -> None:
    """Approve a request (its points are spent now) or refuse it with a reason; never one's own."""
    by = require_person(session, actor, "points.decide")
    row = session.row(redemption, redemption_id)
    if row["person_id"] == by:
        raise UserError("Nobody decides on their own request.")
    if row["state"] != RedemptionState.REQUESTED:
        raise UserError("This request has been decided already.")
    if not approve and not reason.strip():
        raise UserError("A written reason is needed.")
    values = {"decided_by_id": by, "decided_at": session.now, "reason": reason.strip() or None}
    if not approve:
        session.update(redemption, redemption_id, {"state": RedemptionState.REFUSED, **values})
        return
    wanted = session.row(reward, row["reward_id"])
    if wanted["stock"] is not None:
        if wanted["stock"] < 1:
            raise UserError("{name} is out of stock.", name=wanted["name"])
        session.update(reward, wanted["id"], {"stock": wanted["stock"] - 1})
    session.update(redemption, redemption_id, {"state": RedemptionState.APPROVED, **values})
    Ledger(session).append(
        person_id=row["person_id"],
        event=SPENT,
        kind=EntryKind.SPEND,
        points=-row["points"],
        cause=_cause(redemption_id),
        turn=_turns(session, redemption_id) + 1,
        occurred_on=session.now.date(),
        note=wanted["name"],
    )


@action(
    "points.take_back_decision",
    title=N_("Decision on a redemption taken back"),
    undo=never(N_("The request waits again: approve or refuse it.")),
)
def take_back_decision(session: Session, actor: Actor, redemption_ids: Sequence[int]) -> int:
    """Let requests wait again; points that were spent come back by an entry of their own. Never one's own request.

    Not where the reward has been handed over. Returns how many.
    """
    by = require_person(session, actor, "points.take_back_decision")
    for redemption_id in redemption_ids:
        row = session.row(redemption, redemption_id)
        if row["person_id"] == by:
            raise UserError("Nobody decides on their own request.")
        if row["state"] not in (RedemptionState.APPROVED, RedemptionState.REFUSED):
            raise StandsInTheWay([(redemption.name, redemption_id)])
        waits = {"decided_by_id": None, "decided_at": None, "reason": None, "state": RedemptionState.REQUESTED}
        session.update(redemption, redemption_id, waits)
        if row["state"] == RedemptionState.APPROVED:
            wanted = session.row(reward, row["reward_id"])
            if wanted["stock"] is not None:
                session.update(reward, wanted["id"], {"stock": wanted["stock"] + 1})
            Ledger(session).append(
                person_id=row["person_id"],
                event=SPENT,
                kind=EntryKind.AWARD,
                points=row["points"],
                cause=_cause(redemption_id),
                turn=_turns(session, redemption_id) + 1,
                occurred_on=session.now.date(),
                note=wanted["name"],
            )
    return len(redemption_ids)


def _cause(redemption_id: int) -> str:
    return f"redemption:{redemption_id}"


def _turns(session: Session, redemption_id: int) -> int:
    """How many entries of the ledger are about a redemption."""
    statement = select(func.count()).select_from(point_entry).where(point_entry.c.cause == _cause(redemption_id))
    return int(session.connection.execute(statement).scalar_one())


@action("points.fulfil", title=N_("Reward handed over"), undo=INVERSE)
def fulfil(session: Session, actor: Actor, redemption_id: int) -> None:
    """Say that an approved reward has been handed over; never one's own."""
    by = require_person(session, actor, "points.fulfil")
    row = session.row(redemption, redemption_id)
    if row["person_id"] == by:
        raise UserError("Nobody decides on their own request.")
    if row["state"] != RedemptionState.APPROVED:
        raise UserError("Only what is approved can be fulfilled.")
    session.update(redemption, redemption_id, {"state": RedemptionState.FULFILLED, "fulfilled_at": session.now})


@action(
    "points.withdraw", title=N_("Request for a reward taken back"), undo=never(N_("The reward can be asked for again."))
)
def withdraw(session: Session, actor: Actor, redemption_id: int) -> None:
    """Take one's own request back while nobody has decided."""
    row = session.row(redemption, redemption_id)
    if row["person_id"] != actor.person_id:
        raise UserError("Only who asked takes a request back.")
    if row["state"] != RedemptionState.REQUESTED:
        raise UserError("This request has been decided already.")
    session.update(redemption, redemption_id, {"state": RedemptionState.WITHDRAWN})


def keep_rules(session: Session) -> None:
    """UserError where what was taken back does not fit the points people have."""
    for written in session.changed(redemption):
        found = select(redemption).where(redemption.c.id == written.row_id)
        row = session.connection.execute(found).mappings().one_or_none()
        if row is not None and row["state"] == RedemptionState.REQUESTED:
            short = -available(session, row["person_id"])
            if short > 0:
                raise UserError(
                    plural_text(
                        "There are not enough points: {n} is missing.",
                        "There are not enough points: {n} are missing.",
                        n=short,
                    )
                )


def earned_since(connection: Connection, step: Mapping[str, Any]) -> list[int]:
    """The entries that rest on what a change of the history made of a rule: given by it since, and not taken back.

    That a rule ends, or goes on, changes nothing of what it has given.
    """
    if not {"points", "per_month"} & json.loads(step["after"] or "{}").keys():
        return []
    c = point_entry.c
    made = change.c.table_name == point_entry.name, change.c.row_id == c.id, change.c.id > step["id"]
    rows = connection.execute(
        select(c.id, c.cause, c.person_id, c.points).where(c.rule_id == step["row_id"], exists().where(*made))
    ).all()
    left: dict[tuple[str, int], int] = defaultdict(int)
    for row in rows:
        left[row.cause, row.person_id] += row.points
    return [row.id for row in rows if left[row.cause, row.person_id] > 0]


def go_on_as_before(session: Session, steps: Sequence[Mapping[str, Any]]) -> bool:
    """Take back a rule that the ledger speaks of, though nothing it gave is left: it gives from now on what the rule gave
    that it ended, or nothing where there was none. Whether that was the case; ``steps``: its changes of the history."""
    made = [step for step in steps if step["operation"] == Operation.INSERT]
    given = select(point_entry.c.id).where(point_entry.c.rule_id.in_([step["row_id"] for step in made])).limit(1)
    if session.connection.execute(given).first() is None:
        return False
    ended = [step for step in steps if step["operation"] == Operation.UPDATE]
    values: dict[str, Any] = {"points": 0, "per_month": 0}
    for step in ended:
        before = session.row(point_rule, step["row_id"])
        last_on = typed(point_rule, json.loads(step["before"]))["last_on"]
        values = {"points": before["points"], "per_month": before["per_month"], "last_on": last_on}
    for step in made:
        session.update(point_rule, step["row_id"], values)
    return True


def available(session: Session, person_id: int) -> int:
    """What somebody can spend: the balance less what their open requests reserve."""
    r = redemption.c
    reserved = session.connection.execute(
        select(func.coalesce(func.sum(r.points), 0)).where(
            r.person_id == person_id, r.state == RedemptionState.REQUESTED
        )
    ).scalar_one()
    return balance_of(session.connection, person_id) - int(reserved)


def _waiting(session: Session, reward_id: int) -> int:
    r = redemption.c
    statement = (
        select(func.count())
        .select_from(redemption)
        .where(r.reward_id == reward_id, r.state == RedemptionState.REQUESTED)
    )
    return int(session.connection.execute(statement).scalar_one())
