"""The store on both databases: history, all-or-nothing, durability, and files that are not ours."""

import datetime as dt
import json
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person, assign_crm_name, edit_person
from mentor_app.core.people.queries import get_person, people
from mentor_app.core.store import HEAD, Actor, Session, Store, default_path, open_store
from mentor_app.core.store.history import change, change_set
from mentor_app.core.store.schema import metadata
from tests.conftest import ME
from tests.steps import step


def _add(store: Store, name: str, **values: object) -> int:
    return store.act(ME, add_person, PersonDetails(name=name, **values)).result  # type: ignore[arg-type]


def test_every_write_leaves_a_change_set_with_its_actor(store: Store) -> None:
    chief = _add(store, "Chief")
    done = store.act(
        Actor("Chief", chief), edit_person, chief, PersonDetails(name="Boss", hired_on=dt.date(2024, 1, 31))
    )
    assert done.changed == {"people"}
    with store.read() as connection:
        row = connection.execute(select(change_set).where(change_set.c.id == done.change_set_id)).mappings().one()
        assert (row["actor_id"], row["action"]) == (chief, "people.edit_person")
        rows = connection.execute(select(change).where(change.c.change_set_id == done.change_set_id)).mappings().all()
    mine = next(r for r in rows if r["table_name"] == "person")
    assert json.loads(mine["before"]) == {"name": "Chief", "hired_on": None}
    assert json.loads(mine["after"]) == {"name": "Boss", "hired_on": "2024-01-31"}


def test_an_action_that_fails_leaves_nothing(store: Store) -> None:
    @step
    def half(session: Session, actor: Actor) -> None:
        add_person(session, actor, PersonDetails(name="Ghost"))
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
    done = store.act(ME, edit_person, key, PersonDetails(name="Ann", hired_on=dt.date(2024, 5, 1)), old.version)
    assert (done.result, done.change_set_id) == (False, None)


def test_two_people_editing_the_same_record_the_second_is_told(store: Store) -> None:
    key = _add(store, "Ann")
    with store.read() as connection:
        version = get_person(connection, key).version
    store.act(ME, edit_person, key, PersonDetails(name="Anna"), version)
    with pytest.raises(UserError, match="tester has changed this record"):
        store.act(ME, edit_person, key, PersonDetails(name="Anne"), version)


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


def test_a_store_file_is_private_and_durable(own_home: Path) -> None:
    """In its usual place, which is made where it is not there."""
    path = default_path()
    assert not path.parent.exists()
    store = open_store()
    _add(store, "Ann")
    with store.read() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


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
