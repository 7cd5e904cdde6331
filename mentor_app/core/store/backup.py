"""Backups of a store's file: whole copies by SQLite's online backup, each read through and compared before it counts.

Those made by the app lie in a folder beside the store, ``….backups``, each a file of its own; the attachments of them
all lie there once, by the hash of what is in them. They are copies and no links: a backup that shared its bytes with the
original would be none. A backup written to a place of somebody's own is one file with its attachments in it.

Nothing is half-written: a copy has another name until it has been found to be whole.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from errno import ENOSPC
from itertools import count
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from mentor_app.core.errors import StoreFault, UserError, reason_of
from mentor_app.core.store import attachments, faults, verdict
from mentor_app.core.store.contents import Contents, contents, file_hashes
from mentor_app.core.store.guard import (
    FOLDERS,
    IN_USE,
    NOT_ORDINARY,
    UNREADABLE,
    check_place,
    check_readable,
    is_open,
    put_in_place,
    readable_uri,
    takes_name,
)
from mentor_app.core.store.kept import (
    ASIDE_END,
    Backup,
    Reason,
    folder_of,
    listed,
    number_of,
    set_aside_before,
    thin_out,
)
from mentor_app.core.store.passing import BESIDE, part_of, settle, sweep, to_disk
from mentor_app.core.store.past import changes_since, replaced_at
from mentor_app.core.store.schema import ATTACHED
from mentor_app.core.store.verdict import Verdict
from mentor_app.core.text import N_, Text

PAGES = 4096
"""How many pages (of 4 KB) are copied between two reports of progress."""
FAILED = N_("No backup could be written to {place}: {reason}")
DIFFERS = N_("The backup in {place} differs from the store; it was not kept. Check the disk.")
IS_FOLDER = N_("{file} is a folder. Give the name of a file in it.")
WORKED_IN = N_("{file} is a store that people work in: no backup is written over it. Choose another name.")
OF_ANOTHER = N_("{file} is the backup of another store: it is not written over. Choose another name.")
A_DATABASE = N_("{file} belongs to a database, which would be lost. Choose another name.")
OPEN_ELSEWHERE = N_("{file} is a store that another program has open. Choose another file.")
INCOMPLETE = N_(
    "{part} is missing from {file}: another program has taken it away. Nothing was changed; choose another backup."
)
_MISSING = re.compile(r"no such (?:table|column): (?:main\.)?(.+)")
ENDINGS = (".sqlite", ".sqlite3", ".db")
_SQLITE = b"SQLite format 3\0"
_WRITE_VERSION, _IN_WAL = 18, b"\2"  # the byte of a database's head that says how it is written
_WAIT = 10.0  # seconds that a store is waited for which another program holds
Progress = Callable[[int, int], object]
"""Told how many pages are copied, of how many."""
Look = Callable[[Path], Sequence[Text]]
"""Examines a copy before it counts: what is wrong with it."""


def keep(
    source: sqlite3.Connection,
    location: str,
    reason: Reason,
    now: dt.datetime,
    progress: Progress = lambda done, total: None,
    sound: bool = True,
    look: Look | None = None,
) -> Backup:
    """Back up the store open as ``source`` into its folder of backups, and thin out what is there.

    With ``sound=False`` a damaged store is copied as it is; with ``look`` it is examined, and what is found is noted beside
    it. UserError where that can't be done; then nothing is left.
    """
    folder = folder_of(location)
    with written(folder, location):
        private_folder(folder)
        sweep(folder)
        with part_of(folder) as part:
            _copy(source, part, progress, sound)
            problems = None if look is None else look(part)
            files, missing = _keep_files(part, attachments.folder_of(location), folder / "files")
            path = _free_name(folder, reason, now)
            while not takes_name(part, path):  # another program made one in the same second
                path = _free_name(folder, reason, now)
        settle(folder)
        found = None if problems is None else _verdict(problems, files, missing)
        if found is not None:
            verdict.note(path, found)
        at, size = now.replace(microsecond=0), path.stat().st_size
        made = Backup(path=path, at=at, reason=reason, size=size, verdict=found)
    thin_out(location)
    tidy(source, location)
    return made


def write(
    source: sqlite3.Connection,
    location: str,
    to: Path,
    progress: Progress = lambda done, total: None,
    look: Look = lambda _copy: (),
) -> Backup:
    """Back up the store open as ``source`` into one file, attachments and all; a file of that name is replaced. A copy in which
    ``look`` finds something, or that lacks attachments, replaces nothing: it is written beside under a name that says so; and
    nothing replaces a backup whose history goes further than the store's.

    UserError where that can't be done, or where a store, another one's backup or any other database lies there; then what
    was there is there still.
    """
    check_place(to)
    with written(to, location):
        to = Path(os.path.realpath(to))  # what a link names is written, and the link stays
        if is_open(to) or to in {Path(os.path.realpath(location + end)) for end in ("", *BESIDE)}:
            raise UserError(IN_USE, file=to.name)
        if to.exists() and any(to.with_name(to.name + end).exists() for end in BESIDE):
            raise UserError(OPEN_ELSEWHERE, file=str(to))
        if to.exists() and not to.is_file():
            raise UserError(NOT_ORDINARY if not to.is_dir() else IS_FOLDER, file=str(to))
        if to.suffix.lower() not in ENDINGS:
            raise UserError("{file}: a backup is written as .sqlite. Choose this ending.", file=str(to))
        new = not os.path.lexists(to)
        spared = to if not new and _is_further(source, location, to) else None
        sweep(to.parent)
        with part_of(to.parent) as part:
            _copy(source, part, progress, True)
            problems = look(part)
            found = _verdict(problems, *_put_files_in(part, attachments.folder_of(location)))
            if not found.sound:
                to, new = _beside(to, "-with-problems"), True
            elif spared is not None:
                to = _beside(to, "-other-history", lambda path: _is_own(source, location, path))
                new = not os.path.lexists(to)
            put_in_place(part, to, new)
        settle(to.parent)
        now, size = dt.datetime.now(dt.UTC), to.stat().st_size
        return Backup(path=to, at=now, reason=None, size=size, verdict=found, spared=spared)


def holds_all(source: sqlite3.Connection, location: str) -> bool:
    """Whether there is nothing to back up: nothing was ever written, or the newest backup holds it all."""
    last = contents(source).last_id
    if not last:
        return True
    for newest in listed(location)[:1]:
        with contextlib.suppress(UserError), reading(newest.path) as kept:
            return contents(kept).last_id == last
    return False


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A backup, or any store's file that nobody here has open, to be read only. UserError where it is none."""
    check_readable(path)
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
    except OSError as error:
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(error)) from None
    if start != _SQLITE:
        raise StoreFault(faults.NOT_OURS if start else faults.EMPTY, store=str(path))
    with (
        explained(str(path)),
        whole(path),
        closing(sqlite3.connect(readable_uri(path), uri=True, isolation_level=None)) as opened,
    ):
        if opened.execute("PRAGMA application_id").fetchone()[0] != faults.APPLICATION_ID:
            raise StoreFault(faults.NOT_OURS, store=str(path))
        yield opened


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """UserError where a backup lacks a table or a column that is asked for."""
    try:
        yield
    except (sqlite3.OperationalError, DBAPIError) as error:
        gone = _MISSING.search(str(error))
        if gone is None:
            raise
        raise UserError(INCOMPLETE, part=gone[1], file=str(path)) from error


