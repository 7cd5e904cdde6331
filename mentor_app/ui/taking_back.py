"""Ctrl+Z and Ctrl+Shift+Z: what this person did here is taken back and done again, and it is said what that was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mentor_app.ui.doings import in_words
from mentor_app.ui.i18n import current, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox, QWidget

    from mentor_app.core.history.reading import Entry
    from mentor_app.core.history.reversing import CannotUndo
    from mentor_app.core.history.saves import Doing
    from mentor_app.core.store import Connection, Done
    from mentor_app.core.text import Text
    from mentor_app.ui.context import Context
    from mentor_app.ui.widgets.views import Page

LONG_AGO = dt.timedelta(minutes=30)
"""What is older is taken back only after a question: nobody remembers it at once."""


class TakingBack(QObject):
    """Takes back the last thing done, or a certain one, and does again what was taken back."""

    def __init__(self, window: QWidget, context: Context, page: Callable[[], Page]) -> None:
        super().__init__(window)
        self._window, self._context, self._page = window, context, page
        context.take_back, context.do_again = self.take_back, self.redo_stored
        self._passed = set[int]()
        self._deeper = 0
        """What was taken back since something that only the page knew of."""
        self.is_telling = False
        """Whether something is being taken back or done again, until that is said and the pages show it."""

    def undo(self) -> None:
        """What was done last on the page and is stored nowhere; then the last thing done that is."""
        if self._page().step_back():
            self._deeper = 0
        else:
            self._undo_stored()

    def redo(self) -> None:
        """What was taken back last, stored or not."""
        if self._deeper > 0 or not self._page().step_on():
            self.redo_stored()

    def _undo_stored(self) -> None:
        """The last thing this person did that can be taken back; of long ago only after a question that says what it is.

        Of something newer that stays as it is it is said once what is taken back in its place.
        """

        def read(connection: Connection) -> Entry | None:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import to_undo

            last = to_undo(connection, actor)
            return None if last is None else entry(connection, last, actor)

        def found(last: Entry | None) -> None:
            if last is None:
                self._context.toast(tr("There is nothing to take back."))
            elif last.stays is not None:
                self._try(None, True, self._instead)
            elif _long_ago(last):
                self._try(last.id, True, lambda _: self._ask(last), instead=True)
            else:
                self.take_back(last.id, instead=True)

        self._context.flush()  # what was typed last was done last
        actor = self._context.actor()
        self._context.query(read, found)

    def take_back(self, change_set_id: int, instead: bool = False) -> None:
        """What this change set belongs to; where something newer rests on it, that is offered first. Where it stays as it
        is, what the same person did before is offered ``instead``."""

        def taken_back(done: Done[Doing]) -> None:
            self._deeper += 1
            self._say(done, "Taken back: {action}", self.redo_stored, tr("Redo"), again=True)

        self._try(
            change_set_id,
            False,
            taken_back,
            instead,
        )

    def _try(
        self, change_set_id: int | None, trial: bool, then: Callable[[Done[Doing]], object], instead: bool = False
    ) -> None:
        from mentor_app.core.history.reversing import CannotUndo
        from mentor_app.core.history.undo import undo

        def failed(error: Exception) -> None:
            self.is_telling = False
            if isinstance(error, CannotUndo) and error.first is not None:
                self._offer_first(error, error.first, error.on)
            elif isinstance(error, CannotUndo) and instead:
                self._try(None, True, self._instead)
            else:
                self._context.tasks.failed.emit(error)

        self.is_telling = not trial
        self._context.act(undo, change_set_id, trial=trial).then(then, failed)

    def redo_stored(self) -> None:
        """What this person took back last."""
        from mentor_app.core.history.undo import redo

        def done_again(done: Done[Doing]) -> None:
            self._deeper = max(0, self._deeper - 1)
            self._say(done, "Done again: {action}", partial(self.take_back, done.result.id), tr("Undo"))

        def failed(error: Exception) -> None:
            self.is_telling = False
            self._context.tasks.failed.emit(error)

        self.is_telling = True
        self._context.act(redo).then(done_again, failed)

    def _say(
        self, done: Done[Doing], words: str, offered: Callable[[], object], offer: str, again: bool = False
    ) -> None:
        def read(connection: Connection) -> tuple[Entry, bool, Entry | None]:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import doing, redoable

            one, over = entry(connection, done.result, actor), None if again else next(iter(done.result.over), None)
            stays = over and entry(connection, doing(connection, over[0], connected=False), actor)
            return one, not again or redoable(connection, done.result), stays

        actor = self._context.actor()

        def say(found: tuple[Entry, bool, Entry | None]) -> None:
            one, possible, stays = found
            said = tr(words, action=in_words(one, 1))
            if stays is not None:
                why = done.result.over[0][1].render(current())
                said += "\n" + tr("It stays taken back: {action}. {reason}", action=in_words(stays, 1), reason=why)
            self._context.toast(said, offered if possible else None, offer)
            self._context.tasks.once_idle(self._told)

        self._context.query(read, say, replaces=None)

    def _told(self) -> None:
        self.is_telling = False

    def _ask(self, last: Entry) -> None:
        box = self._box(tr("Take this back?"), _dated(last))
        take = box.addButton(tr("Take back"), box.ButtonRole.AcceptRole)
        box.addButton(box.StandardButton.Cancel)
        box.setDefaultButton(take)
        take.clicked.connect(lambda _checked=False: self.take_back(last.id))
        self._open(box)

    def _offer_first(self, error: CannotUndo, first: int, on: int | None) -> None:
        """What rests on what is to be taken back; where that is not what was done last, why the last thing stays."""

        def read(connection: Connection) -> Entry | None:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import doing

            return None if on is None else entry(connection, doing(connection, on), actor)

        def take_it() -> None:
            self._passed.update(newer for newer, _ in error.over)
            self.take_back(first)

        def offer(under: Entry | None) -> None:
            unsaid = self._unsaid(error.over)
            words = [tr("What you did before that:")] if unsaid else []
            words += [_dated(under)] if under is not None else []
            heading = unsaid[0].render(current()) if unsaid else tr("Something newer rests on it")
            self._offer(heading, "\n".join([*words, error.render(current())]), tr("Take that back first"), take_it)

        actor = self._context.actor()
        self._context.query(read, offer)

    def _unsaid(self, over: Sequence[tuple[int, Text]]) -> list[Text]:
        """Why what was passed over stays, but of what that was said before."""
        return [why for newer, why in over if newer not in self._passed]

    def _instead(self, tried: Done[Doing]) -> None:
        """What stays does not keep one from what was done before it: that is offered, and the next time just taken back."""
        chosen = tried.result

        def read(connection: Connection) -> Entry:
            from mentor_app.core.history.reading import entry

            return entry(connection, chosen, actor)

        def offer(before: Entry) -> None:
            unsaid = self._unsaid(chosen.over)
            if unsaid:
                self._offer_instead(unsaid[0], before, [newer for newer, _ in chosen.over])
            elif _long_ago(before):
                self._ask(before)
            else:
                self.take_back(before.id)

        actor = self._context.actor()
        self._context.query(read, offer)

    def _offer_instead(self, why: Text, before: Entry, over: Sequence[int]) -> None:
        def take_it() -> None:
            self._passed.update(over)
            self.take_back(before.id)

        words = tr("What you did before that:") + f"\n{_dated(before)}"
        self._offer(why.render(current()), words, tr("Take that back instead"), take_it)

    def _offer(self, heading: str, words: str, offer: str, take_it: Callable[[], object]) -> None:
        """Something else than what was asked for: Enter leaves everything as it is."""
        box = self._box(heading, words)
        take = box.addButton(offer, box.ButtonRole.AcceptRole)
        box.addButton(box.StandardButton.Cancel)
        box.setDefaultButton(box.StandardButton.Cancel)
        take.clicked.connect(lambda _checked=False: take_it())
        self._open(box)

    def _box(self, heading: str, words: str) -> QMessageBox:
        from mentor_app.ui.widgets.message_box import message

        return message(self._window, heading, words)

    def _open(self, box: QMessageBox) -> None:
        from PySide6.QtCore import Qt

        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.box = box
        box.open()


def _dated(one: Entry) -> str:
    """What was done, to what, and when."""
    return f"{in_words(one)}\n{_aware(one.at).astimezone():%Y-%m-%d %H:%M}"


def _long_ago(one: Entry) -> bool:
    return dt.datetime.now(dt.UTC) - _aware(one.at) > LONG_AGO


def _aware(at: dt.datetime) -> dt.datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)
