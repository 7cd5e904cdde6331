"""A message or a question over the window, in plain text; what it looks like is the theme's."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from mentor_app.ui.i18n import told, tr


def message(parent: QWidget, heading: str, words: str) -> QMessageBox:
    """A box with a heading and what there is to say of it; opened by whoever has given it its buttons."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(tr("Growth Camp"))  # the heading stands in the box, once
    box.setText(told(heading))
    box.setInformativeText(told(words))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return box


def tell(parent: QWidget, heading: str, words: str, details: str = "", shown: bool = False) -> QMessageBox:
    """A message with a copyable part, ``shown`` at once or when asked for; does not block."""
    box = message(parent, heading, words)
    if details:
        box.setDetailedText(details)
        for found in box.buttons():
            if shown and box.buttonRole(found) == QMessageBox.ButtonRole.ActionRole:
                found.click()
    box.open()
    return box
