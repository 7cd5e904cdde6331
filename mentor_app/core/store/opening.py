"""Opening a store: what lies at its place is looked at before it is connected to, and brought to this app's schema."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.store import faults, stray_log
from mentor_app.core.store.guard import is_open, readable_uri
from mentor_app.core.store.kept import is_kept
from mentor_app.core.store.schema import COLUMNS, HEAD, columns_of, metadata, shape
from mentor_app.core.text import N_, Text, text

NETWORK = N_(
    "{store} lies on a network drive ({system}), where two computers at once can damage it. Keep it on this computer, or "
    "share it through a database server."
)
NOT_UPDATED = N_(
    "{store} has to be brought up to date for this version of the app, but could not be backed up before. {reason}"
)
SHAPE = N_(
    "{store} lacks parts that the app made, or has others: another program changed it. Check it, or restore a backup."
)
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "ceph", "glusterfs", "fuse.sshfs", "fuse.davfs",
            "fuse.rclone", "fuse.glusterfs", "fuse.gvfsd-fuse", "davfs", "vboxsf"}  # fmt: skip
_MOUNTS = Path("/proc/self/mountinfo")
_THERE_ALREADY = {"42P07", "42701", "42710"}  # a table, column or other thing that a migration makes
_PAGE = 4096  # bytes
_MAKING = 3.0  # seconds that making a store takes at most, up to its first page


def file_of(place: str) -> Path:
    """The file that a store's location means. UserError where it begins with a user this computer does not know."""
    try:
        return Path(place).expanduser()
    except RuntimeError:
        raise StoreFault(faults.NO_USER, store=place) from None


@dataclass(frozen=True)
class Opened:
    """A store's file as it was found: its engine; whether it can only be read; what whoever works in it should know;
    whether it was made just now."""

    engine: Engine
    read_only: bool
    remarks: tuple[Text, ...]
    begun: bool = False


def open_file(path: Path, create: bool, anew: bool) -> Opened:
    """Look at a store's file, then connect to it; made where there is none and none was (``create``), or where somebody says
    that a new one is to begin in the place of one that is gone or empty (``anew``).

    StoreFault where it is no store, is lost, or can't be reached.
    """
    _check_place(path)
    if anew and (not path.exists() or not path.stat().st_size):
        from mentor_app.core.store.backup import set_aside

        set_aside(path, dt.datetime.now(dt.UTC))
    elif not path.exists() and (not create or (was_there(path) and not path.exists())):  # one may just be being made
        raise StoreFault(faults.MISSING, store=str(path))
    with faults.file_faults(path, faults.NOT_CREATED):
        made = not path.exists()
        if made:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    read_only, stray = not _may_be_written(path), None
    if not made and not is_open(path):
        _check_start(path)
        with faults.file_faults(path):
            stray = stray_log.look(path, not read_only, dt.datetime.now(dt.UTC))
    if read_only and is_kept(path):
        return Opened(_reading_engine(path), True, (text(faults.IS_BACKUP, store=str(path)),), made)
    remarks = (text(NETWORK, store=str(path), system=system),) if (system := network_system(path)) else ()
    remarks = (*remarks, stray) if stray is not None else remarks
    if not (made or read_only) and _has_no_room(path):
        read_only, remarks = True, (*remarks, text(faults.FULL_READ, store=str(path)))
    return Opened(_reading_engine(path) if read_only else sqlite_engine(path), read_only, remarks, made)


def can_be_written(path: Path) -> bool:
    """Whether a store's file could be opened to be written to."""
    return _may_be_written(path) and not faults.nearly_full(str(path))


def _may_be_written(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and not is_kept(path)


def check_folder(path: Path) -> None:
    """StoreFault where the folder of a store that somebody named is not there: it is mostly a slip of the pen, or a drive that is
    not connected."""
    with faults.file_faults(path):
        if not path.parent.exists():
            raise StoreFault(faults.NO_FOLDER, store=str(path), folder=str(path.parent))


def _has_no_room(path: Path) -> bool:
    """Whether not even what SQLite keeps beside a file while it is read finds room on the disk. Where the log holds something it
    is False: that belongs to the store and can't be read without, so nothing is."""
    log = path.with_name(path.name + "-wal")
    if not faults.nearly_full(str(path)) or (log.exists() and log.stat().st_size):
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as look:
            look.execute("PRAGMA journal_mode=WAL")
            look.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
    except sqlite3.DatabaseError:  # damaged, which is said elsewhere
        return False
    return False


def sqlite_engine(path: Path, journal: str = "WAL") -> Engine:
    """An engine that reads and writes a store's file."""
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True, connect_args={"timeout": 5})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transaction handling would leave half a migration behind; BEGIN is emitted below instead.
        connection.isolation_level = None
        # SQLite would move its log into the file within COMMIT: the store does, once it has looked whether the file is still its own.
        own = "wal_autocheckpoint=0"
        for pragma in ("foreign_keys=ON", f"journal_mode={journal}", "synchronous=FULL", "cache_size=-65536", own):
            connection.execute(f"PRAGMA {pragma}")

    _begin_ourselves(engine)
    return engine


