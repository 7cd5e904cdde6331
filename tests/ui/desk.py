"""A window on the sample company that is left, closed, made anew, and opened again: what was typed must outlive it."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from sqlalchemy import event

from mentor_app.core.location import same_for_all
from mentor_app.core.logbook.queries import Filter, activity_ids
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import Person, people
from mentor_app.core.people.roles import Role
from mentor_app.core.playbooks.queries import Playbook, playbooks
from mentor_app.core.team import open_team
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from tests.conftest import ME, gone
from tests.idle import sleep_until_something_happens, wait_until_idle

TODAY = dt.date.today()


WORDS = "先问再讲 <b>ask first</b>"


@dataclass(frozen=True, kw_only=True)
class Users:
    """Two of the sample company who may do everything, entries that wait to be signed off, and drafts, of which the first is mine."""

    me: Person
    other: Person
    waiting: list[int]
    books: list[Playbook]


def let_two_do_everything(place: Path) -> Users:
    """Give two people of the sample company in this file all roles of those who work with others."""
    with closing(open_team(place)) as store:
        with store.read() as connection:
            everybody = people(connection)
            waiting = activity_ids(connection, Filter(states=("submitted",)))[:2]
            books = [b for b in playbooks(connection, TODAY) if b.state == "draft"]
        me = next(p for p in everybody if p.id == books[0].owner_id)
        other = [p for p in everybody if Role.MENTOR in p.roles][1]
        roles = frozenset({Role.MENTOR, Role.TRAINER, Role.TEAM_LEAD})
        for who in (me, other):
            details = PersonDetails(name=who.name, hired_on=who.hired_on, team=who.team, roles=roles)
            store.act(ME, edit_person, who.id, details)
    return Users(me=me, other=other, waiting=waiting, books=books)


class Desk:
    """A window on the sample company, and what is needed to close it and open it again."""

    def __init__(self, app: QApplication, place: Path, users: Users) -> None:
        self.app, self.place = app, place
        self.me, self.other, self.waiting, self.books = users.me, users.other, users.waiting, users.books
        self.settings = Settings(language="en", theme="light")
        self.settings.actors[same_for_all(str(place))] = [self.me.id, self.other.id]
        self.shell = self.open()

    @property
    def window(self) -> MainWindow:
        """The window as it is now: another one after a change of language or theme."""
        return self.shell.window

    def open(self) -> Shell:
        self.shell = Shell(self.app, str(self.place), self.settings, sample=False)
        self.window.show()
        wait_until_idle(self.window)
        return self.shell

    def go(self, place: Place) -> Any:
        self.window.go(place)
        wait_until_idle(self.window)
        return self.window.pages[place.room]

    def close_and_open(self) -> None:
        gone(self.app, self.window)
        self.open()

    def impatient(self) -> None:
        """The store is waited for only a moment where another program holds it."""
        engine = self.window.store().engine

        @event.listens_for(engine, "connect")
        def set_timeout(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout=50")

        engine.dispose()

    def other_language(self) -> None:
        self.made_anew("language", "zh_CN")

    def other_theme(self) -> None:
        self.made_anew("theme", "dark")

    def made_anew(self, field: str, value: str) -> None:
        old = self.window
        old._set(field, value)
        until(lambda: self.window is not old)
        wait_until_idle(self.window)

    def other_page(self) -> None:
        self.go(Place("people"))

    def other_person_and_back(self) -> None:
        for who in (self.other, self.me):
            self.window.become(who.id)
            wait_until_idle(self.window)


LEAVING = [Desk.close_and_open, Desk.other_language, Desk.other_theme, Desk.other_page, Desk.other_person_and_back]


SEAMS = [Desk.other_theme, Desk.close_and_open]


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Deliver events until something is so."""
    import time

    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        QApplication.processEvents()
        sleep_until_something_happens()  # QTest.qWait would keep all other threads from running meanwhile
    QApplication.processEvents()  # what goes with it, such as buttons that a layout has yet to show
