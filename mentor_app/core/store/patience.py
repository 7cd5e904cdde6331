"""How long a server is waited for that has fallen silent: nothing in libpq ends the wait for an answer on a connection that
the system still holds to be good."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakSet

import psycopg
from sqlalchemy import URL

from mentor_app.core.errors import StoreFault
from mentor_app.core.store import faults, probe

T = TypeVar("T")
SILENCE = 7.0
"""Seconds without an answer after which a server is asked on another connection whether it is still there. What takes it no
time (``trivial``) has been answered by then, or never is."""
LIMIT = 125.0
"""Seconds after which nothing is waited for any more: the server itself would have ended a statement by then."""
_trivial: ContextVar[bool] = ContextVar("trivial", default=False)


class Silent(psycopg.OperationalError):
    """The server was waited for long enough, or nobody waits for it any more."""

    silent = True


@dataclass(eq=False)
class Patience:
    """The connections to one server, and how long each waits for its answers."""

    url: URL
    location: str
    lines: WeakSet[Line] = field(default_factory=WeakSet)
    lock: Lock = field(default_factory=Lock)

    def connect(self, *args: Any, **given: Any) -> Line:
        """A new connection."""
        line = Line.connect(*args, **given)
        line.patience = self
        with self.lock:
            self.lines.add(line)
        return line

    def hang_up(self, writes: bool) -> None:
        """Let nobody wait any longer for an answer to what only reads; nor (``writes``) to what writes: what is not committed
        yet is not stored."""
        with self.lock:
            for line in self.lines:
                if line.waits and (writes or line.read_only or line.autocommit):
                    line.hung_up = True

    @contextmanager
    def trivial(self) -> Iterator[None]:
        """What is asked inside takes a server no time."""
        before = _trivial.set(True)
        try:
            yield
        finally:
            _trivial.reset(before)

    def suspect_all(self) -> None:
        """The connections kept for later are not asked whether the server is still there: each would be waited for."""
        with self.lock:
            for line in self.lines:
                line.suspect = True

    def is_gone(self, host: str, port: int) -> bool:
        """Whether a silent server does not answer on a new connection either."""
        return probe.is_silent(self.url.set(host=host, port=port))


class Line(psycopg.Connection[Any]):
    """A connection whose waiting ends."""

    patience: Patience | None = None
    waits = hung_up = suspect = False

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:
        """What the driver waits with for whatever it asks."""
        self.waits = True
        try:
            return super().wait(self._watched(gen), *args, **kwargs)
        finally:
            self.waits = False

    def _watched(self, gen: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        """The same steps; where nothing has happened for a moment the driver goes on with a step all the same, and the time
        is looked at."""
        if self.suspect and self.autocommit:  # the pool asks "are you there?", and takes a new one instead
            self.pgconn.finish()
            raise Silent("the server did not answer")
        began = heard = asked = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                happened = yield wanted
                now = time.monotonic()
                if happened:
                    heard = asked = now
                elif self.hung_up or now - began > LIMIT or (_trivial.get() and now - heard > SILENCE):
                    self._end()
                elif now - asked > SILENCE:
                    if self.patience is None or self.patience.is_gone(self.info.host, self.info.port):
                        self._end()
                    asked = time.monotonic()
                wanted = gen.send(happened)
        except StopIteration as end:
            result: T = end.value
            return result

    def _end(self) -> None:
        self.pgconn.finish()
        if self.patience is not None:
            self.patience.suspect_all()
        if self.patience is not None and self.autocommit:
            # The pool would answer the driver's own error with a new connection, which is waited for as long again.
            raise StoreFault(faults.SILENT, store=self.patience.location)
        raise Silent("the server does not answer")
