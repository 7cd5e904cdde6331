"""Points from the command line: told, proven, exported."""

import csv
import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ask, run

TODAY = dt.date.today()


def test_the_command_line_tells_proves_and_exports(place: Path, tmp_path: Path) -> None:
    people = ask(place, "points")["people"]
    rich = people[0]
    told = ask(place, "points", "--person", rich["person"])
    assert told["people"] == [rich]
    assert sum(e["points"] for e in told["entries"]) == rich["balance"]
    proof = ask(place, "points", "verify")
    assert (proof["ok"], proof["first_bad"], len(proof["head"])) == (True, None, 64)
    run(place, "points", "export", "--out", str(tmp_path / "l.csv"))
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + proof["entries"] + 1  # headings, and where the ledger ends
    waiting = next(r for r in ask(place, "points", "redemptions")["redemptions"] if r["state"] == "requested")
    error = run(place, "--as", waiting["person"], "points", "approve", str(waiting["id"]), code=1)
    assert "takes the role Trainer" in error
    run(place, "--as", "郑培", "points", "approve", str(waiting["id"]))
    run(place, "--as", "郑培", "points", "rule", "gate", "12")
    assert [r["points"] for r in ask(place, "points", "rules")["rules"] if r["event"] == "gate"] == [10, 12]
    raw = sqlite3.connect(place)
    raw.execute("DROP TRIGGER point_entry_no_update")
    raw.execute("UPDATE point_entry SET points = points + 1 WHERE id = 7")
    raw.commit()
    raw.close()
    said = run(place, "points", "verify", code=1)
    assert "wrong at entry 7" in said
    assert "Check the store (check), or restore a backup." in said
    command = [sys.executable, "-m", "mentor_app", "--store", place, "points", "verify", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["first_bad"]) == (1, 7)


@pytest.fixture
def place(sample_store: Path, tmp_path: Path) -> Path:
    """A copy of the sample company to change."""
    return Path(shutil.copy(sample_store, tmp_path / "s.sqlite"))


def test_a_reward_goes_from_request_to_hand_over(place: Path) -> None:
    rich = next(p for p in ask(place, "points")["people"] if p["available"] >= 40)
    reward = min(ask(place, "points", "rewards")["rewards"], key=lambda r: r["cost"])
    assert rich["available"] >= reward["cost"]

    def state(ident: int) -> tuple[str, str | None]:
        found = next(r for r in ask(place, "points", "redemptions")["redemptions"] if r["id"] == ident)
        return found["state"], found["reason"]

    asked = ask(place, "--as", rich["person"], "points", "request", reward["name"])
    assert asked["reward"] == reward["name"]
    assert state(asked["id"]) == ("requested", None)
    run(place, "--as", "郑培", "points", "refuse", str(asked["id"]), "--reason", "下次")
    assert state(asked["id"]) == ("refused", "下次")
    assert "decided already" in run(place, "--as", "郑培", "points", "approve", str(asked["id"]), code=1)
    again = ask(place, "--as", rich["person"], "points", "request", reward["name"])["id"]
    run(place, "--as", "郑培", "points", "approve", str(again))
    run(place, "--as", "郑培", "points", "fulfil", str(again))
    assert state(again)[0] == "fulfilled"
    left = next(p for p in ask(place, "points")["people"] if p["person"] == rich["person"])
    assert left["balance"] == rich["balance"] - reward["cost"]


def test_settling_again_adds_nothing(place: Path) -> None:
    before = ask(place, "points", "verify")
    assert "0 entries" in run(place, "--as", "郑培", "points", "settle")
    assert ask(place, "points", "verify") == before


def test_a_rule_of_a_day_on_with_a_limit(place: Path) -> None:
    run(place, "--as", "郑培", "points", "rule", "session", "3", "--per-month", "12", "--from", str(TODAY))
    newest = max(
        (r for r in ask(place, "points", "rules")["rules"] if r["event"] == "session"), key=lambda r: r["from"]
    )
    assert (newest["points"], newest["per_month"], newest["from"], newest["to"]) == (3, 12, str(TODAY), None)


def test_a_ledger_without_entries_proves_nothing(tmp_path: Path, place: Path, empty_store: Path) -> None:
    out = tmp_path / "empty.csv"
    run(shutil.copy(empty_store, tmp_path), "points", "export", "--out", str(out))
    for against in ("0" * 64, str(out)):
        assert "proves nothing" in run(place, "points", "verify", "--against", against, code=1)
        assert "说明不了什么" in run(place, "--lang", "zh_CN", "points", "verify", "--against", against, code=1)
        assert "proves nothing" in run(place, "points", "verify", "--against", against, "--json", code=1)
