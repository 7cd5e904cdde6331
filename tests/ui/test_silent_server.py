"""The window on a server that stands still: it says so, waits for nobody too long, and loses nothing that is typed."""

import datetime as dt
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

from mentor_app.core.errors import InDoubt
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.store import patience, probe
from mentor_app.core.store import server as server_of
from mentor_app.core.team import open_team
from mentor_app.core.text import text
from mentor_app.ui import context, opening, window_store
from mentor_app.ui.app import Shell
from mentor_app.ui.doubts import doubt_of
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.tasks import left_behind
from mentor_app.ui.widgets import acting
from tests.conftest import ME, gone
from tests.faults.test_faults import Server
from tests.idle import wait_until_idle
from tests.server import backends, go_on, running_server, send, silenced, stop
from tests.ui.desk import until
from tests.ui.dialog_steps import as_killed


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
    monkeypatch.setitem(server_of._CONNECTION, "connect_timeout", 2)
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


def test_words_about_a_server_do_not_outlast_its_silence(window: MainWindow, server: Server) -> None:
    dialog = form(window, "Grace")
    with silenced(server.process):
        dialog.save.click()
        until(lambda: "nothing was stored" in dialog.error.text(), 5)
    until(lambda: not dialog.error.text(), 10)
    assert "answers again" in dialog.waiting.text()
    assert dialog.waiting.isVisible()
    dialog.save.click()
    wait_until_idle(window)
    assert names(window) == ["Grace"]


def in_doubt(window: MainWindow, server: Server, name: str) -> Any:
    """A form that was saved, and the server fell silent while it committed."""
    dialog = form(window, name)

    @event.listens_for(window.store().engine, "commit", once=True)
    def fall_silent(_connection: object) -> None:
        stop(server.process)

    dialog.save.click()
    until(lambda: "not known yet" in dialog.error.text(), 8)
    return dialog


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_not_confirmed_is_looked_up_and_stored_once(window: MainWindow, server: Server, closed: bool) -> None:
    dialog = in_doubt(window, server, "Grace")
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


@pytest.mark.parametrize("left", [False, True])
def test_a_doubt_outlives_the_app_and_nothing_is_stored_twice(
    window: MainWindow, server: Server, monkeypatch: pytest.MonkeyPatch, left: bool
) -> None:
    with monkeypatch.context() as unanswered:
        unanswered.setattr(context.Context, "find_out", lambda *_: None)  # the app is ended before the server goes on
        dialog = in_doubt(window, server, "Grace")
        if left:
            dialog.reject()
        else:
            as_killed(dialog)
        (kept,) = window.context.drafts.all()
        assert doubt_of(kept.values) is not None
        go_on(server.process)
        until(lambda: not window.kept.is_away and not window.tasks.busy(), 10)
        window.go(Place("people", "add"))
        until(lambda: window.dialog is not dialog and window.dialog.isVisible())
        again: Any = window.dialog
        again.save.click()  # at once: nothing is stored before it is known
        wait_until_idle(window)
        assert (again.name.text(), "not known yet" in again.error.text()) == ("Grace", True)
        as_killed(again)
    assert names(window) == ["Grace"]
    window.go(Place("people", "add"))
    until(lambda: "stored after all" in window.told.text(), 10)
    wait_until_idle(window)
    assert not window.dialog.isVisible()
    assert window.context.drafts.all() == []
    assert names(window) == ["Grace"]


@pytest.mark.parametrize("typed", [True, False])
def test_while_it_is_committed_its_draft_is_in_doubt(window: MainWindow, typed: bool) -> None:
    """So that an app ended in that moment does not store it a second time."""
    seen = []
    dialog = form(window, "Grace")
    event.listen(window.store().engine, "commit", lambda _: seen.extend(window.context.drafts.all()), once=True)
    if not typed:  # all is as it was proposed
        dialog.changed_values = dict
    dialog.save.click()
    wait_until_idle(window)
    assert [(doubt_of(draft.values) is not None, "name" in draft.values) for draft in seen] == [(True, typed)]
    assert seen[0].title.startswith("Add person")
    assert (window.context.drafts.all(), names(window)) == ([], ["Grace"])


def test_what_was_added_since_it_was_stored_makes_no_second_one_unasked(
    window: MainWindow, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = in_doubt(window, server, "Grace")
    QTest.keyClicks(dialog.name, " Hall")
    go_on(server.process)
    until(lambda: "makes a second one" in dialog.error.text(), 10)
    assert dialog.save.text() == "Save a second one"
    dialog.reject()
    until(lambda: not window.kept.is_away and not window.tasks.busy(), 10)
    window.go(Place("people", "add"))
    wait_until_idle(window)
    again: Any = window.dialog
    assert (again is dialog, again.name.text(), "makes a second one" in again.error.text()) == (
        False,
        "Grace Hall",
        True,
    )
    again.save.click()
    wait_until_idle(window)
    assert (again.isVisible(), names(window)) == (True, ["Grace"])
    monkeypatch.setattr(acting, "READ_IN", 0)
    again.save.click()
    wait_until_idle(window)
    assert (names(window), window.context.drafts.all()) == (["Grace", "Grace Hall"], [])


def test_what_was_not_stored_is_an_ordinary_draft_again(window: MainWindow) -> None:
    dialog = form(window, "Grace")
    dialog.failed(InDoubt(text("not known yet"), 999_999, dt.datetime.now(dt.UTC)))
    until(lambda: "was not stored" in dialog.error.text(), 10)
    dialog.autosave.flush()
    (kept,) = window.context.drafts.all()
    assert (kept.values["name"], doubt_of(kept.values)) == ("Grace", None)
    dialog.save.click()
    wait_until_idle(window)
    assert names(window) == ["Grace"]


def test_the_next_window_looks_up_what_was_in_doubt(
    window: MainWindow, server: Server, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = window.store().act(ME, add_person, PersonDetails(name="Boss")).result
    window.become(boss)
    wait_until_idle(window)
    with monkeypatch.context() as ended:
        ended.setattr(context.Context, "find_out", lambda *_: None)
        as_killed(in_doubt(window, server, "Grace"))
    go_on(server.process)
    assert len(window.context.drafts.all()) == 1
    next_one = Shell(qapp, window._location, window.context.settings, sample=False).window
    next_one.show()
    until(lambda: "Stored after all, and no draft any more" in next_one.told.text(), 10)
    assert window.context.drafts.all() == []
    wait_until_idle(next_one)
    next_one.close()


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
        left_behind()
        assert time.monotonic() - began < 1.5
        until(
            lambda: not left_behind(), 10
        )  # what was just connecting ends by itself, though the server is still silent
