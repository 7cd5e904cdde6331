"""A disk on which nothing can be kept: said, tried again, and asked about before anything typed would end."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mentor_app.ui import main_window, opening
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import WORDS, Desk, until


class Disk:
    """Whether drafts can be written."""

    full = True


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made, put = Disk(), DraftKeeper.put

    def fails(keeper: DraftKeeper, *args: Any) -> None:
        if made.full:
            raise OSError(28, "No space left on device")
        put(keeper, *args)

    monkeypatch.setattr(DraftKeeper, "put", fails)
    return made


def _stays(window: MainWindow, leave: Callable[[], object], words: str) -> None:
    leave()
    wait_for_words(window, words)
    assert window.isVisible()


def wait_for_words(window: MainWindow, words: str) -> None:
    until(lambda: words in window.told.text())


def test_feedback_is_tried_again_and_the_window_asks_before_it_closes(desk: Desk, disk: Disk) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    wait_for_words(desk.window, "can't be kept on this computer now: the disk is full")
    window = desk.window
    _stays(window, window.close, "Close once more to close without it")
    window._warned_at = -100
    disk.full = False
    until(lambda: bool(window.context.drafts.all()))  # without another key
    desk.close_and_open()
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == WORDS


def test_no_change_of_look_or_person_ends_what_is_kept_nowhere(desk: Desk, disk: Disk) -> None:
    window = desk.window
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    _stays(
        window,
        lambda: window._set("theme", "dark"),
        "has to be kept on this computer, which can't be done: the disk is full",
    )
    _stays(
        window,
        lambda: window.become(desk.other.id),
        "has to be kept on this computer, which can't be done: the disk is full",
    )
    wait_until_idle(window)
    assert desk.window is window
    assert window.context.me.id == desk.me.id
    assert page.panel.feedback.toPlainText() == WORDS
    page = desk.go(Place("logbook", id=desk.waiting[1]))  # another entry, and back
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == WORDS
    disk.full = False


def test_words_about_another_entry_are_tried_again_too_and_asked_about(desk: Desk, disk: Disk) -> None:
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    wait_for_words(desk.window, "can't be kept on this computer now: the disk is full")
    desk.go(Place("logbook", id=desk.waiting[1]))  # nothing is typed here
    _stays(desk.window, desk.window.close, "Close once more to close without it")
    desk.window._warned_at = -100
    disk.full = False
    until(lambda: bool(desk.window.context.drafts.all()))  # without another key
    desk.close_and_open()
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    assert page.panel.feedback.toPlainText() == WORDS


def test_nothing_is_signed_off_without_the_feedback_that_can_not_be_kept(desk: Desk, disk: Disk) -> None:
    first = desk.waiting[0]
    page = desk.go(Place("logbook", id=first))
    page.panel.feedback.insertPlainText(WORDS)
    page.panel.sign.click() if page.panel.sign.isVisible() else page.panel.send_back.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        from mentor_app.core.logbook.queries import activities

        assert activities(connection, [first])[first].reviews[-1].comment == WORDS
    disk.full = False


def test_a_part_kept_nowhere_is_not_said_to_be(desk: Desk, disk: Disk) -> None:
    book = desk.books[0].id
    editor = desk.go(Place("playbooks", id=book)).view("book")
    away = desk.place.with_name("away.sqlite")
    desk.place.rename(away)
    editor.form.text.insertPlainText(WORDS)
    typed = editor.form.text.toPlainText()
    until(lambda: "Neither saved nor kept" in editor.form.saved.text())
    _stays(desk.window, desk.window.close, "Close once more to close without it")
    desk.window._warned_at = -100
    disk.full = False
    until(lambda: "kept on this computer, tried again" in editor.form.saved.text())
    away.rename(desk.place)
    until(lambda: editor.form.saved.text() == "Saved.")
    assert editor.form.text.toPlainText() == typed
    assert desk.window.context.drafts.all() == []


def test_a_comment_that_can_not_be_kept_stays_in_its_dialog(desk: Desk, disk: Disk) -> None:
    from mentor_app.core.playbooks.queries import playbooks
    from tests.ui.desk import TODAY

    with desk.window.store().read() as connection:
        book = next(b for b in playbooks(connection, TODAY) if b.state == "in_review" and b.owner_id != desk.me.id)
    editor = desk.go(Place("playbooks", id=book.id)).view("book")
    editor.review._comment_on(Place("playbooks", "comment", book.id, "0: passage"), 0, "passage")
    dialog: Any = desk.window.dialog
    dialog.words.setPlainText(WORDS)
    dialog.save.click()
    assert dialog.isVisible()
    assert "the disk is full" in dialog.error.text()
    assert editor.review.comments == []
    disk.full = False
    dialog.save.click()
    assert not dialog.isVisible()
    assert editor.review.comments == [(0, "passage", WORDS)]


def test_a_warning_before_closing_counts_once(desk: Desk, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(main_window.time, "monotonic", lambda: now[0])
    page = desk.go(Place("logbook", id=desk.waiting[0]))
    page.panel.feedback.insertPlainText(WORDS)
    assert not desk.window.close()
    now[0] += main_window.WARNED_FOR + 1
    assert not desk.window.close()  # more may have been typed: it is asked anew
    now[0] += 1
    assert desk.window.close()


def test_a_dialog_asks_again_after_there_was_room(desk: Desk, disk: Disk) -> None:
    desk.window.go(Place("logbook", "log"))
    until(lambda: desk.window.dialog is not None and not desk.window.tasks.busy())
    dialog: Any = desk.window.dialog
    dialog.fields["customer"].setText("one")
    dialog.reject()
    assert dialog.isVisible()
    disk.full = False
    dialog.autosave.flush()
    disk.full = True
    dialog.fields["customer"].setText("one two")
    dialog.reject()
    assert dialog.isVisible()
    dialog.reject()
    assert not dialog.isVisible()


def test_what_is_discarded_comes_back_once_there_is_room(desk: Desk, disk: Disk) -> None:
    disk.full = False
    drafts = desk.window.context.drafts
    drafts.put(Place("logbook", "log"), "A session", {"fields.customer": "华宇"})
    desk.window.go(Place("home", "drafts"))
    dialog: Any = desk.window.dialog
    dialog.drop.click()
    disk.full = True
    dialog.start_afresh.click()
    assert "the disk is full" in dialog.error.text()
    disk.full = False
    dialog.start_afresh.click()
    assert [draft.values for draft in drafts.all()] == [{"fields.customer": "华宇"}]
    dialog.reject()


@pytest.mark.parametrize("is_full", [True, False])
def test_what_is_typed_for_a_form_that_waits_is_a_draft_or_given_up_only_twice(
    desk: Desk, disk: Disk, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    disk.full = is_full
    monkeypatch.setattr(opening, "SLOW", 20)
    window, away = desk.window, desk.place.with_name("away.sqlite")
    desk.place.rename(away)
    try:
        QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        until(lambda: window._opening is not None and window._opening.waiting.isVisible())
        waiting: Any = window._opening.waiting  # type: ignore[union-attr]
        QTest.keyClicks(waiting.cancel, "Pricinh")
        for key in (Qt.Key.Key_Backspace, Qt.Key.Key_G, Qt.Key.Key_Tab):
            QTest.keyClick(waiting.cancel, key)
        for held in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier):
            QTest.keyClick(waiting.cancel, Qt.Key.Key_Return, held)
            assert waiting.isVisible()
            assert "Nothing is saved yet" in waiting.error.text()
        if is_full:
            for _ in range(2):  # the second comes before the first can have been read
                QTest.keyClick(waiting.cancel, Qt.Key.Key_Escape)
                assert waiting.isVisible()
                assert "“Pricing”" in waiting.error.text()
            monkeypatch.setattr(opening, "READ_IN", 0)
        QTest.keyClick(waiting.cancel, Qt.Key.Key_Escape)
        assert not waiting.isVisible()
    finally:
        away.rename(desk.place)
    if is_full:
        return
    until(lambda: not window.kept.is_away)
    (draft,) = window.context.drafts.all()
    assert draft.title == "Typed for a form that was not open yet · Pricing"
    window.context.drafts.take_up(draft)
    window.go(draft.place)
    wait_until_idle(window)
    dialog: Any = window.dialog
    assert "Your unfinished draft" in dialog.draft_note.text()
    assert "Pricing" in str(dialog.values())
    dialog.reject()
    (draft,) = window.context.drafts.all()
    assert draft.title.startswith("Log a session")


def test_what_is_typed_before_the_form_to_erase_somebody_is_open_goes_nowhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SLOW", 20)
    window, away = desk.window, desk.place.with_name("away.sqlite")
    desk.place.rename(away)
    try:
        window.go(Place("people", "erase", desk.other.id))
        until(lambda: window._opening is not None and window._opening.waiting.isVisible())
        waiting: Any = window._opening.waiting  # type: ignore[union-attr]
        told = " ".join(found.text() for found in waiting.findChildren(QLabel))
        assert "goes nowhere" in told
        assert "draft" not in told
        QTest.keyClicks(waiting.cancel, "evix")
        QTest.keyClick(waiting.cancel, Qt.Key.Key_Return)
        assert waiting.error.text() == "Nothing is done yet: the form is not open."
        QTest.keyClick(waiting.cancel, Qt.Key.Key_Escape)
        assert not waiting.isVisible()
    finally:
        away.rename(desk.place)
    until(lambda: not window.kept.is_away)
    assert window.context.drafts.all() == []
