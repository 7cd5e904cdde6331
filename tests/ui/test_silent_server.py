"""The window on a server that stands still: it says so, waits for nobody too long, and loses nothing that is typed."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from sqlalchemy import event

from mentor_app.core import store as stores
from mentor_app.core.people.queries import people
from mentor_app.core.store import patience, probe
from mentor_app.core.team import open_team
from mentor_app.ui import context, opening, window_store
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.tasks import left_behind
from tests.conftest import gone
from tests.faults.test_faults import Server
from tests.idle import wait_until_idle
from tests.server import backends, go_on, running_server, send, silenced, stop
from tests.ui.desk import until


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as process:
        started = Server(process)
        open_team(started.address(started.database())).close()
        yield started
        go_on(process)


@pytest.fixture
def window(qapp: QApplication, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    for place, name, value in (
        (patience, "SILENCE", 0.4), (probe, "_PATIENCE", 0.3), (opening, "SLOW", 100), (context, "ASK_AGAIN", 200),
        (window_store, "TRY_AGAIN", 200),
    ):  # fmt: skip
        monkeypatch.setattr(place, name, value)
    monkeypatch.setitem(stores._CONNECTION, "connect_timeout", 2)
    address = server.address(server.database("TEMPLATE d1"))
    made = Shell(qapp, address, Settings(language="en", theme="light"), sample=False).window
    made.show()
    made.go(Place("people"))
    wait_until_idle(made)
    yield made
    go_on(server.process)
    gone(qapp, made)


def names(window: MainWindow) -> list[str]:
    with window.store().read() as connection:
        return [p.name for p in people(connection)]


def form(window: MainWindow, name: str) -> Any:
    window.go(Place("people", "add"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    QTest.keyClicks(dialog.name, name)
    return dialog


def test_the_sidebar_names_database_and_host(window: MainWindow, server: Server) -> None:
    database = window.store().engine.url.database
    assert f"{database} · {server.socket}" in window.where.toolTip()
    assert "This computer" not in window.where.text()


@pytest.mark.parametrize("which", ["all", "backends"])
def test_an_idle_window_says_so_and_is_back_by_itself(window: MainWindow, server: Server, which: str) -> None:
    notice = window.kept.notice
    assert not notice.isVisible()
    if which == "all":
        stop(server.process)
    else:
        send("STOP", backends(server.process))
    until(notice.isVisible, 5)
    assert "does not answer" in notice.words.text()
    go_on(server.process)
    until(lambda: not notice.isVisible(), 10)


def test_a_form_is_not_held_by_a_silent_server(window: MainWindow, server: Server) -> None:
    dialog = form(window, "Grace")
    with silenced(server.process):
        began = time.monotonic()
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        until(lambda: bool(dialog.error.text()), 5)
        assert time.monotonic() - began < 3
        assert "nothing was stored" in dialog.error.text()
        assert dialog.isEnabled()
        assert dialog.name.text() == "Grace"
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        assert [draft.values["name"] for draft in window.context.drafts.all()] == ["Grace"]
    until(lambda: not window.kept.is_away and not window.tasks.busy(), 10)
    assert names(window) == []


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_not_confirmed_is_looked_up_and_stored_once(window: MainWindow, server: Server, closed: bool) -> None:
    dialog = form(window, "Grace")

    @event.listens_for(window.store().engine, "commit", once=True)
    def fall_silent(_connection: object) -> None:
        stop(server.process)

    dialog.save.click()
    until(lambda: "not known yet" in dialog.error.text(), 8)
    dialog.save.click()  # again, without having looked
    assert "not known yet" in dialog.error.text()
    if closed:
        dialog.reject()
    go_on(server.process)
    until(lambda: "stored after all" in window.told.text(), 10)
    wait_until_idle(window)
    assert not dialog.isVisible()
    assert window.context.drafts.all() == []
    assert names(window) == ["Grace"]


def test_a_form_that_waits_takes_what_is_typed(window: MainWindow, server: Server) -> None:
    with silenced(server.process):
        window.go(Place("people", "add"))
        for key in (Qt.Key.Key_G, Qt.Key.Key_R):
            QTest.keyClick(window.windowHandle(), key)
        until(lambda: window._opening is not None and window._opening.waiting.isVisible(), 5)
        waiting: Any = window._opening.waiting
        QTest.keyClicks(waiting, "ace")
        until(window.kept.notice.isVisible, 5)
        assert waiting.isVisible()
    until(lambda: window.dialog is not None and window.dialog.isVisible(), 10)
    assert not isValid(waiting) or not waiting.isVisible()
    dialog: Any = window.dialog
    assert dialog.name.text().lower() == "grace"
    dialog.reject()


def test_nobody_has_to_wait_for_a_form(window: MainWindow, server: Server) -> None:
    with silenced(server.process):
        QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        until(lambda: window._opening is not None and window._opening.waiting.isVisible(), 5)
        waiting: Any = window._opening.waiting
        QTest.keyClick(waiting, Qt.Key.Key_Escape)
        assert not waiting.isVisible()
    until(lambda: not window.kept.is_away and not window.tasks.busy(), 10)
    assert window.dialog is None or not window.dialog.isVisible()


def test_it_closes_within_a_second_and_nothing_is_left_behind(window: MainWindow, server: Server) -> None:
    with silenced(server.process):
        window.reload()
        QTest.qWait(50)
        began = time.monotonic()
        assert window.close()
        assert not left_behind()
        assert time.monotonic() - began < 1.5
