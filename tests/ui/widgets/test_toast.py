"""A word in passing is never cut, however long it and the words in it are."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mentor_app.ui.widgets.toast import Toast

LONG = "Taken back: Person changed · " + "Wolfeschlegelstein" * 4 + "\n仍处于已撤销状态：审批兑换 · 行业报告一份。"


def test_it_is_as_high_as_its_words_and_stays_above_the_entry(qtbot: QtBot) -> None:
    side = QWidget()
    qtbot.addWidget(side)
    side.resize(216, 700)
    entry = QPushButton("Language", side)
    entry.setGeometry(12, 560, 192, 40)
    toast = Toast(side, above=entry)
    side.show()
    heights = []
    for words in ("Saved.", LONG):
        toast.say(words, lambda: None)
        qtbot.wait(1)
        assert toast.told.height() >= toast.told.heightForWidth(toast.told.width()) > 0
        assert toast.rect().contains(toast.offer.geometry())
        assert (toast.geometry().bottom(), toast.width()) == (entry.y() - 9, 192)
        heights.append(toast.height())
    assert heights[1] > heights[0] + 80
    side.resize(216, 600)
    entry.move(12, 460)
    assert QRect(12, 0, 192, 452).contains(toast.geometry())
