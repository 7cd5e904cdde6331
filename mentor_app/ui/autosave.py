"""Keeping what is typed: a save that follows typing closely."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakSet

from PySide6.QtCore import QObject

from mentor_app.ui.tasks import timer

PAUSE = 300
"""Milliseconds without a key after which what is typed is kept."""
AT_MOST = 700
"""Milliseconds of steady typing after which it is kept anyway."""
AGAIN = 3000
"""Milliseconds until what could not be kept is tried again."""


class Autosave(QObject):
    """Calls ``save`` soon after the last ``touch``, and never later than AT_MOST after the first one not yet saved.

    ``leaving`` follows a flush that was asked for: what ``save`` leaves for a pause in typing waits no longer.
    Where ``save`` raises OSError (a full disk), ``failed`` is told, what was typed stays pending and is tried again.
    """

    def __init__(
        self,
        parent: QObject,
        save: Callable[[], None],
        failed: Callable[[OSError], object],
        all_of_them: WeakSet[Autosave] | None = None,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._save, self._failed, self._leaving, self._touched = save, failed, leaving, False
        self.problem: OSError | None = None
        """Why what is pending could not be kept the last time."""
        self._pause = timer(self, PAUSE, self._keep)
        self._longest = timer(self, AT_MOST, self._keep)
        self._again = timer(self, AGAIN, self._keep)
        if all_of_them is not None:
            all_of_them.add(self)

    @property
    def pending(self) -> bool:
        """Whether something was typed that ``save`` has not seen, or could not keep."""
        return self._touched

    def touch(self) -> None:
        """Something was typed."""
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()
        self._touched = True

    def flush(self) -> None:
        """Save now what is not saved yet: before leaving, closing, switching."""
        self._keep()
        self._leaving()

    def _keep(self) -> None:
        if not self.pending:
            return
        self.forget()
        try:
            self._save()
        except OSError as error:
            self._touched, self.problem = True, error
            self._again.start()
            self._failed(error)

    def forget(self) -> None:
        """What was typed is saved otherwise, or is not wanted any more."""
        self._touched, self.problem = False, None
        for waiting in (self._pause, self._longest, self._again):
            waiting.stop()
