"""Planned activities as an iCalendar file (RFC 5545), for anybody's calendar program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from mentor_app.core.logbook.kinds import KINDS, ActivityState
from mentor_app.core.logbook.queries import Activity
from mentor_app.core.text import Translator
from mentor_app.transfer.files import replacing


def write_calendar(path: Path, planned: Sequence[Activity], now: dt.datetime, tr: Translator) -> int:
    """Write the planned activities that have a day; returns how many. Times are local to whoever opens the file."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//mentor-app//logbook//")
    calendar.add("version", "2.0")
    written = 0
    for one in planned:
        if one.state != ActivityState.PLANNED or one.details.held_on is None:
            continue
        event = Event()
        event.add("uid", f"activity-{one.id}@mentor-app")
        event.add("dtstamp", now)
        name = tr(KINDS[one.details.kind].name)
        event.add("summary", f"{name}: {one.subject}" if one.subject else name)
        if one.details.at_time:
            start = dt.datetime.combine(one.details.held_on, dt.time.fromisoformat(one.details.at_time))
            event.add("dtstart", start)
            event.add("dtend", start + dt.timedelta(minutes=one.details.minutes or 60))
        else:
            event.add("dtstart", one.details.held_on)
            event.add("dtend", one.details.held_on + dt.timedelta(days=1))
        people = [one.person] + ([one.host] if one.host else [])
        event.add("description", "\n".join(filter(None, [", ".join(people), one.details.next_step])))
        if one.details.customer:
            event.add("location", one.details.customer)
        calendar.add_component(event)
        written += 1
    with replacing(path) as part:
        part.write_bytes(calendar.to_ical())
    return written
