"""A message over the window: wide enough to be read, its heading said once, nothing in it cut off."""

from PySide6.QtWidgets import QLabel

from mentor_app.core.errors import UserError
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.message_box import message
from tests.idle import wait_until_idle
from tests.ui.looking import looked_at


def test_a_message_is_wide_enough_to_be_read_and_says_its_heading_once(team: MainWindow) -> None:
    team.resize(1024, 700)
    team.show_error(UserError("No backup could be written to {place}: {reason}", place="/mnt/a/b", reason="why " * 40))
    box = team._errors[-1][1]
    wait_until_idle(team)
    assert box.text() == "That did not work" != box.windowTitle()
    assert 440 <= box.width() <= 900
    assert not [said for shown in box.findChildren(QLabel) if shown.isVisible() for said in looked_at(shown)]
    box.close()


def test_a_long_heading_is_not_cut_off(team: MainWindow) -> None:
    words = "It stays as it was done. What has come together can't be told apart any more, not even by whoever did it."
    box = message(team, words, "What you did before that:")
    box.open()
    wait_until_idle(team)
    (heading,) = (shown for shown in box.findChildren(QLabel) if shown.text() == words)
    assert heading.height() >= heading.heightForWidth(heading.width())
    assert heading.wordWrap()
    box.close()


def test_whose_records_are_merged_is_not_cut_off(team: MainWindow) -> None:
    team.go(Place("people", "merge", team.context.me.id if team.context.me else 0))
    wait_until_idle(team)
    dialog = team.dialog
    dialog.into.setCurrentIndex(1)
    wait_until_idle(team)
    shown = dialog.into.currentText()
    assert dialog.into.fontMetrics().horizontalAdvance(shown) <= dialog.into.width() - 40
    assert shown in dialog.into.toolTip()
