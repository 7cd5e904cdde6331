"""One person's form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import label


class PersonDialog(QDialog):
    """One person's form; saved at once with Save, errors shown in place."""

    def __init__(self, parent: QWidget, context: Context, person: Any | None, teams: list[str]) -> None:
        super().__init__(parent)
        from mentor_app.core.people.rules import ROLES

        self.setWindowTitle(tr("Edit person") if person else tr("Add person"))
        self.setMinimumWidth(460)
        self._context, self._person = context, person
        self.name = QLineEdit(person.name if person else "")
        self.hired = QLineEdit(person.hired_on.isoformat() if person and person.hired_on else "")
        self.left = QLineEdit(person.left_on.isoformat() if person and person.left_on else "")
        for field in (self.hired, self.left):
            field.setPlaceholderText("2026-01-31")
        self.team = QComboBox(editable=True)
        self.team.addItems(["", *teams])
        self.team.setCurrentText(person.team or "" if person else "")
        others = [n for n in person.crm_names if n != person.name] if person else []
        self.crm_names = QLineEdit("; ".join(others))
        self.roles = {
            key: QCheckBox(tr(words), checked=bool(person and key in person.roles)) for key, words in ROLES.items()
        }
        form = QFormLayout()
        form.setSpacing(8)
        for words, field in (
            (tr("Name"), self.name),
            (tr("Hired on"), self.hired),
            (tr("Left on"), self.left),
            (tr("Team"), self.team),
            (tr("CRM names"), self.crm_names),
        ):
            field.setAccessibleName(words)
            form.addRow(label(words), field)
        boxes = QHBoxLayout()
        for box in self.roles.values():
            boxes.addWidget(box)
        form.addRow(label(tr("Roles")), boxes)
        if person and person.hired_on_inferred:
            form.addRow(label(""), label(tr("The hire date is inferred; saving confirms it."), "note", wrap=True))
        self.error = label("", "error", wrap=True)
        buttons = QDialogButtonBox()
        self.save = buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setObjectName("primary")
        buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addLayout(form)
        outer.addWidget(self.error)
        outer.addWidget(buttons)

    def _save(self) -> None:
        from mentor_app.core.people.actions import PersonDetails, add_person, edit_person

        try:
            dates = [
                dt.date.fromisoformat(f.text().strip()) if f.text().strip() else None for f in (self.hired, self.left)
            ]
        except ValueError:
            self.error.setText(tr("Write dates like 2026-01-31."))
            return
        names = tuple(n.strip() for n in self.crm_names.text().replace("；", ";").split(";") if n.strip())
        roles = frozenset(key for key, box in self.roles.items() if box.isChecked())
        details = PersonDetails(
            self.name.text(),
            *dates,
            self.team.currentText().strip() or None,
            roles,
            names,
            self._person.code if self._person else None,
        )
        options = {"done": lambda _: self.accept(), "failed": self._failed}
        if self._person:
            self._context.act(edit_person, self._person.id, details, self._person.version, **options)
        else:
            self._context.act(add_person, details, **options)

    def _failed(self, error: Exception) -> None:
        from mentor_app.core.errors import UserError

        if not isinstance(error, UserError):
            self._context.tasks.failed.emit(error)
            return
        self.error.setText(error.render(current()))
