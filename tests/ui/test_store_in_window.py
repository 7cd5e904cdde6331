"""The store as a whole, through the window: backed up, gone back to; what is amiss is said with the next step as a button."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPushButton, QWidget
from shiboken6 import isValid
from sqlalchemy import event

from mentor_app.core.location import same_for_all
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.merging import merge
from mentor_app.core.store import Store, backup
from mentor_app.core.store.backup import Reason
from mentor_app.core.team import open_team
from mentor_app.ui import context, window_store
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.registry import PAGES
from mentor_app.ui.settings import Settings
from tests.conftest import ME, gone
from tests.core.store.test_backup import kept, people_in
from tests.core.store.test_opening import cut, overwritten
from tests.core.store.test_stray_log import crashed, later
from tests.idle import wait_until_idle
from tests.tampering import unprotected
from tests.ui.desk import until
from tests.ui.test_live import names


def add(store: Store, name: str) -> None:
    store.act(ME, add_person, PersonDetails(name=name))


def offers(notice: QWidget) -> dict[str, QPushButton]:
    """The next steps that a notice offers."""
    found = notice.findChildren(QPushButton)
    return {made.text(): made for made in found if made.isVisible()}


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(window: Any, path: Path) -> None:
    """Answer the file dialog that is open."""
    dialogs = [d for d in QApplication.topLevelWidgets() if isinstance(d, QFileDialog) and d.isVisible()]
    dialogs += [d for d in window.findChildren(QFileDialog) if d.isVisible()]
    dialogs[0].fileSelected.emit(str(path))
    if isValid(dialogs[0]):
        dialogs[0].done(1)
    if isValid(window):
        wait_until_idle(window)


def entry(window: MainWindow, words: str) -> Any:
    return next(action for action in window.where.menu().actions() if action.text() == words)


class Opened:
    """Windows opened on stores, closed in the end."""

    def __init__(self, app: QApplication) -> None:
        self._app, self.shells = app, []

    def __call__(self, place: Path | str, settings: Settings | None = None) -> MainWindow:
        shell = Shell(self._app, str(place), settings or Settings(language="en", theme="light"), sample=False)
        self.shells.append(shell)
        shell.window.show()
        wait_until_idle(shell.window)
        return shell.window


@pytest.fixture
def opened(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    monkeypatch.setattr(window_store, "TRY_AGAIN", 3_600_000)  # a test tries again itself
    made = Opened(qapp)
    yield made
    gone(qapp, *(shell.window for shell in made.shells))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with Ann in it, and a backup of that."""
    where = tmp_path / "team.sqlite"
    with closing(open_team(where)) as store:
        add(store, "Ann")
        kept(store)
    return where


def test_back_up_to_a_place_of_one_s_own(opened: Opened, place: Path, tmp_path: Path) -> None:
    window = opened(place)
    entry(window, "Back up to…").trigger()
    choose(window, tmp_path / "stick.sqlite")
    assert people_in(tmp_path / "stick.sqlite") == ["Ann"]
    assert "found to be sound" in window.told.text()
    assert str(tmp_path / "stick.sqlite") in window.told.text()


