"""Rewards: a new one from the keyboard, under the same word as in their list."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import Desk


def test_a_reward_is_begun_by_key_and_called_one_thing(desk: Desk) -> None:
    desk.settings.language = "zh_CN"
    desk.close_and_open()
    desk.go(Place("points", "rewards"))
    QTest.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    dialog: Any = desk.window.dialog
    assert dialog.isVisible()
    assert (dialog.windowTitle(), dialog.name.accessibleName()) == ("新建资源", "资源名称")
    dialog.reject()
