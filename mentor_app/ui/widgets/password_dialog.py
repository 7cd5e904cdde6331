"""Asking for the password of a server's address: it goes to the keyring where there is one, and is never shown, drafted or logged."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.controls import button, label


class PasswordDialog(QDialog):
    """What the server says, a field, and two ways out."""

    def __init__(self, parent: QWidget, said: str, keep: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Password"))
        self.setMinimumWidth(440)
        self._keep = keep
        self.field = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(tr("Password"))
        self.save = button(tr("Open the store"), self._save, primary=True)
        self.save.setDefault(True)
        self.save.setEnabled(False)
        self.field.textChanged.connect(lambda words: self.save.setEnabled(bool(words)))
        self.cancel = button(tr("Cancel"), self.reject)
        ways = QHBoxLayout()
        ways.addStretch()
        ways.addWidget(self.cancel)
        ways.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label(said, wrap=True))
        column.addWidget(self.field)
        note = tr("It is kept in this computer's keyring; where there is none, it is used until the app is closed.")
        column.addWidget(label(note, "note", wrap=True))
        column.addLayout(ways)
        self.field.setFocus()

    def _save(self) -> None:
        password = self.field.text()
        self.field.clear()
        self.accept()
        self._keep(password)
