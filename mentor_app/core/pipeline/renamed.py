"""Deals of files that come again corrected: rows that are new by their identity, beside deals gone from the file.

A row and such a deal are compared by their parts: owner, name, customer, product, day of opening, day of closing (or the
expected one), amount, stage; a part that both lack says nothing, nor does the stage of a deal that was open: it goes on to the next. Nor
does, of a deal that is missed, what was open and lacked a part that the row says: such parts are filled in.
Name, customer, the days and the amount are telling: many deals share the others. How many parts must be equal depends on whether the
deal is missed here (see ``missed``): then it may differ in up to three parts if
more are equal, two telling ones among them (or one, where nothing but one part differs). Else it may well belong to another month's or
region's file, and twice as many parts must be equal as differ, two telling ones among them and one of the days (or nothing differs but for what an
open deal lacked). So they must, with three
telling ones (or two, where nothing but one part differs and name or customer are equal), where the row has an id of one column, for new deals have new ids; of deals that have one, too, only missed ones are looked at.
Where such rows call a customer otherwise than the deals did, and all of them alike, the rows and deals that are left are compared once more with
the customer's new name, as deals that are missed.
Each row gets one deal at most and each deal one row: the pair with the most equal parts first, then with the most telling ones, then in
the order of the file and of the store.
Rows and deals that are left are compared by ``less_in_common``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from mentor_app.core.pipeline.missed import Earlier, Gone
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.store import bulk

TELLING = ("name", "account", "opened", "closed", "amount")
DAYS = (TELLING.index("opened"), TELLING.index("closed"))
NAMES = (TELLING.index("name"), TELLING.index("account"))
STAGE = 7
MOST_DIFFERENT = 3
_LEAST = 2
TOGETHER = 5_000

Row = tuple[Any, ...]
"""A row of the file or a deal: values of the columns named, the key first."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A row of the file and the deal it looks like: its id and the same columns."""

    new: Row
    id: int
    old: Row


def deals(connection: Connection, names: Sequence[str], ids: Sequence[int]) -> Iterator[tuple[int, Row]]:
    """Id and values of the columns named, of these deals."""
    for at in range(0, len(ids), TOGETHER):
        some: Any = ids[at : at + TOGETHER]
        for row in sorted(bulk.find(connection, opportunity, "id", some, ["id", *names])):
            yield row[0], tuple(row[1:])


def pairs(
    connection: Connection,
    names: Sequence[str],
    rows: Sequence[Row],
    away: Gone,
    customers: Mapping[str, str] = MappingProxyType({}),
) -> list[Pair]:
    """Which of the ``rows`` could be which of the deals that are ``away``, by the rule above, of which ``customers`` are called otherwise by now."""
    if not rows or not (away.missed or away.elsewhere):
        return []
    least = _LEAST if KEY_MARK in rows[0][0] else _LEAST + 1
    view = parts(names)

    def view_now(row: Row) -> Row:
        name, account, *others = view(row)
        return name, customers.get(account, account), *others

    news: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        news[view(row)].append(row)
    missed: dict[Row, list[tuple[int, Row]]] = defaultdict(list)
    for row_id, row in deals(connection, names, away.missed):
        missed[view_now(row)].append((row_id, row))
    found = _take(_scored(news, missed), news, missed)
    left = {one: held for one, held in news.items() if held}
    elsewhere: dict[Row, list[tuple[int, Row]]] = defaultdict(list)
    for row_id, row in deals(connection, names, in_days_of(connection, left, away.elsewhere)):
        elsewhere[view_now(row)].append((row_id, row))
    return found + _take(_scored(left, elsewhere, least), left, elsewhere)


def pairs_and_more(
    connection: Connection, names: Sequence[str], rows: Sequence[Row], away: Gone, earlier: Earlier
) -> tuple[list[Pair], Gone]:
    """The same, and the deals that are away then: what is found counts as held by the file, so that others may be missed, and are looked at as such."""
    found, left = list[Pair](), away
    while more := pairs(connection, names, rows, left):
        found += more
        taken, known = {one.new[0] for one in more}, set(away.missed)
        rows = [row for row in rows if row[0] not in taken]
        away = earlier.with_found(away, {one.id for one in more})
        left = Gone(missed=[row_id for row_id in away.missed if row_id not in known], elsewhere=[])
    return found, away


