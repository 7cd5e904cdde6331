"""Which of several deals that look alike by their identity a row of a file means.

Such deals are told from each other by a number that only says how many stood before them in the file. Where one of them is
gone from the file, or stands elsewhere in it, the number would mean another deal. So a row means the deal that says the
same; then, best pair first, the one with which it shares most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline.rules import KEY_MARK, Batch
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Session, bulk

Row: TypeAlias = tuple[Any, ...]
_NUMBER = f"{KEY_MARK}#"
_TOGETHER = 5_000
_MOVING = ("stage", "status")
_MOST = 250_000
"""Pairs of rows and deals that are compared part by part; where there are more, the numbers decide."""


def settle(session: Session, batches: Sequence[Batch]) -> None:
    """Give the rows of a file that look alike the keys of the deals of the store that they mean. It is decided from all of its rows:
    what one of them says just so is no other's."""
    connection = session.connection
    numbered: dict[str, list[str]] = defaultdict(list)
    for key in _numbered(connection):
        numbered[_identity(key)].append(key)
    several = numbered.keys() | {_identity(key) for batch in batches for key in batch.key if _NUMBER in key}
    rows: dict[str, list[tuple[Batch, int]]] = defaultdict(list)
    for batch in batches if several else ():
        for at, key in enumerate(batch.key):
            if (identity := _identity(key)) in several:
                rows[identity].append((batch, at))
    if not rows:
        return
    members = {identity: [identity, *numbered.get(identity, ())] for identity in rows}
    names = list(next(iter(rows.values()))[0][0].columns)
    held = _held(connection, [key for keys in members.values() for key in keys], names)
    moving = {at for at, name in enumerate(names, 1) if name in _MOVING}
    for identity, places in rows.items():
        free = {key: held[key] for key in members[identity] if key in held}
        said = dict(enumerate(map(_said, places)))
        found = _meant([batch.key[at] for batch, at in places], said, free, moving)
        _number(identity, [n for n in said if n not in found], found, held)
        for n, key in found.items():
            batch, at = places[n]
            batch.key[at] = key


def _said(place: tuple[Batch, int]) -> Row:
    batch, at = place
    return (match_key(batch.owner[at]), *(column[at] for column in batch.columns.values()))


def _held(connection: Connection, keys: Sequence[str], names: Sequence[str]) -> dict[str, Row]:
    """Key → what the deal of the store says, its owner's name first."""
    owners = {row.id: row.match for row in connection.execute(select(crm_name.c.id, crm_name.c.match))}
    found = {}
    for at in range(0, len(keys), _TOGETHER):
        for row in bulk.find(connection, opportunity, "key", keys[at : at + _TOGETHER], ["key", "owner_id", *names]):
            found[row[0]] = (owners[row[1]], *row[2:])
    return found


def _number(identity: str, places: Sequence[int], found: dict[int, str], held: Container[str]) -> None:
    """Give the rows at these places, which mean no deal of the store, keys of their own."""
    number, taken = 1, set(found.values())
    for at in places:
        while (key := identity if number == 1 else f"{identity}{_NUMBER}{number}") in taken or key in held:
            number += 1
        found[at] = key
        taken.add(key)


class Numbers:
    """Keys for further deals of an identity, none of which the store or the file has (its keys are ``in_file``)."""

    def __init__(self, connection: Connection, in_file: Collection[str]) -> None:
        self._taken = {*_numbered(connection), *in_file}

    def next(self, key: str) -> str:
        """The next free one."""
        identity = _identity(key)
        free = next(one for n in count(2) if (one := f"{identity}{_NUMBER}{n}") not in self._taken)
        self._taken.add(free)
        return free


def _numbered(connection: Connection) -> Iterable[str]:
    column = opportunity.c.key
    return connection.execute(select(column).where(column.contains(_NUMBER))).scalars()


def _meant(
    keys: Sequence[str], said: Mapping[int, Row], free: Mapping[str, Row], moving: Container[int]
) -> dict[int, str]:
    """Place of a row → the key of the deal it means, of those that are ``free``: one that says the same, then the likest. What is
    ``moving`` as a deal goes on tells only where nothing else does."""
    found: dict[int, str] = {}
    by_value: dict[Row, list[str]] = defaultdict(list)
    for key, deal in free.items():
        by_value[deal].append(key)
    for own in (True, False):
        for at, values in said.items():
            same = by_value.get(values, [])
            if at not in found and same and (not own or keys[at] in same):
                found[at] = keys[at] if own else same[0]
                same.remove(found[at])
    left = [key for same in by_value.values() for key in same]
    open_still = [at for at in said if at not in found]
    if len(left) * len(open_still) > _MOST:
        return found | {at: keys[at] for at in open_still if keys[at] in left}

    def likeness(at: int, key: str) -> tuple[int, int]:
        same = [i for i, (one, other) in enumerate(zip(said[at], free[key], strict=True)) if one == other]
        lasting = sum(i not in moving for i in same)
        return -lasting, lasting - len(same)

    ranked = sorted((*likeness(at, key), keys[at] != key, at, key) for at in open_still for key in left)
    taken = set[str]()
    for *_, at, key in ranked:
        if at not in found and key not in taken:
            found[at] = key
            taken.add(key)
    return found


def _identity(key: str) -> str:
    return key.partition(_NUMBER)[0]
