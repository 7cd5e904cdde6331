"""The list of people, and finding somebody elsewhere by what they are looked for by there."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from sqlalchemy import text

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.desk import Desk, until


@pytest.fixture
def page(team: MainWindow) -> Any:
    team.go(Place("people"))
    wait_until_idle(team)
    return team.pages["people"]


def add(team: MainWindow, code: str) -> None:
    details = PersonDetails(name="王伟", code=code, team=f"Team {code}", crm_names=(f"Wang Wei {code}",))
    team.store().act(ME, add_person, details)
    team.reload()
    wait_until_idle(team)


def test_people_of_one_name_are_told_apart_by_their_numbers(team: MainWindow, page: Any) -> None:
    at = [column.key for column in page.model.columns].index("code")
    add(team, "A1")
    assert page.table.isColumnHidden(at)  # nobody has to be told apart
    add(team, "A2")
    assert not page.table.isColumnHidden(at)
    QTest.keyClicks(page.search, "wang a2")
    shown = [[page.model.index(row, column).data() for column in (0, at)] for row in range(page.model.rowCount())]
    assert shown == [["王伟", "A2"]]


@pytest.mark.parametrize("key", [Qt.Key.Key_K, None])
def test_a_finder_finds_people_as_their_list_does(team: MainWindow, key: Qt.Key | None) -> None:
    add(team, "A1")
    add(team, "A2")
    if key is None:
        team.choose_me()
    else:
        QTest.keyClick(team, key, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(team)
    QTest.keyClicks(team.finder.field, "wang wei")
    found = [team.finder.list.item(row).text() for row in range(team.finder.list.count())]
    assert found == ["王伟 (A1, Team A1)", "王伟 (A2, Team A2)"]
    team.finder.reject()


@pytest.mark.parametrize("room", ["people", "camp", "logbook", "pipeline"])
def test_a_name_is_found_without_its_marks(team: MainWindow, room: str) -> None:
    team.go(Place(room))
    wait_until_idle(team)
    page: Any = team.pages[room]
    QTest.keyClicks(page.search, "zoe laurent")
    wait_until_idle(team)
    model = page.model
    assert model.rowCount()
    for row in range(model.rowCount()):
        assert "Zoë Laurent" in [model.index(row, column).data() for column in range(model.columnCount())]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Söhne KG", "sohne"), ("Ångström AB", "angstrom"), ("鲸鱼航空", "jingyuhang"), ("鲸鱼航空", "jyhk")],
)
def test_a_customer_is_found_by_plain_letters(team: MainWindow, name: str, typed: str) -> None:
    with team.store().engine.begin() as connection:
        for table, column in (("opportunity", "account"), ("activity", "customer")):
            connection.execute(text(f"UPDATE {table} SET {column} = :name WHERE id = 1"), {"name": name})
    for at, room in enumerate(("pipeline", "logbook")):
        team.go(Place(room))
        wait_until_idle(team)
        page: Any = team.pages[room]
        QTest.keyClicks(page.search, typed)
        wait_until_idle(team)
        assert list(page.model.ids) == [1]
        page.search.clear()
        wait_until_idle(team)
        team.activateWindow()
        until(team.isActiveWindow)
        QTest.keyClick(team, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        wait_until_idle(team)
        QTest.keyClicks(team.finder.field, typed)
        found = [team.finder.list.item(row).text() for row in range(team.finder.list.count())]
        assert found == [f"{name}   Opportunities", f"{name}   Logbook"]
        for _ in range(at):
            QTest.keyClick(team.finder.field, Qt.Key.Key_Down)
        QTest.keyClick(team.finder.field, Qt.Key.Key_Return)
        wait_until_idle(team)
        assert (team.here().room, page.search.text(), list(page.model.ids)) == (room, name, [1])


def test_somebody_added_is_shown_in_the_list_and_again_when_that_is_done_again(team: MainWindow, page: Any) -> None:
    team.resize(1024, 700)

    def is_shown() -> bool:
        at = page.table.currentIndex()
        return bool(at.data() == "Zzz Last" and page.table.viewport().rect().contains(page.table.visualRect(at)))

    QTest.keyClick(team, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(team)
    dialog: Any = team.dialog
    assert "The name itself counts as one of them." in {one.text() for one in dialog.findChildren(QLabel)}
    QTest.keyClicks(dialog.name, "Zzz Last")
    dialog.save.click()
    wait_until_idle(team)
    assert is_shown()
    for key, there in ((Qt.Key.Key_Z, False), (Qt.Key.Key_Y, True)):
        team.activateWindow()
        until(team.isActiveWindow)  # the form has just closed
        QTest.keyClick(team, key, Qt.KeyboardModifier.ControlModifier)
        wait_until_idle(team)
        assert is_shown() is there
    add(team, "A1")  # by somebody else
    assert is_shown()


def test_those_found_are_counted(desk: Desk) -> None:
    page = desk.go(Place("people"))
    everybody = len(page.model.ids)
    assert page.context.text() == f"{everybody} people"
    page.search.setText(desk.me.name)
    assert page.context.text() == "1 person"