def of_customers(connection: Connection, away: Gone, customers: Sequence[str]) -> Gone:
    """Those deals that are ``away`` and are of one of these customers, as such that are missed."""
    found, wanted = list[int](), {*away.missed, *away.elsewhere}
    for at in range(0, len(customers), TOGETHER):
        theirs = opportunity.c.account.in_(customers[at : at + TOGETHER])
        found += wanted.intersection(connection.execute(select(opportunity.c.id).where(theirs)).scalars())
    return Gone(missed=sorted(found), elsewhere=[])


def new_names(names: Sequence[str], found: Sequence[Pair]) -> dict[str, str]:
    """What customers were called in deals, and are by the rows that these may be: those that all such rows call alike."""
    if "account" not in names:
        return {}
    at, called = names.index("account"), defaultdict[str, set[str]](set)
    for one in found:
        if one.old[at] and one.new[at]:
            called[one.old[at]].add(one.new[at])
    return {old: new for old, (new, *others) in called.items() if not others and new != old}


def near(connection: Connection, names: Sequence[str], rows: Collection[Row], away: Gone) -> Iterator[tuple[int, Row]]:
    """Those deals that are ``away`` and may share a day with one of these rows."""
    ids = in_days_of(connection, list(map(parts(names), rows)), [*away.missed, *away.elsewhere])
    return deals(connection, names, ids)


def in_days_of(connection: Connection, views: Collection[Row], ids: Sequence[int]) -> Sequence[int]:
    """Those of these deals that may share a day with a row, so that another year's are not read at all."""
    limits = within_days_of(views)
    if limits is None or not ids:
        return ids
    near = set(connection.execute(select(opportunity.c.id).where(limits)).scalars())
    return [row_id for row_id in ids if row_id in near]


def within_days_of(views: Collection[Row]) -> ColumnElement[bool] | None:
    """That a deal has a day in the time of rows seen so, or none at all; nothing where the rows have none."""
    days = [one[i] for one in views for i in DAYS if one[i] is not None]
    if not days:
        return None
    first, last = (dt.date.fromisoformat(day) for day in (min(days), max(days)))
    dates = [opportunity.c[name] for name in ("opened_on", "closed_on", "expected_on")]
    return or_(and_(*(column.is_(None) for column in dates)), *(column.between(first, last) for column in dates))


def parts(names: Sequence[str]) -> Callable[[Row], Row]:
    """How the parts of a row are seen: first the telling ones, then owner, product and stage."""
    at = {name: i for i, name in enumerate(names)}
    plain = [at.get(name) for name in ("name", "account", "opened_on", "closed_on", "expected_on", "amount_cents")]
    currency, owner, product, status, stage = (
        at.get(name) for name in ("currency", "owner_id", "product", "status", "stage")
    )

    def seen(row: Row) -> Row:
        name, account, opened, closed, expected, cents = (None if i is None else row[i] for i in plain)
        return (
            name,
            account,
            opened,
            closed or expected,
            None if cents is None else (cents, None if currency is None else row[currency]),
            None if owner is None else row[owner],
            None if product is None else row[product],
            (None if status is None else row[status], None if stage is None else row[stage]),
        )

    return seen


def in_common(new: Row, old: Row) -> int:
    """How many parts two say alike."""
    return sum(a is not None and a == b for a, b in zip(new, old, strict=True))


