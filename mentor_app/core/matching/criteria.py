"""What makes an apprentice and a mentor fit: criteria between 0 and 1, their weights, and what forbids a pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_, Text, plural_text, text

CRITERIA = {
    "region": N_("Same region"),
    "industry": N_("Same industry"),
    "gaps": N_("Strong in the hire's gaps"),
    "load": N_("Free capacity"),
    "record": N_("Pairings completed before"),
    "playbooks": N_("Playbooks approved"),
}


WEIGHTS = {"region": 3.0, "industry": 2.0, "gaps": 3.0, "load": 1.0, "record": 1.0, "playbooks": 1.0}


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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
        return plural_text(
            "{mentor} is full: {taken} of {n} place is taken.",
            "{mentor} is full: {taken} of {n} places are taken.",
            mentor=mentor.name,
            taken=mentor.active + taken,
            n=mentor.capacity,
        )
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
        "region": same("region"),
        "industry": same("industry"),
        "gaps": fit,
        "load": np.broadcast_to(load, shape).astype(np.float64),
        "record": np.broadcast_to(record, shape).astype(np.float64),
        "playbooks": np.broadcast_to(written, shape).astype(np.float64),
    }


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
