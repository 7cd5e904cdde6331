"""The tenure calendar: which month of their time with the company a day falls into."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

EPOCH = dt.date(1970, 1, 1)
NO_DAY = np.iinfo(np.int32).min
"""Stands for an unknown date where days are counted as int32 since 1970-01-01."""


def to_day(date: dt.date | None) -> int:
    """Days since 1970-01-01; NO_DAY for None."""
    return int(NO_DAY) if date is None else (date - EPOCH).days


def to_date(day: int) -> dt.date | None:
    """The date of a day number; None for NO_DAY."""
    return None if day == NO_DAY else EPOCH + dt.timedelta(days=int(day))


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, clamped to the month's end (31 January + 1 = 28 or 29 February)."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def month_start(hired: dt.date, month: int) -> dt.date:
    """First day of tenure month ``month`` (1 starts on the hire date itself)."""
    return add_months(hired, month - 1)


def tenure_month(hired: dt.date, date: dt.date) -> int:
    """The tenure month of ``date``: 1 from the hire date on, 0 and below before it."""
    months = (date.year - hired.year) * 12 + date.month - hired.month
    return months + 1 if date >= add_months(hired, months) else months


@lru_cache(maxsize=4)
def _month_table(first: int, last: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    days = np.arange(first, last + 1).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    index = months.astype(np.int32)
    start = months.astype("datetime64[D]")
    length = ((months + 1).astype("datetime64[D]") - start).astype(np.int32)
    return index, (days - start).astype(np.int32) + np.int32(1), length


def tenure_months(hired: NDArray[np.int32], days: NDArray[np.int32]) -> NDArray[np.int32]:
    """``tenure_month`` for arrays of day numbers (same shape, none unknown)."""
    if not len(days):
        return np.zeros(0, np.int32)
    first = min(int(hired.min()), int(days.min()))
    last = max(int(hired.max()), int(days.max()))
    # Rounded outwards so that growing data keeps hitting the same remembered table.
    first, last = first - first % 4096, last + 4096 - last % 4096
    index, day_of_month, length = _month_table(first, last)
    at, since = days - np.int32(first), hired - np.int32(first)
    months = index[at] - index[since]
    reached = day_of_month[at] >= np.minimum(day_of_month[since], length[at])
    result: NDArray[np.int32] = months + reached.astype(np.int32)
    return result
