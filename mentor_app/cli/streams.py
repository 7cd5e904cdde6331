"""What a verb prints to: UTF-8 whatever the computer's own encoding, and no reader who leaves decides about what is done."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO


def prepare() -> None:
    """Make stdout and stderr such streams."""
    sys.stdout, sys.stderr = _prepared(sys.stdout), _prepared(sys.stderr)


def _prepared(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = getattr(stream.buffer, "raw", stream.buffer)  # itself, where Python was told not to buffer
    if isinstance(raw, io.FileIO):
        buffer = io.BufferedWriter(_Unread(raw))
        return io.TextIOWrapper(buffer, "utf-8", "replace", line_buffering=stream.line_buffering)
    stream.reconfigure(encoding="utf-8", errors="replace")
    return stream


class _Unread(io.RawIOBase):
    """A file that is written to; once it is a pipe that nobody reads any more, as after `| head -1`, nothing is."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def write(self, data: Any, /) -> int | None:
        """Write it, or leave it out."""
        try:
            return self._file.write(data)
        except BrokenPipeError:
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
