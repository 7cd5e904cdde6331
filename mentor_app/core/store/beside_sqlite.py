"""Reading the files of an open store beside SQLite, byte by byte: whether anything but SQLite has written the store's file.

SQLite writes the file of a store only to move its log into it, and says in the log's index that it is going to, and up to where it has
(https://sqlite.org/walformat.html, 2.1 and 2.2). So where the index is as it was, the file is too.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

_PART = 1 << 20
_HEADER, _MOVED, _BEGUN, _LENGTH = slice(0, 48), slice(96, 100), slice(128, 132), 136


class FilesRead:
    """Files that SQLite has open here. On POSIX systems none is closed before the store is, for that would drop SQLite's locks."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], int] = {}

    def sum_of(self, path: Path) -> int:
        """A checksum of all that is in a file."""
        found = 0
        for part in self._parts(path, _PART):
            found = zlib.crc32(part, found)
        return found

    def log_state(self, index: Path) -> tuple[int, bytes] | None:
        """Which index the log has, what it says is in the log, and how much of that was moved; None where there is none, or it is being
        moved. One made anew has another number as long as the one before is held open here."""
        try:
            content, number = next(self._parts(index, _LENGTH), b""), os.stat(index).st_ino
        except OSError:
            return None
        header, moved, begun = content[_HEADER], content[_MOVED], content[_BEGUN]
        return (number, header + moved) if len(content) == _LENGTH and moved == begun else None

    def close(self) -> None:
        """Nobody here has the store open any more."""
        for handle in self._open.values():
            os.close(handle)
        self._open.clear()

    def _parts(self, path: Path, size: int) -> Iterator[bytes]:
        if os.name == "nt":  # there locks are those of the handle, and what is open can't be removed
            with path.open("rb") as file:
                while part := file.read(size):
                    yield part
            return
        state = os.stat(path)
        handle = self._open.get((state.st_dev, state.st_ino))
        if handle is None:
            handle = os.open(path, os.O_RDONLY)
            state = os.fstat(handle)
            self._open[state.st_dev, state.st_ino] = handle
        at = 0
        while part := os.pread(handle, size, at):
            yield part
            at += len(part)
