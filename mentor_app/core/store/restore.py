"""Going back to a backup: what it holds and how that differs from now, then the store's content replaced by it.

Where the store can be opened, its content is replaced through SQLite's backup API, as one transaction: the file stays the
same, every open window and program simply sees other data, and a power cut in between leaves what was there. Where it
can't be opened any more, it is set aside and the backup takes its place.

What was there goes into a backup first. The history of what is restored gets one more entry that says so, under a number
that no change had yet; nor is any other number given out again. So nobody takes a record for another one's, and whoever
asks for what is new finds it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, insert, select

from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.store import Store, attachments, backup, derived, faults
from mentor_app.core.store.action import action, never
from mentor_app.core.store.backup import Progress
from mentor_app.core.store.contents import Contents, contents, file_hashes
from mentor_app.core.store.guard import readable_uri
from mentor_app.core.store.history import RESTORED, change_set, seal_set
from mentor_app.core.store.kept import Backup, Reason, folder_of
from mentor_app.core.store.opening import prepare, sqlite_engine
from mentor_app.core.store.past import changes_since, replaced_at
from mentor_app.core.store.raw import first_missing
from mentor_app.core.store.schema import ATTACHED, HEAD, metadata
from mentor_app.core.store.session import Actor, Session
from mentor_app.core.text import N_, NAMED

CHANGED_ON = N_(
    "{store} was changed again and again while the backup was being restored. Try again when nobody works in it."
)
_INSTEAD = {
    faults.EMPTY: N_("{store} is empty (0 bytes): nothing was restored from it. Choose another backup."),
    faults.DAMAGED: N_("{store} is damaged: nothing was restored from it. Choose another backup."),
    faults.NO_VERSION: N_(
        "{store} does not say which version of the app wrote it: nothing was restored from it. Choose another backup."
    ),
    faults.DISAGREES: N_(
        "{store} says that it was written by another version of the app than what is in it: another program changed it. Nothing "
        "was restored from it. Choose another backup."
    ),
}
"""What is said of a backup instead of what is said of a store."""
_TRIES, _LEAP = 3, 10_000


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a backup holds, what the store holds now (None where it can't be read), and what going back would undo."""

    path: Path
    size: int
    then: Contents
    now: Contents | None
    is_there: bool
    """Whether anything lies where the store is to be."""
    changes_since: int | None
    """How many actions would be undone; None where the backup is another store's, or that can't be told."""
    replaced_at: dt.datetime | None = None
    """Where the store was in this state until a backup was restored: when that was."""
    is_own: bool
    """Whether it lies among the backups that were made here."""
    files: int
    """How many attachments it refers to."""
    files_missing: int
    """How many of those are neither in the backup nor beside the store."""
    erased_since: tuple[int, ...]
    """The numbers of people whose data was erased on request here, and who stand in the backup by name still, or in further words."""

    @property
    def same_store(self) -> bool | None:
        """Whether the backup is this store's; None where that can't be told."""
        if self.now is None or self.now.beginning is None or self.then.beginning is None:
            return None
        return self.now.beginning == self.then.beginning

    @property
    def strange(self) -> bool:
        """Whether it says that it is this store's, and is no state that this store was ever in. Among its own backups it is one
        together with a log that was left out."""
        return not self.is_own and bool(self.same_store) and self.changes_since is None and self.replaced_at is None


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A backup was restored: what the store holds now, and where what it held before lies (None: there was nothing)."""

    contents: Contents
    before: Path | None


@action(
    "store.restore",
    title=N_("Restored a backup"),
    undo=never(N_("What was there before lies in a backup made just then: restore that one.")),
)
def note_restored(session: Session, actor: Actor, last_id: int) -> None:
    """Write into the history that a backup was restored, under the number after ``last_id``."""
    person = metadata.tables["person"].c
    same = person.id == actor.person_id, person.name == actor.name  # whoever restores need not be in what is restored
    known = session.connection.execute(select(person.id).where(*same)).scalar() if actor.person_id else None
    values = {
        "id": last_id + 1,
        "at": session.now,
        "actor_id": known,
        "actor_name": None if known else NAMED + actor.name if actor.person_id else actor.name,
        "action": RESTORED,
    }
    session.connection.execute(insert(change_set).values(**values))
    seal_set(session.connection, values)


@contextmanager
def _chosen(path: Path) -> Iterator[None]:
    """What is wrong with the backup that was chosen, with what can be done about that: choosing another one."""
    try:
        yield
    except StoreFault as fault:
        said = _INSTEAD.get(fault.message.key)
        if said is None or dict(fault.message.args).get("store") != str(path):
            raise
        raise UserError(said, store=str(path)) from fault


def preview(path: Path, store: sqlite3.Connection | None, location: str) -> Preview:
    """What the backup at ``path`` holds, beside what the store (open as ``store``, if it can be opened) holds now.

    UserError where the file is no backup that this version of the app can restore.
    """
    with _chosen(path), backup.reading(path) as kept:
        then = contents(kept)
        faults.check_revision([then.revision], HEAD, str(path))
        hashes, own = file_hashes(kept), _own_files(kept)
        people, erased_then, erasures = _people(kept), _erased(kept), _erasures(kept)
        now = since = replaced = None
        erased, again = set[int](), set[int]()
        if store is not None:
            with contextlib.suppress(sqlite3.DatabaseError):
                now = contents(store)
                since = changes_since(store, kept, then)
                replaced = replaced_at(store, kept, then)
                if now.beginning == then.beginning:
                    erased, again = _erased(store), {person_id for _, person_id, _ in _erasures(store) - erasures}
    here = [attachments.folder_of(location), *_folders_beside(path)]
    missing = [one for one in hashes if one not in own and not any(attachments.has(folder, one) for folder in here)]
    return Preview(
        path=path,
        size=path.stat().st_size,
        then=then,
        now=now,
        is_there=os.path.lexists(location),
        changes_since=since,
        replaced_at=replaced,
        is_own=path.resolve().parent == folder_of(location).resolve(),
        files=len(hashes),
        files_missing=len(missing),
        erased_since=tuple(sorted((erased - erased_then | again) & people)),
    )


def restore_into(
    store: sqlite3.Connection,
    location: str,
    path: Path,
    actor: Actor,
    now: dt.datetime,
    progress: Progress = lambda done, total: None,
) -> Restored:
    """Replace all that the store open as ``store`` holds by the backup at ``path``.

    What was there is backed up first; attachments are added, none is removed. UserError where that can't be done; the
    store is then as it was.
    """
    for _ in range(_TRIES):
        with backup.written(Path(location), location), _prepared(path, location, store) as ready:
            before = _backed_up(store, location, now)
            held = _held(store)
            with backup.whole(path):
                _note(ready, store, actor, now, held.last_id if held else 0)
            try:
                _replace(store, ready, held, location, progress)
            except _ChangedMeanwhile:
                continue
            with contextlib.suppress(sqlite3.Error):
                store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return Restored(contents=contents(store), before=before.path)
    raise UserError(CHANGED_ON, store=location)


def restore_in_place(location: str, path: Path, actor: Actor, now: dt.datetime) -> Restored:
    """Put the backup at ``path`` where the store was that can't be opened any more; what lies there is set aside.

    Nobody here may have it open. UserError where that can't be done; what was there is then there still.
    """
    place = Path(location)
    with backup.written(place, location), _prepared(path, location, None) as ready:
        with backup.whole(path):
            _note(ready, None, actor, now, 0)
        with closing(sqlite3.connect(readable_uri(ready), uri=True)) as whole:
            held = contents(whole)
        aside = backup.set_aside(place, now)
        os.replace(ready, place)
    return Restored(contents=held, before=aside)


def opened(location: str, opener: Callable[[], Store]) -> Store | None:
    """The store's file, opened by ``opener``; None where there is none, or it is lost. UserError where it may be used again
    some time as it is: locked, not reachable, another program's."""
    if not os.path.lexists(location):
        return None
    try:
        store = opener()
        with store.read():
            return store
    except StoreFault as fault:
        if may_be_replaced(fault):
            return None
        raise


