"""The store on both databases: history, all-or-nothing, durability, and files that are not ours."""

import datetime as dt
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from mentor_app.core.camp.queries import published, standings
from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.pairing.story import story
from mentor_app.core.people.actions import PersonDetails, add_person, assign_crm_name, edit_person
from mentor_app.core.people.queries import get_person, people
from mentor_app.core.people.tables import person
from mentor_app.core.store import HEAD, Actor, Session, Store, open_store
from mentor_app.core.store.history import change, change_set
from mentor_app.core.store.migrate import upgrade
from mentor_app.core.store.schema import metadata
from tests.conftest import DATA, ME


def _add(store: Store, name: str, **values: object) -> int:
    return store.act(ME, add_person, PersonDetails(name, **values)).result  # type: ignore[arg-type]


def test_every_write_leaves_a_change_set_with_its_actor(store: Store) -> None:
    chief = _add(store, "Chief")
    done = store.act(Actor("Chief", chief), edit_person, chief, PersonDetails("Boss", dt.date(2024, 1, 31)))
    assert done.changed == {"people"}
    with store.read() as connection:
        row = connection.execute(select(change_set).where(change_set.c.id == done.change_set_id)).mappings().one()
        assert (row["actor_id"], row["action"]) == (chief, "people.edit_person")
        rows = connection.execute(select(change).where(change.c.change_set_id == done.change_set_id)).mappings().all()
    mine = next(r for r in rows if r["table_name"] == "person")
    assert json.loads(mine["before"]) == {"name": "Chief", "hired_on": None}
    assert json.loads(mine["after"]) == {"name": "Boss", "hired_on": "2024-01-31"}


