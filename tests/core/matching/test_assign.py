"""The assignment of many at once: the best there is, and what another choice costs."""

import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.matching.assign import NOBODY, assign, total
from mentor_app.core.matching.criteria import Apprentice, Mentor
from mentor_app.core.matching.problem import Board, Problem, cost_of
from tests.conftest import FEW


def brute(scores: np.ndarray, allowed: np.ndarray, capacity: np.ndarray) -> tuple[int, float]:
    """Most people placed, and of those ways the best total, by trying everything."""
    people, columns = scores.shape
    best = (0, 0.0)
    for choice in itertools.product(range(-1, columns), repeat=people):
        used = [choice.count(c) for c in range(columns)]
        if all(u <= cap for u, cap in zip(used, capacity, strict=True)) and all(
            c < 0 or allowed[r, c] for r, c in enumerate(choice)
        ):
            placed = [(r, c) for r, c in enumerate(choice) if c >= 0]
            best = max(best, (len(placed), round(sum(scores[r, c] for r, c in placed), 9)))
    return best


@FEW
@given(st.integers(0, 10**9), st.integers(1, 5), st.integers(1, 3))
def test_the_assignment_is_the_best_there_is(seed: int, people: int, columns: int) -> None:
    chance = np.random.default_rng(seed)
    scores = np.round(chance.uniform(-3, 8, (people, columns)), 2)
    allowed = chance.random((people, columns)) < 0.7
    capacity = chance.integers(0, 4, columns)
    chosen = assign(scores, allowed, capacity)
    placed = np.flatnonzero(chosen != NOBODY)
    assert all(allowed[row, chosen[row]] for row in placed)
    assert all((chosen == column).sum() <= capacity[column] for column in range(columns))
    count, value = brute(scores, allowed, capacity)
    assert (len(placed), round(total(scores, chosen), 6)) == (count, round(value, 6))
    assert (assign(scores, allowed, capacity) == chosen).all()


@FEW
@given(st.integers(0, 10**9))
def test_choosing_otherwise_never_gains_and_costs_what_the_best_such_plan_says(seed: int) -> None:
    chance = Random(seed)
    regions, kinds = ("East", "South", None), ("simulation", "shadowing")
    hires = tuple(
        Apprentice(
            id=i, name=f"H{i}", region=chance.choice(regions), industry=None, gaps={k: chance.random() for k in kinds}
        )
        for i in range(1, 5)
    )
    teachers = tuple(
        Mentor(
            id=10 + i,
            name=f"M{i}",
            region=chance.choice(regions),
            industry=None,
            active=0,
            capacity=chance.randint(1, 2),
            strengths={k: chance.random() for k in kinds},
            completed=0,
        )
        for i in range(3)
    )
    circles = frozenset((h.id, m.id) for h in hires for m in teachers if chance.random() < 0.2)
    on, hire, mentor = Board(hires, teachers, circles), chance.choice(hires), chance.choice(teachers)
    problem = Problem(on, None, None)
    row, column = problem.row[hire.id], problem.column[mentor.id]
    count, value = brute(problem.scores, problem.allowed, problem.places)
    others = [i for i in range(len(hires)) if i != row]
    places = problem.places.copy()
    places[column] -= 1
    placed, total_of_others = brute(problem.scores[others], problem.allowed[others], places)
    cost = cost_of(on, None, {}, hire.id, mentor.id)
    if problem.allowed[row, column] and placed + 1 == count:
        assert cost.lost == pytest.approx(value - total_of_others - problem.scores[row, column], abs=1e-6)
        assert cost.lost >= -1e-9  # never a gain
    else:
        assert cost.lost is None


def test_a_large_assignment_equals_a_plain_call_of_the_solver() -> None:
    from scipy.optimize import linear_sum_assignment

    chance = np.random.default_rng(7)
    scores, capacity = chance.uniform(0, 10, (400, 160)), np.full(160, 3)
    expanded = np.repeat(scores, 3, axis=1)
    rows, columns = linear_sum_assignment(expanded, maximize=True)
    chosen = assign(scores, np.ones((400, 160), bool), capacity)
    assert total(scores, chosen) == pytest.approx(expanded[rows, columns].sum())
    assert (chosen != NOBODY).all()
