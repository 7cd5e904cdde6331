"""What rows are that may be known deals that changed, or other ones: asked once for all of them, or for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import scrolling

if TYPE_CHECKING:
    from mentor_app.core.pipeline.rules import Corrected
    from mentor_app.core.text import Text

_EACH, _REST = "each", "rest"
_HEIGHT, _HEIGHT_OF_ONE = 120, 44
_MOST = 30
"""So many rows can be answered one by one; of more it is said of all, or in the file."""


class RenamedForm(QWidget):
    """One box for all, shown where there are such rows; and one for each, where somebody wants to tell them apart."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.box = _box(tr("Perhaps known deals"), _of_all())
        self.box.activated.connect(self._chosen)
        self.boxes: dict[str, QComboBox] = {}
        """Row → its own box, while each is answered by itself."""
        self._offered: dict[str, Sequence[Sequence[Text | str]]] = {}
        """Row → the deals among which its box lets one choose."""
        self._rows: Sequence[Corrected] = ()
        self._more = False
        """Whether more rows came once all were answered: then these are asked about, too, and all once more."""
        form = QFormLayout(self)
        form.setContentsMargins(8, 0, 8, 0)
        self._about = label(tr("Perhaps known deals"))
        form.addRow(self._about, self.box)
        holder = QWidget()
        self._each = QFormLayout(holder)
        self._each.setContentsMargins(0, 0, 0, 0)
        self._area = scrolling(holder)
        self._area.hide()
        form.addRow(self._area)

    def show_asked(self, rows: Sequence[Corrected], given: Mapping[str, object]) -> None:
        """Ask about these rows, or not at all; ``given`` is what was answered before. Of one row that may be several deals it is only asked which."""
        alone = len(rows) == 1
        is_which = alone and bool(rows[0].may_be)
        self._rows, by_each = rows, is_which or 1 < len(rows) <= _MOST
        at = self.box.findData(_EACH)
        if by_each and at < 0:
            self.box.addItem(tr("each by itself"), _EACH)
        elif not by_each and at >= 0:
            self.box.removeItem(at)
        self._about.setText(tr("Perhaps a known deal") if alone else tr("Perhaps known deals"))
        self.box.setAccessibleName(self._about.text())
        for at, words in enumerate(_of_one() if alone else _of_all()):
            self.box.setItemText(at, words)
        answer = _EACH if is_which else given.get("as")
        if answer in (None, _EACH) or not rows:
            self._more = False
        asks_more = any(one.is_known is None for one in rows) and answer not in (None, _EACH)
        self._more = self._more or asks_more
        self.box.setCurrentIndex(self.box.findData(answer) if answer and not asks_more else -1)
        for widget in (self._about, self.box):
            widget.setVisible(not is_which)
        self._area.setFixedHeight(_HEIGHT_OF_ONE if is_which else _HEIGHT)
        self._show_boxes(given)
        self.setVisible(bool(rows))

    def _show_boxes(self, given: Mapping[str, object]) -> None:
        wanted = [str(one.row) for one in self._rows] if self.box.currentData() == _EACH else []
        for row in self.boxes.keys() - set(wanted):
            self._each.removeRow(self.boxes.pop(row))
        for at, one in enumerate(self._rows if wanted else ()):
            row = str(one.row)
            had_focus = has_changed = False
            if row in self.boxes and self._offered[row] != one.may_be:
                had_focus, has_changed = self.boxes[row].hasFocus(), True  # what was chosen there is no longer that
                self._each.removeRow(self.boxes.pop(row))
            if row not in self.boxes:
                about = tr("Row {row}, {name}", row=one.row, name=one.name)
                self.boxes[row] = _box_of_several(about, one.may_be) if one.may_be else _box(about, _of_one())
                self._offered[row] = one.may_be
                self.boxes[row].activated.connect(lambda _: self.answered.emit())
                self._each.insertRow(at, label(about), self.boxes[row])
            self.boxes[row].setCurrentIndex(-1 if has_changed else self.boxes[row].findData(given.get(row)))
            if had_focus:
                self.boxes[row].setFocus()
        self.boxes = {row: self.boxes[row] for row in wanted}  # in the order of the file
        self._area.setVisible(bool(wanted))

    def _chosen(self) -> None:
        self._show_boxes({})
        self.answered.emit()

    def chosen(self) -> dict[str, str]:
        """The answer for all ("as"), where one is given; where each is answered by itself, also those by row."""
        given = self.box.currentData()
        if given is None:
            return {}
        if self._more and given != _EACH:
            return {"as": given, _REST: given}
        return {"as": given} | {row: box.currentData() for row, box in self.boxes.items() if box.currentIndex() >= 0}

    def unanswered(self) -> QComboBox | None:
        """The first box that still has to be answered."""
        boxes = (
            () if self.isHidden() else (self.box, *self.boxes.values())
        )  # the first holds an answer where it is hidden
        return next((box for box in boxes if box.currentIndex() < 0), None)


def as_said(given: Mapping[str, object]) -> str | dict[str, str] | None:
    """An answer of this form as the import takes it; None where there is none."""
    answer = given.get("as")
    if answer == _EACH:
        return {row: str(said) for row, said in given.items() if row not in ("as", _REST)}
    if _REST in given:
        return {"*": str(answer), _REST: str(given[_REST])}
    return None if answer is None else str(answer)


def _of_all() -> Sequence[str]:
    return tr("the same deals, corrected"), tr("new deals")


def _of_one() -> Sequence[str]:
    return tr("the same deal, corrected"), tr("a new deal")


def _box(name: str, words: Sequence[str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setPlaceholderText(tr("please choose"))
    for said, answer in zip(words, ("same", "new"), strict=True):
        box.addItem(said, answer)
    return box


def _box_of_several(name: str, deals: Sequence[Sequence[Text | str]]) -> QComboBox:
    """Which of the deals that look alike a row is, or a new one; the likest is above."""
    from mentor_app.transfer.deals_said import one_deal

    box = QComboBox()
    box.setAccessibleName(name)
    box.setPlaceholderText(tr("please choose"))
    for number, parts in enumerate(deals, 1):
        box.addItem(tr("the deal {words}", words=one_deal(parts, current())), str(number))
    box.addItem(tr("a new deal"), "new")
    return box
