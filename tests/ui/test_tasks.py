"""The door between window and store: what comes back, in which order, and what does not."""

from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from mentor_app.core.errors import UserError
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.tasks import Tasks
from tests.idle import wait_until_idle


class Asker(QObject):
    """Asks the same question again and again; the first time the store is slow."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.answers, self.go_on = window, [], Event()

    def ask(self, number: int) -> None:
        def read(_connection: Any) -> int:
            if number == 1:
                assert self.go_on.wait(30)
            return number

        self.window.context.query(read, self.arrived)

    def arrived(self, number: int) -> None:
        self.answers.append(number)
        self.go_on.set()


def test_an_older_answer_never_replaces_a_newer_one(window: MainWindow, qtbot: QtBot) -> None:
    asker = Asker(window)
    asker.ask(1)
    asker.ask(2)
    qtbot.waitUntil(lambda: bool(asker.answers), timeout=30_000)
    wait_until_idle(window)
    assert asker.answers == [2]


def test_a_page_shows_what_was_asked_for_last(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refresh that began first ends last: New hires must not end with the older board."""
    from mentor_app.core.camp import queries

    window.go(Place("camp"))
    wait_until_idle(window)
    page: Any = window.pages["camp"]
    real, calls, go_on = queries.standings, [], Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            assert go_on.wait(30)
            return ["old"]
        return real(*args, **kwargs)

    monkeypatch.setattr(queries, "standings", slow)
    shown: list[Any] = []
    arrived = type(page)._arrived

    def note(self: Any, result: Any, *rest: Any) -> None:
        shown.append(result)
        arrived(self, result, *rest)
        go_on.set()

    monkeypatch.setattr(type(page), "_arrived", note)
    page.refresh()
    qtbot.waitUntil(lambda: len(calls) == 1, timeout=30_000)
    page.refresh()
    wait_until_idle(window)
    assert len(calls) == 2
    assert len(shown) == 1
    assert "old" not in str(shown)


def test_other_questions_are_answered_beside_each_other(window: MainWindow) -> None:
    first, second = Asker(window), Asker(window)
    first.go_on.set()
    second.go_on.set()
    first.ask(1)
    second.ask(1)
    wait_until_idle(window)
    assert (first.answers, second.answers) == ([1], [1])


def test_a_failure_nobody_handles_is_shown_once_and_a_handled_one_is_not(window: MainWindow) -> None:
    told: list[Exception] = []
    tasks: Tasks = window.tasks
    tasks.failed.disconnect()
    tasks.failed.connect(told.append)
    handled: list[Exception] = []

    def fails(_task: Any) -> None:
        raise UserError("A name is needed.")

    tasks.run(fails)
    tasks.run(fails).then(failed=handled.append)
    wait_until_idle(window)
    assert [str(e) for e in told] == ["A name is needed."]
    assert [str(e) for e in handled] == ["A name is needed."]
