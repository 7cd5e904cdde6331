"""Rows whose identity is known, but which say something so different that they are hardly the same deal.

That happens where the identity is weak (a name alone, or a name and a customer that buys every year), and where a column only
numbers the rows of a file. Parts are those of ``renamed``; a part that one of both lacks says nothing. A telling part beside the
identity (name, customer or day of opening, where the identity does not hold it) that is equal speaks for the same deal; so does an identity that
holds all three. Of real deals without names one in sixteen shares customer and day of opening with another: these two are not enough.

- A deal that was won or lost, and would end (or be expected to end) on another day or on none, unless it becomes void: hardly the same if its day
  of opening differs, too, or if another part does (name, customer, product, owner, amount, won for lost) – two, where something
  speaks for it. One correction alone, also of the day, is ordinary; so is a second one of a deal that is known by more. Where the day of
  its end stays, two more may differ: a win that turns out to be lost changes its amount with it. Where neither says when it was opened and
  nothing speaks for it, an end half a month or more away is another deal's, too: next month's of a customer that buys every month. So is,
  where name or customer are the identity, a deal that would be open again and end on another day or on none: next year's renewal.
  However much speaks for it: one that would end some ten months away or more, if anything else differs, too.
- Any other: hardly the same if nothing speaks for it, and of what a deal keeps all its life (name, customer, product, day of
  opening) two parts differ; or if nothing beside the identity is equal and three parts differ, or two with one that it keeps. Three, because day and
  amount change when an open deal is won; the stage is not counted. Of a deal that stays open the day, the amount and the owner may
  change together: as long as nothing else differs, that is ordinary; but not where name or customer are the identity, neither says when it
  was opened, and the day is some ten months away or more, or nothing but the identity is equal, or the day is another and the amount half as
  much again or more, or the owner, the day and the stage change together.
- One whose amount or end is another, while a row of a new identity says all that the deal said but its name: the name may have gone over. So it may where
  both are another, and a row that changes another known deal says all of it, or one of a new identity all but its name and one of both; or where its own row says
  all of a deal that is gone from the file, but the name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from mentor_app.core.pipeline.other_key import as_day
from mentor_app.core.pipeline.renamed import Pair, Row, parts
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON

_NAME, _ACCOUNT, _OPENED, _CLOSED, _AMOUNT, _OWNER, _PRODUCT, _STAGE = range(8)
_TELLING = (_NAME, _ACCOUNT, _OPENED)
_LASTING = (_NAME, _ACCOUNT, _PRODUCT, _OPENED)
_LASTING_DIFFER = 2
_MORE_IF_SAME_END = 2
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ALL_DIFFER = 3
_ANOTHER_MONTH, _ANOTHER_YEAR = 15, 300


def hardly_the_same(names: Sequence[str]) -> Callable[[str, Row, Row], bool]:
    """Of an identity, a deal and the row that has it (values of the columns named) whether they are hardly the same deal."""
    view = parts(names)

    def told(key: str, old: Row, new: Row) -> bool:
        return _hardly(key, view(old), view(new))

    return told


def says_much_else(names: Sequence[str], changed: Sequence[Pair]) -> list[Row]:
    """The rows of these that say another amount and end than their deals."""
    view = parts(names)
    return [one.new for one in changed if all(_else(view(one.old), view(one.new)))]


def called_otherwise(
    names: Sequence[str], changed: Sequence[Pair], rows: Sequence[Row], away: Sequence[Row] = ()
) -> set[str]:
    """The identities of deals whose name may have gone over to another one: the row with their identity says another amount or end, and another of
    the ``rows`` says all but the name; or it says another amount and end, and another row all but the name and one of these, or one of those that
    are ``changed`` all but the name (two days alone may well change places), or it says itself all but the name of a deal that is ``away``."""
    view = parts(names)
    new, told = [view(row) for row in rows], [view(one.new) for one in changed]
    said = {but_name(row) for row in new}
    nearly = {but_name(row, *less) for row in new for less in ((_CLOSED, _STAGE), (_AMOUNT, _STAGE)) if row[_OWNER]}
    others = {but_name(row) for row in told}
    gone = {but_name(view(row), _STAGE) for row in away}
    found = set[str]()
    for one, row in zip(changed, told, strict=True):
        old = view(one.old)
        differs = _else(old, row)
        if not any(differs):
            continue
        partly = {but_name(old, _CLOSED, _STAGE), but_name(old, _AMOUNT, _STAGE)}
        went_over = but_name(old) in others or not nearly.isdisjoint(partly) or but_name(row, _STAGE) in gone
        if but_name(old) in said or (all(differs) and went_over):
            found.add(one.old[0])
    return found


def _else(old: Row, new: Row) -> list[bool]:
    """Whether end and amount of a deal that has both are others."""
    return [bool(old[_CLOSED] and old[_AMOUNT]) and old[i] != new[i] for i in (_CLOSED, _AMOUNT)]


def but_name(seen: Row, *less: int) -> Row:
    """What a row or deal says, without its name and these parts."""
    return tuple(None if i in (_NAME, *less) else part for i, part in enumerate(seen))


def _hardly(key: str, old: Row, new: Row) -> bool:
    equal = [a is not None and a == b for a, b in zip(old, new, strict=True)]
    differ = [a is not None and b is not None and a != b for a, b in zip(old, new, strict=True)]
    was, now = old[_STAGE][0], new[_STAGE][0]
    known, by_name = all(equal[i] for i in _TELLING), any(_holds(key, old[i] or "") for i in (_NAME, _ACCOUNT))
    for i in _TELLING:
        equal[i] = equal[i] and not _holds(key, old[i])
    known = known or any(equal[i] for i in _TELLING)
    undated = not known and not (old[_OPENED] and new[_OPENED])
    lasting = sum(differ[i] for i in _LASTING)
    moved = _apart(old[_CLOSED], new[_CLOSED])
    if was in (WON, LOST) and now != VOID:
        ends_anew = differ[_CLOSED] or new[_CLOSED] is None
        others = lasting + differ[_OWNER] + differ[_AMOUNT] + (now not in (OPEN, was))
        if (
            (ends_anew and differ[_OPENED])
            or others > known + (0 if ends_anew else _MORE_IF_SAME_END)
            or (others and moved >= _ANOTHER_YEAR)
            or (undated and now != OPEN and moved >= _ANOTHER_MONTH)
            or (undated and by_name and now == OPEN and ends_anew)
        ):
            return True
    elif undated and by_name:
        nothing_stays = differ[_OWNER] and differ[_AMOUNT] and not any(equal[:_STAGE])
        goes_over = was == now == OPEN and differ[_OWNER] and differ[_STAGE]
        if nothing_stays or moved >= _ANOTHER_YEAR or (moved and (goes_over or _far(old[_AMOUNT], new[_AMOUNT]))):
            return True
    if known:
        return False
    stays_open = was == now == OPEN and not lasting
    all_differ = not any(equal[:_STAGE]) and sum(differ[:_STAGE]) >= _ALL_DIFFER - min(lasting, 1)
    return lasting >= _LASTING_DIFFER or (all_differ and not stays_open)


def _apart(one: str | None, other: str | None) -> int:
    """Days between two, 0 where one is not said."""
    return abs((dt.date.fromisoformat(one) - dt.date.fromisoformat(other)).days) if one and other else 0


def _far(one: tuple[int, str | None] | None, other: tuple[int, str | None] | None) -> bool:
    """Whether one amount is half as much again as the other, or more; one of 0 says nothing."""
    less, more = sorted(abs(amount[0]) if amount else 0 for amount in (one, other))
    return less > 0 and more * 2 >= less * 3


def _holds(key: str, words: str) -> bool:
    """Whether an identity is made of these words, or of this day."""
    pieces = key.split(KEY_MARK)
    return _bare(words) in map(_bare, pieces) or (
        _DAY.fullmatch(words) is not None and any(as_day(one, dt.date.fromisoformat(words)) for one in pieces)
    )


def _bare(words: str) -> str:
    return "".join(words.split()).casefold()
