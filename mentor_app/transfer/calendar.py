"""Planned activities as an iCalendar file (RFC 5545), for anybody's calendar program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, ActivityState
from mentor_app.core.logbook.queries import Activity
from mentor_app.core.text import Translator, shown
from mentor_app.transfer.files import replacing


def write_calendar(path: Path, planned: Sequence[Activity], now: dt.datetime, tr: Translator) -> int:
    """Write the planned activities that have a day; returns how many. Times are local to whoever opens the file."""
    from icalendar import Calendar, Event

    if path.suffix.lower() != ".ics":
        raise UserError("{file}: a calendar is written as .ics. Choose this ending.", file=str(path))
    calendar = Calendar()
    calendar.add("prodid", "-//mentor-app//logbook//")
    calendar.add("version", "2.0")
    written = 0
    for activity in planned:
        if activity.state != ActivityState.PLANNED or activity.details.held_on is None:
            continue
        event = Event()
        event.add("uid", f"activity-{activity.id}@mentor-app")
        event.add("dtstamp", now)
        name = tr(KINDS[activity.details.kind].name)
        event.add("summary", shown(f"{name}: {activity.subject}" if activity.subject else name, tr))
        if activity.details.at_time:
            start = dt.datetime.combine(activity.details.held_on, _time(activity.details.at_time, activity.subject))
            event.add("dtstart", start)
            event.add("dtend", start + dt.timedelta(minutes=activity.details.minutes or 60))
        else:
            event.add("dtstart", activity.details.held_on)
            event.add("dtend", activity.details.held_on + dt.timedelta(days=1))
        people = [activity.person] + ([activity.host] if activity.host else [])
        told = "\n".join(filter(None, [", ".join(people), activity.details.next_step]))
        event.add("description", shown(told, tr))
        if activity.details.customer:
            event.add("location", shown(activity.details.customer, tr))
        calendar.add_component(event)
        written += 1
    with replacing(path) as part:
        part.write_bytes(calendar.to_ical())
    return written


def _time(written: str, subject: str) -> dt.time:
    try:
        return dt.time.fromisoformat(written)
    except ValueError:
        raise UserError(
            "“{subject}” is planned at {time}, which is no time of day. Correct it in the logbook.",
            subject=subject,
            time=written,
        ) from None
