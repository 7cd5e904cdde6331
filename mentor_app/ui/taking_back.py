"""Ctrl+Z and Ctrl+Shift+Z: what this person did here is taken back and done again, and it is said what that was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from mentor_app.ui.i18n import current, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mentor_app.core.history.reading import Entry
    from mentor_app.core.history.undo import CannotUndo, Doing
    from mentor_app.core.store import Connection, Done
    from mentor_app.ui.context import Context

LONG_AGO = dt.timedelta(minutes=30)
"""What is older is taken back only after a question: nobody remembers it at once."""


class TakingBack(QObject):
    """Takes back the last thing done, or a certain one, and does again what was taken back."""

    def __init__(self, window: QWidget, context: Context) -> None:
        super().__init__(window)
        self._window, self._context = window, context

    def undo(self) -> None:
        """The last thing this person did; of long ago only after a question that says what it is."""

        def read(connection: Connection) -> Entry | None:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import to_undo

            last = to_undo(connection, actor)
            return None if last is None else entry(connection, last, actor)

        def found(last: Entry | None) -> None:
            if last is None:
                self._context.toast(tr("There is nothing to take back."))
            elif last.stays is None and dt.datetime.now(dt.UTC) - _aware(last.at) > LONG_AGO:
                self._try(last.id, True, lambda _: self._ask(last), instead=True)
            else:
                self.take_back(last.id, instead=True)

        self._context.flush()  # what was typed last was done last
        actor = self._context.actor()
        self._context.query(read, found)

    def take_back(self, change_set_id: int, instead: bool = False) -> None:
        """What this change set belongs to; where something newer rests on it, that is offered first. Where it stays as it
        is, what the same person did before is offered ``instead``."""
        self._try(
            change_set_id,
            False,
            lambda done: self._say(done, "Taken back: {action}", self.redo, tr("Redo"), again=True),
            instead,
        )

    def _try(
        self, change_set_id: int, trial: bool, then: Callable[[Done[Doing]], object], instead: bool = False
    ) -> None:
        from mentor_app.core.history.undo import CannotUndo, undo

        def failed(error: Exception) -> None:
            if isinstance(error, CannotUndo) and error.first is not None:
                self._offer_first(error, error.first)
            elif isinstance(error, CannotUndo) and instead:
                self._offer_before(error, change_set_id)
            else:
                self._context.tasks.failed.emit(error)

        self._context.act(undo, change_set_id, trial=trial).then(then, failed)

    def redo(self) -> None:
        """What this person took back last."""
        from mentor_app.core.history.undo import redo

        def done_again(done: Done[Doing]) -> None:
            self._say(done, "Done again: {action}", partial(self.take_back, done.result.id), tr("Undo"))

        self._context.act(redo).then(done_again)

    def _say(
        self, done: Done[Doing], words: str, offered: Callable[[], object], offer: str, again: bool = False
    ) -> None:
        def read(connection: Connection) -> tuple[Entry, bool]:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import redoable

            return entry(connection, done.result, actor), not again or redoable(connection, done.result)

        actor = self._context.actor()

        def say(found: tuple[Entry, bool]) -> None:
            one, possible = found
            self._context.toast(tr(words, action=in_words(one, 1)), offered if possible else None, offer)

        self._context.query(read, say, replaces=None)

    def _ask(self, last: Entry) -> None:
        box = QMessageBox(self._window)
        when = f"{_aware(last.at).astimezone():%Y-%m-%d %H:%M}"
        box.setText(tr("Take this back?"))
        box.setInformativeText(f"{in_words(last)}\n{when}")
        take = box.addButton(tr("Take back"), box.ButtonRole.AcceptRole)
        box.addButton(box.StandardButton.Cancel)
        box.setDefaultButton(take)
        take.clicked.connect(lambda _checked=False: self.take_back(last.id))
        self._open(box)

    def _offer_first(self, error: CannotUndo, first: int) -> None:
        box = QMessageBox(self._window)
        box.setText(tr("Something newer rests on it"))
        box.setInformativeText(error.render(current()))
        take = box.addButton(tr("Take that back first"), box.ButtonRole.AcceptRole)
        box.addButton(box.StandardButton.Cancel)
        box.setDefaultButton(box.StandardButton.Cancel)
        take.clicked.connect(lambda _checked=False: self.take_back(first))
        self._open(box)

    def _offer_before(self, error: CannotUndo, change_set_id: int) -> None:
        """What can't be taken back does not keep one from what was done before it."""

        def read(connection: Connection) -> Entry | None:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import doings

            for one in doings(connection, actor):
                if one.id < change_set_id:
                    found = entry(connection, one, actor)
                    if found.stays is None:
                        return found
            return None

        def offer(before: Entry | None) -> None:
            if before is None:
                self._context.tasks.failed.emit(error)
                return
            box = QMessageBox(self._window)
            box.setText(error.render(current()))
            when = f"{_aware(before.at).astimezone():%Y-%m-%d %H:%M}"
            box.setInformativeText(tr("What you did before that:") + f"\n{in_words(before)}\n{when}")
            take = box.addButton(tr("Take that back instead"), box.ButtonRole.AcceptRole)
            box.addButton(box.StandardButton.Cancel)
            box.setDefaultButton(box.StandardButton.Cancel)
            take.clicked.connect(lambda _checked=False: self.take_back(before.id, instead=True))
            self._open(box)

        actor = self._context.actor()
        self._context.query(read, offer)

    def _open(self, box: QMessageBox) -> None:
        from PySide6.QtCore import Qt

        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.box = box
        box.open()


def in_words(one: Entry, most: int = 9) -> str:
    """What was done, and to what; of more than ``most`` things only the first."""
    named = [name.render(current()) for name in one.about]
    about = current().listed(named if len(named) <= most else [named[0], "…"])
    title = one.title.render(current())
    return f"{title} · {about}" if about else title


def _aware(at: dt.datetime) -> dt.datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)
