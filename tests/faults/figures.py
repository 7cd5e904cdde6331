"""What the battery has tried and what came of it: counted in each process of a run, printed together at its end."""

from collections import Counter

from hypothesis import settings

figures: Counter[str] = Counter()


def count(**tried: int) -> None:
    """Add to the figures; one that must stay 0 is given, too, so that it is printed."""
    figures.update(tried)


def seconds(short: float, long: float) -> float:
    """For how long something is tried; the long form is `pytest tests/faults --hypothesis-profile=long`."""
    return long if settings.get_current_profile_name() == "long" else short
