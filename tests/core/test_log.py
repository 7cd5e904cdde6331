"""The log: one line an action, bugs by kind and place, private to its owner, limited in size, nothing about people."""

import datetime as dt
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from mentor_app.core import log
from mentor_app.core.errors import UserError
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people.actions import PersonDetails, add_person, assign_crm_name, edit_person, save_team
from mentor_app.core.people.queries import people
from mentor_app.core.store import Store, open_store
from tests.cli.command import run
from tests.conftest import ME, TODAY
from tests.core.points.mentoring import Camp

SECRET = "Zweiundvierzig"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (DEBUG|INFO|WARNING|ERROR) .+|  .+|[\w.]+")


def written() -> str:
    """All that was logged in this test's home."""
    files = sorted(log.folder().iterdir()) if log.folder().exists() else []
    return "".join(file.read_text(encoding="utf-8") for file in files)


def said() -> list[str]:
    """The lines without their time and the milliseconds."""
    return [
        re.sub(r"^\S+ |\d+ ms", lambda m: "" if m.start() == 0 else "N ms", line) for line in written().splitlines()
    ]


def test_an_action_is_one_line_with_its_name_and_rows(file_store: Store) -> None:
    key = file_store.act(ME, add_person, PersonDetails(name="Ann", hired_on=TODAY, roles=frozenset({"mentor"}))).result
    file_store.act(ME, edit_person, key, PersonDetails(name="Ann", hired_on=TODAY, roles=frozenset({"mentor"})))
    with pytest.raises(UserError):
        file_store.act(ME, add_person, PersonDetails(name=""))
    assert said() == [
        "INFO people.add_person done, N ms, 3 rows",
        "INFO people.edit_person done, N ms, 0 rows",
        "INFO people.add_person refused, N ms, 0 rows",
    ]


def test_many_rows_at_once_are_counted(file_store: Store, pipeline_csv: Path) -> None:
    run(file_store.location, "import", "opportunities", str(pipeline_csv))
    (rows,) = (int(n) for n in re.findall(r"import done, \d+ ms, (\d+) rows", written()))
    assert rows >= 8800


def test_nothing_about_people_is_in_it(tmp_path: Path) -> None:
    """Names, texts, files, addresses and errors with a mark in them: none of it reaches the log."""
    place, day = tmp_path / f"{SECRET}.sqlite", dt.date.today() - dt.timedelta(days=3)
    file = tmp_path / f"{SECRET}.csv"
    file.write_text(
        f"name,hire date,roles,team\n{SECRET},{day},new hire,{SECRET} T\nMo {SECRET},2020-01-01,mentor;trainer;team lead,\n"
    )
    boss = ("--debug", "--as", f"Mo {SECRET}")
    run(place, *boss, "import", "people", str(file), "--name", "*=new")
    run(place, *boss, "enrol", "--person", SECRET)
    run(
        place,
        *boss,
        "log",
        "shadowing",
        "--person",
        SECRET,
        "--customer",
        SECRET,
        "--minutes",
        "5",
        "--learned",
        SECRET,
    )
    run(place, *boss, "log", "shadowing", "--person", SECRET, "--customer", SECRET, code=1)
    run(place, *boss, "new-project", SECRET, "--customer", SECRET, "--started", str(day))
    run(place, *boss, "pair", SECRET, f"Mo {SECRET}", "--project", SECRET, "--goals", SECRET, "--date", str(day))
    run(place, *boss, "playbooks", "new", "objections", SECRET)
    run(place, *boss, "end-pairing", SECRET, "--reason", SECRET)
    run(place, *boss, "end-pairing", SECRET, "--reason", SECRET, code=1)
    run(f"postgresql+psycopg://{SECRET}:{SECRET}@127.0.0.1:9/{SECRET}", *boss, "people", code=1)
    store = open_store(place)
    with pytest.raises(Exception, match="FOREIGN KEY") as dangling:
        store.act(ME, assign_crm_name, SECRET, 4711)
    log.bug(dangling.value)
    with store.read() as connection, pytest.raises(Exception, match="no such column") as unknown:
        connection.execute(text(f"SELECT {SECRET} FROM person WHERE name = :name"), {"name": SECRET})
    log.bug(unknown.value)
    with pytest.raises(KeyError) as missing:
        {}[SECRET]
    log.bug(missing.value)
    log.qt(30, f"Could not open file '/home/{SECRET}/x.svg' or /home/{SECRET}/y")
    with store.read() as connection:
        assert any(SECRET in p.name for p in people(connection))
    store.close()
    everything = written()
    assert SECRET not in everything
    assert everything.count(" done, ") >= 7
    assert everything.count(" refused, ") == 1
    assert everything.count("ERROR bug") == 3
    assert all(LINE.fullmatch(line) for line in everything.splitlines())


def test_a_bug_is_told_by_kind_and_place() -> None:
    def deep() -> None:
        raise ValueError("Anna's salary".upper())

    def shallow() -> None:
        try:
            deep()
        except ValueError as error:
            raise RuntimeError(str(error)) from error

    with pytest.raises(RuntimeError) as told:
        shallow()
    log.bug(told.value)
    lines = said()
    assert lines[0] == "ERROR bug"
    assert [line for line in written().splitlines() if line in ("ValueError", "RuntimeError")] == [
        "ValueError",
        "RuntimeError",
    ]
    assert re.search(r"  test_log\.py:\d+ in deep: raise ValueError", written())
    assert "ANNA" not in written()


def test_it_is_private_and_limited_in_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 2000)
    for n in range(400):
        with log.action(f"test.action_{n}"):
            pass
    files = sorted(log.folder().iterdir())
    assert [file.name for file in files] == ["mentor-app.log", *(f"mentor-app.log.{n}" for n in range(1, log.KEPT + 1))]
    assert all(file.stat().st_size <= 2000 for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(log.folder().stat().st_mode) == 0o700
    assert "test.action_399" in files[0].read_text(encoding="utf-8")


def test_where_there_can_be_no_log_actions_go_on_and_bugs_are_told_on_stderr(
    file_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    log.folder().parent.mkdir(parents=True)
    log.folder().write_text("in the way")
    assert file_store.act(ME, save_team, "T", "East", "Retail").change_set_id
    log.bug(ZeroDivisionError())
    assert capsys.readouterr().err.endswith("ERROR bug\nZeroDivisionError\n")
    assert log.crash_file() is None


def test_debug_says_more_and_to_stderr(tmp_path: Path) -> None:
    open_store(tmp_path / "s.sqlite").close()
    quiet, loud = (
        subprocess.run(
            [sys.executable, "-m", "mentor_app", "--store", str(tmp_path / "s.sqlite"), *more, "check"],
            capture_output=True,
            text=True,
            check=True,
        )
        for more in ((), ("--debug",))
    )
    assert quiet.stderr == ""
    assert re.fullmatch(r"\S+Z DEBUG a sqlite store opened, \d+ ms\n", loud.stderr)
    assert loud.stdout == quiet.stdout


def test_nothing_is_loaded_before_there_is_something_to_write() -> None:
    script = (
        "import sys, mentor_app.core.log; print({'logging', 'logging.handlers', 'platformdirs'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_points_and_camp_are_logged_by_name(file_store: Store) -> None:
    camp = Camp(file_store)
    camp.session()
    camp.act(pairing.set_capacity, camp.mo.person_id, 4)
    names = [line.split()[1] for line in said()]
    assert names[-3:] == ["logbook.save_activity", "logbook.sign_off", "pairing.set_capacity"]
