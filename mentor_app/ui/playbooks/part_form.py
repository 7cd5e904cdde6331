"""One part of a playbook as it is written: its title or question, what it is about, its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from mentor_app.core.logbook.kinds import PHASES
from mentor_app.core.playbooks.rules import Part
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.playbooks.alike import Alike
from mentor_app.ui.widgets.controls import button, has_focus, label
from mentor_app.ui.widgets.forms import choice
from mentor_app.ui.widgets.layouts import column_in

if TYPE_CHECKING:
    from mentor_app.ui.playbooks.part_saver import Unsaved


class PartForm(QWidget):
    """The fields of a part, what is nearly the same elsewhere, and whether it is saved."""

    typed = Signal()
    """By whoever writes; not when another part is shown."""
    theirs_wanted = Signal()
    mine_wanted = Signal()
    mine_dropped = Signal()
    """What becomes of words held back because somebody else has written the part since."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._loading = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.heading = QLineEdit()
        self.heading.setAccessibleName(tr("Title or question"))
        self.heading.setPlaceholderText(tr("Title or question"))
        column.addWidget(self.heading)
        self.alike = Alike(context)
        column.addWidget(self.alike)
        self.product, self.industry, self.tags = QLineEdit(), QLineEdit(), QLineEdit()
        self.stage = choice([("–", None), *((tr(words), key) for key, words in PHASES.items())])
        self.about = QWidget()
        form = QFormLayout(self.about)
        form.setSpacing(6)
        form.setContentsMargins(0, 0, 0, 0)
        for words, field in (
            (tr("Product"), self.product),
            (tr("Industry"), self.industry),
            (tr("Deal phase"), self.stage),
            (tr("Tags"), self.tags),
        ):
            field.setAccessibleName(words)
            form.addRow(label(words), field)
        column.addWidget(self.about)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(tr("Text in Markdown"))
        self.text.setPlaceholderText(tr("Markdown: **bold**, - list, 1. steps"))
        column.addWidget(self.text, 1)
        self.saved = label("", "note", wrap=True)
        column.addWidget(self.saved)
        self.held = QWidget()
        held = column_in(self.held, 8)
        self.why_held = label("", "error", wrap=True)
        held.addWidget(self.why_held)
        self.beside = button(tr("Side by side…"), self.theirs_wanted.emit)
        self.instead = button(tr("Store mine instead"), self.mine_wanted.emit)
        self.anew = button(tr("Store mine as a new part"), self.mine_wanted.emit)
        self.discard = button(tr("Discard mine"), self.mine_dropped.emit)
        # below each other: a window must not have to grow for them
        for answer in (self.beside, self.instead, self.anew, self.discard):
            held.addWidget(answer, 0, Qt.AlignmentFlag.AlignLeft)
        self.held.hide()
        column.addWidget(self.held)
        self._lines = (self.heading, self.product, self.industry, self.tags)
        for line in self._lines:
            line.textEdited.connect(lambda _: self._typed())
        self.stage.activated.connect(lambda _: self._typed())
        self.text.textChanged.connect(self._typed)

    def _say_why(self, reason: str, gone: bool) -> None:
        """Say why words are held back: ``reason`` is how that sentence begins. Of a part that is ``gone`` there is nothing
        to put beside them."""
        self.beside.setVisible(not gone)
        self.instead.setVisible(not gone)
        self.anew.setVisible(gone)
        words = tr("{reason}. Your words stand here and are kept on this computer only.", reason=reason)
        self.why_held.setText(words[:1].upper() + words[1:])

    def say_unsaved(self, unsaved: Unsaved | None) -> None:
        """Say why the store has not taken the part shown, and what can be done where that is the writer's to decide."""
        held = unsaved is not None and unsaved.held
        if held != self.held.isVisibleTo(self):
            self.held.setVisible(held)
        if unsaved is None:
            return
        if held:
            self._say_why(unsaved.reason, unsaved.gone)
            self.saved.setText("" if unsaved.kept else tr("Your words can't be kept on this computer now."))
        elif unsaved.reason and unsaved.kept:
            words = tr("Not saved yet, kept on this computer, tried again: {reason}", reason=unsaved.reason)
            self.saved.setText(words)
        elif unsaved.reason:
            words = tr("Neither saved nor kept on this computer yet, tried again: {reason}", reason=unsaved.reason)
            self.saved.setText(words)

    def say_other(self, other: Unsaved) -> None:
        """Say that another part is not saved, by its title."""
        title = other.part.title or tr("without a title")
        if not other.held:
            words = tr("“{title}” is not saved yet, kept on this computer, tried again.", title=title)
        elif other.gone:
            words = tr("“{title}” was removed meanwhile; your words are kept on this computer.", title=title)
        else:
            words = tr("“{title}” was written elsewhere meanwhile; your words are kept on this computer.", title=title)
        self.saved.setText(words)

    def part(self) -> Part:
        """The part as it is typed."""
        return Part(
            title=self.heading.text(),
            body=self.text.toPlainText(),
            product=self.product.text() or None,
            industry=self.industry.text() or None,
            stage=self.stage.currentData(),
            tags=self.tags.text() or None,
        )

    def show_part(self, part: Part, entry: bool, writable: bool) -> None:
        """Show a part; ``entry``: it answers a question, and says for which product, industry and phase."""
        self._loading = True
        self.heading.setText(part.title)
        self.product.setText(part.product or "")
        self.industry.setText(part.industry or "")
        self.tags.setText(part.tags or "")
        self.stage.setCurrentIndex(max(0, self.stage.findData(part.stage)))
        if self.text.toPlainText() != part.body:
            cursor = self.text.textCursor()
            at = cursor.position()
            self.text.setPlainText(part.body)
            cursor.setPosition(min(at, len(part.body)) if has_focus(self.text) else 0)
            self.text.setTextCursor(cursor)
        self.about.setVisible(entry)
        for line in self._lines:
            line.setReadOnly(not writable)
        self.text.setReadOnly(not writable)
        self.stage.setEnabled(writable)
        self._loading = False

    def _typed(self) -> None:
        if not self._loading:
            self.typed.emit()
