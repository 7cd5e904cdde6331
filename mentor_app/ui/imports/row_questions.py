"""What has to be said of rows of a list: whose a new employee number is, whether a row is an entry corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.core.imports import OUT
from mentor_app.transfer.misspelt import NEW
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.widgets.controls import button, label, plain_tip
from mentor_app.ui.widgets.layouts import clear

if TYPE_CHECKING:
    from mentor_app.core.imports import Unanswered


_SHOWN = 20
"""So many characters of a choice are shown at least, and of what is asked about before it goes on in another line."""


class RowQuestions(QWidget):
    """A box for each question; nothing is proposed."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self._rows_of: dict[str, QWidget] = {}
        """Each box with what is asked."""
        self._open: set[str] = set()
        """What is asked about now: an answer may settle another question."""
        self._at_once: list[QComboBox] = []
        """The boxes that can be answered together."""
        self._by_itself: set[QComboBox] = set()
        """The boxes that somebody answered one by one."""
        self._recalled: set[QComboBox] = set()
        """The boxes that were answered of an earlier list, and not since."""
        self.take_all = button(tr("Take all as people"), lambda: self._answer_all(NEW))
        self.leave_all = button(tr("Leave all out"), lambda: self._answer_all(OUT))
        self._all = QWidget()
        self._how_many = label("", "cardtitle", wrap=True)
        both = QHBoxLayout()
        both.addWidget(self.take_all)
        both.addWidget(self.leave_all)
        both.addStretch()
        above = QVBoxLayout(self._all)
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(self._how_many)
        above.addLayout(both)
        layout = QVBoxLayout(self)
        layout.addWidget(self._all)
        self._rows = QVBoxLayout()
        layout.addLayout(self._rows)
        self._all.hide()

    def ask(self, questions: Sequence[Unanswered], kept: Mapping[str, object], recalled: Mapping[str, object]) -> None:
        """Ask about these; ``kept`` are answers given before, and ``recalled`` those of an earlier list, which stay shown though nothing
        is open of them any more."""
        asked = [question for question in questions if question.key not in self.boxes]
        self._open = {question.key for question in questions}
        for key, row in self._rows_of.items():
            row.setVisible(key in self._open or self.boxes[key].currentIndex() >= 0)
        for question in asked:
            about = told(question.about if isinstance(question.about, str) else question.about.render(current()))
            box = QComboBox()
            box.setAccessibleName(about)
            box.setPlaceholderText(tr("please choose"))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_SHOWN)
            for words, value in question.choices:
                box.addItem(words.render(current()), value)
            box.setCurrentIndex(box.findData({**recalled, **kept}.get(question.key)))
            for at in range(box.count()):
                box.setItemData(at, plain_tip(box.itemText(at)), Qt.ItemDataRole.ToolTipRole)
            box.setToolTip(plain_tip(box.currentText()))
            box.currentTextChanged.connect(lambda words, box=box: box.setToolTip(plain_tip(words)))
            box.activated.connect(lambda _, box=box: self._answer(box))
            self.boxes[question.key] = box
            if question.key in kept:
                self._by_itself.add(box)
            elif question.key in recalled:
                self._recalled.add(box)
            if question.at_once and box.findData(NEW) >= 0:
                self._at_once.append(box)
            asked_of = label(about, "cardtitle", wrap=True)
            asked_of.setMinimumWidth(
                _SHOWN // 2 * asked_of.fontMetrics().averageCharWidth()
            )  # whatever its longest word
            row = self._rows_of[question.key] = QWidget()
            below = QVBoxLayout(row)  # an answer is a sentence: beside the name it would be cut off
            below.setContentsMargins(0, 0, 0, 8)
            below.setSpacing(4)
            for widget in (asked_of, label(question.render(current()), wrap=True), box):
                below.addWidget(widget)
            self._rows.addWidget(row)
        self._tell_how_many()
        if any(question.key in self.chosen() for question in asked):
            self.answered.emit()

    def forget(self) -> None:
        """Ask about nothing: another file is read."""
        clear(self._rows)
        self.boxes, self._rows_of = {}, {}
        self._at_once = []
        self._by_itself, self._recalled = set(), set()
        self._all.hide()

    def _together(self) -> list[QComboBox]:
        """The boxes that are answered together: all that nobody answered by itself, now or of an earlier list."""
        return [box for box in self._at_once if box not in self._by_itself | self._recalled]

    def _tell_how_many(self) -> None:
        several = len(self._together())
        self._all.setVisible(several > 0 and len(self._at_once) > 1)
        self._how_many.setText(plural("{n} row may hold nobody.", "{n} rows may hold nobody.", several))

    def _answer(self, box: QComboBox) -> None:
        self._by_itself.add(box)
        self._recalled.discard(box)
        self._tell_how_many()
        self.answered.emit()

    def _answer_all(self, value: int | str) -> None:
        """Give the same answer of all rows that may hold nobody and of which nothing else was said."""
        for box in self._together():
            box.setCurrentIndex(box.findData(value))
        self.answered.emit()

    def chosen(self) -> dict[str, int | str]:
        """What is asked about → the answer, of those that were answered; what was said of an earlier list holds by itself."""
        answered = {key: box for key, box in self.boxes.items() if box not in self._recalled}
        return {key: box.currentData() for key, box in answered.items() if box.currentIndex() >= 0}

    def unanswered(self) -> QComboBox | None:
        """The first box that still has to be answered."""
        return next((box for key, box in self.boxes.items() if key in self._open and box.currentIndex() < 0), None)
