"""Who the ramp-up is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hire:
    """Who the curve is about. ``hired_on`` is None only where neither date nor opportunity is known; ``erased``: counted
    in sums, but listed nowhere."""

    key: int
    name: str
    hired_on: dt.date | None
    inferred: bool = False
    left_on: dt.date | None = None
    erased: bool = False

    @property
    def cohort(self) -> str | None:
        """The quarter of the hire date, such as ``2026Q3``."""
        return None if self.hired_on is None else f"{self.hired_on.year}Q{(self.hired_on.month + 2) // 3}"
