"""Answers kept while nobody has written to the store: the next page asks for nothing anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, func, select

from mentor_app.core.store.history import change_set

T = TypeVar("T")
_CACHES: list[QueryCache[Any]] = []


class QueryCache(Generic[T]):
    """The last few answers of one query, each for one state of one store: every write ends in a newer change set."""

    def __init__(self, size: int = 2) -> None:
        self._size = size
        self._answers: dict[Hashable, T] = {}
        _CACHES.append(self)

    def get(self, connection: Connection, key: Hashable, compute: Callable[[], T]) -> T:
        """The answer kept for ``key``, or the one computed now."""
        written = connection.execute(select(func.max(change_set.c.id))).scalar()
        url = connection.engine.url  # its parts: a path may hold what can't be written as text
        whole = (url.drivername, url.username, url.host, url.port, url.database, written, key)
        answer = self._answers.get(whole)
        if answer is None:
            answer = compute()
            for old in list(self._answers)[: len(self._answers) - self._size + 1]:
                self._answers.pop(old, None)
            self._answers[whole] = answer
        return answer

    def clear(self) -> None:
        """Forget all answers."""
        self._answers.clear()


def forget_answers() -> None:
    """Forget what all of them keep: a repair, or another program, has changed what is computed from the rest, and no history tells."""
    for cache in _CACHES:
        cache.clear()