def test_a_place_that_can_not_be_written_is_said(opened: Opened, place: Path, tmp_path: Path) -> None:
    window = opened(place)
    window.back_up()
    choose(window, tmp_path / "nowhere" / "stick.sqlite")
    (box,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    assert "no such file or folder" in box.informativeText()
    box.close()


def test_going_back_shows_what_it_means_and_does_it(opened: Opened, place: Path) -> None:
    window, other = opened(place), opened(place)
    add(window.store(), "Bo")
    for each in (window, other):
        each.go(Place("people"))
        wait_until_idle(each)
    assert names(window) == ["Ann", "Bo"]
    entry(window, "Restore a backup…").trigger()
    wait_until_idle(window)
    dialog: Any = window.dialog
    assert dialog.list.currentRow() == 0  # the newest is shown at once
    cells = [dialog.grid.itemAtPosition(1, column).widget().text() for column in range(4)]
    assert cells == ["People", "1", "2", "−1"]
    assert "1 action here" in dialog.warning.text()
    assert "computer user tester: Person added · Bo" in dialog.warning.text()
    assert ME.name in dialog.last.text()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)  # nobody puts everybody back by one key
    assert (dialog.isVisible(), dialog.save.isEnabled(), "for everybody" in dialog.anyway.text()) == (True, False, True)
    QTest.keyClick(dialog.anyway, Qt.Key.Key_Space)
    press(dialog.save)
    wait_until_idle(window)
    assert not dialog.isVisible()
    assert names(window) == ["Ann"]
    until(lambda: names(other) == ["Ann"])  # the other window by itself
    assert "restored" in window.told.text()
    newest = backup.listed(str(place))[0]
    assert newest.reason == Reason.RESTORE
    assert people_in(newest.path) == ["Ann", "Bo"]
    window.context.act(add_person, PersonDetails(name="Cy"))
    until(lambda: names(other) == ["Ann", "Cy"])


def test_people_are_counted_as_they_are_listed(opened: Opened, place: Path) -> None:
    with closing(open_team(place)) as store:
        for name in ("Bo", "Cy", "Di"):
            add(store, name)
        kept(store)
        store.act(ME, merge, 2, 1)
        store.act(ME, erase, 3)
    window = opened(place)
    assert len(names(_people(window))) == 3
    entry(window, "Restore a backup…").trigger()
    wait_until_idle(window)
    dialog: Any = window.dialog
    cells = [dialog.grid.itemAtPosition(1, column).widget().text() for column in range(4)]
    assert cells == ["People", "4", "3", "+1"]


