"""A store in which a check finds something, through the window: what is called sound, and what can't be read."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from mentor_app.core.check.backups import back_up, back_up_to
from mentor_app.core.errors import StoreFault
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store.faults import VALUE_UNREADABLE
from mentor_app.ui import i18n
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.tampering import unprotected, without
from tests.ui.desk import Desk
from tests.ui.test_store_in_window import choose, entry, offers, press


def test_a_backup_that_is_not_sound_is_said_to_be_and_replaces_none(desk: Desk, tmp_path: Path) -> None:
    window, good = desk.window, tmp_path / "stick.sqlite"
    wait_until_idle(window)
    back_up_to(window.store(), good)
    back_up(window.store(), dt.datetime.now(dt.UTC))
    whole = good.read_bytes()
    with unprotected(window.store().location) as raw:
        raw.execute("UPDATE person SET name = 'Forged' WHERE id = 1")
    entry(window, "Back up to…").trigger()
    choose(window, good)
    (box,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    assert "Row 1 of person differs from the history" in box.informativeText()
    assert "check the store to see" in box.informativeText()  # the verb is the command line's
    press(next(made for made in box.buttons() if made.text() == "Check the store…"))
    wait_until_idle(window)
    assert window.dialog is not None
    assert window.dialog.windowTitle() == "Check the store"
    assert not box.isVisible()
    window.dialog.reject()
    assert good.read_bytes() == whole
    assert (tmp_path / "stick-with-problems.sqlite").exists()
    window.go(Place("store", "restore"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    assert dialog.list.item(0).text().endswith("made when asked\nchecked and sound")
    dialog.reject()


def test_a_backup_that_holds_more_is_said_to_and_stays(desk: Desk, tmp_path: Path) -> None:
    window, fuller = desk.window, tmp_path / "stick.sqlite"
    wait_until_idle(window)
    back_up_to(window.store(), fuller)
    with closing(sqlite3.connect(fuller)) as raw, raw:
        raw.execute(
            "INSERT INTO change_set (id, at, action) SELECT id + 1, at, action FROM change_set ORDER BY id DESC LIMIT 1"
        )
    whole = fuller.read_bytes()
    entry(window, "Back up to…").trigger()
    choose(window, fuller)
    (box,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    assert "it holds changes that the store does not have" in box.informativeText()
    box.close()
    assert fuller.read_bytes() == whole
    assert (tmp_path / "stick-other-history.sqlite").exists()


@pytest.mark.parametrize(
    ("harm", "page", "other", "words", "is_written"),
    [
        ("UPDATE activity SET held_on = '2026-13-45' WHERE id = 5", "logbook", "people", "Row 5 of activity in ", True),
        ("UPDATE person SET hired_on = 'x' WHERE id = 49", "people", "playbooks", "Row 49 of person in ", True),
        ("UPDATE change SET after = '{bad'", "history", "people", "begins with “{bad”", True),
        ("DROP TABLE leave", "home", "playbooks", "leave is missing from ", False),
    ],
)
def test_what_can_not_be_read_is_said_and_all_else_goes_on(
    desk: Desk, harm: str, page: str, other: str, words: str, is_written: bool
) -> None:
    with unprotected(desk.place) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(harm)
    window = desk.window
    window.reload()
    notice = desk.go(Place(page)).unread
    assert words in notice.words.text()
    assert [box for box in window.findChildren(QMessageBox) if box.isVisible()] == []
    assert list(offers(notice)) == ["Check the store…", "Restore a backup…", "Try again"]
    shown = desk.go(Place(other))
    assert shown.isVisible()
    assert not window.kept.is_away
    window.context.act(add_person, PersonDetails(name="Zoe Zhang"))
    wait_until_idle(window)
    with window.store().read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person WHERE name = 'Zoe Zhang'").scalar() == is_written
    notice = desk.go(Place(page)).unread
    press(offers(notice)["Check the store…"])
    wait_until_idle(window)
    assert window.dialog is not None
    assert window.dialog.windowTitle() == "Check the store"
    window.dialog.reject()


def test_a_store_that_lacks_a_table_says_so_with_what_helps_and_takes_nothing(desk: Desk) -> None:
    without(desk.place, "redemption")
    window = desk.window
    window.kept.reopen()
    wait_until_idle(window)
    desk.go(Place("people"))
    notice = window.kept.notice
    assert "lacks redemption" in notice.words.text()
    assert list(offers(notice)) == ["Check the store…", "Restore a backup…", "Hide"]
    window.context.act(add_person, PersonDetails(name="Zoe Zhang"))
    wait_until_idle(window)
    with window.store().read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person WHERE name = 'Zoe Zhang'").scalar() == 0
    for box in window.findChildren(QMessageBox):
        box.close()
    press(offers(notice)["Restore a backup…"])
    wait_until_idle(window)
    assert window.dialog is not None
    assert window.dialog.windowTitle() == "Restore a backup"
    window.dialog.reject()


def test_a_page_that_can_not_be_read_says_so_in_its_place_as_long_as_it_is_so(desk: Desk) -> None:
    with unprotected(desk.place) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        (hire,) = raw.execute("SELECT max(person_id) FROM enrolment").fetchone()
        raw.execute("UPDATE person SET hired_on = '2026-13-45' WHERE id = ?", [hire])
    window, banner, words = desk.window, desk.window.kept.notice, f"Row {hire} of person in "
    window.context.act(add_person, PersonDetails(name="Zoe Zhang"))  # what was read before does not stand for it
    wait_until_idle(window)
    pages = [desk.go(place) for place in (Place("people"), Place("camp"), Place("ramp"), Place("pairing", "assign"))]
    for page in pages:
        desk.go(Place(page.room))
        assert words in page.unread.words.text()
        assert page.unread.isVisible()
    assert not desk.go(Place("pairing", "pairings")).unread.isVisible()
    window.find_anything()
    wait_until_idle(window)
    QTest.keyClicks(window.finder.field, "nobody of that name")
    assert window.finder.unread.isVisible()
    assert words in window.finder.unread.text()
    assert not window.finder.nothing.isVisible()
    window.finder.reject()
    if banner.isVisible():
        press(offers(banner)["Hide"])
    in_front = desk.go(Place("people"))
    with unprotected(desk.place) as raw:
        raw.execute("UPDATE person SET hired_on = '2026-01-05' WHERE id = ?", [hire])
    assert in_front.unread.isVisible()  # nobody told the window
    press(offers(in_front.unread)["Try again"])
    wait_until_idle(window)
    assert not in_front.unread.isVisible()
    for page in pages:  # what could not be read is read anew where it is shown
        assert not desk.go(Place(page.room)).unread.isVisible()


@pytest.mark.parametrize(("language", "words"), [("en", "Check the store, which names"), ("zh_CN", "“检查数据库”找出")])
def test_the_window_names_no_verbs(language: str, words: str) -> None:
    i18n.use(language)
    told = StoreFault(VALUE_UNREADABLE, store="x", table="person", row=3, column="(check)").render(i18n.current())
    assert words in told
    assert "(check)" in told  # what is stored stays as it is
