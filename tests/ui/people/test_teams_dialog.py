"""Teams and their regions."""

import sqlite3
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.people.queries import teams
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import until
from tests.ui.dialog_steps import as_killed, shown


def test_a_draft_of_a_team_opens_that_team(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(1)
    dialog.industry.setText("12 words")
    team.context.flush()
    as_killed(dialog)
    (draft,) = team.context.drafts.all()
    dialog = shown(team, draft.place)
    assert dialog.list.currentRow() == 1
    assert dialog.industry.text() == "12 words"


def test_a_team_saved_twice_stays_as_it_was_saved(team: MainWindow) -> None:
    """What the dialog itself fills in is no typing of anybody's: it would come back as a draft and wipe the region."""
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    region = dialog.region.currentText()
    assert region
    for words in ("Retail", "Finance"):
        dialog.industry.setText(words)
        dialog.save.click()
        wait_until_idle(team)
        assert not dialog.draft_note.isVisible()
        assert (dialog.region.currentText(), dialog.industry.text()) == (region, words)
    assert team.context.drafts.all() == []
    dialog.reject()
    dialog = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    assert (dialog.region.currentText(), dialog.industry.text()) == (region, "Finance")
    as_killed(dialog)


def test_nothing_is_typed_into_a_dialog_that_saves_and_stays(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    dialog.industry.setText("Retail")
    other = sqlite3.connect(str(team._location), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dialog.save.click()
    until(lambda: not dialog.isEnabled())
    other.execute("ROLLBACK")
    wait_until_idle(team)
    assert dialog.isEnabled()
    assert dialog.isVisible()
    as_killed(dialog)


def test_a_slip_makes_no_region(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    dialog.region.setCurrentText(dialog.region.currentText() + "x")
    dialog.save.click()
    wait_until_idle(team)
    assert "To make a new region, press Save once more." in dialog.error.text()
    as_killed(dialog)


def test_what_was_saved_is_said_in_the_dialog_and_taken_back_there(team: MainWindow) -> None:
    """The window behind it says so, too, where nothing can be clicked."""
    dialog: Any = shown(team, Place("people", "teams"))
    count = dialog.list.count()
    assert not dialog.take_back.isVisible()
    dialog.add.click()
    dialog.name.setText("Harbour")
    dialog.save.click()
    wait_until_idle(team)
    assert (dialog.list.count(), dialog.said.text()) == (count + 1, "Team Harbour is saved.")
    dialog.industry.setText("Half a wo")
    dialog.take_back.click()
    wait_until_idle(team)
    assert (dialog.list.count(), dialog.list.currentRow(), dialog.name.text()) == (count, -1, "")
    assert (dialog.said.text(), dialog.take_back.text()) == ("Taken back: Team saved · Harbour", "Redo")
    dialog.take_back.click()
    wait_until_idle(team)
    assert (dialog.list.count(), dialog.name.text()) == (count + 1, "Harbour")
    assert (dialog.said.text(), dialog.take_back.text()) == ("Done again: Team saved · Harbour", "Undo")
    dialog.take_back.click()
    wait_until_idle(team)
    assert dialog.list.count() == count


def test_what_was_saved_is_taken_back_in_the_window_once_the_dialog_is_closed(team: MainWindow) -> None:
    def industry() -> Any:
        with team.store().read() as connection:
            return next(one.industry for one in teams(connection) if one.name == name)

    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    name = dialog.list.item(0).text()
    before, after = industry(), "Harbours"
    dialog.industry.setText(after)
    dialog.save.click()
    wait_until_idle(team)
    team._toast.hide()  # it has stood long enough
    dialog.reject()
    for words, offer, found in (
        (f"Team {name} is saved.", "Undo", before),
        (f"Taken back: Team saved · {name}", "Redo", after),
        (f"Done again: Team saved · {name}", "Undo", before),
    ):
        wait_until_idle(team)
        assert (team.told.text(), team.undo.text(), team.undo.isVisible()) == (words, offer, True)
        QTest.mouseClick(team.undo, Qt.MouseButton.LeftButton)
        wait_until_idle(team)
        assert industry() == found
    dialog = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    dialog.industry.setText(after)
    dialog.save.click()
    wait_until_idle(team)
    dialog.take_back.click()
    wait_until_idle(team)
    team._toast.hide()
    dialog.reject()
    wait_until_idle(team)
    assert (team.told.text(), team.undo.text()) == (f"Taken back: Team saved · {name}", "Redo")
    QTest.mouseClick(team.undo, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    assert industry() == after
