"""The world's faults, told by the database's codes, as sentences: what happened, to which store, what to do.

SQLite says them as (extended) result codes, PostgreSQL as SQLSTATE. What is in neither table is our bug and passes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy import text as sql
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, SQLAlchemyError

from mentor_app.core.errors import PasswordNeeded, StoreFault, UserError, reason_of
from mentor_app.core.store.guard import OVERWRITTEN
from mentor_app.core.store.schema import HEAD
from mentor_app.core.text import N_

APPLICATION_ID = 0x4D454E54
"""The mark of our files, "MENT": tells them from other programs' SQLite files."""

NOT_OURS = N_("{store} is not a mentor-app store. Nothing in it was touched.")
PERHAPS_OURS = N_(
    "{store} does not begin as a mentor-app store does, but has the name and size of one: it may be one that was damaged. Nothing in it "
    "was touched. Restore a backup of it, or open another store."
)
NO_MORE_OURS = N_(
    "{store} is not a mentor-app store any more: it is damaged, or another program wrote over it. Backups of it lie beside it in "
    "{folder}. Restore the last one of them (backups, restore)."
)
NEWER = N_("{store} was written by a newer version of the app. Install that version.")
NO_VERSION = N_("{store} does not say which version of the app wrote it. Restore a backup copy of it.")
DISAGREES = N_(
    "{store} says that it was written by another version of the app than what is in it: another program changed it. Nothing "
    "in it was touched. Restore a backup."
)
FOLDER = N_("{store} is a folder. Give the name of a store file in it.")
NO_USER = N_("{store} begins with a user this computer does not know. Choose another place.")
NO_FILE = N_("{store} is not a file that can hold a store. Choose another place with --store.")
UNREADABLE = N_("{store} can't be read: {reason}. Change its permissions or choose another store.")
NOT_CREATED = N_("{store} can't be created: {reason}. Choose another place with --store.")
NO_FOLDER = N_("{store} can't be opened: there is no folder {folder}. Make that folder, or choose another place.")
BEGUN = N_("{store} was not there: a new, empty store was begun.")
READ_ONLY = N_("{store} can't be written to. Change its permissions or choose another store.")
ONLY_READ = N_("{store} can only be read here: nothing was changed. Change its permissions, or work in a copy of it.")
FULL_READ = N_(
    "The disk of {store} is full: it can be read, and nothing can be changed. Free some space, then open it again."
)
IS_BACKUP = N_(
    "{store} is a backup: it can be looked at, and nothing is changed in it. To go on from it, restore it (backups, restore)."
)
OLD_READ_ONLY = N_(
    "{store} was written by an older version of the app and can't be brought up to date, for it can only be read. Copy it "
    "to a folder you may write to, and open the copy."
)
LOG_NOT_READ = N_(
    "{store} can't be read in a folder that can only be read: its last changes are still in {log} beside it. Copy both to a folder "
    "you may write to, and open the copy."
)
MISSING = N_("{store} is not there (any more). Bring it back, restore a backup, or begin a new store.")
LOST_LINK = N_("{store} is a link to {target}, where nothing is. Bring that back, or open the store at its new place.")
EMPTY = N_("{store} is empty (0 bytes): what was in it is lost. Restore a backup, or begin a new store in its place.")
LOG_BESIDE = N_(
    "{store} was put in its place, or touched by another program, after the changes in {log} beside it were made (actions: {more}). "
    "Without them: {alone} With them: {both} Say which it is to be (check --log). Nothing was touched."
)
LOG_OF_ANOTHER = N_(
    "Beside {store} lies {log} with changes of another file, which would spoil it. Copy {store} alone to a folder you may write to, "
    "and open the copy."
)
OPEN_AS_ANOTHER = N_(
    "Another file was put in the place of {store} while a window or command has the one before open. Close that first, then open it "
    "again. Nothing was changed."
)
OPEN_ELSEWHERE = N_("{store} is open in a window or command. Close that first. Nothing was changed.")
NOT_WITHOUT = N_("{store} is not whole without {log} beside it: both belong together. Nothing was changed.")
NO_ADDRESS = N_("{store} is not a store address. Give a file or postgresql+psycopg://…")
BY_THE_SERVER = N_(
    "A store on a server is backed up and restored there, with pg_dump and pg_restore: see the page of help about your data."
)
NO_DRIVER = N_("PostgreSQL needs the driver: install mentor-app[shared].")

