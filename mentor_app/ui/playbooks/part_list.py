"""The parts of a playbook: which are written, in which order, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from mentor_app.core.playbooks.rules import Part
from mentor_app.ui.i18n import told, tr
from mentor_app.ui.tasks import after
from mentor_app.ui.widgets.controls import button, label, plain_tip
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.meant import REST


class PartList(QWidget):
    """How many are written, the list, and below it what whoever writes can do."""

    chosen = Signal()
    """Another one, by whoever reads; not when the list is filled."""

    def __init__(self, add: Callable[[], None], move: Callable[[int], None], remove: Callable[[], None]) -> None:
        super().__init__()
        column = column_in(self, 8)
        self.progress = label("", "cardtitle", wrap=True)
        column.addWidget(self.progress)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Parts"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self.chosen.emit())
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(4)
        self._remove = button(tr("Remove"), remove)
        self.tools = [
            button(tr("Add"), add),
            button(tr("Up"), lambda: move(-1), again=True),
            button(tr("Down"), lambda: move(1), again=True),
            self._remove,
        ]
        for tool in self.tools:
            row.addWidget(tool)
        column.addLayout(row)

    @property
    def at(self) -> int:
        """The part shown, counted from 0; -1 where there is none."""
        return self.list.currentRow()

    def fill(self, parts: Sequence[Part], at: int, wanted: int, writable: bool) -> None:
        """List these parts, of ``wanted`` that are asked for, with the one at ``at`` chosen."""
        self.list.blockSignals(True)
        self.list.clear()
        for part in parts:
            item = QListWidgetItem(told(f"{'✓' if part.body.strip() else '○'}  {part.title or tr('without a title')}"))
            item.setToolTip(plain_tip(part.title))
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(0, at), len(parts) - 1))
        self.list.blockSignals(False)
        written = sum(bool(part.body.strip()) for part in parts)
        self.progress.setText(
            tr("{n} of {all} written", n=written, all=wanted or len(parts))
            if parts or writable
            else tr("The author is still writing: there is nothing to read yet.")
        )
        for tool in self.tools:
            tool.setVisible(writable)

    def rest(self) -> None:
        """The next part moves up to where one was removed: no second press is meant for it."""
        self.list.setFocus()
        self._remove.setEnabled(False)
        after(REST, self, lambda: self._remove.setEnabled(True))
