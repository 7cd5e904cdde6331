"""Whether a backup is a state that the store was in, and tells the same past: by the seals of both, and, where personal data
was erased since, change by change."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import Any, TypeAlias

from mentor_app.core.store.contents import Contents, instant
from mentor_app.core.store.history import change_seal
from mentor_app.core.store.seal import WHAT, WHO
from mentor_app.core.text import ERASED, TAKEN_BACK

_ERASED_AT = WHAT.index("erasure_id")
_Row: TypeAlias = tuple[Any, ...] | None
_Erasures: TypeAlias = tuple[set[int], set[int]]
_MARKS = (ERASED, json.dumps(ERASED)[1:-1], TAKEN_BACK)
"""What stands, also inside JSON kept as a text, where words were erased."""


def changes_since(store: sqlite3.Connection, kept: sqlite3.Connection, then: Contents) -> int | None:
    """How many actions the store has seen since the backup, which holds ``then``; None where that is no earlier state of it."""
    if then.last_id:
        at = store.execute("SELECT at FROM change_set WHERE id = ?", (then.last_id,)).fetchone()
        if at is None or then.last_at is None or instant(at[0]) != then.last_at:
            return None
        if not _same_past(store, kept, then.last_id):
            return None
    return int(store.execute("SELECT count(*) FROM change_set WHERE id > ?", (then.last_id,)).fetchone()[0])


def replaced_at(store: sqlite3.Connection, kept: sqlite3.Connection, then: Contents) -> dt.datetime | None:
    """When a backup was restored over this state of the store: the next restoring after it, where the numbers that were
    skipped then are the state's, and it and the store come from the same past."""
    run = store.execute
    if run("SELECT 1 FROM change_set WHERE id = ?", (then.last_id,)).fetchone() is not None:
        return None
    found = run(
        "SELECT id, at FROM change_set WHERE action = 'store.restore' AND id > ? ORDER BY id LIMIT 1", (then.last_id,)
    )
    row = found.fetchone()
    if row is None:
        return None
    before = run("SELECT max(id) FROM change_set WHERE id < ?", (row[0],)).fetchone()[0]
    if before is None or before > then.last_id or not _same_past(store, kept, before):
        return None
    return instant(row[1])


def _seals_of(of: sqlite3.Connection) -> dict[int, str]:
    """Change set → what seals it and all before; nothing where the revision has no seals."""
    if of.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (change_seal.name,)).fetchone() is None:
        return {}
    return dict(of.execute(f"SELECT id, hash FROM {change_seal.name}").fetchall())


def _same_past(store: sqlite3.Connection, kept: sqlite3.Connection, until: int) -> bool:
    """Whether the store and the backup tell the same history up to a change set, as far as both are sealed; what was erased
    in the one since may be told by the other still."""
    seals, held = _seals_of(kept), _seals_of(store)
    if not seals or seals.get(until) == held.get(until, seals.get(until)):
        return True
    first = min(set_id for set_id, hashed in seals.items() if held.get(set_id) != hashed)
    with suppress(sqlite3.Error, ValueError):
        return _same_but_erased(store, kept, first, until)
    return False


def _same_but_erased(store: sqlite3.Connection, kept: sqlite3.Connection, first: int, until: int) -> bool:
    """Whether both tell the same from one change set to another, but for what erasures of which only the one knows took
    out: in the store since, or in the backup where the store went back over them. An erasure seals anew all that follows, so
    the seals can't tell; each change says which one touched it."""
    known = [{tuple(row) for row in of.execute("SELECT id, person_id, at FROM erasure")} for of in (store, kept)]
    only = {row[0] for row in known[0] - known[1]}, {row[0] for row in known[1] - known[0]}
    if not any(only):
        return False
    span = (first, until)
    undoing = "SELECT id, change_set_id, undoes_id FROM undoing WHERE change_set_id BETWEEN ? AND ? ORDER BY id"
    acted = f"SELECT {', '.join(WHO)} FROM change_set WHERE id BETWEEN ? AND ? ORDER BY id"
    done = f"SELECT {', '.join(WHAT)} FROM change WHERE change_set_id BETWEEN ? AND ? ORDER BY change_set_id, id"
    return (
        all(one == other for one, other in _beside(store, kept, undoing, span))
        and all(_same_set(one, other, only) for one, other in _beside(store, kept, acted, span))
        and all(_same_change(one, other, only) for one, other in _beside(store, kept, done, span))
    )


def _beside(one: sqlite3.Connection, other: sqlite3.Connection, query: str, span: tuple[int, int]) -> Iterator[Any]:
    """The rows of both in pairs; None where one has no more."""
    return zip_longest(one.execute(query, span), other.execute(query, span))


def _same_set(one: _Row, other: _Row, only: _Erasures) -> bool:
    """Whether it is the same change set: who acted under a name may have been erased."""
    if one is None or other is None:
        return False
    at = WHO.index("actor_name")
    names = one[at], other[at]
    gone = any(
        bool(erased) and str(name).startswith(ERASED) and names[1 - side] is not None
        for side, (name, erased) in enumerate(zip(names, only, strict=True))
    )
    return one[:at] + one[at + 1 :] == other[:at] + other[at + 1 :] and (gone or names[0] == names[1])


def _same_change(one: _Row, other: _Row, only: _Erasures) -> bool:
    """Whether it is the same change, but for words where an erasure was at it of which the other side does not know."""
    if one is None or other is None or one == other:
        return one is not None and one == other
    before, after = WHAT.index("before"), WHAT.index("after")
    erased = tuple(row[_ERASED_AT] in ids for row, ids in zip((one, other), only, strict=True))
    if not any(erased) or one[:before] != other[:before]:
        return False
    sides = ([json.loads(row[side] or "null") for row in (one, other)] for side in (before, after))
    return all(_same_but_words(mine, theirs, erased) for mine, theirs in sides)


def _same_but_words(one: Any, other: Any, erased: tuple[bool, ...]) -> bool:
    """Whether two sides of a change are the same but for words that were erased in the one, and the hashes that prove them:
    those of a backup are compared with its own rows."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            name == "seals" or _same_but_words(one[name], other[name], erased) for name in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            _same_but_words(mine, theirs, erased) for mine, theirs in zip(one, other, strict=True)
        )
    return one == other or any(
        is_erased and isinstance(told, str) and _is_taken_out(left)
        for is_erased, left, told in zip(erased, (one, other), (other, one), strict=True)
    )


def _is_taken_out(left: Any) -> bool:
    return not left or (isinstance(left, str) and any(mark in left for mark in _MARKS))
