"""The sample company: the same every time, sound, and something of everything in it."""

import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.sample.company import fill
from mentor_app.core.store import Session, Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team
from tests.conftest import ME

CLOCK = {"at", "hash", "submitted_at", "requested_at", "decided_at", "fulfilled_at", "published_at"}
"""Columns that hold the moment of writing, or hang on it."""
LEFT_TO_THE_TEAM = {"import_mapping", "imported_file", "playbook_attachment", "erasure", "merger", "amended_entry"}
"""Tables the sample leaves empty: what a file of one's own is called, files themselves, and what is done about somebody's
personal data."""


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in every table but the history, without the moment of writing."""
    tables = [table for table in metadata.tables.values() if "kind" in table.info]
    with store.read() as connection:
        return {
            one.name: connection.execute(  # type: ignore[misc]
                select(*(c for c in one.c if c.name not in CLOCK)).order_by(*one.primary_key)
            ).all()
            for one in tables
        }


def test_the_sample_is_the_same_every_time(sample: Store, tmp_path: Path) -> None:
    again = open_team(tmp_path / "again.sqlite")
    again.act(ME, fill, dt.date.today())
    first, second = contents(sample), contents(again)
    again.close()
    for name, rows in first.items():
        assert rows == second[name], name


@pytest.mark.parametrize("hour", [0, 23])
def test_the_sample_does_not_hang_on_the_hour(
    hour: int, sample: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = dt.datetime.combine(dt.date.today(), dt.time(hour, 30)).astimezone(dt.UTC)
    monkeypatch.setattr("mentor_app.core.store.Session", lambda connection, _: Session(connection, at))
    other = open_team(tmp_path / "other.sqlite")
    other.act(ME, fill, dt.date.today())
    assert contents(other) == contents(sample)
    other.close()


def test_the_sample_is_sound_and_holds_something_of_everything(sample: Store) -> None:
    with sample.read() as connection:
        assert problems(connection) == []
    held = contents(sample)
    assert len(held) > 25
    assert {name for name, rows in held.items() if not rows} == LEFT_TO_THE_TEAM


def test_the_small_sample_of_the_tests_holds_something_of_everything_too(small_sample_store: Path) -> None:
    with closing(open_team(small_sample_store)) as store:
        held = contents(store)
    assert {name for name, rows in held.items() if not rows} == LEFT_TO_THE_TEAM


def test_only_an_empty_store_is_filled(sample: Store) -> None:
    with pytest.raises(UserError, match="not empty"):
        sample.act(ME, fill, dt.date.today() + dt.timedelta(days=1))
