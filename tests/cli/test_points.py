"""Points from the command line: told, proven, exported."""

import csv
import datetime as dt
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from mentor_app.core.sample.company import fill
from mentor_app.core.team import open_team
from tests.cli.command import ask, run
from tests.conftest import ME

TODAY = dt.date.today()


def test_the_command_line_tells_proves_and_exports(tmp_path: Path) -> None:
    place = str(tmp_path / "s.sqlite")
    store = open_team(place)
    store.act(ME, fill, TODAY)
    store.close()
    people = ask(place, "points")["people"]
    rich = people[0]
    told = ask(place, "points", "--person", rich["person"])
    assert told["people"] == [rich]
    assert sum(e["points"] for e in told["entries"]) == rich["balance"]
    proof = ask(place, "points", "verify")
    assert (proof["ok"], proof["first_bad"], len(proof["head"])) == (True, None, 64)
    run(place, "points", "export", "--out", str(tmp_path / "l.csv"))
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == proof["entries"] + 1
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
    assert "wrong at entry 7" in run(place, "points", "verify", code=1)
    command = [sys.executable, "-m", "mentor_app", "--store", place, "points", "verify", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["first_bad"]) == (1, 7)
