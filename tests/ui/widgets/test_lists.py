"""Lists and tables: what is searched for, rows that come late, buttons for those who may."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mentor_app.core.people.roles import permitted
from mentor_app.ui import registry
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.tasks import Tasks
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import plain_table
from mentor_app.ui.widgets.views import RecordList
from tests.idle import wait_until_idle
from tests.ui.desk import Desk, until


@dataclass(frozen=True)
class Line:
    """A row to list."""

    id: int
    name: str
    place: str


COLUMNS = [ColumnSpec[Line]("name", "Name", lambda r: r.name), ColumnSpec[Line]("place", "Place", lambda r: r.place)]


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_every_word_searched_for_stands_somewhere_in_the_row(tasks: Tasks) -> None:
    listing = SearchList[Line](tasks, "Lines", "Search", COLUMNS, "None")
    listing.show_rows([Line(1, "Ann", "East"), Line(2, "Ann", "West"), Line(3, "Bo", "East")])
    found = {}
    for words in ("", "ann", "east ANN", "ann nowhere", "st"):
        listing.search.setText(words)
        found[words] = list(listing.model.ids)
    assert found == {"": [1, 2, 3], "ann": [1, 2], "east ANN": [1], "ann nowhere": [], "st": [1, 2, 3]}


def test_rows_read_for_an_older_list_are_not_shown(tasks: Tasks) -> None:
    go_on = Event()

    def fetch(ids: list[int]) -> dict[int, Line]:
        if not go_on.is_set():
            assert go_on.wait(30)
            return {i: Line(i, "older", "") for i in ids}
        return {i: Line(i, "newer", "") for i in ids}

    model = RowsModel(COLUMNS, tasks, fetch)
    model.set_ids([1, 2])
    assert model.row(0) is None  # being read
    model.set_ids([1, 2])  # asked for anew meanwhile, as after a change
    go_on.set()
    until(lambda: not tasks.busy())
    row = model.row(0)
    assert row is None or row.name == "newer"
    until(lambda: not tasks.busy())
    row = model.row(0)
    assert row is not None
    assert row.name == "newer"


def test_columns_that_share_the_width_need_no_bar_below_them(tasks: Tasks, qtbot: QtBot) -> None:
    """Narrower and wider, with and without a bar beside the rows."""
    table = plain_table(tasks, "Lines", COLUMNS)
    qtbot.addWidget(table)
    table.rows.show_all([Line(i, "Ann", "East") for i in range(6)])
    table.show()
    for width, height in (
        (900, 400),
        (600, 400),
        (600, 200),
        (580, 200),
        (580, 250),
        (400, 266),
        (700, 100),
        (300, 200),
    ):
        table.resize(width, height)
        QApplication.processEvents()
        assert not table.horizontalScrollBar().isVisible(), (width, height)
        assert sum(table.columnWidth(at) for at in range(len(COLUMNS))) == table.viewport().width(), (width, height)
    table.resize(90, 300)  # no room for the least widths
    QApplication.processEvents()
    assert table.horizontalScrollBar().isVisible()


def test_what_there_is_no_room_for_is_copied_and_exported_all_the_same(
    tasks: Tasks, qtbot: QtBot, tmp_path: Path
) -> None:
    columns = [
        ColumnSpec[Line]("name", "Name", lambda r: r.name, first=True),
        ColumnSpec[Line]("place", "Place", lambda r: r.place, spare=True),
        ColumnSpec[Line]("id", "Minutes", lambda r: str(r.id), figure=True, keep=True),
    ]
    table = plain_table(tasks, "Lines", columns)
    qtbot.addWidget(table)
    table.rows.show_all([Line(45, "Ann", "East")])
    table.show()
    table.resize(160, 200)
    assert table.isColumnHidden(1)
    table.choose(0)
    table.copy()
    assert QApplication.clipboard().text().splitlines() == ["Name\tPlace\tMinutes", "Ann\tEast\t45"]
    table.export_to(tmp_path / "lines.xlsx")
    until(lambda: not tasks.busy())
    heading, row = openpyxl.load_workbook(tmp_path / "lines.xlsx").active.values  # type: ignore[union-attr]
    assert (heading, row) == (("Name", "Place", "Minutes"), ("Ann", "East", 45))


def test_a_width_drawn_by_hand_stays(tasks: Tasks, qtbot: QtBot) -> None:
    table = plain_table(tasks, "Lines", COLUMNS)
    qtbot.addWidget(table)
    table.resize(600, 300)
    table.show()
    qtbot.waitExposed(table)
    heading = table.horizontalHeader().viewport()
    edge = table.columnWidth(0) - 1
    qtbot.mouseMove(heading, QPoint(edge, 10))
    qtbot.mousePress(heading, Qt.MouseButton.LeftButton, pos=QPoint(edge, 10))
    qtbot.mouseMove(heading, QPoint(edge + 90, 10))
    qtbot.mouseRelease(heading, Qt.MouseButton.LeftButton, pos=QPoint(edge + 90, 10))
    drawn = table.columnWidth(0)
    assert drawn > edge + 60
    table.resize(500, 300)
    assert table.columnWidth(0) == drawn


def test_a_lists_buttons_are_for_those_who_may(desk: Desk) -> None:
    window: MainWindow = desk.window
    seen = 0
    for room, what in registry.VIEWS:
        page = desk.go(Place(registry.SHOWN_ON.get(room, room), what))
        view = page.view(what)
        if not isinstance(view, RecordList) or not view.needs:
            continue
        roles = window.context.me.roles if window.context.me is not None else None
        allowed = {button for button, name in view.needs.items() if permitted(roles, name)}
        shown: set[QPushButton] = {button for button in view.needs if button in view.shown}
        assert shown == allowed, (room, what)
        seen += 1
    assert seen >= 4


def test_without_the_role_no_button_is_offered(desk: Desk) -> None:
    from mentor_app.core.people.actions import PersonDetails, edit_person
    from mentor_app.core.people.roles import Role
    from tests.conftest import ME

    me = desk.me
    details = PersonDetails(name=me.name, hired_on=me.hired_on, team=me.team, roles=frozenset({Role.MENTOR}))
    desk.window.store().act(ME, edit_person, me.id, details)
    desk.close_and_open()
    wait_until_idle(desk.window)
    view = desk.go(Place("points", "rules")).view("rules")
    assert view.new not in view.shown
    assert not view.new.isVisible()


def test_a_list_is_exported_with_dates_as_dates_and_nothing_where_none_is(tasks: Tasks, tmp_path: Path) -> None:
    columns = [
        ColumnSpec[Line]("name", "Name", lambda r: r.name),
        ColumnSpec[Line]("day", "Day", lambda r: r.place, keep=True),
        ColumnSpec[Line]("sum", "Sum", lambda r: r.place.replace("-", ""), figure=True, keep=True),
    ]
    table = plain_table(tasks, "Days", columns)
    table.rows.set_ids([1, 2], {1: Line(1, "2026-01-31", "2026-11-30"), 2: Line(2, "Bo", "–")})
    for ending in ("xlsx", "csv"):
        table.export_to(tmp_path / f"days.{ending}")
        until(lambda: not tasks.busy())
    _, first, second = openpyxl.load_workbook(tmp_path / "days.xlsx").active.values  # type: ignore[union-attr]
    assert (first, second) == (("2026-01-31", dt.datetime(2026, 11, 30), 20261130), ("Bo", None, None))
    lines = (tmp_path / "days.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["Name,Day,Sum", "2026-01-31,2026-11-30,20261130", "Bo,,"]


def test_of_what_is_found_the_first_rows_are_seen(tasks: Tasks, qtbot: QtBot) -> None:
    listing = SearchList[Line](tasks, "Lines", "Search", COLUMNS, "None", "name")
    qtbot.addWidget(listing)
    listing.show_rows([Line(n, f"Ann {n}", "East" if n % 2 else "West") for n in range(300)])
    listing.show()
    listing.table.choose(299)
    listing.table.scrollToBottom()
    listing.search.setText("East")
    assert (len(listing.model.ids), listing.table.verticalScrollBar().value()) == (150, 0)
