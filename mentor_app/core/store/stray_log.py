"""A log beside a store's file that was not written for it: another file took the place of one whose last changes were still there.

SQLite finds a log by its name alone, and writes what is in it into whatever file lies there: an older copy, or another store, would be
spoilt. A log that belongs to its file is told by two things (https://sqlite.org/walformat.html): the file is older than the log; or
SQLite has moved the log into it, up to some commit, so that all pages of it are as the log has them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.store import faults
from mentor_app.core.store.beside_sqlite import FRAME, HEADER
from mentor_app.core.store.guard import readable_uri
from mentor_app.core.text import N_, Text, text

if TYPE_CHECKING:
    from mentor_app.core.store.contents import Contents

SET_ASIDE = N_(
    "Beside {store} lay changes of another file, which was in its place before. They would have spoilt it and were set aside: {aside}."
)
ALL_ITS_OWN = N_("Beside {store} lie no changes that are not its own.")
LEFT_OUT = N_("What {store} was with the changes that lay beside it is kept as a backup: {backup}.")
_LOG, _INDEX = "-wal", "-shm"
_APART = (
    2_000_000_000  # nanoseconds: a log that somebody reads meanwhile is moved in part, right after it was written to
)
_LOOKS = (0.1, 0.3, 0.6)  # seconds before it is looked at again
_SHARED = 128
_MAGIC = (0x377F0682, 0x377F0683)


def look(path: Path, can_write: bool, now: dt.datetime) -> Text | None:
    """Before a store is connected to: set aside a log that would spoil it, or does not go on from it, and say so. Nobody here may
    have it open.

    StoreFault where the file is whole without the log and goes on with it, so that somebody has to say which it is to be; and where
    another program has it open with a log that would spoil it.
    """
    real = path.resolve()
    with _held(real) as is_free:
        found = _both_ways(real)
        for wait in () if is_free else _LOOKS:  # the log may just be being moved, or written
            if found is None or found[1] is not None:
                return None
            time.sleep(wait)
            found = _both_ways(real)
        if found is None:
            return None
        if not is_free:
            raise StoreFault(faults.OPEN_AS_ANOTHER, store=str(path))
        return _without(path, *found, can_write, now)


def _both_ways(real: Path) -> tuple[Contents, Contents | None] | None:
    """What is in a file whose log is perhaps not its own, without the log and with it (None: that is not whole, or does not go on from
    the file); None where there is no doubt whose log it is."""
    alone = _contents_alone(real) if _is_stray(real) else None
    if alone is None:
        return None
    both = _contents_with_log(real, alone)
    return None if both == alone else (alone, both)


def _without(path: Path, alone: Contents, both: Contents | None, can_write: bool, now: dt.datetime) -> Text:
    real = path.resolve()
    log = real.name + _LOG
    if both is not None:
        from mentor_app.core.store.contents import last_change

        one, other, more = last_change(alone), last_change(both), both.last_id - alone.last_id
        raise StoreFault(faults.LOG_BESIDE, store=str(path), log=log, alone=one, both=other, more=more)
    if not can_write:
        raise StoreFault(faults.LOG_OF_ANOTHER, store=str(path), log=log)
    return text(SET_ASIDE, store=str(path), aside=str(set_aside(real, now)))


def decide(path: Path, with_log: bool, now: dt.datetime) -> Text | None:
    """Make what lies in the log a part of the file (``with_log``), or leave it out: what the file was with it is then kept as a backup.
    What there is to say of that. Nobody here may have it open."""
    real = path.resolve()
    with _held(real) as is_free:
        if not _is_stray(real):
            return text(ALL_ITS_OWN, store=str(path))
        if not is_free:
            raise StoreFault(faults.OPEN_AS_ANOTHER, store=str(path))
    from mentor_app.core.store import backup
    from mentor_app.core.store.kept import Reason

    with backup.written(path, str(path)):
        if with_log:
            with closing(sqlite3.connect(real, timeout=5, isolation_level=None)) as store:
                store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return None
        with _copied(real) as copy, closing(sqlite3.connect(copy, isolation_level=None)) as both:
            made = backup.keep(both, str(real), Reason.RESTORE, now)
        _remove(real)
    return text(LEFT_OUT, store=str(path), backup=str(made.path))


def set_aside(real: Path, now: dt.datetime, in_use: bool = False) -> Path:
    """Move the log into the folder of backups; where to. It is empty first: whoever has it open still can't move what was in it into the
    file, which SQLite does when it closes one. Of one that is ``in_use`` here as that of this very file the name stays."""
    from mentor_app.core.store import backup
    from mentor_app.core.store.kept import ASIDE_END, folder_of

    log, folder = real.with_name(real.name + _LOG), folder_of(str(real))
    aside = folder / f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%S}Z{ASIDE_END}{_LOG}"
    with backup.written(folder, str(real)):
        backup.private_folder(folder)
        aside.touch(0o600)
        shutil.copyfile(log, aside)
        os.truncate(log, 0)
        if not in_use:
            _remove(real)
    return aside


def _remove(real: Path) -> None:
    os.truncate(real.with_name(real.name + _LOG), 0)
    for end in (_LOG, _INDEX):
        real.with_name(real.name + end).unlink(missing_ok=True)


def _is_stray(real: Path) -> bool:
    """Whether the file was changed after the log, and not by moving the log into it up to some commit: up to the last one where that was
    done long after the log was written. A computer may stop meanwhile; but then the file is not whole without its log."""
    log = real.with_name(real.name + _LOG)
    try:
        apart = _last_touched(real) - _last_touched(log)
        if apart <= 0 or log.stat().st_size < HEADER:
            return False
        with (
            log.open("rb") as frames,
            real.open("rb") as file,
        ):
            moved = list(_moved(frames, file))
        return bool(moved) and not any(moved if apart < _APART else moved[-1:])
    except OSError:
        return False


def _last_touched(path: Path) -> int:
    state = os.stat(path)
    return max(state.st_mtime_ns, state.st_ctime_ns)


def _moved(log: BinaryIO, file: BinaryIO) -> Iterator[bool]:
    """For each commit in the log whether all pages that were written up to it are so in the file."""
    magic, _, size, _, *salt = struct.unpack(">6I", log.read(HEADER)[:24])
    if magic not in _MAGIC:
        return
    others: set[int] = set()
    while len(frame := log.read(FRAME + size)) == FRAME + size:
        number, commits, *own = struct.unpack(">4I", frame[:16])
        if own != salt:
            return
        file.seek((number - 1) * size)
        if file.read(size) == frame[FRAME:]:
            others.discard(number)
        else:
            others.add(number)
        if commits:
            yield not others


@contextmanager
def _held(real: Path) -> Iterator[bool]:
    """Whether no other program has the store open; none can open it inside then. All who have it open share a lock on this byte of the
    log's index. Not told where systems lock otherwise, nor of what can't be written."""
    index = real.with_name(real.name + _INDEX)
    if os.name == "nt" or not os.access(index, os.W_OK):
        yield True
        return
    import fcntl

    with index.open("r+b") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _SHARED)
        except OSError:
            yield False
            return
        yield True


def _contents_alone(real: Path) -> Contents | None:
    """What is in the file without its log; None where it is no whole store."""
    return _contents(f"{real.absolute().as_uri()}?mode=ro&immutable=1", real)


def _contents_with_log(real: Path, alone: Contents) -> Contents | None:
    """What is in the file with its log; None where that is not whole, or does not go on from what the file is ``alone``."""
    with _copied(real) as copy:
        return _contents(readable_uri(copy), copy, alone)


def _contents(address: str, place: Path, before: Contents | None = None) -> Contents | None:
    from mentor_app.core.store import backup
    from mentor_app.core.store.contents import contents, instant

    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as store:
            backup.check_sound(store, str(place))
            if store.execute("PRAGMA application_id").fetchone()[0] != faults.APPLICATION_ID:
                return None
            last = "SELECT at FROM change_set WHERE id = ?"
            if before is not None and before.last_id:
                then = store.execute(last, (before.last_id,)).fetchone()
                if then is None or instant(then[0]) != before.last_at:
                    return None
            return contents(store)
    except (sqlite3.DatabaseError, UserError):
        pass
    return None


@contextmanager
def _copied(real: Path) -> Iterator[Path]:
    """A copy of the file and its log, for which SQLite may do with them what it would do here."""
    with contextlib.ExitStack() as stack:
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "copy.sqlite"
        for end in ("", _LOG):
            shutil.copyfile(real.with_name(real.name + end), copy.with_name(copy.name + end))
        yield copy
