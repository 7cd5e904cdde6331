"""Close rates by tenure month: counting, the senior benchmark, the trend, the cohort's median."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mentor_app.core.ramp.calendar import (
    NO_DAY,
    SENIOR_FROM_MONTH,
    add_months,
    month_start,
    tenure_month,
    to_date,
    to_day,
)
from mentor_app.core.ramp.columns import tenure_months
from mentor_app.core.ramp.hire import Hire
from mentor_app.core.ramp.interval import UNKNOWN, Rate, wilson
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON

COHORT_MINIMUM = 3
_BANDWIDTH = 1.5

Days = NDArray[np.int32]


@dataclass(frozen=True)
class Deals:
    """Opportunities as columns of equal length, sorted by nothing in particular.

    ``owner`` is the index of a hire in the list given beside it; dates are day numbers, NO_DAY where unknown.
    """

    owner: Days
    status: Days
    opened: Days
    closed: Days


@dataclass(frozen=True, kw_only=True)
class Month:
    """One tenure month of one hire. ``covered`` is False before the data begins, ``full`` once it has ended."""

    month: int
    starts_on: dt.date
    ends_on: dt.date
    won: int
    lost: int
    rate: Rate
    covered: bool
    full: bool

    @property
    def closed(self) -> int:
        """Deals with an outcome: won + lost."""
        return self.won + self.lost


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One hire's ramp-up, and everything left out of it."""

    hire: Hire
    months: tuple[Month, ...]
    won: int
    lost: int
    open: int
    void: int
    inherited: int
    before_hire: int
    trend: tuple[Rate, ...] = ()
    """Smoothed rate for each of ``months``."""

    @property
    def overall(self) -> Rate:
        """Pooled close rate over all months."""
        return wilson(self.won, self.won + self.lost)


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """What seniors close: pooled over ``people`` persons in their 7th tenure month or later."""

    won: int
    lost: int
    people: int
    rate: Rate
    since: dt.date | None
    """First day of the twelve months counted; None when all time had to be used."""


@dataclass(frozen=True, kw_only=True)
class Company:
    """Everybody's ramp-up as of one day. Counts are kept as arrays; curves are made when asked for."""

    as_of: dt.date
    include_inherited: bool
    benchmark: Benchmark
    first_closing: dt.date | None
    data_until: dt.date | None
    hires: tuple[Hire, ...]
    _won: NDArray[np.int64] = field(repr=False)
    _lost: NDArray[np.int64] = field(repr=False)
    _totals: dict[str, NDArray[np.int64]] = field(repr=False)

    def curve(self, index: int) -> Curve:
        """The curve of ``hires[index]``."""
        hire = self.hires[index]
        months = self._months(index, hire)
        return Curve(
            hire=hire,
            months=months,
            trend=trend([m.won for m in months], [m.closed for m in months]),
            **{name: int(counts[index]) for name, counts in self._totals.items()},
        )

    def curves(self) -> list[Curve]:
        """Everybody's curve, in the order of ``hires``."""
        return [self.curve(i) for i in range(len(self.hires))]

    @property
    def listed(self) -> list[int]:
        """Indexes of the hires that are offered and listed: not of those whose personal data was erased."""
        return [i for i, hire in enumerate(self.hires) if not hire.erased]

    def cohort(self, name: str) -> list[int]:
        """Indexes of the hires of a cohort, for its sums: also of those erased."""
        return [i for i, hire in enumerate(self.hires) if hire.cohort == name]

    def listed_in(self, cohort: str) -> list[int]:
        """Indexes of those of a cohort that are listed."""
        return [i for i in self.cohort(cohort) if not self.hires[i].erased]

    def cohorts(self) -> list[str]:
        """Cohorts that have hires to be listed, oldest first."""
        return sorted({hire.cohort for hire in self.hires if hire.cohort and not hire.erased})

    def cohort_median(self, indexes: Sequence[int]) -> tuple[float | None, ...]:
        """Median of the members' monthly close rates; None in months where fewer than 3 have one."""
        if not len(indexes):
            return ()
        won, closed = self._won[indexes], (self._won + self._lost)[indexes]
        enough = np.flatnonzero((closed > 0).sum(axis=0) >= COHORT_MINIMUM)
        result: list[float | None] = [None] * (int(enough[-1]) + 1 if len(enough) else 0)
        rates = np.divide(won, closed, out=np.full(won.shape, np.nan), where=closed > 0)
        for month in enough.tolist():
            result[month] = float(np.nanmedian(rates[:, month]))
        return tuple(result)

    def pooled(self, first: int, last: int) -> tuple[int, int]:
        """Won and lost of everybody in tenure months ``first`` to ``last``."""
        return int(self._won[:, first - 1 : last].sum()), int(self._lost[:, first - 1 : last].sum())

    def _months(self, index: int, hire: Hire) -> tuple[Month, ...]:
        if hire.hired_on is None:
            return ()
        won, lost = self._won[index], self._lost[index]
        known = np.flatnonzero(won + lost)
        end = min(day for day in (self.as_of, self.data_until, hire.left_on) if day is not None)
        last = max(tenure_month(hire.hired_on, end), int(known[-1]) + 1 if len(known) else 0)
        months = []
        for number in range(1, last + 1):
            starts = month_start(hire.hired_on, number)
            ends = month_start(hire.hired_on, number + 1) - dt.timedelta(days=1)
            w, n = (int(won[number - 1]), int(lost[number - 1])) if number <= len(won) else (0, 0)
            covered = self.first_closing is not None and ends >= self.first_closing
            full = ends <= min(self.as_of, self.data_until or self.as_of)
            months.append(
                Month(
                    month=number,
                    starts_on=starts,
                    ends_on=ends,
                    won=w,
                    lost=n,
                    rate=wilson(w, w + n),
                    covered=covered,
                    full=full,
                )
            )
        return tuple(months)


