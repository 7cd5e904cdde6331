"""Where the keys go on a page that is gone to, and the keys that export what is there."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mentor_app.ui.navigation import Place
from mentor_app.ui.ramp.export_dialog import ExportDialog
from mentor_app.ui.registry import PAGES
from mentor_app.ui.widgets.table import Table
from tests.idle import wait_until_idle
from tests.ui.desk import Desk, until

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEYS = {spec.room: getattr(Qt.Key, f"Key_{at % 10}") for at, spec in enumerate(PAGES, 1)}


def press(desk: Desk, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QWidget:
    """Press a key where the focus is; where it is then."""
    desk.window.activateWindow()
    until(desk.window.isActiveWindow)
    QTest.keyClick(desk.window.focusWidget() or desk.window, key, held)
    wait_until_idle(desk.window)
    focused = desk.window.focusWidget()
    assert focused is not None
    return focused


@pytest.mark.parametrize("room", ["camp", "people", "pipeline", "logbook"])
def test_the_list_has_the_focus_on_a_page_gone_to_by_keys(desk: Desk, room: str) -> None:
    table = press(desk, KEYS[room], CTRL)
    assert isinstance(table, Table)
    press(desk, Qt.Key.Key_Down)
    assert table.currentIndex().isValid()
    search = desk.window.pages[room].search  # type: ignore[attr-defined]
    search.setFocus()
    desk.go(Place("home"))
    assert press(desk, KEYS[room], CTRL) is search


def test_a_found_customer_leads_into_the_list_of_deals(desk: Desk) -> None:
    page = desk.go(Place("pipeline"))
    customer = page.model.row(0).account
    desk.close_and_open()
    desk.window.find_anything()
    wait_until_idle(desk.window)
    desk.window.finder.field.setText(customer)
    QTest.keyClick(desk.window.finder.field, Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    page = desk.window.pages["pipeline"]
    assert desk.window.focusWidget() is page.table
    assert (page.search.text(), desk.window.dialog) == (customer, None)


@pytest.mark.parametrize("room", ["people", "pipeline"])
@pytest.mark.parametrize("where", ["search", "table", "import"])
def test_a_list_is_exported_wherever_the_focus_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, room: str, where: str
) -> None:
    asked: list[Table[Any]] = []
    monkeypatch.setattr(Table, "export", lambda table: asked.extend([table]))
    page = desk.go(Place(room))
    focused = page.header.itemAt(page.header.count() - 1).widget() if where == "import" else getattr(page, where)
    focused.setFocus()
    press(desk, Qt.Key.Key_E, CTRL | SHIFT)
    assert asked == [page.table]


def test_where_nothing_can_be_exported_it_is_said(desk: Desk) -> None:
    press(desk, Qt.Key.Key_E, CTRL | SHIFT)
    assert desk.window.told.text() == "There is no list here to export."
    desk.go(Place("people")).search.setFocus()
    press(desk, Qt.Key.Key_E, CTRL)
    assert isinstance(desk.window.dialog, ExportDialog)


def test_assigning_mentors_is_found_by_the_name_it_has_there(desk: Desk) -> None:
    desk.window.find_anything()
    wait_until_idle(desk.window)
    desk.window.finder.field.setText("assign")
    QTest.keyClick(desk.window.finder.field, Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    assert desk.window.here() == Place("pairing", "assign")
