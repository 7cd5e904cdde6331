"""Activities files: kinds, phases and states in the words of both languages; each row once; wrong cells named."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from mentor_app.core.imports import Imported
from mentor_app.core.logbook.actions import sign_off
from mentor_app.core.logbook.queries import Filter, activities, activity_ids
from mentor_app.core.logbook.rules import Details
from mentor_app.transfer import activities as activities_file
from tests.core.points.mentoring import Camp
from tests.transfer.files import complaints, read_in, written

D = dt.date


def stored(camp: Camp) -> list[tuple[str, Details]]:
    with camp.store.read() as connection:
        found = activities(connection, activity_ids(connection, Filter()))
    return sorted(((a.state, a.details) for a in found.values()), key=lambda a: str(a[1].held_on))


def test_the_words_of_both_languages_mean_the_same(camp: Camp, tmp_path: Path) -> None:
    chinese = written(
        tmp_path / "z.csv",
        [
            (
                "新人",
                "类型",
                "日期",
                "开始时间",
                "客户",
                "时长(分钟)",
                "所学",
                "需求挖掘深度",
                "师傅",
                "商机阶段",
                "参与方式",
            ),
            ("Ann", "客户影子", "2026年10月5日", "14：30", "华宇", "４５分钟", "先问", "", "Mo", "需求", "旁听"),
        ],
        encoding="gb18030",
    )
    english = written(
        tmp_path / "e.xlsx",
        [
            ("person", "kind", "date", "time", "customer", "minutes", "learned", "mentor", "deal phase", "part"),
            ("Ann", "Shadowing session", D(2026, 10, 6), "14:30", "华宇", 45, "先问", "Mo", "discovery", "observed"),
        ],
    )
    for path in (chinese, english):
        done = read_in(activities_file, camp.store, path, said={"*": "new"})
        assert (done.new, done.rejected) == (1, [])
        assert read_in(activities_file, camp.store, path).unchanged == 1
    (_, first), (_, second) = stored(camp)
    assert (first.held_on, second.held_on) == (D(2026, 10, 5), D(2026, 10, 6))
    for read in (first, second):
        assert (read.kind, read.at_time, read.minutes, read.customer, read.learned, read.phase, read.part) == (
            "shadowing",
            "14:30",
            45,
            "华宇",
            "先问",
            "discovery",
            "observed",
        )
        assert read.host_id == camp.mo.person_id


def test_wrong_cells_are_named_and_nothing_is_kept(camp: Camp, tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        [
            ("person", "kind", "date", "customer", "minutes", "learned", "mentor", "status"),
            ("", "shadowing", "2026-10-05", "c", "5", "l", "", ""),
            ("Ann", "juggling", "2026-10-05", "c", "5", "l", "", ""),
            ("Ann", "", "2026-10-05", "c", "5", "l", "", ""),
            ("Ann", "shadowing", "2026-13-05", "c", "5", "l", "", ""),
            ("Ann", "shadowing", "2026-10-05", "c", "-5", "l", "", ""),
            ("Ann", "shadowing", "2026-10-05", "c", "5", "l", "Nobody", ""),
            ("Ann", "shadowing", "2026-10-05", "c", "5", "l", "", "signed off"),
            ("Ann", "shadowing", "2026-10-05", "", "5", "l", "", ""),
        ],
    )
    done = read_in(activities_file, camp.store, path)
    assert complaints(done)[:7] == [
        (2, "person", ""),
        (3, "kind", "juggling"),
        (4, "kind", ""),
        (5, "date", "2026-13-05"),
        (6, "minutes", "-5"),
        (7, "mentor", "Nobody"),
        (8, "status", "signed off"),  # only a person signs off
    ]
    assert done.rejected[-1].row == 9
    assert (done.applied, stored(camp)) == (False, [])


def test_texts_come_in_as_they_are_written(camp: Camp, tmp_path: Path) -> None:
    nasty = "=1+1 <b>&amp; 'quoted' \"twice\" {x} %s $y$ \\ 😀 \u202eabc\nsecond line"
    path = written(
        tmp_path / "a.csv",
        [
            ("person", "kind", "date", "customer", "minutes", "learned"),
            ("Ann", "shadowing", "2026-10-05", nasty, "5", nasty),
        ],
    )
    assert read_in(activities_file, camp.store, path).new == 1
    ((_, details),) = stored(camp)
    assert details.learned == nasty


SESSION = {
    "person": "Ann",
    "kind": "Shadowing session",
    "date": "2026-10-05",
    "time": "14:30",
    "customer": "华宇",
    "title": "first visit",
    "minutes": "45",
    "learned": "ask",
    "mentor": "Mo",
    "deal phase": "discovery",
    "part": "observed",
}


def sessions(camp: Camp, tmp_path: Path, *rows: dict[str, str], without: tuple[str, ...] = (), **how: Any) -> Imported:
    names = [name for name in SESSION if name not in without]
    return read_in(
        activities_file,
        camp.store,
        written(tmp_path / "a.csv", [names, *([row[name] for name in names] for row in rows)]),
        **how,
    )


@pytest.mark.parametrize("without", [("time",), ("customer",), ("title", "time"), ("time", "customer", "title")])
def test_a_list_without_a_column_that_tells_entries_apart_makes_none_twice(
    camp: Camp, tmp_path: Path, without: tuple[str, ...]
) -> None:
    assert sessions(camp, tmp_path, SESSION).new == 1
    first = stored(camp)
    assert sessions(camp, tmp_path, SESSION, without=without).unchanged == 1
    assert stored(camp) == first
    assert sessions(camp, tmp_path, SESSION | {"minutes": "60"}, without=without).updated == 1
    ((_, now),) = stored(camp)
    assert (now.minutes, now.at_time, now.customer, now.title) == (60, "14:30", "华宇", "first visit")
    assert sessions(camp, tmp_path, SESSION).updated == 1
    assert stored(camp) == first


def test_a_later_list_may_say_what_the_first_had_no_column_for(camp: Camp, tmp_path: Path) -> None:
    assert sessions(camp, tmp_path, SESSION, without=("time", "title")).new == 1
    assert sessions(camp, tmp_path, SESSION).updated == 1
    ((_, now),) = stored(camp)
    assert (now.at_time, now.title) == ("14:30", "first visit")
    other = SESSION | {"time": "09:00"}
    assert sessions(camp, tmp_path, other, said={"*": "new"}).new == 1  # another one of that day


def test_where_two_entries_could_be_meant_nothing_is_guessed(camp: Camp, tmp_path: Path) -> None:
    early, late = SESSION | {"time": "09:00"}, SESSION
    sessions(camp, tmp_path, early, late)
    before = stored(camp)
    done = sessions(camp, tmp_path, SESSION, without=("time",))
    assert ["can't be told which entry" in str(problem.reason) for problem in done.rejected] == [True]
    other = SESSION | {"date": "2026-10-06"}
    sessions(camp, tmp_path, other, without=("time",), said={"*": "new"})
    done = sessions(camp, tmp_path, other, other | {"time": "09:00"})  # which of them is the one that is here?
    assert ["can't be told which entry" in str(problem.reason) for problem in done.rejected] == [True, True]
    assert stored(camp)[:2] == before


CHANGED = [
    {"time": "09:05"},
    {"customer": "鼎新"},
    {"title": "second visit"},
    {"date": "2026-10-06"},
    {"date": "2026-10-04", "time": "15:00"},
]


@pytest.mark.parametrize("changed", CHANGED)
def test_a_row_that_may_be_an_entry_corrected_is_asked_about(
    camp: Camp, tmp_path: Path, changed: dict[str, str]
) -> None:
    rest, now = SESSION | {"date": "2026-10-07", "customer": "宏远"}, SESSION | changed
    assert sessions(camp, tmp_path, SESSION, rest).new == 2
    before = stored(camp)
    asked = sessions(camp, tmp_path, now, rest)
    assert (asked.applied, asked.new, asked.unchanged, asked.rejected) == (False, 0, 1, [])
    (words,) = map(str, asked.unanswered)
    assert "2026-10-05 · 14:30 · 华宇 · first visit (Submitted)" in words
    assert '--entry "2=same"' in words
    assert stored(camp) == before
    trial = sessions(camp, tmp_path, now, rest, said={asked.asked[0].key: "new"}, dry_run=True)
    assert (trial.new, trial.cells) == (1, [])
    assert sessions(camp, tmp_path, now, rest, said={"2": "same"}).updated == 1
    assert len(stored(camp)) == 2
    assert sessions(camp, tmp_path, now, rest).unchanged == 2


def test_a_signed_entry_is_not_corrected_by_a_list(camp: Camp, tmp_path: Path) -> None:
    assert sessions(camp, tmp_path, SESSION).new == 1
    with camp.store.read() as connection:
        (entry,) = activity_ids(connection, Filter())
    camp.store.act(camp.mo, sign_off, [entry])
    now = SESSION | {"time": "09:05"}
    asked = sessions(camp, tmp_path, now)
    assert "(Signed off)" in str(asked.unanswered[0])
    assert "press Correct…" in str(asked.unanswered[0])
    assert [value for _, value in asked.asked[0].choices] == ["new"]  # no list changes it
    assert "signed off" in str(sessions(camp, tmp_path, now, said={"*": "same"}).rejected[0].reason)
    assert sessions(camp, tmp_path, now, said={"*": "new"}).new == 1


def test_a_list_of_other_days_and_what_is_still_in_the_list_are_no_corrections(camp: Camp, tmp_path: Path) -> None:
    assert sessions(camp, tmp_path, SESSION).new == 1
    later = SESSION | {"date": "2026-10-19", "learned": "more"}
    assert sessions(camp, tmp_path, SESSION, SESSION | {"time": "09:05"}).new == 1
    assert sessions(camp, tmp_path, later, later | {"customer": "C", "title": "t"}).new == 2


def test_next_week_s_list_asks_nothing(camp: Camp, tmp_path: Path) -> None:
    week = [SESSION | {"date": f"2026-10-0{day}", "learned": f"day {day}"} for day in (5, 6, 7)]
    assert sessions(camp, tmp_path, *week).new == 3
    then = [
        row | {"date": f"2026-10-{day}", "learned": f"day {day}"} for row, day in zip(week, (12, 13, 14), strict=True)
    ]
    assert sessions(camp, tmp_path, *then).new == 3


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-10-05 14:30", "14:30"), ("2026-10-05T09:05:00.000Z", "09:05"), ("2026年10月5日 下午2:30", "14:30"),
        ("10/13/2026 2:30 PM", "14:30"), ("13.10.2026 12:10 am", "00:10"), ("5 Oct 2026 7:45", "07:45"),
        ("46300.604166666664", "14:30"), (dt.datetime(2026, 10, 5, 9, 5), "09:05"), (dt.datetime(2026, 10, 5, 14, 20), "14:20"),
        ("2026-10-05 00:00:00", None), ("10/13/2026 12:00 AM", None), ("2026-10-05", None), ("46300", None), ("46300.0", None),
    ],
)  # fmt: skip
def test_the_time_behind_a_date_is_the_entry_s(
    camp: Camp, tmp_path: Path, date: str | dt.datetime, time: str | None
) -> None:
    name = "a.csv" if isinstance(date, str) else "a.xlsx"
    path = written(tmp_path / name, [("person", "kind", "date", "customer", "minutes", "learned"), ("Ann", "shadowing", date, "C", 45, "ask")])  # fmt: skip
    assert read_in(activities_file, camp.store, path).rejected == []
    assert [details.at_time for _, details in stored(camp)] == [time]
    assert read_in(activities_file, camp.store, path).unchanged == 1


def test_a_time_that_is_not_the_one_behind_the_date_is_to_be_mended(camp: Camp, tmp_path: Path) -> None:
    def row(date: str, time: str) -> dict[str, str]:
        return SESSION | {"date": date, "time": time}

    done = sessions(camp, tmp_path, row("2026-10-05 14:30", "9:05"), row("2026-10-06 14:30", "2:30 pm"))
    assert complaints(done) == [(2, "time", "9:05")]
    assert "another time, 14:30" in str(done.rejected[0].reason)
    rows = (row("2026-10-05 14:30", "2:30 pm"), row("2026-10-06 00:00:00", "9:05"), row("2026-10-07 08:00", ""))
    assert sessions(camp, tmp_path, *rows).new == 3
    assert [details.at_time for _, details in stored(camp)] == ["14:30", "09:05", "08:00"]
    assert sessions(camp, tmp_path, row("2026-10-05 16:00", ""), *rows[1:], without=("time",)).asked != []
