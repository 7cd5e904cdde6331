"""Cards: a titled box on a page, and one that holds a key figure."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import as_high_as_needed


class Card(QFrame):
    """A white panel with a hairline."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.setSpacing(4)
        if title:
            self.body.addWidget(label(title, "cardtitle"))


class KeyFigure(Card):
    """One large figure with what it is above and its uncertainty below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.value, self.note = label("–", "key"), label("", "note", wrap=True)
        self.body.addWidget(label(title, "muted"))
        self.body.addWidget(self.value)
        self.body.addWidget(self.note)
        self.body.addStretch()
        metrics = self.note.fontMetrics()  # room for a note of two lines, whatever the font
        self.note.setMinimumHeight(2 * metrics.lineSpacing() + 2)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_figure(self, value: str, note: str) -> None:
        """Set figure and note."""
        self.value.setText(value)
        self.note.setText(note)


def side_by_side(*figures: KeyFigure) -> QWidget:
    """Key figures in a row, all as wide, no higher than they need."""
    row = QHBoxLayout()
    row.setSpacing(16)
    for figure in figures:
        row.addWidget(figure, 1)
    return as_high_as_needed(row)
