"""What the tests of single pages, dialogs and widgets share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_app.core.camp.actions import publish, save_draft
from mentor_app.core.camp.programme import write_programme
from mentor_app.core.camp.queries import published
from mentor_app.core.location import same_for_all
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.store import Actor
from mentor_app.core.team import open_team
from mentor_app.ui import i18n
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.settings import Settings
from tests.conftest import ME, gone
from tests.idle import wait_until_idle
from tests.ui.desk import Desk


@pytest.fixture(autouse=True)
def in_english(own_home: object) -> None:
    """The language is the process's; another test may have left another one."""
    i18n.use("en")


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, sample_store: Path) -> Iterator[Desk]:
    place = tmp_path / "team.sqlite"
    shutil.copy(sample_store, place)
    made = Desk(qapp, place)
    yield made
    gone(qapp, made.window)


@pytest.fixture
def team(qapp: QApplication, qtbot: QtBot, tmp_path: Path, sample_store: Path) -> Iterator[MainWindow]:
    """The sample company's window, used by its first lead, who may do everything."""
    place = tmp_path / "team.sqlite"
    shutil.copy(sample_store, place)
    store = open_team(place)
    with store.read() as connection:
        lead = next(p for p in people(connection) if Role.TEAM_LEAD in p.roles)
    details = PersonDetails(
        name=lead.name,
        hired_on=lead.hired_on,
        team=lead.team,
        roles=frozenset({Role.TEAM_LEAD, Role.TRAINER, Role.MENTOR}),
    )
    store.act(ME, edit_person, lead.id, details)
    with store.read() as connection:
        programme = published(connection).programme
    boss = Actor(lead.name, lead.id)
    store.act(boss, save_draft, write_programme(programme))
    store.act(boss, publish)  # somebody can be moved to it
    store.close()
    settings = Settings(language="en", theme="light")
    settings.actors[same_for_all(str(place))] = [lead.id]
    window = Shell(qapp, str(place), settings, sample=False).window
    window.show()
    qtbot.waitExposed(window)
    wait_until_idle(window)
    yield window
    gone(qapp, window)
