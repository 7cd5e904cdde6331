"""The one door between the window and the store: work off the GUI thread, results back on it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import enumerate as enumerate_threads
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from mentor_app.core.errors import Cancelled, UserError

if TYPE_CHECKING:
    from mentor_app.core.store import Done

T = TypeVar("T")
PATIENCE = 0.6
"""Seconds for which closing waits for work under way, once nobody waits for its result any more."""
THREADS = "task"
"""How the threads are called that may wait for the store."""


def after(milliseconds: int, owner: QObject, call: Callable[[], object]) -> None:
    """Make ``call`` a little later, unless ``owner`` is gone by then. The timer is a child of its owner, so that it can
    be seen waiting."""
    later = timer(owner, milliseconds, call)
    later.timeout.connect(later.deleteLater)
    later.start()


def timer(owner: QObject, milliseconds: int, call: Callable[[], object]) -> QTimer:
    """A timer that makes ``call`` once, so long after each ``start()``."""
    once = QTimer(owner)
    once.setSingleShot(True)
    once.setInterval(milliseconds)
    once.timeout.connect(call)
    return once


class Task(Generic[T]):
    """Work under way that ends in a T. Whoever started it says with ``then`` what follows; nothing is delivered before
    the call that started it has returned to the event loop."""

    def __init__(self, tasks: Tasks, only_reads: bool) -> None:
        self._tasks = tasks
        self.only_reads = only_reads
        self._stop = False
        self._done: Callable[[T], object] | None = None
        self._failed: Callable[[Exception], object] | None = None
        self._cancelled: Callable[[], object] | None = None
        self._progress: Callable[[int, int], object] | None = None
        self._after: Callable[[T], object] | None = None
        self.delivers = False
        """Whether what it ends in is what an action did."""
        self.undoable = True
        """Whether that can be taken back."""

    def then(
        self,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        cancelled: Callable[[], object] | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Task[T]:
        """One of ``done(result)``, ``failed(error)``, ``cancelled()`` follows on the GUI thread, ``progress(done, total)``
        before. A failure nobody handles is shown by the window."""
        self._done, self._failed, self._cancelled, self._progress = done, failed, cancelled, progress
        return self

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stop = True

    def report(self, done: int, total: int = 0) -> None:
        """Called by the work itself, on its thread; raises Cancelled when it was asked to stop."""
        if self._stop:
            raise Cancelled
        if self._progress is not None:
            progress = self._progress
            self._tasks.post(lambda: progress(done, total))

    def afterwards(self, follow: Callable[[T], object]) -> Task[T]:
        """What follows after ``done``, on the GUI thread, whatever was said with ``then``."""
        self._after = follow
        return self

    def _finish(self, result: T) -> None:
        self._tasks.delivering = cast("Done[Any]", result) if self.delivers else None
        self._tasks.undoable = self.undoable
        try:
            if self._done is not None:
                self._done(result)
            if self._after is not None:
                self._after(result)
        finally:
            self._tasks.delivering = None

    def _fail(self, error: Exception) -> None:
        if self._failed is not None:
            self._failed(error)
        else:
            self._tasks.failed.emit(error)

    def _give_up(self) -> None:
        if self._cancelled is not None:
            self._cancelled()


class Tasks(QObject):
    """Runs queries and actions; ``changed`` says which kinds of things an action changed."""

    changed = Signal(frozenset)
    failed = Signal(object)
    told = Signal(str)
    """Something worth a word in passing."""
    ended = Signal(object)
    """A task is over, and what it ended in has been delivered."""
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(3, thread_name_prefix=THREADS)
        # Any: tasks with every kind of result; it is never looked at here.
        self._alive: dict[Task[Any], Future[None] | None] = {}
        self._latest: dict[Hashable, Task[Any]] = {}
        self._once_idle: list[Callable[[], object]] = []
        self._once_written: list[Callable[[], object]] = []
        self._closed = False
        self.written: set[int] = set()
        """The numbers of the changes made through this door: everybody here has been told of them."""
        self.writing: set[Task[Any]] = set()
        """What may have written already, though its number is not known yet."""
        self.refusals = 0
        """How many actions, asked for by somebody, were not done: nobody leaves without having seen that."""
        self.delivering: Done[Any] | None = None
        """What an action did, while what follows from it is made."""
        self.undoable = True
        """Whether that can be taken back."""
        self.told_of: Done[Any] | None = None
        """What the last word in passing was about."""
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], object]) -> None:
        """Have ``call`` made on the GUI thread; from any thread."""
        if not self._closed:
            self._posted.emit(call)

    @Slot(object)
    def _deliver(self, call: Callable[[], object]) -> None:
        if not self._closed:
            call()

    def run(self, work: Callable[[Task[T]], T], replaces: Hashable = None, only_reads: bool = False) -> Task[T]:
        """Run ``work(task)`` on another thread. Whoever closes need not wait for what ``only_reads``.

        Of several answers to the same question, told by ``replaces``, only that to the latest is delivered, in whatever
        order they come; an older one is asked to stop.
        """
        task: Task[T] = Task(self, only_reads)
        if self._closed:  # a last timer of a window already closed
            return task
        if replaces is not None:
            older = self._latest.get(replaces)
            if older is not None:
                older.cancel()
            self._latest[replaces] = task

        def finish(call: Callable[[], object]) -> None:
            def deliver() -> None:
                self._alive.pop(task, None)
                overtaken = replaces is not None and self._latest.get(replaces) is not task
                if replaces is not None and not overtaken:
                    del self._latest[replaces]
                try:
                    if not overtaken:
                        call()
                finally:
                    self.ended.emit(task)
                followers: list[Callable[[], object]] = []
                if not self.unfinished():
                    followers, self._once_written = self._once_written, []
                if not self._alive:
                    followers += self._once_idle
                    self._once_idle = []
                for follow in followers:
                    self.post(follow)

            self.post(deliver)

        def runner() -> None:
            try:
                result = work(task)
            except Cancelled:
                finish(task._give_up)
            except Exception as error:
                if not isinstance(error, UserError):
                    error.add_note(traceback.format_exc())
                problem = error
                finish(lambda: task._fail(problem))
            else:
                finish(lambda: task._finish(result))

        self._alive[task] = None
        self._alive[task] = self._pool.submit(runner)
        return task

    def act(self, work: Callable[[Task[Done[T]]], Done[T]], replaces: Hashable = None) -> Task[Done[T]]:
        """Like ``run`` for work that writes: everybody is told what it changed. Only what is tried and not kept ``replaces`` anything."""

        def write(task: Task[Done[T]]) -> Done[T]:
            self.writing.add(task)
            try:
                done = work(task)
                if done.change_set_id is not None:
                    self.written.add(done.change_set_id)
            finally:
                self.writing.discard(task)
            if done.changed:
                self.post(lambda: self.changed.emit(done.changed))
            return done

        task = self.run(write, replaces)
        task.delivers = True
        return task

    def count_refusal(self) -> None:
        """An action was not done; from any thread, before that is delivered."""

        def count() -> None:
            self.refusals += 1

        self.post(count)

    def under_way(self) -> frozenset[Task[Any]]:
        """What is under way or undelivered."""
        return frozenset(self._alive)

    def busy(self) -> bool:
        """Whether anything is still under way or undelivered."""
        return bool(self._alive)

    def unfinished(self) -> bool:
        """Whether anything is under way that does more than read."""
        return any(not task.only_reads for task in self._alive)

    def once_written(self, follow: Callable[[], object]) -> None:
        """Do this when nothing is ``unfinished`` any more."""
        self._once_written.append(follow)

    def once_idle(self, follow: Callable[[], object]) -> None:
        """Do this when what is under way now has been delivered; something else may be under way by then."""
        self._once_idle.append(follow)

    def cancel_all(self) -> None:
        """Ask everything under way to stop at its next report."""
        for task in self._alive:
            task.cancel()

    def close(self) -> None:
        """Cancel what is under way, wait a moment for it, deliver nothing more."""
        self._closed = True
        self.cancel_all()
        wait([future for future in self._alive.values() if future is not None], timeout=PATIENCE)
        self._pool.shutdown(wait=False, cancel_futures=True)


def left_behind() -> bool:
    """Whether some work does not end, a moment after the last window has closed: what asks a silent server does not."""
    until = time.monotonic() + PATIENCE / 2
    for thread in enumerate_threads():
        if thread.name.startswith(THREADS):
            thread.join(max(0.0, until - time.monotonic()))
    return any(thread.name.startswith(THREADS) for thread in enumerate_threads())
