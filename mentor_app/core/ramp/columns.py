"""The tenure calendar for whole columns of day numbers at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


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
