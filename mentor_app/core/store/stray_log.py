"""A log beside a store's file that was not written for it: another file took the place of one whose last changes were still there.

SQLite finds a log by its name alone, and writes what is in it into whatever file lies there: an older copy, or another store, would be
spoilt. Whether a log belongs to its file is told by what both hold (``_contents_with_log``), for times tell nothing once files were
copied, or somebody changed who may read them. Times only tell that somebody may have meant a file to stand without the log that goes on
from it: the file is younger than the log, and SQLite has not moved the log into it up to some commit (https://sqlite.org/walformat.html).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.store import faults
from mentor_app.core.store.beside_sqlite import HEADER, commits_of, frames_of
from mentor_app.core.store.guard import readable_uri
from mentor_app.core.store.history import RESTORED
from mentor_app.core.text import N_, Text, text

if TYPE_CHECKING:
    from mentor_app.core.store.contents import Contents

SET_ASIDE = N_(
    "Beside {store} lay changes of another file, which was in its place before. They would have spoilt it and were set aside: {aside}."
)
ALL_ITS_OWN = N_("Beside {store} lie no changes that are not its own.")
KEPT = N_(
    "Another file was put in the place of {store} while it was open. What it was with its last changes is kept as a backup: {backup}."
)
TAKEN_IN = N_("What lay beside {store} is a part of it now (actions: {more}).")
LEFT_OUT = N_("What {store} was with the changes that lay beside it is kept as a backup: {backup}.")
_LOG, _INDEX = "-wal", "-shm"
_APART = (
    2_000_000_000  # nanoseconds: a log that somebody reads meanwhile is moved in part, right after it was written to
)
_LOOKS = (0.1, 0.3, 0.6)  # seconds before it is looked at again
_SHARED = 128
_Change = tuple[int, str, str]  # of the history: its number, when it was made, and what it was


def look(path: Path, can_write: bool, now: dt.datetime) -> Text | None:
    """Before a store is connected to: set aside a log that would spoil it, or does not go on from it, and say so. Nobody here may
    have it open.

    StoreFault where the file is whole without the log and goes on with it, but was put there later, so that somebody has to say which it
    is to be; and where another program has it open with a log that would spoil it.
    """
    real = path.resolve()
    if not _holds_more(real):
        return None
    with _held(real) as is_free:
        found = _both_ways(real, is_free)
        for wait in _LOOKS if is_free is False else ():  # the log may just be being moved, or written
            if found is None or found[1] is not None:
                return None
            time.sleep(wait)
            found = _both_ways(real, is_free)
        if found is None:
            return None
        if is_free is False:
            raise StoreFault(faults.OPEN_AS_ANOTHER, store=str(path))
        return _without(path, *found, can_write, now)


def _both_ways(real: Path, is_free: bool | None) -> tuple[Contents, Contents | None] | None:
    """What is in a file whose log is perhaps not its own, without the log and with it (None: that is not whole, or does not go on from
    the file); None where there is no doubt whose log it is. Of a log that somebody may be writing only times tell when to look."""
    is_later = _is_later(real, in_use=not is_free)
    alone = _contents_alone(real) if is_later or is_free else None
    if alone is None:
        return None
    try:
        both = _contents_with_log(real, alone)
    except OSError:  # no room for a copy
        if is_later:
            raise
        return None
    return (alone, both) if both is None or (is_later and both != alone) else None


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


def decide(path: Path, with_log: bool, now: dt.datetime) -> Text:
    """Make what lies in the log a part of the file (``with_log``), or leave it out: what the file was with it is then kept as a backup.
    What there is to say of that. Nobody here may have it open.

    StoreFault where it is not there, is open elsewhere, or not whole without the log.
    """
    real = path.resolve()
    if not real.exists():
        raise StoreFault(faults.MISSING, store=str(path))
    if not _holds_more(real):
        return text(ALL_ITS_OWN, store=str(path))
    with _held(real) as is_free:
        if is_free is False:
            raise StoreFault(
                faults.OPEN_AS_ANOTHER if _is_later(real, in_use=True) else faults.OPEN_ELSEWHERE, store=str(path)
            )
        alone = _contents_alone(real)
        both = None if alone is None else _contents_with_log(real, alone)
    if alone is None:
        if with_log:
            return text(ALL_ITS_OWN, store=str(path))
        raise StoreFault(faults.NOT_WITHOUT, store=str(path), log=real.name + _LOG)
    from mentor_app.core.store import backup
    from mentor_app.core.store.kept import Reason

    if both is None:
        return text(SET_ASIDE, store=str(path), aside=str(set_aside(real, now)))
    with backup.written(path, str(path)):
        if with_log:
            with closing(sqlite3.connect(real, timeout=5, isolation_level=None)) as store:
                store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return text(TAKEN_IN, store=str(path), more=both.last_id - alone.last_id)
        with _copied(real) as copy, closing(sqlite3.connect(copy, isolation_level=None)) as whole:
            made = backup.keep(whole, str(real), Reason.RESTORE, now)
        _remove(real)
    return text(LEFT_OUT, store=str(path), backup=str(made.path))


def keep(real: Path, file: bytes, log: Path, now: dt.datetime) -> Path | None:
    """Keep as a backup what the ``log`` makes of the ``file`` that lies there instead of its own, where that is whole and goes on from
    it; None where it is not."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite"
        copy.write_bytes(file)
        shutil.copyfile(log, copy.with_name(copy.name + _LOG))
        alone = _contents_alone(copy)
        both = None if alone is None else _contents_with_log(copy, alone)
        if alone is None or both is None or both == alone:
            return None
        from mentor_app.core.store import backup
        from mentor_app.core.store.kept import Reason

        with closing(sqlite3.connect(copy, isolation_level=None)) as whole:
            return backup.keep(whole, str(real), Reason.RESTORE, now).path


