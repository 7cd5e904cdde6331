"""Rows whose identity is known, but which say something so different that they are hardly the same deal.

That happens where the identity is weak (a name alone, or a name and a customer that buys every year), and where a column only
numbers the rows of a file. Parts are those of ``renamed``; a part that one of both lacks says nothing. A telling part beside the
identity (the day of opening; the name or the customer, where the identity does not hold it) that is equal speaks for the same deal.

- A deal that was won or lost, and ends (or is expected to end) on another day, unless it becomes void: hardly the same if its day of
  opening differs, too, or if another part does (name, customer, product, owner, amount, won for lost) – two, where a telling part is
  equal. One correction alone, also of the day, is ordinary; so is a second one of a deal that is known by more than its identity.
- Any other: hardly the same if no telling part is equal, and of what a deal keeps all its life (name, customer, product, day of
  opening) two parts differ; or if three parts differ and none at all is equal. Three, because of an open deal that is won the day, the amount
  and the stage change, and the stage is not counted. Of a deal that stays open the day, the amount and the owner may change
  together: as long as nothing else differs, that is ordinary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mentor_app.core.pipeline.renamed import Row, parts
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON

_NAME, _ACCOUNT, _OPENED, _CLOSED, _AMOUNT, _OWNER, _PRODUCT, _STAGE = range(8)
_LASTING = (_NAME, _ACCOUNT, _PRODUCT, _OPENED)
_LASTING_DIFFER = 2
_ALL_DIFFER = 3


def hardly_the_same(names: Sequence[str]) -> Callable[[str, Row, Row], bool]:
    """Of an identity, a deal and the row that has it (values of the columns named) whether they are hardly the same deal."""
    view = parts(names)

    def told(key: str, old: Row, new: Row) -> bool:
        return _hardly(key, view(old), view(new))

    return told


def _hardly(key: str, old: Row, new: Row) -> bool:
    equal = [a is not None and a == b for a, b in zip(old, new, strict=True)]
    differ = [a is not None and b is not None and a != b for a, b in zip(old, new, strict=True)]
    was, now = old[_STAGE][0], new[_STAGE][0]
    for i in (_NAME, _ACCOUNT):
        equal[i] = equal[i] and not _holds(key, old[i])
    telling = equal[_OPENED] or equal[_NAME] or equal[_ACCOUNT]
    lasting = sum(differ[i] for i in _LASTING)
    if was in (WON, LOST) and now != VOID and differ[_CLOSED]:
        others = lasting + differ[_OWNER] + differ[_AMOUNT] + (now not in (OPEN, was))
        if differ[_OPENED] or others > telling:
            return True
    if telling:
        return False
    nothing_equal = sum(differ[:_STAGE]) >= _ALL_DIFFER and not any(equal[:_STAGE])
    stays_open = was == now == OPEN and not lasting
    return lasting >= _LASTING_DIFFER or (nothing_equal and not stays_open)


def _holds(key: str, words: str) -> bool:
    """Whether an identity is made of these words."""
    return _bare(words) in map(_bare, key.split(KEY_MARK))


def _bare(words: str) -> str:
    return "".join(words.split()).casefold()
