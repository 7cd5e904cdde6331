"""Closing the window: what is typed is kept, what is under way is waited for, and what was not done is said."""

import sqlite3
import time
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from mentor_app.ui import main_window
from mentor_app.ui.navigation import Place
from mentor_app.ui.tasks import left_behind
from tests.idle import wait_until_gone, wait_until_idle
from tests.ui.desk import WORDS, Desk, until


def _locked_while(desk: Desk) -> sqlite3.Connection:
    desk.impatient()
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def _signs_off(desk: Desk) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    page.panel.sign.click()


def test_what_was_not_done_while_the_window_closes_is_said_first(desk: Desk) -> None:
    other = _locked_while(desk)
    _signs_off(desk)
    window = desk.window
    assert not window.close()
    until(lambda: any(box.isVisible() for box in window.findChildren(QMessageBox)))
    wait_until_idle(window)
    assert window.isVisible()
    assert window._whole.isEnabled()
    other.rollback()
    other.close()
    assert window.close()


def test_what_was_not_done_before_the_window_is_made_anew_is_still_said(desk: Desk) -> None:
    other = _locked_while(desk)
    _signs_off(desk)
    desk.other_theme()
    assert [box.informativeText() for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    other.rollback()
    other.close()


def test_keys_held_do_not_close_without_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(main_window.time, "monotonic", lambda: now[0])
    other = _locked_while(desk)
    _signs_off(desk)
    assert not desk.window.close()
    assert not desk.window.close()  # the keys are still held
    now[0] += 2 * main_window.PRESSED_FOR
    assert desk.window.close()
    other.rollback()
    other.close()


def test_ctrl_q_closes_and_keeps_what_is_typed(desk: Desk) -> None:
    for place in (Place("logbook", id=desk.waiting[0]), Place("people", "add")):
        desk.go(Place(place.room))
        page = desk.go(place)
        dialog: Any = desk.window.dialog
        typed_in = dialog.name if place.room == "people" else page.panel.feedback
        typed_in.setFocus()
        QTest.keyClicks(typed_in, "ask first")
        QTest.keyClick(typed_in, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        wait_until_gone(desk.window)
        desk.open()
    assert desk.go(Place("logbook", id=desk.waiting[0])).panel.feedback.toPlainText() == "ask first"
    desk.go(Place("people"))
    desk.go(Place("people", "add"))
    dialog = desk.window.dialog
    assert dialog.name.text() == "ask first"


def test_ctrl_k_quits(desk: Desk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(desk.window.finder.field, "quit")
    QTest.keyClick(desk.window.finder.field, Qt.Key.Key_Return)
    wait_until_gone(desk.window)


def test_nobody_waits_for_what_is_only_read(desk: Desk) -> None:
    """A server that has fallen silent never answers: the window closes within a second all the same."""
    asked, answer = Event(), Event()

    def read(_connection: object) -> None:
        asked.set()
        answer.wait(30)

    desk.window.context.query(read, lambda _nothing: None)
    assert asked.wait(30)
    began = time.monotonic()
    assert desk.window.close()
    assert time.monotonic() - began < 1.0
    assert left_behind()
    answer.set()
    until(lambda: not left_behind())
