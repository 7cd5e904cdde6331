"""What has to be said of rows of a list: whose a new employee number is, whether a row is an entry corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from mentor_app.ui.i18n import current, told, tr
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import clear

if TYPE_CHECKING:
    from mentor_app.core.imports import Unanswered


class RowQuestions(QWidget):
    """A box for each question; nothing is proposed."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self._rows = QVBoxLayout(self)

    def ask(self, questions: Sequence[Unanswered], kept: Mapping[str, object]) -> None:
        """Ask about these; ``kept`` are answers given before, which stay shown though nothing is open of them any more."""
        asked = [question for question in questions if question.key not in self.boxes]
        for question in asked:
            about = told(question.about if isinstance(question.about, str) else question.about.render(current()))
            box = QComboBox()
            box.setAccessibleName(about)
            box.setPlaceholderText(tr("please choose"))
            for words, value in question.choices:
                box.addItem(words.render(current()), value)
            box.setCurrentIndex(box.findData(kept.get(question.key)))
            box.activated.connect(lambda _: self.answered.emit())
            self.boxes[question.key] = box
            self._rows.addWidget(label(about, "cardtitle", wrap=True))
            self._rows.addWidget(label(question.render(current()), wrap=True))
            self._rows.addWidget(box)
        if any(self.boxes[question.key].currentIndex() >= 0 for question in asked):
            self.answered.emit()

    def forget(self) -> None:
        """Ask about nothing: another file is read."""
        clear(self._rows)
        self.boxes = {}

    def chosen(self) -> dict[str, int | str]:
        """What is asked about → the answer, of those that were answered."""
        return {key: box.currentData() for key, box in self.boxes.items() if box.currentIndex() >= 0}

    def unanswered(self) -> QComboBox | None:
        """The first box that still has to be answered."""
        return next((box for box in self.boxes.values() if box.currentIndex() < 0), None)
