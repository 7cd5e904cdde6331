"""Which of several deals that look alike by their identity a row of a file means.

Such deals are told from each other by a number that only says how many stood before them in the file. Where one of them is
gone from the file, or stands elsewhere in it, the number would mean another deal. So a row means the deal that says the
same; then, best pair first, the one with which it shares most.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias

from sqlalchemy import Connection, or_, select

from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline.other_key import DATES, in_one_spelling
from mentor_app.core.pipeline.renamed import TELLING, parts
from mentor_app.core.pipeline.rules import KEY_MARK, NUMBER_MARK, Batch
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.store import Session, bulk

Row: TypeAlias = tuple[Any, ...]
Place: TypeAlias = tuple[Batch, int]
_TOGETHER = 5_000
_Unlike: TypeAlias = tuple[int, int, bool]
_FAR = 366
"""Days between two ends of which one is not known."""
_NEAR = 15
"""Half the days between two months' deals of a customer that buys every month."""
_ENDS = TELLING.index("closed")
_MOST = 250_000
"""Pairs of rows and deals that are compared part by part; where there are more, the numbers decide."""


@dataclass
class Unsure:
    """What is asked of rows that look alike."""

    keys: set[str] = field(default_factory=set)
    """Of deals of which it is doubtful which row means them: another row, or another deal, shares as much."""
    may_be: dict[str, list[str]] = field(default_factory=dict)
    """The key of a row that says just what no deal does → those of the deals that it may be, the likest first; also of a row that means none of them, which
    may be one once another row is not."""


def settle(session: Session, batches: Sequence[Batch]) -> Unsure:
    """Give the rows of a file that look alike the keys of the deals of the store that they mean. It is decided from all of its rows:
    what one of them says just so is no other's. Nothing that is said of rows changes it: that is heard by ``choices``."""
    unsure = Unsure()
    connection = session.connection
    numbered: dict[str, list[str]] = defaultdict(list)
    for key in _numbered(connection):
        numbered[_identity(key)].append(key)
    here = {_identity(key) for batch in batches for key in batch.key if NUMBER_MARK in key}
    if not batches or not (numbered or here):
        return unsure
    names = list(batches[0].columns)
    spelt = _Spellings(connection, names, numbered)
    rows: dict[str, list[Place]] = defaultdict(list)
    for batch in batches:
        alone = _standing(connection, batch.key) if spelt.knows_any else set()  # found as they are written
        for at, identity in enumerate(map(_identity, batch.key)):
            several = identity in numbered or identity in here
            if several or (identity not in alone and spelt.has(identity, _said((batch, at))[1:])):
                rows[identity].append((batch, at))
    spelt.add_those_of(here - numbered.keys(), rows)
    groups: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for identity, places in rows.items():
        for place in places:
            groups[spelt.meant(identity, _said(place)[1:])].append(place)
    keys = [key for identities in groups for one in identities for key in (one, *numbered.get(one, ()))]
    held, view = _held(connection, keys, names), parts(["owner_id", *names])
    for identities, places in groups.items():
        members = [key for one in identities for key in (one, *numbered.get(one, ()))]
        free = {key: held[key] for key in members if key in held}
        said = dict(enumerate(map(_said, places)))
        found, doubtful, may_be = _meant([batch.key[at] for batch, at in places], said, free, view)
        unsure.keys |= doubtful
        _number(identities[0], [n for n in said if n not in found], found, held)
        for n, key in found.items():
            batch, at = places[n]
            batch.key[at] = key
        unsure.may_be |= {found[n]: ranked for n, ranked in may_be.items()}
    return unsure


