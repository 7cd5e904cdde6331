"""Saying whom the CRM's names mean that are left over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.core.errors import UserError
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.owners import OwnersForm


class UnmatchedDialog(QDialog):
    """CRM names that own opportunities but mean nobody yet."""

    def __init__(self, parent: QWidget, context: Context, names: list[tuple[str, int]], people: Sequence[Any]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Unmatched CRM names"))
        self.resize(620, 480)
        self._context = context
        self.form = OwnersForm()
        self.form.show_names(
            [name for name, _ in names],
            [(p.id, p.name) for p in people],
            [tr("{n} opportunities", n=f"{n:,}") for _, n in names],
            new=False,
        )
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
