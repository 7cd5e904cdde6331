"""What one of a file's amounts is worth, where known deals would change by a power of ten."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.controls import label


class UnitForm(QWidget):
    """What is asked, and the units to choose from; hidden where nothing is."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", wrap=True)
        self.box = QComboBox()
        self.box.setAccessibleName(tr("Unit of amounts"))
        self.box.setPlaceholderText(tr("please choose"))
        self.box.activated.connect(lambda _: self.answered.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.words)
        layout.addWidget(self.box)
        self.hide()

    def show_asked(self, words: str, units: Sequence[str]) -> None:
        """Ask which of these units one of the amounts is worth; the last takes them as they stand."""
        self.words.setText(words)
        self.box.clear()
        for unit in units:
            self.box.addItem(tr("take them as they stand") if unit == units[-1] else f"× {unit}", unit)
        self.box.setCurrentIndex(-1)
        self.setVisible(bool(units))

    def chosen(self) -> str | None:
        """The unit that was said; None while none was."""
        unit: str | None = self.box.currentData()
        return unit

    def unanswered(self) -> QComboBox | None:
        """The box, while something is asked and nothing chosen."""
        return self.box if self.box.count() and self.box.currentIndex() < 0 else None
