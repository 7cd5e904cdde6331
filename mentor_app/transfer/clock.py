"""Times of day and durations as lists write them."""

from __future__ import annotations

import re

from mentor_app.transfer.values import plain

_HOURS = r"小时|小時|钟头|hours?|hrs?|h|std|stunden?"
_MINUTES = r"分钟|分鐘|分|minutes?|minuten|mins?|min|m"
_CLOCK = re.compile(
    r"(?:\d{4}-\d{1,2}-\d{1,2}[ T])?(?P<half>上午|下午|晚上|早上|中午)?\s*(?P<hour>\d{1,2})"
    r"(?:[:.](?P<minute>\d{2})(?::\d{2})?|\s*(?:时|時|點|点|h)\s*(?P<said>\d{1,2}|半)?\s*分?)\s*(?:uhr)?\s*(?P<behind>[ap])?\.?(?:m\.?)?",
    re.IGNORECASE,
)
_WHOLE_HOUR = re.compile(r"(?P<hour>\d{1,2})\s*(?P<behind>[ap])\.?m\.?|(?P<german>\d{1,2})\s*uhr", re.IGNORECASE)
_SPAN = re.compile(r"(?:(?P<days>\d+) days?, )?(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)(?::00)?")
_WORDS = re.compile(
    rf"(?:(?P<hours>\d+(?:[.,]\d+)?|半|一|两)\s*个?(?P<half>半)?\s*(?:{_HOURS})\.?)?\s*(?P<more>半)?\s*(?:(?P<minutes>\d+)(?:[.,]0+)?\s*(?:{_MINUTES})?\.?)?",
    re.IGNORECASE,
)
_OF_HOURS = re.compile(rf"(?<![^\W\d_])(?:{_HOURS})(?![^\W\d_])", re.IGNORECASE)
_COUNTED = {"半": 0.5, "一": 1.0, "两": 2.0}


def time_of_day(words: str) -> str | None:
    """A time of day as HH:MM, read from 9:05, 09:05:00, 9.05, 2:30 pm, 下午2:30, 14点30分; None where it is none."""
    clean = plain(words)
    found = _CLOCK.fullmatch(clean) or _WHOLE_HOUR.fullmatch(clean)
    if found is None:
        return None
    parts = found.groupdict()
    hour, minute = int(parts["hour"] or parts["german"]), _minute(parts.get("minute") or parts.get("said"))
    if parts.get("behind") and not 1 <= hour <= 12:
        return None
    return clock_time(hour, minute, parts.get("half") or parts.get("behind") or "")


def clock_time(hour: int, minute: int, half: str = "") -> str | None:
    """A time of day as HH:MM, where the ``half`` of the day may be named (am, p, 下午); None where there is no such time."""
    first = half[:1].lower()
    if first in ("a", "凌") and hour == 12:
        hour = 0
    elif (first in ("p", "下", "晚") and hour < 12) or (first == "中" and hour < 11):
        hour += 12
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _minute(said: str | None) -> int:
    return 30 if said == "半" else int(said or 0)


def minutes_of(words: str, header: str = "") -> int | None:
    """Whole minutes, read from 90, 90 min, 1:30, 1:30:00, 1.5 h, 1小时30分; None where they are none.

    A bare number counts hours where the ``header`` says so.
    """
    clean = plain(words)
    span = _SPAN.fullmatch(clean)
    if span is not None:
        return int(span["days"] or 0) * 1440 + int(span["hours"]) * 60 + int(span["minutes"])
    if re.fullmatch(r"\d+(?:[.,]\d+)?", clean) and _OF_HOURS.search(plain(header)):
        return _whole(float(clean.replace(",", ".")) * 60)
    found = _WORDS.fullmatch(clean)
    if found is None or not clean:
        return None
    hours = found["hours"]
    count = 0.0 if hours is None else _COUNTED.get(hours, 0.0) or float(hours.replace(",", "."))
    half = 0.5 if hours is not None and (found["half"] or found["more"]) else 0.0
    if hours is None and found["more"]:
        return None
    return _whole((count + half) * 60 + int(found["minutes"] or 0))


def _whole(minutes: float) -> int | None:
    return round(minutes) if abs(minutes - round(minutes)) < 1e-6 else None
