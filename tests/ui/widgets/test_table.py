"""What a table shows of its columns where room is short, and which of them it says its rows are sorted by."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionHeaderV2, QStyleOptionViewItem, QTableView
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from mentor_app.core.camp.queries import standings
from mentor_app.core.logbook.kinds import BRIEF, KINDS
from mentor_app.core.logbook.queries import Filter, activity_ids
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.projects.queries import projects
from mentor_app.ui import registry
from mentor_app.ui.i18n import tr
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.tasks import Tasks
from mentor_app.ui.widgets.cards import KeyFigure
from mentor_app.ui.widgets.column_widths import EDGES, Wish, bold, headed, shared_out
from mentor_app.ui.widgets.owners import OwnersForm
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import Table
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY, Desk
from tests.ui.looking import looked_at


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
    short = ("kind",) if language == "zh_CN" else ()
    for room, whole, names in (
        ("logbook", ("held_on", *short, "state"), ("person",)),
        ("pipeline", ("owner", "stage", "status", "closed_on", "amount"), ("key", "account")),
        ("camp", ("mentor", "stage", "state", "gate_due", "stuck_since"), ("name",)),
    ):
        page = desk.go(Place(room))
        wait_until_idle(desk.window)
        at = columns(page.table)
        for key in whole:
            assert cut(page.table, at[key], 12) == [], (room, key)
        for key in names:
            assert [said for said in cut(page.table, at[key], 12) if len(said) < 10] == [], (room, key)
        assert page.table.horizontalHeader().length() <= page.table.viewport().width(), room
        assert desk.window.width() == 1024, room


def test_no_table_of_a_record_is_wider_than_its_room_in_a_small_window(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        hire = next(one for one in standings(connection, TODAY) if one.stage and one.mentor)
        pairing = next(one for one in pairings(connection) if one.apprentice_id == hire.person.id)
        project = next(one.id for one in projects(connection) if one.name == pairing.projects[-1])
    desk.window.resize(1024, 700)
    records = [("camp", "", hire.person.id), ("projects", "project", project), ("pairing", "pairing", pairing.id)]
    for place in [*records, ("pairing", "mentor", pairing.mentor_id)]:
        desk.window.go(Place(*place))
        wait_until_idle(desk.window)
        shown = [table for table in desk.window.findChildren(Table) if table.isVisible()]
        assert shown
        for table in shown:
            wide = table.horizontalHeader().length()
            assert wide <= table.viewport().width(), (place, table.accessibleName())
        desk.window.resize(1024, 700)


def test_a_column_with_words_in_few_rows_gives_way_to_one_full_of_them(qtbot: QtBot, qapp: QApplication) -> None:
    tasks = Tasks()
    words = {"project": lambda n: f"Polar Devices · {n}", "reason": lambda n: "" if n else "moved " * 30}
    made = Table(RowsModel([ColumnSpec[int](key, key.title(), said) for key, said in words.items()], tasks), "Rows")
    qtbot.addWidget(made)
    made.rows.show_all(list(range(20)))
    made.resize(340, 200)
    made.show()
    assert cut(made, 0, 20) == []
    assert made.columnWidth(1) >= headed(made, "Reason")
    tasks.close()


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


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
def test_an_entry_s_state_is_seen_and_what_is_cut_says_so(desk: Desk, size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    table = desk.go(Place("logbook", "entries")).table
    at = columns(table)["state"]
    end = table.columnViewportPosition(at) + table.columnWidth(at)
    assert (cut(table, at, 12), end <= table.viewport().width()) == ([], True)
    header = desk.go(Place("camp")).table.horizontalHeader()
    for at in (at for at in range(header.count()) if not header.isSectionHidden(at)):
        option = QStyleOptionHeaderV2()
        option.rect = QRect(0, 0, header.sectionSize(at), header.height())
        header.initStyleOption(option)
        header.initStyleOptionForIndex(option, at)
        assert QFontMetrics(bold(header)).horizontalAdvance(option.text) <= header.sectionSize(at) - 11


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_list_scrolls_sideways_in_a_small_window_and_names_are_whole(desk: Desk, language: str) -> None:
    with desk.window.store().engine.begin() as connection:
        connection.execute(text("UPDATE opportunity SET key = 'Pilot programme for pumps and valves · ' || key"))
    with desk.window.store().read() as connection:
        hire = next(s.person.id for s in standings(connection, TODAY) if activity_ids(connection, Filter(s.person.id)))
    desk.settings.language = language
    desk.close_and_open()
    desk.window.resize(1024, 700)
    for room, what, name in (("logbook", "entries", "person"), ("pipeline", "", "owner")):
        page = desk.go(Place(room, what))
        assert cut(page.table, columns(page.table)[name], 12) == []
        page.search.setText("nothing at all")
        wait_until_idle(desk.window)
        assert page.table.horizontalHeader().length() <= page.table.viewport().width()
        assert page.model.rowCount() == 0
        page.search.clear()
    places = [Place(room, what) for room, what in registry.VIEWS if (room, what) not in registry.RECORDS.items()]
    places += [
        Place("pipeline"),
        Place("people"),
        Place("camp"),
        Place("logbook", "entries"),
        Place("logbook", "inbox"),
    ]
    places.append(Place("camp", id=hire))
    for place in places:
        room = registry.SHOWN_ON.get(place.room, place.room)
        page = desk.go(Place(room, place.what, place.id))
        for table in page.findChildren(Table):
            if table.isVisible():
                assert table.horizontalHeader().length() <= table.viewport().width(), place


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
def test_no_amount_is_cut_and_the_columns_stay_as_wide_while_one_sorts_and_searches(
    desk: Desk, size: tuple[int, int]
) -> None:
    big = "UPDATE opportunity SET amount_cents = 98765432100, account = 'Zoo of ' || account WHERE id IN (7, 8)"
    with desk.window.store().engine.begin() as connection:
        connection.execute(text(big))
    desk.close_and_open()
    desk.window.resize(*size)
    page = desk.go(Place("pipeline"))
    page.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # its room is the columns' else
    header, at = page.table.horizontalHeader(), columns(page.table)["amount"]

    def widths() -> list[int]:
        return [header.sectionSize(section) for section in range(header.count())]

    before = widths()
    for key in ("amount", "account", "owner"):
        header.setSortIndicator(columns(page.table)[key], Qt.SortOrder.DescendingOrder)
        wait_until_idle(desk.window)
        assert (cut(page.table, at, 30), widths()) == ([], before), key
    for words in ("Zoo of", "nothing at all", ""):
        page.search.setText(words)
        wait_until_idle(desk.window)
        assert widths() == before, words


def test_an_identity_says_what_does_not_stand_beside_it(desk: Desk) -> None:
    with desk.window.store().engine.begin() as connection:
        connection.execute(text("UPDATE opportunity SET key = account || char(31) || 'Pilot ' || id"))
    desk.close_and_open()
    desk.window.resize(1024, 700)
    page = desk.go(Place("pipeline"))
    assert page.model.index(0, columns(page.table)["key"]).data().startswith("Pilot ")
    with desk.window.store().engine.begin() as connection:
        connection.execute(text("UPDATE opportunity SET account = id || ' Zoos'"))
        connection.execute(text("UPDATE opportunity SET key = account || char(31) || account"))
    desk.window.read_anew()
    wait_until_idle(desk.window)
    assert page.table.isColumnHidden(columns(page.table)["key"])


def test_names_teams_and_remarks_are_whole_in_a_small_window_where_others_can_give_way(desk: Desk) -> None:
    statements = (
        "UPDATE project SET customer = 'Harbour Devices and Pumps'",
        "UPDATE person SET hired_on = NULL WHERE id % 5 = 0",
        f"UPDATE person SET left_on = '{TODAY + dt.timedelta(days=20)}' WHERE id = {desk.me.id}",
    )
    with desk.window.store().engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    desk.close_and_open()
    desk.window.resize(1024, 700)
    for place, key in (
        (Place("pairing", "mentors"), "remark"),
        (Place("projects", "projects"), "customer"),
        (Place("people"), "team"),
    ):
        desk.window.go(place)
        wait_until_idle(desk.window)
        table = next(one for one in desk.window.findChildren(Table) if one.isVisible())
        assert cut(table, columns(table)[key], table.rows.rowCount()) == [], key
    hired = columns(table)["hired_on"]
    briefly = [table.model().index(row, hired) for row in range(table.rows.rowCount())]
    assert any(one.data().startswith("≈ ") and "(inferred)" in one.data(Qt.ItemDataRole.ToolTipRole) for one in briefly)


def test_a_pairing_s_story_is_read_whole_and_a_long_name_from_its_beginning(desk: Desk) -> None:
    desk.settings.language = "zh_CN"
    desk.close_and_open()
    desk.window.resize(1024, 700)
    with desk.window.store().read() as connection:
        pairing = next(iter(pairings(connection)))
    story = desk.go(Place("pairing", "pairing", pairing.id)).view("pairing").events
    words, long = columns(story)["words"], 0
    for row in range(story.rows.rowCount()):
        said, room = str(story.model().index(row, words).data()), story.columnWidth(words) - EDGES
        lines = -(-story.fontMetrics().horizontalAdvance(said) // room)
        long += lines > 1
        assert story.rowHeight(row) >= lines * story.fontMetrics().height()
    assert long
    who = desk.go(Place("ramp")).who
    who.setItemText(1, "Zoë Laurent of a company with a long name and more")
    who.setCurrentIndex(1)
    assert who.lineEdit().cursorPosition() == 0


def test_a_wider_figure_that_comes_later_makes_room_for_itself(qtbot: QtBot, qapp: QApplication) -> None:
    tasks = Tasks()
    specs = [
        ColumnSpec[int]("name", "Name", lambda _: "Zoo"),
        ColumnSpec[int]("sum", "Sum", lambda n: "9" * (n // 20), figure=True, keep=True),
    ]
    made = Table(RowsModel(specs, tasks, lambda ids: {i: i for i in ids}), "Rows")
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    made.rows.set_ids(range(400))
    made.scrollToBottom()
    qtbot.waitUntil(lambda: made.rows.index(399, 1).data() == "9" * 19)
    assert cut(made, 1, 400) == []
    tasks.close()


def test_figures_have_room_for_their_notes_and_a_long_name_makes_no_form_wide(desk: Desk) -> None:
    name = "Everything-at-once " * 3
    desk.window.context.act(add_person, PersonDetails(name=name))
    desk.window.resize(1024, 700)
    page = desk.go(Place("ramp"))
    for at in range(page.who.count()):
        page.who.setCurrentIndex(at)
        wait_until_idle(desk.window)
        assert [fault for figure in page.findChildren(KeyFigure) for fault in looked_at(figure.note)] == []
    with desk.window.store().read() as connection:
        everybody = [(one.id, one.name) for one in people(connection)]
    form = OwnersForm()
    form.show_names(["Stranger"], everybody)
    assert any(words.startswith("Everything") for _, words in everybody)
    assert form.boxes["Stranger"].minimumSizeHint().width() < 300
    form.deleteLater()


def test_names_come_first_and_no_heading_or_kind_is_cut_in_a_small_window(desk: Desk) -> None:
    name = "Alexandra Blackwood"
    with desk.window.store().read() as connection:
        everybody = people(connection)
    for one in everybody:
        details = PersonDetails(
            name=f"{name} {one.id}", hired_on=one.hired_on, team=one.team, roles=frozenset(one.roles)
        )
        desk.window.context.act(edit_person, one.id, details)
    wait_until_idle(desk.window)
    desk.window.resize(1024, 700)
    table = desk.go(Place("camp")).table
    at, metrics = columns(table), table.fontMetrics()
    assert table.columnWidth(at["name"]) > metrics.horizontalAdvance("Alexandra Black") + EDGES
    assert table.columnWidth(at["name"]) > table.columnWidth(at["mentor"])
    shown = [key for key in at if not table.isColumnHidden(at[key])]
    assert [key for key in at if key not in shown] == ["month"]
    headings = [table.rows.columns[at[key]].heading for key in shown]
    assert all(table.columnWidth(at[key]) >= headed(table, said) for key, said in zip(shown, headings, strict=True))
    table = desk.go(Place("logbook", "entries")).table
    kind = columns(table)["kind"]
    assert cut(table, kind, 40) == []
    index = table.model().index(0, kind)
    assert index.data() in map(tr, BRIEF.values())
    assert index.data(Qt.ItemDataRole.ToolTipRole) in [tr(one.name) for one in KINDS.values()]
    desk.window.resize(1500, 900)
    wait_until_idle(desk.window)
    assert index.data() == index.data(Qt.ItemDataRole.ToolTipRole)
    assert not any(desk.go(Place("camp")).table.isColumnHidden(at) for at in range(8))


widths = st.lists(
    st.builds(
        Wish,
        share=st.integers(1, 300),
        least=st.integers(0, 200),
        keep=st.booleans(),
        whole=st.booleans(),
        heading=st.integers(0, 90),
        wants=st.integers(0, 300),
        full=st.integers(0, 400),
        yields=st.booleans(),
        firm=st.integers(0, 200),
        cedes=st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


@given(st.integers(0, 2000), widths)
def test_each_column_has_what_it_needs_and_all_together_fill_the_room(room: int, wishes: list[Wish]) -> None:
    shared = shared_out(room, wishes)
    needs = sum(wish.least for wish in wishes)
    names = sum(wish.least * 5 // 6 for wish in wishes if not (wish.keep or wish.whole or wish.yields))
    ids = sum(wish.least for wish in wishes if wish.keep or wish.whole or wish.yields)
    for width, wish in zip(shared, wishes, strict=True):
        if wish.yields:
            firm = wish.firm if names + ids <= room else 0
            assert width >= min(wish.least, max(wish.heading, 64, firm))
            continue
        may_be_cut = wish.cedes or (needs > room and not (wish.keep or wish.whole))
        assert width >= (max(wish.least * 5 // 6, min(wish.least, wish.heading)) if may_be_cut else wish.least)
    assert room <= sum(shared) <= max(room, needs)
    first = next((at for at, wish in enumerate(wishes) if wish.wants > wish.least and not wish.cedes), None)
    if first is not None and needs <= room and not any(wish.yields for wish in wishes):
        assert shared[first] >= min(wishes[first].wants, wishes[first].least + room - needs)


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
