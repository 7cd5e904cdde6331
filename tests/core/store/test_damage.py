"""A file with damaged pages: whoever found that out, nothing more is written to it until a whole one is in its place."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mentor_app.core.check import examine
from mentor_app.core.errors import StoreFault
from mentor_app.core.store import Store, backup, damage, faults
from mentor_app.core.store.restore import go_back
from mentor_app.core.team import open_team
from tests.cli.command import run
from tests.conftest import ME
from tests.core.store.test_backup import NOW, add, kept, people_in


def damaged(place: Path) -> backup.Backup:
    """A store with people and a backup, in which then the pages of the teams are overwritten, which few things read."""
    with closing(open_team(place)) as store:
        add(store, "Ann")
        made = kept(store)
    with closing(sqlite3.connect(place)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'leave'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    with place.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    return made


def refused(store: Store) -> None:
    with pytest.raises(StoreFault) as fault:
        add(store, "Bo")
    assert fault.value.message.key == faults.NOT_WRITTEN


def test_what_the_check_finds_damaged_is_read_and_not_written_here_and_by_others(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    damaged(place)
    with closing(open_team(place)) as store:
        add(store, "Cy")  # nobody knows yet
        told: list[str] = []
        store.on_notice = lambda notice: told.append(str(notice))
        assert {one.key for one in examine(store)} >= {"file_damaged"}
        assert len(told) == 1
        assert "nothing more is written to it" in told[0]
        refused(store)
    assert "nothing more is written" in run(place, "capacity", "Ann", "3", code=1)
    with closing(open_team(place)) as later:
        assert later.damaged
        assert [str(one) for one in later.remarks] == told
        refused(later)
    assert people_in(place) == ["Ann", "Cy"]


def test_damage_that_a_backup_comes_upon_is_remembered_too(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    damaged(place)
    with closing(open_team(place)) as store:
        add(store, "Cy")
        with pytest.raises(StoreFault):
            kept(store)
        refused(store)
    assert "nothing more is written" in run(place, "capacity", "Ann", "3", code=1)


def test_damage_that_is_come_upon_is_remembered_too(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    damaged(place)
    with closing(open_team(place)) as store:
        with pytest.raises(StoreFault, match="is damaged"), store.read() as connection:
            connection.exec_driver_sql("SELECT * FROM leave").all()
        refused(store)


def test_once_a_backup_is_restored_it_is_written_again(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    made = damaged(place)
    with closing(open_team(place)) as store:
        examine(store)
        go_back(store, store.location, made.path, ME, NOW)
        assert not store.damaged
        add(store, "Bo")
        assert examine(store) == []
    assert not damage.is_noted(str(place))


def test_a_whole_file_in_its_place_is_written(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    made = damaged(place)
    with closing(open_team(place)) as store:
        examine(store)
    shutil.copy(made.path, place)
    with closing(open_team(place)) as store:
        add(store, "Bo")
        assert not damage.is_noted(str(place))


def test_one_value_that_can_t_be_read_is_no_damaged_file(tmp_path: Path) -> None:
    with closing(open_team(tmp_path / "team.sqlite")) as store:
        add(store, "Ann")
        with closing(sqlite3.connect(store.location)) as raw, raw:
            raw.execute("UPDATE person SET name = CAST(x'ff41fe' AS TEXT)")
        with pytest.raises(StoreFault, match="is damaged"), store.read() as connection:
            connection.exec_driver_sql("SELECT name FROM person").all()
        add(store, "Bo")
