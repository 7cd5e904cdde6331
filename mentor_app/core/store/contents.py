"""What a store holds, told of any store's file of any revision: how much of what, and who wrote last."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass

from mentor_app.core.text import ERASED, N_, USER, Text, text

COUNTED = {
    "person": N_("People"),
    "opportunity": N_("Opportunities"),
    "activity": N_("Logbook entries"),
    "pairing": N_("Pairings"),
    "playbook": N_("Playbooks"),
    "point_entry": N_("Entries of the points ledger"),
}
"""The tables whose rows are counted, and what their rows are called; what a revision does not have counts 0. Of people those
are counted that are listed."""
STANDING = "person.id NOT IN (SELECT merger.person_id FROM merger)"
"""Of people, in SQL: not a record that was merged into another of the same person."""
_FILES = "playbook_attachment"
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Contents:
    """How many rows of each table of ``COUNTED``; the last change: its number, when (UTC; None: unknown) and by whom it was made;
    what tells this store from any other (when its first change was made); the schema's revision; the first few people's names."""

    counts: dict[str, int]
    last_id: int
    last_at: dt.datetime | None
    last_by: str
    beginning: str | None
    revision: str
    names: tuple[str, ...]


def contents(connection: sqlite3.Connection) -> Contents:
    """What the store open as ``connection`` holds."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    listed = {"person": f" WHERE {STANDING}"} if "merger" in tables else {}
    counts = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"{listed.get(name, "")}').fetchone()[0]
        if name in tables
        else 0
        for name in COUNTED
    }
    last = first = None
    if "change_set" in tables:
        person = "(SELECT name FROM person WHERE id = s.actor_id)" if "person" in tables else "NULL"
        query = (
            f"SELECT s.id, s.at, coalesce({person}, '{USER}' || s.actor_name || '{USER}', '') FROM change_set s "
            "ORDER BY s.id DESC LIMIT 1"
        )
        last = connection.execute(query).fetchone()
        first = connection.execute("SELECT at FROM change_set ORDER BY id LIMIT 1").fetchone()
    versions = "SELECT version_num FROM alembic_version"
    revision = connection.execute(versions).fetchone() if "alembic_version" in tables else None
    return Contents(
        counts=counts,
        last_id=last[0] if last else 0,
        last_at=instant(last[1]) if last else None,
        last_by=last[2] if last else "",
        beginning=_beginning(first[0]) if first else None,
        revision=revision[0] if revision else "",
        names=_names(connection) if "person" in tables else (),
    )


def last_change(held: Contents) -> Text:
    """When and by whom something was written last."""
    if held.last_at is None:
        return text("When it was changed last can't be read.") if held.last_id else text("Nothing was written yet.")
    when = f"{held.last_at.astimezone():%Y-%m-%d %H:%M}"
    if not held.last_by:
        return text("Last changed on {when}.", when=when)
    return text("Last changed on {when} by {who}.", when=when, who=held.last_by)


def instant(stored: object) -> dt.datetime | None:
    """When something was, as a store's file of any revision says it; None where that can't be read."""
    try:
        return dt.datetime.fromisoformat(str(stored)).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _beginning(stored: object) -> str:
    at = instant(stored)
    return str(stored) if at is None else str(at.replace(tzinfo=None))


def _names(connection: sqlite3.Connection) -> tuple[str, ...]:
    query = "SELECT name FROM person WHERE name NOT LIKE ? ORDER BY id LIMIT ?"
    return tuple(str(name) for (name,) in connection.execute(query, (f"{ERASED}%", _NAMED)))


def file_hashes(connection: sqlite3.Connection) -> list[str]:
    """The hashes of the attachments that the store refers to; what was erased on request it refers to no more."""
    has = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (_FILES,)).fetchone()
    if has is None:
        return []
    there = f"SELECT DISTINCT sha256 FROM {_FILES} WHERE removed = 0 OR name <> ? ORDER BY sha256"
    return [sha256 for (sha256,) in connection.execute(there, (ERASED,))]