def company(hires: Sequence[Hire], deals: Deals, as_of: dt.date, include_inherited: bool = False) -> Company:
    """Count everybody's outcomes by tenure month as they stood on ``as_of``.

    Each deal of a hire is exactly one of won, lost, open, void, inherited (opened before the hire date) or
    before_hire (closed before it). A deal closed after ``as_of`` was open then; one opened after it did not exist.
    With ``include_inherited`` inherited deals also count by their status; those closed before the hire never do, for
    they have no tenure month.
    """
    people, day = len(hires), to_day(as_of)
    hired_by_owner = np.array([to_day(h.hired_on) for h in hires], np.int32)
    owner, opened = deals.owner, deals.opened
    hired = hired_by_owner[owner] if len(owner) else np.zeros(0, np.int32)
    exists = (hired != NO_DAY) & (opened <= day)
    was_open = (deals.status == OPEN) | (deals.closed > day)
    status = np.where(was_open, OPEN, deals.status)
    before = exists & ~was_open & (deals.closed < hired) & (deals.closed != NO_DAY)
    inherited = exists & ~before & (opened < hired) & (opened != NO_DAY)
    counted = exists & ~before if include_inherited else exists & ~before & ~inherited
    outcome = counted & ((status == WON) | (status == LOST)) & (deals.closed != NO_DAY)

    where = np.flatnonzero(outcome)
    who, result, closed = owner[where], status[where], deals.closed[where]
    month = tenure_months(hired[where], closed)
    width = int(month.max()) if len(month) else 1
    cell = who.astype(np.int64) * width + month - 1
    won_cells = np.bincount(cell[result == WON], minlength=people * width).reshape(people, width)
    lost_cells = np.bincount(cell[result == LOST], minlength=people * width).reshape(people, width)

    totals = {
        "won": won_cells.sum(axis=1),
        "lost": lost_cells.sum(axis=1),
        "open": np.bincount(owner[counted & (status == OPEN)], minlength=people),
        "void": np.bincount(owner[counted & (status == VOID)], minlength=people),
        "inherited": np.bincount(owner[inherited], minlength=people),
        "before_hire": np.bincount(owner[before], minlength=people),
    }
    all_closed = deals.closed[(deals.status == WON) | (deals.status == LOST)]
    all_closed = all_closed[all_closed != NO_DAY]
    first = to_date(int(all_closed.min())) if len(all_closed) else None
    latest = [int(x[x <= day].max(initial=NO_DAY)) for x in (all_closed, opened)]
    return Company(
        as_of=as_of,
        include_inherited=include_inherited,
        benchmark=_benchmark(who, result, closed, month, as_of),
        first_closing=first,
        data_until=to_date(max(latest)),
        hires=tuple(hires),
        _won=won_cells,
        _lost=lost_cells,
        _totals=totals,
    )


def _benchmark(who: Days, result: Days, closed: Days, month: Days, as_of: dt.date) -> Benchmark:
    since = add_months(as_of, -12)
    senior = month >= SENIOR_FROM_MONTH
    recent = senior & (closed > to_day(since))
    used, start = (recent, since + dt.timedelta(days=1)) if recent.any() else (senior, None)
    won, lost = int((result[used] == WON).sum()), int((result[used] == LOST).sum())
    return Benchmark(won=won, lost=lost, people=len(np.unique(who[used])), rate=wilson(won, won + lost), since=start)


def trend(won: Sequence[int], closed: Sequence[int]) -> tuple[Rate, ...]:
    """Smoothed close rate for each month, from the first to the last month with closings.

    Local constant regression (Nadaraya 1964, Watson 1964) with a Gaussian kernel of 1.5 months: near months weigh
    more, months with more closings weigh more. The interval is Wilson's on the effective count
    (sum of weights × counts)² / sum of weights² × counts, so thin data widens it.
    """
    n, w = np.asarray(closed, float), np.asarray(won, float)
    known = np.flatnonzero(n)
    if not len(known):
        return (UNKNOWN,) * len(n)
    at = np.arange(known[0], known[-1] + 1)
    weights = np.exp(-(((known[None, :] - at[:, None]) / _BANDWIDTH) ** 2) / 2)
    total = weights @ n[known]
    rate = np.minimum(weights @ w[known] / total, 1.0)
    effective = total**2 / ((weights * weights) @ n[known])
    inner = [wilson(r * e, e) for r, e in zip(rate.tolist(), effective.tolist(), strict=True)]
    return (UNKNOWN,) * int(known[0]) + tuple(inner) + (UNKNOWN,) * int(len(n) - 1 - known[-1])
