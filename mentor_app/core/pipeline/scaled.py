"""Amounts of known deals that a file gives in another unit: all of them a thousandth, or ten thousand times, of what they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mentor_app.core.pipeline.renamed import Pair
from mentor_app.core.pipeline.rules import Scaled

_LEAST_POWER, _MOST_POWER = 2, 8
_LEAST_CENTS = 10
"""Of less, rounded to cents, too many amounts are a multiple."""
_SEVERAL, _MOSTLY = 3, 10


class Scales:
    """By which powers of ten the amounts of known deals change."""

    def __init__(self) -> None:
        self._changes = 0
        self._powers: Counter[int] = Counter()
        self._first: dict[int, tuple[int, int]] = {}

    def see(self, names: Sequence[str], pairs: Iterable[Pair]) -> None:
        """Known deals as they are and as the file says them."""
        at = names.index("amount_cents") if "amount_cents" in names else None
        if at is None:
            return
        for one in pairs:
            before, after = one.old[at], one.new[at]
            if before and after and before != after and min(abs(before), abs(after)) >= _LEAST_CENTS:
                self._changes += 1
                power = _power(before, after)
                if power is not None:
                    self._powers[power] += 1
                    self._first.setdefault(power, (before, after))

    def found(self) -> Scaled | None:
        """The one by which nine in ten of them change, three or more."""
        for power, deals in self._powers.most_common(1):
            if deals >= _SEVERAL and _MOSTLY * deals >= (_MOSTLY - 1) * self._changes:
                before, after = self._first[power]
                return Scaled(power=power, deals=deals, before=before, after=after)
        return None


def _power(before: int, after: int) -> int | None:
    """The power of ten that leads from one amount back to the other but for rounding to cents, negative where the later one is the larger."""
    less, more = sorted((abs(before), abs(after)))
    if before * after < 0:
        return None
    powers = range(_LEAST_POWER, _MOST_POWER + 1)
    power = next((power for power in powers if 2 * abs(more - less * 10**power) <= 10**power), None)
    return power if power is None or abs(after) == less else -power
