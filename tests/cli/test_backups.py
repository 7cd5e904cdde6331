"""Backups from the command line: made, listed, gone back to."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Store
from mentor_app.core.store.backup import write
from mentor_app.core.store.passing import part_of
from tests.cli.command import ask, run
from tests.conftest import DATA, ME
from tests.tampering import unprotected, without


def imported(place: Path, tmp_path: Path, *names: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,hire date\n" + "".join(f"{name},2026-01-01\n" for name in names))
    run(place, "import", "people", str(file))


def who(place: Path) -> list[str]:
    return [person["name"] for person in ask(place, "people")["people"]]


def test_back_up_look_and_go_back(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    made = ask(place, "backup", "--out", str(out))
    assert made["file"] == str(out)
    assert made["counts"]["person"] == 1
    imported(place, tmp_path, "Bo")
    said = run(place, "restore", str(out), "--yes")
    assert "1 in the backup, 2 now" in said
    assert "· people.csv, Bo" in said
    assert who(place) == ["Ann"]
    newest = ask(place, "backups")[0]
    assert (newest["reason"], newest["counts"]["person"], newest["last_change"]["by"]) == (
        "restore",
        2,
        made["last_change"]["by"],
    )
    done = ask(place, "restore", newest["file"], "--yes")
    assert Path(done["before"]).exists()
    assert sorted(who(place)) == ["Ann", "Bo"]
    assert ask(place, "check")["ok"]


def test_what_a_killed_backup_left_goes_and_is_said(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup")
    folder = Path(f"{place}.backups")
    old, new = folder / ".part-abc123.sqlite", folder / ".part-def456.sqlite"
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    with part_of(folder) as written:  # by a program that is still at work
        told = run(place, "backups")
        assert "Removed 1 half-written file that a program" in told
        assert (old.exists(), new.exists(), written.exists()) == (False, True, True)
        assert len(ask(place, "backups")) == 1
    assert "half-written" not in run(place, "backups")


def test_what_check_condemns_takes_no_good_backup_s_place(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    assert "found to be sound" in run(place, "backup", "--out", str(out))
    run(place, "backup")
    good = out.read_bytes()
    with unprotected(place) as raw:
        raw.execute("UPDATE person SET name = 'Forged'")
    said = run(place, "backup", "--out", str(out), "--overwrite", code=1)
    assert "to see what to do: Row 1 of person differs" in said
    assert str(tmp_path / "safe-with-problems.sqlite") in said
    assert out.read_bytes() == good
    assert "“检查数据库”" in run(place, "--lang", "zh_CN", "backup", code=1)
    made = ask(place, "backup", code=1)
    assert (made["sound"], made["problems"], made["attachments_missing"]) == (False, 1, 0)
    assert [one["sound"] for one in ask(place, "backups")] == [False, False, True]
    told = run(place, "backups")
    assert "not sound: 1 problem" in told
    assert "checked and sound" in told


@pytest.mark.parametrize("went_on", [False, True])
def test_an_older_copy_of_the_store_takes_no_fuller_backup_s_place(tmp_path: Path, went_on: bool) -> None:
    place, early, out = tmp_path / "team.sqlite", tmp_path / "early.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(early))
    imported(place, tmp_path, "Bo", "Cy")
    run(place, "backup", "--out", str(out))
    fuller, beside = out.read_bytes(), tmp_path / "safe-other-history.sqlite"
    place = Path(shutil.copy(early, tmp_path / "copy.sqlite"))
    if went_on:
        imported(place, tmp_path, "Di")
    said = run(place, "backup", "--out", str(out), "--overwrite", code=1)
    assert f"{out} was left as it is" in said
    assert f"lies in {beside}" in said
    assert "restore it" in said
    assert (out.read_bytes(), beside.exists()) == (fuller, True)
    made = ask(place, "backup", "--out", str(out), "--overwrite", code=1)
    assert (made["sound"], made["file"]) == (True, str(beside))  # its own is written over, and no other one's
    other, third = Path(shutil.copy(early, tmp_path / "third.sqlite")), tmp_path / "safe-other-history-2.sqlite"
    imported(other, tmp_path, "Ed")
    for _ in range(2):
        assert ask(other, "backup", "--out", str(out), "--overwrite", code=1)["file"] == str(
            third if went_on else beside
        )
    assert sorted(tmp_path.glob("safe-*")) == sorted({beside, *([third] if went_on else [])})
    run(place, "restore", str(out), "--yes", "--anyway")
    assert sorted(who(place)) == ["Ann", "Bo", "Cy"]
    run(place, "restore", str(early), "--yes")
    run(place, "backup", "--out", str(out), "--overwrite")  # one went back, and means it
    run(place, "restore", str(out), "--yes")
    assert who(place) == ["Ann"]


def test_an_older_copy_that_went_on_and_back_takes_no_fuller_backup_s_place(tmp_path: Path) -> None:
    """Its history skips the numbers of the fuller one's changes, which were never in it."""
    place, early, out = tmp_path / "team.sqlite", tmp_path / "early.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(early))
    imported(place, tmp_path, "Bo")
    run(place, "backup", "--out", str(out))
    fuller, place = out.read_bytes(), Path(shutil.copy(early, tmp_path / "copy.sqlite"))
    imported(place, tmp_path, "Cy", "Di", "Ed")
    run(place, "restore", str(early), "--yes")
    assert f"{out} was left as it is" in run(place, "backup", "--out", str(out), "--overwrite", code=1)
    assert out.read_bytes() == fuller
    run(place, "backup", "--out", str(tmp_path / "own.sqlite"))
    run(place, "backup", "--out", str(tmp_path / "own.sqlite"), "--overwrite")


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize(
    ("part", "revision"),
    [
        *((name, "") for name in ("person", "change_set", "change", "change_seal", "merger", "alembic_version")),
        *((name, "") for name in ("crm_name", "person_role", "team", "region")),
        ("change_set", "0005"),
        ("activity", "0005"),
        ("opportunity", "0001"),
    ],
)
def test_a_backup_that_lacks_a_part_is_refused_with_a_sentence(
    tmp_path: Path, empty_store: Path, part: str, revision: str, anew: bool
) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    shutil.copy(DATA / "stores" / f"{revision}.sqlite" if revision else empty_store, out)
    without(out, part)
    if not anew:
        shutil.copy(empty_store, place)
    said = run(place, "restore", str(out), "--yes", "--anyway", code=1)
    wanted = f"{part} is missing from {out}" if part != "alembic_version" else f"{out} does not say which version"
    assert wanted in said
    assert place.exists() is not anew
    run(place, "backups", code=int(anew))


