"""Comments at passages: kept until they are sent."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTextEdit

from mentor_app.core.playbooks.queries import playbooks, whole
from mentor_app.core.text import LANGUAGES
from mentor_app.ui.navigation import Place
from mentor_app.ui.playbooks.search_view import show_markdown
from mentor_app.ui.widgets.controls import plain_tip
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY, WORDS, Desk, until


def test_comments_at_a_passage_wait_until_they_are_sent(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    editor.parts.list.setCurrentRow(0)
    cursor = editor.review.preview.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    editor.review.preview.setTextCursor(cursor)
    editor.review.remark.click()
    wait_until_idle(desk.window)
    dialog: Any = desk.window.dialog
    dialog.words.setPlainText(WORDS)
    QTest.keyClick(dialog.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    assert WORDS in editor.review.said.toPlainText()
    desk.close_and_open()
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    assert WORDS in editor.review.said.toPlainText()
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


def test_a_comments_draft_opens_the_comment_again(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    passage = "a long passage " * 8
    editor.review._comment_on(Place("playbooks", "comment", book.id, f"0: {passage[:60]}"), 0, passage)
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
    assert editor.review.comments == [(0, passage, WORDS)]


def test_an_approval_takes_the_comments_along(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    editor.review.add_comment(0, "a passage", WORDS)
    editor.approve.setFocus()
    QTest.keyClick(editor.approve, Qt.Key.Key_Space)
    wait_until_idle(desk.window)
    assert not editor.approve.isVisible()
    assert desk.window.focusWidget() is editor.parts.list  # and not a button of the sidebar
    with desk.window.store().read() as connection:
        said = [(remark.decision, remark.words) for remark in whole(connection, book.id, TODAY).said]
    assert ("comment", WORDS) in said
    assert "approved" in [decision for decision, _ in said]
    assert editor.review.comments == []
    assert desk.window.context.drafts.all() == []
    desk.window.undo.setFocus()
    QTest.keyClick(desk.window.undo, Qt.Key.Key_Space)
    assert desk.window.focusWidget() is editor.parts.list
    wait_until_idle(desk.window)
    assert editor.approve.isVisible()


def test_comments_kept_while_an_approval_waits_and_those_of_other_books_stay(desk: Desk) -> None:
    store, me = desk.window.store(), desk.window.context.actor()
    with store.read() as connection:
        first, *_ = [b.id for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id]
        other = next(b for b in playbooks(connection, TODAY) if b.owner_id not in (desk.me.id, None) and b.id != first)
    drafts, passage = desk.window.context.drafts, "a passage"
    drafts.put(Place("playbooks", "comments", other.id), other.title, {"comments": [[0, passage, "for the other"]]})
    editor = desk.go(Place("playbooks", id=first)).view("book")
    editor.review.add_comment(0, passage, "sent")
    lock = sqlite3.connect(desk.place, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    editor.approve.click()
    editor.review.add_comment(0, passage, "kept meanwhile")
    desk.window.go(Place("playbooks", id=other.id))
    until(lambda: [words for *_, words in editor.review.comments] == ["for the other"])
    lock.execute("ROLLBACK")
    lock.close()
    wait_until_idle(desk.window)
    assert [words for *_, words in editor.review.comments] == ["for the other"]
    assert {draft.place.id: draft.values["comments"] for draft in drafts.all()} == {
        first: [[0, passage, "kept meanwhile"]],
        other.id: [[0, passage, "for the other"]],
    }
    assert me.person_id == desk.me.id


def test_comments_sent_are_not_sent_again_nor_under_another_name(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    editor.review.add_comment(0, "a passage", WORDS)
    desk.window.become(desk.other.id)
    wait_until_idle(desk.window)
    assert editor.review.comments == []
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    assert editor.review.comments == [(0, "a passage", WORDS)]
    editor.changes.click()
    wait_until_idle(desk.window)
    dialog: Any = desk.window.dialog
    dialog.save.click()
    wait_until_idle(desk.window)
    assert editor.review.comments == []


def test_no_picture_is_opened(desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    os.mkfifo(picture)  # whoever opened it would wait for ever
    view = QTextEdit()
    show_markdown(view, f"before ![x]({picture}) after\n\n![ref][r]\n\n[r]: {picture}")
    view.resize(300, 200)
    view.grab()
    assert "before ![x](" in view.toPlainText()
    assert "<qt>" in plain_tip(f'<img src="{picture}">')


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_window_does_not_grow_for_a_playbook(desk: Desk, language: str) -> None:
    desk.settings.language = language
    desk.close_and_open()
    desk.window.resize(1024, 700)
    with desk.window.store().read() as connection:
        books = {book.state: book.id for book in playbooks(connection, TODAY)}
    for state, book in books.items():
        desk.go(Place("playbooks", id=book))
        assert desk.window.width() == 1024, state
    assert {"draft", "in_review", "approved"} <= books.keys()
