"""Points in the real window: a mentor earns and asks, somebody else decides, a trainer changes a rule; and by command line."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.points import actions
from mentor_app.core.points.ledger import head
from mentor_app.core.points.queries import account, redemptions, rewards, rules_of
from mentor_app.ui.main_window import MainWindow
from tests.journeys.test_pairings import Office
from tests.steps import where

TODAY = dt.date.today()
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(window: MainWindow, qtbot: QtBot) -> Office:
    made = Office(window, qtbot)
    made.pair(made.zhou, made.mo, 20)
    made.act(actions.save_reward, "行业报告一份 Industry report", "resource", 40, stock=10)
    made.act(actions.save_reward, "Course", "resource", 120, stock=4)
    return made


def page(office: Office, what: Any = None) -> Any:
    office.window.go(where("points", what))
    office.wait()
    return office.window.pages["points"]


def session(office: Office, points: int) -> None:
    """A session of Mo's, worth that many points today."""
    office.act(actions.save_rule, "session", points, None, TODAY, TODAY)
    details = Details(
        kind="shadowing", held_on=TODAY, minutes=5, customer="c", learned="l", host_id=office.mo.person_id
    )
    made = office.act(logbook.save_activity, office.zhou.person_id, details, TODAY, who=office.zhou)
    office.act(logbook.submit, [made], TODAY, who=office.zhou)
    office.act(logbook.sign_off, [made], "well done", who=office.mo)


def test_a_mentor_sees_every_point_and_asks_for_a_reward_that_another_grants(office: Office) -> None:
    session(office, 60)
    office.be(office.mo)
    view = page(office).view("mine")
    assert (view.balance.value.text(), view.free.value.text(), view.month.value.text()) == ("61", "61", "61")
    model = view.list.model
    assert [(model.index(r, 1).data(), model.index(r, 3).data()) for r in range(2)] == [
        ("Session hosted and signed off", "+60"),
        ("Feedback within 48 hours", "+1"),
    ]
    assert [b.text() for b in view.buys.buttons] == ["行业报告一份 Industry report"]  # what can be paid
    office.click(view.buys.buttons[0])
    assert (view.free.value.text(), view.free.note.text()) == ("21", "40 reserved by requests")
    assert "Asked for" in office.window.told.text()
    office.click(office.window.undo)
    assert view.free.value.text() == "61"
    office.click(view.buys.buttons[0])
    shell = page(office, "redemptions")
    asked = shell.view("redemptions")
    assert not asked.approve.isEnabled()  # not one's own
    office.be(office.lead)
    page(office, "redemptions")
    assert shell.context.text() == "1 waits for a decision"
    for act in (asked.approve, asked.hand):
        act.setFocus()
        office.click(act)
        assert not act.isEnabled()
        assert office.window.focusWidget() is asked.list.table
    with office.store.read() as connection:
        found = redemptions(connection)
        assert [(r.state, r.decided_by) for r in found] == [("fulfilled", "Li"), ("withdrawn", None)]
        assert account(connection, office.mo.person_id).balance == 21  # type: ignore[union-attr]
    page(office, ("person", office.mo.person_id))
    view = shell.view("person")
    assert shell.title.text() == "Mo"
    assert view.balance.value.text() == "21"
    assert view.buys.buttons == []  # nobody asks for another


def test_enter_does_with_a_reward_what_a_click_does(office: Office) -> None:
    session(office, 60)
    office.be(office.mo)
    view = page(office, "mine").view("mine")
    view.buys.buttons[0].setFocus()
    QTest.keyClick(view.buys.buttons[0], Qt.Key.Key_Return)
    office.wait()
    assert "Asked for" in office.window.told.text()
    table = page(office, "rewards").view("rewards").list.table
    table.setFocus()
    table.choose(0)
    QTest.keyClick(table, Qt.Key.Key_Return)
    office.wait()
    dialog = office.window.dialog
    assert (dialog.isVisible(), dialog.name.text()) == (True, table.rows.index(0, 0).data())
    assert not dialog.save.isEnabled()  # to be read
    dialog.reject()


