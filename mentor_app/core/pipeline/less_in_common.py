"""Rows that are new by their identity and deals gone from the file that are left when ``renamed`` has compared them: what they have in common is less.

Where a file holds nearly all that is known, a row and a missed deal are perhaps one deal if they share the name, the product, or owner and day of
opening, if nothing speaks against it and one of the two has no other that it could be.
A row is perhaps an open deal of the same owner, also one of another file, whatever else it says, if no other day of opening is said: of the same name where
the customer's begins alike (Lumen Labs GmbH, Lumen Labs GmbH Group), or is the same but for the form of company (Meyer GmbH, Meyer Holding AG); or of the same customer where it is called alike (Pilot, Pilot v2), or the amount is equal and the names do not differ in a number alone.
Of an open deal that is missed all may change at once while it goes on. A row of its customer is perhaps one if no other day of opening is said, and it is
opened on the same day, or called alike (Pilot, Pilot v2; not phase 1 and phase 2), or of the same amount while up to three parts differ. Where the file
holds deals that have ended, and of those that were open no more are missed then than are in it, any other row of its customer is perhaps one, too, the likest first, but for
names that differ in a number alone. Where no day of opening is said and the name is equal, the customer's name may begin alike, too; where the owner is the same, the name
may be alike, and the customer's begin alike, or have the same first word on the same day of closing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import product
from string import ascii_lowercase, digits

from sqlalchemy import Connection, select

from mentor_app.core.pipeline.renamed import (
    DAYS,
    MOST_DIFFERENT,
    NAMES,
    STAGE,
    TELLING,
    TOGETHER,
    Pair,
    Row,
    deals,
    in_common,
    parts,
)
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN

_NAME, _ACCOUNT = NAMES
_OPENED, _CLOSED = DAYS
_AMOUNT, _OWNER, _PRODUCT = TELLING.index("amount"), 5, 6
_ENOUGH_IN_COMMON = ((_NAME,), (_OWNER, _OPENED), (_PRODUCT,))
"""Of these parts one must be equal in a row and a deal that are left over."""
_LEAST_BEGINNING = 3
"""Names of fewer letters begin many others; of signs that are words two are enough."""
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十]+|\b[ivx]+\b", re.IGNORECASE)
_FORM = re.compile(
    r"\b(?:gmbh|mbh|ag|se|kg|kgaa|ohg|ug|ltd|limited|inc|incorporated|corp|corporation|co|company|llc|llp|plc|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|"
    r"holdings?|group|gruppe|international)\b|(?:股份|责任)?有限(?:责任)?公司|集团|控股|公司|[.,&]"
)
"""What customers' names say of the form of company."""
_IN_WORDS = frozenset(ascii_lowercase + digits)
_FEW = 3
"""For each deal that is away so many are in a file that holds nearly all."""
_MOST = 250_000
"""Pairs of rows and deals with a part in common; where there are more, it tells nothing."""


def left_over(
    connection: Connection, names: Sequence[str], rows: Sequence[Row], missed: Sequence[int], here: int
) -> list[Pair]:
    """Which of the ``rows`` that look like no deal are perhaps deals that are ``missed``, in a file in which ``here`` deals are, by the first
    rule above."""
    if not rows or not missed or _FEW * len(missed) > here:
        return []
    view, olds = parts(names), list(deals(connection, names, missed))
    news, known = [view(row) for row in rows], [view(row) for _, row in olds]
    perhaps = {
        (n, o)
        for kind in _ENOUGH_IN_COMMON
        for n, o in _with_parts_in_common(news, known, kind)
        if not _speaks_against(news[n], known[o])
    }
    of_row, of_deal = Counter(n for n, _ in perhaps), Counter(o for _, o in perhaps)
    alone = [(n, o) for n, o in perhaps if of_row[n] == 1 or of_deal[o] == 1]
    return [Pair(new=rows[n], id=olds[o][0], old=olds[o][1]) for n, o in _likest(alone, news, known).items()]


