"""Waiting until the window is idle; never for a time."""

import faulthandler
import time
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer

_SOON = (
    2000  # ms: single-shot timers up to this long are work about to be done; longer ones (a toast) are not waited for
)


def wait_until_idle(window: Any, seconds: float = 60) -> None:
    """Deliver events until nothing is read, written, scheduled or left to lay out; raises with what is still busy."""
    deadline = time.monotonic() + seconds
    quiet = 0
    ended: list[object] = []
    window.tasks.ended.connect(ended.append)
    while quiet < 2:  # what one round delivers may ask for another
        ended.clear()
        _deliver()
        if window.tasks.busy() or ended:  # also what was asked and answered within one round is still to be laid out
            quiet = 0
        elif quiet:  # looking through all timers of a window takes its time: once, when all else is done
            running = min(_running(window), key=QTimer.remainingTime, default=None)
            if running is not None:  # nobody waits for it: its time has come
                running.stop()
                running.timeout.emit()
                quiet = 0
                continue
            quiet = 2
        else:
            quiet = 1
        if not quiet:
            if time.monotonic() > deadline:
                faulthandler.dump_traceback()  # where the threads stand; looking at running frames otherwise can crash
                raise AssertionError(f"still busy after {seconds} s:\n" + "\n".join(under_way(window)))
            if window.tasks.busy():
                sleep_until_something_happens()
    window.tasks.ended.disconnect(ended.append)


def wait_until_gone(window: Any, seconds: float = 60) -> None:
    """Deliver events until a window that is closing has closed."""
    deadline = time.monotonic() + seconds
    while window.isVisible():
        assert time.monotonic() < deadline, list(under_way(window))
        sleep_until_something_happens()


def under_way(window: Any) -> Iterator[str]:
    """What the window is still doing."""
    if window.tasks.busy():
        yield "tasks"
    yield from (f"a timer of {timer.interval()} ms of {timer.parent()}" for timer in _running(window))


def _running(window: Any) -> Iterator[QTimer]:
    for timer in window.findChildren(QTimer):
        if timer.isActive() and timer.isSingleShot() and timer.interval() <= _SOON:
            yield timer


def _deliver() -> None:
    """Deliver all events, fire the timers of zero length, let layouts settle, delete what is to be deleted."""
    fired: list[bool] = []
    QTimer.singleShot(0, lambda: fired.append(True))  # after those that were started before
    while not fired:
        QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.sendPostedEvents()


def sleep_until_something_happens() -> None:
    """Wait for an event, or a moment; other threads run meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(10, loop.quit)
    loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