def set_aside(real: Path, now: dt.datetime, open_here: Path | None = None, in_use: bool = False) -> Path:
    """Move the log into the folder of backups; where to. It is empty first: whoever has it open still can't move what was in it into the
    file, which SQLite does when it closes one. Of one that is ``open_here``, wherever that is by now, the name stays where it is
    ``in_use`` as that of this very file."""
    from mentor_app.core.store import backup
    from mentor_app.core.store.kept import ASIDE_END, folder_of

    named, folder = real.with_name(real.name + _LOG), folder_of(str(real))
    log = open_here or named
    aside = folder / f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%S}Z{ASIDE_END}{_LOG}"
    with backup.written(folder, str(real)):
        backup.private_folder(folder)
        aside.touch(0o600)
        shutil.copyfile(log, aside)
        drop(log)
        if log == named and not in_use:
            _remove(real)
    return aside


def drop(log: Path) -> None:
    """Empty the log of a file that is in the place of its own, while it is in use here: its name stays."""
    os.truncate(log, 0)


def _remove(real: Path) -> None:
    drop(real.with_name(real.name + _LOG))
    for end in (_LOG, _INDEX):
        real.with_name(real.name + end).unlink(missing_ok=True)


def _holds_more(real: Path) -> bool:
    """Whether anything is in the log that was not moved into the file."""
    log = real.with_name(real.name + _LOG)
    try:
        if log.stat().st_size < HEADER:
            return False
        with log.open("rb") as frames, real.open("rb") as file:
            return list(_moved(frames, file))[-1:] not in ([], [True])
    except OSError:
        return False


def _is_later(real: Path, in_use: bool) -> bool:
    """Whether the file was changed after the log, and not by moving the log into it up to some commit: up to the last one where that was
    done long after the log was written. A computer may stop meanwhile; but then the file is not whole without its log. Where the log is
    ``in_use`` also whether the file took its place later, whenever it was written."""
    log = real.with_name(real.name + _LOG)
    try:
        apart = _last_touched(real, in_use) - _last_touched(log, in_use)
        if apart <= 0:
            return False
        with log.open("rb") as frames, real.open("rb") as file:
            moved = list(_moved(frames, file))
        return bool(moved) and not any(moved if apart < _APART else moved[-1:])
    except OSError:
        return False


