"""Asking for files beside an open store: SQLite's locks are there before, during and after."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.team import open_team
from mentor_app.ui.widgets import file_dialogs
from tests.conftest import ME

SOURCES = Path(file_dialogs.__file__).parent.parent
ASK: dict[str, Callable[[QWidget, Callable[[Path], object]], QFileDialog]] = {
    "open": lambda parent, then: file_dialogs.ask_open(parent, "Open", "", then),
    "save": lambda parent, then: file_dialogs.ask_save(parent, "Save", "list.xlsx", "XLSX (*.xlsx);;CSV (*.csv)", then),
    "folder": lambda parent, then: file_dialogs.ask_folder(parent, "Folder", then),
}


def locks(*files: Path) -> int:
    """How many locks are held on these files."""
    inodes = {f":{os.stat(file).st_ino}" for file in files}
    lines = Path("/proc/locks").read_text().splitlines()
    return sum(any(line.split()[5].endswith(inode) for inode in inodes) for line in lines)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="POSIX locks")
@pytest.mark.parametrize("ask", ASK)
def test_the_stores_locks_outlive_every_file_dialog(
    qtbot: QtBot, tmp_path: Path, ask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    files = place, place.with_name("team.sqlite-shm")
    held = locks(*files)
    assert held > 0
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(file_dialogs, "_last", [str(tmp_path)])
    dialog = ASK[ask](parent, lambda _path: None)
    if ask == "save":
        dialog.setNameFilters(["All (*)"])  # the store is among what is shown
    view = dialog.findChild(QWidget, "listView")
    model: Any = view.model() if view is not None else None  # type: ignore[attr-defined]
    if ask != "folder":
        qtbot.waitUntil(lambda: model.rowCount(view.rootIndex()) >= 1, timeout=30_000)  # type: ignore[attr-defined]
        shown = [model.index(row, column, view.rootIndex()).data() for row in range(1) for column in range(3)]  # type: ignore[attr-defined]
        assert shown
    parent.grab()
    dialog.grab()
    assert locks(*files) == held
    dialog.reject()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert locks(*files) == held
    store.close()


def test_the_ending_follows_the_kind_chosen(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(file_dialogs, "_last", [str(tmp_path)])
    chosen: list[Path] = []
    dialog = ASK["save"](parent, chosen.append)
    dialog.selectNameFilter("CSV (*.csv)")
    dialog.filterSelected.emit("CSV (*.csv)")
    dialog.accept()
    assert chosen == [tmp_path / "list.csv"]


@pytest.mark.parametrize("typed", ["list", "list.xlsx"])
def test_what_is_there_is_replaced_only_where_one_says_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    (tmp_path / "list.xlsx").write_text("mine")
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(file_dialogs, "_last", [str(tmp_path)])
    chosen: list[Path] = []
    asked: list[str] = []
    dialog = ASK["save"](parent, chosen.append)

    def answer(button: QMessageBox.StandardButton) -> None:
        def press() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            asked.append(box.text())
            box.button(button).click()

        QTimer.singleShot(0, press)
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(name, QLineEdit)
        name.setText(typed)
        dialog.accept()

    answer(QMessageBox.StandardButton.No)
    assert (chosen, dialog.isVisible(), len(asked)) == ([], True, 1)
    answer(QMessageBox.StandardButton.Yes)
    assert (chosen, len(asked)) == ([tmp_path / "list.xlsx"], 2)
    assert all("list.xlsx" in words for words in asked)


def test_no_other_way_to_ask_for_a_file_is_used() -> None:
    asking = [
        str(path)
        for path in SOURCES.rglob("*.py")
        if path.name != "file_dialogs.py" and ("QFileDialog" in path.read_text() or "QMimeDatabase" in path.read_text())
    ]
    assert asking == []
