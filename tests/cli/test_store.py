"""The sample company, the check of a store, and what can't be read in one."""

import io
import json
import re
import shutil
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from mentor_app import cli
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Store, derived
from mentor_app.core.store.schema import metadata
from mentor_app.core.store.search import INDEX
from mentor_app.core.team import open_team
from tests.cli.command import ask, run
from tests.conftest import ME
from tests.core.store.test_stray_log import crashed, later, made
from tests.tampering import unprotected, without


def test_the_sample_company_tells_the_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "sample.sqlite"
    assert cli.run(["--store", str(place), "sample"]) == 0
    assert capsys.readouterr().err == "", "that it was begun goes without saying"
    found = ask(place, "ramp")
    early = [m for p in found["people"] for m in p["months"] if m["month"] <= 3]
    won, lost = sum(m["won"] for m in early), sum(m["lost"] for m in early)
    assert round(won / (won + lost), 2) == 0.32
    assert round(found["benchmark"]["rate"], 2) == 0.77
    assert ask(place, "check")["ok"]
    assert "not empty" in run(place, "sample", code=1)


@pytest.mark.parametrize(
    ("harm", "verbs", "words"),
    [
        ("person SET hired_on = '2\x1d25-09-18' WHERE id = 7", ["people", "camp", "ramp"], "Row 7 of person"),
        ("activity SET held_on = '2026-13-45' WHERE id = 5", ["watch", "suggest"], "Row 5 of activity"),
        ("activity SET submitted_at = '2026-01-01 25:00:00' WHERE id = 5", ["history"], "unreadable in submitted_at"),
        ("pairing SET started_on = 'x' WHERE id = 1", ["projects", "pairings"], "Row 1 of pairing"),
        ("project SET started_on = 'x' WHERE id = 1", ["projects"], "unreadable in started_on"),
        ("change_set SET at = '2026-13-45'", ["history"], "Row 1 of change_set"),
        ("programme_version SET definition = '{\"name\": {}}'", ["camp"], 'begins with “{"name": {}}”'),
        ("change SET after = '{bad'", ["history"], "begins with “{bad”"),
    ],
)
def test_what_can_not_be_read_is_said_with_the_next_step(
    small_sample_store: Path, tmp_path: Path, harm: str, verbs: list[str], words: str
) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "out.sqlite"
    shutil.copy(small_sample_store, place)
    with unprotected(place) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(f"UPDATE {harm}")
    for verb in verbs:
        said = run(place, *verb.split(), code=1)
        assert words in said
        assert "Check the store (check)" in said
    assert "not sound" in run(place, "backup", "--out", str(out), code=1)


@pytest.mark.parametrize(
    ("harm", "part"),
    [("DROP TABLE leave", "leave"), ("ALTER TABLE leave RENAME COLUMN last_on TO until", "leave.last_on")],
)
def test_a_part_that_was_taken_away_is_named(small_sample_store: Path, tmp_path: Path, harm: str, part: str) -> None:
    place = tmp_path / "team.sqlite"
    shutil.copy(small_sample_store, place)
    with unprotected(place) as raw:
        raw.execute(harm)
    said = run(place, "camp", code=1)
    assert f"{part} is missing from {place}" in said
    assert "Check the store (check)" in said


@pytest.mark.parametrize("table", sorted({*metadata.tables, INDEX}))
def test_whatever_table_was_taken_away_is_named(tmp_path: Path, small_store: Path, table: str) -> None:
    place = tmp_path / "team.sqlite"
    shutil.copy(small_store, place)
    without(place, table)
    can_be_put_back = table in derived.names()
    looked = ask(place, "check", *(() if can_be_put_back else ("--repair",)), code=1)
    first = next(one for one in looked["problems"] if one["key"] == "table_missing")
    assert first["problem"] == f"The table {table} is missing."
    assert first["advice"].startswith("It can be put back" if can_be_put_back else "Restore")
    assert not re.search("Error|SELECT|sqlite3", str(looked))
    if can_be_put_back:
        assert not re.search("Error|SELECT|sqlite3", run(place, "check", "--repair"))
        return
    for verb in ("people", "history", "ramp", "points verify", "playbooks search price"):
        with closing(io.StringIO()) as said, redirect_stdout(said), redirect_stderr(said):
            code = cli.run(["--store", str(place), *verb.split()])
            told = said.getvalue()
        assert code == 0 or f"{table} is missing from {place}" in told, verb


@pytest.fixture(scope="module")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("small") / "team.sqlite"
    with closing(open_team(place)) as store:
        store.act(ME, add_person, PersonDetails(name="Ann"))
    return place


def test_what_lies_beside_a_store_is_found_through_a_link(small_sample_store: Path, tmp_path: Path) -> None:
    place, link = tmp_path / "there" / "team.sqlite", tmp_path / "link.sqlite"
    place.parent.mkdir()
    shutil.copy(small_sample_store, place)
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF-1.4 plan")
    link.symlink_to(place)
    book = ask(place, "playbooks")["playbooks"][0]
    run(link, "--as", book["owner"], "playbooks", "attach", str(book["id"]), str(plan))
    for store in (place, link):
        assert ask(store, "check")["ok"]
        made = ask(store, "backup")
        assert Path(made["file"]).parent == tmp_path / "there" / "team.sqlite.backups"
    assert len(ask(link, "backups")) == len(ask(place, "backups")) > 1
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("link")] == ["link.sqlite"]


def test_a_good_backup_is_restored_over_what_can_not_be_read(small_sample_store: Path, tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "out.sqlite"
    shutil.copy(small_sample_store, place)
    run(place, "backup", "--out", str(out))
    with unprotected(place) as raw:
        raw.execute("UPDATE change_set SET at = 'x'")
    run(place, "restore", str(out), "--yes", "--anyway")
    assert ask(place, "check")["ok"]


def test_a_mistake_of_ours_stays_one_where_all_can_be_read(file_store: Store) -> None:
    with pytest.raises(TypeError), file_store.read():
        raise TypeError


@pytest.mark.parametrize("verb", [["people"], ["sample"], ["backups"], ["restore", "safe.sqlite", "--yes"]])
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, verb: list[str]) -> None:
    place = tmp_path / "no" / "such" / "team.sqlite"
    assert f"there is no folder {place.parent}" in run(place, *verb, code=1)
    assert list(tmp_path.iterdir()) == []


def test_that_a_store_was_begun_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, file = str(tmp_path / "team.sqlite"), tmp_path / "people.csv"
    file.write_text("name\nAnn\n")
    told = []
    for _ in range(2):
        assert cli.run(["--store", place, "import", "people", str(file), "--json"]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["read"] == 1
        told.append(err)
    assert told == [f"{place} was not there: a new, empty store was begun.\n", ""]


def test_a_password_that_nobody_types_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("getpass.getpass", lambda *_: input())
    assert "Nothing was done." in run("postgresql+psycopg://ann@127.0.0.1:1/x", "password", code=1)


@pytest.mark.parametrize(("said", "people"), [("without", 1), ("with", 2)])
def test_an_older_copy_put_there_after_a_crash_is_asked_about(tmp_path: Path, said: str, people: int) -> None:
    place, copy = tmp_path / "team.sqlite", tmp_path / "copy.sqlite"
    made(place, "Ann")
    shutil.copyfile(place, copy)
    crashed(place, "Bo")
    shutil.copyfile(copy, place)
    later(place)
    assert "Say which it is to be (check --log)" in run(place, "people", code=1)
    assert ask(place, "check", "--log", said)["ok"]
    assert len(ask(place, "people")["people"]) == people
    assert len(ask(place, "backups")) == 2 - people
