"""The step on which a file is chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label


class PathField(QLineEdit):
    """A file's path: what is typed into it replaces the path that stands there, for all of it is selected whenever it gets
    the keys, be it by a click."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self, self.selectAll)  # behind the click, which puts the cursor somewhere


class FilePage(QWidget):
    """A path to type, or to choose; of ``deals`` it is said where they come from."""

    def __init__(self, choose: Callable[[], object], deals: bool) -> None:
        super().__init__()
        words = (
            tr("Choose the file your CRM exported, or drop it here: CSV, XLSX, XLS, ODS, or a web page with a table.")
            if deals
            else tr(
                "Choose a file with one row each, or drop it here: CSV, XLSX, XLS, ODS, or a web page with a table."
            )
        )
        self.path = PathField()
        self.path.setAccessibleName(tr("File"))
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(button(tr("Choose…"), choose))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label(words, wrap=True))
        layout.addLayout(row)
        layout.addStretch()