def test_an_action_that_fails_leaves_nothing(store: Store) -> None:
    def half(session: Session, actor: Actor) -> None:
        add_person(session, actor, PersonDetails("Ghost"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        store.act(ME, half)
    with store.read() as connection:
        assert people(connection) == []
        assert connection.execute(select(change_set)).all() == []


def test_nothing_changed_means_no_change_set(store: Store) -> None:
    key = _add(store, "Ann", hired_on=dt.date(2024, 5, 1))
    with store.read() as connection:
        old = get_person(connection, key)
    done = store.act(ME, edit_person, key, PersonDetails("Ann", dt.date(2024, 5, 1)), old.version)
    assert (done.result, done.change_set_id) == (False, None)


def test_two_people_editing_the_same_record_the_second_is_told(store: Store) -> None:
    key = _add(store, "Ann")
    with store.read() as connection:
        version = get_person(connection, key).version
    store.act(ME, edit_person, key, PersonDetails("Anna"), version)
    with pytest.raises(UserError, match="Somebody else"):
        store.act(ME, edit_person, key, PersonDetails("Anne"), version)


def test_foreign_keys_and_checks_hold_in_the_database(store: Store) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        store.act(ME, assign_crm_name, "Nobody", 4711)
    with pytest.raises(UserError, match="before the hire date"):
        _add(store, "Ann", hired_on=dt.date(2024, 2, 1), left_on=dt.date(2024, 1, 1))


def test_the_migrated_schema_is_the_one_in_code(store: Store) -> None:
    found = inspect(store.engine)
    for name, table in metadata.tables.items():
        assert {c["name"] for c in found.get_columns(name)} == set(table.columns.keys()), name
        assert {i["name"] for i in found.get_indexes(name) if not i["name"].startswith(("uq_", "sqlite_"))} == {
            i.name for i in table.indexes
        }, name
    with store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert problems(connection) == []


def test_a_store_file_is_private_and_durable(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "team.sqlite"
    store = open_store(path)
    _add(store, "Ann")
    with store.read() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_failed_migration_rolls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(op, "bulk_insert", fail)
    with pytest.raises(RuntimeError):
        open_store(tmp_path / "team.sqlite")
    with sqlite3.connect(tmp_path / "team.sqlite") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    monkeypatch.undo()
    open_store(tmp_path / "team.sqlite").close()


def test_foreign_corrupt_and_newer_files_are_refused_untouched(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE other (x)")
    text_file = tmp_path / "notes.txt"
    text_file.write_text("no database at all")
    newer = tmp_path / "newer.sqlite"
    open_store(newer).close()
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for path, words in ((foreign, "not a mentor-app store"), (text_file, "not a mentor-app store"), (newer, "newer")):
        before = path.read_bytes()
        with pytest.raises(UserError, match=words):
            open_store(path)
        assert path.read_bytes() == before or path == newer
    with pytest.raises(UserError, match="folder"):
        open_store(tmp_path)


def test_a_locked_store_says_so(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(file_store.location, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with file_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with pytest.raises(UserError, match="in use by another program"):
        _add(file_store, "Ann")
    other.execute("ROLLBACK")
    _add(file_store, "Ann")


def test_killed_in_the_middle_of_a_write_nothing_is_half_done(tmp_path: Path) -> None:
    path = tmp_path / "team.sqlite"
    script = f"""
import os
from mentor_app.core.store import open_store, Actor
from mentor_app.core.people.actions import add_person, PersonDetails
store = open_store({str(path)!r})
store.act(Actor("me"), add_person, PersonDetails("Kept"))
def half(session, actor):
    for i in range(500):
        add_person(session, actor, PersonDetails(f"Lost {{i}}"))
    os.kill(os.getpid(), 9)
store.act(Actor("me"), half)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False, env=os.environ).returncode == -9
    with open_store(path).read() as connection:
        assert [p.name for p in people(connection)] == ["Kept"]
        assert problems(connection) == []
        assert connection.execute(select(person.c.id)).all() == [(1,)]


def test_a_store_of_the_first_release_is_brought_up_to_date_with_its_data(tmp_path: Path) -> None:
    shutil.copy(DATA / "stores" / "0001.sqlite", tmp_path / "old.sqlite")
    store = open_store(tmp_path / "old.sqlite")
    with store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert problems(connection) == []
        found = {p.name: p for p in people(connection)}
        assert found["李静"].roles == ("mentor", "team_lead")
        assert found["Anna Snelling"].hired_on_inferred
        assert connection.execute(text("SELECT count(*) FROM opportunity")).scalar() == 120
        assert published(connection).number == 1
    store.close()


def test_a_store_of_the_second_release_keeps_camp_and_logbook(tmp_path: Path) -> None:
    shutil.copy(DATA / "stores" / "0002.sqlite", tmp_path / "old.sqlite")
    store = open_store(tmp_path / "old.sqlite")
    with store.read() as connection:
        assert problems(connection) == []
        (stands,) = standings(connection, dt.date(2026, 11, 24))
        assert (stands.stage.key, stands.stages[0].decision.reason) == ("growth", "why not")  # type: ignore[union-attr]
        assert (
            connection.execute(text("SELECT customer FROM activity WHERE state = 'signed_off'")).scalar() == "华宇机电"
        )
    store.close()


def test_a_store_of_the_third_release_keeps_its_pairings(tmp_path: Path) -> None:
    shutil.copy(DATA / "stores" / "0003.sqlite", tmp_path / "old.sqlite")
    store = open_store(tmp_path / "old.sqlite")
    with store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert problems(connection) == []
        running, ended = pairings(connection)
        assert (running.apprentice, running.mentor, running.state) == ("Hire 1", "Lu", "active")
        told = story(connection, ended.id, ended.apprentice_id)
        assert [str(e.words) for e in told.events] == [
            "Hire 0 is paired with Mo.",
            "Bound to A.",
            "A was closed: lost.",
            "Rolled on to B.",
            "Ended before the cycle closed.",
            "Closing review written.",
        ]
        assert told.reviews[0].words == "Learned to listen"
    store.close()


def test_a_server_store_of_the_first_release_is_brought_up_to_date(location: str) -> None:
    if not location.startswith("postgresql"):
        location += ".first"
        open(location, "wb").close()
    engine = create_engine(location if "://" in location else f"sqlite:///{location}")
    upgrade(engine, 0x4D454E54, "0001")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO person (name) VALUES ('Ann')"))
    engine.dispose()
    store = open_store(location)
    with store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann"]
        assert published(connection).number == 1
        assert problems(connection) == []
    store.close()
