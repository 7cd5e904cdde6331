"""What else is done in the window, by clicks and keys: imports that need help, people, who acts, finding, exporting."""

import datetime as dt
import shutil
import time
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QToolTip
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from mentor_app.core import log
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.queries import opportunity_count
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.store.history import change_set
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.ramp.export_dialog import ExportDialog
from mentor_app.ui.widgets.controls import button
from tests.conftest import ME, TODAY, settled
from tests.steps import where

LEFT = Qt.MouseButton.LeftButton


def everybody(window: MainWindow) -> list[Any]:
    with window.store().read() as connection:
        return people(connection)


def test_a_people_file_is_mapped_by_hand_checked_and_its_good_rows_imported(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("Wer;Wann;Was\nAnn;03/04/2025;mentor\nBo;2025-99-99;mentor\nCy;05/06/2025;juggler\n")
    window.go(Place("imports", "people"))
    settled(qtbot, window)
    wizard = window.dialog
    qtbot.keyClicks(wizard.file, str(file))
    qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert "Not recognised: Name" in wizard.reading.summary.text()
    assert wizard.reading.preview.item(0, 0).text() == "Ann"
    qtbot.mouseClick(wizard.next, LEFT)
    assert wizard.step == "columns"
    qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert wizard.error.text() == "No column is chosen for: Name"
    wizard.columns["name"].setCurrentText("Wer")
    wizard.columns["hired_on"].setCurrentText("Wann")
    wizard.columns["roles"].setCurrentText("Was")
    qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert "day first or month first" in wizard.error.text()
    qtbot.mouseClick(wizard.back, LEFT)
    wizard.reading.order.setCurrentIndex(wizard.reading.order.findData("dmy"))
    wizard.reading.order.activated.emit(wizard.reading.order.currentIndex())
    settled(qtbot, window)
    qtbot.mouseClick(wizard.next, LEFT)
    for field, column in (("name", "Wer"), ("hired_on", "Wann"), ("roles", "Was")):
        wizard.columns[field].setCurrentText(column)
    qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert wizard.step == "check"
    rows = [
        [wizard.check.problems.index(y, x).data() for x in range(4)] for y in range(wizard.check.problems.rowCount())
    ]
    assert rows == [
        ["3", "Wann", "2025-99-99", "This is not a date."],
        ["4", "Was", "juggler", "juggler is not known here. Write one of these: Team lead, New hire, Mentor, Trainer."],
    ]
    qtbot.mouseClick(wizard.next, LEFT)
    assert (wizard.step, bool(wizard.error.text())) == ("check", True)  # it says what has to be said first
    qtbot.mouseClick(wizard.check.good_only, LEFT, pos=QPoint(8, wizard.check.good_only.height() // 2))
    qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert "1 new" in wizard.done_page.outcome.text()
    assert [(p.name, p.hired_on, p.roles) for p in everybody(window)] == [("Ann", dt.date(2025, 4, 3), ("mentor",))]


def test_an_unknown_crm_is_mapped_in_the_wizard_and_remembered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(
        "vorgang,wer,wo,lage,von,bis\nA,Ann,X,ja,2025-01-02,2025-02-03\nA,Ann,Y,nein,2025-01-02,2025-02-03\n"
    )

    def first_steps() -> Any:
        window.go(Place("imports", "opportunities"))
        settled(qtbot, window)
        wizard = window.dialog
        wizard.use_file(file)
        settled(qtbot, window)
        qtbot.mouseClick(wizard.next, LEFT)
        return wizard

    wizard = first_steps()
    for action in wizard.columns_page.identity.menu().actions():
        if action.data() in ("vorgang", "wo"):
            action.trigger()
    assert wizard.columns_page.identity.text() == "vorgang + wo"
    for field, column in (("owner", "wer"), ("stage", "lage"), ("opened_on", "von"), ("closed_on", "bis")):
        wizard.columns[field].setCurrentText(column)
    qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert wizard.step == "columns"
    assert "stages mean" in wizard.error.text()
    for name, status in (("ja", "won"), ("nein", "lost")):
        wizard.stages[name].setCurrentIndex(wizard.stages[name].findData(status))
    for step in ("owners", "check", "done"):
        qtbot.mouseClick(wizard.next, LEFT)
        settled(qtbot, window)
        assert wizard.step == step, wizard.error.text()
    assert "2 new" in wizard.done_page.outcome.text()
    qtbot.mouseClick(wizard.next, LEFT)

    wizard = first_steps()
    assert wizard.columns_page.identity.text() == "vorgang + wo"
    assert {name: box.currentData() for name, box in wizard.stages.items()} == {"ja": "won", "nein": "lost"}


def test_cancelling_an_import_leaves_nothing(
    window: MainWindow, qtbot: QtBot, pipeline_csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.go(Place("imports", "opportunities"))
    settled(qtbot, window)
    wizard = window.dialog
    wizard.use_file(pipeline_csv)
    for _ in range(4):
        settled(qtbot, window)
        if wizard.step != "check":
            qtbot.mouseClick(wizard.next, LEFT)
    settled(qtbot, window)
    assert wizard.step == "check"
    monkeypatch.setattr("mentor_app.transfer.reading.BATCH", 100)
    qtbot.mouseClick(wizard.next, LEFT)
    qtbot.mouseClick(wizard.cancel, LEFT)
    settled(qtbot, window)
    assert wizard.error.text() == "Cancelled; nothing was changed."
    with window.store().read() as connection:
        assert opportunity_count(connection) == 0
    assert everybody(window) == []


def test_names_left_unmatched_are_given_to_people_later(window: MainWindow, qtbot: QtBot) -> None:
    store = window.store()
    store.act(ME, add_person, PersonDetails(name="Anna Snelling"))
    columns: dict[str, list[Any]] = {"status": [0], "opened_on": ["2026-01-02"], "closed_on": [None]}
    batch = Batch(rows=[2], key=["K"], owner=["Snelling, Anna"], columns=columns, problems=[])
    window.context.act(import_opportunities, [batch], today=TODAY, add_people=False)
    window.go(where("people"))
    settled(qtbot, window)
    page = window.pages["people"]
    qtbot.mouseClick(page.unmatched, LEFT)
    settled(qtbot, window)
    box = window.dialog.boxes["Snelling, Anna"]
    assert box.currentText() == "Anna Snelling"  # proposed: the same words in another order
    qtbot.mouseClick(window.dialog.save, LEFT)
    settled(qtbot, window)
    assert everybody(window)[0].hired_on == dt.date(2026, 1, 2)
    assert not page.unmatched.isVisible()


def test_who_works_here_is_chosen_once_and_recorded(window: MainWindow, qtbot: QtBot) -> None:
    li = window.store().act(ME, add_person, PersonDetails(name="李静", roles=frozenset({"team_lead"}))).result
    window.store().act(ME, add_person, PersonDetails(name="Gone", left_on=dt.date(2020, 1, 1)))
    window.choose_me()
    settled(qtbot, window)
    assert window.finder.list.count() == 1  # who has left can't work here
    window.finder.field.insert("李")
    qtbot.keyClick(window.finder.field, Qt.Key.Key_Return)
    settled(qtbot, window)
    assert window.who.text() == "李静 · Team lead"
    window.context.act(add_person, PersonDetails(name="New"))
    settled(qtbot, window)
    with window.store().read() as connection:
        assert (
            connection.execute(select(change_set.c.actor_id).order_by(change_set.c.id.desc())).scalars().first() == li
        )
    window.shell.rebuild()
    settled(qtbot, window.shell.window)
    assert window.shell.window.who.text() == "李静 · Team lead"
    window.shell.window.close()


def test_ctrl_k_finds_pages_commands_and_people(window: MainWindow, qtbot: QtBot) -> None:
    window.store().act(ME, add_person, PersonDetails(name="Anna <b>", hired_on=dt.date(2026, 1, 31)))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, window)
    qtbot.keyClicks(window.finder.field, "anna")
    qtbot.keyClick(window.finder.field, Qt.Key.Key_Return)
    settled(qtbot, window)
    assert window.dialog.name.text() == "Anna <b>"
    window.dialog.reject()
    window.find_anything()
    qtbot.keyClicks(window.finder.field, "import opp")
    assert window.finder.list.count() == 1
    qtbot.keyClick(window.finder.field, Qt.Key.Key_Return)
    settled(qtbot, window)
    assert window.dialog.isVisible()
    window.dialog.reject()


@pytest.fixture
def sampled(sample_store: Path, tmp_path: Path, request: pytest.FixtureRequest) -> MainWindow:
    """The window on the sample team."""
    shutil.copy(sample_store, tmp_path / "team.sqlite")
    window: MainWindow = request.getfixturevalue("window")
    return window


def test_charts_of_chosen_people_are_exported_and_an_export_is_cancelled(
    sampled: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled.go(where("ramp"))
    settled(qtbot, sampled)
    page = sampled.pages["ramp"]
    page.choose("王晓明")
    qtbot.mouseClick(page.export_button, LEFT)
    dialog = sampled.dialog
    dialog.scope.setCurrentIndex(dialog.scope.findData("some"))
    for at in range(dialog.people.count()):
        wanted = dialog.people.item(at).text() in ("Ana Torres", "孙蕾")
        dialog.people.item(at).setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
    dialog.export_to(tmp_path / "some")
    settled(qtbot, sampled)
    assert sorted(f.name for f in (tmp_path / "some").iterdir()) == ["Ana Torres.png", "Ramp-up.xlsx", "孙蕾.png"]
    book = openpyxl.load_workbook(tmp_path / "some" / "Ramp-up.xlsx")
    assert {row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)} == {"Ana Torres", "孙蕾"}

    monkeypatch.setattr("mentor_app.transfer.charts._SPREAD_FROM", 10_000)
    qtbot.mouseClick(page.export_button, LEFT)
    dialog = sampled.dialog
    dialog.scope.setCurrentIndex(dialog.scope.findData("all"))
    dialog.export_to(tmp_path / "all")
    qtbot.waitUntil(lambda: dialog.bar.maximum() > 0 and dialog.bar.value() >= 1, timeout=60_000)
    qtbot.mouseClick(dialog.cancel, LEFT)
    settled(qtbot, sampled)
    files = list((tmp_path / "all").iterdir())
    assert 0 < len(files) < 40
    assert all(f.suffix == ".png" for f in files)  # whole files only
    dialog.reject()


def test_a_shortcut_on_a_button_works_though_a_field_would_take_it(sampled: MainWindow, qtbot: QtBot) -> None:
    sampled.go(where("ramp"))
    settled(qtbot, sampled)
    page: Any = sampled.pages["ramp"]
    pressed: list[str] = []
    # Which keys a field takes hangs on the desktop; these it takes on each of them.
    for key in "AZ":
        made = button(key, partial(pressed.append, key), shortcut=f"Ctrl+{key}")
        page.header.addWidget(made)
        made.show()
    sampled.activateWindow()
    qtbot.waitUntil(sampled.isActiveWindow, timeout=60_000)
    page.who.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_Z, Qt.Key.Key_E):
        qtbot.keyClick(page.who, key, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, sampled)
    assert pressed == ["A"]  # what is typed is taken back where it is typed
    assert isinstance(sampled.dialog, ExportDialog)
    sampled.dialog.reject()


def test_language_and_look_change_in_place(sampled: MainWindow, qtbot: QtBot) -> None:
    sampled.go(where("ramp"))
    settled(qtbot, sampled)
    sampled._set("language", "zh_CN")
    sampled.shell.window._set("theme", "dark")
    window = sampled.shell.window
    settled(qtbot, window)
    assert window.pages["ramp"].title.text() == "成单率爬坡"
    assert window.stack.currentWidget() is window.pages["ramp"]
    background = window.grab().toImage().pixelColor(226, 400).name()
    assert background == "#14181d"
    window.close()


def test_the_numbers_of_a_month_are_shown_on_hover(sampled: MainWindow, qtbot: QtBot) -> None:
    sampled.go(where("ramp"))
    settled(qtbot, sampled)
    page = sampled.pages["ramp"]
    page.choose("王晓明")
    qtbot.waitUntil(lambda: page.chart.drawn() and not sampled.tasks.busy(), timeout=60_000)
    spot = page.chart._spots[3]
    at = QPoint(
        int((spot.left + spot.right) / 2 * page.chart.width()),
        int((1 - (spot.top + spot.bottom) / 2) * page.chart.height()),
    )
    QApplication.sendEvent(page.chart, QHelpEvent(QHelpEvent.Type.ToolTip, at, page.chart.mapToGlobal(at)))
    assert "Month 4:" in QToolTip.text()
    assert "90% interval" in QToolTip.text()


def test_a_list_is_exported_as_shown(sampled: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    sampled.go(where("pipeline"))
    settled(qtbot, sampled)
    page = sampled.pages["pipeline"]
    qtbot.keyClicks(page.search, "FleetView")
    settled(qtbot, sampled)
    page.table.export_to(tmp_path / "list.xlsx")
    settled(qtbot, sampled)
    rows = list(openpyxl.load_workbook(tmp_path / "list.xlsx").active.iter_rows(values_only=True))
    assert list(rows[0]) == [column.heading for column in page.model.columns]
    qtbot.waitUntil(lambda: len(rows) - 1 == page.model.rowCount() > 200, timeout=60_000)
    assert {row[2] for row in rows[1:]} == {"FleetView"}
    page.table.horizontalHeader().setSortIndicator(7, Qt.SortOrder.DescendingOrder)
    settled(qtbot, sampled)
    page.table.export_to(tmp_path / "list.xlsx")
    settled(qtbot, sampled)
    rows = list(openpyxl.load_workbook(tmp_path / "list.xlsx").active.iter_rows(values_only=True))
    days = [row[7] for row in rows[1:]]
    assert days == sorted((day for day in days if day), reverse=True) + [None] * days.count(None)
    (tmp_path / "folder.xlsx").mkdir()
    page.table.export_to(tmp_path / "folder.xlsx")
    settled(qtbot, sampled)
    box = sampled.findChildren(QMessageBox)[-1]
    assert "folder.xlsx can't be written" in box.informativeText()
    box.close()
    assert (tmp_path / "folder.xlsx").is_dir()
    place = Path(sampled.store().location)
    before = place.stat().st_ino
    page.table.export_to(place)  # the store that is open
    settled(qtbot, sampled)
    box = sampled.findChildren(QMessageBox)[-1]
    assert "Choose" in box.informativeText()
    box.close()
    assert place.stat().st_ino == before


def test_a_hundred_thousand_rows_scroll_without_reading_them_all(window: MainWindow, qtbot: QtBot) -> None:
    n = 100_000
    day = ["2026-01-02"] * n
    columns: dict[str, list[Any]] = {
        "status": [1] * n,
        "opened_on": day,
        "closed_on": day,
        "account": [f"A{i}" for i in range(n)],
    }
    batch = Batch(
        rows=list(range(n)), key=[f"K{i:06d}" for i in range(n)], owner=["Ann"] * n, columns=columns, problems=[]
    )
    window.store().act(ME, import_opportunities, [batch], today=TODAY)
    window.go(where("pipeline"))
    settled(qtbot, window)
    page = window.pages["pipeline"]
    qtbot.waitUntil(lambda: page.model.rowCount() == n, timeout=60_000)
    bar = page.table.verticalScrollBar()
    start = time.perf_counter()
    for step in range(20):
        bar.setValue(bar.maximum() * step // 19)
        QApplication.processEvents()
    drawn = time.perf_counter() - start
    qtbot.waitUntil(lambda: page.model.index(n - 1, 1).data() == "A0", timeout=60_000)  # once it has been read
    assert len(page.model._rows) <= 20 * 200
    assert drawn < 20  # a hang, not a budget


def test_a_bug_of_ours_is_told_with_a_report_and_the_window_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        raise ZeroDivisionError("our fault".upper())
    except ZeroDivisionError as error:
        window.shell.crashed(error)
    window.context.tasks.run(lambda _task: 1 // 0)
    settled(qtbot, window)
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 2
    assert all("ZeroDivisionError" in box.detailedText() for box in boxes)
    for box in boxes:
        qtbot.mouseClick(next(b for b in box.buttons() if b.text() == "Copy report"), LEFT)
    assert "1 // 0" in QApplication.clipboard().text()
    written = (log.folder() / "mentor-app.log").read_text(encoding="utf-8")
    assert written.count("ERROR bug\n") == 2
    assert "in test_a_bug_of_ours_is_told" in written
    assert "OUR FAULT" not in written  # what an error says may quote a row
    assert window.isVisible()
