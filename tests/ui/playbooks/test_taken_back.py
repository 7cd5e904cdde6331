"""A playbook that is taken back while its page is open: said so, and its page left."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.history.undo import undo
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import shown


def test_a_new_playbook_taken_back_leads_to_the_list(team: MainWindow) -> None:
    for theirs in (False, True):
        dialog: Any = shown(team, Place("playbooks", "begin"))
        dialog.title.setText("Trade fair notes")
        dialog.save.click()
        wait_until_idle(team)
        page: Any = team.pages["playbooks"]
        assert page.title.text() == "Trade fair notes"
        if theirs:
            team.store().act(team.context.actor(), undo)  # as another window does
            team.reload()
        else:
            QTest.mouseClick(team.undo, Qt.MouseButton.LeftButton)
        wait_until_idle(team)
        said = "This record is not there any more." if theirs else "Taken back: Playbook begun · Trade fair notes"
        assert said in team.told.text()
        assert team.undo.isVisible() is not theirs
        assert page.title.text() != "Trade fair notes"
