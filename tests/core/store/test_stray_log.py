"""A log beside a store's file that was not written for it: nothing of it gets into the file unasked, and nothing of it is lost."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mentor_app.core.errors import StoreFault
from mentor_app.core.store import faults, guard, restore, stray_log
from mentor_app.core.store.kept import folder_of, listed
from mentor_app.core.team import open_team
from mentor_app.core.text import Text
from tests.conftest import ME
from tests.core.store.test_opening import add, names, overwritten, put

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
_CRASH = """
import os, sys
from tests.conftest import ME
from tests.core.store.test_opening import add
from mentor_app.core.team import open_team
store = open_team(sys.argv[1])
for name in sys.argv[2:]:
    add(store, name)
os._exit(9)
"""


def crashed(place: Path, *added: str, anew: bool = False) -> None:
    """Somebody adds people, and the program ends without moving its log into the file. Begun anew, not as a fork of this process, where
    this process has the store open itself: SQLite would not tell the two apart."""
    if anew:
        subprocess.run([sys.executable, "-c", _CRASH, str(place), *added], check=False)
    elif child := os.fork():
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    else:
        try:
            store = open_team(place)
            for name in added:
                add(store, name)
            os._exit(9)
        finally:
            os._exit(1)
    assert place.with_name(place.name + "-wal").stat().st_size > 4096


def made(place: Path, *people: str) -> Path:
    with closing(open_team(place)) as store:
        for name in people:
            add(store, name)
    return place


def later(*paths: Path, seconds: float = 5) -> None:
    """As if these had been put there some time after all else."""
    for path in paths:
        os.utime(path, (time.time() + seconds,) * 2)


def sound(place: Path) -> bool:
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as look:
        return bool(look.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


@pytest.fixture(scope="module")
def two_stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One with sixty people, and another with three hundred; only to be copied."""
    folder = tmp_path_factory.mktemp("two")
    return (
        made(folder / "team.sqlite", *(f"Person {number}" for number in range(60))),
        made(folder / "other.sqlite", *(f"Stranger {number}" for number in range(300))),
    )


@pytest.fixture
def place(two_stores: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(two_stores[0], tmp_path))


@pytest.fixture
def other(two_stores: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(two_stores[1], tmp_path))


@pytest.mark.parametrize("seconds", [0, 5])
@pytest.mark.parametrize("index", [True, False])
def test_the_log_of_another_file_is_set_aside(place: Path, other: Path, seconds: float, index: bool) -> None:
    crashed(place, "Ann", "Bo")
    log = place.with_name("team.sqlite-wal").read_bytes()
    content = other.read_bytes()
    other.replace(place)
    if not index:
        place.with_name("team.sqlite-shm").unlink()
    later(place, seconds=seconds)
    with closing(open_team(place)) as store:
        (remark,) = store.remarks
        assert remark.key == stray_log.SET_ASIDE
        assert names(store)[0] == "Stranger 0"
        assert len(names(store)) == 300
    (aside,) = folder_of(str(place)).glob("*-aside.sqlite-wal")
    assert aside.read_bytes() == log
    assert os.name == "nt" or not aside.stat().st_mode & 0o077
    assert place.read_bytes() == content
    with closing(open_team(place)) as store:
        assert not store.remarks


@pytest.mark.parametrize("seconds", [0, 5])
def test_of_an_older_copy_in_its_place_it_is_asked(place: Path, tmp_path: Path, seconds: float) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    crashed(place, "Ann", "Bo")
    shutil.copyfile(copy, place)
    later(place, seconds=seconds)
    for _ in range(2):  # asking changes nothing
        with pytest.raises(StoreFault) as asked:
            open_team(place)
        assert asked.value.message.key == faults.LOG_BESIDE
    assert dict(asked.value.message.args)["more"] == 2
    without = tmp_path / "b.sqlite"
    for end in ("", "-wal"):
        shutil.copy2(f"{place}{end}", f"{without}{end}")
    later(without)
    stray_log.decide(place, True, NOW)
    with closing(open_team(place)) as store:
        assert {"Ann", "Bo"} <= set(names(store))
    said = stray_log.decide(without, False, NOW)
    with closing(open_team(without)) as store:
        assert not {"Ann", "Bo"} & set(names(store))
    (kept,) = listed(str(without))
    assert str(kept.path) in str(said)
    with closing(open_team(kept.path)) as store:
        assert {"Ann", "Bo"} <= set(names(store))


