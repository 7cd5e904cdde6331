"""What others write is seen within two seconds, and nobody who types or reads here is disturbed by it; it costs next to
nothing."""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTableView, QWidget
from sqlalchemy import Engine, event, text

from mentor_app.core.history.undo import undo
from mentor_app.core.location import same_for_all
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.projects.actions import save_project
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from mentor_app.transfer import opportunities
from mentor_app.ui import live
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.table import Table
from tests.conftest import ME, gone
from tests.idle import wait_until_gone, wait_until_idle
from tests.transfer.files import read_in, written
from tests.ui.desk import until
from tests.ui.dialog_steps import everything, shown
from tests.ui.test_kinds import places

OTHER = Actor("somebody else")


@pytest.fixture
def other(team: MainWindow) -> Iterator[Store]:
    """The same store, as another program has it open."""
    store = open_team(team.store().location)
    yield store
    store.close()


def names(window: MainWindow) -> list[str]:
    page: Any = window.pages["people"]
    return [page.model.row(at).name for at in range(len(page.model.ids)) if page.model.row(at) is not None]


def told(window: MainWindow) -> None:
    """Ask now what others did, and wait until it is shown."""
    kept = window.kept.live
    asked = kept._asking
    if asked is not None:
        asked.result(10)
    kept.ask()
    assert kept._asking is not None
    kept._asking.result(10)
    wait_until_idle(window)


def test_a_command_line_beside_the_window_is_seen_within_two_seconds(team: MainWindow, tmp_path: Path) -> None:
    team.go(Place("people"))
    wait_until_idle(team)
    file = tmp_path / "people.csv"
    file.write_text("name,hire date\nZoe Zimmermann,2026-01-01\n")
    verb = ["--store", team.store().location, "import", "people", str(file)]
    subprocess.run([sys.executable, "-m", "mentor_app", *verb], check=True, capture_output=True)
    since = time.monotonic()
    until(lambda: "Zoe Zimmermann" in names(team), 30)
    assert time.monotonic() - since < 5  # two seconds on an idle machine


def test_two_windows_see_each_other_s_changes(team: MainWindow, qapp: QApplication) -> None:
    settings = Settings(language="en", theme="light")
    assert team.context.me is not None
    settings.actors[same_for_all(team.store().location)] = [team.context.me.id]
    second = Shell(qapp, team.store().location, settings, sample=False).window
    second.show()
    for window in (team, second):
        window.go(Place("people"))
        wait_until_idle(window)
    team.context.act(add_person, PersonDetails(name="From the first"))
    until(lambda: "From the first" in names(second))
    second.context.act(add_person, PersonDetails(name="From the second"))
    until(lambda: "From the second" in names(team))
    if not second.close():
        wait_until_gone(second)
    second.deleteLater()


def test_deals_that_changed_are_read_anew_though_none_came_or_went(team: MainWindow, tmp_path: Path) -> None:
    def take(stage: str, closed: str) -> None:
        head = ["opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date", "close_value"]
        rows = [head, ["ZZ1", "Zoe", stage, "2024-01-01", closed, "5"]]
        read_in(opportunities, team.store(), written(tmp_path / "x.csv", rows))

    def shown_as() -> object:
        team.reload()
        wait_until_idle(team)
        return page.model.index(0, 5).data()

    take("Engaging", "")
    team.go(Place("pipeline"))
    page: Any = team.pages["pipeline"]
    page.search.setText("ZZ1")
    until(lambda: len(page.model.ids) == 1)
    assert shown_as() == "Open"
    take("Won", "2024-02-01")
    assert shown_as() == "Won"
    team.store().act(ME, undo)
    assert shown_as() == "Open"


def test_a_server_s_changes_are_seen(qapp: QApplication, store: Store) -> None:
    """On either database."""
    address = store.location
    if store.engine.dialect.name == "postgresql":
        address = store.engine.url.render_as_string(hide_password=False)
    window = Shell(qapp, address, Settings(language="en", theme="light"), sample=False).window
    window.show()
    window.go(Place("people"))
    wait_until_idle(window)
    store.act(OTHER, add_person, PersonDetails(name="Ann"))
    until(lambda: names(window) == ["Ann"])
    gone(qapp, window)


