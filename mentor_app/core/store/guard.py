"""Watching over a store's file while it is open.

On POSIX systems closing a file drops every lock the process holds on it, also those SQLite took through another handle.
The next program that opens the store then believes it is alone and, when it leaves, removes the write-ahead log under us;
what we wrote from then on would be in a file without a name. So: nobody here opens a store's file a second time while it
is open (``is_open``), and before each transaction the names are compared with what they meant when it was opened.
"""

from __future__ import annotations

import os
from collections import Counter
from errno import EISDIR, ENOENT
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from threading import RLock
from weakref import finalize

from mentor_app.core.errors import StoreFault, UserError, reason_of
from mentor_app.core.text import N_, Text, text

GONE = N_("{store} is not there any more: it was moved, renamed or deleted. Bring it back, then try again.")
REPLACED = N_("{store} is another file now than when it was opened. Close the window and open the store again.")
LOG_REMOVED = N_(
    "Another program removed the log of {store} while it was open here, so it was opened again. See whether your last "
    "change is there."
)
UNREADABLE = N_("{file} can't be opened: {reason}")
IN_USE = N_("{file} is the store that is open here. Choose another file.")
_BESIDE = ("-wal", "-shm")
_File = tuple[int, int]
_open_here: Counter[tuple[_File, Path]] = Counter()
_lock = RLock()  # what is collected meanwhile is released by the same thread


def is_open(path: Path) -> bool:
    """Whether this process holds the file open as a store, or as what SQLite keeps beside one: then nothing else may."""
    file = _identity(path)
    if file is None:
        return False
    return any(
        file == store or file in {_identity(_beside(place, end)) for end in _BESIDE}
        for (store, place), times in _open_here.copy().items()
        if times > 0
    )


def check_readable(path: Path) -> None:
    """Before a file is read that somebody named. UserError where it is gone, no ordinary file (a pipe would wait for ever),
    or a store open here: to read that would drop SQLite's locks on it."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(error)) from None
    except ValueError:  # a name no system has
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(OSError(ENOENT, ""))) from None
    if S_ISDIR(mode):
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(OSError(EISDIR, "")))
    if not S_ISREG(mode):
        raise UserError("{file} is not an ordinary file.", file=str(path))
    if is_open(path):
        raise UserError(IN_USE, file=path.name)


class FileGuard:
    """What the names of one open store meant when it was opened."""

    def __init__(self, path: Path) -> None:
        whole = path.resolve()  # SQLite keeps the log beside the file itself, not beside a link to it
        self._path, self._beside = path, [_beside(whole, end) for end in _BESIDE]
        self._file = _identity(path)
        self._beside_files: list[_File | None] | None = None
        if self._file is not None:
            with _lock:
                _open_here[self._file, whole] += 1
            # also where nobody closes the store: another file may get its number later
            self._release = finalize(self, _released, (self._file, whole))

    def check(self) -> Text | None:
        """Before a transaction. UserError where the store is gone or another; what to say where its log was removed."""
        now = _identity(self._path)
        if now is None:
            raise StoreFault(GONE, store=str(self._path))
        if now != self._file:
            raise StoreFault(REPLACED, store=str(self._path))
        with _lock:
            if self._beside_files is None or [_identity(path) for path in self._beside] == self._beside_files:
                return None
            self._beside_files = None
        return text(LOG_REMOVED, store=str(self._path))

    def remember(self) -> None:
        """After a transaction: the log and its index are those that SQLite has open now."""
        if self._beside_files is None:
            self._beside_files = [_identity(path) for path in self._beside]

    def release(self) -> None:
        """The store is closed."""
        if self._file is not None:
            self._release()


def _released(file: tuple[_File, Path]) -> None:
    with _lock:
        _open_here[file] -= 1


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _identity(path: Path) -> _File | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_dev, state.st_ino
