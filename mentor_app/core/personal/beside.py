"""Erasing and removing what lies beside the store: old pages of its file, attachments, drafts on this computer; and which
backups still hold somebody."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from mentor_app.core import drafts
from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.location import is_server, same_for_all
from mentor_app.core.people.tables import erasure
from mentor_app.core.personal.actions import Erased, erase, files_of
from mentor_app.core.personal.texts import Replacing, records_of, theirs
from mentor_app.core.store import Actor, Done, Store, attachments, backup
from mentor_app.core.store.keeping import tidy
from mentor_app.core.store.kept import folder_of, listed, set_aside_before
from mentor_app.core.store.passing import leftovers
from mentor_app.core.text import ERASED, text


def erase_everywhere(
    store: Store,
    actor: Actor,
    person_id: int,
    folder: Path | None = None,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
    also: Sequence[str] = (),
) -> Done[Erased]:
    """Erase somebody, and words that ``also`` mean them, in the store and its history, in the file's old pages, in attachments and
    in the drafts on this computer (in ``folder``, else where they usually lie). Said again of somebody erased, it ends what was
    left over.
    """
    done = store.act(actor, erase, person_id, progress, also)
    attached = attachments.folder_of(store.location)
    for sha256 in done.result.files:
        attachments.remove(attached, sha256)
    _erase_drafts(folder or drafts.folder(), store.location, done.result)
    try:
        store.scrub()
    except StoreFault:
        raise UserError(
            "The words are erased, but the file could not be written anew without its old pages: the disk is full, or "
            "another program holds it. Mend that, and erase this person once more, who is now called {name}.",
            name=text("Erased person {n}", n=done.result.person_id),
        ) from None
    tidy(store)
    return done


def drafts_of(location: str, person_id: int, folder: Path | None = None) -> list[Path]:
    """The files with what somebody typed on this computer and has not finished."""
    home = drafts.of_owner(folder or drafts.folder(), _place(location), drafts.owner_of(person_id))
    with suppress(OSError):
        return sorted(home.glob("*.json"))
    return []


def hand_over_drafts(location: str, person_id: int, into_id: int, folder: Path | None = None) -> None:
    """What somebody typed on this computer and has not finished belongs to the record theirs was merged with."""
    homes = [
        drafts.of_owner(folder or drafts.folder(), _place(location), drafts.owner_of(one))
        for one in (person_id, into_id)
    ]
    drafts.hand_over(*homes)


def _place(location: str) -> bytes:
    return same_for_all(location).encode("utf-8", "surrogatepass")


def _erase_drafts(folder: Path, location: str, erased: Erased) -> None:
    """Their own drafts go, and those about their record; in others their name is replaced."""
    for person_id in erased.of.ids:
        for path in drafts_of(location, person_id, folder):
            with suppress(OSError):
                path.unlink()
    replacing = Replacing(erased.person_id, erased.of)
    for person_id in erased.of.ids:
        drafts.erase(_all_drafts(folder, location), person_id, replacing.in_field)


def _all_drafts(folder: Path, location: str) -> list[Path]:
    with suppress(OSError):
        return list(drafts.of_store(folder, _place(location)).glob("*/*.json"))
    return []


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A backup that still holds somebody: its file, and when it was made (UTC)."""

    path: Path
    at: dt.datetime


def backups_with(store: Store, person_id: int, also: Sequence[str] = ()) -> list[Kept]:
    """The app's backups of a store file in which somebody still stands by name, or in words erased later, the newest first; so does
    what was set aside when a backup took its place, and what a killed program left. All of them where words are to go ``also``.
    With them the attachments of theirs that are kept for backups, which go by themselves with the last backup that has them."""
    if is_server(store.location):
        return []
    with store.read() as connection:
        ids = records_of(connection, person_id)
        hashes = files_of(connection, theirs(connection, person_id))
        erasures = set(connection.execute(select(erasure.c.id).where(erasure.c.person_id.in_(ids))).scalars())
    folder = folder_of(store.location)
    found = [Kept(path=one.path, at=one.at) for one in listed(store.location)]
    found += _dated([*set_aside_before(store.location), *leftovers(folder)])
    is_said = any(map(str.strip, also))
    holding = [one for one in found if is_said or _holds(one.path, ids, erasures)]
    attached = [attachments.place_of(folder / "files", one) for one in hashes]
    holding += _dated(one for one in attached if one.is_file())
    return sorted(holding, key=lambda one: one.at, reverse=True)


def _dated(paths: Iterable[Path]) -> Iterator[Kept]:
    for path in paths:
        with suppress(OSError):
            yield Kept(path=path, at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC))


def _holds(path: Path, ids: Collection[int], erasures: Collection[int]) -> bool:
    """Whether one of these records stands in a backup by name, or in its history, or one of their erasures came later; also where it
    can't be told."""
    try:
        with backup.reading(path) as held:
            if any(_named(held, one) for one in ids):
                return True
            known = {number for (number,) in held.execute("SELECT id FROM erasure")}
            return not known.issuperset(erasures)
    except (UserError, sqlite3.Error):
        return True


def _named(held: sqlite3.Connection, person_id: int) -> bool:
    row = held.execute("SELECT name FROM person WHERE id = ?", (person_id,)).fetchone()
    if row is not None:
        return not str(row[0]).startswith(ERASED)
    removed = "SELECT before FROM change WHERE table_name = 'person' AND row_id = ? AND operation = 'delete'"
    return any(f'"name":"{ERASED}' not in str(before) for (before,) in held.execute(removed, (person_id,)))
