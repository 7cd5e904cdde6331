"""What the battery has tried and what came of it: counted in each process of a run, printed together at its end."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from hypothesis import settings

figures: Counter[str] = Counter()
minutes = 60.0
"""How long the long form takes, about."""


def count(**tried: int) -> None:
    """Add to the figures; one that must stay 0 is given, too, so that it is printed."""
    figures.update(tried)


def is_long() -> bool:
    """Whether this is the long form: `pytest tests/faults --minutes=60`, or `--hypothesis-profile=long`."""
    return settings.get_current_profile_name() == "long"


def seconds(short: float, share: float) -> float:
    """For how long something is tried: ``short``, or in the long form this ``share`` (in percent) of its minutes."""
    return minutes * 0.6 * share if is_long() else short


def rounds(short: int, share: float) -> Iterator[int]:
    """0, 1, 2 … as often as something is tried: ``short`` times, or in the long form for its share of the minutes."""
    until = time.monotonic() + seconds(0, share)
    yield from takewhile(lambda n: n < short or (is_long() and time.monotonic() < until), itertools.count())
