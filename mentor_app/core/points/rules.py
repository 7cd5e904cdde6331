"""What earns points, how much by which rule, and how the ledger is chained. Pure functions on plain values."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_, Text, text


class PointEvent(StrEnum):
    """What an entry of the ledger is about: what earned, or the redemption that is paid for."""

    SESSION = "session"
    FEEDBACK = "feedback"
    GATE = "gate"
    PLAYBOOK = "playbook"
    CYCLE = "cycle"
    FIRST_WIN = "first_win"
    REDEMPTION = "redemption"
    AMENDED = "amended"


class EntryKind(StrEnum):
    """What an entry does: earns, takes back what lost its cause, pays for a reward."""

    AWARD = "award"
    REVERSAL = "reversal"
    SPEND = "spend"


class RedemptionState(StrEnum):
    """How far a reward asked for is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"


class RewardKind(StrEnum):
    """What points buy."""

    RESOURCE = "resource"
    PROMOTION = "promotion"


EVENTS = {
    PointEvent.SESSION: N_("Session hosted and signed off"),
    PointEvent.FEEDBACK: N_("Feedback within 48 hours"),
    PointEvent.GATE: N_("Apprentice's gate passed"),
    PointEvent.PLAYBOOK: N_("Playbook approved"),
    PointEvent.CYCLE: N_("Project cycle completed"),
    PointEvent.FIRST_WIN: N_("Apprentice's first win"),
}
SPENT = PointEvent.REDEMPTION
"""The event of an entry that pays for a reward."""
AMENDED = PointEvent.AMENDED
"""The event of an entry without points that vouches for others changed for somebody's personal data."""
AMENDED_WORDS = N_("Personal data put right in earlier entries")
GIVEN_BACK = N_("Redemption taken back")
"""What an award is called whose event is a redemption: its approval was taken back."""
KINDS = {EntryKind.AWARD: N_("Award"), EntryKind.REVERSAL: N_("Reversal"), EntryKind.SPEND: N_("Redemption")}


def event_words(event: str, kind: str, points: int) -> Text:
    """What an entry of the ledger is for."""
    if kind == EntryKind.SPEND:
        return text(KINDS[EntryKind.SPEND])
    if event == SPENT:
        return text(GIVEN_BACK)
    if event == AMENDED:
        return text(AMENDED_WORDS)
    words = text(EVENTS[PointEvent(event)])
    if kind == EntryKind.REVERSAL:
        return text("{event}: taken back", event=words)
    return text("{event}: the month's limit is reached", event=words) if points == 0 else words


STATES = {
    RedemptionState.REQUESTED: N_("Requested"),
    RedemptionState.APPROVED: N_("Approved"),
    RedemptionState.REFUSED: N_("Refused"),
    RedemptionState.FULFILLED: N_("Fulfilled"),
    RedemptionState.WITHDRAWN: N_("Withdrawn"),
}
REWARDS = {RewardKind.RESOURCE: N_("Training resource"), RewardKind.PROMOTION: N_("Promotion weight")}
FEEDBACK_WITHIN = dt.timedelta(hours=48)
GENESIS = "0" * 64
"""What stands for the hash before the first entry."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """So many points for an event from ``first_on`` to ``last_on`` (None: until further notice).

    ``per_month`` is the most a person can earn by the event in a calendar month, None: as much as it comes to.
    """

    id: int
    event: PointEvent
    points: int
    per_month: int | None
    first_on: dt.date
    last_on: dt.date | None
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Something that earns: for whom, on which day, with a remark. ``key`` tells it from every other."""

    key: str
    event: PointEvent
    person_id: int
    occurred_on: dt.date
    note: str


def rule_on(rules: Iterable[Rule], event: PointEvent, day: dt.date) -> Rule | None:
    """The rule for an event on a day."""
    for rule in rules:
        if rule.event == event and rule.first_on <= day and (rule.last_on is None or day <= rule.last_on):
            return rule
    return None


def earned(rule: Rule, this_month: int) -> int:
    """What an event earns by ``rule`` where ``this_month`` was earned by it in that month already."""
    return rule.points if rule.per_month is None else max(0, min(rule.points, rule.per_month - this_month))


def earning_event(word: str) -> PointEvent:
    """The event of this key. UserError where none that earns has it."""
    if word not in EVENTS:
        raise UserError("{event} is not an event that earns points.", event=word)
    return PointEvent(word)


def check_rule(event: PointEvent, points: int, per_month: int | None) -> None:
    """UserError where a rule can't be."""
    earning_event(event)
    if not 0 <= points <= 10_000 or (per_month is not None and not 0 <= per_month <= 1_000_000):
        raise UserError("Points lie between 0 and 10000.")


def chained(before: str, fields: Sequence[object]) -> str:
    """The hash of an entry: SHA-256 over the hash before it and the entry's fields as compact JSON, in hexadecimal."""
    words = json.dumps([before, *fields], ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(words.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):  # one instant has one spelling, whatever the database gives back
        utc = value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
        return utc.isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
