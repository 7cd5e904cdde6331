"""The stage clock: tenure months from the hire date, stopped while somebody is on leave. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from mentor_app.core.ramp.calendar import month_start, tenure_month

Leaves = Sequence[tuple[dt.date, dt.date | None]]
_DAY = dt.timedelta(days=1)


def days_away(leaves: Leaves, first: dt.date, last: dt.date) -> int:
    """Days of leave from ``first`` to ``last``, both included; overlapping leaves count once. ``None`` ends never."""
    away, counted_from = 0, first
    for begins, ends in sorted(leaves, key=lambda leave: leave[0]):
        start, end = max(begins, counted_from), min(ends or last, last)
        if end >= start:
            away += (end - start).days + 1
            counted_from = _after(end)
    return away


def _after(day: dt.date) -> dt.date:
    """The day after; old stores hold the last day there is, after which there is none."""
    return day if day == dt.date.max else day + _DAY


def is_away(leaves: Leaves, date: dt.date) -> bool:
    """Whether ``date`` is a day of leave."""
    return any(begins <= date and (ends is None or date <= ends) for begins, ends in leaves)


def clock_month(hired: dt.date, leaves: Leaves, date: dt.date) -> int:
    """The month the stage clock shows on ``date``: the tenure month of the day that many days of leave earlier."""
    return tenure_month(hired, date - days_away(leaves, hired, date) * _DAY)


def month_ends(hired: dt.date, leaves: Leaves, month: int) -> dt.date | None:
    """Last day on which the stage clock shows ``month`` or less: its calendar end, put off by the leave before it.

    None while a leave without an end stands in between.
    """
    calendar_end = month_start(hired, month + 1) - _DAY
    end = calendar_end
    while not any(begins <= _after(end) and ends is None for begins, ends in leaves):
        # A leave that begins the very next day keeps the clock where it is, too.
        following = max((ends for begins, ends in leaves if ends and begins <= _after(end) <= ends), default=end)
        away = days_away(leaves, hired, following)
        later = max(following, calendar_end + min(away, (dt.date.max - calendar_end).days) * _DAY)
        if later == end:
            return end
        end = later
    return None
