"""Planned activities as a calendar, opened with another library than the one that wrote it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import vobject

from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.queries import Activity, Filter, activities, activity_ids
from mentor_app.core.logbook.rules import Details
from mentor_app.core.text import translator
from mentor_app.transfer.calendar import write_calendar
from tests.conftest import TODAY
from tests.core.points.mentoring import Camp

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
DAY = TODAY + dt.timedelta(days=4)
NASTY = '华宇, <b>; \\n "quoted"\nBEGIN:VEVENT\r\nSUMMARY:forged'


def logged(camp: Camp, state: str = "planned", **details: Any) -> None:
    made = Details(**{"kind": "shadowing", "held_on": DAY, "customer": "C", "host_id": camp.mo.person_id, **details})
    camp.act(logbook.save_activity, camp.hire.person_id, made, TODAY, state=state, who=camp.hire)


def all_of(camp: Camp) -> list[Activity]:
    with camp.store.read() as connection:
        return list(activities(connection, activity_ids(connection, Filter())).values())


def opened(path: Path) -> list[Any]:
    return list(vobject.readOne(path.read_text(encoding="utf-8")).contents.get("vevent", []))


def test_times_whole_days_and_who_is_there(camp: Camp, tmp_path: Path) -> None:
    logged(camp, at_time="14:30", minutes=90, next_step="ask first")
    logged(camp, at_time="23:30", customer="late")
    logged(camp, customer="whole day")
    assert write_calendar(tmp_path / "a.ics", all_of(camp), NOW, translator("zh_CN")) == 3
    found = {event.location.value: event for event in opened(tmp_path / "a.ics")}
    timed = found["C"]
    assert (timed.dtstart.value, timed.dtend.value) == (
        dt.datetime(DAY.year, DAY.month, DAY.day, 14, 30),
        dt.datetime(DAY.year, DAY.month, DAY.day, 16, 0),
    )
    assert timed.summary.value == "客户影子: C"
    assert timed.description.value == "Ann, Mo\nask first"
    assert found["late"].dtend.value.date() == DAY + dt.timedelta(days=1)  # an hour, where no length is planned
    assert (found["whole day"].dtstart.value, found["whole day"].dtend.value) == (DAY, DAY + dt.timedelta(days=1))
    assert len({event.uid.value for event in found.values()}) == 3


def test_only_what_is_planned_is_in_it(camp: Camp, tmp_path: Path) -> None:
    logged(camp, "draft")
    logged(camp, "submitted", held_on=TODAY, minutes=5, learned="l")
    assert write_calendar(tmp_path / "a.ics", all_of(camp), NOW, translator("en")) == 0
    assert opened(tmp_path / "a.ics") == []


def test_texts_forge_nothing(camp: Camp, tmp_path: Path) -> None:
    logged(camp, customer=NASTY)
    write_calendar(tmp_path / "a.ics", all_of(camp), NOW, translator("en"))
    (event,) = opened(tmp_path / "a.ics")
    stored = all_of(camp)[0].details.customer
    assert event.location.value.splitlines() == str(stored).splitlines()
    assert len(event.contents["summary"]) == 1
    assert all(len(line.encode()) <= 75 for line in (tmp_path / "a.ics").read_bytes().decode().split("\r\n"))


def test_a_place_that_can_not_be_written_is_named_and_nothing_is_left(camp: Camp, tmp_path: Path) -> None:
    (tmp_path / "a.ics").mkdir()
    with pytest.raises(UserError, match=r"a\.ics can't be written"):
        write_calendar(tmp_path / "a.ics", all_of(camp), NOW, translator("en"))
    assert [p.name for p in tmp_path.glob("*.ics*")] == ["a.ics"]


def test_a_time_that_is_none_is_named(camp: Camp, tmp_path: Path) -> None:
    logged(camp, at_time="14:30")
    (one,) = all_of(camp)
    damaged = replace(one, details=replace(one.details, at_time="99:xx"))
    with pytest.raises(UserError, match="“C” is planned at 99:xx, which is no time of day"):
        write_calendar(tmp_path / "a.ics", [damaged], NOW, translator("en"))
    assert not (tmp_path / "a.ics").exists()
