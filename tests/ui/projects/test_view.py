"""A project's page: its name gives way to its buttons."""

from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from sqlalchemy import text

from mentor_app.core.history.undo import undo
from mentor_app.core.pairing import queries
from mentor_app.core.projects.queries import projects
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.table import Table
from tests.idle import wait_until_idle
from tests.ui.desk import Desk, until
from tests.ui.dialog_steps import shown


def test_a_long_name_makes_the_page_no_wider_than_a_small_screen(team: MainWindow) -> None:
    with team.store().read() as connection:
        one = max(projects(connection), key=lambda one: (one.outcome == "open", len(one.name)))
    team.go(Place("projects", id=one.id))
    wait_until_idle(team)
    page: Any = team.pages["pairing"]
    buttons = [item for item in page.view("project").buttons if item.isVisible()]
    assert (page.title.text(), len(buttons)) == (one.name, 3)
    assert page.title.toolTip() == one.name
    wait_until_idle(team)  # what came into the header is counted by the window a round of events later
    assert team.minimumSizeHint().width() <= 1024


def test_a_known_industry_is_said_in_the_window_s_language_and_another_as_it_was_written(desk: Desk) -> None:
    with desk.window.store().engine.begin() as connection:
        connection.execute(text("UPDATE project SET industry = 'Wigs' WHERE id % 3 = 0"))
        connection.execute(text("UPDATE project SET industry = ' retail' WHERE id % 3 = 1"))
        connection.execute(text("UPDATE project SET industry = '医疗' WHERE id % 3 = 2"))
    for language, expected in (("zh_CN", {"零售", "医疗", "Wigs"}), ("en", {"Retail", "Healthcare", "Wigs"})):
        desk.settings.language = language
        desk.close_and_open()
        desk.go(Place("pairing", "projects"))
        table: Any = next(one for one in desk.window.findChildren(Table) if one.isVisible())
        at = [column.key for column in table.rows.columns].index("industry")
        assert {table.model().index(row, at).data() for row in range(table.rows.rowCount())} == expected
    with desk.window.store().read() as connection:
        one = next(one for one in projects(connection) if one.industry == " retail")
    assert "Retail" in desk.go(Place("pairing", "project", one.id)).view("project").note


def test_a_project_taken_back_is_said_to_be_and_one_that_others_removed_to_be_gone(
    team: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, told = queries.cycles, Event()

    def read_late(*args: Any) -> Any:
        told.wait(30)
        return real(*args)

    told.set()
    monkeypatch.setattr(queries, "cycles", read_late)
    for theirs in (False, True):
        dialog: Any = shown(team, Place("projects", "new"))
        dialog.name.setText("Line 3")
        dialog.save.click()
        wait_until_idle(team)
        page: Any = team.pages["pairing"]
        assert page.title.text() == "Line 3"
        if theirs:
            team.store().act(team.context.actor(), undo)  # as another window does
            team.reload()
        else:
            told.clear()  # the page is read when the word has been said already
            QTest.mouseClick(team.undo, Qt.MouseButton.LeftButton)
            until(lambda: team.told.text().startswith("Taken back"))
            told.set()
        wait_until_idle(team)
        said = "This project is not there any more." if theirs else "Taken back: Project saved · Line 3"
        assert (team.told.text(), team.undo.isVisible()) == (said, not theirs)
        assert page.title.text() != "Line 3"


def test_undo_and_redo_are_the_windows_in_a_search_field_in_which_nothing_was_typed(team: MainWindow) -> None:
    both, control = (
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ControlModifier,
    )
    dialog: Any = shown(team, Place("projects", "new"))
    dialog.name.setText("Line 3")
    dialog.save.click()
    wait_until_idle(team)
    team.go(Place("people"))
    wait_until_idle(team)
    team.activateWindow()
    wait_until_idle(team)
    field = next(one for one in team.findChildren(QLineEdit) if one.isVisible() and one.isEnabled())
    for keys, said in ((control, "Taken back: Project saved · Line 3"), (both, "Done again: Project saved · Line 3")):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Z, keys)
        wait_until_idle(team)
        assert team.told.text() == said
    field.setFocus()
    QTest.keyClicks(field, "ann")
    QTest.keyClick(field, Qt.Key.Key_Z, control)
    QTest.keyClick(field, Qt.Key.Key_Z, control)
    wait_until_idle(team)
    assert (field.text(), team.told.text()) == ("", "Done again: Project saved · Line 3")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_project_makes_the_window_wider(desk: Desk, language: str) -> None:
    desk.settings.language = language
    desk.close_and_open()
    window = desk.window
    window.resize(1024, 700)
    page = desk.go(Place("pairing", "projects"))
    table = page.view("projects").list.table
    for row in range(table.model().rowCount()):
        table.setFocus()
        table.choose(row)
        QTest.keyClick(table, Qt.Key.Key_Return)
        wait_until_idle(window)
        assert page.here().what == "project"
        QTest.keyClick(page, Qt.Key.Key_Escape)
        wait_until_idle(window)
        assert (page.here().what, window.width()) == ("projects", 1024), row
