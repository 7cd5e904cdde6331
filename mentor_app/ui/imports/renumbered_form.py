"""Whose a new employee number is: of a name that somebody with another number bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import clear

if TYPE_CHECKING:
    from mentor_app.core.errors import UserError


class RenumberedForm(QWidget):
    """A box for each such number; nothing is proposed."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self._rows = QVBoxLayout(self)

    def ask(self, problems: Sequence[UserError], kept: Mapping[str, object]) -> None:
        """Ask about these; ``kept`` are answers given before, which stay shown though nothing is open of them any more."""
        from mentor_app.core.people.actions import NEW_PERSON, Renumbered

        renumbered = [problem for problem in problems if isinstance(problem, Renumbered)]
        asked = [problem for problem in renumbered if problem.number not in self.boxes]
        for problem in asked:
            box = QComboBox()
            box.setAccessibleName(f"{problem.name} {problem.number}")
            box.setPlaceholderText(tr("please choose"))
            for one in problem.candidates:
                box.addItem(tr("{name}, {code}: the same person", name=one.name, code=one.code), one.id)
            box.addItem(tr("Somebody else of this name"), NEW_PERSON)
            box.setCurrentIndex(box.findData(kept.get(problem.number)))
            box.activated.connect(lambda _: self.answered.emit())
            self.boxes[problem.number] = box
            self._rows.addWidget(label(f"{problem.name} ({problem.number})", "cardtitle", wrap=True))
            self._rows.addWidget(label(problem.render(current()), wrap=True))
            self._rows.addWidget(box)
        if any(self.boxes[problem.number].currentIndex() >= 0 for problem in asked):
            self.answered.emit()

    def forget(self) -> None:
        """Ask about nothing: another file is read."""
        clear(self._rows)
        self.boxes = {}

    def chosen(self) -> dict[str, int]:
        """Employee number → person, or NEW_PERSON, of those that were answered."""
        return {number: box.currentData() for number, box in self.boxes.items() if box.currentIndex() >= 0}
