"""A value before and after, both whole and beside each other."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.dialogs import Dialog


class WholeDialog(Dialog):
    """Nothing is typed here: the texts can be read and copied."""

    def __init__(self, parent: QWidget, context: Context, heading: str, before: str, after: str) -> None:
        super().__init__(parent, context, heading, tr("Close"), None, 860)
        self.cancel.hide()
        content = QGridLayout()
        content.setSpacing(8)
        content.addWidget(label(heading, "cardtitle", wrap=True), 0, 0, 1, 2)
        for column, (title, words) in enumerate(((tr("Before"), before), (tr("After"), after))):
            shown = QPlainTextEdit(told(words), readOnly=True)
            shown.setAccessibleName(title)
            shown.setTabChangesFocus(True)
            shown.setMinimumHeight(320)
            content.addWidget(label(title, "muted"), 1, column)
            content.addWidget(shown, 2, column)
        self.set_content(content)
        self.save.setFocus()

    @override
    def work(self) -> None:
        self.accept()