def test_a_request_is_refused_with_a_reason(office: Office) -> None:
    session(office, 60)
    with office.store.read() as connection:
        cheap = rewards(connection)[0]
    office.act(actions.request, cheap.id, who=office.mo)
    office.be(office.lead)
    view = page(office, "redemptions").view("redemptions")
    office.click(view.refuse)
    office.click(office.window.dialog.save)
    assert office.window.dialog.error.text() == "A written reason is needed."
    office.window.dialog.reason.setPlainText("none left")
    office.click(office.window.dialog.save)
    office.be(office.mo)
    mine = page(office, "mine").view("mine")
    assert mine.free.value.text() == "61"
    assert mine.asked.isVisible()


def test_a_trainer_changes_rules_and_rewards(office: Office) -> None:
    office.be(office.lead)
    view = page(office, "rules").view("rules")
    office.click(view.new)
    dialog = office.window.dialog
    dialog.for_event.setCurrentIndex(dialog.for_event.findData("gate"))
    assert dialog.points.value() == 10
    dialog.points.setValue(25)
    dialog.first.setText((TODAY - DAY).isoformat())
    office.click(dialog.save)
    assert dialog.error.text() == "A rule begins today or later: what was earned does not change."
    dialog.first.setText((TODAY + DAY).isoformat())
    dialog.most.setText("50")
    office.click(dialog.save)
    with office.store.read() as connection:
        found = [(r.points, r.per_month, r.last_on) for r in rules_of(connection) if r.event == "gate"]
    assert found == [(10, None, TODAY), (25, 50, None)]
    told = office.window.told.text().splitlines()
    assert told[1:] == ["Points: 10 → 25", "At most a month: – → 50"]
    assert office.window.undo.isVisible()
    view = page(office, "rewards").view("rewards")
    office.click(view.new)
    office.window.dialog.name.setText("Mentor of the year")
    office.window.dialog.kind.setCurrentIndex(office.window.dialog.kind.findData("promotion"))
    office.window.dialog.weight.setText("2.5")
    office.click(office.window.dialog.save)
    with office.store.read() as connection:
        assert [(r.kind, r.weight) for r in rewards(connection) if r.name == "Mentor of the year"] == [
            ("promotion", 2.5)
        ]


def test_the_team_sees_totals_and_the_ledger_is_exported(office: Office, tmp_path: Path) -> None:
    session(office, 60)
    office.be(office.lead)
    shell = page(office, "team")
    view = shell.view("team")
    office.bot.waitUntil(view.chart.drawn, timeout=60_000)
    assert any("61" in spot.words for spot in view.chart._spots)
    rows = [view.list.model.index(r, 0).data() for r in range(view.list.model.rowCount())]
    assert rows[0] == "Mo"
    office.click(view.prove)
    assert "2 entries, all as they were made" in office.window.told.text()
    page(office, "ledger")
    shell.view("ledger").list.table.export_to(tmp_path / "ledger.xlsx")
    office.wait()
    sheet = openpyxl.load_workbook(tmp_path / "ledger.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["Entry", "Date", "Person", "What for"]
    assert sheet.max_row == 1 + 2 + 1  # headings, entries, and where the ledger ends
    with office.window.store().read() as connection:
        assert sheet["A4"].value == str(head(connection).words)


def test_the_button_opens_the_rule_of_the_row_that_is_selected(office: Office) -> None:
    office.be(office.lead)
    view = page(office, "rules").view("rules")
    last = view.list.model.rowCount() - 1
    event = view.list.model.row(last).event
    view.list.table.selectRow(last)
    office.click(view.new)
    dialog = office.window.dialog
    assert dialog.for_event.currentIndex() > 0  # not the one that comes first
    assert dialog.for_event.currentData() == event
    dialog.reject()
