"""Home stays as it is where it was left, and follows what is done."""

import datetime as dt
import re
from collections import Counter
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea

from mentor_app.core.camp.queries import standings
from mentor_app.core.logbook.queries import activities, inbox_ids
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.pairing.rules import AlertKind
from mentor_app.core.pairing.watch import UNPAIRED_DAYS, watch
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.roles import Role
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.controls import ElidedLabel
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY, Desk
from tests.ui.dialog_steps import shown


def test_somebody_added_from_home_is_counted_there(desk: Desk) -> None:
    home: Any = desk.go(Place("home"))
    before = int(home.people.value.text())
    dialog: Any = shown(desk.window, Place("people", "add"))
    dialog.name.setText("冯程")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    assert int(home.people.value.text()) == before + 1


def test_a_list_that_is_read_again_does_not_scroll_the_page(desk: Desk) -> None:
    for number in range(9):
        desk.window.context.drafts.put(Place("logbook", "feedback", number), f"draft {number}", {"feedback": "words"})
    desk.window.resize(900, 500)
    home: Any = desk.go(Place("home"))
    (area,) = [area for area in home.findChildren(QScrollArea) if area.isAncestorOf(home.unfinished)]
    home.unfinished.buttons[0].setFocus()
    wait_until_idle(desk.window)
    at = area.verticalScrollBar().value()
    home.refresh()
    wait_until_idle(desk.window)
    assert area.verticalScrollBar().value() == at
    assert desk.window.focusWidget() not in desk.window._buttons.values()


def test_a_click_anywhere_on_a_line_opens_it(desk: Desk) -> None:
    """On its badge as on its words: the badge looks like what is to be done."""
    desk.window.context.drafts.put(Place("people", "add"), "draft", {"name": "冯"})
    home: Any = desk.go(Place("home"))
    home.refresh()
    wait_until_idle(desk.window)
    row: Any = home.unfinished.buttons[0].parentWidget()
    mark = next(one for one in row.findChildren(QLabel) if one.property("state"))
    QTest.mouseClick(mark, Qt.MouseButton.RightButton)
    QTest.mousePress(mark, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(mark, Qt.MouseButton.LeftButton, pos=QPoint(0, 400))  # thought better of
    wait_until_idle(desk.window)
    assert getattr(desk.window, "dialog", None) is None
    QTest.mouseClick(mark, Qt.MouseButton.LeftButton)
    wait_until_idle(desk.window)
    dialog: Any = desk.window.dialog
    assert (dialog.isVisible(), dialog.name.text()) == (True, "冯")
    dialog.reject()


def test_a_mentor_finds_the_apprentices_with_their_stage_and_what_waits(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        running = next(p for p in pairings(connection) if p.ended_on is None and p.mentor_id != desk.me.id)
        mentor = get_person(connection, running.mentor_id)
        waiting = Counter(one.person_id for one in activities(connection, inbox_ids(connection, mentor.id)).values())
        mentored = [p.apprentice_id for p in pairings(connection) if p.ended_on is None and p.mentor_id == mentor.id]
        stands = standings(connection, TODAY, mentored)
    desk.window.become(mentor.id)
    home: Any = desk.go(Place("home"))
    said = {one.text() for one in home.apprentices.findChildren(QLabel)}
    assert {one.text() for one in home.apprentices.buttons} == {one.person.name for one in stands}
    for one in stands:
        assert one.stage is None or any(words.startswith(one.stage.name("en")) for words in said)
        assert not waiting[one.person.id] or f"{waiting[one.person.id]} to sign off" in said
    home.apprentices.buttons[0].setFocus()
    QTest.keyClick(home.apprentices.buttons[0], Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    first = min(stands, key=lambda one: (-waiting[one.person.id], one.person.name))
    page: Any = desk.window.pages["camp"]
    assert (desk.window.here().room, page.stack.currentIndex(), page.title.text()) == ("camp", 1, first.person.name)


def test_who_waits_longer_than_the_others_is_told_with_the_days(desk: Desk) -> None:
    long_ago = TODAY - dt.timedelta(days=UNPAIRED_DAYS + 5)
    for name in ("冯程", "何静", "Ada", "Bo", "Cy"):
        told = PersonDetails(name=name, hired_on=long_ago, roles=frozenset({Role.NEW_HIRE}))
        desk.window.context.act(add_person, told)
    home: Any = desk.go(Place("home"))
    with desk.window.store().read() as connection:
        waiting = [one for one in watch(connection, TODAY) if one.kind == AlertKind.UNPAIRED]
    assert len(waiting) >= 5
    more = next(one for one in home.watch.buttons if one.text().startswith(f"{len(waiting) - 3} more"))
    notes = [one.text() for one in more.parentWidget().findChildren(ElidedLabel)]
    assert f"waiting longer than {UNPAIRED_DAYS} days" in notes
    more.click()
    wait_until_idle(desk.window)
    assert desk.window.here() == Place("pairing", "assign")


def test_of_a_project_that_should_have_closed_the_day_is_read_and_its_name_is_cut(team: MainWindow) -> None:
    team.resize(1024, 700)
    team.go(Place("home"))
    wait_until_idle(team)
    home: Any = team.pages["home"]
    said = [one for one in home.watch.findChildren(ElidedLabel) if "to close on" in one.text()]
    assert said
    for one in said:
        assert re.match(r"was to close on \d{4}-\d\d-\d\d", one._shown)