def check_sound(connection: sqlite3.Connection, place: str, check: str = "integrity_check") -> None:
    """StoreFault where the file is damaged. Reads all of it; ``quick_check`` alone doesn't compare the indexes with their
    tables, which takes ten times as long and finds nothing that copying pages could have spoilt."""
    if connection.execute(f"PRAGMA {check}(1)").fetchone()[0] != "ok":
        raise StoreFault(faults.DAMAGED, store=place)


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    """SQLite's online backup, in two steps or more: it ends with the last one, so ``progress`` can still stop it before.

    StoreFault where another program holds the target for long.
    """
    since = time.monotonic()
    half = int(source.execute("PRAGMA page_count").fetchone()[0]) // 2

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal since
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if time.monotonic() - since > _WAIT:
                raise StoreFault(faults.LOCKED, store=_file_of(target))
            return
        since = time.monotonic()
        if remaining:  # else it is done, and can't be stopped any more
            progress(total - remaining, total)

    source.backup(target, pages=max(1, min(PAGES, half)), progress=step, sleep=0.1)


def set_aside(place: Path, now: dt.datetime) -> Path | None:
    """Move what lies in a store's place, and what SQLite keeps beside it, into the folder of backups; where to."""
    folder, aside = folder_of(str(place)), None
    stem = f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%S}Z{ASIDE_END}"
    with _placed(folder):
        for end in (*BESIDE, ""):
            source = place.with_name(place.name + end)
            if os.path.lexists(source):
                private_folder(folder)
                aside = folder / (stem + end)
                os.replace(source, aside)
    return aside


