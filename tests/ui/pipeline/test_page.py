"""The list of opportunities: what is read whole in it, and what opens from it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import text

from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import Desk
from tests.ui.widgets.test_table import columns, cut

ACCOUNT = "International Consolidated Holdings of Northern Europe"


@pytest.mark.parametrize(
    ("language", "cents", "amount", "whole"),
    [
        ("zh_CN", 1234567800, "12,345,678", ("key", "owner", "amount")),
        ("en", 1234567800, "12,345,678", ("key", "owner", "amount")),
        ("en", 1234567850, "12,345,678.50", ("key", "amount")),
    ],
)
def test_ids_and_owners_are_whole_though_an_account_has_a_long_name(
    desk: Desk, language: str, cents: int, amount: str, whole: tuple[str, ...]
) -> None:
    statements = (
        "UPDATE opportunity SET currency = NULL, key = printf('%08X', id * 7919731)",
        f"UPDATE opportunity SET account = 'Cancity', amount_cents = {cents} - id % 2 * 100",
        f"UPDATE opportunity SET account = '{ACCOUNT}' WHERE id = (SELECT max(id) - 1 FROM opportunity)",
        "UPDATE opportunity SET stage = 'Prospecting' WHERE id % 3",
    )
    with desk.window.store().engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    desk.settings.language = language
    desk.close_and_open()
    desk.window.resize(1024, 700)
    table = desk.go(Place("pipeline")).table
    at = columns(table)
    for key in whole:
        assert cut(table, at[key], 20) == [], key
    assert amount in {table.model().index(row, at["amount"]).data() for row in range(20)}
    assert ACCOUNT in cut(table, at["account"], 20)
    assert table.horizontalHeader().length() <= table.viewport().width()


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
