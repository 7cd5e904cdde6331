"""What must hold for projects and pairings, and how a suggestion scores a pair. Pure functions on plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import PHASES
from mentor_app.core.ramp.calendar import tenure_month
from mentor_app.core.text import N_, Text, text

OUTCOMES = {"open": N_("Open"), "won": N_("Won"), "lost": N_("Lost"), "cancelled": N_("Cancelled")}
STATES = {
    "active": N_("Active"), "completed": N_("Completed"), "reassigned": N_("Reassigned"), "ended": N_("Ended"),
}  # fmt: skip
CYCLE = tuple(PHASES)
"""The phases of the default project cycle, in order."""
DEFAULT_CAPACITY = 2
SENIOR_FROM_MONTH = 7
CRITERIA = {
    "region": N_("Same region"), "industry": N_("Same industry"), "gaps": N_("Strong where the hire has gaps"),
    "load": N_("Free capacity"), "record": N_("Pairings completed before"),
}  # fmt: skip
WEIGHTS = {"region": 3.0, "industry": 2.0, "gaps": 3.0, "load": 1.0, "record": 1.0}


@dataclass(frozen=True)
class Employment:
    """Who somebody is and when they are with the company; ``hired_on`` None: not known."""

    id: int
    name: str
    hired_on: dt.date | None
    left_on: dt.date | None


def check_pair(apprentice: Employment, mentor: Employment, roles: Sequence[str], started_on: dt.date) -> None:
    """UserError where the two can't be paired on that day, whatever else holds."""
    if apprentice.id == mentor.id:
        raise UserError("Nobody mentors themselves.")
    if "mentor" not in roles:
        raise UserError("{name} does not have the role Mentor.", name=mentor.name)
    for who in (apprentice, mentor):
        if who.left_on is not None and who.left_on < started_on:
            raise UserError("{name} has left the company on {date}.", name=who.name, date=who.left_on)
        if who.hired_on is not None and started_on < who.hired_on:
            raise UserError("{date} lies before {name} was hired on {hired}.", date=started_on, name=who.name,
                            hired=who.hired_on)  # fmt: skip
    if not is_senior(mentor.hired_on, started_on):
        raise UserError("{name} is not senior yet: mentors are in their 7th month or later.", name=mentor.name)


def is_senior(hired_on: dt.date | None, day: dt.date) -> bool:
    """In the 7th tenure month or later on ``day``."""
    return hired_on is not None and tenure_month(hired_on, day) >= SENIOR_FROM_MONTH


def check_end(started_on: dt.date, ended_on: dt.date, people: Sequence[Employment]) -> None:
    """UserError where a pairing would end before it starts or after one of the two has left."""
    if ended_on < started_on:
        raise UserError("{date} lies before the pairing started on {start}.", date=ended_on, start=started_on)
    for who in people:
        if who.left_on is not None and ended_on > who.left_on:
            raise UserError("{date} lies after {name} left on {left}.", date=ended_on, name=who.name, left=who.left_on)


@dataclass(frozen=True)
class Apprentice:
    """A hire without a mentor: ``gaps`` says for each kind of activity which share of the requirement is missing."""

    id: int
    name: str
    region: str | None
    industry: str | None
    gaps: Mapping[str, float]


@dataclass(frozen=True)
class Mentor:
    """A mentor: places taken and in all, what they are strong in (0 to 1 by kind), pairings completed."""

    id: int
    name: str
    region: str | None
    industry: str | None
    active: int
    capacity: int
    strengths: Mapping[str, float]
    completed: int


def parts(apprentices: Sequence[Apprentice], mentors: Sequence[Mentor]) -> dict[str, NDArray[np.float64]]:
    """Each criterion as an array of shape (apprentices, mentors) between 0 and 1.

    *gaps* is the share of the hire's missing practice that the mentor is strong in; *load* the free share of their
    places; *record* grows with pairings completed, full from the third on.
    """
    shape = (len(apprentices), len(mentors))

    def same(field: str) -> NDArray[np.float64]:
        left = np.array([getattr(a, field) or "\0a" for a in apprentices], object)
        right = np.array([getattr(m, field) or "\0m" for m in mentors], object)
        equal: NDArray[np.float64] = (left[:, None] == right[None, :]).astype(np.float64).reshape(shape)
        return equal

    kinds = sorted({kind for a in apprentices for kind in a.gaps})
    gaps = np.array([[a.gaps.get(k, 0.0) for k in kinds] for a in apprentices]).reshape(len(apprentices), len(kinds))
    strengths = np.array([[m.strengths.get(k, 0.0) for k in kinds] for m in mentors]).reshape(len(mentors), len(kinds))
    missing = gaps.sum(axis=1, keepdims=True)
    fit = np.divide(gaps @ strengths.T, missing, out=np.zeros(shape), where=missing > 0)
    load = np.array([1 - m.active / m.capacity if m.capacity else 0.0 for m in mentors])
    record = np.array([min(1.0, m.completed / 3) for m in mentors])
    return {
        "region": same("region"), "industry": same("industry"), "gaps": fit,
        "load": np.broadcast_to(load, shape).astype(np.float64), "record": np.broadcast_to(record, shape).astype(np.float64),
    }  # fmt: skip


def check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights with the defaults for what is not given. UserError for an unknown criterion or a negative weight."""
    for name, weight in weights.items():
        if name not in CRITERIA:
            raise UserError(
                "{name} is not a criterion. The criteria are: {known}.", name=name, known=", ".join(CRITERIA)
            )
        if not isinstance(weight, (int, float)) or not 0 <= weight <= 1000:
            raise UserError("The weight of {name} must lie between 0 and 1000.", name=name)
    return {**WEIGHTS, **{name: float(weight) for name, weight in weights.items()}}


def why_not(apprentice: Apprentice, mentors: Sequence[Mentor]) -> Text:
    """Why nobody was found for a hire."""
    if not mentors:
        return text("There is no senior mentor.")
    if all(m.active >= m.capacity for m in mentors):
        return text("Every mentor is full.")
    return text("All free places went to pairs that fit better.")
