"""The last step: what was imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.imports.check_page import UnderstoodView
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.layouts import scrolling


class DonePage(QWidget):
    """The counts, how the file was understood, and where to go on from there."""

    def __init__(self, see_ramp: Callable[[], object]) -> None:
        super().__init__()
        self.outcome = label("", "title", wrap=True)
        self.note = label("", "muted", wrap=True)
        self.understood = UnderstoodView()
        self.see_ramp = button(tr("See the ramp-up"), see_ramp)
        row = QHBoxLayout()
        row.addWidget(self.see_ramp)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.outcome)
        layout.addWidget(self.note)
        layout.addWidget(scrolling(self.understood), 1)
        layout.addLayout(row)

    def show_outcome(self, words: str, note: str, lines: Sequence[tuple[str, str]], deals: bool) -> None:
        """What was imported; of ``deals`` the ramp-up can be seen."""
        self.outcome.setText(words)
        self.note.setText(note)
        self.understood.show_lines(lines)
        self.see_ramp.setVisible(deals)
