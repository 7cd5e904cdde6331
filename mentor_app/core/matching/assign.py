"""One optimal assignment of everybody at once, under capacities and forbidden pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NOBODY = -1


def assign(scores: NDArray[np.float64], allowed: NDArray[np.bool_], capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """The mentor (column) of each apprentice (row), NOBODY where none could be found.

    ``scores`` and ``allowed`` have shape (apprentices, mentors), ``capacity`` (mentors,) says how many each may take.
    As many as possible are placed; of all ways to do that, one with the highest total score. The same input gives the
    same answer. A mentor stands in as many columns as they have places; a forbidden pair costs more than any plan can
    gain, so the solver (Crouse 2016, "On implementing 2D rectangular assignment algorithms", as in scipy) takes one
    only where nobody is left, and it is then taken out.
    """
    people, mentors = scores.shape
    result = np.full(people, NOBODY, np.int64)
    places = np.minimum(np.maximum(capacity, 0), people)
    columns = np.repeat(np.arange(mentors), places)
    if not people or not len(columns):
        return result
    from scipy.optimize import linear_sum_assignment

    usable = np.where(allowed, scores, 0.0)
    spread = float(np.abs(usable).max(initial=0.0))
    forbidden = -(2 * spread + 1) * (min(people, len(columns)) + 1)
    value = np.where(allowed, scores, forbidden)[:, columns]
    rows, taken = linear_sum_assignment(value, maximize=True)
    chosen = columns[taken]
    good = allowed[rows, chosen]
    result[rows[good]] = chosen[good]
    return result


def total(scores: NDArray[np.float64], assigned: NDArray[np.int64]) -> float:
    """The sum of the scores of all pairs of an assignment."""
    placed = np.flatnonzero(assigned != NOBODY)
    return float(scores[placed, assigned[placed]].sum())
