"""The camp's page: what is read there stays chosen while others write."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import text

from mentor_app.core.camp.queries import standings
from mentor_app.core.logbook.queries import Filter, activity_ids
from mentor_app.core.people.queries import people
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY, WORDS, Desk, until


def test_the_entry_being_answered_stays_chosen(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        hires = [
            s.person.id for s in standings(connection, TODAY) if len(activity_ids(connection, Filter(s.person.id))) > 3
        ]
    for hire in hires:
        page = desk.go(Place("camp", id=hire))
        if page.evidence_table.model().rowCount() > 1:
            break
    page.evidence_table.selectRow(1)
    chosen = page.panel.activity.id
    page.panel.feedback.setPlainText(WORDS)
    for _ in range(2):
        page.refresh()
        wait_until_idle(desk.window)
        assert page.panel.activity.id == chosen
        assert page.panel.feedback.toPlainText() == WORDS
    rows = page.evidence_table.selectionModel().selectedRows()
    assert [page.evidence.ids[index.row()] for index in rows] == [chosen]


def test_of_the_evidence_several_rows_are_seen_beside_a_long_entry_in_a_small_window(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        enrolled = [s.person.id for s in standings(connection, TODAY) if s.stage]
        most = max(enrolled, key=lambda hire: len(activity_ids(connection, Filter(hire))))
    with desk.window.store().engine.begin() as connection:
        connection.execute(
            text("UPDATE activity SET seen = :words WHERE state = 'signed_off'"), {"words": "asked " * 200}
        )
    desk.window.resize(1024, 700)
    page = desk.go(Place("camp", id=most))
    rows, seen = page.evidence.rowCount(), page.evidence_table.viewport().height() // 36
    assert seen >= min(rows, 4)
    for part in page.panel.findChildren(QPushButton):
        if part.isVisible():
            assert page.rect().contains(part.mapTo(page, part.rect().bottomRight())), part.text()


def test_of_somebody_not_enrolled_nobody_elses_page_is_shown(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        enrolled = [s.person.id for s in standings(connection, TODAY)]
        stranger = next(p.id for p in people(connection) if p.id not in enrolled)
    page = desk.go(Place("camp", id=enrolled[0]))
    assert page.stack.currentIndex() == 1
    desk.go(Place("camp", id=stranger))
    assert (page.stack.currentIndex(), page.title.text()) == (0, "New hires")


def test_a_hire_is_found_and_opened_with_the_keys(desk: Desk) -> None:
    page = desk.go(Place("camp"))
    name = page.model.row(2).person.name
    desk.window.activateWindow()
    until(desk.window.isActiveWindow)
    page.search.setFocus()
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    assert (page.table.hasFocus(), page.table.currentIndex().row()) == (True, 0)
    page.search.setFocus()
    page.search.setText(name)
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    assert (page.stack.currentIndex(), page.title.text()) == (1, name)
    page.go_back()
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    assert (page.stack.currentIndex(), page.title.text()) == (1, name)
