"""Whether a backup tells the same past as the store: by the seals of both, and, where personal data was erased since, change
by change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.store import backup
from mentor_app.core.store.history import change_seal
from mentor_app.core.store.seal import WHAT, WHO
from mentor_app.core.text import ERASED, TAKEN_BACK

_ERASED_AT = WHAT.index("erasure_id")
_MARKS = (ERASED, json.dumps(ERASED)[1:-1], TAKEN_BACK)
"""What stands, also inside JSON kept as a text, where words were erased."""


def seals_of(of: sqlite3.Connection) -> dict[int, str]:
    """Change set → what seals it and all before; nothing where the revision has no seals."""
    if of.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (change_seal.name,)).fetchone() is None:
        return {}
    return dict(of.execute(f"SELECT id, hash FROM {change_seal.name}").fetchall())


def same_past(store: sqlite3.Connection, path: Path, until: int, seals: Mapping[int, str]) -> bool:
    """Whether the store and the backup at ``path``, sealed with ``seals``, tell the same history up to a change set, as far
    as both are sealed; what was erased in the store since may be told by the backup still."""
    held = seals_of(store)
    if not seals or seals.get(until) == held.get(until, seals.get(until)):
        return True
    first = min(set_id for set_id, hashed in seals.items() if held.get(set_id) != hashed)
    with suppress(UserError, sqlite3.Error, ValueError), backup.reading(path) as kept:
        return _same_but_erased(store, kept, first, until)
    return False


def _same_but_erased(store: sqlite3.Connection, kept: sqlite3.Connection, first: int, until: int) -> bool:
    """Whether both tell the same from one change set to another, but for what erasures that the backup does not know of
    took out. An erasure seals anew all that follows, so the seals can't tell; each change says which one touched it."""
    last = kept.execute("SELECT coalesce(max(id), 0) FROM erasure").fetchone()[0]
    if not store.execute("SELECT 1 FROM erasure WHERE id > ?", (last,)).fetchone():
        return False
    span = (first, until)
    undoing = "SELECT id, change_set_id, undoes_id FROM undoing WHERE change_set_id BETWEEN ? AND ? ORDER BY id"
    acted = f"SELECT {', '.join(WHO)} FROM change_set WHERE id BETWEEN ? AND ? ORDER BY id"
    done = f"SELECT {', '.join(WHAT)} FROM change WHERE change_set_id BETWEEN ? AND ? ORDER BY change_set_id, id"
    return (
        all(one == other for one, other in _beside(store, kept, undoing, span))
        and all(_same_set(one, other) for one, other in _beside(store, kept, acted, span))
        and all(_same_change(one, other, last) for one, other in _beside(store, kept, done, span))
    )


def _beside(one: sqlite3.Connection, other: sqlite3.Connection, query: str, span: tuple[int, int]) -> Iterator[Any]:
    """The rows of both in pairs; None where one has no more."""
    return zip_longest(one.execute(query, span), other.execute(query, span))


def _same_set(now: tuple[Any, ...] | None, then: tuple[Any, ...] | None) -> bool:
    """Whether it is the same change set: who acted under a name may have been erased."""
    if now is None or then is None:
        return False
    at = WHO.index("actor_name")
    gone = str(now[at]).startswith(ERASED) and then[at] is not None
    return now[:at] + now[at + 1 :] == then[:at] + then[at + 1 :] and (gone or now[at] == then[at])


def _same_change(now: tuple[Any, ...] | None, then: tuple[Any, ...] | None, last: int) -> bool:
    """Whether it is the same change, but for words where an erasure after the ``last`` one that the backup knows was at it."""
    if now is None or then is None or now == then:
        return now is not None and now == then
    erased, before, after = now[_ERASED_AT], WHAT.index("before"), WHAT.index("after")
    if erased is None or erased <= last or now[:before] != then[:before]:
        return False
    return all(_same_but_words(*(json.loads(one[side] or "null") for one in (now, then))) for side in (before, after))


def _same_but_words(now: Any, then: Any) -> bool:
    """Whether two sides of a change are the same but for words that were erased in the one, and the hashes that prove them:
    those of a backup are compared with its own rows."""
    if isinstance(now, dict) and isinstance(then, dict):
        return now.keys() == then.keys() and all(
            name == "seals" or _same_but_words(now[name], then[name]) for name in now
        )
    if isinstance(now, list) and isinstance(then, list):
        return len(now) == len(then) and all(map(_same_but_words, now, then))
    if now == then or not isinstance(then, str):
        return bool(now == then)
    return not now or (isinstance(now, str) and any(mark in now for mark in _MARKS))
