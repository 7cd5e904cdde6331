"""A card with a short list of things to do or open: words, a remark, a state, one click each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import ElidedLabel, LinkButton, badge, has_focus, label, shortened
from mentor_app.ui.widgets.layouts import clear

_ENDS_IN_DAY = re.compile(r"\d{4}-\d\d-\d\d\D{0,8}$")
"""Where a remark is cut before its end: the day is what matters."""


@dataclass(frozen=True)
class Link:
    """One line: words, a remark below, a badge (words, state), and what a click does."""

    words: str
    note: str = ""
    badge: tuple[str, str] = ("", "plain")
    open: Callable[[], object] | None = None


class _Row(QWidget):
    """The whole line is clicked, its remark and its badge too; keys and its name for readers are those of its button."""

    def __init__(self) -> None:
        super().__init__()
        self._button: QPushButton | None = None
        self._pressed = False

    def leads_with(self, button: QPushButton) -> None:
        """A click anywhere presses this button."""
        self._button = button
        self.setObjectName("linkrow")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._button is not None and event.button() == Qt.MouseButton.LeftButton
        event.setAccepted(self._pressed)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of two is not meant for what the first has opened."""
        event.setAccepted(self._button is not None)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, False
        if pressed and self._button is not None and self.rect().contains(event.position().toPoint()):
            self._button.click()


class LinkCard(Card):
    """Shows the first few links and how many more there are."""

    def __init__(self, title: str, empty: str, shown: int = 6) -> None:
        super().__init__(title)
        self._empty, self._shown = empty, shown
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        self.body.addLayout(self._lines)
        self.buttons: list[QPushButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_links(self, links: Sequence[Link]) -> None:
        """Show these; an empty list says why there is nothing."""
        focused = self.focusWidget()
        if focused is not None and has_focus(focused):
            self.setFocus()  # Qt would hand it to the next button there is, and scroll to that
        clear(self._lines)
        self.buttons = []
        for link in links[: self._shown]:
            self._lines.addWidget(self._line(link))
        if len(links) > self._shown:
            self._lines.addWidget(label(tr("and {n} more", n=len(links) - self._shown), "note"))
        if not links:
            self._lines.addWidget(label(self._empty, "muted", wrap=True))

    def _line(self, link: Link) -> QWidget:
        line = _Row()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        column = QVBoxLayout()
        column.setSpacing(0)
        if link.open is not None:
            words_button = LinkButton(link.words, link.open)
            self.buttons.append(words_button)
            line.leads_with(words_button)
            column.addWidget(words_button)
        else:
            column.addWidget(label(shortened(link.words, 90), wrap=True))
        if link.note:
            words = " ".join(link.note.split())
            day = _ENDS_IN_DAY.search(words)
            note = ElidedLabel(words, "note", day.group() if day is not None else "")
            note.setContentsMargins(2, 0, 0, 0)  # in line with the words of a button, which has a border
            column.addWidget(note)
        row.addLayout(column, 1)
        if link.badge[0]:
            row.addWidget(badge(*link.badge))
        return line
