"""Saying whom the CRM's names mean: the same list in the import wizard and for names left over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mentor_app.core.errors import UserError
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import button, label

_NOBODY = 0


class OwnersForm(QWidget):
    """One row for each CRM name, with everybody to choose from. A likely person is proposed."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self._form = QFormLayout()
        holder = QWidget()
        holder.setObjectName("content")
        holder.setLayout(self._form)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(holder))

    def show_names(
        self, names: Sequence[str], everybody: Sequence[tuple[int, str]], notes: Sequence[str] = (), new: bool = True
    ) -> None:
        """Ask about these names; ``new`` proposes to add strangers as new people."""
        from mentor_app.core.people.actions import NEW_PERSON
        from mentor_app.core.people.rules import same_person

        while self._form.rowCount():
            self._form.removeRow(0)
        self.boxes = {}
        # One list of people for all boxes: a thousand owners and a thousand people must not make a million entries.
        choices = QStandardItemModel(self)
        offered = [(tr("Add as a new person"), NEW_PERSON), (tr("Leave unmatched"), _NOBODY)]
        for words, value in [*offered, *((name, person_id) for person_id, name in everybody)]:
            item = QStandardItem(words)
            item.setData(value, Qt.ItemDataRole.UserRole)
            choices.appendRow(item)
        for at, name in enumerate(names):
            box = QComboBox()
            box.setAccessibleName(name)
            box.setModel(choices)
            likely = [i for i, (_, words) in enumerate(everybody) if same_person(name, words)]
            box.setCurrentIndex(likely[0] + 2 if len(likely) == 1 else 0 if new else 1)
            self.boxes[name] = box
            note = f"  ({notes[at]})" if notes else ""
            self._form.addRow(label(name[:80] + note), box)

    def chosen(self) -> dict[str, int | None]:
        """CRM name → person, NEW_PERSON, or None for nobody."""
        return {name: box.currentData() or None for name, box in self.boxes.items()}


class UnmatchedDialog(QDialog):
    """CRM names that own opportunities but mean nobody yet."""

    def __init__(self, parent: QWidget, context: Context, names: list[tuple[str, int]], people: Sequence[Any]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Unmatched CRM names"))
        self.resize(620, 480)
        self._context = context
        self.form = OwnersForm()
        self.form.show_names(
            [name for name, _ in names], [(p.id, p.name) for p in people],
            [tr("{n} opportunities", n=f"{n:,}") for _, n in names], new=False,
        )  # fmt: skip
        self.error = label("", "error", wrap=True)
        self.save = button(tr("Save"), self._save, primary=True)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(tr("Cancel"), self.reject))
        row.addWidget(self.save)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addWidget(
            label(tr("These names own opportunities that count for nobody. Say whom they mean."), wrap=True)
        )
        outer.addWidget(self.form, 1)
        outer.addWidget(self.error)
        outer.addLayout(row)

    def _save(self) -> None:
        from mentor_app.core.people.actions import assign_crm_names

        chosen = {name: who for name, who in self.form.chosen().items() if who is not None}
        self._context.act(assign_crm_names, chosen, done=lambda _: self.accept(), failed=self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.error.setText(error.render(current()))
        else:
            self._context.tasks.failed.emit(error)


def scrolling(widget: QWidget) -> QScrollArea:
    """``widget`` in an area that scrolls, without a frame."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(widget)
    return area
