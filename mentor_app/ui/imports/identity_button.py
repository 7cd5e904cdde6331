"""Choosing the columns that tell one record of a file from another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import plain_tip


class _Ticks(QMenu):
    """Stays open while one after the other is ticked, by clicks or the space bar."""

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is None:
            super().mouseReleaseEvent(event)
        else:
            action.trigger()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None:
            action.trigger()
        else:
            super().keyPressEvent(event)


class IdentityButton(QPushButton):
    """Which columns together tell one opportunity from another."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self, headers: list[str], chosen: list[str]) -> None:
        super().__init__()
        menu = _Ticks(self)
        for header in headers:
            action = menu.addAction(header.replace("&", "&&"))
            action.setData(header)
            action.setCheckable(True)
            action.setChecked(header in chosen)
            action.toggled.connect(lambda _: self._say())
            action.triggered.connect(lambda _: self.answered.emit())
        self.setMenu(menu)
        self._say()

    def chosen(self) -> list[str]:
        """The columns chosen, in the file's order."""
        return [action.data() for action in self.menu().actions() if action.isChecked()]

    def choose(self, headers: list[str]) -> None:
        """Choose exactly these columns."""
        for action in self.menu().actions():
            action.setChecked(action.data() in headers)

    def _say(self) -> None:
        words = " + ".join(self.chosen()) or tr("(none)")
        self.setToolTip(plain_tip(words))
        self.setText(words if len(words) <= 40 else words[:39] + "…")
