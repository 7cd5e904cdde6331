"""A word in passing is never cut, however long it and the words in it are."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.toast import Toast
from tests.idle import wait_until_idle

LONG = "Taken back: Person changed · " + "Wolfeschlegelstein" * 4 + "\n仍处于已撤销状态：审批兑换 · 行业报告一份。"


def test_it_is_as_high_as_its_words_and_stays_above_the_entry(qtbot: QtBot) -> None:
    side = QWidget()
    qtbot.addWidget(side)
    side.resize(216, 700)
    entry = QPushButton("Language", side)
    entry.setGeometry(12, 560, 192, 40)
    toast = Toast(side, above=entry, below=QPushButton("Last page", side))
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


def within(team: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(team, QPoint()), widget.size())


def clickable(team: MainWindow) -> list[tuple[QWidget, QRect]]:
    """What can be clicked, and where it lies."""
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QComboBox)
    found = [one for one in team.stack.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible()]
    return [(one, within(team, one)) for one in found]


@pytest.mark.parametrize("place", [Place("home"), Place("logbook", "inbox"), Place("pairing", "assign")])
def test_nothing_that_can_be_clicked_moves_or_is_covered(team: MainWindow, place: Place) -> None:
    team.resize(1024, 700)
    team.go(place)
    wait_until_idle(team)
    before = clickable(team)
    # as far as it is not scrolled away
    shown = [one.visibleRegion().boundingRect().translated(one.mapTo(team, QPoint())) for one, _ in before]
    assert len([one for one in shown if one.isValid()]) > 4
    for words in ("Saved.", LONG, "徒弟首单" * 60):
        team.toast(words, lambda: None)
        wait_until_idle(team)
        assert clickable(team) == before
        assert not any(within(team, team._toast).intersects(one) for one in shown)
        assert words in (team.told.text(), team.told.toolTip())
    team._toast.hide()
    wait_until_idle(team)
    assert clickable(team) == before


@pytest.mark.parametrize("height", [700, 1000])
def test_in_a_low_window_it_covers_no_page_s_entry_and_no_page(team: MainWindow, height: int) -> None:
    team.resize(1024, height)
    wait_until_idle(team)
    for words in ("Saved.", LONG):
        team.toast(words, lambda: None)
        wait_until_idle(team)
        toast = within(team, team._toast)
        for other in (*team._buttons.values(), team.where, team.who):
            assert not toast.intersects(within(team, other)), other
        assert team.rect().contains(toast)
        assert team.told.height() >= team.told.heightForWidth(team.told.width()) > 0
        assert team._toast.rect().contains(team.undo.geometry())
    assert team.height() == height


def test_it_finds_its_place_anew_when_the_window_gets_another_height(team: MainWindow) -> None:
    team.resize(1024, 1000)
    team.toast(LONG, lambda: None)
    for height in (700, 1000):
        team.resize(1024, height)
        wait_until_idle(team)
        assert team._toast.isVisible()
        assert (within(team, team._toast).left() > 216) is (height == 700)
        assert not within(team, team._toast).intersects(within(team, team._buttons["history"]))
