"""The look at every page finds what it is there to find: each kind of defect, planted, is named."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.looking import foreign_colours, looked_at, untranslated

LONG = "这是一句放不下的话 a sentence that does not fit"


class Headed(QAbstractTableModel):
    """One column with a heading, and a tooltip on it or not."""

    def __init__(self, heading: str, tip: str | None) -> None:
        super().__init__()
        self._heading, self._tip = heading, tip

    def rowCount(self, parent: Any = None) -> int:
        return 0

    def columnCount(self, parent: Any = None) -> int:
        return 1

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return None

    def headerData(self, at: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return {Qt.ItemDataRole.DisplayRole: self._heading, Qt.ItemDataRole.ToolTipRole: self._tip}.get(role)


def label(words: str = LONG, tip: str = "", wrap: bool = False) -> QLabel:
    made = QLabel(words, textFormat=Qt.TextFormat.PlainText, wordWrap=wrap)
    made.setToolTip(tip)
    return made


def named(widget: QWidget, name: str = "名") -> Any:
    widget.setAccessibleName(name)
    return widget


def table(heading: str, tip: str | None = None) -> QTableView:
    made: QTableView = named(QTableView())
    made.model_kept = Headed(heading, tip)  # type: ignore[attr-defined]
    made.setModel(made.model_kept)  # type: ignore[attr-defined]
    made.setColumnWidth(0, 60)
    return made


def out_of_reach() -> QWidget:
    made: QLineEdit = named(QLineEdit())
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return made


def coloured() -> QWidget:
    made = label("ok")
    made.setStyleSheet("color: red")
    return made


def with_items(*words: str) -> QComboBox:
    made: QComboBox = named(QComboBox())
    made.addItems(words)
    return made


@pytest.mark.parametrize(
    ("make", "size", "fault"),
    [
        (label, (60, 30), "is cut off"),
        (label, (600, 5), "is cut off"),
        (lambda: label(wrap=True), (60, 20), "is cut off"),
        (lambda: QLabel("<b>Anna</b>"), (200, 30), "might be taken for HTML"),
        (lambda: QPushButton(LONG), (60, 30), "button"),
        (lambda: QCheckBox(LONG), (60, 30), "button"),
        (lambda: table("A very long heading"), (200, 100), "heading 'A very long heading' is cut off"),
        (QLineEdit, (200, 30), "has no accessible name"),
        (QComboBox, (200, 30), "has no accessible name"),
        (out_of_reach, (200, 30), "is outside the tab order"),
        (coloured, (200, 30), "has colours of its own"),
    ],
)
def test_a_planted_defect_is_named(
    qtbot: QtBot, make: Callable[[], QWidget], size: tuple[int, int], fault: str
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    widget.setFixedSize(*size)
    widget.show()
    assert [found for found in looked_at(widget) if fault in found], fault


@pytest.mark.parametrize(
    "make",
    [
        label,
        lambda: label(wrap=True),
        lambda: QPushButton(LONG),
        lambda: named(QLineEdit()),
        lambda: table("Short"),
        lambda: table("A very long heading", "A very long heading"),
    ],
)
def test_what_is_well_made_is_left_alone(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(600, 200)
    widget.show()
    assert list(looked_at(widget)) == []


def test_what_is_elided_may_say_the_whole_in_a_tooltip(qtbot: QtBot) -> None:
    widget = label(tip=LONG)
    qtbot.addWidget(widget)
    widget.setFixedSize(60, 30)
    assert list(looked_at(widget)) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: label("Forgotten"), ["Forgotten"]),
        (lambda: label("好的", tip="Forgotten"), ["Forgotten"]),
        (lambda: named(QLineEdit(placeholderText="Forgotten"), "名"), ["Forgotten"]),
        (lambda: named(QLineEdit(), "Forgotten"), ["Forgotten"]),
        (lambda: with_items("好的", "Forgotten"), ["Forgotten"]),
        (lambda: table("Forgotten"), ["Forgotten"]),
        (lambda: label("导出 XLSX 或 CSV  Ctrl+K"), []),
    ],
)
def test_a_string_that_is_not_translated_is_named(qtbot: QtBot, make: Callable[[], QWidget], words: list[str]) -> None:
    widget = make()
    qtbot.addWidget(widget)
    assert list(untranslated(widget)) == words


@pytest.mark.parametrize(
    "source",
    [
        '"#FF0000"',
        'QColor("red")',
        "QColor('red')",
        "QColor(255, 0, 0)",
        "QColor.fromRgb(1)",
        "Qt.GlobalColor.red",
        "x.setStyleSheet(y)",
    ],
)
def test_a_colour_named_in_the_source_is_found(source: str) -> None:
    assert list(foreign_colours(source)) != []
    assert list(foreign_colours("QColor(THEMES[theme]['text'])")) == []
