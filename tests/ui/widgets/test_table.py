"""What a table shows of its columns where room is short, and which of them it says its rows are sorted by."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QTableView
from pytestqt.qtbot import QtBot

from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.tasks import Tasks
from mentor_app.ui.widgets.column_widths import Wish, shared_out
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table
from tests.idle import wait_until_idle
from tests.ui.desk import Desk


def cut(table: QTableView, column: int, rows: int) -> list[str]:
    """What the first rows say in a column that is narrower than the style wants for it."""
    said = []
    for row in range(rows):
        index = table.model().index(row, column)
        option = QStyleOptionViewItem()
        table.initViewItemOption(option)
        if table.itemDelegateForIndex(index).sizeHint(option, index).width() > table.columnWidth(column):
            said.append(str(index.data()))
    return said


def columns(table: Table[Any]) -> dict[str, int]:
    return {column.key: at for at, column in enumerate(table.rows.columns)}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_kinds_states_and_dates_are_read_whole_in_a_small_window(desk: Desk, language: str) -> None:
    desk.settings.language = language
    desk.close_and_open()
    desk.window.resize(1024, 700)
    for room, whole, names in (
        ("logbook", ("held_on", "kind", "state"), ("person",)),
        ("pipeline", ("stage", "status", "opened_on", "closed_on", "amount"), ("key", "product")),
        ("camp", ("stage", "state", "gate_due", "stuck_since"), ("name", "mentor")),
    ):
        page = desk.go(Place(room))
        wait_until_idle(desk.window)
        at = columns(page.table)
        for key in whole:
            assert cut(page.table, at[key], 12) == [], (room, key)
        for key in names:
            assert [said for said in cut(page.table, at[key], 12) if len(said) < 10] == [], (room, key)
        assert desk.window.width() == 1024, room


def test_the_entry_beside_the_logbook_gives_way_and_all_is_seen(desk: Desk) -> None:
    desk.settings.language = "zh_CN"
    desk.close_and_open()
    desk.window.resize(1024, 700)
    page = desk.go(Place("logbook"))
    wait_until_idle(desk.window)
    assert page.table.horizontalHeader().length() <= page.table.viewport().width()
    assert page.panel.width() < 300
    search = desk.go(Place("camp")).search
    assert search.width() > search.fontMetrics().horizontalAdvance(search.placeholderText()) + 16


widths = st.lists(
    st.builds(Wish, st.integers(1, 300), st.integers(0, 200), st.booleans(), st.booleans()), min_size=1, max_size=9
)


@given(st.integers(0, 2000), widths)
def test_each_column_has_what_it_needs_and_all_together_fill_the_room(room: int, wishes: list[Wish]) -> None:
    shared = shared_out(room, wishes)
    needs = sum(wish.least for wish in wishes)
    for width, wish in zip(shared, wishes, strict=True):
        may_be_cut = needs > room and not (wish.keep or wish.whole)
        assert width >= (wish.least * 5 // 6 if may_be_cut else wish.least)
    assert room <= sum(shared) <= max(room, needs)


@pytest.fixture
def table(qapp: QApplication, qtbot: QtBot) -> Iterator[Table[int]]:
    tasks = Tasks()
    specs = [ColumnSpec[int](key, key.title(), str, figure=True, keep=True) for key in ("row", "weight")]
    made = Table(RowsModel(specs, tasks), "Rows")
    qtbot.addWidget(made)
    made.rows.show_all([3, 1, 2])
    made.resize(400, 200)
    made.show()
    qtbot.waitExposed(made)
    yield made
    tasks.close()


def painted(table: Table[int], at: int) -> QImage:
    header = table.horizontalHeader()
    section = QRect(QPoint(header.sectionViewportPosition(at), 0), header.viewport().size())
    section.setWidth(header.sectionSize(at))
    return header.viewport().grab(section).toImage()


def test_the_arrow_stands_where_somebody_sorted_and_beside_the_words(table: Table[int]) -> None:
    header, asked = table.horizontalHeader(), []
    table.sorted.connect(lambda key, descending: asked.append((key, descending)))
    before = painted(table, 1)
    x = header.sectionViewportPosition(1) + 20
    for _ in range(2):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2))
    QTest.mouseMove(header.viewport(), QPoint(1, 1))
    assert asked == [("weight", False), ("weight", True)]
    after = painted(table, 1)
    changed = {
        at for at in range(before.width()) for y in range(before.height()) if before.pixel(at, y) != after.pixel(at, y)
    }
    assert changed
    assert min(changed) >= before.width() - 11  # the edge that the style keeps free of words


def test_no_arrow_stands_over_rows_in_an_order_of_their_own(team: MainWindow) -> None:
    team.go(Place("logbook", "inbox"))
    wait_until_idle(team)
    page: Any = team.pages["logbook"]
    assert not page.table._headings.shows_order
    page.view.setCurrentIndex(0)
    page.view.activated.emit(0)
    wait_until_idle(team)
    assert page.table._headings.shows_order
    assert dt.date.fromisoformat(page.model.index(0, 0).data())