def look(store: Store | None, location: str, path: Path) -> Preview:
    """What the backup at ``path`` holds, beside what the store holds."""
    if store is None:
        return preview(path, None, location)
    with store.whole_file() as source:
        return preview(path, source, location)


def go_back(
    store: Store | None,
    location: str,
    path: Path,
    actor: Actor,
    now: dt.datetime,
    progress: Progress = lambda done, total: None,
) -> Restored:
    """Restore the backup at ``path`` into the store, or put it where the store was that can't be opened any more."""
    if store is None:
        return restore_in_place(location, path, actor, now)
    with store.whole_file() as source:
        made = restore_into(source, location, path, actor, now, progress)
    if store.damaged:
        store.look_for_damage()
    return made


def may_be_replaced(fault: UserError) -> bool:
    """Whether a store that can't be opened for this reason is lost, so that a backup may take its place."""
    return fault.message.key in faults.LOST


class _ChangedMeanwhile(Exception):
    """The store was written to after what it holds was backed up."""


@contextmanager
def brought_up(path: Path, location: str, store: sqlite3.Connection | None = None) -> Iterator[Path]:
    """A copy of the backup beside the store's own backups: sound, and of this app's revision; gone afterwards."""
    with _chosen(path), backup.part_in(folder_of(location)) as part:
        with backup.reading(path) as kept:
            faults.check_revision([contents(kept).revision], HEAD, str(path))
            backup.check_sound(kept, str(path))
            # a full disk is the store's, not the backup's
            with backup.explained(location), closing(sqlite3.connect(part, isolation_level=None)) as copy:
                backup.copy_pages(kept, copy, lambda done, total: None)
                copy.execute("PRAGMA journal_mode=DELETE")
                _tidy(copy, store)
        engine = sqlite_engine(part, journal="DELETE")
        try:
            with backup.whole(path):
                prepare(engine, str(path), backed_up=False)
                _complete(engine, path)
        finally:
            engine.dispose()
        yield part


