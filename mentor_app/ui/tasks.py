"""The one door between the window and the store: work off the GUI thread, results back on it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from mentor_app.core.errors import Cancelled, UserError


class Task(QObject):
    """Work under way: ``progress(done, total)`` while it runs, then one of ``done``, ``failed`` or ``cancelled``."""

    progress = Signal(int, int)
    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._stop = False

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stop = True

    def report(self, done: int, total: int = 0) -> None:
        """Called by the work itself, on its thread; raises Cancelled when it was asked to stop."""
        if self._stop:
            raise Cancelled
        self.progress.emit(done, total)


class _Runner(QRunnable):
    def __init__(self, task: Task, work: Callable[[Task], Any]) -> None:
        super().__init__()
        self._task, self._work = task, work

    def run(self) -> None:
        task = self._task
        try:
            result = self._work(task)
            task.done.emit(result)
        except Cancelled:
            task.cancelled.emit()
        except UserError as error:
            task.failed.emit(error)
        except Exception as error:
            error.add_note(traceback.format_exc())
            task.failed.emit(error)
        finally:
            task.finished.emit()


class Tasks(QObject):
    """Runs queries and actions; ``changed`` says which kinds of things an action changed."""

    changed = Signal(frozenset)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(3)
        self._alive: set[Task] = set()

    def run(
        self,
        work: Callable[[Task], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> Task:
        """Run ``work(task)`` on another thread; ``done(result)`` or ``failed(error)`` follow on this one."""
        task = Task()
        self._alive.add(task)
        queued = Qt.ConnectionType.QueuedConnection
        # Receivers live in the GUI thread, so Qt delivers there.
        task.done.connect(_Call(self, done or (lambda _result: None)).call, queued)
        task.failed.connect(_Call(self, failed or self.failed.emit).call, queued)
        task.finished.connect(_Call(self, lambda _: self._alive.discard(task)).end, queued)
        self._pool.start(_Runner(task, work))
        return task

    def act(self, work: Callable[[Task], Any], done: Callable[[Any], None] | None = None, **kwargs: Any) -> Task:
        """Like ``run`` for work that returns a store.Done; tells everybody what changed."""

        def finish(result: Any) -> None:
            if done:
                done(result)
            if result.changed:
                self.changed.emit(result.changed)

        return self.run(work, finish, **kwargs)

    def busy(self) -> bool:
        """Whether anything is still under way."""
        return bool(self._alive)

    def wait(self) -> None:
        """Cancel what is under way and wait for it."""
        for task in self._alive:
            task.cancel()
        self._pool.waitForDone(5000)


class _Call(QObject):
    """A function called in the thread of its parent."""

    def __init__(self, parent: QObject, function: Callable[[Any], None]) -> None:
        super().__init__(parent)
        self._function = function

    def call(self, value: object) -> None:
        """Deliver a value."""
        self._function(value)

    def end(self) -> None:
        """Deliver the end."""
        self._function(None)
        self.deleteLater()
