"""Keys held down and double clicks: one wish, also where something else stands there by then. The wheel only scrolls."""

from itertools import count
from typing import Any

import pytest
from PySide6.QtCore import QDate, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDateEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.errors import UserError
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.controls import button
from tests.idle import wait_until_idle
from tests.ui.desk import Desk, until
from tests.ui.dialog_steps import as_killed, shown

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_now = count(1000, 40)


def _in_focus(widget: QWidget) -> None:
    widget.activateWindow()
    until(lambda: QApplication.focusWindow() is widget.window().windowHandle())


def _key(window: QWidget, kind: QEvent.Type, key: Qt.Key, held: bool, at: int, modifiers: Any = NONE) -> bool:
    event = QKeyEvent(kind, key, modifiers, "\r" if key == Qt.Key.Key_Return else "", autorep=held)
    event.setTimestamp(at)
    event.ignore()
    QApplication.sendEvent(window.windowHandle(), event)
    return event.isAccepted()


def _repeated(window: QWidget, key: Qt.Key, flagged: bool, modifiers: Any = NONE) -> bool:
    """A key held down as X11 tells of it: let go and pressed in one moment, called a repetition or not. Whether no
    shortcut will be looked for."""
    at = next(_now)
    _key(window, QEvent.Type.KeyRelease, key, flagged, at, modifiers)
    taken = _key(window, QEvent.Type.ShortcutOverride, key, flagged, at, modifiers)
    _key(window, QEvent.Type.KeyPress, key, flagged, at, modifiers)
    return taken


@pytest.mark.parametrize("flagged", [True, False], ids=["called a repetition", "as the server sends it"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_a_key_still_held_answers_nothing(team: MainWindow, key: Qt.Key, flagged: bool) -> None:
    dialog: Any = shown(team, Place("people", "add"))
    _in_focus(dialog)
    dialog.name.setText("冯程")
    for focused in (dialog.name, dialog.save, dialog.cancel):
        focused.setFocus()
        _repeated(dialog, key, flagged)
        wait_until_idle(team)
        assert dialog.isVisible()
        assert dialog.error.text() == ""
    as_killed(dialog)
    team.show_error(UserError("It is so."))
    box = team.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    _in_focus(box)
    _repeated(box, key, flagged)
    assert box.isVisible()
    _key(box, QEvent.Type.KeyPress, key, held=False, at=next(_now) + 20)
    assert not box.isVisible()


@pytest.mark.parametrize("flagged", [True, False], ids=["called a repetition", "as the server sends it"])
def test_no_shortcut_is_looked_for_while_its_key_is_held(desk: Desk, flagged: bool) -> None:
    desk.go(Place("logbook", "inbox"))
    _in_focus(desk.window)
    assert _repeated(desk.window, Qt.Key.Key_Return, flagged, CONTROL)
    at = next(_now) + 20
    assert not _key(desk.window, QEvent.Type.ShortcutOverride, Qt.Key.Key_Return, held=False, at=at, modifiers=CONTROL)
    assert not any(shortcut.autoRepeat() for shortcut in desk.window.findChildren(QShortcut))


@pytest.mark.parametrize("flagged", [True, False])
def test_lines_are_still_made_by_holding_enter_and_blanks_by_holding_space(team: MainWindow, flagged: bool) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    _in_focus(dialog)
    field = next(f for f in dialog.fields.values() if isinstance(f, QPlainTextEdit))
    field.setFocus()
    _repeated(dialog, Qt.Key.Key_Return, flagged)
    assert field.toPlainText() == ""  # held since before one was here
    _key(dialog, QEvent.Type.KeyPress, Qt.Key.Key_Return, held=False, at=next(_now) + 20)
    _repeated(dialog, Qt.Key.Key_Return, flagged)
    assert field.toPlainText() == "\n\n"
    _repeated(dialog, Qt.Key.Key_Return, flagged, CONTROL)
    assert dialog.isVisible()
    as_killed(dialog)


def _double_click(pressed: QWidget) -> None:
    window = pressed.window().windowHandle()
    at = pressed.mapTo(pressed.window(), QPoint(pressed.width() // 2, pressed.height() // 2))
    QTest.mouseDClick(window, Qt.MouseButton.LeftButton, NONE, at)


def test_a_double_click_presses_a_button_once(team: MainWindow) -> None:
    pressed: list[str] = []
    once, again = (
        button(words, lambda w=words: pressed.append(w), again=words == "again") for words in ("once", "again")
    )
    place = QWidget(team)
    place.setGeometry(300, 300, 300, 100)
    for at, made in enumerate((once, again)):
        made.setParent(place)
        made.setGeometry(at * 150, 0, 120, 40)
    place.show()
    place.raise_()
    _in_focus(team)
    _double_click(once)
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    assert pressed == ["once"]
    _double_click(again)
    assert pressed.count("again") > 1
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    plain = QPushButton("plain", place)  # a button of Qt's own, as in its message boxes
    plain.setGeometry(0, 50, 120, 40)
    plain.clicked.connect(lambda: pressed.append("plain"))
    plain.show()
    _double_click(plain)
    assert pressed.count("plain") == 1


def _turn_wheel(over: QWidget) -> None:
    """Turn the wheel one notch, towards oneself."""
    at = over.mapTo(over.window(), QPoint(over.width() // 2, over.height() // 2))
    QTest.wheelEvent(over.window().windowHandle(), QPointF(at), QPoint(0, -120))
    QApplication.processEvents()


def _boxes() -> dict[str, QWidget]:
    drop_down, typed = QComboBox(), QComboBox(editable=True)
    for one in (drop_down, typed):
        one.addItems(["one", "two", "three"])
    return {"drop-down": drop_down, "typed": typed, "number": QSpinBox(value=5), "date": QDateEdit(QDate(2026, 7, 15))}


@pytest.mark.parametrize(
    ("kind", "focused"),
    [("drop-down", False), ("drop-down", True), ("typed", False), ("number", False), ("date", True)],
)
def test_the_wheel_scrolls_and_changes_no_box(team: MainWindow, kind: str, focused: bool) -> None:
    box, inside, area = _boxes()[kind], QWidget(), QScrollArea(team)
    column = QVBoxLayout(inside)
    column.addWidget(box)
    column.addStretch()
    inside.setMinimumHeight(3000)
    area.setWidget(inside)
    area.setGeometry(300, 100, 400, 300)
    area.show()
    area.raise_()
    _in_focus(team)
    (box if focused else area).setFocus()
    QApplication.processEvents()
    before = _shown_in(box)
    _turn_wheel(box)
    assert _shown_in(box) == before
    assert box.hasFocus() == focused
    assert area.verticalScrollBar().value() > 0


def _shown_in(box: QWidget) -> str:
    assert isinstance(box, QComboBox | QAbstractSpinBox)
    return box.currentText() if isinstance(box, QComboBox) else box.text()


def test_the_wheel_changes_nothing_of_a_form(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    _in_focus(dialog)
    assert dialog.kind.currentIndex() == 0
    _turn_wheel(dialog.kind)
    assert dialog.kind.currentIndex() == 0
    as_killed(dialog)
