"""Projects and their cycles in their dialogs."""

import datetime as dt
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.projects.queries import projects
from mentor_app.core.text import translator
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import as_killed, everything, shown, typing_in


def test_a_project_keeps_its_deal_and_what_was_typed_beside_it(team: MainWindow) -> None:
    place = Place("projects", "new", detail="stay")
    dialog: Any = shown(team, place)
    dialog.customer.setText("华宇")
    dialog.deal.setFocus()
    for _ in range(2):
        QTest.keyClick(dialog.deal, Qt.Key.Key_Down)
    deal = dialog._deals[dialog.deal.currentData()]
    assert dialog.customer.text() == "华宇"
    assert (dialog.name.text(), dialog.started.text()) == (deal.name, deal.started_on.isoformat())
    dialog.name.setText("Line 3")
    QTest.keyClick(dialog.deal, Qt.Key.Key_Down)
    assert dialog.name.text() == "Line 3"
    chosen = dialog.deal.currentData()
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.deal.currentData() == chosen
    dialog.save.click()
    wait_until_idle(team)
    with team.store().read() as connection:
        made = next(p for p in projects(connection) if p.name == "Line 3")
    assert (made.opportunity_id, made.customer) == (chosen, "华宇")


def test_ctrl_enter_saves_the_cell_being_typed(team: MainWindow) -> None:
    place = everything(team.store())["projects", "cycle"]
    dialog: Any = shown(team, place)
    started = dialog._project.started_on
    day = str(started + dt.timedelta(days=1))
    for row in range(dialog.table.rowCount()):
        dialog.table.item(row, 1).setText("")
        dialog.table.item(row, 2).setText("")
    editor = typing_in(dialog, 0, 1, day)
    QTest.keyPress(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(team)
    assert not dialog.isVisible(), dialog.error.text()
    again: Any = shown(team, place)
    assert again.table.item(0, 1).text() == day


def test_a_cycle_typed_in_one_language_and_saved_in_the_other_keeps_its_phases(team: MainWindow) -> None:
    place = everything(team.store())["projects", "cycle"]
    dialog: Any = shown(team, place)
    before = [phase.phase for phase in dialog.phases()]
    for row in range(dialog.table.rowCount()):
        words = dialog._text(row, 0)
        dialog.table.item(row, 0).setText(translator("zh_CN")(words))
    assert dialog._text(0, 0) != ""
    assert [phase.phase for phase in dialog.phases()] == before
    as_killed(dialog)
