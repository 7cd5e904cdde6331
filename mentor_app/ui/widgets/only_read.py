"""A form of somebody who may not save it: all of it can be read, nothing be typed, and it says why."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)

from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.dialogs import Dialog


def open_to_read(dialog: Dialog, why: str) -> None:
    """Open a form that can't be saved; a draft of it stays where it is kept."""
    dialog.place = None
    dialog.open()
    dialog.cancel.setText(tr("Close"))
    dialog.cancel.setAccessibleName(tr("Close"))
    dialog.error.setText(tr("Only to be read: {reason}", reason=why))
    lock(dialog)
    for box in dialog.findChildren(QListWidget):  # what else is chosen there brings other fields
        box.currentRowChanged.connect(lambda _: lock(dialog))
    dialog.cancel.setFocus()


def lock(dialog: Dialog) -> None:
    """Let nothing be typed or pressed but what closes the form or shows another part of it."""
    free = {getattr(dialog, name, None) for name in dialog.not_kept}
    for field in dialog.findChildren(QWidget):
        if field in free or field.parent() in free:
            continue
        if isinstance(field, QLineEdit | QPlainTextEdit | QAbstractSpinBox):
            field.setReadOnly(True)
        elif isinstance(field, QTableWidget):
            field.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        elif isinstance(field, QComboBox | QCheckBox | QListWidget):
            field.setEnabled(False)
        elif isinstance(field, QPushButton) and field is not dialog.cancel:
            field.setEnabled(False)
            field.hide()
