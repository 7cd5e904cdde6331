"""Projects and pairings from the command line."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import ask, run


def test_pairing_suggesting_and_reading_back(office_store: Path) -> None:
    found = ask(office_store, "suggest")
    assert {p["apprentice"]: p["mentor"] for p in found["pairs"]} == {"Ann": "Mo", "Bo": "Lu", "Cy": "Mo"}
    assert found["unplaced"] == []
    assert found["total"] == pytest.approx(sum(p["score"] for p in found["pairs"]))
    ann = found["pairs"][0]
    assert {r["criterion"]: r["points"] for r in ann["reasons"]}["region"] == 3
    assert ann["alternative"]["mentor"] == "Lu"
    assert ask(office_store, "suggest") == found
    done = ask(office_store, "pair", "Ann", "Mo", "--project", "鼎新一期", "--goals", "独立完成首单")
    assert done["project"] == "鼎新一期"
    running, past = ask(office_store, "pairings")["pairings"]
    assert (running["apprentice"], running["mentor"], running["state"], running["goals"]) == (
        "Ann",
        "Mo",
        "active",
        "独立完成首单",
    )
    assert (past["state"], past["projects"], past["ended_on"]) == ("completed", ["老项目"], "2025-07-01")
    assert {p["apprentice"] for p in ask(office_store, "suggest")["pairs"]} == {
        "Bo",
        "Cy",
    }  # existing pairings are kept
    assert ask(office_store, "check")["ok"]


def test_weights_and_what_is_refused(office_store: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({"region": 0, "record": 5}))
    assert all(
        r["criterion"] != "region"
        for p in ask(office_store, "suggest", "--weights", str(weights))["pairs"]
        for r in p["reasons"]
    )
    weights.write_text("[1, 2]")
    assert "weights.json must hold criteria" in run(office_store, "suggest", "--weights", str(weights), code=1)
    weights.write_text('{"luck": 1}')
    assert "luck is not a criterion" in run(office_store, "suggest", "--weights", str(weights), code=1)
    assert "No project is called X" in run(office_store, "pair", "Ann", "Mo", "--project", "X", code=1)
    assert "is closed" in run(office_store, "pair", "Ann", "Mo", "--project", "老项目", code=1)
    assert "role Mentor" in run(office_store, "pair", "Ann", "Bo", "--project", "鼎新一期", code=1)
    run(office_store, "pair", "Ann", code=2)


def test_a_pairings_life_on_the_command_line(sample_store: Path, tmp_path: Path, pipeline_csv: Path) -> None:
    place = Path(shutil.copy(sample_store, tmp_path / "s.sqlite"))
    today = dt.date.today()
    kinds = {a["kind"] for a in ask(place, "watch")["alerts"]}
    assert {"unpaired", "leaving", "silent", "overrun", "closed", "overloaded", "review"} == kinds
    pairs = ask(place, "pairings")["pairings"]
    one = next(p for p in pairs if p["state"] == "active" and len(p["projects"]) == 1)
    hire, lead = one["apprentice"], "李静"
    told = ask(place, "pairing", hire)
    assert told["story"][0]["words"] == f"{hire} is paired with {one['mentor']}."
    made = ask(place, "new-project", "新项目", "--customer", "华宇", "--started", today.isoformat())
    assert made["name"] == "新项目"
    assert "not lost" in run(place, "--as", lead, "roll-on", hire, "--project", "新项目", code=1)
    run(place, "--as", lead, "close-project", one["projects"][0], "lost")
    run(place, "--as", lead, "roll-on", hire, "--project", "新项目")
    assert ask(place, "pairing", hire)["projects"] == [*one["projects"], "新项目"]
    free = next(m["mentor"] for m in ask(place, "suggest")["pairs"] if m["mentor"] != one["mentor"])
    run(place, "--as", lead, "capacity", free, "9")
    run(place, "--as", lead, "reassign", hire, free, "--reason", "换区域")
    assert ask(place, "pairing", hire)["mentor"] == free
    assert "written" in run(place, "--as", lead, "end-pairing", hire, "--reason", " ", code=1)
    other = next(p["apprentice"] for p in pairs if p["state"] == "active" and p["apprentice"] != hire)
    told_so = f"The pairing of {other} has ended.\n"
    assert run(place, "--as", lead, "end-pairing", other, "--reason", "离职") == told_so
    run(place, "--as", lead, "close-project", "新项目", "won")
    run(place, "--as", lead, "complete", hire)
    run(place, "--as", hire, "closing-review", hire, "--words", "学到很多")
    last = ask(place, "pairing", hire)
    assert (last["state"], last["missing_reviews"], last["reviews"]) == (
        "completed",
        [free],
        [{"by": hire, "words": None}],
    )
    assert json.loads(run(place, "--as", lead, "pairing", hire, "--json"))["reviews"][0]["words"] == "学到很多"
    assert hire in {a["apprentice"] for a in ask(place, "mentor", free)["apprentices"]}
    assert {p["outcome"] for p in ask(place, "projects")["projects"]} >= {"open", "won", "lost"}
    run(place, "import", "opportunities", str(pipeline_csv))
    deal = ask(place, "new-project", "--from-deal", "1C1I7A6R")
    assert deal["name"]
    assert "no opportunity" in run(place, "new-project", "--from-deal", "nothing", code=1)


def test_what_was_done_is_said_in_a_sentence(office_store: Path) -> None:
    said = [
        run(office_store, "capacity", "Mo", "3"),
        run(office_store, "--lang", "zh_CN", "capacity", "Mo", "1"),
        run(office_store, "points", "rule", "session", "7"),
    ]
    assert said[:2] == ["Mo may have 3 apprentices at a time.\n", "Mo 同时最多带 1 名徒弟。\n"]
    assert "this earns 7 points: " in said[2]
