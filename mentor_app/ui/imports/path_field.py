"""The field for a file's path: what is typed into it replaces the path that stands there."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit

from mentor_app.ui.overriding import override


class PathField(QLineEdit):
    """Selects all of its text whenever it gets the keys, be it by a click."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self, self.selectAll)  # behind the click, which puts the cursor somewhere
