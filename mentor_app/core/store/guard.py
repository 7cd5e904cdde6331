"""Watching over a store's file while it is open.

On POSIX systems closing a file drops every lock the process holds on it, also those SQLite took through another handle.
The next program that opens the store then believes it is alone and, when it leaves, removes the write-ahead log under us;
what we wrote from then on would be in a file without a name. So: nobody here opens a store's file a second time while it
is open (``is_open``), and before each transaction the names are compared with what they meant when it was opened.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from threading import RLock
from weakref import finalize

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_, Text, text

GONE = N_("{store} is not there any more: it was moved, renamed or deleted. Bring it back, then try again.")
REPLACED = N_("{store} is another file now than when it was opened. Close the window and open the store again.")
LOG_REMOVED = N_(
    "Another program removed the log of {store} while it was open here, so it was opened again. See whether your last "
    "change is there."
)
IN_USE = N_("{file} is the store that is open here. Choose another file.")
_File = tuple[int, int]
_open_here: Counter[_File] = Counter()
_lock = RLock()  # what is collected meanwhile is released by the same thread


def is_open(path: Path) -> bool:
    """Whether this process holds the file open as a store: then nothing but SQLite may open it."""
    file = _identity(path)
    return file is not None and _open_here[file] > 0


def keep_closed(path: Path) -> None:
    """UserError where ``path`` (or what it links to) is a store open here: to read it would drop SQLite's locks on it."""
    if is_open(path):
        raise UserError(IN_USE, file=path.name)


class FileGuard:
    """What the names of one open store meant when it was opened."""

    def __init__(self, path: Path) -> None:
        whole = path.resolve()  # SQLite keeps the log beside the file itself, not beside a link to it
        self._path, self._log = path, whole.with_name(whole.name + "-wal")
        self._file = _identity(path)
        self._log_file: _File | None = None
        if self._file is not None:
            with _lock:
                _open_here[self._file] += 1
            # also where nobody closes the store: another file may get its number later
            self._release = finalize(self, _released, self._file)

    def check(self) -> Text | None:
        """Before a transaction. UserError where the store is gone or another; what to say where its log was removed."""
        now = _identity(self._path)
        if now is None:
            raise UserError(GONE, store=str(self._path))
        if now != self._file:
            raise UserError(REPLACED, store=str(self._path))
        with _lock:
            if self._log_file is None or _identity(self._log) == self._log_file:
                return None
            self._log_file = None
        return text(LOG_REMOVED, store=str(self._path))

    def remember(self) -> None:
        """After a transaction: the log is the one that SQLite has open now."""
        if self._log_file is None:
            self._log_file = _identity(self._log)

    def release(self) -> None:
        """The store is closed."""
        if self._file is not None:
            self._release()


def _released(file: _File) -> None:
    with _lock:
        _open_here[file] -= 1


def _identity(path: Path) -> _File | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_dev, state.st_ino
