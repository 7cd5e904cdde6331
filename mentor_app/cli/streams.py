"""What a verb prints to: UTF-8 whatever the computer's own encoding, and neither a reader who leaves nor a full disk decides
about what is done."""

from __future__ import annotations

import io
import os
import sys
from errno import EBADF
from typing import Any, TextIO


def prepare() -> Lost:
    """Make stdout and stderr such streams; what is returned tells what became of stdout."""
    lost = Lost()
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(_Closed(lost), "utf-8", write_through=True)
    else:
        sys.stdout = _prepared(sys.stdout, lost)
    sys.stderr = _prepared(sys.stderr, Lost())  # where nothing can be said of it
    return lost


def _prepared(stream: TextIO, lost: Lost) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = getattr(stream.buffer, "raw", stream.buffer)  # itself, where Python was told not to buffer
    if isinstance(raw, io.FileIO):
        buffer = io.BufferedWriter(_Unread(raw, lost))
        return io.TextIOWrapper(buffer, "utf-8", "replace", line_buffering=stream.line_buffering)
    stream.reconfigure(encoding="utf-8", errors="replace")
    return stream


class Lost:
    """Why something that was printed is not there to be read; nothing is said of a reader who left."""

    def __init__(self) -> None:
        self._error: OSError | None = None

    def note(self, error: OSError) -> None:
        """Something could not be written."""
        self._error = self._error or error

    def why(self) -> OSError | None:
        """The first reason, once all that was printed is written; None where everything is there."""
        if sys.stdout is not None:
            sys.stdout.flush()
        return self._error

    @property
    def closed(self) -> bool:
        """Whether whoever started this wanted to see nothing."""
        return self._error is not None and self._error.errno == EBADF


class _Closed(io.BufferedIOBase):
    """A stdout that was closed before we began."""

    def __init__(self, lost: Lost) -> None:
        self._lost = lost

    def write(self, data: Any, /) -> int:
        """Note that there was something to be read."""
        self._lost.note(OSError(EBADF, os.strerror(EBADF)))
        return len(data)

    def writable(self) -> bool:
        """It is, to no effect."""
        return True


class _Unread(io.RawIOBase):
    """A file that is written to; once that can't be, for nobody reads a pipe any more, as after `| head -1`, or the disk is full,
    nothing is."""

    def __init__(self, file: io.FileIO, lost: Lost) -> None:
        self._file, self._lost = file, lost

    def write(self, data: Any, /) -> int | None:
        """Write it, or leave it out."""
        try:
            return self._file.write(data)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self._lost.note(error)
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._file.fileno())
            os.close(nothing)
            return self._file.write(data)

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """The file's own."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether somebody reads it on a terminal."""
        return self._file.isatty()
