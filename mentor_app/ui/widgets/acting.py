"""Dialogs that do something: their button, their mistakes said in place, and what holds while the store is at work."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QTableWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from mentor_app.core.errors import InDoubt, UserError
from mentor_app.ui.context import SLOW, Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import Task, timer
from mentor_app.ui.widgets.controls import button, label, on_keys
from mentor_app.ui.widgets.forms import BadField, commit_cell, fields_of
from mentor_app.ui.widgets.layouts import FRAME, Fitting, show_in_scroll_area
from mentor_app.ui.widgets.meant import READ_IN

if TYPE_CHECKING:
    from mentor_app.core.store import Actor, Done, Session

P = ParamSpec("P")
T = TypeVar("T")

_MARGIN = 24


class ActingDialog(QDialog):
    """A dialog that does one thing.

    *Enter* in a field presses the one button the dialog is for, Ctrl+Enter does so from anywhere, also from a text of
    several lines. What was wrong is said here, at its field where it has one.
    """

    saving = False
    """Whether what was done last is what its default button does."""
    content: Fitting | None = None
    """What it is about, in an area that scrolls."""
    said_once_done = ""
    """What is said beside, once it is done."""

    def __init__(self, parent: QWidget, context: Context, title: str, save: str, width: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self.context = context
        self._focus: QWidget | None = None
        self._acting = False
        self.unconfirmed: InDoubt | None = None
        """What the server has not confirmed, until it is known what became of it."""
        self._end: Callable[[], object] = lambda: None
        self._warned_of = ("", 0.0)
        self._shield: QWidget | None = None
        self._soon = timer(self, 150, lambda: self.setEnabled(False))
        self._late = timer(self, SLOW, self._say_waiting)
        self.error = label("", "error", wrap=True)
        self.waiting = label(tr("Waiting for the store…"), "note", wrap=True)
        self.waiting.hide()
        self.save = button(save, self._save, primary=True)
        self.save.setDefault(True)  # without a default Enter would press whatever button comes first
        self.cancel = button(tr("Cancel"), self.reject)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch()
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.save)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self.outer.setSpacing(12)
        self.outer.addWidget(self.waiting)
        self.outer.addWidget(self.error)
        self.outer.addLayout(self.buttons)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            on_keys(self, key, self.save.click)

    def set_content(self, content: QWidget | QLayout) -> None:
        """Put what the dialog is about above its remarks and buttons: it scrolls where the screen is too low for all."""
        self.content = Fitting(content, self.minimumWidth() - 2 * _MARGIN)
        self.outer.insertWidget(0, self.content, 1)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Wrapped remarks have all the height they need."""
        super().showEvent(event)
        self._make_room()

    @override
    def event(self, event: QEvent) -> bool:
        """What is said in it later has all the height it needs, too."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._make_room()
        return done

    def _make_room(self, less: bool = False) -> None:
        """As high as its remarks and what does not scroll need (``less``: and no higher), within the screen."""
        screen, frame = self.screen().availableGeometry(), self.frameGeometry()
        around = max(frame.height() - self.height(), FRAME.height())
        if self.content is not None and self.content.settle():
            self.outer.invalidate()
        wraps = self.outer.hasHeightForWidth()
        needed = self.outer.totalHeightForWidth(self.width()) if wraps else self.outer.totalSizeHint().height()
        if self.content is not None:
            needed -= self.content.sizeHint().height() - self.content.needed(self.width() - 2 * _MARGIN)
        height = min(needed if less else max(needed, self.height()), screen.height() - around)
        if height != self.height():
            self.resize(self.width(), height)
        if self.isVisible():
            below = frame.top() + height + around - 1 - screen.bottom()
            if below > 0:
                self.move(self.x(), max(screen.top(), self.y() - below))

    @abstractmethod
    def work(self) -> None:
        """What Save does; a UserError raised here is shown in place."""

    @abstractmethod
    def keep_first(self) -> None:
        """Keep what is typed, before anything is done with it."""

    def committing(self) -> Callable[[InDoubt], object]:
        """What hears, on another thread, what is in doubt while a server is committing what is saved here."""
        return lambda _doubt: None

    @abstractmethod
    def finish(self) -> None:
        """The dialog has done what it is for."""

    def nothing_written(self) -> None:
        """It was done, and all was so already."""

    @abstractmethod
    def settle(self) -> None:
        """What the fields say now is stored."""

    def sure(self, words: str) -> bool:
        """Whether these words were said before, long enough ago to be read; else they are said now."""
        said, self._warned_of = self._warned_of, (words, monotonic())
        if said[0] == words:
            self._warned_of = said
            if monotonic() - said[1] >= READ_IN:
                return True
        self.error.setText(words)
        self._make_room()
        return False

    def do(self, work: Callable[[], None]) -> None:
        """Do ``work`` as Save does its own: a UserError is shown in place."""
        if self._acting or self.unconfirmed is not None:  # which is said: nothing is stored twice
            return
        self.error.setText("")
        self.waiting.hide()
        self.waiting.setText(tr("Waiting for the store…"))
        self.saving = False
        for field in fields_of(self).values():
            if isinstance(field, QTableWidget):
                commit_cell(field)
        try:
            work()
        except UserError as error:
            self.failed(error)

    def _save(self) -> None:
        self.do(self.work)
        self.saving = True

    def act(
        self, action: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Following[T]:
        """Run an action; close when it is done (what is said with ``then`` follows), show its error here when it is not."""
        self._hold()
        return self._followed(self.context.act_telling(self.committing(), action, *args, **kwargs), self.finish)

    def act_and_stay(
        self, action: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Following[T]:
        """Like ``act``, but the dialog stays: what its fields say is stored now, and typing goes on from there."""
        self._hold()
        return self._followed(self.context.act_telling(self.committing(), action, *args, **kwargs), self.settle)

    def _followed(
        self, task: Task[Done[T]], end: Callable[[], object], progress: Callable[[int, int], object] | None = None
    ) -> Following[T]:
        following: Following[T] = Following()
        self._end = end

        def done(result: Done[T]) -> None:
            self._release()
            end()
            following.call(result)
            if result.change_set_id is None:
                self.nothing_written()
            if self.said_once_done:
                self.context.toast(self.said_once_done)

        task.then(done, self.failed, progress=progress)
        return following

    def _hold(self) -> None:
        """While an action is under way nothing more is typed or pressed here: it would not be part of what is saved.

        Mostly that is over before it could be seen, so it is shown as disabled only when it takes longer.
        """
        self.keep_first()
        self._acting = True
        self._focus = self.focusWidget()
        self._shield = QWidget(self)  # takes the mouse and the keys
        self._shield.setGeometry(self.rect())
        self._shield.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._shield.show()
        self._shield.setFocus()
        self._soon.start()
        self._late.start()

    def _say_waiting(self) -> None:
        self.waiting.show()
        self._make_room()

    def _release(self) -> None:
        if not self._acting:
            return
        self._acting = False
        self._soon.stop()
        self._late.stop()
        self.waiting.hide()
        if self._shield is not None:
            self._shield.deleteLater()
            self._shield = None
        self.setEnabled(True)
        if self._focus is not None and isValid(self._focus):
            self._focus.setFocus()

    def failed(self, error: Exception) -> None:
        """Show a world's error here, at its field where it names one; anything else as a report."""
        self._release()
        if not isinstance(error, UserError):
            self.context.tasks.failed.emit(error)
            return
        self.error.setText(error.render(current()))
        self._make_room()
        if isinstance(error, InDoubt):
            self.unconfirmed = error
            self.context.find_out(error, self.found_out)
        else:
            self.context.when_back(error, partial(self._say_back, self.error.text()))
        if isinstance(error, BadField):
            show_in_scroll_area(error.field)
            error.field.setFocus()

    def _say_back(self, said: str) -> None:
        """The server answers again: what is ``said`` here is not so any more."""
        if isValid(self) and self.error.text() == said and not self._acting:
            self.error.setText("")
            self.waiting.setText(tr("The server answers again: what you typed can be saved now."))
            self._say_waiting()

    def found_out(self, stored: bool) -> None:
        """What became of it where the server had not confirmed it."""
        self.unconfirmed = None
        words = tr("What you saved last is stored after all.") if stored else tr("What you saved last was not stored.")
        self.context.toast(words)
        if isValid(self) and self.isVisible():
            self.error.setText("" if stored else words)
        if stored:
            self.stored_after_all()

    @abstractmethod
    def stored_after_all(self) -> None:
        """What was saved last is stored, though nobody had said so."""


class Following(Generic[T]):
    """What follows once a dialog's action is done."""

    def __init__(self) -> None:
        self._done: Callable[[Done[T]], object] | None = None

    def then(self, done: Callable[[Done[T]], object]) -> None:
        """Call ``done`` with what the action returned, after the dialog has taken note of it."""
        self._done = done

    def call(self, result: Done[T]) -> None:
        """The action is done."""
        if self._done is not None:
            self._done(result)