LOCKED = N_("{store} is in use by another program. Close it there and try again.")
DAMAGED = N_("{store} is damaged. Restore a backup copy of it.")
NOT_WRITTEN = N_(
    "{store} is damaged: what can still be read is shown, and nothing more is written to it. Restore a backup."
)
LACKS = N_(
    "{store} lacks {part}, which another program has taken away: what is there is shown, and nothing more is written to it. Check "
    "the store (check), which names all that is missing, and restore a backup."
)
VALUE_UNREADABLE = N_(
    "Row {row} of {table} in {store} holds something unreadable in {column}. Check the store (check), which names every such row, "
    "or restore a backup."
)
WORDS_UNREADABLE = N_(
    "Something in {store} can't be read any more; it begins with “{words}”. Check the store (check), which names the row, or "
    "restore a backup."
)
PART_GONE = N_(
    "{part} is missing from {store}: another program has taken it away. Check the store (check), which names all that is missing, or "
    "restore a backup."
)
FULL = N_("The disk is full; nothing was changed in {store}. Free some space.")
DISK = N_("The disk of {store} can't be read or written. Check the disk or network drive, then try again.")
CANT_OPEN = N_("{store} can't be opened. Check that its folder is there and that you may use it.")
MOVED = N_("{store} was moved or replaced while it was open. Put it back, or open the store at its new place.")

NO_HOST = N_("There is no server {host}. Check the address and your network; the store is {store}.")
REFUSED = N_("No database server runs on {host} at port {port}. Start it there or check the address of {store}.")
SILENT = N_("The server of {store} does not answer. Check your network, then try again.")
SILENT_WRITING = N_(
    "The server of {store} does not answer; nothing was stored. Check your network; try again once it answers."
)
IN_DOUBT = N_(
    "The server of {store} did not confirm that it stored this: whether it did is not known yet. That is looked up as soon as it "
    "answers, and said here. Look at it before you save it again."
)
LOGIN = N_("The server of {store} refuses the login; check name and password. It says: {reason}")
PASSWORD = N_("The server of {store} asks for a password. Keep one with the verb `password`, or write it to ~/.pgpass.")
WRONG_PASSWORD = N_(
    "The server of {store} says that the password kept for it is wrong. Keep the right one with the verb `password`."
)
NO_NAME = N_("{store} names no database. Add its name to the address, as in postgresql+psycopg://server/team.")
NO_DATABASE = N_("The server has no database {name}. Create it or check the address {store}.")
NO_GRANT = N_(
    "The account of {store} lacks a right on the server. Ask whoever runs it to grant it: the page of help about your data has "
    "the lines for that. The server says: {reason}"
)
TOO_MANY = N_("The server of {store} has no connection free. Try again in a moment.")
STARTING = N_("The server of {store} is starting up or shutting down. Try again in a moment.")
NOT_LET_IN = N_("The server of {store} does not let this app in: {reason}")
SERVER_READ_ONLY = N_("The server of {store} can only be read at present. Ask whoever runs it, or try again later.")
WAITED = N_("Somebody else has been writing to {store} for long; nothing was changed. Try again in a moment.")
TOO_LONG = N_("The server of {store} stopped the work because it took too long; nothing was changed. Try again later.")
WAITED_READING = N_("Somebody else holds what is to be read in {store}. Try again in a moment.")
TOO_LONG_READING = N_("The server of {store} stopped reading because it took too long. Try again later.")
READING = {WAITED: WAITED_READING, TOO_LONG: TOO_LONG_READING}
"""What is said instead where nothing was to be changed."""
NO_VERSION_THERE = N_(
    "{store} does not say which version of the app wrote it. Have a backup of the server brought back with pg_restore: see the "
    "page of help about your data."
)
DISAGREES_THERE = N_(
    "{store} says that it was written by another version of the app than what is in it: another program changed it. Nothing "
    "in it was touched. Have a backup of the server brought back with pg_restore: see the page of help about your data."
)
THERE = {NO_VERSION: NO_VERSION_THERE, DISAGREES: DISAGREES_THERE}
"""What is said instead of a store on a server, which is not restored here."""
ENDED = N_("The connection to the server of {store} has ended. What was not finished was not kept: try again.")
CONFLICT = N_("Two people changed {store} at the same moment; the second change was not kept. Try again.")
NO_TEXT = N_("There is half a character in the text, which nothing can store. Type it anew.")
ENCODING = N_(
    "The database of {store} keeps text as {encoding}, not as UTF8, and can't hold a store. Make a new one there with "
    "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8', and give its address."
)
SERVER_FULL = N_("The server of {store} has run out of disk or memory; nothing was changed. Tell whoever runs it.")
SERVER_DISK = N_("The disk of the server of {store} can't be read or written. Tell whoever runs it.")

AWAY = frozenset({NO_HOST, REFUSED, SILENT, SILENT_WRITING, STARTING, TOO_MANY, ENDED})
"""A server of which this was said comes back."""
LOST = frozenset({DAMAGED, NO_VERSION, DISAGREES, EMPTY, MISSING, NO_MORE_OURS, PERHAPS_OURS, OVERWRITTEN})
"""After these a backup may take its place."""