def test_the_log_of_a_copy_that_went_on_by_itself_is_set_aside(place: Path, tmp_path: Path) -> None:
    """With it, what was done in the copy would be gone."""
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    made(copy, "Cy")
    crashed(place, "Ann")
    copy.replace(place)
    with closing(open_team(place)) as store:
        assert [one.key for one in store.remarks] == [stray_log.SET_ASIDE]
        assert "Cy" in names(store)
        assert "Ann" not in names(store)
    assert sound(place)


def by_the_mode(place: Path) -> Path:
    for end in ("", "-shm", "-wal"):
        Path(f"{place}{end}").chmod(0o600)
    return place


def by_touching_the_log(place: Path) -> Path:
    later(place.with_name(place.name + "-wal"), seconds=9)
    return place


def by_copying_the_folder(place: Path) -> Path:
    there = place.parent / "there"
    there.mkdir()
    for end in ("", "-shm", "-wal"):
        shutil.copyfile(f"{place}{end}", there / f"{place.name}{end}")
    return there / place.name


TOUCHED = (by_the_mode, by_touching_the_log, by_copying_the_folder)


def before_the_log(place: Path) -> bytes:
    """Before something that the log does not tell, as it was moved into the file."""
    content = place.read_bytes()
    made(place, "Bo")
    return content


@pytest.mark.parametrize("touched", TOUCHED)
@pytest.mark.parametrize("copied", ["before_the_log", "newer", "newer after the log", "tidied", "another"])
def test_the_log_of_another_file_is_known_by_what_is_in_it(
    place: Path, other: Path, touched: Callable[[Path], Path], copied: str
) -> None:
    """Times tell nothing: files were copied, or somebody changed who may read them."""
    if copied == "before_the_log":
        content = before_the_log(place)
    elif copied == "another":
        content = other.read_bytes()
    elif copied != "newer after the log":
        content = {"newer": newer, "tidied": tidied}[copied](place)
    if copied == "tidied":
        made(place, "Bo")
    crashed(place, "Ann")
    if copied == "newer after the log":
        copy = place.with_name("gone on.sqlite")
        for end in ("", "-wal"):
            shutil.copyfile(f"{place}{end}", f"{copy}{end}")
        made(copy, "Di", "Ed")
        content = copy.read_bytes()
    place.write_bytes(content)
    place = touched(place)
    with closing(open_team(place)) as store:
        assert [one.key for one in store.remarks] == [stray_log.SET_ASIDE]
        assert copied == "newer after the log" or "Ann" not in names(store)
    assert sound(place)
    assert copied == "tidied" or place.read_bytes() == content  # it becomes one with a log


@pytest.mark.parametrize("touched", TOUCHED)
def test_a_store_that_was_not_closed_goes_on_wherever_it_is_copied(
    place: Path, touched: Callable[[Path], Path]
) -> None:
    crashed(place, "Ann", "Bo")
    with closing(open_team(touched(place))) as store:
        assert {"Ann", "Bo"} <= set(names(store))
        assert not store.remarks


