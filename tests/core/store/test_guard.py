"""The store's file while it is open: nobody else in the process opens it, and what happens to it is noticed."""

import gc
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.store import Store, open_store
from mentor_app.core.store.guard import is_open
from mentor_app.core.team import open_team
from mentor_app.transfer.files import refuse_database
from mentor_app.transfer.reading import open_source
from tests.conftest import ME

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="POSIX locks")


def names(place: Path) -> list[str]:
    """Who is in the store, as another program sees it."""
    ask = (
        "import sys, sqlite3; c = sqlite3.connect(sys.argv[1]); "
        "print(*sorted(r[0] for r in c.execute('SELECT name FROM person')), sep=',')"
    )
    said = subprocess.run([sys.executable, "-c", ask, str(place)], capture_output=True, text=True, check=True)
    return [name for name in said.stdout.strip().split(",") if name]


def locks(place: Path) -> int:
    """How many locks processes hold on the store's file."""
    inode = os.stat(place).st_ino
    return sum(line.split()[5].endswith(f":{inode}") for line in Path("/proc/locks").read_text().splitlines())


@linux
def test_opening_the_store_a_second_time_here_keeps_its_locks(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    first = open_store(place)
    first.act(ME, add_person, PersonDetails(name="Ann"))
    held = locks(place)
    assert held > 0
    open_store(place).close()
    assert locks(place) >= held
    first.close()


def test_a_file_that_is_whole_only_with_its_log_is_not_called_written_over(tmp_path: Path) -> None:
    """While somebody reads what was there before, SQLite moves a part of the log: the file alone is no whole store then."""
    place = tmp_path / "team.sqlite"
    chance, alone = random.Random(1), 0
    with (
        closing(open_team(place)) as store,
        closing(sqlite3.connect(place, isolation_level=None)) as reader,
        closing(sqlite3.connect(place, isolation_level=None)) as mover,
    ):
        for n in range(12):
            add(store, n, chance.randrange(1, 12))
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM person").fetchone()
            add(store, n, chance.randrange(1, 6))
            if n % 3 == 2:
                mover.execute("VACUUM")
            mover.execute("PRAGMA wal_checkpoint(PASSIVE)")
            alone += is_whole_alone(place)
            add(store, n, 2)
            reader.execute("COMMIT")
            if n % 4 == 3:  # what was moved can't be told any more
                mover.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                add(store, n, 1)
        assert alone < 12, "it was whole each time: nothing was tried"
        with store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def add(store: Store, number: int, times: int) -> None:
    for n in range(times):
        store.act(ME, add_person, PersonDetails(name=f"Person {number} {n}"))


def is_whole_alone(place: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True)) as look:
            return bool(look.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


@linux
def test_a_log_removed_under_us_loses_nothing_and_is_told(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    notices: list[object] = []
    store.on_notice = notices.append
    with place.open("rb"):  # what a file dialog did: closing it drops SQLite's locks
        pass
    assert locks(place) == 0
    assert names(place) == ["Ann"]  # another program comes and goes, and takes the log along
    assert not place.with_name("team.sqlite-wal").exists()
    store.act(ME, add_person, PersonDetails(name="Bo"))
    assert len(notices) == 1
    assert "team.sqlite" in str(notices[0])
    assert names(place) == ["Ann", "Bo"]  # without the guard Bo would be in a file without a name
    store.act(ME, add_person, PersonDetails(name="Cy"))
    assert len(notices) == 1
    store.close()
    assert names(place) == ["Ann", "Bo", "Cy"]


@linux
def test_what_sqlite_keeps_beside_an_open_store_is_not_opened_by_whatever_name(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    index = place.with_name("team.sqlite-shm")
    held = locks(index)
    assert held > 0
    (tmp_path / "link.csv").symlink_to(index)
    os.link(index, tmp_path / "hard.csv")
    for named in (index, place.with_name("team.sqlite-wal"), tmp_path / "link.csv", tmp_path / "hard.csv"):
        assert is_open(named)
        with pytest.raises(UserError):
            open_source(named)
        with pytest.raises(UserError):
            refuse_database(named)
        assert locks(index) == held, named
    store.close()
    assert not is_open(tmp_path / "hard.csv")


@linux
def test_an_index_of_the_log_removed_under_us_is_told(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    notices: list[object] = []
    store.on_notice = notices.append
    place.with_name("team.sqlite-shm").unlink()
    store.act(ME, add_person, PersonDetails(name="Bo"))
    assert len(notices) == 1
    assert names(place) == ["Ann", "Bo"]
    store.close()
    assert names(place) == ["Ann", "Bo"]


def test_a_store_moved_away_is_missed_and_used_again_when_it_is_back(tmp_path: Path) -> None:
    place, away = tmp_path / "team.sqlite", tmp_path / "away.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    place.rename(away)
    with pytest.raises(UserError, match="not there any more"):
        store.act(ME, add_person, PersonDetails(name="Bo"))
    with pytest.raises(UserError, match="not there any more"), store.read():
        pass
    assert not place.exists()  # no empty store in its place
    away.rename(place)
    store.act(ME, add_person, PersonDetails(name="Cy"))
    with store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann", "Cy"]
    store.close()


def test_another_file_in_the_stores_place_is_not_written_to(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Bo"))
    other = open_store(tmp_path / "other.sqlite")
    other.act(ME, add_person, PersonDetails(name="Else"))
    other.close()
    for part in ("", "-wal", "-shm"):  # as somebody does who moves a store whole
        place.with_name(f"team.sqlite{part}").rename(tmp_path / f"away.sqlite{part}")
    (tmp_path / "other.sqlite").rename(place)
    with pytest.raises(UserError, match="another file"):
        store.act(ME, add_person, PersonDetails(name="Ann"))
    store.close()
    assert names(place) == ["Else"]
    assert names(tmp_path / "away.sqlite") == ["Bo"]


@linux
def test_a_store_behind_a_link_is_watched_too(tmp_path: Path) -> None:
    real, place = tmp_path / "real.sqlite", tmp_path / "link.sqlite"
    open_store(real).close()
    place.symlink_to(real)
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    notices: list[object] = []
    store.on_notice = notices.append
    with real.open("rb"):
        pass
    assert names(real) == ["Ann"]
    store.act(ME, add_person, PersonDetails(name="Bo"))
    assert len(notices) == 1
    assert names(real) == ["Ann", "Bo"]
    store.close()


@linux
def test_a_read_under_way_is_waited_for_before_the_store_is_opened_again(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    reading, go_on = Event(), Event()

    def read() -> None:
        with store.read() as connection:
            people(connection)
            reading.set()
            assert go_on.wait(30)

    reader = Thread(target=read)
    reader.start()
    assert reading.wait(30)
    with place.open("rb"):
        pass
    assert names(place) == ["Ann"]
    Timer(0.2, go_on.set).start()
    store.act(ME, add_person, PersonDetails(name="Bo"))
    reader.join()
    store.act(ME, add_person, PersonDetails(name="Cy"))
    assert names(place) == ["Ann", "Bo", "Cy"]
    store.close()
    assert names(place) == ["Ann", "Bo", "Cy"]


@linux
@pytest.mark.parametrize("link", ["plain", "symlink", "hardlink"])
def test_no_reader_of_files_opens_the_open_store(tmp_path: Path, link: str) -> None:
    from mentor_app.core.store.attachments import put
    from mentor_app.transfer.playbooks import read_file
    from mentor_app.transfer.reading import open_source

    place = tmp_path / "team.sqlite"
    store = open_store(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    held = locks(place)
    for ending, read in (("csv", open_source), ("md", read_file), ("pdf", lambda path: put(tmp_path / "files", path))):
        chosen = place
        if link != "plain":
            chosen = tmp_path / f"x.{ending}"
            chosen.symlink_to(place) if link == "symlink" else chosen.hardlink_to(place)
        with pytest.raises(UserError):
            read(chosen)
    assert locks(place) == held > 0
    store.close()


def test_a_store_nobody_closed_is_not_open_for_ever(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_store(place)
    assert is_open(place)
    store.engine.dispose()
    del store
    gc.collect()
    assert not is_open(place)
