"""The camp from the command line, as a schedule uses it."""

import datetime as dt
from pathlib import Path
from typing import Any

from tests.cli.command import ask, run
from tests.conftest import DATA

TODAY = dt.date.today()


def line(store: Path, *more: str) -> Any:
    return ask(store, "camp", "--person", "Ann", *more)["people"][0]


def test_scores_and_gates(camp_store: Path) -> None:
    made = ask(camp_store, "log", "simulation", "--person", "Ann", "--title", "price", "--mentor", "Mo")["id"]
    run(camp_store, "--as", "Mo", "sign-off", str(made), "--score", "4,4,5,5")
    simulation = {r["kind"]: r for r in line(camp_store)["requirements"]}["simulation"]
    assert (simulation["done"], simulation["best_score"], simulation["pass_mark"]) == (1, 4.5, 3.5)
    gate = ("--as", "Tia", "gate")
    assert "waiver" in run(camp_store, *gate, "pass", "--person", "Ann", "--stage", "newcomer", code=1)
    run(camp_store, *gate, "waive", "--person", "Ann", "--stage", "newcomer", "--reason", "came from a competitor")
    found = line(camp_store)
    assert (found["stage_key"], found["state"]) == ("growth", "early")
    assert found["gates"][0]["reason"] == "came from a competitor"


def test_wrong_usage_and_broken_rules(camp_store: Path) -> None:
    run(camp_store, "log", "juggling", "--person", "Ann", code=2)
    run(camp_store, "log", "shadowing", "--customer", "x", code=2)
    assert "Nobody is called X" in run(camp_store, "log", "shadowing", "--person", "X", code=1)
    assert "Customer is needed" in run(camp_store, "log", "shadowing", "--person", "Ann", code=1)
    future = str(TODAY + dt.timedelta(days=5))
    assert "future" in run(
        camp_store,
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
    run(camp_store, "import", "opportunities", str(DATA / "sales_pipeline.csv"))
    found = ask(camp_store, "camp", "--person", "Mo", "--person", "Anna Snelling")["people"]  # as they would stand
    assert {p["name"]: p["enrolled"] for p in found} == {"Mo": False, "Anna Snelling": False}
    assert [p["name"] for p in ask(camp_store, "camp")["people"]] == ["Ann"]


def test_a_draft_is_kept_and_a_gate_held_back_and_reopened(camp_store: Path) -> None:
    draft = ask(camp_store, "log", "visit", "--person", "Ann", "--customer", "c", "--draft")
    assert draft["state"] == "draft"
    assert ask(camp_store, "inbox", "--person", "Mo")["waiting"] == []
    gate = ("--as", "Tia", "gate")
    newcomer = ("--person", "Ann", "--stage", "newcomer")
    run(camp_store, *gate, "hold", *newcomer, "--reason", "two sessions are missing")
    assert line(camp_store)["gates"] == []  # held back is not decided
    run(camp_store, *gate, "waive", *newcomer, "--reason", "known")
    assert line(camp_store)["stage_key"] == "growth"
    run(camp_store, *gate, "reopen", *newcomer, "--reason", "too early")
    assert (line(camp_store)["stage_key"], line(camp_store)["gates"]) == ("newcomer", [])
    assert "reason" in run(camp_store, *gate, "waive", *newcomer, code=1)