@contextmanager
def part_in(folder: Path) -> Iterator[Path]:
    """A file of a passing name that only its owner can read, gone afterwards unless it was given another name. UserError
    where the folder takes none."""
    with contextlib.ExitStack() as written_to:
        with _placed(folder):
            private_folder(folder)
            part = written_to.enter_context(part_of(folder))
        yield part


def _is_further(source: sqlite3.Connection, location: str, to: Path) -> bool:
    """Whether a backup of this store lies there with changes that the store never had: it is an earlier copy, or both went on by
    themselves. UserError where it is any other database: a store
    lies in the journal mode that it is worked in, or has its folders beside it."""
    with to.open("rb") as file:
        start = file.read(_WRITE_VERSION + 1)
    if not start.startswith(_SQLITE):
        return False
    if start[_WRITE_VERSION:] == _IN_WAL or any(to.with_name(to.name + end).exists() for end in FOLDERS):
        raise UserError(WORKED_IN, file=str(to))
    try:
        with reading(to) as there:
            held = contents(there)
            other = held.beginning not in (None, contents(source).beginning)
            further = not other and not _was_here(source, location, there, held, to)
    except (UserError, sqlite3.DatabaseError):  # another program's, or damaged: nobody can tell whose
        raise UserError(A_DATABASE, file=str(to)) from None
    if other:
        raise UserError(OF_ANOTHER, file=str(to))
    return further


def _was_here(store: sqlite3.Connection, location: str, there: sqlite3.Connection, then: Contents, to: Path) -> bool:
    """Whether the store was once in the state of the backup that is open as ``there``: its history goes on from it, or that of a copy
    does which was kept when another backup took its place. That numbers were skipped then tells nothing of whose they were.
    """
    if changes_since(store, there, then) is not None:
        return True
    if replaced_at(store, there, then) is None:
        return False
    for path in [*(one.path for one in listed(location)), *set_aside_before(location)]:
        with contextlib.suppress(UserError, sqlite3.Error):
            if not os.path.samefile(path, to):
                with reading(path) as copy:
                    if changes_since(copy, there, then) is not None:
                        return True
    return False


def _verdict(problems: Sequence[Text], files: int, missing: int) -> Verdict:
    return Verdict(problems=len(problems), first=next(iter(problems), None), files=files, missing=missing)


def _beside(to: Path, like: str, free: Callable[[Path], bool] = lambda _path: False) -> Path:
    """A name beside that nothing has, or only what is ``free`` to be written over, and that says what a backup is like."""
    names = (f"{to.stem}{like}{'' if n == 1 else f'-{n}'}{to.suffix}" for n in count(1))
    return next(path for path in map(to.with_name, names) if not os.path.lexists(path) or free(path))


def _is_own(source: sqlite3.Connection, location: str, path: Path) -> bool:
    """Whether nothing but an earlier backup of this very store lies there, and the store holds all of it."""
    if path.is_symlink() or not path.is_file() or is_open(path):
        return False
    if any(path.with_name(path.name + end).exists() for end in BESIDE):
        return False
    with contextlib.suppress(UserError, OSError), reading(path):
        return not _is_further(source, location, path)
    return False


