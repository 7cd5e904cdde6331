"""What rows are that may be known deals that changed, or other ones: asked once for all of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.controls import label


class RenamedForm(QWidget):
    """One box, shown where there are such rows."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setAccessibleName(tr("Perhaps known deals"))
        self.box.setPlaceholderText(tr("please choose"))
        self.box.addItem(tr("the same deals, corrected"), "same")
        self.box.addItem(tr("new deals"), "new")
        self.box.activated.connect(lambda _: self.answered.emit())
        form = QFormLayout(self)
        form.setContentsMargins(8, 0, 8, 0)
        form.addRow(label(tr("Perhaps known deals")), self.box)

    def show_asked(self, asked: bool, given: object) -> None:
        """Ask or not; ``given`` is what was answered before."""
        self.box.setCurrentIndex(self.box.findData(given) if given else -1)
        self.setVisible(asked)

    def chosen(self) -> dict[str, str]:
        """The answer, where one is given."""
        given = self.box.currentData()
        return {} if given is None else {"as": given}

    def unanswered(self) -> QComboBox | None:
        """The box, where it still has to be answered."""
        return self.box if not self.isHidden() and self.box.currentIndex() < 0 else None
