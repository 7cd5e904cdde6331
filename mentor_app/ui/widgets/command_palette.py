"""Ctrl+K: one field that finds pages, commands and people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mentor_app.core.personal.letters import finder
from mentor_app.ui.i18n import told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label

_SHOWN = 50


@dataclass(frozen=True)
class Entry:
    """Something that can be found: its words, a remark beside it, what choosing it does, and what else it is found by."""

    words: str
    note: str
    choose: Callable[[], object]
    found_by: str = ""


class CommandPalette(QDialog):
    """Type, arrows move, Enter chooses, Esc closes."""

    def __init__(self, parent: QWidget, title: str, entries: Sequence[Entry]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(560, 420)
        self._entries = list(entries)
        self.field = QLineEdit(placeholderText=title)
        self.field.setAccessibleName(title)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Found"))
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.setSpacing(8)
        outer.addWidget(self.field)
        outer.addWidget(self.list, 1)
        self.nothing = label(tr("Nothing is found."), "muted")
        outer.addWidget(self.nothing)
        self.unread = label("", "error", wrap=True)
        self.unread.hide()
        outer.addWidget(self.unread)
        self._filter("")
        self.field.setFocus()

    def add(self, entries: Sequence[Entry]) -> None:
        """More to find, read meanwhile."""
        self._entries += entries
        self._filter(self.field.text())

    def tell_unread(self, words: str) -> None:
        """Some of what can be found could not be read: that is said as long as it is looked for."""
        self.unread.setText(words)
        self.unread.show()

    def _filter(self, typed: str) -> None:
        fits = finder(typed)
        fitting = [e for e in self._entries if fits(told(f"{e.words} {e.note} {e.found_by}"))]
        # What begins with the words typed comes first; otherwise the order given.
        fitting.sort(key=lambda e: not e.words.casefold().startswith(typed.casefold().strip()))
        self.list.clear()
        for entry in fitting[:_SHOWN]:
            item = QListWidgetItem(told(f"{entry.words}   {entry.note}" if entry.note else entry.words))
            item.setData(Qt.ItemDataRole.UserRole, entry)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not fitting and self.unread.isHidden())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.list.currentItem():
                    self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _choose(self, item: QListWidgetItem) -> None:
        self.accept()
        item.data(Qt.ItemDataRole.UserRole).choose()
