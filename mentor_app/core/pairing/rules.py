"""What must hold for pairings: who may mentor whom, and when one may end. Pure functions on plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mentor_app.core.errors import UserError
from mentor_app.core.people.roles import Role
from mentor_app.core.ramp.calendar import SENIOR_FROM_MONTH, tenure_month
from mentor_app.core.text import N_, Text, text


class PairingState(StrEnum):
    """A pairing runs, or how it ended: its cycle closed, another mentor took over, or early."""

    ACTIVE = "active"
    COMPLETED = "completed"
    REASSIGNED = "reassigned"
    ENDED = "ended"


STATES = {
    PairingState.ACTIVE: N_("Active"),
    PairingState.COMPLETED: N_("Completed"),
    PairingState.REASSIGNED: N_("Reassigned"),
    PairingState.ENDED: N_("Ended"),
}
DEFAULT_CAPACITY = 2


@dataclass(frozen=True, kw_only=True)
class Employment:
    """Who somebody is and when they are with the company; ``hired_on`` None: not known; ``inferred``: only by their first
    opportunity, so they may have been there before."""

    id: int
    name: str
    hired_on: dt.date | None
    left_on: dt.date | None
    inferred: bool = False


def check_pair(apprentice: Employment, mentor: Employment, roles: Collection[Role], started_on: dt.date) -> None:
    """UserError where the two can't be paired on that day, whatever else holds."""
    if apprentice.id == mentor.id:
        raise UserError("Nobody mentors themselves.").of("mentor")
    if Role.MENTOR not in roles:
        raise UserError("{name} does not have the role Mentor.", name=mentor.name).of("mentor")
    for who in (apprentice, mentor):
        if who.left_on is not None and who.left_on < started_on:
            raise UserError("{name} has left the company on {date}.", name=who.name, date=who.left_on).of("started_on")
        if who.hired_on is not None and started_on < who.hired_on and not who.inferred:
            raise UserError(
                "{date} lies before {name} was hired on {hired}.", date=started_on, name=who.name, hired=who.hired_on
            ).of("started_on")
    if not is_senior(mentor.hired_on, started_on):
        raise UserError(not_senior(mentor.name, sure=mentor.hired_on is not None and not mentor.inferred)).of("mentor")


def is_senior(hired_on: dt.date | None, day: dt.date) -> bool:
    """In the 7th tenure month or later on ``day``."""
    return hired_on is not None and tenure_month(hired_on, day) >= SENIOR_FROM_MONTH


def not_senior(name: str, sure: bool) -> Text:
    """Why somebody can't mentor yet; ``sure``: their hire date is known, and not only inferred."""
    if not sure:
        return text(_HIRED_UNKNOWN, name=name)
    return text("{name} is not senior yet: mentors are in their 7th month or later.", name=name)


_HIRED_UNKNOWN = N_(
    "It is not known that {name} is senior: mentors are in their 7th month or later, and the hire date is missing or only inferred from the first opportunity. Enter it under People."
)


def check_end(started_on: dt.date, ended_on: dt.date, people: Sequence[Employment]) -> None:
    """UserError where a pairing would end before it starts or after one of the two has left."""
    if ended_on < started_on:
        raise UserError("{date} lies before the pairing started on {start}.", date=ended_on, start=started_on).of(
            "ended_on"
        )
    for who in people:
        if who.left_on is not None and ended_on > who.left_on:
            raise UserError(
                "{date} lies after {name} left on {left}.", date=ended_on, name=who.name, left=who.left_on
            ).of("ended_on")


class AlertKind(StrEnum):
    """What needs a team lead's hand."""

    UNPAIRED = "unpaired"
    LEAVING = "leaving"
    SILENT = "silent"
    OVERRUN = "overrun"
    CLOSED = "closed"
    OVERLOADED = "overloaded"
    REVIEW = "review"


ALERT_KINDS = {
    AlertKind.UNPAIRED: N_("Without a mentor"),
    AlertKind.LEAVING: N_("Leaving"),
    AlertKind.SILENT: N_("No session"),
    AlertKind.OVERRUN: N_("Cycle overrun"),
    AlertKind.CLOSED: N_("Cycle closed"),
    AlertKind.OVERLOADED: N_("Mentor overloaded"),
    AlertKind.REVIEW: N_("Review missing"),
}
