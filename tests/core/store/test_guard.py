"""The store's file while it is open: nobody else in the process opens it, and what happens to it is noticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.store import open_store
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