OF_A_PART = frozenset({VALUE_UNREADABLE, WORDS_UNREADABLE, PART_GONE, LACKS})
"""After these all that does not ask for the one row, or the one table, goes on."""

_SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_PROTOCOL: LOCKED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FORMAT: DAMAGED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: DISK,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: CANT_OPEN,
    sqlite3.SQLITE_READONLY_DBMOVED: MOVED,
}
"""By result code; an extended code is looked up before its primary one (the lower eight bits)."""

_SQLSTATE = {
    "08": ENDED,
    "28": LOGIN,
    "40": CONFLICT,
    "53": SERVER_FULL,
    "57P": ENDED,
    "3D000": NO_DATABASE,
    "3F000": NO_GRANT,
    "42501": NO_GRANT,
    "53300": TOO_MANY,
    "57P03": STARTING,
    "25006": SERVER_READ_ONLY,
    "55P03": WAITED,
    "57014": TOO_LONG,
    "25P03": ENDED,
    "25P04": ENDED,
    "58030": SERVER_DISK,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""By SQLSTATE, its first three characters, or its class (the first two); the longest that fits counts."""

_NO_SUCH = {"42P01", "42703"}  # no such table, no such column
_NEARLY_FULL = 1 << 20  # bytes: less than a page of the log and its index need


@contextmanager
def explained(location: str, engine: Engine) -> Iterator[None]:
    """Raise the database's complaints about the world as UserError; our bugs pass, without the rows they are about."""
    try:
        yield
    except StoreFault as told:
        if engine.dialect.name == "postgresql" and told.message.key in THERE:
            raise StoreFault(THERE[told.message.key], store=location) from told
        raise
    except UnicodeEncodeError as error:
        raise UserError(NO_TEXT) from error
    except (DBAPIError, NoSuchTableError, engine.dialect.loaded_dbapi.Error) as error:
        fault = explain(error, location, engine)
        if fault is not None:
            raise fault from error
        _leave_rows_out(error)
        raise
    except UnicodeDecodeError as error:
        if engine.dialect.name == "sqlite" and _by_driver(error):
            raise StoreFault(DAMAGED, store=location) from error
        raise
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        fault = _unreadable(error, location, engine)
        if fault is not None:
            raise fault from error
        raise


def _unreadable(error: Exception, location: str, engine: Engine) -> StoreFault | None:
    """What is missing or can't be read, where that is what made our code fail: any program may have written any value into a
    file, and words of ours that are no JSON are nobody's input. None where all is there and can be read: then it is our bug."""
    from mentor_app.core.store.raw import first_unreadable

    if isinstance(error, json.JSONDecodeError):
        return StoreFault(WORDS_UNREADABLE, store=location, words=_one_line(error.doc[:40]))
    if engine.dialect.name != "sqlite":
        return None
    try:
        with engine.connect() as connection:
            gone = _part_gone(connection, location)
            found = first_unreadable(connection) if gone is None else None
    except (SQLAlchemyError, sqlite3.Error):
        return None
    if found is None:
        return gone
    table, row, column = found
    return StoreFault(VALUE_UNREADABLE, store=location, table=table, row="–" if row is None else row, column=column)


def _by_driver(error: Exception) -> bool:
    """Whether it was raised by what stands below us: SQLite quotes in its complaint what it could not read."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    return where.startswith(("sqlalchemy.", "mentor_app.core.store"))


def explain(error: Exception, location: str, engine: Engine) -> UserError | None:
    """The sentence for a database error; None where it is our bug. ``location`` is the store as it is shown."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, NoSuchTableError):
        return _newer_meanwhile(location, engine)
    if getattr(driver, "silent", False):
        return StoreFault(SILENT, store=location)
    if isinstance(driver, sqlite3.Error):
        return _of_file(driver, location, engine)
    return _of_server(driver, location, engine)


def _of_file(error: sqlite3.Error, location: str, engine: Engine) -> UserError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # raised by the driver itself: what is stored is not text
        return StoreFault(DAMAGED, store=location) if isinstance(error, sqlite3.OperationalError) else None
    if code & 0xFF == sqlite3.SQLITE_ERROR:
        return _newer_meanwhile(location, engine)
    return of_code(code, location)


def of_code(code: int, location: str) -> UserError | None:
    """The sentence for one of SQLite's result codes; None where it is our bug."""
    sentence = _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
    if sentence == DISK and nearly_full(location):
        sentence = FULL
    if sentence == CANT_OPEN and Path(location).is_dir():
        sentence = FOLDER
    if sentence == CANT_OPEN and _keeps_its_log(Path(os.path.realpath(location))):
        return StoreFault(LOG_NOT_READ, store=location, log=f"{Path(location).name}-wal")
    return None if sentence is None else StoreFault(sentence, store=location)


def _keeps_its_log(path: Path) -> bool:
    """Whether something is in the log of a store whose folder takes no file: SQLite makes one there to read the log."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0 and not os.access(path.parent, os.W_OK)


def nearly_full(location: str) -> bool:
    """Whether the disk a store's file lies on has no room for what SQLite writes beside it."""
    try:
        return shutil.disk_usage(Path(location).parent).free < _NEARLY_FULL
    except OSError:
        return False


def _of_server(error: Any, location: str, engine: Engine) -> UserError | None:
    code: str | None = error.sqlstate
    if code in _NO_SUCH:
        return _newer_meanwhile(location, engine)
    if code is None and isinstance(error, engine.dialect.loaded_dbapi.OperationalError):
        return _no_connection(error, location, engine)
    return None if code is None else _by_sqlstate(code, error, location, engine)


def _by_sqlstate(code: str, error: Any, location: str, engine: Engine) -> UserError | None:
    sentence = next((_SQLSTATE[code[:n]] for n in (5, 3, 2) if code[:n] in _SQLSTATE), None)
    if sentence is None:
        return None
    said = getattr(error.diag, "message_primary", None) or str(error)
    return StoreFault(sentence, store=location, name=engine.url.database, reason=_one_line(said))


def _no_connection(error: Any, location: str, engine: Engine) -> UserError:
    """Without a SQLSTATE there is no connection (any more): the server is asked again, step by step, why."""
    from mentor_app.core.store import probe

    why = probe.why(engine.url)
    host, port = probe.address(engine.url)
    if why == probe.NO_HOST:
        return StoreFault(NO_HOST, store=location, host=_one_line(host))
    if why == probe.REFUSED:
        return StoreFault(REFUSED, store=location, host=host, port=port)
    if why == probe.SILENT:
        return StoreFault(SILENT, store=location)
    if why == probe.PASSWORD:
        return PasswordNeeded(PASSWORD, store=location)
    told = _by_sqlstate(why, error, location, engine) if why else None
    if told is not None:
        return told
    if getattr(error, "pgconn", None) is None:  # it was connected
        return StoreFault(ENDED, store=location)
    return StoreFault(NOT_LET_IN, store=location, reason=_one_line(str(error)))


def _one_line(words: str) -> str:
    """The driver's words on one line; what stands before an @ may be the end of a password with an @ in it."""
    return " ".join(re.sub(r"\S*@(?=\S)", "", words).split())


def _newer_meanwhile(location: str, engine: Engine) -> UserError | None:
    """A table or column that is not there is our bug, unless a newer version of the app has changed the schema, or another
    program has taken away what this one has."""
    try:
        with engine.connect() as connection:
            check_revision(stored_revisions(connection), HEAD, location)
            return _part_gone(connection, location)
    except UserError as fault:
        return fault
    except DBAPIError:
        return None


def _part_gone(connection: Connection, location: str) -> StoreFault | None:
    from mentor_app.core.store.raw import first_missing

    part = first_missing(connection)
    return None if part is None else StoreFault(PART_GONE, store=location, part=part)


def stored_revisions(connection: Connection) -> list[str]:
    """What the store says about its schema: one revision such as 0006; several or none where it was tampered with."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return []
    return list(connection.execute(select(sql("version_num")).select_from(sql("alembic_version"))).scalars())


def check_revision(revisions: list[str], head: str, location: str) -> None:
    """UserError where a store with tables was not written by this version of the app or an earlier one."""
    revision = revisions[0] if len(revisions) == 1 else ""
    if not re.fullmatch(r"\d{4}", revision) or revision == "0000":
        raise StoreFault(NO_VERSION, store=location)
    if revision > head:
        raise StoreFault(NEWER, store=location)


def _leave_rows_out(error: Exception) -> None:
    """PostgreSQL quotes the row it refuses in the details of its message; a report of our bug does not need it."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    primary = getattr(getattr(driver, "diag", None), "message_primary", None)
    if driver is None or primary is None:
        return
    driver.args = (primary,)
    if isinstance(error, DBAPIError):
        error.args = (f"({type(driver).__name__}) {primary}",)


@contextmanager
def address_faults(location: str) -> Iterator[None]:
    """UserError where an address can't be read or its driver is missing."""
    try:
        yield
    except ImportError:
        raise StoreFault(NO_DRIVER) from None
    except (ArgumentError, ValueError):
        raise StoreFault(NO_ADDRESS, store=location) from None


@contextmanager
def file_faults(path: Path, sentence: str = UNREADABLE) -> Iterator[None]:
    """UserError where a store's file or folder can't be reached; ``sentence`` tells it with the system's reason."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a name no file can have
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise StoreFault(sentence, store=str(path), reason=reason) from None
