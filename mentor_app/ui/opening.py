"""From the wish for a form until it is open: what is typed meanwhile goes into it, and whoever waits for long is told so."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget
from shiboken6 import isValid

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import button, label, shortened
from mentor_app.ui.widgets.layouts import row_in
from mentor_app.ui.widgets.meant import READ_IN

if TYPE_CHECKING:
    from mentor_app.ui.navigation import Place
    from mentor_app.ui.tasks import Task, Tasks

SLOW = 400
"""Milliseconds after which it is said that a form is waited for."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ROOM = 80
"""As many characters of what was typed are shown."""


class Opening(QObject):
    """One form that is asked for at ``place``, and waits for what the store is asked first (``awaited``)."""

    def __init__(
        self, window: QWidget, tasks: Tasks, place: Place, awaited: frozenset[Task[Any]], is_away: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self.place = place
        self._tasks, self._awaited, self._is_away = tasks, set(awaited), is_away
        self._typed: list[QKeyEvent] = []
        self._over = False
        self._app = cast("QApplication", QApplication.instance())
        self.waiting = _Waiting(window, self._words, self.give_up)
        self._late = timer(self, SLOW, self.waiting.open)
        self._late.start()
        tasks.ended.connect(self._ended)
        self._app.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is typed is for the form, not for what has the focus until it is there."""
        if self._over or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        command = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if command and event.key() in _ENTER:  # it saves the form, which is not there yet
            return isinstance(watched, QWidget)
        if (
            command
            or event.key() in (*_ENTER, Qt.Key.Key_Escape)
            or not (event.text() or event.key() == Qt.Key.Key_Backtab)
        ):
            return False
        if isinstance(watched, QWidget):  # it comes to the system's window first, which hands it on
            self._typed.append(event.clone())
        return isinstance(watched, QWidget)

    def opened(self, dialog: QDialog) -> None:
        """It is open (or something else that has to be answered first)."""
        typed, ours = self._typed, getattr(dialog, "place", None) == self.place
        self.end()
        for event in typed if ours else ():
            QApplication.sendEvent(dialog.focusWidget() or dialog, event)

    def awaits(self, awaited: frozenset[Task[Any]]) -> None:
        """It is asked for once more, the store being there again."""
        self._awaited = set(awaited)
        if not awaited:
            self.end()

    def give_up(self) -> None:
        """Nobody waits for it any more: it does not open later either."""
        for task in self._awaited:
            task.then(failed=lambda _error: None)
        self.end()

    def end(self) -> None:
        """It is over."""
        if self._over:
            return
        self._over = True
        self._late.stop()
        self._app.removeEventFilter(self)
        self._tasks.ended.disconnect(self._ended)
        if isValid(self.waiting):
            self.waiting.done(0)
            self.waiting.deleteLater()
        self.deleteLater()

    @property
    def waits(self) -> bool:
        """Whether it is still to be opened."""
        return not self._over

    def _words(self) -> str:
        """What is typed for the form, as far as it can be shown."""
        words = ""
        for event in self._typed:
            if event.key() == Qt.Key.Key_Backspace:
                words = words[:-1]
            words += "".join(sign for sign in event.text() if sign.isprintable())
        return words.strip()

    def _ended(self, task: Task[Any]) -> None:
        self._awaited.discard(task)
        if not self._awaited and not self._is_away():  # else it is asked for again once the store answers
            self.end()


class _Waiting(QDialog):
    """Says that a form is waited for; what is ``typed`` for it is not given up unasked."""

    def __init__(self, window: QWidget, typed: Callable[[], str], give_up: Callable[[], object]) -> None:
        super().__init__(window)
        self._typed, self._give_up = typed, give_up
        self._warned_of = ("", 0.0)
        self.setWindowTitle(tr("Waiting for the store…"))
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        words = tr("The form opens as soon as the store answers. What you type meanwhile goes where the form begins.")
        column.addWidget(label(words, wrap=True))
        self.error = label("", "error", wrap=True)
        self.error.hide()
        column.addWidget(self.error)
        ways = QWidget()
        row = row_in(ways, 0)
        row.addStretch()
        self.cancel = button(tr("Cancel"), self.reject)
        row.addWidget(self.cancel)
        column.addWidget(ways)

    @override
    def reject(self) -> None:
        typed = self._typed()
        if not typed or self._sure(typed):
            self._give_up()

    def _sure(self, typed: str) -> bool:
        """Whether it was said before, long enough ago to be read, that this is lost; else it is said now."""
        said, at = self._warned_of
        if said == typed:
            return monotonic() - at >= READ_IN
        self._warned_of = typed, monotonic()
        words = tr(
            "What you typed will be lost: “{words}”. Cancel once more to give it up.", words=shortened(typed, _ROOM)
        )
        self.error.setText(words)
        self.error.show()
        self.adjustSize()
        return False
