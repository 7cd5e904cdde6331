"""Parts of playbooks as they are written: closing, leaving, switching, a locked or vanished store lose nothing typed."""

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from sqlalchemy import text

from mentor_app.core.history.undo import undo
from mentor_app.core.people.queries import Person
from mentor_app.core.playbooks.actions import begin, remove_part, save_part
from mentor_app.core.playbooks.queries import whole
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.store import Actor
from mentor_app.core.store.backup import Reason, keep
from mentor_app.core.store.restore import go_back
from mentor_app.ui.navigation import Place
from tests.conftest import gone
from tests.idle import wait_until_idle
from tests.ui.desk import LEAVING, SEAMS, TODAY, WORDS, Desk, until


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
    desk.impatient()
    editor._saver._again.setInterval(100)
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    until(lambda: "in use by another program" in editor.form.saved.text())
    (draft,) = desk.window.context.drafts.all()
    assert draft.values["body"] == typed
    other.execute("ROLLBACK")
    other.close()
    until(lambda: editor.form.saved.text() == "Saved.")
    with desk.window.store().read() as connection:
        assert whole(connection, book, TODAY).parts[0].part.body == typed
    assert desk.window.context.drafts.all() == []


def test_what_a_vanished_store_would_not_take_is_there_again_with_the_store(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    away = desk.place.with_name("away.sqlite")
    desk.place.rename(away)
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    until(lambda: "not there any more" in editor.form.saved.text())
    gone(desk.app, desk.window)
    away.rename(desk.place)
    desk.open()
    assert desk.window.pages["home"].unfinished.isVisible()
    editor = desk.go(Place("playbooks", id=book)).view("book")
    assert editor.form.text.toPlainText() == typed
    until(lambda: editor.form.saved.text() == "Saved.")
    assert desk.window.context.drafts.all() == []


def _locked(desk: Desk, editor: Any) -> sqlite3.Connection:
    """Somebody else's program is writing; the window does not wait long for it."""
    desk.impatient()
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
    assert (editor.form.heading.text(), editor.parts.list.count()) == ("Too dear?", 1)
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
    editor.parts.list.setCurrentRow(0)
    other = _locked(desk, editor)
    editor.form.text.insertPlainText(WORDS)
    until(lambda: "in use by another program" in editor.form.saved.text())
    assert editor.form.saved.wordWrap()
    editor.add()
    editor.parts.list.setCurrentRow(1)
    editor.submit.click()
    until(lambda: "First everything typed" in desk.window.told.text())
    other.close()
    until(lambda: WORDS in _bodies(desk, book)[0])
    until(lambda: desk.window.context.drafts.all() == [])
    wait_until_idle(desk.window)
    editor.submit.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        assert WORDS in whole(connection, book, TODAY).versions[0].parts[0].body


def test_a_removed_part_comes_back_with_its_last_words_where_it_stood(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    editor.parts.list.setCurrentRow(0)
    before = _bodies(desk, book)
    assert len(before) > 1
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    editor.parts.tools[3].click()
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
    assert (editor.parts.list.currentRow(), editor.form.text.toPlainText()) == (1, WORDS)
    until(lambda: WORDS in _bodies(desk, book))
    editor.submit.click()
    wait_until_idle(desk.window)
    assert not editor.writable
    desk.window.context.drafts.put(place, "t", {"title": "q", "body": "later"})
    desk.go(place)
    box = editor.findChild(QMessageBox)
    assert "later" in box.detailedText()
    box.close()


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
    assert (editor.form.text.toPlainText(), editor.form.held.isVisible()) == (old.body, True)
    assert desk.window.minimumSizeHint().width() <= 1024  # and does not grow for the answers to that
    assert desk.window.width() == 1280
    assert _bodies(desk, book)[0] == "NEWER"
    editor.form.text.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor.form.text, " and more")
    wait_until_idle(desk.window)
    desk.close_and_open()
    editor = desk.go(Place("playbooks", id=book)).view("book")
    assert editor.form.text.toPlainText() == old.body + " and more"
    assert _bodies(desk, book)[0] == "NEWER"
    assert not [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    editor.form.theirs_wanted.emit()
    wait_until_idle(desk.window)
    (group,) = editor.meeting._groups.values()
    assert "NEWER" in group.buttons()[1].accessibleName()
    editor.meeting.reject()
    editor.form.mine_dropped.emit()
    wait_until_idle(desk.window)
    assert (editor.form.text.toPlainText(), editor.form.held.isVisible()) == ("NEWER", False)
    assert desk.window.context.drafts.all() == []
    desk.window.undo.click()
    wait_until_idle(desk.window)
    assert (editor.form.text.toPlainText(), editor.form.held.isVisible()) == (old.body + " and more", True)
    editor.form.theirs_wanted.emit()
    wait_until_idle(desk.window)
    editor.meeting.save.click()  # both, where nobody says otherwise
    wait_until_idle(desk.window)
    assert _bodies(desk, book)[0] == "NEWER\n\nOLD from another computer and more"
    assert editor.form.text.toPlainText() == _bodies(desk, book)[0]
    assert not editor.form.held.isVisible()
    assert desk.window.context.drafts.all() == []


@pytest.mark.parametrize("when", ["saved", "being typed"])
def test_what_is_typed_into_a_part_removed_elsewhere_goes_into_no_other(desk: Desk, when: str) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    with desk.window.store().read() as connection:
        before = whole(connection, book, TODAY).parts
    others = [part.part.body for part in before[1:]]
    editor.choose(str(before[0].id))
    wait_until_idle(desk.window)
    editor.form.text.setFocus()
    QTest.keyClicks(editor.form.text, "Mine ")
    if when == "saved":
        editor.keep()
        wait_until_idle(desk.window)
    desk.window.store().act(desk.window.context.actor(), remove_part, book, before[0].id)  # as another window would
    if when == "saved":
        desk.window.reload()
    wait_until_idle(desk.window)
    assert desk.window.focusWidget() is editor.form.text
    QTest.keyClicks(desk.window.focusWidget(), "goes on")
    wait_until_idle(desk.window)
    typed = "Mine goes on" + before[0].part.body
    assert (editor.form.text.toPlainText(), _bodies(desk, book)) == (typed, others)
    assert f"{desk.me.name} removed it" in editor.form.why_held.text()
    assert editor.form.held.isVisible()
    assert not editor.form.beside.isVisible()  # there is nothing to put beside
    (draft,) = desk.window.context.drafts.all()
    assert draft.values["body"] == typed
    editor.form.anew.click()
    wait_until_idle(desk.window)
    assert (_bodies(desk, book), editor.form.text.toPlainText()) == ([*others, typed], typed)
    assert not editor.form.held.isVisible()
    QTest.keyClicks(editor.form.text, "!")  # the editor goes on with the new one
    wait_until_idle(desk.window)
    assert _bodies(desk, book) == [*others, editor.form.text.toPlainText()]
    assert desk.window.context.drafts.all() == []
    assert editor._saver.of_book(book) == []


def _take_back_the_last(desk: Desk, who: Person) -> None:
    store = desk.window.store()
    with store.read() as connection:
        last = connection.exec_driver_sql("SELECT max(id) FROM change_set").scalar()
    store.act(Actor(who.name, who.id), undo, last)
    desk.window.reload()
    wait_until_idle(desk.window)


def _held_of_a_removed_part(desk: Desk) -> tuple[int, int, Any]:
    """A playbook, a part of it that was removed in another window, the editor with words for that part."""
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    key = editor._editing
    desk.window.store().act(desk.window.context.actor(), remove_part, book, key)
    editor.form.text.setFocus()
    QTest.keyClicks(editor.form.text, "Mine ")
    wait_until_idle(desk.window)
    assert editor.form.held.isVisible()
    return book, key, editor


@pytest.mark.parametrize("leave", LEAVING, ids=lambda leave: leave.__name__)
def test_words_for_a_removed_part_can_be_stored_also_when_one_comes_back(
    desk: Desk, leave: Callable[[Desk], None]
) -> None:
    book, key, editor = _held_of_a_removed_part(desk)
    typed, others = editor.form.text.toPlainText(), _bodies(desk, book)
    leave(desk)
    editor = desk.go(Place("playbooks", "part", book, str(key))).view("book")
    assert not [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    assert (editor.form.text.toPlainText(), editor.form.anew.isVisible()) == (typed, True)
    removed = {"en": f"{desk.me.name} removed it", "zh_CN": f"{desk.me.name} 删除了这段内容"}
    assert removed[desk.window.context.settings.language] in editor.form.why_held.text()
    editor.parts.list.setCurrentRow(0)  # looks at another part, and comes back
    editor.parts.list.setCurrentRow(editor.parts.list.count() - 1)
    assert editor.form.text.toPlainText() == typed
    editor.form.anew.click()
    wait_until_idle(desk.window)
    assert _bodies(desk, book) == [*others, typed]
    assert desk.window.context.drafts.all() == []


def test_words_for_a_removed_part_are_dropped_and_brought_back(desk: Desk) -> None:
    book, _key, editor = _held_of_a_removed_part(desk)
    typed, others = editor.form.text.toPlainText(), _bodies(desk, book)
    editor.form.discard.click()
    wait_until_idle(desk.window)
    assert (editor.parts.list.count(), desk.window.context.drafts.all()) == (len(others), [])
    assert not editor.form.held.isVisible()
    QTest.keyClicks(desk.window.focusWidget(), "meant for what is gone")
    wait_until_idle(desk.window)
    assert _bodies(desk, book) == others
    desk.window.undo.click()
    wait_until_idle(desk.window)
    assert (editor.form.text.toPlainText(), editor.form.anew.isVisible()) == (typed, True)


def test_words_for_a_removed_part_are_stored_in_it_once_it_is_back(desk: Desk) -> None:
    _book, key, editor = _held_of_a_removed_part(desk)
    typed = editor.form.text.toPlainText()
    _take_back_the_last(desk, desk.other)
    assert (_body(desk, key), editor.form.held.isVisible()) == (typed, False)
    assert desk.window.context.drafts.all() == []


def test_a_part_removed_or_taken_back_here_is_gone_without_a_question(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before = _bodies(desk, book)
    editor.add()
    wait_until_idle(desk.window)
    QTest.keyClicks(editor.form.heading, "Second")
    wait_until_idle(desk.window)
    _take_back_the_last(desk, desk.me)
    assert (_bodies(desk, book), editor.parts.list.count()) == (before, len(before))
    QTest.keyClicks(desk.window.focusWidget(), "lost")
    editor.form.text.setFocus()
    QTest.keyClicks(editor.form.text, "Mine ")
    wait_until_idle(desk.window)
    editor.parts.tools[3].click()
    editor.reload()  # what is read before it is removed comes late
    wait_until_idle(desk.window)
    assert len(_bodies(desk, book)) == len(before) - 1
    assert (editor.form.held.isVisible(), desk.window.context.drafts.all()) == (False, [])


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
    until(lambda: bool(desk.window.context.drafts.all()))  # on its way to the store
    editor._saver.save_all()
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


def test_ones_own_save_of_a_moment_ago_is_nobody_elses(desk: Desk) -> None:
    """Typing goes on while the first words are being stored, and rests only once they are."""
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    other = sqlite3.connect(desk.place, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    editor.form.text.insertPlainText("alpha")
    until(lambda: bool(desk.window.context.drafts.all()))
    editor._saver.save_all()
    for rest in (editor._autosave._pause, editor._autosave._longest):
        rest.setInterval(60_000)
    editor.form.text.insertPlainText(" beta")
    other.execute("ROLLBACK")
    other.close()
    until(lambda: editor._saver.of_part(book, editor._editing) is None)
    editor.form.text.insertPlainText(" gamma")
    typed = editor.form.text.toPlainText()
    editor._autosave.flush()
    wait_until_idle(desk.window)
    assert _bodies(desk, book)[0] == typed
    assert editor.form.saved.text() == "Saved."
    assert desk.window.context.drafts.all() == []


@pytest.mark.parametrize("killed", [False, True], ids=["stored", "killed before the window heard of it"])
def test_a_draft_is_measured_against_what_was_stored_of_it_last(desk: Desk, killed: bool) -> None:
    """The half on its way is stored while more is typed: the rest must not pass for words older than that half."""
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    other = sqlite3.connect(desk.place, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    editor.form.text.insertPlainText("alpha")
    until(lambda: bool(desk.window.context.drafts.all()))
    editor._saver.save_all()
    editor.form.text.insertPlainText(" beta")
    editor._autosave.flush()
    again = []
    editor._saver._save_next = again.append  # it ends here: the rest is never offered to the store
    if killed:
        editor._saver._part_stored = lambda *_: None
    other.execute("ROLLBACK")
    until(lambda: not desk.window.tasks.busy())
    desk.shell.window.tasks.close()
    (draft,) = desk.window.context.drafts.all()
    with desk.window.store().read() as connection:
        stored = whole(connection, book, TODAY).parts[0].part
    assert draft.values["base"] == asdict(stored)
    assert "alpha" in stored.body
    assert "beta" in draft.values["body"]
    assert "beta" not in stored.body


def test_the_store_is_given_what_was_typed_when_typing_pauses(desk: Desk) -> None:
    """It keeps every text it was ever given: words on their way are drafts on this computer."""
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before = _bodies(desk, book)
    with desk.window.store().read() as connection:
        changes = connection.execute(text("SELECT count(*) FROM change_set")).scalar_one()
    for word in ("one", "two", "three"):
        editor.form.text.insertPlainText(f"{word} ")
        editor.keep()
        (draft,) = desk.window.context.drafts.all()
        assert word in draft.values["body"]
    assert _bodies(desk, book) == before
    wait_until_idle(desk.window)
    assert _bodies(desk, book)[0] == editor.form.text.toPlainText()
    with desk.window.store().read() as connection:
        assert connection.execute(text("SELECT count(*) FROM change_set")).scalar_one() == changes + 1


@pytest.mark.parametrize("leave", ["another part", "another page", "closing"])
def test_what_waits_for_a_pause_is_stored_when_one_leaves(desk: Desk, leave: str) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    editor.form.text.insertPlainText("in haste ")
    editor.keep()
    typed = editor.form.text.toPlainText()
    editor._saver._pause.setInterval(600_000)
    assert typed not in _bodies(desk, book)
    if leave == "another part":
        editor.parts.list.setCurrentRow(1)
    elif leave == "another page":
        desk.window.go(Place("home"))
    else:
        desk.window.close()
    until(lambda: typed in _bodies(desk, book))


def test_two_windows_in_one_part_never_write_over_each_other(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before, count = editor.form.part(), editor.parts.list.count()
    key = editor._editing
    theirs = replace(before, body=before.body + " theirs")
    desk.window.store().act(desk.window.context.actor(), save_part, book, theirs, key)  # by another window
    editor.form.text.moveCursor(QTextCursor.MoveOperation.End)
    editor.form.text.insertPlainText(" mine")
    wait_until_idle(desk.window)
    assert theirs.body in _bodies(desk, book)
    assert editor.form.text.toPlainText() == before.body + " mine"  # cursor, focus and words stay
    assert editor.form.held.isVisible()
    (draft,) = desk.window.context.drafts.all()
    assert draft.values["body"] == before.body + " mine"
    QTest.keyClicks(editor.form.text, " too")
    editor.add()  # nothing new is begun before it is decided
    wait_until_idle(desk.window)
    assert (len(_bodies(desk, book)), editor.parts.list.count()) == (count, count)
    assert theirs.body in _bodies(desk, book)
    assert "written elsewhere" in desk.window.told.text()
    editor.form.mine_wanted.emit()
    wait_until_idle(desk.window)
    assert before.body + " mine too" in _bodies(desk, book)
    assert desk.window.context.drafts.all() == []


@pytest.mark.parametrize("how", ["undone", "restored"])
def test_what_somebody_else_takes_back_stays_with_who_wrote_it_until_they_decide(desk: Desk, how: str) -> None:
    book, store = desk.books[0], desk.window.store()
    kept = []
    with store.whole_file() as source:
        kept.append(keep(source, store.location, Reason.ASKED, dt.datetime.now(dt.UTC)))
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    old, key = editor.form.text.toPlainText(), editor._editing
    editor.form.text.setFocus()
    QTest.keyClicks(editor.form.text, "Words of mine. ")
    editor.keep()
    wait_until_idle(desk.window)
    assert _body(desk, key) == "Words of mine. " + old
    tia = Actor(desk.other.name, desk.other.id)
    if how == "undone":
        with store.read() as connection:
            last = connection.exec_driver_sql("SELECT max(id) FROM change_set").scalar()
        store.act(tia, undo, last)
    else:
        go_back(store, store.location, kept[0].path, tia, dt.datetime.now(dt.UTC))
    desk.window.reload()
    wait_until_idle(desk.window)
    assert editor.form.text.toPlainText() == "Words of mine. " + old
    assert editor.form.held.isVisible()
    assert f"{desk.other.name} took it back" in editor.form.why_held.text()
    assert _body(desk, key) == old
    editor.form.mine_wanted.emit()
    wait_until_idle(desk.window)
    assert (_body(desk, key), editor.form.held.isVisible()) == ("Words of mine. " + old, False)


def _body(desk: Desk, part: int) -> str:
    with desk.window.store().read() as connection:
        return str(connection.exec_driver_sql("SELECT body FROM playbook_part WHERE id = ?", (part,)).scalar())


def test_what_is_read_again_before_a_key_is_kept_is_not_written_over(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before, key = editor.form.part(), editor._editing
    editor._autosave.flush = lambda: None  # as if all of it happened within its pause
    QTest.keyClicks(editor.form.text, "mine ")
    theirs = replace(before, body=before.body + " theirs")
    desk.window.store().act(desk.window.context.actor(), save_part, book, theirs, key)
    editor.reload()
    until(lambda: editor._stored[key].body == theirs.body)
    del editor._autosave.flush
    editor.keep()
    wait_until_idle(desk.window)
    assert theirs.body in _bodies(desk, book)
    assert editor.form.held.isVisible()


def test_a_new_part_takes_the_first_key_though_the_store_is_locked(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before = _bodies(desk, book)
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    desk.window.activateWindow()
    editor.parts.tools[0].click()
    assert QApplication.focusWidget() is editor.form.heading
    QTest.keyClicks(QApplication.focusWidget(), "new title typed")
    assert editor.form.heading.text() == "new title typed"
    until(lambda: bool(desk.window.context.drafts.all()))
    editor._saver.save_all()
    editor.parts.tools[0].click()  # the next one waits for it, and takes no key meant for it
    assert QApplication.focusWidget() is editor.parts.list
    other.execute("ROLLBACK")
    other.close()
    wait_until_idle(desk.window)
    assert editor.form.heading.text() == ""
    assert QApplication.focusWidget() is editor.form.heading
    QTest.keyClicks(editor.form.heading, "second")
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        titles = [part.part.title for part in whole(connection, book, TODAY).parts]
    assert titles[len(before) :] == ["new title typed", "second"]
    assert desk.window.context.drafts.all() == []


def test_a_part_added_and_not_begun_leaves_nothing(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    before = _bodies(desk, book)
    for leave in (editor.parts.tools[3].click, lambda: editor.parts.list.setCurrentRow(0)):
        editor.parts.tools[0].click()
        assert editor.parts.list.count() == len(before) + 1
        leave()
        editor.reload()
        wait_until_idle(desk.window)
        assert editor.parts.list.count() == len(before)
        assert _bodies(desk, book) == before


def test_what_the_store_refused_is_in_the_editor_after_a_change_of_theme(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    desk.impatient()
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    editor.form.text.moveCursor(QTextCursor.MoveOperation.End)
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    until(lambda: "tried again" in editor.form.saved.text())
    desk.other_theme()
    editor = desk.window.pages["playbooks"].view("book")
    assert editor.form.text.toPlainText() == typed
    other.execute("ROLLBACK")
    other.close()
    until(lambda: typed in _bodies(desk, book))
    assert not [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]


def test_a_part_written_elsewhere_is_not_removed_unseen(desk: Desk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    theirs = replace(editor.form.part(), body="an hour of work")
    desk.window.store().act(desk.window.context.actor(), save_part, book, theirs, editor._editing)
    editor.parts.tools[3].click()
    wait_until_idle(desk.window)
    assert "an hour of work" in _bodies(desk, book)


@pytest.mark.parametrize("change", [Desk.other_theme, Desk.other_language], ids=["theme", "language"])
def test_a_change_of_look_goes_on_where_one_was_typing(desk: Desk, change: Callable[[Desk], None]) -> None:
    book = next(book for book in desk.books if book.owner_id == desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    editor.add()
    wait_until_idle(desk.window)
    QTest.keyClicks(editor.form.heading, "Second")
    editor.form.text.setFocus()
    QTest.keyClicks(editor.form.text, "begun ")
    row = editor.parts.list.currentRow()
    assert row > 0
    change(desk)
    editor = desk.window.pages["playbooks"].view("book")
    until(lambda: desk.window.focusWidget() is editor.form.text)
    assert editor.parts.list.currentRow() == row
    QTest.keyClicks(desk.window.focusWidget(), "and ended")
    assert editor.form.text.toPlainText() == "begun and ended"


def test_of_two_drafts_held_back_in_one_part_the_one_chosen_is_shown(desk: Desk) -> None:
    book = desk.books[0].id
    with desk.window.store().read() as connection:
        before = whole(connection, book, TODAY).parts[0]
    place, drafts = Place("playbooks", "part", book, str(before.id)), desk.window.context.drafts
    for words in ("first", "second"):
        drafts.put(place, words, {**asdict(replace(before.part, body=words)), "base": asdict(before.part)})
        drafts.leave(place)
    for draft in drafts.all():
        at = {"first": "2026-11-01T12:00:00+00:00", "second": "2026-11-02T12:00:00+00:00"}[draft.title]
        draft.file.write_text(json.dumps({**json.loads(draft.written), "at": at}))
    newer = replace(before.part, body="NEWER")
    desk.window.store().act(desk.window.context.actor(), save_part, book, newer, before.id)
    for words in ("first", "second", "first"):
        home: Any = desk.go(Place("home"))
        next(button for button in home.unfinished.buttons if button.accessibleName() == words).click()
        wait_until_idle(desk.window)
        editor: Any = desk.window.pages["playbooks"].view("book")
        assert (editor.form.text.toPlainText(), editor.form.held.isVisible()) == (words, True)
    editor.form.mine_wanted.emit()
    wait_until_idle(desk.window)
    assert _bodies(desk, book)[0] == "first"
    assert [draft.title for draft in desk.window.context.drafts.all()] == ["second"]
