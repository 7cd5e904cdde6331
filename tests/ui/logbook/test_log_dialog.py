"""Logging a session: whatever kind it is, what is typed stays."""

import datetime as dt
import sqlite3
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from mentor_app.core.logbook.actions import send_back, sign_off, submit, withdraw
from mentor_app.core.logbook.queries import Activity, Filter, activities, activity_ids
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.store import Actor
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.forms import fields_of, value_of
from tests.idle import wait_until_idle
from tests.ui.desk import until
from tests.ui.dialog_steps import as_killed, fill, shown

FIRST_KIND = {"customer": "华宇", "minutes": "45 min", "at_time": "14:30", "learned": "Ask first", "next_step": "call"}


@pytest.mark.parametrize(
    ("field", "words"), [("date", "11-27"), ("date", "24.11."), ("fields.minutes", "45 min"), ("fields.at_time", "2pm")]
)
def test_what_can_not_be_read_is_kept_as_typed_and_named_at_its_field(team: MainWindow, field: str, words: str) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    target = fields_of(dialog)[field]
    target.setText(words)
    wait_until_idle(team)
    as_killed(dialog)
    dialog = shown(team, place)
    target = fields_of(dialog)[field]
    assert target.text() == words
    if field != "fields.at_time":
        dialog.save.click()
        assert words in dialog.error.text()
        assert QApplication.focusWidget() is target


