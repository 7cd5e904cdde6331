"""What is amiss with the store, and the next step as a button: in the place of the page, or above it while one works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.layouts import clear

Offer = tuple[str, Callable[[], object]]
"""Words on a button, and what it does."""


class StoreNotice(QFrame):
    """A sentence and buttons. ``whole``: it stands where the page would, with a heading; else it is a bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.heading = label("", "title", wrap=True)
        self.words = label("", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.offers = QHBoxLayout()
        self.offers.setSpacing(8)
        self._column = QVBoxLayout(self)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(16)
        self._line.addWidget(self.words, 1)
        self._line.addLayout(self.offers)
        self._column.addWidget(self.heading)
        self._column.addLayout(self._line)
        self._column.addStretch()
        self.hide()

    def say(self, heading: str, words: str, offers: Sequence[Offer], whole: bool) -> None:
        """Say it, and offer these next steps; the first is the one to take."""
        if self.isVisible() and (self.heading.text(), self.words.text()) == (heading, words):
            return
        self.heading.setText(heading)
        self.words.setText(words)
        self.heading.setVisible(whole)
        clear(self.offers)
        for at, (said, call) in enumerate(offers):
            made = button(said, call, primary=whole and at == 0)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if whole else Qt.FocusPolicy.TabFocus)
            self.offers.addWidget(made)
        if whole:
            self.offers.addStretch()
        edges = (48, 48, 48, 24) if whole else (24, 8, 16, 8)
        self._column.setContentsMargins(*edges)
        self._column.setSpacing(16)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._line.setDirection(down if whole else across)
        self._line.setStretch(0, 0 if whole else 1)
        vertical = QSizePolicy.Policy.Expanding if whole else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        self.setProperty("whole", whole)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()


def next_steps(fault: str) -> tuple[str, ...]:
    """What helps after a fault, told by its message key: the names of steps, the best one first."""
    from mentor_app.core.store import faults, guard

    steps = {
        faults.MISSING: ("restore", "elsewhere", "anew", "again"),
        faults.LOST_LINK: ("again", "elsewhere", "restore"),
        faults.EMPTY: ("restore", "anew", "elsewhere", "again"),
        faults.DAMAGED: ("restore", "elsewhere", "again"),
        faults.NO_VERSION: ("restore", "elsewhere", "again"),
        faults.DISAGREES: ("restore", "elsewhere", "again"),
        guard.OVERWRITTEN: ("restore", "elsewhere"),
        guard.REPLACED: ("reopen", "restore", "elsewhere"),
        guard.GONE: ("again", "elsewhere", "restore"),
        faults.PERHAPS_OURS: ("restore", "elsewhere", "again"),
        faults.NO_MORE_OURS: ("restore", "elsewhere", "again"),
        faults.LOG_BESIDE: ("with", "without", "elsewhere"),
        faults.NOT_OURS: ("elsewhere", "restore", "again"),
    }
    return steps.get(fault, ("again", "elsewhere"))


def with_notice(notice: StoreNotice, page: QWidget, foot: QWidget) -> QWidget:
    """The page with its notice above it, and below it the place for what is said in passing."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(notice)
    column.addWidget(page, 1)
    column.addWidget(foot)
    return holder
