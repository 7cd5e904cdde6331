"""From the wish for a form until it is open: what is typed meanwhile goes into it, and whoever waits for long is told so."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget
from shiboken6 import isValid

from mentor_app.ui.drafts import TYPED
from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.registry import takes_typing
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import button, label, shortened
from mentor_app.ui.widgets.layouts import row_in
from mentor_app.ui.widgets.meant import READ_IN

if TYPE_CHECKING:
    from mentor_app.ui.context import Context
    from mentor_app.ui.navigation import Place
    from mentor_app.ui.tasks import Task

SLOW = 400
"""Milliseconds after which it is said that a form is waited for."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ROOM, _TITLE = 80, 40
"""As many characters of what was typed are shown, and stand in the title of its draft."""


def type_into(form: QWidget, words: str) -> None:
    """Type into a form, from where the focus is, what was typed for it before it was open."""
    for sign in words:
        key = Qt.Key.Key_Tab if sign == "\t" else Qt.Key.Key_unknown
        typed = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, sign)
        QApplication.sendEvent(form.focusWidget() or form, typed)


class Opening(QObject):
    """One form that is asked for at ``place``, and waits for what the store is asked first (``awaited``)."""

    def __init__(
        self,
        window: QWidget,
        context: Context,
        place: Place,
        awaited: frozenset[Task[Any]],
        is_away: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self.place = place
        self._tasks, self._awaited, self._is_away = context.tasks, set(awaited), is_away
        self._toast, self._drafts = context.toast, context.drafts.as_now()
        self._typed: list[QKeyEvent] = []
        self._over = self._kept = self._is_there = False
        self._autosave = context.autosave(self, self._keep)
        self._app = cast("QApplication", QApplication.instance())
        self._takes_typing = takes_typing(place)
        self.waiting = _Waiting(window, self._unkept, self.give_up, self._takes_typing)
        self._late = timer(self, SLOW, self.waiting.open)
        self._late.start()
        self._tasks.ended.connect(self._ended)
        self._app.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is typed is for the form, not for what has the focus until it is there."""
        if self._over or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        command = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if event.key() in _ENTER:  # it saves the form, which is not there yet
            ours = isinstance(watched, QWidget) and (command or watched.window() in (self.waiting, self.parent()))
            if ours and self.waiting.isVisible():
                self.waiting.say(_not_yet(self._takes_typing))
            return bool(ours)
        if command or event.key() == Qt.Key.Key_Escape or not (event.text() or event.key() == Qt.Key.Key_Backtab):
            return False
        if (
            isinstance(watched, QWidget) and self._takes_typing
        ):  # it comes to the system's window first, which hands it on
            self._typed.append(event.clone())
            self._autosave.touch()
        return isinstance(watched, QWidget)

    def comes(self, place: Place | None) -> None:
        """What is to be opened now is it, or something else that has to be answered first: then the words stay a draft."""
        self.waiting.done(0)
        self._is_there = place == self.place
        if self._is_there:
            self._autosave.forget()
            if self._kept:
                self._drafts.drop(self.place)

    def opened(self, dialog: QDialog) -> None:
        """It is open: it takes what was typed for it."""
        typed = self._typed if self._is_there else []
        self.end()
        for event in typed:
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
        if self._kept:
            self._toast(tr("Kept as a draft; it is here again when you open this the next time."))

    def end(self) -> None:
        """It is over."""
        if self._over:
            return
        self._over = True
        if not self._is_there:
            self._autosave.flush()
        self._autosave.forget()
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
        """What is typed for the form, as far as it can be kept: characters, and tabs from one field to the next."""
        words = ""
        for event in self._typed:
            if event.key() == Qt.Key.Key_Backspace:
                words = words[:-1]
            words += "".join(sign for sign in event.text() if sign.isprintable() or sign == "\t")
        return words if words.strip() else ""

    def _keep(self) -> None:
        words = self._words()
        if not words:
            return
        if not self._kept:
            self._drafts.leave(self.place)  # an earlier draft of this form stays beside it
        title = " · ".join((tr("Typed for a form that was not open yet"), shortened(" ".join(words.split()), _TITLE)))
        self._drafts.put(self.place, title, {TYPED: words})
        self._kept = True

    def _unkept(self) -> str:
        """What would be lost, were it given up now."""
        self._autosave.flush()
        return self._words().strip() if self._autosave.pending else ""

    def _ended(self, task: Task[Any]) -> None:
        self._awaited.discard(task)
        if not self._awaited and not self._is_away():  # else it is asked for again once the store answers
            self.end()


class _Waiting(QDialog):
    """Says that a form is waited for; what is typed for it and can't be kept (``unkept``) is not given up unasked."""

    def __init__(
        self, window: QWidget, unkept: Callable[[], str], give_up: Callable[[], object], takes_typing: bool
    ) -> None:
        super().__init__(window)
        self._unkept, self._give_up = unkept, give_up
        self._warned_of = ("", 0.0)
        self.setWindowTitle(tr("Waiting for the store…"))
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label(_told(takes_typing), wrap=True))
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
        lost = self._unkept()
        if not lost or self._sure(lost):
            self._give_up()

    def say(self, words: str) -> None:
        """Say something about what was just tried."""
        self.error.setText(words)
        self.error.show()
        self.adjustSize()

    def _sure(self, typed: str) -> bool:
        """Whether it was said before, long enough ago to be read, that this is lost; else it is said now."""
        said, at = self._warned_of
        if said == typed:
            return monotonic() - at >= READ_IN
        self._warned_of = typed, monotonic()
        words = tr(
            "What you typed will be lost: “{words}”. Cancel once more to give it up.", words=shortened(typed, _ROOM)
        )
        self.say(words)
        return False


def _told(takes_typing: bool) -> str:
    """What is said while a form is waited for."""
    if takes_typing:
        return tr(
            "The form opens as soon as the store answers. What you type meanwhile goes where the form begins, "
            "and is kept as a draft."
        )
    return tr("The form opens as soon as all places were looked for. What you type meanwhile goes nowhere.")


def _not_yet(takes_typing: bool) -> str:
    """What is said when somebody saves what is not open yet."""
    if takes_typing:
        return tr("Nothing is saved yet: the form is not open. What you type is kept as a draft.")
    return tr("Nothing is done yet: the form is not open.")
