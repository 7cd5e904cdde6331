"""The camp and the logbook from the command line, as a schedule uses them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import vobject

from tests.test_cli import ask, run

TODAY = dt.date.today()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A hire, a mentor and a trainer; the hire is enrolled."""
    path, file = tmp_path / "team.sqlite", tmp_path / "people.csv"
    hired = TODAY - dt.timedelta(days=40)
    file.write_text(f"name,hire date,roles\nAnn,{hired},new hire\nMo,2020-01-01,mentor\nTia,2019-01-01,trainer\n")
    run(path, "import", "people", str(file))
    assert "role Trainer" in run(path, "--as", "Mo", "enrol", "--person", "Ann", code=1)
    run(path, "--as", "Tia", "enrol", "--person", "Ann")
    return path


def line(store: Path, *more: str) -> Any:
    return ask(store, "camp", "--person", "Ann", *more)["people"][0]


def test_a_session_is_logged_signed_off_and_counted(store: Path) -> None:
    day = str(TODAY - dt.timedelta(days=3))
    arguments = (
        "log",
        "shadowing",
        "--person",
        "Ann",
        "--customer",
        "华宇机电",
        "--date",
        day,
        "--minutes",
        "45",
        "--learned",
        "先确认决策链",
        "--phase",
        "discovery",
        "--part",
        "observed",
        "--mentor",
        "Mo",
    )
    done = ask(store, *arguments)
    assert done["state"] == "submitted"
    (waiting,) = ask(store, "inbox", "--person", "Mo")["waiting"]
    assert (waiting["id"], waiting["person"], waiting["subject"]) == (done["id"], "Ann", "华宇机电")
    found = line(store)
    assert (found["stage"], found["state"], found["tenure_month"]) == ("Newcomer", "on_time", 2)
    shadowing = {r["kind"]: r for r in found["requirements"]}["shadowing"]
    assert (shadowing["needed"], shadowing["done"], shadowing["met"]) == (6, 0, False)
    assert "role Mentor" in run(store, "--as", "Ann", "sign-off", str(done["id"]), code=1)
    run(store, "--as", "Mo", "sign-off", str(done["id"]), "--comment", "good")
    assert {r["kind"]: r["done"] for r in line(store)["requirements"]}["shadowing"] == 1
    late = line(store, "--as-of", str(TODAY + dt.timedelta(days=90)))
    assert late["state"] == "behind"
    assert late["gate_due"] < str(TODAY + dt.timedelta(days=90))


def test_scores_and_gates(store: Path) -> None:
    made = ask(store, "log", "simulation", "--person", "Ann", "--title", "price", "--mentor", "Mo")["id"]
    run(store, "--as", "Mo", "sign-off", str(made), "--score", "4,4,5,5")
    simulation = {r["kind"]: r for r in line(store)["requirements"]}["simulation"]
    assert (simulation["done"], simulation["best_score"], simulation["pass_mark"]) == (1, 4.5, 3.5)
    gate = ("--as", "Tia", "gate")
    assert "waiver" in run(store, *gate, "pass", "--person", "Ann", "--stage", "newcomer", code=1)
    run(store, *gate, "waive", "--person", "Ann", "--stage", "newcomer", "--reason", "came from a competitor")
    found = line(store)
    assert (found["stage_key"], found["state"]) == ("growth", "early")
    assert found["gates"][0]["reason"] == "came from a competitor"


def test_wrong_usage_and_broken_rules(store: Path) -> None:
    run(store, "log", "juggling", "--person", "Ann", code=2)
    run(store, "log", "shadowing", "--customer", "x", code=2)
    assert "Nobody is called X" in run(store, "log", "shadowing", "--person", "X", code=1)
    assert "Customer is needed" in run(store, "log", "shadowing", "--person", "Ann", code=1)
    future = str(TODAY + dt.timedelta(days=5))
    assert "future" in run(
        store,
        "log",
        "visit",
        "--person",
        "Ann",
        "--customer",
        "c",
        "--date",
        future,
        "--minutes",
        "5",
        "--depth",
        "3",
        code=1,
    )
    run(store, "import", "opportunities", str(Path(__file__).parent / "data" / "sales_pipeline.csv"))
    found = ask(store, "camp", "--person", "Mo", "--person", "Anna Snelling")["people"]  # as they would stand
    assert {p["name"]: p["enrolled"] for p in found} == {"Mo": False, "Anna Snelling": False}
    assert [p["name"] for p in ask(store, "camp")["people"]] == ["Ann"]