def _reading_engine(path: Path) -> Engine:
    """An engine that only reads: in a folder where no log can be made, or of a file that may not be written to."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(readable_uri(path), uri=True, timeout=5, check_same_thread=False, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
    _begin_ourselves(engine)
    return engine


def _begin_ourselves(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_place(path: Path) -> None:
    with faults.file_faults(path):
        if path.is_symlink() and not path.exists():
            raise StoreFault(faults.LOST_LINK, store=str(path), target=str(path.parent / os.readlink(path)))
        if path.is_dir():
            raise StoreFault(faults.FOLDER, store=str(path))
        if path.exists() and not path.is_file():
            raise StoreFault(faults.NO_FILE, store=str(path))


def was_there(path: Path) -> bool:
    """Whether a store lay here before: what SQLite kept beside it, its backups, or its attachments still do."""
    from mentor_app.core.store import attachments
    from mentor_app.core.store.kept import listed
    from mentor_app.core.store.passing import BESIDE

    if any(os.path.lexists(path.with_name(path.name + end)) for end in BESIDE) or listed(str(path)):
        return True
    with contextlib.suppress(OSError, ValueError):  # ValueError: a name no system has
        return bool(os.listdir(attachments.folder_of(str(path))))
    return False


def _check_start(path: Path) -> None:
    """Looked at before connecting, for connecting would already switch a foreign file to our journal mode."""
    with faults.file_faults(path):
        _wait_for_first_page(path)
        with path.open("rb") as file:
            start = file.read(100)
        if not start:
            raise StoreFault(faults.EMPTY, store=str(path))
        # A store killed right after its creation has its first page only, the rest in the log beside it.
        application = int.from_bytes(start[68:72], "big")
        fresh = application == 0 and (path.stat().st_size <= 4096 or path.with_name(path.name + "-wal").exists())
    is_database = start[:16] == b"SQLite format 3\0"
    if not is_database or not (application == faults.APPLICATION_ID or fresh):
        raise _not_ours(path, is_database)


def _not_ours(path: Path, is_database: bool) -> StoreFault:
    """What is said of a file without the mark of a store; one that is no database, but could be the pages of one, may have been ours."""
    from mentor_app.core.store.kept import folder_of, listed

    if listed(str(path)):
        return StoreFault(faults.NO_MORE_OURS, store=str(path), folder=folder_of(str(path)).name)
    if not is_database and path.suffix == ".sqlite" and path.stat().st_size % _PAGE == 0:
        return StoreFault(faults.PERHAPS_OURS, store=str(path))
    return StoreFault(faults.NOT_OURS, store=str(path))


def _wait_for_first_page(path: Path) -> None:
    """Another program may be making the store at this very moment."""
    until = time.monotonic() + _MAKING
    while not path.stat().st_size and time.time() - path.stat().st_mtime < _MAKING and time.monotonic() < until:
        time.sleep(0.05)


def network_system(path: Path) -> str:
    """The file system of a network drive that the path lies on, such as nfs; empty where it is none, or that can't be told."""
    if sys.platform == "win32":
        return _windows_network(path)
    with contextlib.suppress(OSError, ValueError):
        whole, best, system = str(path.resolve()), "", ""
        for line in _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            before, _, after = line.partition(" - ")
            place = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), before.split()[4])
            if (whole == place or whole.startswith(place.rstrip("/") + "/")) and len(place) >= len(best):
                best, system = place, after.split()[0]
        return system if system in _NETWORK else ""
    return ""


def _windows_network(path: Path) -> str:
    import ctypes

    drive = path.absolute().drive
    if drive.startswith("\\\\"):
        return "SMB"
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  # not there elsewhere
    return "SMB" if kernel.GetDriveTypeW(f"{drive}\\") == 4 else ""