def test_what_is_not_shown_is_read_when_it_is_shown_next(team: MainWindow, other: Store) -> None:
    team.go(Place("people"))
    wait_until_idle(team)
    team.go(Place("home"))
    other.act(OTHER, add_person, PersonDetails(name="Zoe"))
    told(team)
    team.go(Place("people"))
    wait_until_idle(team)
    assert "Zoe" in names(team)


def test_one_s_own_changes_are_not_read_twice(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    team.go(Place("people"))
    told(team)
    page, refreshed = team.pages["people"], []
    refresh = page.refresh
    monkeypatch.setattr(page, "refresh", lambda: (refreshed.append(1), refresh()))
    team.context.act(add_person, PersonDetails(name="Zoe"))
    wait_until_idle(team)
    told(team)
    assert refreshed == [1]


@pytest.fixture
def counted(team: MainWindow) -> Iterator[list[str]]:
    """The statements that the window's store is asked."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    engine: Engine = team.store().engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_to_ask_is_one_small_statement(team: MainWindow, counted: list[str]) -> None:
    told(team)
    counted.clear()
    told(team)
    assert [words.split("\n")[0] for words in counted if words != "BEGIN"] == ["SELECT max(change_set.id) AS max_1 "]


def test_a_window_nobody_sees_asks_nothing(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = team.kept.live
    asking._timer.setInterval(10)
    until(lambda: asking.asked > 3)
    for hide, show in ((team.hide, team.show), (team.showMinimized, team.showNormal)):
        hide()
        QApplication.processEvents()
        before = asking.asked
        QTest.qWait(100)
        assert asking.asked == before
        show()
        until(lambda: asking.asked > before)  # noqa: B023


def test_whoever_comes_back_sees_what_is_so_now(team: MainWindow, other: Store) -> None:
    team.go(Place("people"))
    told(team)
    team.kept.live._timer.stop()
    other.act(OTHER, add_person, PersonDetails(name="Zoe"))
    team.activateWindow()
    QApplication.sendEvent(team, QEvent(QEvent.Type.ActivationChange))
    until(lambda: "Zoe" in names(team))


def test_a_new_day_is_read_anew(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(team.pages["home"], "refresh", lambda: read.append(1))
    team.activateWindow()
    QApplication.processEvents()
    team.kept.live._today = lambda: dt.date.today() + dt.timedelta(days=1)
    QApplication.sendEvent(team, QEvent(QEvent.Type.ActivationChange))
    assert read == [1]


def test_f5_reads_again(team: MainWindow, other: Store) -> None:
    team.go(Place("people"))
    told(team)
    team.kept.live.close()
    other.act(OTHER, add_person, PersonDetails(name="Zoe"))
    QTest.keyClick(team, Qt.Key.Key_F5)
    wait_until_idle(team)
    assert "Zoe" in names(team)


def fields(window: QWidget) -> list[Any]:
    """Where one can type now."""
    found = [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]
    return [
        f
        for f in found
        if f.isVisible() and f.isEnabled() and not f.isReadOnly() and f.objectName() != "qt_spinbox_lineedit"
    ]


def words_of(field: Any) -> str:
    return str(field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text())


def touch_everything(other: Store) -> None:
    """Somebody else changes people, whom every page is about."""
    with other.read() as connection:
        somebody = next(p for p in people(connection) if Role.NEW_HIRE in p.roles)
    details = PersonDetails(
        name=somebody.name, hired_on=somebody.hired_on, team=somebody.team, roles=frozenset(Role(r) for r in somebody.roles),
        code=f"c{time.monotonic_ns()}",
    )  # fmt: skip
    other.act(OTHER, edit_person, somebody.id, details)


def test_nobody_who_types_is_disturbed(team: MainWindow, other: Store) -> None:
    """In every field of every page: the words, the focus and the place in the words stay."""
    tried, disturbed = 0, []
    for place in places(team.store()):
        team.go(place)
        wait_until_idle(team)
        page = team.pages["pairing" if place.room == "projects" else place.room]
        for number in range(len(fields(page))):
            if number >= len(fields(page)):
                break
            field = fields(page)[number]
            field.setFocus()
            if team.focusWidget() is not field:
                continue
            QTest.keyClicks(field, "ab xy")
            wait_until_idle(team)
            if field not in fields(page):
                continue
            cursor = field.cursorPosition() if isinstance(field, QLineEdit) else field.textCursor().position()
            said = words_of(field)
            for disturb in (
                lambda: (touch_everything(other), told(team)),
                lambda: (team.reload(), wait_until_idle(team)),
            ):
                disturb()
                what = f"{place} {type(field).__name__} {field.accessibleName()!r}"
                try:
                    now = field.cursorPosition() if isinstance(field, QLineEdit) else field.textCursor().position()
                    if team.focusWidget() is not field:
                        disturbed.append(f"{what}: the focus went to {team.focusWidget()}")
                    elif words_of(field) != said:
                        disturbed.append(f"{what}: {said!r} became {words_of(field)!r}")
                    elif now != cursor:
                        disturbed.append(f"{what}: the cursor moved from {cursor} to {now}")
                except RuntimeError:
                    disturbed.append(f"{what}: it is gone")
                    break
            tried += 1
    assert not disturbed, "\n".join(disturbed)
    assert tried > 10


def test_nobody_who_reads_a_list_is_disturbed(team: MainWindow, other: Store) -> None:
    """In every list of every page: the selected row stays selected, in view, and with the focus."""
    tried, disturbed = 0, []
    for place in places(team.store()):
        team.go(place)
        wait_until_idle(team)
        page = team.pages["pairing" if place.room == "projects" else place.room]
        for table in [t for t in page.findChildren(QTableView) if isinstance(t, Table) and t.isVisible()]:
            if table.rows.rowCount() < 2:
                continue
            at = table.rows.rowCount() - 1
            table.setFocus()
            table.selectRow(at)
            wait_until_idle(team)
            if not table.isVisible() or table.rows.rowCount() <= at:
                continue
            key, scrolled = table.rows.ids[at], table.verticalScrollBar().value()
            touch_everything(other)
            told(team)
            team.reload()
            wait_until_idle(team)
            chosen = [table.rows.ids[index.row()] for index in table.selectionModel().selectedRows()]
            what = f"{place} {table.accessibleName()!r}"
            if chosen != [key]:
                disturbed.append(f"{what}: {key} was selected, now {chosen}")
            elif team.focusWidget() is not table:
                disturbed.append(f"{what}: the focus went to {team.focusWidget()}")
            elif table.verticalScrollBar().value() != scrolled:
                disturbed.append(f"{what}: scrolled from {scrolled} to {table.verticalScrollBar().value()}")
            tried += 1
    assert not disturbed, "\n".join(disturbed)
    assert tried > 8


def test_a_form_that_is_open_keeps_its_choices(team: MainWindow, other: Store) -> None:
    """Somebody else's new project is offered, and not chosen for one."""
    dialog: Any = shown(team, everything(team.store())["pairing", "roll_on"])
    before, offered = dialog.project.currentIndex(), dialog.project.count()
    other.act(OTHER, save_project, ProjectDetails(name="Theirs", started_on=dt.date.today()))
    told(team)
    assert dialog.project.count() == offered + 1
    assert dialog.project.currentIndex() == before
    dialog.reject()


def test_a_file_that_is_gone_is_noticed_by_itself(team: MainWindow) -> None:
    place = Path(team.store().location)
    place.rename(place.with_name("away.sqlite"))
    until(team.kept.notice.isVisible)
    assert "not there any more" in team.kept.notice.words.text()
    assert team.stack.isVisible()  # what one was doing stays where it is
    place.with_name("away.sqlite").rename(place)
    team.kept.try_again.start(1)
    until(lambda: not team.kept.notice.isVisible())
    assert live.EVERY <= 1500


def test_f5_forgets_what_was_computed_before(team: MainWindow) -> None:
    """What another program did past the app is told by no history."""
    team.go(Place("pipeline"))
    wait_until_idle(team)
    page: Any = team.pages["pipeline"]
    page.search.setText("sohne")
    wait_until_idle(team)
    with team.store().engine.begin() as connection:
        connection.execute(text("UPDATE opportunity SET account = 'Söhne KG' WHERE id = 1"))
    page.refresh()
    wait_until_idle(team)
    assert list(page.model.ids) == []
    team.activateWindow()
    until(team.isActiveWindow)
    QTest.keyClick(team, Qt.Key.Key_F5)
    wait_until_idle(team)
    assert list(page.model.ids) == [1]
