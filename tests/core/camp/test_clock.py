"""The camp's clock: months since the hire date, standing still on leave."""

import dataclasses
import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.camp.clock import clock_month, days_away, is_away, month_ends
from mentor_app.core.camp.programme import Stage
from mentor_app.core.camp.rules import pace
from mentor_app.core.ramp.calendar import month_start, tenure_month

D = dt.date
DAY = dt.timedelta(days=1)


DATES = st.dates(D(2024, 1, 1), D(2026, 12, 31))


LEAVES = st.lists(st.tuples(DATES, st.integers(0, 120)).map(lambda p: (p[0], p[0] + p[1] * DAY)), max_size=4)


@given(DATES, LEAVES, st.integers(0, 500))
def test_the_clock_stands_still_on_leave_and_nowhere_else(hired: dt.date, leaves: Any, days: int) -> None:
    date = hired + days * DAY
    worked = sum(not is_away(leaves, hired + n * DAY) for n in range(1, days + 1))
    first = 0 if not is_away(leaves, hired) else -1
    assert days - days_away(leaves, hired, date) == worked + first
    assert clock_month(hired, leaves, date) <= tenure_month(hired, date)
    assert clock_month(hired, [], date) == tenure_month(hired, date)


@given(DATES, LEAVES, st.integers(1, 8))
def test_a_month_of_the_clock_ends_where_the_next_begins(hired: dt.date, leaves: Any, month: int) -> None:
    end = month_ends(hired, leaves, month)
    assert end is not None
    assert clock_month(hired, leaves, end) <= month < clock_month(hired, leaves, end + DAY)


def test_hired_on_13_december_the_gate_of_month_3_is_due_on_12_march() -> None:
    hired = D(2025, 12, 13)
    stage = Stage(key="s", name=None, aim=None, first_month=1, last_month=3, requirements=())  # type: ignore[arg-type]
    assert pace(hired, [], stage, D(2026, 3, 12)) == ("on_time", D(2026, 3, 12))
    assert pace(hired, [], stage, D(2026, 3, 13)) == ("behind", D(2026, 3, 12))
    assert tenure_month(hired, D(2026, 3, 13)) == 4
    away = [(D(2026, 1, 1), D(2026, 1, 10))]
    assert pace(hired, away, stage, D(2026, 3, 13)) == ("on_time", D(2026, 3, 22))
    assert pace(hired, [(D(2026, 2, 1), None)], stage, D(2026, 9, 1)) == ("on_time", None)
    growth = dataclasses.replace(stage, first_month=3, last_month=6)
    assert pace(hired, [], growth, D(2026, 2, 1))[0] == "early"
    assert pace(hired, [], growth, D(2026, 2, 13))[0] == "on_time"
    assert pace(hired, [], None, D(2030, 1, 1)) == ("finished", None)
    assert month_start(D(2024, 1, 31), 4) - DAY == D(2024, 4, 29)
    assert pace(D(2024, 1, 31), [], stage, D(2024, 4, 29)) == ("on_time", D(2024, 4, 29))
