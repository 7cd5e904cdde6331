"""What others write into the store is seen here: asked for every second, at next to no cost, while the window is looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from mentor_app.ui.i18n import current
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import THREADS, Tasks

if TYPE_CHECKING:
    from mentor_app.core.store import Store

EVERY = 1000
"""Milliseconds between two questions."""
_CLOSING = 1.0  # seconds that a question under way is waited for when the window closes


class Live(QObject):
    """Asks for the number of the last change, on a thread of its own, and tells everybody which kinds of things others
    changed, as if it had been done here."""

    def __init__(
        self,
        window: QWidget,
        tasks: Tasks,
        another_day: Callable[[], object],
        failed: Callable[[Exception], object],
        today: Callable[[], dt.date],
    ) -> None:
        super().__init__(window)
        self._window, self._today, self._day = window, today, today()
        window.installEventFilter(self)
        self._tasks, self._another_day, self._failed = tasks, another_day, failed
        self._store: Store | None = None
        self._seen = 0
        self._asking: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=THREADS)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.ask)
        self.asked = 0
        """How often it was asked."""

    def follow(self, store: Store | None, seen: int) -> None:
        """From now on this store is the one to ask (None: there is none), of which changes up to ``seen`` are known."""
        self._store, self._seen = store, seen

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Asked for while the window can be seen, and at once when somebody comes back to it."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._look(event.type() != QEvent.Type.Hide and not self._window.isMinimized())
        elif event.type() == QEvent.Type.ActivationChange and self._window.isActiveWindow():
            self.ask()
            if self._day != self._today():  # what is due or late depends on it
                self._day = self._today()
                self._another_day()
        return False

    def _look(self, watched: bool) -> None:
        if not watched:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
            self.ask()

    def ask(self) -> None:
        """Ask now, unless that is under way."""
        if self._store is None or (self._asking is not None and not self._asking.done()):
            return
        store = self._store
        self.asked += 1
        self._asking = self._pool.submit(self._ask, store)

    def _ask(self, store: Store) -> None:
        from mentor_app.core.store.changes import kinds_since, newest

        kinds: frozenset[str] = frozenset()
        replaced = None
        try:
            with store.read(trivial=True) as connection:
                last = newest(connection)
                if last != self._seen:
                    from mentor_app.core.history.brought_back import restored_since

                    kinds = kinds_since(connection, self._seen, self._tasks.written)
                    replaced = restored_since(connection, self._seen)
        except Exception as error:
            fault = error
            store.hang_up()  # whoever reads from it waits in vain, too
            self._tasks.post(lambda: self._told(store, fault))
            return
        if kinds and self._tasks.writing:
            return  # it may be one's own doing; what others did is seen the next time
        if store is self._store:
            self._seen = last
        if kinds:
            self._tasks.post(lambda: self._tasks.changed.emit(kinds))
        if replaced is not None:
            said = replaced
            self._tasks.post(lambda: self._tasks.told.emit(said.render(current())))

    def _told(self, store: Store, error: Exception) -> None:
        """A store that can't be read is not asked any more until it is opened or read again."""
        if store is self._store:
            self._store = None
            self._failed(error)

    def close(self) -> None:
        """Ask no more; a question under way is waited for a little."""
        self._timer.stop()
        self._store = None
        if self._asking is not None:
            wait([self._asking], timeout=_CLOSING)
        self._pool.shutdown(wait=False, cancel_futures=True)