def _complete(engine: Engine, path: Path) -> None:
    """Make again what a copy of the backup at ``path`` lacks and can be computed from the rest; UserError where it lacks more."""
    with engine.connect() as connection, connection.execution_options(writes=True).begin():
        part = first_missing(connection, derived=False)
        if part is not None:
            raise UserError(backup.INCOMPLETE, part=part, file=str(path))
        derived.make_lacking(connection)


@contextmanager
def _prepared(path: Path, location: str, store: sqlite3.Connection | None) -> Iterator[Path]:
    """A copy of the backup, ready to take the store's place; its attachments with the store's."""
    with brought_up(path, location, store) as part:
        with backup.reading(path) as kept:
            _bring_files(kept, path, attachments.folder_of(location))
        yield part


def _tidy(copy: sqlite3.Connection, store: sqlite3.Connection | None) -> None:
    """Nothing in it but a store, in pages of the size that the present one has: SQLite replaces only like by like."""
    sizes = [int(one.execute("PRAGMA page_size").fetchone()[0]) for one in (copy, store) if one is not None]
    if _own_files(copy) or sizes[0] != sizes[-1]:
        copy.execute(f"DROP TABLE IF EXISTS {ATTACHED}")
        copy.execute(f"PRAGMA page_size={sizes[-1]}")
        copy.execute("VACUUM")


def _backed_up(store: sqlite3.Connection, location: str, now: dt.datetime) -> Backup:
    """A backup of what is to be replaced; of what is damaged a copy as it is."""
    try:
        return backup.keep(store, location, Reason.RESTORE, now)
    except StoreFault as fault:
        if fault.message.key != faults.DAMAGED:
            raise
        return backup.keep(store, location, Reason.RESTORE, now, sound=False)