def test_another_kind_of_activity_keeps_what_is_typed(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    dialog.fields["learned"].setPlainText("Ask first")
    dialog.fields["customer"].setText("华宇")
    kind = dialog.kind
    kind.setFocus()
    for _ in range(3):  # arrows over the closed list
        QTest.keyClick(kind, Qt.Key.Key_Down)
        assert QApplication.focusWidget() is kind
    assert kind.currentIndex() == 3
    wait_until_idle(team)
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.kind.currentIndex() == 3
    dialog.kind.setCurrentIndex(0)
    assert dialog.fields["learned"].toPlainText() == "Ask first"
    assert dialog.fields["customer"].text() == "华宇"


@pytest.mark.parametrize("restarts", [1, 2])
def test_opening_a_draft_of_another_kind_loses_no_field_of_the_first(team: MainWindow, restarts: int) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    first = dialog.kind.currentIndex()
    for name, words in FIRST_KIND.items():
        fill(dialog.fields[name], words)
    dialog.kind.setCurrentIndex(next(i for i in range(dialog.kind.count()) if i != first))
    team.context.flush()
    before = team.context.drafts.get(place)
    assert before is not None
    for _ in range(restarts):
        as_killed(dialog)
        dialog = shown(team, place)
        team.context.flush()
        kept = team.context.drafts.get(place)
        assert kept is not None
        assert kept.values == before.values
    dialog.kind.setCurrentIndex(first)
    assert {name: value_of(dialog.fields[name]) for name in FIRST_KIND} == FIRST_KIND
    dialog.discard()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert team.told.text() == "Nothing was changed."


def test_a_change_of_an_entry_to_another_kind_outlives_the_window(team: MainWindow) -> None:
    with team.store().read() as connection:
        drafts = activity_ids(connection, Filter(states=("draft", "submitted", "planned")))
        entries = activities(connection, drafts)
    entry = next(e for e in entries.values() if e.details.kind == "shadowing" and e.details.customer)
    place = Place("logbook", "change", entry.id)
    dialog: Any = shown(team, place)
    fill(dialog.fields["customer"], "")  # emptied is typed, too
    fill(dialog.fields["learned"], "Ask first")
    first = dialog.kind.currentIndex()
    dialog.kind.setCurrentIndex(dialog.kind.findData("case_study"))
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    dialog.kind.setCurrentIndex(first)
    assert dialog.fields["customer"].text() == ""
    assert dialog.fields["learned"].toPlainText() == "Ask first"


def test_no_kind_of_activity_makes_the_form_leave_the_screen(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    screen = dialog.screen().availableGeometry()
    dialog.move(dialog.x(), screen.bottom() - dialog.frameGeometry().height())
    heights = []
    for at in [*range(dialog.kind.count()), 0]:
        dialog.kind.setCurrentIndex(at)
        wait_until_idle(team)
        assert dialog.frameGeometry().bottom() <= screen.bottom(), dialog.kind.currentData()
        heights.append(dialog.height())
    assert heights[-1] == heights[0]  # no higher than its fields after a kind with more of them
    assert len(set(heights)) > 1
    dialog.resize(dialog.width(), 300)
    assert dialog.height() <= 320  # a low screen: the fields are scrolled


def test_steady_typing_is_kept_within_a_second(team: MainWindow, qtbot: QtBot) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    customer = dialog.fields["customer"]
    behind = []
    for _ in range(40):  # a key every 60 ms: the pause after which a draft is kept never comes
        QTest.keyClick(customer, Qt.Key.Key_A)
        qtbot.wait(60)  # the speed of typing is what is tried here
        kept = team.context.drafts.get(place)
        behind.append(len(customer.text()) - len(kept.values["fields.customer"] if kept else ""))
    assert max(behind) <= 1000 / 60


def test_nothing_is_typed_or_pressed_while_it_is_saved(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    dialog.person.setCurrentIndex(1)
    for name, words in (("customer", "华宇"), ("minutes", "30")):
        dialog.fields[name].setText(words)
    dialog.fields["learned"].setPlainText("Ask first")
    other = sqlite3.connect(team.store().engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dialog.fields["learned"].setFocus()
    QTest.keyPress(dialog.fields["learned"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    for widget in (QApplication.focusWidget(), dialog.childAt(dialog.fields["learned"].mapTo(dialog, QPoint(5, 5)))):
        QTest.keyClicks(widget, " late")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    assert dialog.fields["learned"].toPlainText() == "Ask first"  # no key gets through
    until(lambda: not dialog.isEnabled())
    until(dialog.waiting.isVisible)
    dialog.reject()
    dialog.do(lambda: pytest.fail("done a second time"))
    assert dialog.isVisible()
    assert team.context.drafts.get(place) is not None  # until it is saved
    other.execute("ROLLBACK")
    other.close()
    wait_until_idle(team)
    assert not dialog.isVisible(), dialog.error.text()
    assert team.context.drafts.get(place) is None
    with team.store().read() as connection:
        newest = max(activity_ids(connection, Filter(words="Ask first")))
        assert activities(connection, [newest])[newest].state == "submitted"


def test_words_another_kind_has_no_place_for_are_not_dropped_unseen(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    dialog.person.setCurrentIndex(1)
    dialog.fields["customer"].setText("华宇")
    dialog.fields["seen"].setPlainText("they asked for a discount")
    dialog.kind.setCurrentIndex(dialog.kind.findData("simulation"))
    dialog.keep_draft.click()
    assert dialog.isVisible()
    assert "Customer, What was seen" in dialog.error.text()
    dialog.kind.setCurrentIndex(dialog.kind.findData("shadowing"))
    assert dialog.fields["customer"].text() == "华宇"
    dialog.kind.setCurrentIndex(dialog.kind.findData("simulation"))
    dialog.keep_draft.click()
    dialog.keep_draft.click()  # before that could be read
    assert dialog.isVisible()
    dialog._warned_of = (dialog._warned_of[0], dialog._warned_of[1] - 10)
    dialog.keep_draft.click()  # said twice, it is meant
    wait_until_idle(team)
    assert not dialog.isVisible()


def test_a_correction_keeps_a_mentor_who_has_left(team: MainWindow) -> None:
    store, today = team.store(), team.context.today()
    with store.read() as connection:
        signed = activities(connection, activity_ids(connection, Filter(states=("signed_off",))))
        entry = next(a for a in signed.values() if a.details.host_id is not None and a.details.kind == "shadowing")
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE person SET left_on = ? WHERE id = ?", (str(today - dt.timedelta(days=1)), entry.details.host_id)
        )
    dialog: Any = shown(team, Place("logbook", "correct", entry.id))
    assert dialog.host.currentData() == entry.details.host_id
    dialog.fields["minutes"].setText("77")
    learned = dialog.fields["learned"].toPlainText()
    dialog.fields["learned"].setPlainText("")
    dialog.save.click()
    wait_until_idle(team)
    assert dialog.error.text() == "What was learned is needed."
    assert dialog.focusWidget() is dialog.fields["learned"]
    (draft,) = team.context.drafts.all()
    assert f"{entry.subject} {entry.details.held_on}" in draft.title  # which entry it corrects
    dialog.fields["learned"].setPlainText(learned)
    dialog.save.click()
    wait_until_idle(team)
    with store.read() as connection:
        found = activities(connection, activity_ids(connection, Filter(states=("submitted",))))
    (made,) = [a for a in found.values() if a.revises_id == entry.id]
    assert (made.details.host_id, made.details.minutes) == (entry.details.host_id, 77)


def test_another_session_is_begun_while_the_draft_of_one_stays(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    dialog.fields["customer"].setText("华宇")
    dialog.reject()
    dialog = shown(team, Place("logbook", "log"))
    dialog.another.click()
    assert dialog.fields["customer"].text() == ""
    assert dialog.focusWidget() is dialog.fields["customer"]
    dialog.fields["customer"].setText("Blue Harbor")
    dialog.reject()
    kept = [draft.values["fields.customer"] for draft in team.context.drafts.all()]
    assert sorted(map(str, kept)) == ["Blue Harbor", "华宇"]


def test_the_next_step_on_home_opens_a_form_of_its_kind(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log", detail="visit"))
    assert dialog.kind.currentData() == "visit"
    as_killed(dialog)


def test_a_click_between_two_fields_leaves_the_focus_where_one_types(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    customer, minutes = dialog.fields["customer"], dialog.fields["minutes"]
    customer.setFocus()
    between = QPoint(customer.x() + 5, (customer.geometry().bottom() + minutes.y()) // 2)
    QTest.mouseClick(customer.parentWidget(), Qt.MouseButton.LeftButton, pos=between)
    assert dialog.focusWidget() is customer
    as_killed(dialog)


def _returned(team: MainWindow) -> tuple[Activity, Actor]:
    """An entry sent back to whoever wrote it, and who did so."""
    store = team.store()
    with store.read() as connection:
        waiting = activities(connection, activity_ids(connection, Filter(states=("submitted",), kinds=("shadowing",))))
        entry = next(one for one in waiting.values() if one.details.host_id is not None)
    mentor = Actor(entry.host or "", entry.details.host_id)
    store.act(mentor, send_back, entry.id, "more, please")
    return entry, mentor


def _signed_off_elsewhere(team: MainWindow, entry: Activity, mentor: Actor) -> None:
    store, today = team.store(), team.context.today()
    store.act(Actor(entry.person, entry.person_id), submit, [entry.id], today)
    store.act(mentor, sign_off, [entry.id])


@pytest.mark.parametrize("press", ["save", "keep_draft"])
def test_words_for_an_entry_signed_off_meanwhile_are_handed_in_as_a_correction(team: MainWindow, press: str) -> None:
    entry, mentor = _returned(team)
    dialog: Any = shown(team, Place("logbook", "change", entry.id))
    fill(dialog.fields["learned"], "Ask first")
    fill(dialog.fields["minutes"], "77")
    _signed_off_elsewhere(team, entry, mentor)
    getattr(dialog, press).click()
    wait_until_idle(team)
    assert "not changed in place" in dialog.error.text()
    assert dialog.start_afresh.isVisible()
    assert dialog.start_afresh.text() == "Hand in as a correction"
    fill(dialog.fields["next_step"], "call")  # and one may go on typing before
    dialog.start_afresh.click()
    wait_until_idle(team)
    correction: Any = team.dialog
    assert (correction.isVisible(), correction.windowTitle()) == (True, "Write a correction")
    words = ("Ask first", "77", "call")
    assert tuple(value_of(correction.fields[name]) for name in ("learned", "minutes", "next_step")) == words
    assert [draft.place for draft in team.context.drafts.all()] == [Place("logbook", "correct", entry.id)]
    as_killed(correction)
    correction = shown(team, Place("logbook", "correct", entry.id))
    assert tuple(value_of(correction.fields[name]) for name in ("learned", "minutes", "next_step")) == words
    correction.save.click()
    wait_until_idle(team)
    assert not correction.isVisible(), correction.error.text()
    with team.store().read() as connection:
        found = activities(connection, activity_ids(connection, Filter(states=("submitted",))))
    (made,) = [one for one in found.values() if one.revises_id == entry.id]
    assert (made.details.learned, made.details.minutes, made.details.next_step) == ("Ask first", 77, "call")
    assert team.context.drafts.all() == []


@pytest.mark.parametrize(
    ("doing", "press", "said", "offered", "becomes"),
    [
        (submit, "save", "waits for sign-off. Take it back", "Take it back and save", "submitted"),
        (submit, "keep_draft", "waits for sign-off. Take it back", "Take it back and save", "draft"),
        (withdraw, "save", "has been withdrawn. Restore it", "Restore it and save", "submitted"),
        (withdraw, "keep_draft", "has been withdrawn. Restore it", "Restore it and save", "returned"),
    ],
)
def test_words_for_an_entry_handed_in_or_withdrawn_meanwhile_go_in_after_the_step_that_is_offered(
    team: MainWindow, doing: Any, press: str, said: str, offered: str, becomes: str
) -> None:
    entry, _ = _returned(team)
    dialog: Any = shown(team, Place("logbook", "change", entry.id))
    fill(dialog.fields["learned"], "Ask first")
    more = (team.context.today(),) if doing is submit else ()
    team.store().act(Actor(entry.person, entry.person_id), doing, [entry.id], *more)
    getattr(dialog, press).click()
    wait_until_idle(team)
    assert said in dialog.error.text()
    assert "signed off" not in dialog.error.text()
    assert (dialog.start_afresh.isVisible(), dialog.start_afresh.text()) == (True, offered)
    dialog.start_afresh.click()
    wait_until_idle(team)
    if team.dialog is not None and team.dialog.isVisible():  # read again: the words of both stand there
        getattr(team.dialog, press).click()
        wait_until_idle(team)
    assert team.dialog is None or not team.dialog.isVisible(), team.dialog.error.text()
    with team.store().read() as connection:
        found = activities(connection, [entry.id])[entry.id]
    assert (found.state, found.details.learned) == (becomes, "Ask first")
    assert team.context.drafts.all() == []


def test_a_correction_with_words_of_another_kind_keeps_the_kind_and_says_what_has_no_place(team: MainWindow) -> None:
    entry, mentor = _returned(team)
    dialog: Any = shown(team, Place("logbook", "change", entry.id))
    dialog.kind.setCurrentIndex(dialog.kind.findData("simulation"))
    fill(dialog.fields["title"], "Price")
    fill(dialog.fields["learned"], "Ask first")
    _signed_off_elsewhere(team, entry, mentor)
    dialog.keep_draft.click()
    dialog._warned_of = (dialog._warned_of[0], dialog._warned_of[1] - 10)
    dialog.keep_draft.click()
    wait_until_idle(team)
    dialog.start_afresh.click()
    wait_until_idle(team)
    correction: Any = team.dialog
    assert correction.kind.currentData() == "shadowing"
    assert value_of(correction.fields["learned"]) == "Ask first"
    correction.save.click()
    assert "no place for what you typed" in correction.error.text()
    as_killed(correction)


def test_a_draft_is_called_by_its_words_and_dated_by_the_day_they_were_typed(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    QTest.keyClicks(dialog.fields["at_time"], "soon")
    QTest.keyClicks(dialog.fields["learned"], "Ask first")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    (draft,) = team.context.drafts.all()
    assert draft.title == "Log a session · Ask first"
    old = draft.written.replace(draft.at.isoformat().encode(), b"2026-01-05T08:00:00+00:00")
    draft.file.write_bytes(old)
    for typed, same in ((False, True), (True, False)):
        team.context.drafts.leave(place)
        dialog = shown(team, place)
        assert dialog.fields["learned"].toPlainText() == "Ask first"
        if typed:
            QTest.keyClicks(dialog.fields["learned"], "!")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert (draft.file.read_bytes() == old) is same


def test_the_hires_own_mentor_is_proposed_until_somebody_chooses_another(team: MainWindow) -> None:
    with team.store().read() as connection:
        mentors = {pair.apprentice_id: pair.mentor_id for pair in pairings(connection) if pair.ended_on is None}
    one, other, third = list(mentors)[:3]
    dialog: Any = shown(team, Place("logbook", "log"))
    assert dialog.person.currentData() is None
    for hire in (one, other):
        _choose(dialog.person, hire)
        assert dialog.host.currentData() == mentors[hire]
    chosen = next(key for key in mentors.values() if key not in (mentors[other], mentors[third]))
    _choose(dialog.host, chosen)
    _choose(dialog.person, third)
    assert dialog.host.currentData() == chosen


def _choose(box: QComboBox, value: int) -> None:
    """With the arrows, as somebody goes through the box."""
    box.setFocus()
    key = Qt.Key.Key_Down if box.currentIndex() < box.findData(value) else Qt.Key.Key_Up
    while box.currentData() != value:
        QTest.keyClick(box, key)
