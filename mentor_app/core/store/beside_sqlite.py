"""Reading the files of an open store beside SQLite, byte by byte: whether anything but SQLite has written the store's file.

SQLite writes the file of a store only to move pages of its log into it, and says in the log's index beforehand up to where it does
(https://sqlite.org/walformat.html, 2.1 to 2.3). So each page that is another than before has to be one of those in the log.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEADER, FRAME = 32, 24
"""Of a log, and of each page in it; there follows the page."""
_MAGIC = (0x377F0682, 0x377F0683)
_PAGES = 256  # read at once
_IN_INDEX = struct.Struct("=8x I 2x H I 12x 8s 8x 48x I 28x I 4x")
Content = list[int]  # a checksum of each page


@dataclass(frozen=True, kw_only=True)
class LogState:
    """What the index of a log says."""

    index: int
    """Which index it is."""
    log: bytes
    """What tells this log from those before it."""
    commits: int
    """How many there ever were."""
    page_size: int
    pages: int
    """How many are in the log."""
    moved: int
    """How many of them were moved into the file."""
    begun: int
    """How many of them were, or are being moved."""

    @property
    def is_at_rest(self) -> bool:
        """Whether the file is as it was at some commit."""
        return self.begun in (0, self.pages) and self.moved == self.begun


class FilesRead:
    """Files that SQLite has open here. On POSIX systems none is closed before the store is, for that would drop SQLite's locks."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], int] = {}

    def content(self, path: Path) -> Content:
        """What is in a store's file."""
        size = _page_size(next(self._parts(path, HEADER), b""))
        return [
            zlib.crc32(memoryview(part)[at : at + size])
            for part in self._parts(path, _PAGES * size)
            for at in range(0, len(part), size)
        ]

    def log_state(self, index: Path) -> LogState | None:
        """What the index of a log says; None where there is none. One made anew has another number as long as the one before is held
        open here."""
        try:
            content, number = next(self._parts(index, _IN_INDEX.size), b""), os.stat(index).st_ino
        except OSError:
            return None
        if len(content) < _IN_INDEX.size:
            return None
        commits, size, pages, log, moved, begun = _IN_INDEX.unpack(content)
        return LogState(
            index=number,
            log=log,
            commits=commits,
            page_size=_told(size),
            pages=pages,
            moved=moved,
            begun=max(moved, begun),
        )

    def bytes_of(self, path: Path) -> bytes:
        """All that is in a file."""
        return b"".join(self._parts(path, 1 << 20))

    def has_name(self, file: tuple[int, int] | None) -> bool:
        """Whether a file that was read lies anywhere, under whatever name."""
        handle = None if file is None else self._open.get(file)
        return handle is not None and os.fstat(handle).st_nlink > 0

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


def is_moved(log: Path, before: LogState | None, now: LogState | None, old: Content, new: Content) -> bool | None:
    """Whether what is ``new`` in the file comes from the log; None where that can't be told: what was in the log is gone."""
    if before is None or now is None or before.index != now.index:
        return None
    moved, sizes = defaultdict[int, set[int]](set), list[int]()
    frames = list(_frames(log, now))
    for at, (page, content, size) in enumerate(frames):
        sizes += [size] if size else []
        if at < now.begun:
            moved[page].add(content)
    is_whole = before.moved >= before.pages and len(sizes) == (now.commits - before.commits) % (1 << 32)
    if len(frames) < now.pages or (now.log != before.log and not is_whole):
        return None
    nothing = zlib.crc32(bytes(now.page_size))  # stands for a new page as long as only those behind it are moved
    others = [page for page, content in enumerate(new, 1) if old[page - 1 : page] != [content]]
    return len(new) >= min([len(old), *sizes]) and all(
        new[page - 1] in moved.get(page, ()) or (len(old) < page and new[page - 1] == nothing) for page in others
    )


def _frames(log: Path, now: LogState) -> Iterator[tuple[int, int, int]]:
    """The pages in this log: their numbers, what is in them, and how many pages the file has where something is committed with them."""
    try:
        with log.open("rb") as file:
            file.seek(HEADER)
            for _ in range(now.pages):
                frame = file.read(FRAME + now.page_size)
                if len(frame) < FRAME + now.page_size or frame[8:16] != now.log:
                    return
                page, size = struct.unpack(">2I", frame[:8])
                yield page, zlib.crc32(memoryview(frame)[FRAME:]), size
    except OSError:
        return


def _page_size(header: bytes) -> int:
    return max(_told(struct.unpack(">H", header[16:18])[0]), 512) if len(header) >= HEADER else 512


def _told(size: int) -> int:
    return 65536 if size == 1 else size


@dataclass(frozen=True)
class Frame:
    """A page in a log."""

    number: int
    """Which page of the file it is."""
    commits: bool
    """Whether what was written up to it is committed."""
    page: bytes


def frames_of(log: BinaryIO) -> Iterator[Frame]:
    """What is in a log, in the order in which it was written; what is left of one before is not."""
    header = log.read(HEADER)
    if len(header) < HEADER:
        return
    magic, _, size, _, *salt = struct.unpack(">6I", header[:24])
    while magic in _MAGIC and len(frame := log.read(FRAME + size)) == FRAME + size:
        number, commits, *own = struct.unpack(">4I", frame[:16])
        if own != salt:
            return
        yield Frame(number, bool(commits), frame[FRAME:])


def commits_of(log: BinaryIO) -> Iterator[int]:
    """Where in a log each commit ends."""
    at = HEADER
    for frame in frames_of(log):
        at += FRAME + len(frame.page)
        if frame.commits:
            yield at
