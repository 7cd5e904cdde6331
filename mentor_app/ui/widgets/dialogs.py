"""Telling the user something that needs more than a toast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.errors import UserError
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import button, label


def tell(parent: QWidget, title: str, words: str, details: str = "") -> QMessageBox:
    """A message in plain text, with a copyable part; does not block."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(words)
    if details:
        box.setDetailedText(details)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.open()
    return box


class FormDialog(QDialog):
    """A form with an error line and two buttons; subclasses add rows and say what Save does."""

    def __init__(self, parent: QWidget, context: Context, title: str, save: str, width: int = 480) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self.context = context
        self.form = QFormLayout()
        self.form.setSpacing(8)
        self.error = label("", "error", wrap=True)
        self.save = button(save, self._save, primary=True)
        self.save.setDefault(True)  # Enter in a field saves; without a default Qt would press Cancel
        self.cancel = button(tr("Cancel"), self.reject)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch()
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.save)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(24, 24, 24, 24)
        self.outer.setSpacing(12)
        self.outer.addLayout(self.form)
        self.outer.addWidget(self.error)
        self.outer.addLayout(self.buttons)

    def row(self, words: str, field: QWidget) -> None:
        """Add a field under its label."""
        field.setAccessibleName(words)
        self.form.addRow(label(words), field)

    def showEvent(self, event: QShowEvent) -> None:
        """The first field that can be filled in has the focus, not a button; wrapped remarks have all the height they need."""
        super().showEvent(event)
        needed = self.outer.totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)
        for at in range(self.form.rowCount()):
            item = self.form.itemAt(at, QFormLayout.ItemRole.FieldRole)
            field = item.widget() if item else None
            if field is not None and field.isVisible() and field.focusPolicy() & Qt.FocusPolicy.TabFocus:
                if isinstance(self.focusWidget(), (QPushButton, type(None))):
                    field.setFocus()
                return

    def work(self) -> None:
        """What Save does; a UserError raised here is shown in place."""
        raise NotImplementedError

    def _save(self) -> None:
        self.error.setText("")
        try:
            self.work()
        except UserError as error:
            self.error.setText(error.render(current()))

    def act(
        self, action: Callable[..., Any], *args: Any, done: Callable[[Any], Any] | None = None, **more: Any
    ) -> None:
        """Run an action; close when it is done, show its error in place when it is not."""

        def finished(result: Any) -> None:
            self.accept()
            if done:
                done(result)

        self.context.act(action, *args, more=more, done=finished, failed=self.failed)

    def failed(self, error: Exception) -> None:
        """Show a world's error here, anything else as a report."""
        if isinstance(error, UserError):
            self.error.setText(error.render(current()))
        else:
            self.context.tasks.failed.emit(error)
