"""The keys a page and its window are pressed with, kept from the fields that would take them for moving in their text."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget
from shiboken6 import isValid

from mentor_app.ui.overriding import override

_IN_THE_TEXT = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class PageKeys(QObject):
    """Lets a shortcut work wherever the focus is in ``window``.

    A field of text is asked first and takes what its desktop edits with: Ctrl+E and Ctrl+K, for one, on most of them. Only
    undo and redo are its own, unless it is a line in which nothing was typed. It looks on at the one widget that has the focus, not at everything that happens.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        cast("QApplication", QApplication.instance()).focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and isValid(old):
            old.removeEventFilter(self)
        if now is not None and now.window() is self._window:
            now.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether the field is not asked."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if any(map(event.matches, _IN_THE_TEXT)) and not _is_untouched(watched):
            return False
        keys = QKeySequence(event.keyCombination())
        taken = any(_works(one) and one.key() == keys for one in self._window.findChildren(QShortcut))
        if taken:
            event.ignore()
        return taken


def _is_untouched(field: QObject) -> bool:
    """Whether it is an empty line that has nothing to take back or do again: the keys can't mean its text."""
    if not isinstance(field, QLineEdit):
        return False
    return not (field.text() or field.isUndoAvailable() or field.isRedoAvailable())


def _works(shortcut: QShortcut) -> bool:
    holder = shortcut.parent()
    everywhere = shortcut.context() == Qt.ShortcutContext.WindowShortcut and shortcut.isEnabled()
    return everywhere and isinstance(holder, QWidget) and holder.isVisible() and holder.isEnabled()
