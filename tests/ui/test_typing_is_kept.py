"""Text on pages: feedback, playbooks, comments at a passage. Closing, leaving, switching language, theme or person, a locked
or vanished store: nothing typed is lost."""

import datetime as dt
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from sqlalchemy import event, select

from mentor_app.core.logbook.actions import save_activity, sign_off
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.queries import Filter, activities, activity_ids
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.playbooks.actions import begin, remove_part, save_part
from mentor_app.core.playbooks.queries import playbooks, whole
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.store import Actor
from mentor_app.core.store.history import change_set
from mentor_app.core.team import open_team
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.activity_panel import ActivityPanel
from tests.conftest import ME, gone
from tests.idle import wait_until_idle

TODAY = dt.date.today()
WORDS = "先问再讲 <b>ask first</b>"


class Desk:
    """A window on the sample company, and what is needed to close it and open it again."""

    def __init__(self, app: QApplication, place: Path) -> None:
        self.app, self.place = app, place
        store = open_team(place)
        with store.read() as connection:
            self.me, self.other = [p for p in people(connection) if Role.MENTOR in p.roles][:2]
            self.waiting = activity_ids(connection, Filter(states=("submitted",)))[:2]
            self.books = [b for b in playbooks(connection, TODAY) if b.state == "draft"]
        book = self.books[0]
        with store.read() as connection:
            owner = next(p for p in people(connection) if p.id == book.owner_id)
        self.me = owner
        roles = frozenset({Role.MENTOR, Role.TRAINER, Role.TEAM_LEAD})
        for who in (self.me, self.other):
            details = PersonDetails(name=who.name, hired_on=who.hired_on, team=who.team, roles=roles)
            store.act(ME, edit_person, who.id, details)
        store.close()
        self.settings = Settings("en", "light")
        self.settings.actors[str(place)] = [self.me.id, self.other.id]
        self.shell = self.open()

    @property
    def window(self) -> MainWindow:
        """The window as it is now: another one after a change of language or theme."""
        return self.shell.window

    def open(self) -> Shell:
        self.shell = Shell(self.app, str(self.place), self.settings, sample=False)
        self.window.show()
        wait_until_idle(self.window)
        return self.shell

    def go(self, place: Place) -> Any:
        self.window.go(place)
        wait_until_idle(self.window)
        return self.window.pages[place.room]

    def close_and_open(self) -> None:
        gone(self.app, self.window)
        self.open()

    def other_language(self) -> None:
        self.made_anew("language", "zh_CN")

    def other_theme(self) -> None:
        self.made_anew("theme", "dark")

    def made_anew(self, field: str, value: str) -> None:
        old = self.window
        old._set(field, value)
        _until(lambda: self.window is not old)
        wait_until_idle(self.window)

    def other_page(self) -> None:
        self.go(Place("people"))

    def other_person_and_back(self) -> None:
        for who in (self.other, self.me):
            self.window.become(who.id)
            wait_until_idle(self.window)


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, sample_store: Path) -> Iterator[Desk]:
    place = tmp_path / "team.sqlite"
    shutil.copy(sample_store, place)
    made = Desk(qapp, place)
    yield made
    gone(qapp, made.window)


LEAVING = [Desk.close_and_open, Desk.other_language, Desk.other_theme, Desk.other_page, Desk.other_person_and_back]


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
    _until(lambda: not panel.sign.isEnabled() and not panel.withdraw.isEnabled())
    assert panel.feedback.toPlainText() == WORDS
    panel.send_back.click()
    _until(lambda: "Waiting for the store" in desk.window.told.text())  # not silent
    desk.window.go(Place("logbook", id=second))
    _until(lambda: panel.activity.id == second)
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
        page.table.selectRow(chosen.index(entry))
        assert page.panel.activity.id == entry
        page.panel.feedback.insertPlainText(words)
    page.table.selectAll()
    page.sign_all.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        said = {key: found.reviews[-1].comment for key, found in activities(connection, chosen).items()}
    assert said == dict.fromkeys(chosen) | {first: "for the first", second: "for the second"}
    assert desk.window.context.drafts.all() == []


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


