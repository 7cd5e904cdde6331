"""What the tests of single pages, dialogs and widgets share."""

import shutil
from collections.abc import Iterator
from contextlib import closing
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
from tests.ui.desk import Desk, Users, let_two_do_everything


@pytest.fixture(autouse=True)
def in_english(own_home: object) -> None:
    """The language is the process's; another test may have left another one."""
    i18n.use("en")


@pytest.fixture(scope="session")
def desk_store(tmp_path_factory: pytest.TempPathFactory, sample_store: Path) -> tuple[Path, Users]:
    """The sample company in which two may do everything, and who they are; only to be copied."""
    place = Path(shutil.copy(sample_store, tmp_path_factory.mktemp("desk")))
    return place, let_two_do_everything(place)


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, desk_store: tuple[Path, Users]) -> Iterator[Desk]:
    store, users = desk_store
    made = Desk(qapp, Path(shutil.copy(store, tmp_path / "team.sqlite")), users)
    yield made
    gone(qapp, made.window)


@pytest.fixture(scope="session")
def team_store(tmp_path_factory: pytest.TempPathFactory, sample_store: Path) -> tuple[Path, int]:
    """The sample company whose first lead may do everything, and a new programme that somebody can be moved to; only to be
    copied. And the lead's id."""
    place = Path(shutil.copy(sample_store, tmp_path_factory.mktemp("team")))
    with closing(open_team(place)) as store:
        with store.read() as connection:
            lead = next(p for p in people(connection) if Role.TEAM_LEAD in p.roles)
            programme = published(connection).programme
        details = PersonDetails(
            name=lead.name,
            hired_on=lead.hired_on,
            team=lead.team,
            roles=frozenset({Role.TEAM_LEAD, Role.TRAINER, Role.MENTOR}),
        )
        store.act(ME, edit_person, lead.id, details)
        boss = Actor(lead.name, lead.id)
        store.act(boss, save_draft, write_programme(programme))
        store.act(boss, publish)
    return place, lead.id


@pytest.fixture
def team(qapp: QApplication, qtbot: QtBot, tmp_path: Path, team_store: tuple[Path, int]) -> Iterator[MainWindow]:
    """The sample company's window, used by its first lead, who may do everything."""
    store, lead = team_store
    place = shutil.copy(store, tmp_path / "team.sqlite")
    settings = Settings(language="en", theme="light")
    settings.actors[same_for_all(str(place))] = [lead]
    window = Shell(qapp, str(place), settings, sample=False).window
    window.show()
    qtbot.waitExposed(window)
    wait_until_idle(window)
    yield window
    gone(qapp, window)
