"""The ramp-up's mathematics: calendar, interval, counting."""

import datetime as dt
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.ramp.calendar import NO_DAY, add_months, month_start, tenure_month, to_date, to_day
from mentor_app.core.ramp.columns import tenure_months
from mentor_app.core.ramp.curve import Deals, company, trend
from mentor_app.core.ramp.hire import Hire
from mentor_app.core.ramp.interval import Z90, wilson
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON

DATES = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
D = dt.date


def test_hired_on_31_january_month_2_starts_at_the_end_of_february() -> None:
    assert [month_start(D(2025, 1, 31), m) for m in (1, 2, 3, 4)] == [
        D(2025, 1, 31),
        D(2025, 2, 28),
        D(2025, 3, 31),
        D(2025, 4, 30),
    ]
    assert month_start(D(2024, 1, 31), 2) == D(2024, 2, 29)
    assert tenure_month(D(2025, 1, 31), D(2025, 2, 27)) == 1
    assert tenure_month(D(2025, 1, 31), D(2025, 2, 28)) == 2
    assert tenure_month(D(2025, 1, 31), D(2025, 3, 30)) == 2
    assert tenure_month(D(2024, 2, 29), D(2025, 2, 28)) == 13


@given(DATES, DATES)
def test_a_date_lies_in_its_month_and_no_other(hired: dt.date, date: dt.date) -> None:
    month = tenure_month(hired, date)
    assert month_start(hired, month) <= date < month_start(hired, month + 1)
    assert (month >= 1) == (date >= hired)


@given(DATES, st.integers(0, 400))
def test_adding_months_never_skips_one(date: dt.date, months: int) -> None:
    result = add_months(date, months)
    assert (result.year * 12 + result.month) - (date.year * 12 + date.month) == months
    assert result.day == date.day or (result + dt.timedelta(days=1)).day == 1


@given(st.lists(st.tuples(DATES, DATES), max_size=30))
def test_arrays_agree_with_single_dates(pairs: list[tuple[dt.date, dt.date]]) -> None:
    hired = np.array([to_day(h) for h, _ in pairs], np.int32)
    days = np.array([to_day(d) for _, d in pairs], np.int32)
    assert tenure_months(hired, days).tolist() == [tenure_month(h, d) for h, d in pairs]


@given(DATES)
def test_day_numbers_round_trip(date: dt.date) -> None:
    assert to_date(to_day(date)) == date
    assert to_day(None) == NO_DAY


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_wilson_bounds_solve_the_score_equation(won: int, lost: int) -> None:
    n = won + lost
    rate = wilson(won, n)
    if n == 0:
        assert rate == (None, None, None)
        return
    value, low, high = rate
    assert value is not None
    assert low is not None
    assert high is not None
    assert 0 <= low <= value <= high <= 1
    for bound in (low, high):  # |p̂ − p| = z √(p (1 − p) / n) at both bounds, unless clamped at 0 or 1
        if 0 < bound < 1:
            assert abs(value - bound) == pytest.approx(Z90 * sqrt(bound * (1 - bound) / n), rel=1e-6, abs=1e-9)


def test_wilson_of_a_known_case() -> None:
    rate = wilson(25, 34)
    assert rate.low == pytest.approx(0.59692, abs=1e-5)
    assert rate.high == pytest.approx(0.83898, abs=1e-5)


@st.composite
def _deals(draw: st.DrawFn) -> list[tuple[int, int, dt.date | None, dt.date | None]]:
    near = st.dates(D(2023, 1, 1), D(2026, 12, 31))
    status = st.sampled_from([OPEN, WON, LOST, VOID])
    rows = draw(st.lists(st.tuples(st.integers(0, 2), status, st.none() | near, near), max_size=40))
    return [(who, s, opened, None if s == OPEN else closed) for who, s, opened, closed in rows]


HIRES = (
    Hire(key=1, name="A", hired_on=D(2024, 1, 31)),
    Hire(key=2, name="B", hired_on=D(2025, 6, 1)),
    Hire(key=3, name="C", hired_on=None),
)


@given(_deals(), st.dates(D(2023, 6, 1), D(2027, 6, 1)), st.booleans())
def test_counts_agree_with_counting_one_by_one(
    rows: list[tuple[int, int, dt.date | None, dt.date | None]], as_of: dt.date, include: bool
) -> None:
    arrays = [np.array(c, np.int32) for c in zip(*[(w, s, to_day(o), to_day(c)) for w, s, o, c in rows], strict=True)]
    deals = Deals(*arrays) if rows else Deals(*(np.zeros(0, np.int32) for _ in range(4)))
    found = company(HIRES, deals, as_of, include)
    senior = [0, 0, set()]
    recent = [0, 0, set()]
    for index, hire in enumerate(HIRES):
        want = dict.fromkeys(("won", "lost", "open", "void", "inherited", "before_hire"), 0)
        months: dict[int, list[int]] = {}
        for who, status, opened, closed in rows:
            if who != index or hire.hired_on is None or (opened and opened > as_of):
                continue
            state = OPEN if status == OPEN or (closed and closed > as_of) else status
            if state != OPEN and closed and closed < hire.hired_on:
                want["before_hire"] += 1
                continue
            if opened and opened < hire.hired_on:
                want["inherited"] += 1
                if not include:
                    continue
            want[{OPEN: "open", WON: "won", LOST: "lost", VOID: "void"}[state]] += 1
            if state in (WON, LOST) and closed:
                month = tenure_month(hire.hired_on, closed)
                months.setdefault(month, [0, 0])[state == LOST] += 1
                if month >= 7:
                    for group in (senior, *([recent] if closed > add_months(as_of, -12) else [])):
                        group[state == LOST] += 1
                        group[2].add(who)
        curve = found.curve(index)
        assert {name: getattr(curve, name) for name in want} == want
        assert {m.month: [m.won, m.lost] for m in curve.months if m.closed} == months
    used = recent if recent[2] else senior
    assert (found.benchmark.won, found.benchmark.lost, found.benchmark.people) == (used[0], used[1], len(used[2]))
    assert (found.benchmark.since is None) == (not recent[2])


def test_months_without_closings_are_unknown_and_early_ones_not_covered() -> None:
    day = to_day
    deals = Deals(
        *(
            np.array(c, np.int32)
            for c in zip(
                (0, WON, day(D(2024, 2, 1)), day(D(2024, 5, 10))),
                (0, LOST, day(D(2024, 6, 1)), day(D(2024, 7, 10))),
                strict=True,
            )
        )
    )
    curve = company(HIRES[:1], deals, D(2024, 8, 1)).curve(0)
    assert [m.covered for m in curve.months] == [False, False, False, True, True, True]
    assert [m.rate.value for m in curve.months] == [None, None, None, 1.0, None, 0.0]
    assert curve.months[-1].full is False  # the data ends within it


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=24))
def test_the_trend_stays_within_what_was_seen(counts: list[tuple[int, int]]) -> None:
    won, closed = [w for w, _ in counts], [w + n for w, n in counts]
    rates = [w / n for w, n in zip(won, closed, strict=True) if n]
    for rate in trend(won, closed):
        if rate.value is not None:
            assert min(rates) - 1e-9 <= rate.value <= max(rates) + 1e-9
    assert all(r.value is not None for r, n in zip(trend(won, closed), closed, strict=True) if n)