def _last_touched(path: Path, also_named: bool) -> int:
    state = os.stat(path)
    return max(state.st_mtime_ns, state.st_ctime_ns) if also_named else state.st_mtime_ns


def _moved(log: BinaryIO, file: BinaryIO) -> Iterator[bool]:
    """For each commit in the log whether all pages that were written up to it are so in the file."""
    others: set[int] = set()
    for frame in frames_of(log):
        at = (frame.number - 1) * len(frame.page)
        file.seek(at)
        if file.read(len(frame.page)) == frame.page:
            others.discard(frame.number)
        else:
            others.add(frame.number)
        if frame.commits:
            yield not others


@contextmanager
def _held(real: Path) -> Iterator[bool | None]:
    """Whether no other program has the store open; none can open it inside then. All who have it open share a lock on this byte of the
    log's index. None where that can't be told: where systems lock otherwise, and of an index that can't be written."""
    index = real.with_name(real.name + _INDEX)
    if os.name == "nt" or not os.access(index, os.W_OK):
        yield None if index.exists() else True
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
        both = _contents(readable_uri(copy), copy)
        return both if both is not None and _goes_on(copy, alone) else None


def _contents(address: str, place: Path) -> Contents | None:
    from mentor_app.core.store import backup
    from mentor_app.core.store.contents import contents

    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as store:
            backup.check_sound(store, str(place))
            if store.execute("PRAGMA application_id").fetchone()[0] != faults.APPLICATION_ID:
                return None
            return contents(store)
    except (sqlite3.DatabaseError, UserError):
        return None


def _goes_on(copy: Path, alone: Contents) -> bool:
    """Whether the changes in the log begin where those in the file end, as its history tells. The log holds the file's last change, and
    the first commit in it that adds to the history adds what was done at one time, with the next number: of a log that was begun after
    the file was copied it would add all that was done in between, too. Or that commit restored a backup."""
    if not alone.last_id:
        return True
    log = copy.with_name(copy.name + _LOG)
    whole = log.read_bytes()

    def newer(last_id: int, end: int | None = None) -> list[_Change]:
        """What follows in the history, with the log up to an ``end``."""
        copy.with_name(copy.name + _INDEX).unlink(missing_ok=True)
        log.write_bytes(whole[:end])
        with closing(sqlite3.connect(readable_uri(copy), uri=True)) as store:
            query = "SELECT id, at, action FROM change_set WHERE id > ? ORDER BY id"
            return store.execute(query, (last_id,)).fetchall()

    def adds(end: int) -> bool:
        try:
            return bool(newer(alone.last_id, end))
        except sqlite3.DatabaseError:  # pages of it that were moved since are newer in the file
            return False

    ends = list(commits_of(BytesIO(whole)))
    first = bisect(ends, 0, key=adds)
    added = newer(alone.last_id, ends[first]) if first < len(ends) else []
    if added and added[-1][2] == RESTORED:
        return True
    given = newer(alone.last_id - 1, 0)[:1], _last_given(copy)
    return (
        newer(alone.last_id - 1)[:1] == given[0]
        and (not added or added[0][0] <= given[1] + 1)
        and len({at for _, at, _ in added}) <= 1
    )


def _last_given(file: Path) -> int:
    """The last number that was given to a change."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as store:
        query = "SELECT max(seq, (SELECT max(id) FROM change_set)) FROM sqlite_sequence WHERE name = 'change_set'"
        return int(store.execute(query).fetchone()[0])


@contextmanager
def _copied(real: Path) -> Iterator[Path]:
    """A copy of the file and its log, for which SQLite may do with them what it would do here."""
    with contextlib.ExitStack() as stack:
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "copy.sqlite"
        for end in ("", _LOG):
            shutil.copyfile(real.with_name(real.name + end), copy.with_name(copy.name + end))
        yield copy