@pytest.mark.parametrize("backup_of", ["itself", "another"])
def test_one_killed_after_a_backup_was_restored_goes_on(place: Path, other: Path, backup_of: str) -> None:
    kept = place.with_name("kept.sqlite")
    shutil.copyfile(place if backup_of == "itself" else other, kept)
    made(place, "Bo", "Cy")
    script = """
import os, sqlite3, sys, datetime as dt
import mentor_app.core.tables
from pathlib import Path
from mentor_app.core.store import Actor, restore
from mentor_app.core.team import open_team
store = open_team(sys.argv[1])
reader = sqlite3.connect(sys.argv[1], isolation_level=None)
reader.execute("BEGIN")  # nothing is moved into the file meanwhile
reader.execute("SELECT count(*) FROM person").fetchone()
restore.go_back(store, sys.argv[1], Path(sys.argv[2]), Actor("me"), dt.datetime.now(dt.UTC))
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", script, str(place), str(kept)], check=False, capture_output=True)
    assert done.returncode == 9, done.stderr
    assert place.with_name("team.sqlite-wal").stat().st_size > 4096
    with closing(open_team(place)) as store:
        assert not store.remarks
        assert not {"Bo", "Cy"} & set(names(store))
        assert len(names(store)) == (60 if backup_of == "itself" else 300)


@pytest.mark.parametrize("touched", TOUCHED)
def test_what_is_said_of_the_log_is_done_whatever_the_times(place: Path, touched: Callable[[Path], Path]) -> None:
    crashed(place, "Ann", "Bo")
    there = touched(place)
    said = stray_log.decide(there, False, NOW)
    assert said.key == stray_log.LEFT_OUT
    with closing(open_team(there)) as store:
        assert not {"Ann", "Bo"} & set(names(store))
        (kept,) = listed(str(there))
        preview = restore.look(store, str(there), kept.path)
        assert not preview.strange, "it was made here"
        restore.go_back(store, str(there), kept.path, ME, NOW)
        assert {"Ann", "Bo"} <= set(names(store))


def test_what_is_taken_in_is_said_and_what_belongs_together_stays(place: Path, tmp_path: Path) -> None:
    crashed(place, "Ann", "Bo")
    said = stray_log.decide(place, True, NOW)
    assert (said.key, dict(said.args)["more"]) == (stray_log.TAKEN_IN, 2)
    assert stray_log.decide(place, True, NOW).key == stray_log.ALL_ITS_OWN
    new = tmp_path / "new.sqlite"
    crashed(new, "Ann")
    with pytest.raises(StoreFault) as refused:
        stray_log.decide(new, False, NOW)
    assert refused.value.message.key == faults.NOT_WITHOUT
    with closing(open_team(new)) as store:
        assert names(store) == ["Ann"]
        add(store, "Bo")
        words = [sys.executable, "-m", "mentor_app", "--store", str(new), "check", "--log", "without"]
        asked = subprocess.run(words, check=False, capture_output=True, text=True)
        assert "is open in a window or command" in asked.stderr
        assert names(store) == ["Ann", "Bo"]


def in_the_middle(place: Path) -> None:
    """Part of the log was moved into the file when the computer stopped."""
    with closing(sqlite3.connect(place)) as reader, closing(sqlite3.connect(place)) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
        for end in ("", "-wal"):
            shutil.copyfile(f"{place}{end}", f"{place}{end}.kept")
    for end in ("", "-wal"):
        Path(f"{place}{end}.kept").replace(f"{place}{end}")
    later(place, seconds=1)


@pytest.mark.parametrize("happened", [lambda _place: None, in_the_middle])
def test_a_store_that_was_not_closed_goes_on(place: Path, happened: Callable[[Path], None]) -> None:
    crashed(place, "Ann", "Bo")
    happened(place)
    with closing(open_team(place)) as store:
        assert {"Ann", "Bo"} <= set(names(store))
        assert not store.remarks


def test_one_that_holds_nothing_by_itself_goes_on(tmp_path: Path) -> None:
    """Killed right after its first change: all is in the log."""
    place = tmp_path / "new.sqlite"
    crashed(place, "Ann")
    later(place)
    with closing(open_team(place)) as store:
        assert names(store) == ["Ann"]


@pytest.mark.parametrize("noticed", [True, False])
@pytest.mark.parametrize("how", ["inside", "under its name", "inside, without its log"])
def test_closing_spoils_no_file_that_was_put_there_meanwhile(
    place: Path, other: Path, monkeypatch: pytest.MonkeyPatch, noticed: bool, how: str
) -> None:
    """Written into the very file, or under its name."""
    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    store = open_team(place)
    add(store, "Ann")
    content = other.read_bytes()
    if how == "under its name":
        other.replace(place)
    else:
        overwritten(place, put(content))
    if how == "inside, without its log":
        for end in ("-wal", "-shm"):
            place.with_name(place.name + end).unlink()
    if noticed:
        with pytest.raises(StoreFault):
            names(store)
    told: list[object] = []
    store.on_notice = told.append
    store.close()
    assert place.read_bytes() == content
    assert sound(place)
    assert len(list(folder_of(str(place)).glob("*-aside.sqlite-wal"))) == len(told) == 1
    with closing(open_team(place)) as again:
        assert len(names(again)) == 300
        assert not again.remarks


def older(place: Path) -> bytes:
    return place.read_bytes()


def newer(place: Path) -> bytes:
    """What somebody went on with elsewhere."""
    copy = place.with_name("copy.sqlite")
    shutil.copyfile(place, copy)
    made(copy, "Cy")
    return copy.read_bytes()


def tidied(place: Path) -> bytes:
    """The same, but in other pages."""
    copy = place.with_name("copy.sqlite")
    with closing(sqlite3.connect(place)) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    return copy.read_bytes()


@pytest.mark.parametrize("moved", ["nothing to move", "not moved", "moved", "moved by itself", "by another program"])
@pytest.mark.parametrize("copied", [older, newer, tidied])
def test_a_copy_of_the_same_store_written_into_it_is_noticed_and_kept_as_it_is(
    place: Path, monkeypatch: pytest.MonkeyPatch, copied: Callable[[Path], bytes], moved: str
) -> None:
    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    content = copied(place)
    if copied is older:
        made(place, "Bo")
    store = open_team(place)
    names(store)
    if moved == "by another program":
        crashed(place, "Ann 0", anew=True)
    elif moved != "nothing to move":
        for number in range(150 if moved == "moved by itself" else 1):
            add(store, f"Ann {number}")
    if moved == "moved":
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint")
    overwritten(place, put(content))
    for work in (lambda: names(store), lambda: add(store, "Di")):
        with pytest.raises(StoreFault) as told:
            work()
        assert told.value.message.key == guard.REPLACED
    store.close()
    assert place.read_bytes() == content
    assert any(folder_of(str(place)).glob("*-aside.sqlite-wal")) == (moved != "nothing to move")
    with closing(open_team(place)) as store:
        assert not store.remarks
        assert ("Cy" in names(store)) == (copied is newer)
        assert not {"Ann 0", "Bo", "Di"} & set(names(store))


def test_a_copy_that_was_half_there_is_another_file_once_it_is_whole(
    place: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    content = other.read_bytes()
    store = open_team(place)
    add(store, "Ann")
    for much, key in ((len(content) // 2, guard.OVERWRITTEN), (len(content), guard.REPLACED)):
        overwritten(place, put(content[:much]))
        with pytest.raises(StoreFault) as told:
            names(store)
        assert told.value.message.key == key
    store.close()
    assert place.read_bytes() == content


def test_of_an_older_copy_written_into_it_the_last_changes_are_kept_as_a_backup(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are where it is asked which of both it is to be."""
    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    content = place.read_bytes()
    store = open_team(place)
    add(store, "Ann")
    for much in (len(content) // 2, len(content)):
        overwritten(place, put(content[:much]))
        with pytest.raises(StoreFault):
            names(store)
    told: list[Text] = []
    store.on_notice = told.append
    store.close()
    assert place.read_bytes() == content
    assert [one.key for one in told] == [stray_log.KEPT]
    with closing(open_team(place)) as store:
        assert not store.remarks
        assert "Ann" not in names(store)
        (kept,) = listed(str(place))
        restore.go_back(store, str(place), kept.path, ME, NOW)
        assert "Ann" in names(store)


@pytest.mark.parametrize("by", ["mode", "copy"])
def test_of_a_file_that_was_not_written_since_nothing_is_asked(place: Path, tmp_path: Path, by: str) -> None:
    crashed(place, "Ann")
    time.sleep(0.02)
    if by == "mode":
        place.chmod(0o640)
    else:
        (tmp_path / "there").mkdir()
        for end in ("-wal", "-shm", ""):
            shutil.copy2(f"{place}{end}", tmp_path / "there" / f"{place.name}{end}")
        place = tmp_path / "there" / place.name
    with closing(open_team(place)) as store:
        assert "Ann" in names(store)


@pytest.mark.parametrize("moved", [True, False])
def test_the_same_bytes_put_there_again_are_no_alarm(place: Path, moved: bool) -> None:
    with closing(open_team(place)) as store:
        add(store, "Ann")
        if moved:
            with store.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint")
        names(store)
        overwritten(place, lambda file: put(file.read_bytes())(file))
        add(store, "Bo")
        later(place)
        add(store, "Cy")
    with closing(open_team(place)) as store:
        assert {"Ann", "Bo", "Cy"} <= set(names(store))


def test_whoever_still_has_the_old_log_open_can_not_write_it_into_the_file(
    place: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    store = open_team(place)
    add(store, "Ann")
    overwritten(place, put(other.read_bytes()))
    later(place)
    for words in (["people"], ["check", "--log", "without"]):
        command = [sys.executable, "-m", "mentor_app", "--store", str(place), *words]
        said = subprocess.run(command, check=False, capture_output=True, text=True)
        assert said.returncode
        assert "has the one before open" in said.stderr
    store.close()
    assert sound(place)
    with closing(open_team(place)) as again:
        assert len(names(again)) == 300
