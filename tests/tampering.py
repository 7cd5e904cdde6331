"""Getting behind the app's back: a store's file with its protection off, and on again afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def unprotected(place: Path | str) -> Iterator[sqlite3.Connection]:
    """The file as SQLite sees it, without the triggers that keep rows from being changed; committed at the end."""
    with closing(sqlite3.connect(place)) as raw:
        _without_waiting(raw)
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _, made in triggers:
            raw.execute(made)
        raw.commit()


def without(place: Path | str, table: str) -> None:
    """Take a table away, with the triggers and views that stand in the way."""
    with closing(sqlite3.connect(place)) as raw, raw:
        _without_waiting(raw)
        for kind, name in raw.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')"
        ).fetchall():
            raw.execute(f"DROP {kind} {name}")
        raw.execute(f"DROP TABLE {table}")


def _without_waiting(raw: sqlite3.Connection) -> None:
    """Each of a hundred statements would wait for the disk."""
    raw.execute("PRAGMA synchronous = OFF")