def _with_parts_in_common(news: Sequence[Row], olds: Sequence[Row], kind: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """The places of rows and deals that say the same in these parts."""
    rows, held = _places(news, kind), _places(olds, kind)
    for said in rows.keys() & held.keys():
        if len(rows[said]) * len(held[said]) <= _MOST:
            yield from product(rows[said], held[said])


def _places(seen: Sequence[Row], kind: tuple[int, ...]) -> dict[Row, list[int]]:
    """Places by these parts, of what says them all."""
    found: dict[Row, list[int]] = defaultdict(list)
    for at, one in enumerate(seen):
        if all(one[i] is not None for i in kind):
            found[tuple(one[i] for i in kind)].append(at)
    return found


def _speaks_against(new: Row, old: Row) -> bool:
    """That two are hardly one deal: another day of opening or product, two of name, customer and owner, or another end of what has ended."""
    differ = [a is not None and b is not None and a != b for a, b in zip(new, old, strict=True)]
    others = sum(differ[i] for i in (*NAMES, _OWNER))
    ended = old[STAGE][0] != OPEN and (old[STAGE][0] != new[STAGE][0] or differ[_CLOSED])
    return ended or differ[_OPENED] or differ[_PRODUCT] or (others > 1 and old[_OPENED] is None)


def begun_alike(connection: Connection, names: Sequence[str], rows: Sequence[Row], ids: Collection[int]) -> list[Pair]:
    """Which of the ``rows`` that look like no deal are perhaps open deals of these, by the second rule above."""
    view, c = parts(names), opportunity.c
    news = [view(row) for row in rows]
    theirs, among = set[int](), set(ids)
    for column, i in ((c.name, _NAME), (c.account, _ACCOUNT)):
        said = sorted({seen[i] for seen in news if seen[i] is not None and seen[_OWNER] is not None})
        for at in range(0, len(said), TOGETHER):
            open_still = select(c.id).where(column.in_(said[at : at + TOGETHER]), c.status == OPEN)
            theirs |= among.intersection(connection.execute(open_still).scalars())
    olds = list(deals(connection, names, sorted(theirs)))
    known = [view(row) for _, row in olds]
    alike: Sequence[tuple[tuple[int, ...], Callable[[Row, Row], bool]]] = (
        ((_NAME, _OWNER), lambda new, old: _begin_alike(new[_ACCOUNT], old[_ACCOUNT])),
        ((_ACCOUNT, _OWNER), lambda new, old: called_alike(new[_NAME], old[_NAME])),
        ((_ACCOUNT, _OWNER, _AMOUNT), lambda new, old: bool(new[_AMOUNT][0]) and _may_be_of_customer(new, old)),
    )
    perhaps = {
        (n, o)
        for kind, is_alike in alike
        for n, o in _with_parts_in_common(news, known, kind)
        if not _differ(news[n][_OPENED], known[o][_OPENED]) and is_alike(news[n], known[o])
    }
    return [Pair(new=rows[n], id=olds[o][0], old=olds[o][1]) for n, o in _likest(perhaps, news, known).items()]


def _begin_alike(one: str | None, other: str | None) -> bool:
    """Whether the names of two customers have the first two words in common, or one is the beginning of the other, or all but the form of company."""
    if one is None or other is None:
        return False
    bare = _without_form(one)
    if len(bare) >= (_LEAST_BEGINNING if bare.isascii() else 2) and bare == _without_form(other):
        return True
    first, second = sorted((one.casefold(), other.casefold()), key=len)
    words, more = first.split(), second.split()
    return (len(first) >= _LEAST_BEGINNING and second.startswith(first)) or (len(words) > 1 and words[:2] == more[:2])


def _without_form(customer: str) -> str:
    return " ".join(_FORM.sub(" ", customer.casefold()).split())


def went_on(
    connection: Connection, names: Sequence[str], rows: Sequence[Row], missed: Sequence[int], open_here: int
) -> list[Pair]:
    """Which of the ``rows`` that look like no deal are perhaps open deals of these, by the last rule above; ``open_here`` are in the file still, 0 where
    it holds no others."""
    if not rows or not missed:
        return []
    view, open_still = parts(names), select(opportunity.c.id).where(opportunity.c.status == OPEN)
    olds = list(deals(connection, names, sorted(set(missed).intersection(connection.execute(open_still).scalars()))))
    news, known = [view(row) for row in rows], [view(row) for _, row in olds]
    kinds: list[tuple[int, ...]] = [(_ACCOUNT, _OPENED), (_ACCOUNT, _AMOUNT)]
    wanted, held = _places(news, (_ACCOUNT,)), _places(known, (_ACCOUNT,))
    if sum(len(wanted[customer]) * len(held[customer]) for customer in wanted.keys() & held.keys()) <= _MOST:
        kinds.append((_ACCOUNT,))
    perhaps = {
        (n, o)
        for kind in kinds
        for n, o in _with_parts_in_common(news, known, kind)
        if not _differ(news[n][_OPENED], known[o][_OPENED]) and _may_have_gone_on(news[n], known[o])
    }
    perhaps |= {
        (n, o)
        for n, o in _with_parts_in_common(_begun(news), _begun(known), (0, 1))
        if _plainly_alike(news[n], known[o])
    }
    called = _with_parts_in_common(news, known, (_NAME,))
    perhaps |= {(n, o) for n, o in called if _of_one_customer(news[n], known[o])}
    found = _likest(perhaps, news, known)
    if len(olds) - len(found) <= open_here:
        met = set(found.values())
        left = ((n, o) for n, o in _with_parts_in_common(news, known, (_ACCOUNT,)) if n not in found and o not in met)
        found |= _likest((one for one in left if _may_be_of_customer(news[one[0]], known[one[1]])), news, known)
    return [Pair(new=rows[n], id=olds[o][0], old=olds[o][1]) for n, o in found.items()]


def _likest(perhaps: Iterable[tuple[int, int]], news: Sequence[Row], known: Sequence[Row]) -> dict[int, int]:
    """Row → deal, each in one pair at most, those with most in common first."""
    found, met = dict[int, int](), set[int]()
    for n, o in sorted(perhaps, key=lambda one: (-in_common(news[one[0]], known[one[1]]), one)):
        if n not in found and o not in met:
            found[n] = o
            met.add(o)
    return found


def _begun(seen: Sequence[Row]) -> list[Row]:
    """Owners, and how the names of customers begin."""
    return [(one[_OWNER], one[_ACCOUNT] and one[_ACCOUNT].casefold()[:_LEAST_BEGINNING]) for one in seen]


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def _may_have_gone_on(new: Row, old: Row) -> bool:
    """Whether two of one customer are opened on the same day, are called alike, or have the same amount and up to three parts that differ."""
    if (new[_OPENED] and new[_OPENED] == old[_OPENED]) or called_alike(new[_NAME], old[_NAME]):
        return True
    differ = sum(a is not None and b is not None and a != b for a, b in zip(new[:STAGE], old[:STAGE], strict=True))
    return bool(new[_AMOUNT]) and bool(new[_AMOUNT][0]) and new[_AMOUNT] == old[_AMOUNT] and differ <= MOST_DIFFERENT


def _plainly_alike(new: Row, old: Row) -> bool:
    """Whether name and customer are, where nothing says when the deal was opened."""
    if (new[_OPENED] and old[_OPENED]) or not called_alike(new[_NAME], old[_NAME]):
        return False
    one, other = ((seen[_ACCOUNT] or "").casefold() for seen in (new, old))
    if one == other or _begin_alike(one, other):
        return True
    return one.split()[:1] == other.split()[:1] and new[_CLOSED] is not None and new[_CLOSED] == old[_CLOSED]


def _of_one_customer(new: Row, old: Row) -> bool:
    """Whether the customer's name begins alike, and nothing is said of another day of opening."""
    return not (new[_OPENED] and old[_OPENED]) and _begin_alike(new[_ACCOUNT], old[_ACCOUNT])


def of_customer_called_alike(new: Row, old: Row) -> bool:
    """Whether a row and an open deal of a customer called alike could be one by the last rule above."""
    if new[_OWNER] == old[_OWNER] and _plainly_alike(new, old):
        return True
    return bool(new[_NAME]) and new[_NAME] == old[_NAME] and _of_one_customer(new, old)


def called_alike(one: str | None, other: str | None) -> bool:
    """Whether the names of two deals are equal, one begins or ends as the other or has all its words, or they share most words and differ in no
    number: phase 1 and phase 2 are two deals."""
    if not one or not other:
        return False
    first, second = sorted((one.casefold(), other.casefold()), key=len)
    behind = second[len(first) :][:1]  # signs that are words end where figures begin: 热线2026
    begins = second.startswith(first) and (behind not in _IN_WORDS or (behind.isdigit() and not first[-1].isascii()))
    ends = second.endswith(first) and second[: -len(first)][-1:] not in _IN_WORDS
    if len(first) >= (_LEAST_BEGINNING if first.isascii() else 2) and (begins or ends):
        return True
    words, more = set(first.split()), set(second.split())
    apart = words ^ more
    if len(words) > 1 and words <= more:
        return True
    return 2 * len(words & more) > max(len(words), len(more)) and not any(map(str.isdigit, "".join(apart)))


def _may_be_of_customer(new: Row, old: Row) -> bool:
    """Whether two of one customer are opened on no other day, and are not called the same but for their numbers."""
    called = [(seen[_NAME] or "").casefold() for seen in (new, old)]
    bare, other_bare = (_NUMBER.sub("", name) for name in called)
    both = all(map(_NUMBER.search, called))
    return not _differ(new[_OPENED], old[_OPENED]) and (bare != other_bare or called[0] == called[1] or not both)
