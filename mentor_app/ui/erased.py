"""Whose data is erased while a window is open: nothing typed in it holds their name on, and a form about them says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mentor_app.core.text import ERASED
from mentor_app.ui.context import Context
from mentor_app.ui.tasks import timer

if TYPE_CHECKING:
    from mentor_app.core.store import Connection

_AFTER = 2000  # milliseconds after the store was read first: its pages come before


class ErasedMeanwhile(QObject):
    """Remembers by which names people were known here, for they are nowhere else once they are erased.

    ``told`` is called with the numbers of those erased since it was looked last.
    """

    def __init__(self, window: QObject, context: Context, told: Callable[[frozenset[int]], object]) -> None:
        super().__init__(window)
        self._context, self._told = context, told
        self._names: dict[int, set[str]] = {}
        self._lock = Lock()
        self._soon = timer(self, _AFTER, self.look)

    def begin(self) -> None:
        """Soon it is known who is in the store; it is looked again when a form opens, and when people change."""
        self._soon.start()

    def look(self) -> None:
        """Who is known by now, and who was erased."""
        self._soon.stop()
        self._context.query(self._read, self._show, replaces=None)  # each finds others

    def _read(self, connection: Connection) -> frozenset[int]:
        from mentor_app.core.personal.queries import erased_people, known_names

        with self._lock:  # also while it is read: what is older never comes after what is newer
            now, erased = known_names(connection), erased_people(connection)
            gone = self._names.keys() & erased
            for person_id in gone:
                self._context.drafts.erase(person_id, _replacing(person_id, self._names.pop(person_id), now))
            for person_id, names in now.items():
                if not any(name.startswith(ERASED) for name in names):
                    self._names.setdefault(person_id, set()).update(names)
                    self._context.drafts.is_back(person_id)
        return frozenset(gone)

    def _show(self, gone: frozenset[int]) -> None:
        if gone:
            self._told(gone)


def _replacing(person_id: int, names: set[str], now: Mapping[int, set[str]]) -> Callable[[str], str]:
    from mentor_app.core.personal.mentions import mentions
    from mentor_app.core.personal.names import shortened
    from mentor_app.core.personal.numbers import goes_anywhere

    of_others = {name for i, others in now.items() if i != person_id for name in others}
    numbers = {name for name in names if not goes_anywhere(name)}
    found = mentions(names - numbers, of_others, (), shortened(names, of_others)[0], numbers)
    if found is None:
        return lambda words: words
    return lambda words: found.replaced(words, f"{ERASED}{person_id}")
