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


class Autosave(QObject):
    """Calls ``save`` soon after the last ``touch``, and never later than AT_MOST after the first one not yet saved."""

    def __init__(self, parent: QObject, save: Callable[[], None], all_of_them: WeakSet[Autosave] | None = None) -> None:
        super().__init__(parent)
        self._save, self._touched = save, False
        self._pause = timer(self, PAUSE, self.flush)
        self._longest = timer(self, AT_MOST, self.flush)
        if all_of_them is not None:
            all_of_them.add(self)

    @property
    def pending(self) -> bool:
        """Whether something was typed that ``save`` has not seen."""
        return self._touched

    def touch(self) -> None:
        """Something was typed."""
        self._pause.start()
        if not self._touched:
            self._touched = True
            self._longest.start()

    def flush(self) -> None:
        """Save now what is not saved yet: before leaving, closing, switching."""
        if self.pending:
            self.forget()
            self._save()

    def forget(self) -> None:
        """What was typed is saved otherwise, or is not wanted any more."""
        self._touched = False
        self._pause.stop()
        self._longest.stop()
