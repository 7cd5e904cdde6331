"""Taking back in the window: keys, toasts, what stands in the way; and the page that tells who did what."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPlainTextEdit
from sqlalchemy import text

from mentor_app.core.history.undo import to_undo
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.people.roles import Role
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.merging import merge
from mentor_app.core.playbooks.actions import save_part
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.store import Actor
from mentor_app.core.store.restore import note_restored
from mentor_app.core.text import by_user
from mentor_app.ui import taking_back
from mentor_app.ui.i18n import current
from mentor_app.ui.navigation import Place
from mentor_app.ui.registry import PAGES
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.desk import Desk, until

LEFT = Qt.MouseButton.LeftButton


def capacity(desk: Desk) -> int:
    store = desk.window.store()
    with store.read() as connection:
        from sqlalchemy import select

        from mentor_app.core.pairing.tables import mentor_capacity

        found = connection.execute(
            select(mentor_capacity.c.capacity).where(mentor_capacity.c.person_id == desk.me.id)
        ).scalar()
    return pairing.rules.DEFAULT_CAPACITY if found is None else int(found)


def act(desk: Desk, action: Any, *args: Any) -> None:
    desk.window.context.act(action, *args)
    wait_until_idle(desk.window)


def press(desk: Desk, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.ControlModifier
    for modifier in modifiers:
        held |= modifier
    desk.window.activateWindow()
    until(desk.window.isActiveWindow)  # a box may just have closed
    QTest.keyClick(desk.window, key, held)
    wait_until_idle(desk.window)


def test_the_toast_of_any_change_takes_it_back_and_covers_nothing(desk: Desk) -> None:
    before, window = capacity(desk), desk.window
    act(desk, pairing.set_capacity, desk.me.id, 7)
    assert (window.told.text(), window.undo.text()) == (f"Mentor's capacity set · {desk.me.name}", "Undo")
    assert window.undo.isVisible()
    toast, pages = (QRect(one.mapTo(window, QPoint(0, 0)), one.size()) for one in (window._toast, window.stack))
    assert not toast.intersects(pages)
    QTest.mouseClick(window.undo, LEFT)
    wait_until_idle(window)
    assert capacity(desk) == before
    assert (window.told.text(), window.undo.text()) == (f"Taken back: Mentor's capacity set · {desk.me.name}", "Redo")
    QTest.mouseClick(window.undo, LEFT)
    wait_until_idle(window)
    assert capacity(desk) == 7
    assert window.told.text().startswith("Done again: ")


def test_ctrl_z_and_ctrl_shift_z_also_after_a_restart(desk: Desk) -> None:
    before = capacity(desk)
    for n in (7, 8):
        act(desk, pairing.set_capacity, desk.me.id, n)
    press(desk, Qt.Key.Key_Z)
    assert capacity(desk) == 7
    desk.close_and_open()
    press(desk, Qt.Key.Key_Z)
    assert capacity(desk) == before
    press(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    press(desk, Qt.Key.Key_Y)
    assert capacity(desk) == 8
    press(desk, Qt.Key.Key_Y)
    until(lambda: bool(desk.window._errors))
    assert "nothing to do again" in desk.window._errors[-1][1].informativeText()


def test_what_one_did_long_ago_is_asked_about_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    act(desk, pairing.set_capacity, desk.me.id, 7)
    monkeypatch.setattr(taking_back, "LONG_AGO", dt.timedelta(0))
    press(desk, Qt.Key.Key_Z)
    box = desk.window.taking_back.box
    assert box.isVisible()
    assert f"Mentor's capacity set · {desk.me.name}" in box.informativeText()
    assert capacity(desk) == 7
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert capacity(desk) == 7
    press(desk, Qt.Key.Key_Z)
    until(lambda: desk.window.taking_back.box is not box)
    QTest.keyClick(desk.window.taking_back.box, Qt.Key.Key_Return)
    until(lambda: capacity(desk) != 7)


def test_of_what_one_did_long_ago_too_it_is_said_at_once_what_rests_on_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, me = desk.window.store(), desk.me
    act(desk, pairing.set_capacity, me.id, 7)
    store.act(Actor(desk.other.name, desk.other.id), pairing.set_capacity, me.id, 8)
    monkeypatch.setattr(taking_back, "LONG_AGO", dt.timedelta(0))
    press(desk, Qt.Key.Key_Z)
    box = desk.window.taking_back.box
    assert box.text() == "Something newer rests on it"
    assert (capacity(desk), box.isVisible()) == (8, True)
    box.close()


def test_what_others_did_can_t_be_taken_back_by_who_does_not_run_the_camp(desk: Desk) -> None:
    window, store = desk.window, desk.window.store()
    store.act(Actor(desk.other.name, desk.other.id), pairing.set_capacity, desk.me.id, 8)
    details = people.PersonDetails(
        name=desk.me.name, hired_on=desk.me.hired_on, team=desk.me.team, roles=frozenset({Role.MENTOR})
    )
    store.act(Actor(desk.other.name, desk.other.id), people.edit_person, desk.me.id, details)
    window.reload()
    wait_until_idle(window)
    page = desk.go(Place("history"))
    assert not page.undo.isEnabled()
    assert page.stays.text() == "Somebody else did this: taking it back takes the role Trainer or Team lead."
    assert page.stays.isVisible()


def test_esc_leads_from_a_record_s_history_back_to_where_it_was_asked_for(desk: Desk) -> None:
    page = desk.go(Place("people"))
    page.table.selectRow(2)
    page.table.setFocus()
    press(desk, Qt.Key.Key_H)
    history = desk.window.pages["history"]
    assert desk.window.stack.currentWidget() is history
    assert history.record.isVisible()
    QTest.keyClick(history.table, Qt.Key.Key_Escape)
    wait_until_idle(desk.window)
    assert desk.window.stack.currentWidget() is page
    assert [row.row() for row in page.table.selectionModel().selectedRows()] == [2]
    assert desk.go(Place("history")).here() == Place("history")


def test_what_was_chosen_stays_chosen_when_it_is_taken_back_though_ctrl_is_held_still(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in (7, 8, 9):
        act(desk, pairing.set_capacity, desk.me.id, n)
    page = desk.go(Place("history"))
    for at, taken_back in ((3, False), (2, True)):
        spot = page.table.visualRect(page.model.index(at, 0)).center()
        QTest.mouseClick(page.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, spot)
        kept = page._chosen().id
        QTest.keyPress(desk.window, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
        if taken_back:
            desk.window.taking_back.take_back(kept)
        else:
            desk.window.taking_back.undo()
        wait_until_idle(desk.window)
        QTest.keyRelease(desk.window, Qt.Key.Key_Control)
        assert len(page.table.selectionModel().selectedRows()) == 1
        assert (page._chosen().id, page._chosen().stands) == (kept, not taken_back)


def test_nobody_takes_back_what_another_did(desk: Desk) -> None:
    act(desk, pairing.set_capacity, desk.me.id, 7)
    desk.window.become(desk.other.id)
    wait_until_idle(desk.window)
    assert not desk.window._toast.isVisible()
    press(desk, Qt.Key.Key_Z)
    assert capacity(desk) == 7
    assert desk.window.told.text() == "There is nothing to take back."


def test_ctrl_z_in_a_field_takes_back_what_was_typed_there(desk: Desk) -> None:
    act(desk, pairing.set_capacity, desk.me.id, 7)
    page = desk.go(Place("people"))
    page.search.setFocus()
    QTest.keyClicks(page.search, "Zoe")
    QTest.keyClick(page.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    assert (page.search.text(), capacity(desk)) == ("", 7)


def test_what_rests_on_it_is_offered_first(desk: Desk) -> None:
    store, me = desk.window.store(), desk.me
    with store.read() as connection:
        who = next(p for p in everybody(connection) if Role.NEW_HIRE in p.roles)

    def team(name: str) -> people.PersonDetails:
        return people.PersonDetails(name=who.name, hired_on=who.hired_on, team=name, roles=frozenset(who.roles))

    act(desk, people.edit_person, who.id, team("One"))
    store.act(Actor(desk.other.name, desk.other.id), people.edit_person, who.id, team("Two"))
    press(desk, Qt.Key.Key_Z)
    box = desk.window.taking_back.box
    assert f"“Person changed” ({desk.other.name}" in box.informativeText()
    next(b for b in box.buttons() if b.text() == "Take that back first").click()
    wait_until_idle(desk.window)
    press(desk, Qt.Key.Key_Z)
    with store.read() as connection:
        assert everybody(connection, who.id)[0].team == who.team
    assert me.id != desk.other.id


def test_what_stays_does_not_keep_one_from_what_was_done_before(desk: Desk) -> None:
    before = capacity(desk)
    act(desk, pairing.set_capacity, desk.me.id, 6)
    act(desk, pairing.set_capacity, desk.me.id, 7)
    for name in ("Twin", "Other"):
        desk.window.store().act(Actor("Else"), people.add_person, people.PersonDetails(name=name))
    with desk.window.store().read() as connection:
        ids = {one.name: one.id for one in everybody(connection)}
    act(desk, merge, ids["Twin"], ids["Other"])
    for _ in range(2):  # it is not in the way of the next one either
        press(desk, Qt.Key.Key_Z)
        box = desk.window.taking_back.box
        assert "can't be told apart again" in box.text()
        assert capacity(desk) != before
        assert f"Mentor's capacity set · {desk.me.name}" in box.informativeText()
        box.button(QMessageBox.StandardButton.Cancel).click()
        wait_until_idle(desk.window)
    press(desk, Qt.Key.Key_Z)
    box = desk.window.taking_back.box
    next(b for b in box.buttons() if b.text() == "Take that back instead").click()
    wait_until_idle(desk.window)
    assert capacity(desk) == 6
    press(desk, Qt.Key.Key_Z)  # it was said once, and is passed over now
    wait_until_idle(desk.window)
    assert (capacity(desk), desk.window.taking_back.box) == (before, box)


@pytest.mark.parametrize("erased", [True, False], ids=["erased", "restored"])
def test_what_stays_is_told_before_what_rests_on_what_was_done_before_it(desk: Desk, erased: bool) -> None:
    store, other = desk.window.store(), Actor(desk.other.name, desk.other.id)
    for name in ("Zara", "Ben"):
        store.act(other, people.add_person, people.PersonDetails(name=name))
    with store.read() as connection:
        ids = {one.name: one.id for one in everybody(connection)}
    act(desk, people.edit_person, ids["Zara"], people.PersonDetails(name="Zara Quill"))
    store.act(other, people.edit_person, ids["Zara"], people.PersonDetails(name="Zara Q."))
    if erased:
        act(desk, erase, ids["Ben"])
        last = "Personal data erased"
    else:
        with store.read() as connection:
            newest = to_undo(connection, other)
        assert newest is not None
        store.act(desk.window.context.actor(), note_restored, newest.id)
        last = "Restored a backup"
    press(desk, Qt.Key.Key_Z)
    box = desk.window.taking_back.box
    assert box.text().startswith(f"“{last}” stays as it was done. ")
    before, mine, _when, newer = box.informativeText().splitlines()
    assert (before, mine) == ("What you did before that:", "Person changed · Zara Q.")
    assert newer.startswith(f"“Person changed” ({desk.other.name}, 20")
    next(b for b in box.buttons() if b.text() == "Take that back first").click()
    wait_until_idle(desk.window)
    with store.read() as connection:
        assert everybody(connection, ids["Zara"])[0].name == "Zara Quill"


@pytest.fixture
def page(desk: Desk) -> Any:
    act(desk, pairing.set_capacity, desk.me.id, 7)
    return desk.go(Place("history"))


def shown(page: Any) -> list[str]:
    return [page.model.row(at).title.render(taking_back.current()) for at in range(page.model.rowCount())]


def test_the_page_tells_who_did_what_with_before_and_after(desk: Desk, page: Any) -> None:
    assert shown(page)[0] == "Mentor's capacity set"
    assert page.what.text() == f"Mentor's capacity set · {desk.me.name}"
    assert [page.lines.rows.index(0, at).data() for at in range(4)] == [desk.me.name, "Capacity", "–", "7"] or [
        page.lines.rows.index(0, at).data() for at in (1, 3)
    ] == ["Capacity", "7"]
    QTest.mouseClick(page.undo, LEFT)
    wait_until_idle(desk.window)
    assert shown(page)[:2] == ["Taken back: Mentor's capacity set", "Mentor's capacity set"]
    assert (page.mark.text(), page.undo.isEnabled()) == ("taken back", False)


def test_filters_leave_what_fits_and_a_bad_date_is_said(desk: Desk, page: Any) -> None:
    everything = len(shown(page))
    page.whose.setCurrentIndex(page.whose.findText("Mine"))
    page.whose.activated.emit(1)
    wait_until_idle(desk.window)
    assert shown(page) == ["Mentor's capacity set"]
    at = page.whose.findText(f"computer user {ME.name}")
    page.whose.setCurrentIndex(at)
    page.whose.activated.emit(at)
    wait_until_idle(desk.window)
    assert {page.model.row(at).by for at in range(page.model.rowCount())} == {by_user(ME.name)}
    page.whose.setCurrentIndex(0)
    page.kind.setCurrentIndex(page.kind.findText("Pairings"))
    page.kind.activated.emit(1)
    wait_until_idle(desk.window)
    assert shown(page)[0] == "Mentor's capacity set"
    page.kind.setCurrentIndex(0)
    page.first.setText("24.11.")
    until(lambda: "is not a date" in page.fault.text())
    page.first.setText("2099-01-01")
    until(lambda: not shown(page))
    assert (page.empty.isVisible(), page.fault.isVisible()) == (True, False)
    page.first.clear()
    until(lambda: len(shown(page)) == everything)


def test_every_list_of_records_leads_to_their_history(desk: Desk, page: Any) -> None:
    people_page = desk.go(Place("people"))
    people_page.table.selectRow(0)
    people_page.table.setFocus()
    chosen = people_page.model.row(0)
    QTest.keyClick(people_page.table, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    assert desk.window.here() == Place("history", "person", chosen.id)
    assert page.record.accessibleName() == f"Only: {chosen.name}"
    assert shown(page) == ["Filled with the sample team"]
    QTest.mouseClick(page.record, LEFT)
    wait_until_idle(desk.window)
    assert desk.window.here() == Place("history")


def test_long_values_are_shown_where_they_differ_and_open_whole(desk: Desk, page: Any) -> None:
    window, book = desk.window, desk.books[0].id
    before, after = ("Ask first what they compare it with. " * 9 + words for words in ("Then wait.", "Then listen."))
    done = window.store().act(Actor(desk.me.name, desk.me.id), save_part, book, Part(title="dear", body=before))
    window.store().act(Actor("root"), save_part, book, Part(title="dear", body=after), done.result)
    window.reload()
    wait_until_idle(window)
    page.table.choose(0)
    wait_until_idle(window)
    assert page.model.row(0).by == by_user("root")
    (shown,) = [[page.lines.model().index(0, at).data() for at in range(4)]]
    assert shown[2:] == ["… they compare it with. Then wait.", "… they compare it with. Then listen."]
    page.lines.setFocus()
    page.lines.choose(0)
    QTest.keyClick(page.lines, Qt.Key.Key_Return)
    wait_until_idle(window)
    dialog: Any = window.dialog
    texts = [one.toPlainText() for one in dialog.findChildren(QPlainTextEdit)]
    assert texts == [before.strip(), after.strip()]
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_the_history_is_exported_value_by_value(desk: Desk, page: Any, tmp_path: Path) -> None:
    page.whose.setCurrentIndex(page.whose.findText("Mine"))
    page.whose.activated.emit(1)
    wait_until_idle(desk.window)
    page.export_to(tmp_path / "h.xlsx")
    wait_until_idle(desk.window)
    rows = list(openpyxl.load_workbook(tmp_path / "h.xlsx").active.iter_rows(values_only=True))
    assert rows[0][1:5] == ("When", "Who", "What", "Record")
    shown = [page.model.row(at).title.render(current()) for at in range(page.model.rowCount())]
    assert list(dict.fromkeys(row[3] for row in rows[1:])) == list(dict.fromkeys(shown))
    assert rows[1][2:8] == (desk.me.name, "Mentor's capacity set", desk.me.name, "Capacity", rows[1][6], "7")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_neither_a_page_nor_a_record_s_history_makes_a_small_window_wider(desk: Desk, language: str) -> None:
    name = "周 Alexandra Blackwood-Smythe of Neverland"
    with desk.window.store().engine.begin() as connection:
        for table, column in (("person", "name"), ("project", "name"), ("opportunity", "key"), ("playbook", "title")):
            connection.execute(text(f"UPDATE {table} SET {column} = '{name} ' || id"))
        shown = {
            kind: connection.execute(text(f"SELECT max(id) FROM {kind}")).scalar_one()
            for kind in ("person", "project", "pairing", "activity", "playbook", "opportunity")
        }
    desk.settings.language = language
    desk.close_and_open()
    desk.window.resize(1024, 700)
    for spec in PAGES:
        desk.go(Place(spec.room))
        assert desk.window.width() == 1024, spec.room
    for kind, key in shown.items():
        page = desk.go(Place("history", kind, key))
        assert page.record.isVisible()
        assert page.record.text().endswith("…  ✕") or page.record.width() >= page.record.sizeHint().width()
        assert desk.window.width() == 1024, kind
