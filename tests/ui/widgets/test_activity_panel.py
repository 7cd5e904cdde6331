"""Feedback on an entry: its own, kept, given once."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton

from mentor_app.core.history.undo import undo
from mentor_app.core.logbook.actions import save_activity, send_back, sign_off
from mentor_app.core.logbook.kinds import KINDS, ActivityState
from mentor_app.core.logbook.queries import Filter, activities, activity_ids
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.queries import people
from mentor_app.ui.i18n import current
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.activity_panel import ActivityPanel
from tests.idle import wait_until_idle
from tests.ui.desk import LEAVING, TODAY, WORDS, Desk, until


@pytest.mark.parametrize("leave", LEAVING, ids=lambda leave: leave.__name__)
def test_feedback_is_kept(desk: Desk, leave: Callable[[Desk], None]) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    leave(desk)  # at once, before any pause
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == WORDS


def test_feedback_is_each_entrys_own_and_ends_with_the_answer(desk: Desk) -> None:
    first, second = desk.waiting
    page = desk.go(Place("logbook", id=first))
    page.panel.feedback.insertPlainText(WORDS)
    page = desk.go(Place("logbook", id=second))
    assert page.panel.feedback.toPlainText() == ""
    page.panel.feedback.insertPlainText("no")
    page = desk.go(Place("logbook", id=first))
    assert page.panel.feedback.toPlainText() == WORDS
    page.panel.send_back.click()
    wait_until_idle(desk.window)
    assert [d.place.id for d in desk.window.context.drafts.all()] == [second]


def test_the_words_of_an_answer_taken_back_stand_in_the_field_again(desk: Desk) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    panel = page.panel
    panel.feedback.insertPlainText(WORDS)
    until(panel.send_back.isEnabled)
    panel.send_back.click()
    wait_until_idle(desk.window)
    QTest.mouseClick(desk.window.undo, Qt.MouseButton.LeftButton)
    wait_until_idle(desk.window)
    assert panel.feedback.toPlainText() == WORDS
    assert desk.window.context.drafts.all() == []  # until it is corrected
    desk.other_person_and_back()
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert panel.feedback.toPlainText() == WORDS
    panel.feedback.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(panel.feedback, "!")
    desk.close_and_open()
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == WORDS + "!"
    page.panel.feedback.selectAll()
    QTest.keyClick(page.panel.feedback, Qt.Key.Key_Delete)
    desk.other_page()
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == ""


def test_the_words_of_an_answer_are_nobody_elses_to_correct(desk: Desk) -> None:
    first, store = desk.waiting[0], desk.window.store()
    given = store.act(desk.window.context.actor(), send_back, first, WORDS).change_set_id
    desk.window.become(desk.other.id)
    wait_until_idle(desk.window)
    store.act(desk.window.context.actor(), undo, given)
    assert desk.go(Place("logbook", id=first)).panel.feedback.toPlainText() == ""


def test_nothing_is_typed_or_pressed_while_an_answer_waits(desk: Desk) -> None:
    first, second = desk.waiting
    page = desk.go(Place("logbook", id=second))
    page.panel.feedback.insertPlainText("for the second")
    page = desk.go(Place("logbook", id=first))
    panel = page.panel
    panel.feedback.insertPlainText(WORDS)
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    panel.send_back.click()
    QTest.keyClicks(panel.feedback, " no part of it")
    until(lambda: not panel.sign.isEnabled() and not panel.withdraw.isEnabled())
    assert panel.feedback.toPlainText() == WORDS
    panel.send_back.click()
    until(lambda: "Waiting for the store" in desk.window.told.text())  # not silent
    desk.window.go(Place("logbook", id=second))
    until(lambda: panel.activity.id == second)
    assert panel.feedback.toPlainText() == "for the second"  # another entry is free
    QTest.keyClicks(panel.feedback, "!")
    other.execute("ROLLBACK")
    other.close()
    wait_until_idle(desk.window)
    assert not panel.feedback.isReadOnly()
    panel._autosave.flush()
    (draft,) = desk.window.context.drafts.all()
    assert draft.place.id == second
    assert "!" in draft.values["feedback"]
    with desk.window.store().read() as connection:
        (review,) = activities(connection, [first])[first].reviews
    assert review.comment == WORDS


def test_many_signed_off_at_once_get_each_its_own_feedback(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    page.table.selectAll()
    chosen = [activity.id for activity in page._chosen()]
    first, second, *_ = chosen
    for entry, words in ((first, "for the first"), (second, "for the second")):
        page.table.choose(chosen.index(entry))
        assert page.panel.activity.id == entry
        page.panel.feedback.insertPlainText(words)
    page.table.selectAll()
    page.sign_all.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        said = {key: found.reviews[-1].comment for key, found in activities(connection, chosen).items()}
    assert said == dict.fromkeys(chosen) | {first: "for the first", second: "for the second"}
    assert desk.window.context.drafts.all() == []


def test_a_refused_answer_to_many_reads_the_list_again(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    page.table.selectAll()
    chosen = [activity.id for activity in page._chosen()]
    desk.window.store().act(desk.window.context.actor(), sign_off, chosen[:1], "")  # by another window
    page.sign_all.click()
    wait_until_idle(desk.window)
    page.table.selectAll()
    assert [activity.id for activity in page._chosen()] == chosen[1:]
    (box,) = [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    assert "None was signed off, for one can't be" in box.informativeText()


def test_one_entry_on_two_pages_has_one_feedback(desk: Desk) -> None:
    first = desk.waiting[0]
    page = desk.go(Place("logbook", id=first))
    page.panel.feedback.insertPlainText("one")
    desk.go(Place("home"))
    elsewhere = ActivityPanel(desk.window.context)
    elsewhere.show_activity(page.panel.activity)
    elsewhere.show()
    assert elsewhere.feedback.toPlainText() == "one"
    elsewhere.feedback.moveCursor(QTextCursor.MoveOperation.End)
    elsewhere.feedback.insertPlainText(" two")
    desk.window.context.flush()
    elsewhere.hide()
    page = desk.go(Place("logbook"))
    assert page.panel.feedback.toPlainText() == "one two"
    page.panel.feedback.moveCursor(QTextCursor.MoveOperation.End)
    page.panel.feedback.insertPlainText(" three")
    desk.window.context.flush()
    (draft,) = desk.window.context.drafts.all()
    assert draft.values == {"feedback": "one two three"}
    elsewhere.deleteLater()


def test_a_refused_answer_leaves_the_feedback_as_it_was(desk: Desk) -> None:
    chosen = desk.waiting[0]
    page = desk.go(Place("logbook", id=chosen))
    page.panel.feedback.insertPlainText(WORDS)
    desk.window.store().act(desk.window.context.actor(), sign_off, [chosen], "")  # by another window
    page.panel.send_back.click()
    wait_until_idle(desk.window)
    assert page.panel.feedback.toPlainText() == WORDS
    assert page.panel.feedback.isVisible()
    assert not page.panel.feedback.isReadOnly()
    (draft,) = desk.window.context.drafts.all()
    assert draft.values["feedback"] == WORDS
    page = desk.go(draft.place)  # from Home's list
    assert page.panel.feedback.isVisible()
    page.panel.feedback.clear()
    page.panel._autosave.flush()
    assert desk.window.context.drafts.all() == []


def test_the_field_and_the_focus_stay_while_the_list_is_set_anew(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    assert page.panel.feedback.isVisible()
    field = page.panel.feedback
    desk.window.activateWindow()
    field.setFocus()
    gone_for_a_moment: list[bool] = []
    page.panel.show_activity = _watching(page.panel, gone_for_a_moment)
    first = page.panel.activity.id
    page.panel.answered.add(first)
    desk.window.context.act(sign_off, [first], "good")
    wait_until_idle(desk.window)
    assert page.panel.activity.id != first
    assert gone_for_a_moment
    assert not any(gone_for_a_moment)
    assert QApplication.focusWidget() is field
    QTest.keyClicks(QApplication.focusWidget(), "next")
    assert field.toPlainText() == "next"


def _watching(panel: Any, hidden: list[bool]) -> Callable[[Any], None]:
    show: Callable[[Any], None] = panel.show_activity

    def watched(activity: Any) -> None:
        show(activity)
        hidden.append(panel.feedback.isHidden())

    return watched


def test_another_person_does_not_see_my_unfinished_words(desk: Desk) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    desk.window.become(desk.other.id)
    wait_until_idle(desk.window)
    assert desk.window.context.drafts.all() == []
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == ""


def test_words_typed_while_somebody_takes_over_stay_whose_they_are(desk: Desk) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText("before, ")
    desk.window.become(desk.other.id)
    page.panel.feedback.insertPlainText("typed on")  # the store has not said yet who that is
    wait_until_idle(desk.window)
    assert desk.window.context.drafts.all() == []
    assert page.panel.feedback.toPlainText() == ""
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == "before, typed on"


def test_an_entry_is_not_handed_in_beside_its_unfinished_change(desk: Desk) -> None:
    first = desk.waiting[0]
    store, actor = desk.window.store(), desk.window.context.actor()
    store.act(actor, send_back, first, "say more")
    page = desk.go(Place("logbook", id=first))
    desk.go(Place("logbook", "change", first))
    dialog: Any = desk.window.dialog
    dialog.fields["learned"].setPlainText(WORDS)
    dialog.reject()
    page.panel.submit.click()
    wait_until_idle(desk.window)
    dialog = desk.window.dialog
    assert dialog.isVisible()
    assert dialog.fields["learned"].toPlainText() == WORDS
    with store.read() as connection:
        assert activities(connection, [first])[first].state == ActivityState.RETURNED
    dialog.save.click()
    wait_until_idle(desk.window)
    with store.read() as connection:
        entry = activities(connection, [first])[first]
    assert (entry.state, entry.details.learned) == (ActivityState.SUBMITTED, WORDS)


def test_ones_own_entry_is_not_offered_for_sign_off(desk: Desk) -> None:
    store, me = desk.window.store(), desk.window.context.actor()
    with store.read() as connection:
        hired = next(p.hired_on for p in people(connection) if p.id == desk.me.id)
    assert hired is not None
    details = Details(kind="shadowing", held_on=TODAY, minutes=5, customer="c", learned="l")
    own = store.act(me, save_activity, desk.me.id, details, TODAY, state=ActivityState.SUBMITTED).result
    page = desk.go(Place("logbook", id=own))
    assert page.panel.activity.id == own
    assert not page.panel.sign.isVisible()
    assert not page.panel.send_back.isVisible()
    assert page.panel.withdraw.isVisible()
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.send_back.isVisible()


def _focus() -> Any:
    return QApplication.focusWidget()


@pytest.mark.parametrize("view", ["inbox", "entries"])
def test_after_an_answer_no_key_falls_on_a_button(desk: Desk, view: str) -> None:
    page = desk.go(Place("logbook", "inbox"))
    chosen = page.panel.activity.id
    if view == "entries":
        page.view.setCurrentIndex(0)
        page = desk.go(Place("logbook", id=chosen))
    desk.window.activateWindow()
    page.panel.feedback.setFocus()
    page.panel.feedback.insertPlainText(WORDS)
    answer = page.panel.sign if page.panel.sign.isVisible() else page.panel.send_back
    QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
    QTest.keyClicks(_focus(), "typed on ")  # while it waits
    wait_until_idle(desk.window)
    assert not isinstance(_focus(), QPushButton)
    QTest.keyClicks(_focus(), " and on ")
    QTest.keyClick(_focus(), Qt.Key.Key_Space)
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        states = {a.state for a in activities(connection, activity_ids(connection, Filter())).values()}
    assert ActivityState.WITHDRAWN not in states
    assert desk.window.context.drafts.all() == []  # and nothing was typed for another entry


def test_a_key_held_down_answers_once(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    shortcuts = page.panel.findChildren(QShortcut)
    assert shortcuts
    assert not any(shortcut.autoRepeat() for shortcut in shortcuts)


def test_a_window_made_anew_before_it_is_known_who_works_here_does_not_say_nobody_does(desk: Desk) -> None:
    old = desk.window
    old.context.me, old.context.who_is_known = None, False
    new = desk.shell.build()
    new.take_over(old)
    assert not new.context.who_is_known
    new.close()
    new.deleteLater()
    desk.shell.window = old
    old.reload()
    wait_until_idle(desk.window)


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ["Title", "What was seen", "What was learned", "What to try next"]),
        ("zh_CN", ["标题", "所见", "所学", "下次尝试"]),
    ],
)
def test_words_that_no_field_of_its_form_holds_have_a_heading_too(
    desk: Desk, language: str, headings: list[str]
) -> None:
    """As a list can bring them."""
    words = {"title": "一", "seen": "二", "learned": "三", "next_step": "四"}
    forms = [Details(kind=kind, held_on=TODAY, minutes=5, depth=1, customer="c", **words) for kind in ("visit", "quiz")]
    if language != "en":
        desk.other_language()
    for details in forms:
        made = desk.window.store().act(desk.window.context.actor(), save_activity, desk.other.id, details, TODAY).result
        panel = desk.go(Place("logbook", id=made)).panel
        said = [one.text() for one in panel.findChildren(QLabel, "note") if one.text() and one.isVisible()]
        own = {name: current()(heading) for name, heading in KINDS[details.kind].fields.items()}
        assert said == [own.get(name, heading) for name, heading in zip(words, headings, strict=True)]
        assert "next_step" not in said
