"""Saying whom the CRM's names mean: the same list in the import wizard and for names left over."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label, plain_tip
from mentor_app.ui.widgets.layouts import column_in, scrolling

_NOBODY = 0
_SHOWN = 16
"""Characters of a choice that are shown at least: a very long name makes no list wider than its form."""
_NO_PARENT = QModelIndex()
_ROLE, _EXACTLY = Qt.ItemDataRole.UserRole, Qt.MatchFlag.MatchExactly


class _Reordered(QAbstractListModel):
    """The same choices with some of them first; holds no entries of its own."""

    def __init__(self, choices: QStandardItemModel, first: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self._choices, self._first = choices, first

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else self._choices.rowCount()

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._choices.index(self._row(index.row()), 0).data(role)

    def _row(self, at: int) -> int:
        """The place among all choices of the one that stands ``at`` a place here."""
        if at < len(self._first):
            return self._first[at]
        at -= len(self._first)
        for first in sorted(self._first):
            at += first <= at
        return at


class OwnersForm(QWidget):
    """One row for each CRM name, with everybody to choose from. A likely person is proposed."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self._form = QFormLayout()
        holder = QWidget()
        holder.setObjectName("content")
        holder.setLayout(self._form)
        outer = column_in(self)
        area = scrolling(holder)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its boxes are where the keys go
        outer.addWidget(area)

    def show_names(
        self,
        names: Sequence[str],
        everybody: Sequence[tuple[int, str]],
        notes: Sequence[str] = (),
        new: bool = True,
        doubtful: Container[str] = frozenset(),
        likely: Mapping[str, Sequence[int | str]] | None = None,
        only: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Ask about these names; ``new`` proposes to add strangers as new people. For ``doubtful`` ones nothing is
        proposed: somebody has to choose. The people ``likely`` meant by a name stand at the top of its list;
        a text there is another of the names, which may mean the same person, or the plain name of somebody new.
        Where ``only`` some people can be meant by a name, they alone are offered, and nobody is proposed."""
        from mentor_app.core.people.actions import NEW_PERSON
        from mentor_app.core.people.rules import same_person

        while self._form.rowCount():
            self._form.removeRow(0)
        self.boxes = {}
        # One list of people for all boxes: a thousand owners and a thousand people must not make a million entries.
        choices = QStandardItemModel(self)
        offered = [(tr("Add as a new person"), NEW_PERSON), (tr("Leave unmatched"), _NOBODY)]
        others = dict.fromkeys(one for found in (likely or {}).values() for one in found if isinstance(one, str))
        same_as = [
            (tr("The same as {name}", name=other) if other in names else tr("Add as {name}", name=other), other)
            for other in others
        ]
        for words, value in [*offered, *((name, person_id) for person_id, name in everybody), *same_as]:
            item = QStandardItem(words)
            item.setData(value, _ROLE)
            if len(words) > _SHOWN:
                item.setToolTip(plain_tip(words))
            choices.appendRow(item)
        for at, name in enumerate(names):
            box = QComboBox()
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_SHOWN)
            first = [
                choices.match(choices.index(0, 0), _ROLE, one, 1, _EXACTLY)[0].row()
                for one in (likely or {}).get(name, ())
            ]
            namesakes = (only or {}).get(name, ())
            if namesakes:
                for person_id, words in everybody:
                    if person_id in namesakes:
                        box.addItem(words, person_id)
            else:
                box.setModel(_Reordered(choices, first, box) if first else choices)
            same = [i for i, (_, words) in enumerate(everybody) if same_person(name, words)]
            box.setPlaceholderText(tr("please choose"))
            proposed = same[0] + 2 if len(same) == 1 else 0 if new else 1
            box.setCurrentIndex(-1 if namesakes or name in doubtful else proposed)
            box.activated.connect(lambda _: self.answered.emit())
            self.boxes[name] = box
            note = f"  ({notes[at]})" if notes and notes[at] else ""
            self._form.addRow(label(name[:80] + note), box)

    def choose(self, kept: Mapping[str, object]) -> None:
        """Answers given before, for the names that are still asked about."""
        for name, box in self.boxes.items():
            at = box.findData(kept[name] or _NOBODY) if name in kept else -1
            if at >= 0:
                box.setCurrentIndex(at)

    def unanswered(self) -> QComboBox | None:
        """The first box that still has to be answered."""
        return next((box for box in self.boxes.values() if box.currentIndex() < 0), None)

    def chosen(self) -> dict[str, int | str | None]:
        """CRM name → person, NEW_PERSON, None for nobody, or another of the names that means the same person."""
        from mentor_app.core.people.actions import NEW_PERSON

        said = {name: box.currentData() or None for name, box in self.boxes.items()}
        return {name: NEW_PERSON if who == name else who for name, who in said.items()}
