"""What is known of a store's file being damaged: noted beside it, so that nothing more is written to what may be past reading.

The note lies among the backups. Whenever the store is opened with one, the file is looked at again: a whole copy may have
taken its place.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

_NOTE = "damaged"
_ONLY_VALUES = re.compile(r"^ok$|NULL value in|CHECK constraint|non-unique|(missing from|entries in) index")
"""Lines of SQLite's check that speak of values, which can be read and set right, not of pages."""


def is_damaged(engine: Engine) -> bool:
    """Whether pages of a file can't be read or lie in each other's way. Reads all of it."""
    try:
        with engine.connect() as connection:
            lines = [str(line) for (line,) in connection.exec_driver_sql("PRAGMA quick_check")]
    except (DBAPIError, sqlite3.Error) as error:
        code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
        return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return not all(map(_ONLY_VALUES.search, lines))


def is_noted(location: str) -> bool:
    """Whether the store's file was found to be damaged."""
    with contextlib.suppress(OSError, ValueError):
        return _note(location).exists()
    return False


def note(location: str) -> None:
    """Note that it is damaged, where that can be written."""
    with contextlib.suppress(OSError):
        _note(location).parent.mkdir(mode=0o700, exist_ok=True)
        _note(location).touch()


def forget(location: str) -> None:
    """It is whole again."""
    with contextlib.suppress(OSError, ValueError):
        _note(location).unlink()


def _note(location: str) -> Path:
    from mentor_app.core.store.kept import folder_of

    return folder_of(location) / _NOTE
