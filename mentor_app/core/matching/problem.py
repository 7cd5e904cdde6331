"""One assignment of all apprentices at once: the board as arrays, its best plan explained, what choosing otherwise costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentor_app.core.matching import criteria
from mentor_app.core.matching.assign import NOBODY, assign, total
from mentor_app.core.matching.criteria import Apprentice, Mentor
from mentor_app.core.text import Text, text


@dataclass(frozen=True)
class Board:
    """Hires without a mentor, everybody who mentors, and the (apprentice, mentor) pairs that would close a circle."""

    apprentices: tuple[Apprentice, ...]
    mentors: tuple[Mentor, ...]
    circles: frozenset[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One suggested pair: its score, what each criterion gave, and the next best mentor for the same hire."""

    apprentice: Apprentice
    mentor: Mentor
    score: float
    parts: Mapping[str, float]
    alternative: Mentor | None
    alternative_score: float | None


@dataclass(frozen=True)
class Plan:
    """The whole suggestion, with what it was computed from."""

    pairs: tuple[Suggestion, ...]
    unplaced: tuple[tuple[Apprentice, Text], ...]
    total: float
    board: Board


@dataclass(frozen=True)
class Otherwise:
    """What another mentor for one hire does to the whole plan: ``lost`` is how much lower its total gets (None where
    fewer hires could be placed or the pair is not possible), ``moves`` who else changes: (hire, from, to)."""

    lost: float | None
    moves: tuple[tuple[Apprentice, Mentor | None, Mentor | None], ...]


class Problem:
    """A board as arrays: ``scores`` and ``allowed`` of shape (apprentices, mentors), ``places`` (mentors,)."""

    def __init__(self, on: Board, weights: Mapping[str, float] | None, pinned: Mapping[int, int] | None) -> None:
        weight = criteria.check_weights(weights or {})
        self.board = on
        shape = len(on.apprentices), len(on.mentors)
        self.row = {hire.id: i for i, hire in enumerate(on.apprentices)}
        self.column = {mentor.id: j for j, mentor in enumerate(on.mentors)}
        self.parts = {
            name: weight[name] * values for name, values in criteria.parts(on.apprentices, on.mentors).items()
        }
        self.scores: NDArray[np.float64] = sum(self.parts.values(), np.zeros(shape))
        self.allowed = np.array([[h.id != m.id for m in on.mentors] for h in on.apprentices], bool).reshape(shape)
        for hire, mentor in on.circles:
            self.allowed[self.row[hire], self.column[mentor]] = False
        self.places = np.array([m.places for m in on.mentors], np.int64)
        self.pinned = dict(pinned or {})

    def solve(self) -> NDArray[np.int64]:
        """The mentor (column) of each apprentice: pinned ones held where they are possible, the rest at its best."""
        allowed, places = self.allowed.copy(), self.places.copy()
        held: dict[int, int] = {}
        for hire, mentor in self.pinned.items():
            row, column = self.row.get(hire), self.column.get(mentor)
            if row is None or column is None:
                continue
            free = self.board.mentors[column]
            possible = criteria.refusal(
                self.board.apprentices[row], free, self.board.circles, list(held.values()).count(column)
            )
            if possible is None:
                held[row] = column
                places[column] = max(0, places[column] - 1)
            allowed[row] = False
        chosen = assign(self.scores, allowed, places)
        for row, column in held.items():
            chosen[row] = column
        return chosen


def best_plan(on: Board, weights: Mapping[str, float] | None = None, pinned: Mapping[int, int] | None = None) -> Plan:
    """The optimal assignment on a board, with what each pair's score is made of and why somebody was left out.

    ``pinned`` (apprentice → mentor) are held; the rest is computed around them. The same board gives the same plan.
    """
    problem = Problem(on, weights, pinned)
    chosen = problem.solve()
    pairs, left = [], []
    for row, hire in enumerate(on.apprentices):
        column = int(chosen[row])
        if column == NOBODY:
            left.append((hire, _why_not(problem, row)))
            continue
        best = problem.scores[row].copy()
        best[~problem.allowed[row] | (problem.places < 1)] = -np.inf
        best[column] = -np.inf
        second = int(np.argmax(best))
        known = bool(np.isfinite(best[second]))
        given = {name: float(values[row, column]) for name, values in problem.parts.items()}
        pairs.append(
            Suggestion(
                apprentice=hire,
                mentor=on.mentors[column],
                score=float(problem.scores[row, column]),
                parts=given,
                alternative=on.mentors[second] if known else None,
                alternative_score=float(best[second]) if known else None,
            )
        )
    return Plan(tuple(pairs), tuple(left), sum(p.score for p in pairs), on)


def cost_of(
    on: Board, weights: Mapping[str, float] | None, pinned: Mapping[int, int], apprentice_id: int, mentor_id: int
) -> Otherwise:
    """What happens to the plan where ``apprentice_id`` goes to ``mentor_id`` and everybody else as well as can be."""
    before, after = Problem(on, weights, pinned), Problem(on, weights, {**pinned, apprentice_id: mentor_id})
    old, new = before.solve(), after.solve()
    row, column = before.row.get(apprentice_id), before.column.get(mentor_id)
    moves = tuple(
        (hire, _at(on, old[i]), _at(on, new[i]))
        for i, hire in enumerate(on.apprentices)
        if old[i] != new[i] and i != row
    )
    if row is None or column is None or new[row] != column or (new == NOBODY).sum() > (old == NOBODY).sum():
        return Otherwise(None, moves)
    return Otherwise(total(before.scores, old) - total(before.scores, new), moves)


def _at(on: Board, column: np.int64) -> Mentor | None:
    return None if column == NOBODY else on.mentors[int(column)]


def _why_not(problem: Problem, row: int) -> Text:
    """Why nobody was found for a hire."""
    hire, teachers = problem.board.apprentices[row], problem.board.mentors
    pinned = problem.column.get(problem.pinned.get(hire.id, 0))
    if pinned is not None:
        why = criteria.refusal(hire, teachers[pinned], problem.board.circles)
        return why or text("{mentor} has no place left for this plan.", mentor=teachers[pinned].name)
    if not any(m.barred is None for m in teachers):
        return text("There is no senior mentor.")
    if not problem.places.any():
        return text("Every mentor is full.")
    if not (problem.allowed[row] & (problem.places > 0)).any():
        return text("No mentor is allowed for this hire.")
    return text("All free places went to pairs that fit better.")
