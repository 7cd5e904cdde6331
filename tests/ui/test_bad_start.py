"""A window that opens on a store it can't read: said once, read as soon as that is possible, and nothing done under
another's name meanwhile."""

from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Actor
from mentor_app.core.team import open_team
from mentor_app.ui import window_store
from mentor_app.ui.navigation import Place
from tests.conftest import gone
from tests.idle import wait_until_idle
from tests.ui.desk import WORDS, Desk, until
from tests.ui.dialog_steps import as_killed, shown


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_store, "TRY_AGAIN", 2500)  # longer than what a test waits for as work to be done


def _boxes(desk: Desk) -> list[QMessageBox]:
    return [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]


def test_a_store_that_comes_back_is_read_by_itself(desk: Desk) -> None:
    away = desk.place.with_name("away.sqlite")
    gone(desk.app, desk.window)
    desk.place.rename(away)
    desk.place.mkdir()  # in its place, so that no empty store is made there
    desk.open()
    window = desk.window
    assert _boxes(desk) == []
    assert "is a folder" in window.kept.notice.words.text()
    assert not window.stack.isVisible()
    home: Any = window.pages["home"]
    assert window.context.me is None
    failures: list[Exception] = []
    window.context.act(add_person, PersonDetails(name="Ann")).then(None, failures.append)
    wait_until_idle(window)
    assert "could not be read" in str(failures[0])
    desk.place.rmdir()
    away.rename(desk.place)
    window.kept.try_again.setInterval(1)
    window.kept.try_again.start()
    until(lambda: window.context.me is not None)
    wait_until_idle(window)
    assert window.context.me.id == desk.me.id
    assert home.title.text() == f"Hello, {desk.me.name}"
    assert not window.kept.notice.isVisible()  # it is not so any more
    assert window.stack.isVisible()


def test_what_is_typed_before_the_store_says_who_works_here_is_theirs_who_was_chosen(desk: Desk) -> None:
    away = desk.place.with_name("away.sqlite")
    gone(desk.app, desk.window)
    desk.place.rename(away)
    desk.place.mkdir()
    desk.open()
    desk.window.context.drafts.put(Place("logbook", "log"), "begun", {"fields.customer": WORDS})
    desk.place.rmdir()
    away.rename(desk.place)
    desk.close_and_open()
    assert [draft.title for draft in desk.window.context.drafts.all()] == ["begun"]


def test_what_was_begun_by_nobody_is_theirs_who_is_chosen_then(desk: Desk) -> None:
    gone(desk.app, desk.window)
    desk.settings.actors.clear()
    desk.open()
    dialog: Any = shown(desk.window, Place("people", "add"))
    dialog.name.setText(WORDS)
    desk.window.context.flush()
    as_killed(dialog)
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    assert desk.window.context.me is not None
    again: Any = shown(desk.window, Place("people", "add"))
    assert again.name.text() == WORDS
    as_killed(again)
    desk.window.become(desk.other.id)  # from one person to another nothing is handed over
    wait_until_idle(desk.window)
    assert desk.window.context.drafts.all() == []


def test_another_store_at_the_same_place_takes_nobody_for_somebody_else(desk: Desk) -> None:
    dialog: Any = shown(desk.window, Place("people", "add"))
    dialog.name.setText(WORDS)
    desk.window.context.flush()
    as_killed(dialog)
    desk.close_and_open()
    assert desk.window.context.me is not None
    gone(desk.app, desk.window)
    ours = desk.place.with_name("ours.sqlite")
    desk.place.rename(ours)
    other = open_team(desk.place)
    for number in range(60):
        other.act(Actor("somebody else"), add_person, PersonDetails(name=f"Stranger {number}"))
    other.close()
    desk.open()
    assert desk.window.context.me is None
    assert "Another store" in desk.window.told.text()
    assert desk.window.context.drafts.all() == []
    desk.window.become(desk.me.id)  # whoever has that number here
    wait_until_idle(desk.window)
    assert desk.window.context.drafts.all() == []
    gone(desk.app, desk.window)
    desk.place.unlink()
    ours.rename(desk.place)
    desk.open()
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    (draft,) = desk.window.context.drafts.all()
    assert draft.values["name"] == WORDS