def _held(store: sqlite3.Connection) -> Contents | None:
    try:
        return contents(store)
    except sqlite3.DatabaseError:
        return None


def _note(ready: Path, store: sqlite3.Connection | None, actor: Actor, now: dt.datetime, last_id: int) -> None:
    """No number that was given out here is given out again; and the history says what happened."""
    taken: list[tuple[str, int]] = []
    if store is not None:
        with contextlib.suppress(sqlite3.DatabaseError):
            taken = store.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    engine = sqlite_engine(ready, journal="DELETE")
    try:
        with engine.connect() as connection, connection.execution_options(writes=True).begin():
            run = connection.exec_driver_sql
            if store is None:  # whoever had the lost one open may have seen numbers that the backup does not know
                run("UPDATE sqlite_sequence SET seq = seq + ?", (_LEAP,))
            for table, seq in taken:
                if not run("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (seq, table)).rowcount:
                    run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, seq))  # it was empty then
            known = run("SELECT seq FROM sqlite_sequence WHERE name = 'change_set'").scalar() or 0
            note_restored(Session(connection, now), actor, max(known, last_id))
    finally:
        engine.dispose()


def _replace(store: sqlite3.Connection, ready: Path, held: Contents | None, location: str, progress: Progress) -> None:
    """All pages at once, as one transaction. From the first one on nobody else can write: then it is looked once more
    whether the store still holds what was backed up."""
    looked = False

    def step(done: int, total: int) -> None:
        nonlocal looked
        if not looked:
            looked = True
            with closing(sqlite3.connect(f"{Path(location).absolute().as_uri()}?mode=ro", uri=True)) as other:
                if held is not None and contents(other).last_id != held.last_id:
                    raise _ChangedMeanwhile
        progress(done, total)

    with closing(sqlite3.connect(readable_uri(ready), uri=True)) as source:
        backup.copy_pages(source, store, step)


def _people(held: sqlite3.Connection) -> set[int]:
    """Everybody who stands there by name, or stood there until they were removed."""
    removed = "SELECT row_id FROM change WHERE table_name = 'person' AND row_id IS NOT NULL"
    return {person_id for (person_id,) in held.execute(f"SELECT id FROM person UNION {removed}")}


def _erased(held: sqlite3.Connection) -> set[int]:
    """Who was erased on request, with the records merged into theirs; nobody in a store of an earlier revision."""
    if not _knows_erasures(held):
        return set()
    one = "SELECT person_id FROM erasure"
    query = f"{one} UNION SELECT person_id FROM merger WHERE into_id IN ({one})"
    return {person_id for (person_id,) in held.execute(query)}


def _erasures(held: sqlite3.Connection) -> set[tuple[int, int, str]]:
    """All erasures: number, person and time; a person may be erased again, with further words."""
    return set(held.execute("SELECT id, person_id, at FROM erasure")) if _knows_erasures(held) else set()


def _knows_erasures(held: sqlite3.Connection) -> bool:
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'erasure'"
    return held.execute(known).fetchone() is not None


# -- attachments


def _own_files(kept: sqlite3.Connection) -> set[str]:
    """The attachments that the backup itself holds."""
    if kept.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (ATTACHED,)).fetchone() is None:
        return set()
    return {sha256 for (sha256,) in kept.execute(f"SELECT sha256 FROM {ATTACHED}")}


def _folders_beside(path: Path) -> list[Path]:
    """Where the attachments of a backup may lie: with the app's own backups, or beside it as beside a store."""
    return [path.parent / "files", attachments.folder_of(str(path))]


def _bring_files(kept: sqlite3.Connection, path: Path, to: Path) -> None:
    own = _own_files(kept)
    for sha256 in file_hashes(kept):
        if sha256 in own:
            content = kept.execute(f"SELECT content FROM {ATTACHED} WHERE sha256 = ?", (sha256,)).fetchone()[0]
            attachments.keep_content(to, content, sha256)
        else:
            for folder in _folders_beside(path):
                if attachments.copy_between(folder, to, sha256):
                    break