def test_activities_come_from_a_file_once(store: Path, tmp_path: Path) -> None:
    day = TODAY - dt.timedelta(days=7)
    head = "新人,类型,日期,客户,分钟,所学,需求挖掘深度,师傅,商机阶段,状态"
    lines = [
        head,
        f"Ann,客户影子,{day:%Y/%m/%d},华宇机电,45分钟,先问,,Mo,需求,",
        f"Ann,客户拜访,{day:%Y年%m月%d日},宏远,30,,４,,,",
        f"Ann,客户影子,{TODAY + dt.timedelta(days=9)},鼎新,,,,Mo,,计划",
    ]
    lines[3] = lines[3].replace("计划", "已计划")
    file = tmp_path / "log.csv"
    file.write_text("\n".join(lines), encoding="gb18030")
    done = ask(store, "import", "activities", str(file))
    assert (done["new"], done["rejected"]) == (3, [])
    assert done["recognised"]["columns"]["person"] == "新人"
    assert ask(store, "import", "activities", str(file))["unchanged"] == 3
    file.write_text("\n".join(lines).replace("先问", "先问再答"), encoding="gb18030")
    assert ask(store, "import", "activities", str(file))["updated"] == 1
    (first,) = [w for w in ask(store, "inbox", "--person", "Mo")["waiting"] if w["kind"] == "shadowing"]
    run(store, "--as", "Mo", "sign-off", str(first["id"]))
    file.write_text("\n".join(lines), encoding="gb18030")
    assert "Nothing was imported" in run(store, "import", "activities", str(file), code=1)

    bad = tmp_path / "bad.csv"
    bad.write_text(
        "person,kind,date,customer,minutes,learned\nZed,shadowing,2026-01-01,c,5,l\nAnn,dancing,2026-01-01,c,5,l\n"
        f"Ann,shadowing,never,c,5,l\nAnn,shadowing,{day},c,soon,l\nAnn,shadowing,2001-01-01,c,5,l\nAnn,shadowing,{day},,5,l\n"
        f"Ann,shadowing,{TODAY + dt.timedelta(days=9)},c,5,l\n"
    )
    run(store, "import", "activities", str(bad), code=1)
    rows = ask(store, "import", "activities", str(bad), "--dry-run")["rejected"]
    assert [(r["row"], r["column"]) for r in rows] == [
        (2, "person"),
        (3, "kind"),
        (4, "date"),
        (5, "minutes"),
        (6, "person"),
        (7, "person"),
        (8, "person"),
    ]


def test_planned_sessions_open_in_another_calendar_library(store: Path, tmp_path: Path) -> None:
    day = TODAY + dt.timedelta(days=4)
    for more in (("--time", "14:30", "--minutes", "90"), ()):
        run(
            store,
            "log",
            "shadowing",
            "--plan",
            "--person",
            "Ann",
            "--date",
            str(day),
            "--customer",
            "华宇, <b>;机电",
            "--mentor",
            "Mo",
            *more,
        )
    out = tmp_path / "ann.ics"
    assert ask(store, "export", "calendar", "--person", "Ann", "--out", str(out), "--lang", "zh_CN")["events"] == 2
    events = list(vobject.readOne(out.read_text(encoding="utf-8")).vevent_list)
    assert {e.summary.value for e in events} == {"客户影子: 华宇, <b>;机电"}
    timed = next(e for e in events if isinstance(e.dtstart.value, dt.datetime))
    assert (timed.dtstart.value.hour, timed.dtend.value - timed.dtstart.value) == (14, dt.timedelta(minutes=90))
    whole = next(e for e in events if not isinstance(e.dtstart.value, dt.datetime))
    assert (whole.dtstart.value, whole.dtend.value) == (day, day + dt.timedelta(days=1))
    assert len({e.uid.value for e in events}) == 2
