"""What must hold for projects and pairings, and how a suggestion scores a pair. Pure functions on plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

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
MAX_PHASES = 20
CRITERIA = {
    "region": N_("Same region"), "industry": N_("Same industry"), "gaps": N_("Strong in the hire's gaps"),
    "load": N_("Free capacity"), "record": N_("Pairings completed before"),
    "playbooks": N_("Playbooks approved"),
}  # fmt: skip
WEIGHTS = {"region": 3.0, "industry": 2.0, "gaps": 3.0, "load": 1.0, "record": 1.0, "playbooks": 1.0}


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
        raise UserError(not_senior(mentor.name))


def is_senior(hired_on: dt.date | None, day: dt.date) -> bool:
    """In the 7th tenure month or later on ``day``."""
    return hired_on is not None and tenure_month(hired_on, day) >= SENIOR_FROM_MONTH


def not_senior(name: str) -> Text:
    """Why somebody can't mentor yet."""
    return text("{name} is not senior yet: mentors are in their 7th month or later.", name=name)


def check_end(started_on: dt.date, ended_on: dt.date, people: Sequence[Employment]) -> None:
    """UserError where a pairing would end before it starts or after one of the two has left."""
    if ended_on < started_on:
        raise UserError("{date} lies before the pairing started on {start}.", date=ended_on, start=started_on)
    for who in people:
        if who.left_on is not None and ended_on > who.left_on:
            raise UserError("{date} lies after {name} left on {left}.", date=ended_on, name=who.name, left=who.left_on)


@dataclass(frozen=True)
class ProjectDetails:
    """What is said about a project. ``closed_on`` goes with an outcome other than open."""

    name: str
    started_on: dt.date
    customer: str | None = None
    region: str | None = None
    industry: str | None = None
    outcome: str = "open"
    closed_on: dt.date | None = None
    opportunity_id: int | None = None
    planned: Mapping[str, dt.date] = field(default_factory=dict)
    """Planned ends of phases, by their keys, for a new project."""


@dataclass(frozen=True)
class Phase:
    """One phase of a project's cycle: a key of the default cycle or words of one's own, planned and actual end."""

    phase: str
    planned_on: dt.date | None = None
    done_on: dt.date | None = None


def check_cycle(phases: Sequence[Phase], started_on: dt.date, today: dt.date) -> None:
    """UserError where a cycle has no phases, two of one name, or dates out of order, before its start or ahead of now."""
    if not 1 <= len(phases) <= MAX_PHASES:
        raise UserError("A cycle has between 1 and {n} phases.", n=MAX_PHASES)
    names = [phase.phase.strip().casefold() for phase in phases]
    if not all(names) or max(map(len, names)) > 40:
        raise UserError("A phase needs a name of at most 40 characters.")
    if len(set(names)) < len(names):
        raise UserError("Two phases have the same name.")
    for dates in ([p.planned_on for p in phases], [p.done_on for p in phases]):
        known = [date for date in dates if date is not None]
        if known and known[0] < started_on:
            raise UserError("{date} lies before the project started on {start}.", date=known[0], start=started_on)
        for before, after in pairwise(known):
            if after < before:
                raise UserError("{date} lies before the phase before it, {before}.", date=after, before=before)
    late = next((p.done_on for p in phases if p.done_on is not None and p.done_on > today), None)
    if late is not None:
        raise UserError("{date} lies in the future: plan it instead.", date=late)


@dataclass(frozen=True)
class Apprentice:
    """A hire without a mentor: ``gaps`` says for each kind of activity which share of the requirement is missing.

    ``since`` is the day from which they have had none, ``month`` their tenure month.
    """

    id: int
    name: str
    region: str | None
    industry: str | None
    gaps: Mapping[str, float]
    month: int = 1
    since: dt.date | None = None


@dataclass(frozen=True)
class Mentor:
    """A mentor: places taken and in all, what they are strong in (0 to 1 by kind), pairings completed,
    playbooks approved.

    ``leaves_on`` is a leaving date already known, ``barred`` why they can't mentor at all now.
    """

    id: int
    name: str
    region: str | None
    industry: str | None
    active: int
    capacity: int
    strengths: Mapping[str, float]
    completed: int
    playbooks: int = 0
    leaves_on: dt.date | None = None
    barred: Text | None = None

    @property
    def places(self) -> int:
        """Free places for suggestions: none with whoever may not mentor or is known to leave."""
        return 0 if self.barred or self.leaves_on else max(0, self.capacity - self.active)


def refusal(
    apprentice: Apprentice, mentor: Mentor, circles: Collection[tuple[int, int]], taken: int = 0
) -> Text | None:
    """Why this hire can't be given to this mentor, None where they can. ``circles`` holds the (apprentice, mentor) pairs
    that would close one; ``taken`` counts places given away but not stored yet."""
    if apprentice.id == mentor.id:
        return text("Nobody mentors themselves.")
    if mentor.barred is not None:
        return mentor.barred
    if (apprentice.id, mentor.id) in circles:
        return text(
            "{mentor} is an apprentice of {name}, directly or in a row.", mentor=mentor.name, name=apprentice.name
        )
    if mentor.active + taken >= mentor.capacity:
        return text("{mentor} is full: {n} of {n} places are taken.", mentor=mentor.name, n=mentor.capacity)
    return None


def parts(apprentices: Sequence[Apprentice], mentors: Sequence[Mentor]) -> dict[str, NDArray[np.float64]]:
    """Each criterion as an array of shape (apprentices, mentors) between 0 and 1.

    *gaps* is the share of the hire's missing practice that the mentor is strong in; *load* the free share of their
    places; *record* grows with pairings completed, full from the third on, *playbooks* with those approved, full from the second.
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
    written = np.array([min(1.0, m.playbooks / 2) for m in mentors])
    return {
        "region": same("region"), "industry": same("industry"), "gaps": fit,
        "load": np.broadcast_to(load, shape).astype(np.float64), "record": np.broadcast_to(record, shape).astype(np.float64),
        "playbooks": np.broadcast_to(written, shape).astype(np.float64),
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
