"""Files of a passing name: what is written has one until it is whole. A lock beside it, which ends with the program however
that ends, tells whether somebody still writes it; what a killed program left goes."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part-"
"""How the names of such files begin."""
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, by the ends of its name."""
DATABASE, FILE = ".sqlite", ".file"
"""What such a file is, by the end of its name."""
_HELD = ".held"
_LEFT = re.compile(rf"{re.escape(PART)}[^.]+({re.escape(DATABASE)}({'|'.join(BESIDE)})?|{re.escape(FILE)})?")
_STALE = 3600.0  # seconds after which what nobody has locked goes, too: some drives know no locks


@contextmanager
def part_of(folder: Path, end: str = DATABASE) -> Iterator[Path]:
    """An empty file of a passing name that only its owner can read, gone afterwards unless it was given another name."""
    handle, held = tempfile.mkstemp(dir=folder, prefix=PART, suffix=_HELD)
    part = Path(held.removesuffix(_HELD) + end)
    try:
        if not _lock(handle):
            _unlink(Path(held))
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield part
    finally:
        for beside in ("", *BESIDE):
            _unlink(part.with_name(part.name + beside))
        os.close(handle)
        _unlink(Path(held))


@contextmanager
def one_at_a_time(folder: Path, what: str, patience: float) -> Iterator[None]:
    """What only one program at a time does in a folder: whoever comes second waits, but no longer than for ``patience`` seconds. Where
    nothing can be locked, nobody waits."""
    held = folder / f"{PART}{what}{_HELD}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(held, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        yield
        return
    until = time.monotonic() + patience
    try:
        while _is_locked_by_another(handle) and time.monotonic() < until:
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)
        _unlink(held)


def leftovers(folder: Path) -> list[Path]:
    """What is half-written in a folder, or was left so by a killed program, with what SQLite kept beside it."""
    with contextlib.suppress(OSError, ValueError):
        return sorted(path for path in folder.glob(f"{PART}*") if _LEFT.fullmatch(path.name))
    return []


def sweep(folder: Path) -> list[Path]:
    """Remove what killed programs left in a folder, and say what went; what somebody still writes stays."""
    removed = []
    for path in leftovers(folder):
        held = path.with_name(f"{PART}{path.name.removeprefix(PART).partition('.')[0]}{_HELD}")
        if _is_free(held) if held.exists() else _is_stale(path):
            _unlink(path)
            removed += [] if path.exists() else [path]
    with contextlib.suppress(OSError, ValueError):
        for held in folder.glob(f"{PART}*{_HELD}"):
            if not any(held.with_suffix(end).exists() for end in (DATABASE, FILE)) and _is_free(held):
                _unlink(held)
    return removed


def _lock(handle: int) -> bool:
    """Whether the file is locked now by this handle. On Windows an open file is: nobody can remove it."""
    return _refusal(handle) is None


def _is_locked_by_another(handle: int) -> bool:
    """Whether another program has it; else it is locked now by this handle, where it can be."""
    return isinstance(_refusal(handle), BlockingIOError)


def _refusal(handle: int) -> OSError | None:
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error
    return None


def _is_free(held: Path) -> bool:
    """Whether the program that locked it is no more."""
    try:
        handle = os.open(held, os.O_RDWR)
    except OSError:
        return False
    try:
        free = _lock(handle)
    finally:
        os.close(handle)
    if free and os.name == "nt":
        with contextlib.suppress(OSError):
            held.unlink()
            return True
        return False
    return free


def _is_stale(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > _STALE
    return False


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def to_disk(path: Path) -> None:
    """What was written to a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """The new names in a folder are on the disk, too, where the system lets a folder be asked for that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