def _copy(source: sqlite3.Connection, part: Path, progress: Progress, sound: bool) -> None:
    """Copy one state of the store, and see that the copy is whole, holds as much, and can be read by itself."""
    held: Contents | None = None
    source.execute("BEGIN")
    try:
        with contextlib.suppress(*([] if sound else [sqlite3.DatabaseError])):
            held = contents(source)
        with closing(sqlite3.connect(part, isolation_level=None)) as target:
            copy_pages(source, target, progress)
            target.execute("PRAGMA journal_mode=DELETE")  # else it could not be read from where nothing can be written
    finally:
        source.execute("ROLLBACK")
    if sound:
        with closing(sqlite3.connect(readable_uri(part), uri=True)) as copy:
            check_sound(copy, _file_of(source), "quick_check")
            if contents(copy) != held or copy.execute("PRAGMA application_id").fetchone()[0] != faults.APPLICATION_ID:
                raise UserError(DIFFERS, place=str(part.parent))
    to_disk(part)


def _file_of(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA database_list").fetchone()[2])


# -- attachments


def _keep_files(part: Path, store_files: Path, kept_files: Path) -> tuple[int, int]:
    """Copy the attachments that no backup has yet; one that is gone or was changed can't be. How many there should be, and how
    many of them no backup has."""
    with closing(sqlite3.connect(readable_uri(part), uri=True)) as copy:
        hashes = file_hashes(copy)
    return len(hashes), sum(not attachments.copy_between(store_files, kept_files, sha256) for sha256 in hashes)


def _put_files_in(part: Path, store_files: Path) -> tuple[int, int]:
    """How many attachments there should be, and how many of them could not be put in."""
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        hashes = file_hashes(copy)
        if not hashes:
            return 0, 0
        missing = len(hashes)
        copy.execute("BEGIN")
        copy.execute(f"CREATE TABLE {ATTACHED} (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL)")
        for sha256 in hashes:
            with contextlib.suppress(UserError):
                content = attachments.verified(store_files, sha256).read_bytes()
                copy.execute(f"INSERT INTO {ATTACHED} VALUES (?, ?)", (sha256, content))
                missing -= 1
        copy.execute("COMMIT")
    to_disk(part)
    return len(hashes), missing


def tidy(source: sqlite3.Connection, location: str) -> None:
    """Remove what nobody needs any more among the backups of the store open as ``source``: what killed programs left
    half-written, and attachments that neither a backup nor the store has. All of these stay where a backup can't be read.
    """
    folder = folder_of(location)
    for one in (folder, folder / "files", attachments.folder_of(location)):
        sweep(one)
    kept = list((folder / "files").glob("??/*"))
    if not kept:
        return
    try:
        wanted = set(file_hashes(source))
        for path in (one.path for one in listed(location)):
            wanted |= _files_in(path)
    except (UserError, sqlite3.Error):
        return
    for path in set_aside_before(location):  # mostly damaged, or it would not have been set aside
        with contextlib.suppress(UserError, sqlite3.Error):
            wanted |= _files_in(path)
    for path in kept:
        if path.name not in wanted:
            with contextlib.suppress(OSError):
                path.unlink()


def _files_in(path: Path) -> set[str]:
    with reading(path) as copy:
        return set(file_hashes(copy))


# -- files


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner can look into."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # another's folder stays as they made it
        folder.chmod(0o700)


def _free_name(folder: Path, reason: Reason, now: dt.datetime) -> Path:
    """The moment and the reason; of several made in one second each later one has a higher number."""
    moment, number = f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%S}Z", 1
    there = [path.name for path in folder.glob(f"{moment}-*.sqlite")]
    while any(number_of(name) >= number for name in there):
        number += 1
    return folder / (f"{moment}-{reason}.sqlite" if number == 1 else f"{moment}-{reason}-{number}.sqlite")


@contextmanager
def written(place: Path, location: str) -> Iterator[None]:
    """UserError where a backup can't be written to ``place``, or the store can't be read."""
    with _placed(place), explained(location, place):
        yield


@contextmanager
def _placed(place: Path) -> Iterator[None]:
    """What the system says against writing to ``place`` as a sentence."""
    try:
        yield
    except OSError as error:
        raise UserError(FAILED, place=str(place), reason=reason_of(error)) from None


@contextmanager
def explained(location: str, place: Path | None = None) -> Iterator[None]:
    """The driver's complaints as sentences; a full disk is that of ``place``, where one is being written to."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None) or 0
        if place is not None and code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise UserError(FAILED, place=str(place), reason=reason_of(OSError(ENOSPC, ""))) from error
        fault = faults.of_code(code, location)
        if fault is None:
            raise
        raise fault from error
