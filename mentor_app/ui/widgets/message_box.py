"""A message over the window, in plain text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def tell(parent: QWidget, title: str, words: str, details: str = "", shown: bool = False) -> QMessageBox:
    """A message in plain text, with a copyable part, ``shown`` at once or when asked for; does not block."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(words)
    if details:
        box.setDetailedText(details)
        for found in box.buttons():
            if shown and box.buttonRole(found) == QMessageBox.ButtonRole.ActionRole:
                found.click()
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.open()
    return box