def test_another_file_is_looked_at_too_and_refused_in_place(opened: Opened, place: Path, tmp_path: Path) -> None:
    window = opened(place)
    window.go(Place("store", "restore"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    letter = tmp_path / "letter.sqlite"
    letter.write_text("Dear all, " * 500)
    press(dialog.other)
    choose(window, letter)
    assert "not a mentor-app store" in dialog.error.text()
    assert not dialog.save.isEnabled()
    with closing(open_team(tmp_path / "other.sqlite")) as store:
        add(store, "Stranger")
    press(dialog.other)
    choose(window, tmp_path / "other.sqlite")
    assert dialog.error.text() == ""
    assert "another store" in dialog.warning.text()
    wait_until_idle(window)
    assert "in the backup Stranger" in dialog.doubt.text()
    assert "here Ann" in dialog.doubt.text()
    assert not dialog.save.isEnabled()
    QTest.keyClick(dialog.anyway, Qt.Key.Key_Space)
    assert dialog.save.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert names(_people(window)) == ["Ann"]


def test_of_a_file_chosen_elsewhere_the_look_before_restoring_says_which_it_is(
    opened: Opened, place: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick" / "of-monday.sqlite"
    stick.parent.mkdir()
    with closing(open_team(place)) as store:
        shutil.copy(kept(store).path, stick)
    window = opened(place)
    window.go(Place("store", "restore"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    dialog.list.setCurrentRow(0)
    wait_until_idle(window)
    listed = dialog.last.text()
    assert "sqlite" not in listed
    press(dialog.other)
    choose(window, stick)
    assert dialog.last.text().splitlines() == [str(stick), *listed.splitlines()]
    assert dialog.list.currentRow() == -1
    dialog.reject()


def test_an_altered_backup_is_restored_only_when_that_is_said(opened: Opened, place: Path, tmp_path: Path) -> None:
    window = opened(place)
    forged = tmp_path / "forged.sqlite"
    shutil.copy(backup.listed(str(place))[0].path, forged)
    with closing(sqlite3.connect(forged)) as raw, raw:
        raw.execute("UPDATE person SET name = 'Forged'")
    window.go(Place("store", "restore"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    press(dialog.other)
    choose(window, forged)
    wait_until_idle(window)
    assert "altered this backup" in dialog.doubt.text()
    assert dialog.anyway.isVisible()
    assert not dialog.save.isEnabled()
    QTest.keyClick(dialog.anyway, Qt.Key.Key_Space)
    press(dialog.save)
    wait_until_idle(window)
    assert names(_people(window)) == ["Forged"]


def _people(window: MainWindow) -> MainWindow:
    window.go(Place("people"))
    wait_until_idle(window)
    return window


def test_what_is_typed_is_kept_before_going_back(opened: Opened, place: Path) -> None:
    window = opened(place)
    window.go(Place("people", "add"))
    wait_until_idle(window)
    form: Any = window.dialog
    QTest.keyClicks(form.name, "Dora")
    window.go(Place("store", "restore"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    dialog.list.setCurrentRow(0)
    wait_until_idle(window)
    QTest.keyClick(dialog.anyway, Qt.Key.Key_Space)
    press(dialog.save)
    wait_until_idle(window)
    assert form.name.text() == "Dora"
    form.reject()
    assert [draft.values["name"] for draft in window.context.drafts.all()] == ["Dora"]


def test_a_server_s_lines_can_be_copied(opened: Opened, postgresql: str) -> None:
    window = opened(postgresql)
    for go in (window.back_up, lambda: window.go(Place("store", "restore"))):
        go()
        (box,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
        assert "pg_restore --exit-on-error" in box.detailedText()
        box.close()
        box.setParent(None)


def test_the_day_s_backup_is_made_while_one_works(opened: Opened, place: Path) -> None:
    window = opened(place)
    add(window.store(), "Bo")
    window.kept._keep.start(0)
    until(lambda: any(one.reason == Reason.DAILY for one in backup.listed(str(place))))
    wait_until_idle(window)
    assert window.kept._keep.isActive()  # again in an hour


def test_a_backup_that_can_not_be_made_is_said(opened: Opened, place: Path) -> None:
    shutil.rmtree(backup.folder_of(str(place)))
    backup.folder_of(str(place)).write_text("in the way")
    window = opened(place)
    window.kept._keep.start(0)
    until(lambda: "No backup could be written" in window.told.text())


# what is amiss


def lost(place: Path) -> None:
    place.unlink()


def emptied(place: Path) -> None:
    os.truncate(place, 0)
    os.utime(place, (0, 0))


def damaged(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:100] + b"\xff" * 20000)


def nameless(place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.commit()


@pytest.mark.parametrize("harm", [lost, emptied, damaged, nameless])
def test_a_lost_store_is_restored_from_the_page_that_says_so(opened: Opened, place: Path, harm: Any) -> None:
    harm(place)
    window = opened(place)
    assert not window.stack.isVisible()
    assert str(place) in window.kept.notice.words.text()
    assert [box for box in window.findChildren(QMessageBox) if box.isVisible()] == []
    press(offers(window.kept.notice)["Restore a backup…"])
    wait_until_idle(window)
    dialog: Any = window.dialog
    dialog.list.setCurrentRow(0)
    wait_until_idle(window)
    assert dialog.error.text() == ""
    assert dialog.grid.itemAtPosition(1, 2).widget().text() == "–"
    press(dialog.save)
    wait_until_idle(window)
    assert not window.kept.notice.isVisible()
    (aside,) = [*backup.folder_of(str(place)).glob("*-aside.sqlite")] or [None]
    lies = f" What was there before lies beside it: {aside.parent.name}/{aside.name}" if aside is not None else ""
    assert window.told.text() == f"The backup is restored.{lies}"
    assert names(_people(window)) == ["Ann"]


@pytest.mark.parametrize("harm", [lost, emptied])
def test_a_new_store_begins_only_where_somebody_says_so(opened: Opened, place: Path, harm: Any) -> None:
    harm(place)
    window = opened(place)
    press(offers(window.kept.notice)["Try again"])
    wait_until_idle(window)
    assert window.kept.notice.isVisible()
    press(offers(window.kept.notice)["Begin a new store"])
    wait_until_idle(window)
    assert not window.kept.notice.isVisible()
    assert names(_people(window)) == []
    assert len(backup.listed(str(place))) == 1


def test_a_store_known_here_is_not_made_anew_where_it_is_gone(opened: Opened, tmp_path: Path) -> None:
    place, settings = tmp_path / "team.sqlite", Settings(language="en", theme="light")
    with closing(open_team(place)) as store:
        add(store, "Ann")
    settings.actors[same_for_all(str(place))] = [1]
    window = opened(place, settings)
    window.close()
    place.rename(tmp_path / "moved.sqlite")
    again = opened(place, settings)
    assert not place.exists()
    assert "is not there" in again.kept.notice.words.text()
    press(offers(again.kept.notice)["Open another store…"])
    (dialog,) = again.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "moved.sqlite"))
    until(lambda: opened.shells[-1].window is not again)
    now = opened.shells[-1].window
    wait_until_idle(now)
    assert now is not again
    assert names(_people(now)) == ["Ann"]


@pytest.mark.skipif(os.name == "nt", reason="what is open can't be moved there")
def test_a_form_whose_file_went_away_as_it_was_stored_is_not_saved_twice(
    opened: Opened, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "ASK_AGAIN", 100)
    window, away = opened(place), place.with_name("away.sqlite")
    window.go(Place("people", "add"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    dialog.name.setText("Bo")

    def move(_connection: object) -> None:
        place.rename(away)

    engine = window.store().engine
    event.listen(engine, "commit", move)
    dialog.save.click()
    until(lambda: "which stayed behind" in dialog.error.text())
    event.remove(engine, "commit", move)
    dialog.save.click()
    assert dialog.isVisible()
    away.rename(place)
    until(lambda: not dialog.isVisible())
    assert window.context.drafts.all() == []
    wait_until_idle(window)
    with window.store().read() as connection:
        assert [p.name for p in people(connection)] == ["Ann", "Bo"]


def test_a_newer_or_foreign_file_says_what_to_do(opened: Opened, tmp_path: Path) -> None:
    letter = tmp_path / "letter.sqlite"
    letter.write_text("Dear all")
    window = opened(letter)
    assert "not a mentor-app store" in window.kept.notice.words.text()
    assert next(iter(offers(window.kept.notice))) == "Open another store…"
    assert letter.read_text() == "Dear all"
    (tmp_path / "letter.sqlite.backups").mkdir()
    (tmp_path / "letter.sqlite.backups" / "20260101T000000Z-daily.sqlite").touch()
    window = opened(letter)
    assert "lie beside it in letter.sqlite.backups" in window.kept.notice.words.text()
    assert next(iter(offers(window.kept.notice))) == "Restore a backup…"
    newer = tmp_path / "newer.sqlite"
    open_team(newer).close()
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    window = opened(newer)
    assert "newer version" in window.kept.notice.words.text()
    assert "Try again" in offers(window.kept.notice)
    window = opened(tmp_path / "no" / "team.sqlite")
    assert f"there is no folder {tmp_path / 'no'}" in window.kept.notice.words.text()
    assert list(offers(window.kept.notice)) == ["Try again", "Open another store…"]
    assert not (tmp_path / "no").exists()


def test_a_store_written_over_while_open_is_restored(
    opened: Opened, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mentor_app.core.store import guard

    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    window = _people(opened(place))
    overwritten(place, cut(5000))
    until(window.kept.notice.isVisible)
    assert "written over" in window.kept.notice.words.text()
    assert window.stack.isVisible()
    press(offers(window.kept.notice)["Restore a backup…"])
    wait_until_idle(window)
    dialog: Any = window.dialog
    dialog.list.setCurrentRow(0)
    wait_until_idle(window)
    press(dialog.save)
    wait_until_idle(window)
    assert not window.kept.notice.isVisible()
    window.context.act(add_person, PersonDetails(name="Bo"))
    wait_until_idle(window)
    assert names(window) == ["Ann", "Bo"]


def test_another_file_in_its_place_is_opened_when_one_says_so(opened: Opened, place: Path, tmp_path: Path) -> None:
    window = _people(opened(place))
    other = tmp_path / "other.sqlite"
    with closing(open_team(other)) as store:
        add(store, "Stranger")
    for end in ("", "-wal", "-shm"):
        Path(f"{place}{end}").rename(tmp_path / f"away.sqlite{end}")
    other.rename(place)
    until(window.kept.notice.isVisible)
    words = window.kept.notice.words.text()
    assert words.startswith(f"{place} is another file now than when it was opened. Nothing more is written to it;")
    press(offers(window.kept.notice)["Open it"])
    wait_until_idle(window)
    assert not window.kept.notice.isVisible()
    assert names(window) == ["Stranger"]


@pytest.mark.parametrize(("offer", "people"), [("Open it without them", ["Ann"]), ("Open it with them", ["Ann", "Bo"])])
def test_an_older_copy_put_there_after_a_crash_is_asked_about(
    opened: Opened, place: Path, tmp_path: Path, offer: str, people: list[str]
) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    crashed(place, "Bo", anew=True)
    shutil.copyfile(copy, place)
    later(place)
    window = opened(place)
    until(lambda: "(actions: 1)" in window.kept.notice.words.text())
    press(offers(window.kept.notice)[offer])
    wait_until_idle(window)
    assert not window.kept.notice.isVisible()
    assert names(_people(window)) == people


def test_a_locked_store_is_waited_for_at_once_and_in_words(
    opened: Opened, place: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(window_store, "SLOW_START", 50)
    script = (
        f"import sqlite3, sys; c = sqlite3.connect({str(place)!r}, isolation_level=None); "
        "c.execute('PRAGMA locking_mode=EXCLUSIVE'); c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    shell = Shell(qapp, str(place), Settings(language="en", theme="light"), sample=False)
    opened.shells.append(shell)
    window = shell.window
    window.show()
    until(window.kept.notice.isVisible, 3)
    assert "Waiting" in window.kept.notice.heading.text()
    until(lambda: "in use by another program" in window.kept.notice.words.text())
    holder.communicate()
    press(offers(window.kept.notice)["Try again"])
    wait_until_idle(window)
    assert not window.kept.notice.isVisible()
    assert names(_people(window)) == ["Ann"]


def test_a_store_that_can_only_be_read_is_shown_and_says_so(
    opened: Opened, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mentor_app.core.store import opening

    monkeypatch.setattr(opening.os, "access", lambda path, mode: mode != os.W_OK)  # root may write everywhere
    whole = place.read_bytes()
    window = _people(opened(place))
    assert names(window) == ["Ann"]
    assert "can only be read" in window.kept.notice.words.text()
    assert window.stack.isVisible()
    window.go(Place("people", "add"))
    wait_until_idle(window)
    form: Any = window.dialog
    QTest.keyClicks(form.name, "Bo")
    press(form.save)
    wait_until_idle(window)
    assert "can only be read here" in form.error.text()
    form.reject()
    window.kept.look_for_cure()
    wait_until_idle(window)
    assert window.kept.notice.isVisible()
    press(offers(window.kept.notice)["Hide"])
    assert not window.kept.notice.isVisible()
    assert place.read_bytes() == whole


def test_what_the_bar_says_goes_by_itself_when_it_is_so_no_more(
    opened: Opened, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mentor_app.core.store import opening

    monkeypatch.setattr(window_store, "LOOK_EVERY", 10)
    real, locked = os.access, [True]
    monkeypatch.setattr(opening.os, "access", lambda path, mode: not (mode == os.W_OK and locked) and real(path, mode))
    with closing(sqlite3.connect(place)) as connection:
        (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'ix_change_row'").fetchone()
        connection.execute("DROP INDEX ix_change_row")
    window = _people(opened(place))
    said = window.kept.notice
    assert "can only be read" in said.words.text()
    moved = place.rename(place.with_suffix(".away"))  # it comes back as it was
    until(lambda: "can only be read" not in said.words.text())
    moved.rename(place)
    until(lambda: "Try again" in offers(said) or "can only be read" in said.words.text())
    if "Try again" in offers(said):
        press(offers(said)["Try again"])
    until(lambda: "can only be read" in said.words.text())
    locked.clear()
    until(lambda: "can only be read" not in said.words.text())
    assert "lacks parts" in said.words.text()
    add(window.store(), "Bo")
    with closing(sqlite3.connect(place)) as connection:
        connection.execute(made)
    until(lambda: not said.isVisible())
    wait_until_idle(window)
    assert names(_people(window)) == ["Ann", "Bo"]


def test_what_could_not_be_read_is_let_go_when_it_can(
    opened: Opened, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_store, "LOOK_EVERY", 10)
    window = opened(place)
    with unprotected(place) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute("UPDATE person SET hired_on = 'x'")
    window.choose_me()
    wait_until_idle(window)
    said, asked = window.kept.notice, window.kept._unread
    assert asked is not None

    def slowly(connection: Any) -> object:
        time.sleep(0.05)  # longer than from one look to the next
        return asked.read(connection)

    window.kept._unread = replace(asked, read=slowly)
    assert "Row 1 of person" in said.words.text()
    QTest.qWait(100)
    assert said.isVisible()
    with unprotected(place) as raw:
        raw.execute("UPDATE person SET hired_on = NULL")
    until(lambda: not said.isVisible())


def test_what_another_program_changed_of_the_schema_is_said(opened: Opened, place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("DROP INDEX ix_change_row")
    window = _people(opened(place))
    assert "lacks parts" in window.kept.notice.words.text()
    assert names(window) == ["Ann"]


def test_both_are_found_by_their_names(opened: Opened, place: Path) -> None:
    window = opened(place)
    window.find_anything()
    wait_until_idle(window)
    window.finder.field.setText("backup")
    found = [window.finder.list.item(at).text() for at in range(window.finder.list.count())]
    assert any("Restore a backup" in words for words in found)
    QTest.keyClick(window.finder.field, Qt.Key.Key_Return)
    wait_until_idle(window)
    assert window.dialog is not None
    assert window.dialog.windowTitle() == "Restore a backup"
    window.dialog.reject()
    entry(window, "Check the store…").trigger()
    wait_until_idle(window)
    assert window.dialog.windowTitle() == "Check the store"
    window.dialog.reject()


def test_what_could_not_be_read_is_not_said_to_be_empty(opened: Opened, place: Path) -> None:
    window = opened(place)
    place.rename(place.with_name("away.sqlite"))
    until(window.kept.notice.isVisible, 5)
    for spec in PAGES[1:]:
        window.go(Place(spec.room))
        wait_until_idle(window)
        page: Any = window.pages[spec.room]
        assert not page.context.text(), spec.room
        said = {one.text() for one in _empties(page) if one.isVisible() and one.text()}
        assert said <= {"Type what the customer says."}, spec.room


def test_what_is_searched_in_vain_is_said_to_be_found_nowhere(opened: Opened, place: Path) -> None:
    page: Any = _people(opened(place)).pages["people"]
    page.search.setText("Zoe")
    assert (page.empty.isVisible(), page.empty.text()) == (True, "Nobody is found.")
    page.search.clear()
    assert not page.empty.isVisible()


def _empties(page: Any) -> list[QLabel]:
    held = [page, *page.findChildren(QWidget)]
    return [one.empty for one in held if isinstance(getattr(one, "empty", None), QLabel)]
