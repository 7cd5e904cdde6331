"""One deal with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentor_app.core.pipeline.rules import shown_key
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import FormDialog

if TYPE_CHECKING:
    from mentor_app.core.pipeline.queries import Opportunity


class DealDialog(FormDialog):
    """Nothing is typed here: each value whole under its heading, and the way to the history."""

    def __init__(self, parent: QWidget, context: Context, deal: Opportunity, said: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent, context, tr("Opportunity"), tr("Close"))
        self._deal = deal
        self.cancel.hide()
        self.headed(deal.name or deal.account or shown_key(deal.key))
        for heading, words in said:
            value = label(words, wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.form.addRow(label(heading, "muted"), value)
        self.column.addWidget(button(tr("History…"), self._go_to_history), alignment=Qt.AlignmentFlag.AlignLeft)
        self.save.setFocus()

    def _go_to_history(self) -> None:
        self.accept()
        self.context.go(Place("history", "opportunity", self._deal.id))

    @override
    def work(self) -> None:
        self.accept()
