"""Stores of every schema there was are brought up to date with their data, or stay as they are."""

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mentor_app.core.camp.queries import published, standings
from mentor_app.core.check import problems
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.pairing.story import story
from mentor_app.core.people.queries import people
from mentor_app.core.store import HEAD, open_store
from mentor_app.core.store.migrate import upgrade
from tests.conftest import DATA


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
