"""The tenure calendar: which month of their time with the company a day falls into."""

from __future__ import annotations

import calendar
import datetime as dt

EPOCH = dt.date(1970, 1, 1)
NO_DAY = -(2**31)
"""Stands for an unknown date where days are counted as int32 since 1970-01-01: the least int32."""
SENIOR_FROM_MONTH = 7
"""The tenure month from which somebody counts as senior: in the benchmark, and as who may mentor."""


def to_day(date: dt.date | None) -> int:
    """Days since 1970-01-01; NO_DAY for None."""
    return NO_DAY if date is None else (date - EPOCH).days


def to_date(day: int) -> dt.date | None:
    """The date of a day number; None for NO_DAY."""
    return None if day == NO_DAY else EPOCH + dt.timedelta(days=int(day))


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, clamped to the month's end (31 January + 1 = 28 or 29 February), and to the days there
    are: old stores hold dates at their very ends."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return dt.date.min if year < dt.MINYEAR else dt.date.max
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def month_start(hired: dt.date, month: int) -> dt.date:
    """First day of tenure month ``month`` (1 starts on the hire date itself)."""
    return add_months(hired, month - 1)


def tenure_month(hired: dt.date, date: dt.date) -> int:
    """The tenure month of ``date``: 1 from the hire date on, 0 and below before it."""
    months = (date.year - hired.year) * 12 + date.month - hired.month
    return months + 1 if date >= add_months(hired, months) else months