def test_scored_and_signed_off_is_one_step_with_the_feedback_typed(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        hire = next(p for p in people(connection) if Role.NEW_HIRE in p.roles)
    details = Details(kind="simulation", held_on=TODAY, title="price", learned="asking")
    act, me = desk.window.store().act, Actor(hire.name, hire.id)
    made = act(me, save_activity, hire.id, details, TODAY, state=ActivityState.SUBMITTED).result
    with desk.window.store().read() as connection:
        entry = activities(connection, [made])[made]
    page = desk.go(Place("logbook", id=entry.id))
    page.panel.feedback.insertPlainText(WORDS)
    desk.go(Place("logbook", "score", entry.id))
    dialog: Any = desk.window.dialog
    for field in dialog.scores:
        field.setText("4")
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dialog.both.click()
    _until(lambda: "Waiting for the store" in desk.window.told.text())
    assert dialog.isVisible()  # over the feedback: nothing is typed there meanwhile
    assert not dialog.isEnabled()
    other.execute("ROLLBACK")
    other.close()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        signed = activities(connection, [entry.id])[entry.id]
        last = connection.execute(select(change_set.c.action).order_by(change_set.c.id.desc())).scalars().first()
    assert signed.reviews[-1].comment == WORDS
    assert len(signed.assessments) == 1
    assert last == "logbook.sign_off"
    assert desk.window.context.drafts.all() == []


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


@pytest.mark.parametrize("leave", LEAVING, ids=lambda leave: leave.__name__)
def test_a_playbooks_text_is_kept(desk: Desk, leave: Callable[[Desk], None]) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    leave(desk)
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        assert whole(connection, book, TODAY).parts[0].part.body == typed
    assert desk.window.context.drafts.all() == []  # the store has it


def test_a_locked_store_is_said_and_the_text_saved_when_it_is_free(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    store = desk.window.store()

    @event.listens_for(store.engine, "connect")
    def impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    store.engine.dispose()
    editor._saver._again.setInterval(100)
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    _until(lambda: "in use by another program" in editor.form.saved.text())
    (draft,) = desk.window.context.drafts.all()
    assert draft.values["body"] == typed
    other.execute("ROLLBACK")
    other.close()
    _until(lambda: editor.form.saved.text() == "Saved.")
    with store.read() as connection:
        assert whole(connection, book, TODAY).parts[0].part.body == typed
    assert desk.window.context.drafts.all() == []


def test_what_a_vanished_store_would_not_take_is_there_again_with_the_store(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    away = desk.place.with_name("away.sqlite")
    desk.place.rename(away)
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    _until(lambda: "not there any more" in editor.form.saved.text())
    gone(desk.app, desk.window)
    away.rename(desk.place)
    desk.open()
    assert desk.window.pages["home"].unfinished.isVisible()
    editor = desk.go(Place("playbooks", id=book)).view("book")
    assert editor.form.text.toPlainText() == typed
    _until(lambda: editor.form.saved.text() == "Saved.")
    assert desk.window.context.drafts.all() == []


def test_comments_at_a_passage_wait_until_they_are_sent(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    editor.parts.setCurrentRow(0)
    cursor = editor.preview.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    editor.preview.setTextCursor(cursor)
    editor.remark.click()
    wait_until_idle(desk.window)
    dialog: Any = desk.window.dialog
    dialog.words.setPlainText(WORDS)
    QTest.keyClick(dialog.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    assert WORDS in editor.said.toPlainText()
    desk.close_and_open()
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    assert WORDS in editor.said.toPlainText()
    desk.window.go(Place("playbooks", "changes", book.id))
    wait_until_idle(desk.window)
    dialog = desk.window.dialog
    dialog.words.setPlainText("see there")
    dialog.save.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        said = [one.words for one in whole(connection, book.id, TODAY).said]
    assert WORDS in said
    assert desk.window.context.drafts.all() == []


def _locked(desk: Desk, editor: Any) -> sqlite3.Connection:
    """Somebody else's program is writing; the window does not wait long for it."""
    store = desk.window.store()

    @event.listens_for(store.engine, "connect")
    def impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    store.engine.dispose()
    editor._saver._again.setInterval(100)
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def _bodies(desk: Desk, book: int) -> list[str]:
    with desk.window.store().read() as connection:
        return [one.part.body for one in whole(connection, book, TODAY).parts]


def test_the_first_key_in_an_empty_playbook_makes_its_first_part(desk: Desk) -> None:
    book = desk.window.store().act(Actor(desk.me.name, desk.me.id), begin, "objections", "Empty").result
    editor = desk.go(Place("playbooks", id=book)).view("book")
    QTest.keyClicks(editor.form.heading, "Too dear")
    editor.keep()
    QTest.keyClicks(editor.form.heading, "?")  # before the store has answered
    QTest.keyClicks(editor.form.text, WORDS[-9:])
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        (made,) = whole(connection, book, TODAY).parts
    assert (made.part.title, made.part.body) == ("Too dear?", WORDS[-9:])
    assert (editor.form.heading.text(), editor.parts.count()) == ("Too dear?", 1)
    assert desk.window.context.drafts.all() == []


@pytest.mark.parametrize("more", ["", "?"])
def test_a_first_part_is_stored_once_though_the_window_closes_meanwhile(desk: Desk, more: str) -> None:
    book = desk.window.store().act(Actor(desk.me.name, desk.me.id), begin, "objections", "Empty").result
    editor = desk.go(Place("playbooks", id=book)).view("book")
    other = sqlite3.connect(desk.place, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    QTest.keyClicks(editor.form.heading, "Too dear")
    editor.keep()
    QTest.keyClicks(editor.form.heading, more)  # while the store is asked
    free = threading.Timer(0.5, other.rollback)
    free.start()
    desk.close_and_open()  # waits for the store
    free.join()
    other.close()
    desk.go(Place("playbooks", id=book))
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        assert [one.part.title for one in whole(connection, book, TODAY).parts] == ["Too dear" + more]
    assert desk.window.context.drafts.all() == []


def test_a_first_part_kept_and_stored_is_not_stored_again(desk: Desk) -> None:
    actor = Actor(desk.me.name, desk.me.id)
    book = desk.window.store().act(actor, begin, "objections", "Empty").result
    part = Part(title="Too dear", body=WORDS)
    desk.window.store().act(actor, save_part, book, part)
    desk.window.context.drafts.put(Place("playbooks", "part", book, "new"), "killed here", asdict(part))
    desk.go(Place("playbooks", id=book))
    wait_until_idle(desk.window)
    assert _bodies(desk, book) == [WORDS]
    assert desk.window.context.drafts.all() == []


def test_a_pause_while_a_title_is_typed_takes_no_blank_and_moves_no_cursor(desk: Desk) -> None:
    editor = desk.go(Place("playbooks", id=desk.books[0].id)).view("book")
    editor.form.heading.setText("")
    for words in ("price ", "too ", "high"):
        QTest.keyClicks(editor.form.heading, words)
        wait_until_idle(desk.window)
    assert editor.form.heading.text() == "price too high"
    editor.form.heading.setCursorPosition(5)
    QTest.keyClicks(editor.form.heading, "s")
    wait_until_idle(desk.window)
    assert (editor.form.heading.text(), editor.form.heading.cursorPosition()) == ("prices too high", 6)


def test_a_part_not_stored_is_tried_again_when_another_is_shown(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    editor.parts.setCurrentRow(0)
    other = _locked(desk, editor)
    editor.form.text.insertPlainText(WORDS)
    _until(lambda: "in use by another program" in editor.form.saved.text())
    assert editor.form.saved.wordWrap()
    editor.add()
    editor.parts.setCurrentRow(1)
    editor.submit.click()
    _until(lambda: "First everything typed" in desk.window.told.text())
    other.close()
    _until(lambda: WORDS in _bodies(desk, book)[0])
    _until(lambda: desk.window.context.drafts.all() == [])
    wait_until_idle(desk.window)
    editor.submit.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        assert WORDS in whole(connection, book, TODAY).versions[0].parts[0].body


def test_a_removed_part_comes_back_with_its_last_words_where_it_stood(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    editor.parts.setCurrentRow(0)
    before = _bodies(desk, book)
    assert len(before) > 1
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    editor.tools[3].click()
    wait_until_idle(desk.window)
    assert _bodies(desk, book) == before[1:]
    desk.window.undo.click()
    wait_until_idle(desk.window)
    assert _bodies(desk, book) == [typed, *before[1:]]


def test_a_parts_draft_opens_its_part_or_can_be_copied(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    key = editor._shown_items[1][0]
    place = Place("playbooks", "part", book, str(key))
    desk.go(Place("people"))
    desk.close_and_open()
    desk.window.context.drafts.put(place, "t", {"title": "q", "body": WORDS})
    editor = desk.go(place).view("book")
    assert (editor.parts.currentRow(), editor.form.text.toPlainText()) == (1, WORDS)
    _until(lambda: WORDS in _bodies(desk, book))
    editor.submit.click()
    wait_until_idle(desk.window)
    assert not editor.writable
    desk.window.context.drafts.put(place, "t", {"title": "q", "body": "later"})
    desk.go(place)
    box = editor.findChild(QMessageBox)
    assert "later" in box.detailedText()
    box.close()


def test_a_comments_draft_opens_the_comment_again(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    passage = "a long passage " * 8
    editor._comment_on(Place("playbooks", "comment", book.id, f"0: {passage[:60]}"), 0, passage)
    dialog: Any = desk.window.dialog
    dialog.words.setPlainText(WORDS)
    dialog.reject()
    (draft,) = desk.window.context.drafts.all()
    desk.go(Place("home"))
    editor = desk.go(draft.place).view("book")
    dialog = desk.window.dialog
    assert dialog.words.toPlainText() == WORDS
    dialog.save.click()
    wait_until_idle(desk.window)
    assert editor.comments == [(0, passage, WORDS)]


def _until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Deliver events until something is so."""
    import time

    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        QApplication.processEvents()
        QTest.qWait(5)


def test_an_older_draft_is_never_put_over_newer_words(desk: Desk) -> None:
    book = desk.books[0].id
    with desk.window.store().read() as connection:
        before = whole(connection, book, TODAY).parts[0]
    place = Place("playbooks", "part", book, str(before.id))
    old = replace(before.part, body="OLD from another computer")
    desk.window.context.drafts.put(place, "old", {**asdict(old), "base": asdict(before.part)})
    newer = replace(before.part, body="NEWER")
    desk.window.store().act(desk.window.context.actor(), save_part, book, newer, before.id)
    editor = desk.go(Place("playbooks", id=book)).view("book")
    wait_until_idle(desk.window)
    assert editor.form.text.toPlainText() == "NEWER"
    with desk.window.store().read() as connection:
        assert whole(connection, book, TODAY).parts[0].part.body == "NEWER"
    (box,) = [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    assert "OLD from another computer" in box.detailedText()
    assert desk.window.context.drafts.get(place) is not None  # until it is discarded
    next(button for button in box.buttons() if button.text() == "Discard the draft").click()
    assert desk.window.context.drafts.get(place) is None


def test_what_is_typed_into_a_part_removed_elsewhere_is_stored_as_a_new_one(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    with desk.window.store().read() as connection:
        before = whole(connection, book, TODAY).parts
    editor.choose(str(before[0].id))
    wait_until_idle(desk.window)
    desk.window.store().act(desk.window.context.actor(), remove_part, book, before[0].id)  # as another window would
    editor.form.text.setPlainText(WORDS)
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        after = whole(connection, book, TODAY).parts
    assert [part.part.body for part in after] == [*(part.part.body for part in before[1:]), WORDS]
    assert editor.form.text.toPlainText() == WORDS
    editor.form.text.setPlainText(WORDS + "!")  # the editor goes on with the new one
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        assert [part.part.body for part in whole(connection, book, TODAY).parts] == [
            *(part.part.body for part in before[1:]),
            WORDS + "!",
        ]
    assert desk.window.context.drafts.all() == []
    assert editor._saver.of_book(book) == []


SEAMS = [Desk.other_theme, Desk.close_and_open]


@pytest.mark.parametrize("leave", SEAMS, ids=lambda leave: leave.__name__)
@pytest.mark.parametrize("first", [True, False], ids=["first part", "a part there is"])
def test_what_is_typed_while_half_of_it_is_being_stored_is_gone_on_with(
    desk: Desk, leave: Callable[[Desk], None], first: bool
) -> None:
    book = desk.books[0].id
    if first:
        book = desk.window.store().act(desk.window.context.actor(), begin, "objections", "Mine").result
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before = [] if first else [editor.form.part()]
    other = sqlite3.connect(desk.place, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(1, other.execute, ["ROLLBACK"]).start()
    editor.form.text.insertPlainText("alpha")
    _until(lambda: bool(desk.window.context.drafts.all()))  # on its way to the store
    editor.form.text.insertPlainText(" beta")
    leave(desk)
    editor = desk.go(Place("playbooks", id=book)).view("book")
    assert not [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    assert "alpha beta" in editor.form.text.toPlainText()
    editor.form.text.moveCursor(QTextCursor.MoveOperation.End)
    editor.form.text.insertPlainText(" gamma")
    typed = editor.form.text.toPlainText()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        parts = [part.part for part in whole(connection, book, TODAY).parts]
    assert parts[0].body == typed
    assert len(parts) == 1 or not first
    assert before != parts
    assert desk.window.context.drafts.all() == []


@pytest.mark.parametrize("killed", [False, True], ids=["stored", "killed before the window heard of it"])
def test_a_draft_is_measured_against_what_was_stored_of_it_last(desk: Desk, killed: bool) -> None:
    """The half on its way is stored while more is typed: the rest must not pass for words older than that half."""
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    other = sqlite3.connect(desk.place, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    editor.form.text.insertPlainText("alpha")
    _until(lambda: bool(desk.window.context.drafts.all()))
    editor.form.text.insertPlainText(" beta")
    editor._autosave.flush()
    again = []
    editor._saver._save_next = again.append  # it ends here: the rest is never offered to the store
    if killed:
        editor._saver._part_stored = lambda *_: None
    other.execute("ROLLBACK")
    _until(lambda: not desk.window.tasks.busy())
    desk.shell.window.tasks.close()
    (draft,) = desk.window.context.drafts.all()
    with desk.window.store().read() as connection:
        stored = whole(connection, book, TODAY).parts[0].part
    assert draft.values["base"] == asdict(stored)
    assert "alpha" in stored.body
    assert "beta" in draft.values["body"]
    assert "beta" not in stored.body
