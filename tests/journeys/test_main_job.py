"""The whole job in the real window, by clicks and keys: import, look, export."""

import shutil
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from mentor_app.core.store import Store
from mentor_app.core.team import open_team
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import settled
from tests.steps import where


def test_import_the_real_export_see_the_ramp_and_export_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, pipeline_csv: Path
) -> None:
    left = Qt.MouseButton.LeftButton
    export = shutil.copy(pipeline_csv, tmp_path)  # the checkout may lie in a folder whose name no key can type
    qtbot.mouseClick(window._buttons["pipeline"], left)
    settled(qtbot, window)
    page = window.pages["pipeline"]
    qtbot.mouseClick(page.import_button, left)
    wizard = window.dialog
    qtbot.keyClicks(wizard.file, str(export))
    for step in (1, 2, 3, 4):
        qtbot.mouseClick(wizard.next, left)
        settled(qtbot, window)
        assert wizard.pages.currentIndex() == step, wizard.error.text()
        if step == 1:
            assert wizard.reading.encoding.currentText() == "UTF-8"
            assert wizard.reading.preview.horizontalHeaderItem(1).text() == "sales_agent"
        if step == 2:
            assert wizard.columns["owner"].currentText() == "sales_agent"
            assert {n: b.currentData() for n, b in wizard.stages.items()} == {
                "Won": "won",
                "Lost": "lost",
                "Engaging": "open",
                "Prospecting": "open",
            }
        if step == 3:
            assert len(wizard.owners_page.form.boxes) == 30
    assert "8,800 new" in wizard.check.outlook.text()
    assert page.model.rowCount() == 0  # the dry run wrote nothing
    qtbot.mouseClick(wizard.next, left)
    settled(qtbot, window)
    assert "8,800 new" in wizard.done_page.outcome.text()
    qtbot.keyClick(wizard.next, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.model.rowCount() == 8800, timeout=60_000)

    qtbot.keyClicks(page.search, "Isdom GTX")
    settled(qtbot, window)
    assert 0 < page.model.rowCount() < 8800
    qtbot.waitUntil(lambda: page.model.index(0, 1).data() == "Isdom", timeout=60_000)

    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, window)
    ramp = window.pages["ramp"]
    ramp.choose("Anna Snelling")
    qtbot.waitUntil(lambda: ramp.chart.drawn() and not window.tasks.busy(), timeout=60_000)
    assert ramp.rate.value.text() == "62%"
    spot = next(s for s in ramp.chart._spots if s.words.startswith("Month 5:"))
    at = QPoint(
        int((spot.left + spot.right) / 2 * ramp.chart.width()),
        int((1 - spot.top / 2 - spot.bottom / 2) * ramp.chart.height()),
    )
    assert "25 won, 9 lost: 74%" in ramp.chart.words_at(at.x(), at.y())

    qtbot.mouseClick(ramp.export_button, left)
    window.dialog.export_to(tmp_path / "out")
    settled(qtbot, window)
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == ["Anna Snelling.png", "Ramp-up.xlsx"]
    with Image.open(tmp_path / "out" / "Anna Snelling.png") as image:
        assert image.size == (1536, 864)


def test_adding_and_editing_a_person_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_8, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, window)
    page = window.pages["people"]
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, window)
    dialog = window.dialog
    dialog.name.insert("王晓明")  # as an input method does; QTest types Latin only
    qtbot.keyClicks(dialog.name, " <b>")
    qtbot.keyClicks(dialog.hired, "yesterday")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert "2026-01-31" in dialog.error.text()
    dialog.hired.clear()
    qtbot.keyClicks(dialog.hired, "2026-02-01")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(qtbot, window)
    assert page.model.rowCount() == 1
    assert page.model.index(0, 0).data() == "王晓明 <b>"
    hired = [column.key for column in page.model.columns].index("hired_on")
    assert page.model.index(0, hired).data() == "2026-02-01"


def test_errors_of_the_world_are_told_and_the_window_stays(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.go(Place("imports", "opportunities"))
    wizard = window.dialog
    (tmp_path / "empty.csv").write_text("")
    wizard.use_file(tmp_path / "empty.csv")
    settled(qtbot, window)
    assert "empty.csv is empty" in wizard.error.text()
    assert wizard.pages.currentIndex() == 0


def test_the_store_is_the_one_on_disk(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    store: Store = open_team(tmp_path / "team.sqlite")
    assert store.location == str(tmp_path / "team.sqlite")
    store.close()


def test_teams_are_added_and_changed(window: MainWindow, qtbot: QtBot) -> None:
    window.go(where("people"))
    settled(qtbot, window)
    page = window.pages["people"]
    qtbot.mouseClick(page.teams_button, Qt.MouseButton.LeftButton)
    settled(qtbot, window)
    dialog = window.dialog
    qtbot.keyClicks(dialog.name, "Alpha")
    dialog.region.setCurrentText("East")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(qtbot, window)
    assert [dialog.list.item(i).text() for i in range(dialog.list.count())] == ["Alpha"]
    dialog.list.setCurrentRow(0)
    assert dialog.region.currentText() == "East"
    qtbot.keyClicks(dialog.industry, "Retail")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(qtbot, window)
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(dialog.name, "Alpha")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(qtbot, window)
    assert "already a team" in dialog.error.text()
    assert (dialog._teams[0].region, dialog._teams[0].industry) == ("East", "Retail")
