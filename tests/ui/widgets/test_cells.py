"""What is typed into the cells of a form's table."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mentor_app.ui.main_window import MainWindow
from tests.ui.dialog_steps import everything, shown, typing_in


@pytest.mark.parametrize(
    ("room", "what", "column"), [("pairing", "accept", 1), ("pairing", "accept", 2), ("projects", "cycle", 0)]
)
def test_esc_ends_typing_and_keeps_the_words_the_next_one_closes(
    team: MainWindow, room: str, what: str, column: int
) -> None:
    place = everything(team.store())[room, what]
    dialog: Any = shown(team, place)
    typing_in(dialog, 0, column, "words of mine")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert (dialog.table.item(0, column).text(), dialog.isVisible()) == ("words of mine", True)
    QTest.keyClick(dialog.table, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    again: Any = shown(team, place)
    assert again.table.item(0, column).text() == "words of mine"
    again.done(0)
