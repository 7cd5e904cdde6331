"""What each stage name of a file means: a row with the name, how many rows hold it, and our status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QSizePolicy, QWidget

from mentor_app.core.text import N_
from mentor_app.transfer.stages import ALL_DEALS
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.widgets.controls import label, shortened

STATUS = {"open": N_("Open"), "won": N_("Won"), "lost": N_("Lost"), "void": N_("Void")}
Stages = Sequence[tuple[str, str | None, int]]
"""Name, our status (None: not known), rows."""


class StagesForm(QWidget):
    """A box for each stage name; one whose meaning is not known proposes nothing."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self._form = QFormLayout(self)

    def show_stages(self, stages: Stages, kept: Mapping[str, object]) -> None:
        """Ask about these names; ``kept`` are answers given before."""
        while self._form.rowCount():
            self._form.removeRow(0)
        self.boxes = {}
        if stages:
            self._form.addRow(label(tr("What the file's stages mean"), "cardtitle"))
        for name, status, rows in stages:
            box = QComboBox()
            shown = tr("All deals of the file") if name == ALL_DEALS else name
            box.setAccessibleName(shown)
            said = kept.get(name, status)
            if said not in STATUS:
                box.addItem(tr("please choose"), None)
            for key, words in STATUS.items():
                box.addItem(tr(words), key)
            box.setCurrentIndex(max(0, box.findData(said)))
            box.activated.connect(lambda _: self.answered.emit())
            self.boxes[name] = box
            said_of = label(plural("{name} ({n} row)", "{name} ({n} rows)", name=shortened(shown, 24), n=rows))
            said_of.setToolTip(shown)
            box.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            self._form.addRow(said_of, box)

    def chosen(self) -> dict[str, str]:
        """Stage name → status, of those that were answered."""
        return {name: box.currentData() for name, box in self.boxes.items() if box.currentData() is not None}

    def unanswered(self) -> QComboBox | None:
        """The first box that still has to be answered; what is said of all deals may stand in a column instead."""
        open_still = (box for name, box in self.boxes.items() if name != ALL_DEALS and box.currentData() is None)
        return next(open_still, None)
