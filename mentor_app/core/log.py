"""The app's log: one line for each action, our own bugs, what Qt complains of; in a file only its owner can read.

It helps to find out what happened, and may be sent to whoever is asked for help. So nothing about people stands in it:
no names, no text that was typed, no values of rows, no parameters of SQL, no addresses or passwords of stores. Bugs are
told by their kind and by where they happened, not by their words, which may quote a row.

Nothing here is loaded or opened before there is something to write.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING

from mentor_app.core.errors import Cancelled, UserError

if TYPE_CHECKING:
    from logging import Formatter, Handler, Logger

MAX_BYTES, KEPT = 500_000, 3
"""The size at which a file is put aside, and how many such are kept."""
_CRASHES_KEPT = 100_000  # bytes; enough for the last few
_opening = Lock()
_open: list[Handler] = []
_debug = False


def folder() -> Path:
    """Where the log lies."""
    from platformdirs import user_log_path

    return user_log_path("mentor-app", appauthor=False)


def debug(on: bool = True) -> None:
    """From now on log more, and to stderr as well."""
    global _debug  # noqa: PLW0603  # said once, on the command line
    _debug = on
    close()


class Acting:
    """An action under way; it says how many rows it changed."""

    rows = 0


@contextmanager
def action(name: str) -> Iterator[Acting]:
    """Log one action: its name, how it ended, how long it took, how many rows it changed."""
    acting, start = Acting(), time.perf_counter()
    ended = "failed"
    try:
        yield acting
        ended = "done"
    except UserError:
        ended = "refused"
        raise
    except Cancelled:
        ended = "cancelled"
        raise
    finally:
        rows = acting.rows if ended == "done" else 0
        _logger().info("%s %s, %.0f ms, %d rows", name, ended, 1000 * (time.perf_counter() - start), rows)


def detail(what: str, milliseconds: float) -> None:
    """Something of less weight: shown and kept with ``--debug`` only."""
    if _debug:
        _logger().debug("%s, %.0f ms", what, milliseconds)


def bug(error: BaseException) -> None:
    """A bug of ours: what kind it is and where it happened, without its words."""
    _logger().error("bug\n%s", "\n".join(_where(error)))


def qt(severity: int, words: str) -> None:
    """What Qt says, at one of logging's levels; what may be a path or a quotation is left out."""
    _logger().log(severity, "Qt: %s", re.sub(r"""(["'“‘]).*["'”’]|\S*[/\\]\S*""", "…", words, flags=re.DOTALL))


def crash_file() -> IO[str] | None:
    """The file beside the log for what only faulthandler can still write; None where there can't be one."""
    try:
        path = _private(folder() / "crash.log")
        if path.stat().st_size > _CRASHES_KEPT:
            path.write_bytes(b"")
        return path.open("a", encoding="utf-8")
    except OSError:
        return None


def close() -> None:
    """Close the log; what is written next opens it anew."""
    with _opening:
        while _open:
            handler = _open.pop()
            _named().removeHandler(handler)
            handler.close()


def _named() -> Logger:
    import logging

    return logging.getLogger("mentor_app")


def _logger() -> Logger:
    """The logger, with somewhere to write to."""
    logger = _named()
    with _opening:
        if not _open:
            logger.propagate = False
            logger.setLevel("DEBUG" if _debug else "INFO")
            for handler in _handlers():
                handler.setFormatter(_formatter())
                logger.addHandler(handler)
                _open.append(handler)
    return logger


def _handlers() -> Iterator[Handler]:
    """The file; stderr with ``--debug``, and for our bugs where there can't be a file."""
    import logging

    kept = True
    try:
        yield _file()
    except OSError:
        kept = False
    if _debug or not kept:
        stderr = logging.StreamHandler()
        stderr.setLevel(logging.DEBUG if _debug else logging.ERROR)
        yield stderr


def _file() -> Handler:
    from logging.handlers import RotatingFileHandler

    path = _private(folder() / "mentor-app.log")
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")

    def rotate(source: str, target: str) -> None:
        os.replace(source, target)
        if source == str(path):
            _private(path)

    handler.rotator = rotate
    handler.handleError = lambda record: None  # type: ignore[method-assign]  # a full disk must not stop an action
    return handler


def _private(path: Path) -> Path:
    """Make a file that only its owner can read, in a folder that only its owner can enter."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    path.chmod(0o600)
    return path


def _formatter() -> Formatter:
    import logging

    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    return formatter


def _where(error: BaseException) -> Iterator[str]:
    """The kinds of an error and of what caused it, outermost last, each with the lines of code it came through."""
    import traceback

    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _where(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {_of_ours(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}"
    yield type(error).__qualname__


def _of_ours(filename: str) -> str:
    """A file of code without the folder it is installed in, which may have a person's name in it."""
    parts = Path(filename).parts
    for root in ("mentor_app", "site-packages"):
        if root in parts:
            return "/".join(parts[parts.index(root) :])
    return parts[-1]
