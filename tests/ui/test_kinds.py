"""What a page reads, it reads again when that changes: the tables of its queries against its kinds."""

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine, Table, event
from sqlalchemy.sql import visitors

from mentor_app.core.location import same_for_all
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.playbooks.queries import playbooks
from mentor_app.core.projects.queries import projects
from mentor_app.core.store import Store
from mentor_app.core.store.query_cache import QueryCache
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team
from mentor_app.ui import registry
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from tests.conftest import ME, gone
from tests.idle import wait_until_idle

HISTORY = {"change_set", "change", "undoing"}
"""Written with every action, and of no kind: what a page shows of it hangs on the tables whose rows changed."""


@pytest.fixture
def team(qapp: QApplication, tmp_path: Path, sample_store: Path) -> Iterator[MainWindow]:
    """The sample company's window, used by somebody who carries every role."""
    place, settings = tmp_path / "team.sqlite", Settings(language="en", theme="light")
    shutil.copy(sample_store, place)
    store = open_team(place)
    with store.read() as connection:
        somebody = next(p for p in people(connection) if Role.NEW_HIRE in p.roles and p.hired_on is not None)
    details = PersonDetails(name=somebody.name, hired_on=somebody.hired_on, team=somebody.team, roles=frozenset(Role))
    store.act(ME, edit_person, somebody.id, details)
    store.close()
    settings.actors[same_for_all(str(place))] = [somebody.id]
    window = Shell(qapp, str(place), settings, sample=False).window
    window.show()
    wait_until_idle(window)
    assert window.context.me is not None
    yield window
    gone(qapp, window)


@contextmanager
def tables_read(engine: Engine) -> Iterator[set[str]]:
    """The names of the tables that statements read from meanwhile."""
    names: set[str] = set()

    def note(_connection: Any, statement: Any, *_: Any) -> None:
        names.update(one.name for one in visitors.iterate(statement) if isinstance(one, Table))

    event.listen(engine, "before_execute", note)
    try:
        yield names
    finally:
        event.remove(engine, "before_execute", note)


def places(store: Store) -> Iterator[Place]:
    """Every page and every view behind a tab, on the sample company's records."""
    with store.read() as connection:
        running = next(p for p in pairings(connection) if p.ended_on is None)
        records = {
            "pairing": running.id,
            "mentor": running.mentor_id,
            "project": projects(connection)[0].id,
            "book": playbooks(connection, dt.date.today())[0].id,
            "person": running.mentor_id,
        }
    for spec in registry.PAGES:
        yield Place(spec.room)
    for room, view in registry.VIEWS:
        yield Place(room, view, records.get(view))
    yield Place("logbook", "inbox")


def test_a_page_is_told_of_everything_that_it_reads(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QueryCache, "get", lambda _cache, _connection, _key, compute: compute())
    store = team.context.open_store()
    missed: dict[str, set[str]] = {}
    read: dict[str, set[str]] = {}
    for place in places(store):
        with tables_read(store.engine) as names:
            team.go(place)
            wait_until_idle(team)
            page = team.pages[place.room]
            page.refresh()
            wait_until_idle(team)
        read[f"{place.room}/{place.what or ''}"] = names
        kinds = {name: metadata.tables[name].info["kind"] for name in names - HISTORY if name in metadata.tables}
        unknown = {name for name, kind in kinds.items() if kind not in page.kinds}
        if unknown:
            missed.setdefault(place.room, set()).update(f"{name} ({kinds[name]})" for name in unknown)
    assert len([names for names in read.values() if names]) > 20, read
    assert missed == {}


def test_every_kind_a_page_listens_to_is_some_tables(team: MainWindow) -> None:
    """A kind that nothing ever tells is a word misspelt."""
    told = {table.info["kind"] for table in metadata.tables.values() if "kind" in table.info} | {"me", "drafts"}
    for place in places(team.context.open_store()):
        team.go(place)
        assert team.pages[place.room].kinds <= told, place.room
