"""The logbook from the command line, as a schedule uses it."""

import datetime as dt
from pathlib import Path
from typing import Any

from tests.cli.command import ask, run

TODAY = dt.date.today()


def line(store: Path, *more: str) -> Any:
    return ask(store, "camp", "--person", "Ann", *more)["people"][0]


def test_a_session_is_logged_signed_off_and_counted(camp_store: Path) -> None:
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
    done = ask(camp_store, *arguments)
    assert done["state"] == "submitted"
    (waiting,) = ask(camp_store, "inbox", "--person", "Mo")["waiting"]
    assert (waiting["id"], waiting["person"], waiting["subject"]) == (done["id"], "Ann", "华宇机电")
    found = line(camp_store)
    assert (found["stage"], found["state"], found["tenure_month"]) == ("Newcomer", "on_time", 2)
    shadowing = {r["kind"]: r for r in found["requirements"]}["shadowing"]
    assert (shadowing["needed"], shadowing["done"], shadowing["met"]) == (6, 0, False)
    assert "role Mentor" in run(camp_store, "--as", "Ann", "sign-off", str(done["id"]), code=1)
    run(camp_store, "--as", "Mo", "sign-off", str(done["id"]), "--comment", "good")
    assert {r["kind"]: r["done"] for r in line(camp_store)["requirements"]}["shadowing"] == 1
    late = line(camp_store, "--as-of", str(TODAY + dt.timedelta(days=90)))
    assert late["state"] == "behind"
    assert late["gate_due"] < str(TODAY + dt.timedelta(days=90))
