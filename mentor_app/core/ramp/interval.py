"""Intervals for a proportion."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

# Two-sided 90 % of the standard normal: statistics.NormalDist().inv_cdf(0.95)
Z90 = 1.6448536269514715


class Rate(NamedTuple):
    """A proportion with its interval, all between 0 and 1; None where nothing is known."""

    value: float | None
    low: float | None
    high: float | None


UNKNOWN = Rate(None, None, None)


def wilson(won: float, closed: float, z: float = Z90) -> Rate:
    """Close rate ``won / closed`` with its Wilson score interval.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    ``closed`` may be an effective (non-integer) count. Nothing closed is unknown, not zero.
    """
    if not 0 <= won <= closed:
        raise ValueError("won must lie between 0 and closed")
    if closed == 0:
        return UNKNOWN
    rate = won / closed
    centre = rate + z * z / (2 * closed)
    half = z * sqrt(rate * (1 - rate) / closed + z * z / (4 * closed * closed))
    scale = 1 + z * z / closed
    low = 0.0 if won == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if won == closed else min(1.0, (centre + half) / scale)
    return Rate(rate, min(low, rate), max(high, rate))


def percent(value: float | None) -> str:
    """A rate in whole percent; a dash where unknown."""
    return "–" if value is None else f"{value * 100:.0f}%"