@pytest.mark.parametrize(
    ("harm", "anew"),
    [
        ("TABLE owner_digest", False),
        ("TABLE playbook_answer", False),
        ("TABLE answer_search", False),
        ("TABLE playbook_answer", True),  # what a store's file replaces does not hang on what the backup lacks
    ],
)
def test_what_a_backup_lacks_that_is_computed_is_made_again(
    tmp_path: Path, small_sample_store: Path, harm: str, anew: bool
) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    shutil.copy(small_sample_store, out)
    with closing(sqlite3.connect(out)) as raw, raw:
        raw.execute(f"DROP {harm}")
    if not anew:
        shutil.copy(small_sample_store, place)
    run(place, "restore", str(out), "--yes")
    assert ask(place, "check")["ok"]
    assert ask(place, "playbooks", "search", "价格")


def test_an_altered_backup_takes_a_second_yes(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    with closing(sqlite3.connect(out)) as raw, raw:
        raw.execute("UPDATE person SET name = 'Forged'")
    said = run(place, "restore", str(out), "--yes", code=1)
    assert "altered this backup" in said
    assert "Say --anyway" in said
    assert "--anyway" in run(place, "--lang", "zh_CN", "restore", str(out), "--yes", code=1)
    assert who(place) == ["Ann"]
    run(place, "restore", str(out), "--yes", "--anyway")
    assert who(place) == ["Forged"]


def test_another_company_s_backup_takes_a_second_yes_that_names_both(tmp_path: Path) -> None:
    place, other, out = tmp_path / "team.sqlite", tmp_path / "other.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    imported(other, tmp_path, "Otto", "Bea", "Carl", "Dan")
    run(other, "backup", "--out", str(out))
    said = run(place, "restore", str(out), "--yes", code=1)
    assert "in the backup Otto, Bea, Carl and 1 more" in said
    assert "here Ann, begun on" in said
    assert "Say --anyway" in said
    assert "另一家公司" in run(place, "--lang", "zh_CN", "restore", str(out), "--yes", code=1)
    assert who(place) == ["Ann"]
    run(place, "restore", str(out), "--yes", "--anyway")
    assert sorted(who(place)) == ["Bea", "Carl", "Dan", "Otto"]


def test_no_store_and_no_other_s_backup_is_written_over(tmp_path: Path) -> None:
    place, other, safe = tmp_path / "team.sqlite", tmp_path / "other.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    imported(other, tmp_path, "Otto")
    run(other, "backup", "--out", str(safe))
    moved, foreign = tmp_path / "moved.sqlite", tmp_path / "foreign.sqlite"
    shutil.copy(other, moved)
    with closing(sqlite3.connect(foreign)) as raw:
        raw.execute("CREATE TABLE t (x)")
    same = tmp_path / "same.sqlite"
    run(place, "backup", "--out", str(same))
    imported(same, tmp_path, "Bo")  # a copy in which somebody goes on working
    for path in (other, same):  # or what waits beside them is taken over while they are looked at
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = {path: path.read_bytes() for path in (other, safe, moved, foreign, same)}
    for path, words in (
        (other, "is a store that"),
        (moved, "people work in"),
        (safe, "backup of another store"),
        (foreign, "belongs to a database"),
        (same, "is a store that"),
    ):
        assert words in run(place, "backup", "--out", str(path), "--overwrite", code=1), path
    assert before == {path: path.read_bytes() for path in before}
    run(place, "backup", "--out", str(tmp_path / "mine.sqlite"))
    run(place, "backup", "--out", str(tmp_path / "mine.sqlite"), "--overwrite")


def test_of_two_backups_to_one_new_name_one_is_refused(file_store: Store, tmp_path: Path) -> None:
    file_store.act(ME, add_person, PersonDetails(name="Ann"))
    out = tmp_path / "safe.sqlite"

    def theirs(_done: int, _total: int) -> None:
        out.write_text("somebody else's by now")

    with file_store.whole_file() as source, pytest.raises(UserError, match="somebody else meanwhile"):
        write(source, file_store.location, out, theirs)
    assert out.read_text() == "somebody else's by now"
    assert not list(tmp_path.glob(".part-*"))


def test_backups_are_made_before_imports_and_once_a_day(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    assert "There is no store" in run(place, "backups", "--json", code=1)
    assert not place.exists()  # to ask makes no store
    imported(place, tmp_path, "Ann")
    assert ask(place, "backups") == []  # there was nothing yet
    imported(place, tmp_path, "Bo")
    run(place, "new-project", "Dingxin", "--customer", "Dingxin")
    imported(place, tmp_path, "Cy")
    reasons = [(one["reason"], one["counts"]["person"]) for one in ask(place, "backups")]
    assert reasons == [("import", 2), ("daily", 1)]
    told = run(place, "backups")
    assert "before an import" in told
    assert "People 2" in told
    assert "导入之前" in run(place, "--lang", "zh_CN", "backups")


def test_a_dry_run_backs_nothing_up(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    imported(place, tmp_path, "Ann")
    imported(place, tmp_path, "Bo")
    file = tmp_path / "people.csv"
    before = len(ask(place, "backups"))
    run(place, "new-project", "Dingxin", "--customer", "Dingxin")
    run(place, "import", "people", str(file), "--dry-run")
    assert len(ask(place, "backups")) == before


def test_where_there_is_no_store_none_is_made_to_be_backed_up(tmp_path: Path) -> None:
    assert "There is no store at" in run(
        tmp_path / "team.sqlite", "backup", "--out", str(tmp_path / "b.sqlite"), code=1
    )
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    out.write_text("a letter")
    assert "is there already" in run(place, "backup", "--out", str(out), code=1)
    assert out.read_text() == "a letter"
    assert "is a folder. Give the name of a file in it." in run(place, "backup", "--out", str(tmp_path), code=1)
    run(place, "backup", "--out", str(out), "--overwrite")
    assert out.read_bytes().startswith(b"SQLite format 3")
    for own in (place, Path(f"{place}-wal")):
        run(place, "backup", "--out", str(own), "--overwrite", code=1)
    assert who(place) == ["Ann"]


@pytest.mark.parametrize(("answer", "left"), [("y\n", ["Ann"]), ("n\n", ["Ann", "Bo"]), ("", ["Ann", "Bo"])])
def test_it_asks_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    imported(place, tmp_path, "Bo")
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    told = run(place, "restore", str(out), code=0 if answer == "y\n" else 1)
    assert ("Nothing was done." in told) == (answer != "y\n")
    assert sorted(who(place)) == left


def test_only_json_stands_on_stdout(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    done = subprocess.run(
        [sys.executable, "-m", "mentor_app", "--store", str(place), "restore", str(out), "--json"],
        input="y\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["counts"]["person"] == 1
    assert "1 in the backup, 1 now" in done.stderr


def test_in_the_place_of_a_store_that_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    run(place, "backup")
    with place.open("r+b") as file:
        file.write(b"\0" * 4096)
    said = run(place, "people", code=1)
    assert "lie beside it in team.sqlite.backups. Restore the last one" in said
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert "backed up first" not in run(place, "restore", str(out), code=1)
    assert "can't be read" in run(place, "restore", str(out), "--yes")
    assert who(place) == ["Ann"]


@pytest.mark.parametrize("verb", [["backup"], ["backups"], ["restore", "x.sqlite", "--yes"]])
def test_a_server_says_how_it_is_done_there(postgresql: str, verb: list[str]) -> None:
    assert "pg_dump" in run(postgresql, *verb, code=1)


def test_an_unknown_name_restores_nothing(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    imported(place, tmp_path, "Bo")
    assert "Nobody is called Ano" in run(place, "--as", "Ano", "restore", str(out), "--yes", code=1)
    assert sorted(who(place)) == ["Ann", "Bo"]
    run(place, "--as", "Bo", "restore", str(out), "--yes")
    assert ask(place, "backup")["last_change"]["by"] == "Bo"


def test_what_is_no_backup_is_said_in_a_sentence(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    imported(place, tmp_path, "Ann")
    assert "no such file" in run(place, "restore", str(tmp_path / "nowhere"), "--yes", code=1)
    assert "not a mentor-app store" in run(place, "restore", str(tmp_path / "people.csv"), "--yes", code=1)
    run(place, "backup", "--out", str(tmp_path / "cut.sqlite"))
    os.truncate(tmp_path / "cut.sqlite", 20_000)
    assert "Choose another backup." in run(place, "restore", str(tmp_path / "cut.sqlite"), "--yes", code=1)
    assert who(place) == ["Ann"]


def test_an_earlier_revision_than_what_is_in_it_is_said_of_the_file_that_was_given(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    with closing(sqlite3.connect(out)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '0006'")
    said = run(place, "restore", str(out), "--yes", code=1)
    assert str(out) in said
    assert said.endswith("Choose another backup.\n")
    assert ".part-" not in said


def test_where_no_backup_can_be_written_nothing_is_restored_and_it_is_said(tmp_path: Path) -> None:
    place, out = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    imported(place, tmp_path, "Ann")
    run(place, "backup", "--out", str(out))
    folder = Path(f"{place}.backups")
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("")
    for verb in (["backup"], ["restore", str(out), "--yes"]):
        said = run(place, *verb, code=1)
        assert f"No backup could be written to {folder}: something of that name is there already" in said
    assert who(place) == ["Ann"]
    os.rename(place, tmp_path / "moved.sqlite")
    assert f"written to {folder}" in run(place, "restore", str(out), "--yes", code=1)
    assert not place.exists()


def test_what_lies_where_a_backup_goes_is_said_as_it_is(office_store: Path, small_sample_store: Path) -> None:
    kept, nowhere, empty = (office_store.with_name(name) for name in ("kept.sqlite", "new.sqlite", "empty.sqlite"))
    run(office_store, "backup", "--out", str(kept))
    assert "No store is there now: nothing is replaced." in run(nowhere, "restore", str(kept), "--yes")
    empty.touch()
    assert "is empty (0 bytes): nothing was restored from it" in run(nowhere, "restore", str(empty), "--yes", code=1)
    assert "Commands begin no new store in its place" in run(empty, "sample", code=1)
    assert "can't be read; it is set aside" in run(empty, "restore", str(kept), "--yes")
    other = shutil.copy(small_sample_store, office_store.with_name("other.sqlite"))
    told = run(other, "restore", str(kept), "--yes", "--anyway")
    assert "What is here now: Last changed on " in told
