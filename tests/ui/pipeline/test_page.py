"""The list of opportunities: what opens from it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import Desk


def test_enter_shows_all_that_is_known_of_a_deal_and_leads_to_its_history(desk: Desk) -> None:
    page = desk.go(Place("pipeline"))
    page.table.setFocus()
    page.table.choose(1)
    deal = page.model.row(1)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    dialog = desk.window.dialog
    assert dialog is not None
    said = {one.text() for one in dialog.findChildren(QLabel)}
    assert {deal.account, deal.owner, deal.opened_on.isoformat(), page.model.columns[-1].text(deal)} <= said
    assert dialog.width() < 1024
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "History…").click()
    wait_until_idle(desk.window)
    assert (desk.window.here(), dialog.isVisible()) == (Place("history", "opportunity", deal.id), False)
