"""The one door between the window and the store: work off the GUI thread, results back on it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from mentor_app.core.errors import Cancelled, UserError


def after(milliseconds: int, owner: QObject, call: Callable[[], object]) -> None:
    """Make ``call`` a little later, unless ``owner`` is gone by then. The timer is a child of its owner, so that it can
    be seen waiting."""
    timer = QTimer(owner, singleShot=True, interval=milliseconds)  # type: ignore[call-overload]
    timer.timeout.connect(call)
    timer.timeout.connect(timer.deleteLater)
    timer.start()


class Task:
    """Work under way. The work calls ``report``; the window may ``cancel``."""

    def __init__(self, tasks: Tasks, progress: Callable[[int, int], None] | None) -> None:
        self._tasks, self._progress, self._stop = tasks, progress, False

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


class Tasks(QObject):
    """Runs queries and actions; ``changed`` says which kinds of things an action changed."""

    changed = Signal(frozenset)
    failed = Signal(object)
    told = Signal(str)
    """Something worth a word in passing."""
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="task")
        self._alive: dict[Task, Any] = {}
        self._closed = False
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have ``call`` made on the GUI thread; from any thread."""
        if not self._closed:
            self._posted.emit(call)

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()

    def run(
        self,
        work: Callable[[Task], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> Task:
        """Run ``work(task)`` on another thread; one of ``done(result)``, ``failed(error)``, ``cancelled()`` follows on
        this one."""
        task = Task(self, progress)
        if self._closed:  # a last timer of a window already closed
            return task

        def finish(call: Callable[[], None]) -> None:
            def deliver() -> None:
                self._alive.pop(task, None)
                call()

            self.post(deliver)

        def runner() -> None:
            try:
                result = work(task)
            except Cancelled:
                finish(cancelled or (lambda: None))
            except Exception as error:
                if not isinstance(error, UserError):
                    error.add_note(traceback.format_exc())
                problem = error
                finish(lambda: (failed or self.failed.emit)(problem))
            else:
                finish(lambda: done(result) if done else None)

        self._alive[task] = None
        self._alive[task] = self._pool.submit(runner)
        return task

    def act(self, work: Callable[[Task], Any], done: Callable[[Any], None] | None = None, **others: Any) -> Task:
        """Like ``run`` for work that returns a store.Done; tells everybody what changed."""

        def finish(result: Any) -> None:
            if done:
                done(result)
            if result.changed:
                self.changed.emit(result.changed)

        return self.run(work, finish, **others)

    def busy(self) -> bool:
        """Whether anything is still under way or undelivered."""
        return bool(self._alive)

    def close(self) -> None:
        """Cancel what is under way, wait for it, deliver nothing more."""
        self._closed = True
        for task in self._alive:
            task.cancel()
        wait([future for future in self._alive.values() if future is not None], timeout=10)
        self._pool.shutdown(wait=False, cancel_futures=True)