def _standing(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these keys that deals of the store have."""
    return {row[0] for row in bulk.find(connection, opportunity, "key", keys, ["key"])}


class _Spellings:
    """Which identities of the store name the same days as one of the file, only written otherwise (02.01.2024 for 2024-01-02), of
    those that several deals share, in the store or in the file."""

    def __init__(self, connection: Connection, names: Sequence[str], numbered: Mapping[str, Sequence[str]]) -> None:
        self._connection, self._names = connection, names
        self._days = [names.index(name) for name in DATES if name in names]
        self._stored: set[str] = set(numbered)
        self._known: dict[tuple[str, bool], set[str]] = defaultdict(set)
        keys = [key for identity, more in numbered.items() for key in (identity, *more)]
        self._note(_held(connection, keys, names) if self._days else {})

    def _note(self, held: Mapping[str, Row]) -> None:
        for key, (_, *values) in held.items():
            identity = _identity(key)
            self._stored.add(identity)
            for with_time in (True, False):
                self._known[self._in_one(identity, values, with_time), with_time].add(identity)

    def _in_one(self, identity: str, values: Sequence[Any], with_time: bool) -> str:
        return in_one_spelling(identity, [values[i] for i in self._days], with_time)

    @property
    def knows_any(self) -> bool:
        """Whether any deals of the store look alike."""
        return bool(self._known)

    def has(self, identity: str, values: Sequence[Any]) -> bool:
        """Whether deals of the store that look alike have this identity, in whatever spelling."""
        return self.knows_any and (self._in_one(identity, values, False), False) in self._known

    def add_those_of(self, identities: set[str], rows: Mapping[str, Sequence[Place]]) -> None:
        """Look for single deals of the store, too, that these identities of the file may mean."""
        if not self._days or not identities:
            return
        held = set(_held(self._connection, list(identities), self._names))
        self._stored |= held
        places = [place for identity in identities - held for place in rows[identity]]
        days = sorted({day for place in places for i in self._days if (day := _said(place)[1:][i]) is not None})
        for at in range(0, len(days), _TOGETHER):
            dates = list(map(dt.date.fromisoformat, days[at : at + _TOGETHER]))
            where = or_(*(opportunity.c[self._names[i]].in_(dates) for i in self._days))
            keys = select(opportunity.c.key).where(opportunity.c.key.contains(KEY_MARK), where)
            self._note(_held(self._connection, list(self._connection.execute(keys).scalars()), self._names))

    def meant(self, identity: str, values: Sequence[Any]) -> tuple[str, ...]:
        """The identities of the store that this one of the file names: itself where it stands there, or where none does."""
        if identity in self._stored or not self._known:
            return (identity,)
        with_time, day = (self._in_one(identity, values, time) for time in (True, False))
        found = self._known.get((with_time, True), set())
        if not found:
            found = self._known.get((day, False), set())
            if with_time != day:  # of times that both say, other ones are another deal's
                found = {one for one in found if one in self._known.get((day, True), ())}
        return tuple(sorted(found)) or (identity,)


def _said(place: Place) -> Row:
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
        while (key := identity if number == 1 else f"{identity}{NUMBER_MARK}{number}") in taken or key in held:
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
        free = next(one for n in count(2) if (one := f"{identity}{NUMBER_MARK}{n}") not in self._taken)
        self._taken.add(free)
        return free


def _numbered(connection: Connection) -> Iterable[str]:
    column = opportunity.c.key
    return connection.execute(select(column).where(column.contains(NUMBER_MARK))).scalars()


def _meant(
    keys: Sequence[str], said: Mapping[int, Row], free: Mapping[str, Row], view: Callable[[Row], Row]
) -> tuple[dict[int, str], set[str], dict[int, list[str]]]:
    """Place of a row → the key of the deal it means, of those that are ``free``: one that says the same, then the
    likest. The stage, which moves as a deal goes on, tells only where nothing else does. The keys of deals of which that is doubtful; and place → all
    deals that a row which says just what no deal does may be."""
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
        return found | {at: keys[at] for at in open_still if keys[at] in left}, set(), {}
    rows, deals = {at: view(said[at]) for at in open_still}, {key: view(free[key]) for key in left}
    alike = _Alike(keys, rows, deals)
    likest, doubtful = alike.paired()
    return found | likest, doubtful, alike.ranked() if left else {}


class _Alike:
    """Rows and deals that share an identity and say no two the same; ``keys`` are what the rows would have by their order."""

    def __init__(self, keys: Sequence[str], rows: Mapping[int, Row], deals: Mapping[str, Row]) -> None:
        self._keys, self._rows, self._deals = keys, rows, deals
        self._unlike = {(at, key): _unlike(rows[at], deals[key]) for at in rows for key in deals}
        self._near = {key: {at for at in rows if self._unlike[at, key][1] <= _NEAR} for key in deals}

    def ranked(self) -> dict[int, list[str]]:
        """The deals that each row may be, the likest first."""
        return {at: sorted(self._deals, key=lambda key: (self._unlike[at, key], key)) for at in self._rows}

    def paired(self) -> tuple[dict[int, str], set[str]]:
        """Place → deal, the likest first; and the deals of which it is doubtful."""
        found, doubtful, taken = dict[int, str](), set[str](), set[str]()
        order = sorted(self._unlike.items(), key=lambda one: (one[1], self._keys[one[0][0]] != one[0][1], one[0]))
        for (at, key), _ in order:
            if at in found or key in taken:
                continue
            if self._is_doubtful(at, key, found, taken):
                doubtful.add(key)
            found[at] = key
            taken.add(key)
        return found, doubtful

    def _is_doubtful(self, at: int, key: str, found: Container[int], taken: Collection[str]) -> bool:
        """Whether another deal or row that is left may be meant as well."""
        unlike, rows, deals, near = self._unlike, self._rows, self._deals, self._near
        one = unlike[at, key]
        others = [
            (
                unlike[at, k],
                unlike[at, k][2] >= one[2]
                and _is_open(deals[k]) <= _is_open(deals[key])
                and (one[1] == 0 or any(n != at and n not in found for n in near[k])),
            )
            for k in deals
            if k not in taken and deals[k] != deals[key]
        ]
        others += [
            (
                unlike[n, key],
                not _is_open(rows[at])
                and (one[1] == 0 or _is_open(rows[n]) or any(n in near[k] for k in deals if k not in {key, *taken})),
            )
            for n in rows
            if n not in found and rows[n] != rows[at]
        ]
        return any(_as_likely(other, one, days_tell) for other, days_tell in others)


def _unlike(row: Row, deal: Row) -> _Unlike:
    """The less, the liker: how many parts are the same, how many days lie between their ends, whether the stage is the same."""
    *lasting, stage = ((one is not None and one == other) for one, other in zip(row, deal, strict=True))
    ends = [dt.date.fromisoformat(one[_ENDS]) for one in (row, deal) if one[_ENDS] is not None]
    return -sum(lasting), abs((ends[0] - ends[1]).days) if len(ends) > 1 else _FAR, not stage


def _is_open(row: Row) -> bool:
    return bool(row[-1][0] == OPEN)


def _as_likely(one: _Unlike, chosen: _Unlike, days_tell: bool) -> bool:
    """Whether another pair may be meant as well as the one chosen: as many parts are the same, and it is not that the ends of the one
    chosen are near, the other's are not and twice as far away, or that they are the same and only the stage tells. ``days_tell`` nothing where
    only the other deal has the row's stage, or is open still, or no other row's end is near its own; and of two rows where the likelier one
    is open still (a deal may be put off for long), or both have ended and no other deal's end is near that of the other row."""
    same, days, stage = chosen
    is_near = days_tell and days <= _NEAR < one[1] and 2 * days <= one[1]
    return one[0] == same and not is_near and not (one[1] == days == 0 and one[2] != stage)


def _identity(key: str) -> str:
    return key.partition(NUMBER_MARK)[0]
