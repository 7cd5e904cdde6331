"""The rules of mentoring points, asked of all rows: the ledger's chain, rules of each day, redemptions and what was paid."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import Connection

from mentor_app.core.check.problem import Problem, unknown, wrong
from mentor_app.core.check.rows import Row, Rows
from mentor_app.core.points.ledger import verify
from mentor_app.core.points.rules import AMENDED, EVENTS, SPENT, EntryKind, RedemptionState, RewardKind
from mentor_app.core.points.tables import point_entry, point_rule, redemption, reward

TABLES = (point_rule, point_entry, reward, redemption)
_PAID = frozenset({RedemptionState.APPROVED, RedemptionState.FULFILLED})


def ledger(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """The chain and every balance; entries that say what they are for."""
    verdict = verify(connection)
    if verdict.why is not None:
        yield wrong(
            "ledger",
            "The points ledger is wrong at entry {row}: {reason}",
            "point_entry",
            verdict.first_bad,
            reason=verdict.why,
        )
    for one in rows.all("point_entry"):
        rule = rows.of("point_rule").get(one["rule_id"]) if one["rule_id"] is not None else None
        if one["event"] == AMENDED and (one["kind"], one["points"], one["rule_id"]) == (EntryKind.AWARD, 0, None):
            continue  # vouches for others; ``verify`` has looked at what it says
        fits = one["event"] == SPENT if one["kind"] == EntryKind.SPEND else one["event"] in {*EVENTS, SPENT}
        fits &= (one["kind"] == EntryKind.AWARD) == (one["points"] >= 0) and one["balance"] >= 0
        if not fits or (rule is not None and rule["event"] != one["event"]) or (rule is None and one["event"] != SPENT):
            yield wrong("ledger_entry", "Entry {row} of the ledger is by no rule.", "point_entry", one["id"])


def rules(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """One rule a day for an event."""
    for event, found in rows.by("point_rule", "event").items():
        if event not in EVENTS:
            yield unknown("point_rule", found[0], "event")
        held = sorted(found, key=lambda one: one["first_on"])
        for before, after in pairwise(held):
            if before["last_on"] is None or after["first_on"] <= before["last_on"]:
                yield wrong(
                    "rule_twice",
                    "Points rule {row} holds on the same days as {other}.",
                    "point_rule",
                    after["id"],
                    other=before["id"],
                )
        for one in held:
            if one["last_on"] and one["last_on"] < one["first_on"]:
                yield wrong("order", "Points rule {row} ends before it begins.", "point_rule", one["id"])
            if not 0 <= one["points"] <= 10_000 or (one["per_month"] or 0) < 0:
                yield wrong("value_unknown", "Points rule {row} gives what no rule can.", "point_rule", one["id"])


def redemptions(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """What was approved was paid, once, by who asked; decided by somebody else."""
    for one in rows.all("reward"):
        promotes = one["kind"] == RewardKind.PROMOTION
        if (
            one["kind"] not in set(RewardKind)
            or promotes != (one["weight"] is not None)
            or not 1 <= one["cost"] <= 10**6
        ):
            yield wrong("reward", "Reward {row} can't be as it is.", "reward", one["id"])
    paid: dict[str, list[Row]] = {}
    for entry in rows.all("point_entry"):
        if entry["event"] == SPENT:
            paid.setdefault(entry["cause"], []).append(entry)
    for row_id, one in rows.of("redemption").items():
        spent = paid.pop(f"redemption:{row_id}", [])
        due = -one["points"] if one["state"] in _PAID else 0
        others = any(e["person_id"] != one["person_id"] or abs(e["points"]) != one["points"] for e in spent)
        if (others or sum(e["points"] for e in spent) != due) and "point_entry" not in rows.missing:
            yield wrong(
                "redemption_unpaid",
                "Redemption {row} and what the ledger says was paid for it differ.",
                "redemption",
                row_id,
            )
        yield from _redemption(one)
    for cause, spent in paid.items():
        if cause.removeprefix("redemption:") not in map(str, rows.ids.get("redemption", ())):
            yield wrong(
                "ledger_entry",
                "Entry {row} of the ledger pays for a redemption that is not there.",
                "point_entry",
                spent[0]["id"],
            )


def _redemption(one: Row) -> Iterator[Problem]:
    """States that follow from who decided, and when."""
    row_id = one["id"]
    if one["state"] not in set(RedemptionState):
        yield unknown("redemption", one, "state")
    decided = one["state"] in _PAID | {RedemptionState.REFUSED}
    if decided != (one["decided_by_id"] is not None and one["decided_at"] is not None):
        yield wrong(
            "redemption_undecided",
            "Redemption {row} is decided by nobody, or not decided and yet by somebody.",
            "redemption",
            row_id,
        )
    if one["decided_by_id"] == one["person_id"]:
        yield wrong("redemption_own", "Redemption {row} was decided by who asked for it.", "redemption", row_id)
    if one["state"] == RedemptionState.REFUSED and not (one["reason"] or "").strip():
        yield wrong("reason_missing", "Redemption {row} was refused without a reason.", "redemption", row_id)
    if (one["state"] == RedemptionState.FULFILLED) != (one["fulfilled_at"] is not None):
        yield wrong(
            "order", "Redemption {row} is handed over without a day, or the other way round.", "redemption", row_id
        )