def prepare(engine: Engine, shown: str, backed_up: bool = True, read_only: bool = False) -> tuple[Text, ...]:
    """Bring the schema to HEAD; refuse what is not ours or is newer than we are. What seems amiss is returned.

    Before the schema of a file is changed the file is backed up, unless ``backed_up`` is False.
    """
    with engine.connect() as connection:
        tables = set(engine.dialect.get_table_names(connection))
        if tables or read_only:
            if not _is_ours(connection, tables):
                raise StoreFault(faults.NOT_OURS, store=shown)
            revisions = faults.stored_revisions(connection)
            faults.check_revision(revisions, HEAD, shown)
            if revisions == [HEAD]:
                return _amiss(connection, tables, shown)
            if _disagrees(connection, revisions[0]):
                raise StoreFault(faults.DISAGREES, store=shown)
            if read_only:
                raise StoreFault(faults.OLD_READ_ONLY, store=shown)
        elif engine.dialect.name == "sqlite" and _is_ours(connection, tables):
            raise StoreFault(faults.DAMAGED, store=shown)  # the mark came with the tables
    if tables and backed_up and engine.dialect.name == "sqlite":
        _back_up(engine, shown)
    from mentor_app.core.store.migrate import upgrade

    try:
        upgrade(engine, faults.APPLICATION_ID)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _THERE_ALREADY:
            raise StoreFault(faults.DISAGREES, store=shown) from error
        raise
    return ()


def _disagrees(connection: Connection, revision: str) -> bool:
    """Whether a file names an earlier revision than that of what is in it; looked at before a backup is made of it."""
    if connection.dialect.name != "sqlite":
        return False
    from mentor_app.core.store import blueprint

    return revision not in blueprint.revisions() or blueprint.is_later(connection, revision)


def _amiss(connection: Connection, tables: set[str], shown: str) -> tuple[Text, ...]:
    """What can be told of a file at little cost: its last change can be read, and nothing of the schema is missing. All of
    it is read by ``check`` only."""
    if connection.dialect.name != "sqlite":
        return ()
    run = connection.exec_driver_sql
    if {"change_set", "change"} <= tables:
        run(
            "SELECT s.*, c.* FROM change_set s LEFT JOIN change c ON c.change_set_id = s.id ORDER BY s.id DESC LIMIT 1"
        ).all()
    if not run("PRAGMA user_version").scalar():  # brought to this revision before its shape was written down
        return ()
    if has_its_shape(connection):
        if not metadata.tables.keys() <= tables:  # nothing is lacking of an earlier one
            raise StoreFault(faults.DISAGREES, store=shown)
        return ()
    return (text(SHAPE, store=shown),)


def has_its_shape(connection: Connection) -> bool:
    """Whether nothing of the schema of a file is missing or another, as far as that was written down."""
    return bool(connection.exec_driver_sql("PRAGMA user_version").scalar() == shape(connection))


def lost_part(connection: Connection) -> str | None:
    """The first table, or column as ``table.column``, that a store's file lacks and that holds what people entered; None where
    all are there. What is computed from the rest can be made again."""
    if connection.dialect.name != "sqlite" or columns_of(connection) == COLUMNS:
        return None
    from mentor_app.core.store import blueprint, derived

    wanted, held = blueprint.wanted(connection) or {}, blueprint.held(connection)
    lost = [part for key, part in wanted.items() if key not in held and part.table not in derived.ALL]
    for kind in ("table", "column"):
        for part in lost:
            if part.kind == kind:
                return part.name
    return None


def _back_up(engine: Engine, shown: str) -> None:
    from mentor_app.core.store.backup import keep
    from mentor_app.core.store.kept import Reason

    pooled = engine.raw_connection()
    try:
        driver = pooled.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        keep(driver, shown, Reason.UPDATE, dt.datetime.now(dt.UTC))
    except StoreFault:
        raise
    except UserError as error:
        raise StoreFault(NOT_UPDATED, store=shown, reason=error.message) from error
    finally:
        pooled.close()


def _is_ours(connection: Connection, tables: set[str]) -> bool:
    """Whether a database that holds something holds a store: a file by its mark, a server's by its oldest tables."""
    if connection.dialect.name == "sqlite":
        return connection.execute(sql("PRAGMA application_id")).scalar() == faults.APPLICATION_ID
    return {"person", "change_set", "change"} <= tables