def _scored(news: Collection[Row], olds: Collection[Row], least: int | None = None) -> list[tuple[int, int, Row, Row]]:
    """Equal parts, telling ones among them, and the two, for each that could be one; the best first."""
    few, many = (news, olds) if len(news) <= len(olds) else (olds, news)
    known = [i for i in range(len(TELLING)) if any(one[i] is not None for one in few)]
    found: dict[tuple[Row, Row], tuple[int, int]] = {}
    for one, other in _alike(few, many, known, least in (None, _LEAST)):
        new, old = (one, other) if few is news else (other, one)
        if (new, old) not in found:
            score = _score(new, old, least)
            if score is not None:
                found[new, old] = score
    first, second = ({one: i for i, one in enumerate(side)} for side in (news, olds))
    order = sorted(found.items(), key=lambda one: (-one[1][0], -one[1][1], first[one[0][0]], second[one[0][1]]))
    return [(*score, *pair) for pair, score in order]


def _alike(
    few: Collection[Row], many: Collection[Row], known: Sequence[int], with_little: bool
) -> Iterator[tuple[Row, Row]]:
    """Pairs of both that share two of the telling parts that are ``known``; or one, where there are no more, or ``with_little`` where
    one of the two says no more."""
    for kind in combinations(known, 2 if len(known) > 2 else 1):  # each needs memory for one
        index = _by(few, kind)
        yield from ((one, other) for other in many for one in index.get(tuple(other[i] for i in kind), ()))
    if not with_little or len(known) <= 2:
        return
    little, much = ({one for one in side if _says_little(one)} for side in (few, many))
    for i in known:
        index = _by(little, (i,))
        yield from ((one, other) for other in many for one in index.get((other[i],), ()))
        index = _by(few, (i,)) if much else {}
        yield from ((one, other) for other in much for one in index.get((other[i],), ()))


def _by(rows: Collection[Row], kind: tuple[int, ...]) -> dict[Row, list[Row]]:
    """Rows by these parts, of those that say them all."""
    index: dict[Row, list[Row]] = defaultdict(list)
    for one in rows:
        if all(one[i] is not None for i in kind):
            index[tuple(one[i] for i in kind)].append(one)
    return index


def _says_little(seen: Row) -> bool:
    return sum(part is not None for part in seen[: len(TELLING)]) == 1


def _score(new: Row, old: Row, least: int | None) -> tuple[int, int] | None:
    """Equal parts and telling ones among them, if these are enough: of a missed deal, or the ``least`` telling ones of another."""
    same = [a == b for a, b in zip(new, old, strict=True)]
    said = [a is not None or b is not None for a, b in zip(new, old, strict=True)]
    equal = sum(a and b for a, b in zip(same, said, strict=True))
    differ = len(same) - sum(same)
    if old[STAGE][0] == OPEN:
        differ -= not same[STAGE]
        filled = sum(a is not None and b is None for a, b in zip(new[:STAGE], old[:STAGE], strict=True))
        if least is None or (least == _LEAST and differ == filled):
            differ -= filled
    telling = sum(same[i] and said[i] for i in range(len(TELLING)))
    if least == _LEAST and differ == 0 and not all(same[: len(TELLING)]):
        enough = telling > 0 and equal > 1
    elif least is None:
        enough = differ <= MOST_DIFFERENT and equal > differ and (telling > 1 or (telling == 1 and differ <= 1))
    else:
        days = [same[i] for i in DAYS if said[i]]
        named = differ <= 1 and any(same[i] and said[i] for i in NAMES)
        enough = equal >= 2 * differ and telling >= (_LEAST if named else least) and (any(days) or not days)
    return (equal, telling) if enough else None


def could_be(new: Row, old: Row) -> bool:
    """Whether a row and a deal seen so have enough in common, if the deal is missed."""
    return _score(new, old, None) is not None


def _take(
    scored: Sequence[tuple[int, int, Row, Row]], news: dict[Row, list[Row]], olds: dict[Row, list[tuple[int, Row]]]
) -> list[Pair]:
    """The best pairs, each row and each deal in one; what is taken goes out of ``news`` and ``olds``."""
    found = []
    for *_, new, old in scored:
        while news[new] and olds[old]:
            row_id, held = olds[old].pop(0)
            found.append(Pair(new=news[new].pop(0), id=row_id, old=held))
    return found
