"""How wide the columns of a table are: what is read whole has the room for it, the rest is shared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QWidget

_NAME = "Hannah Lee"
"""As much of a name can be read at least; of Chinese characters about half as many."""
_GIVES = 6
"""The part of that (a sixth) which columns give away where one need not scroll sideways then."""
_FLOOR = 64
"""Pixels that are left of a column which yields to others."""
MOST = 240
"""Pixels for words that are read whole; longer ones are cut."""
EDGES = 23
"""Pixels that a cell's words stand away from its left and right edges together."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A column's share of the room where there is plenty, and the pixels it needs; ``keep``: it needs no more, ``whole``: nor
    can it do with less, as others can that are cut, but not below their ``heading``. It has as many as it ``wants`` before
    others have those in which most of their words are read (``full``), and those before what is left is shared. One that
    ``yields`` is cut before any name is, but of its pixels those that are ``firm`` only where one had to scroll else. One that
    ``cedes`` gives others as much as they want, and has what it wants when the words of most are read."""

    share: int
    least: int
    keep: bool
    whole: bool
    heading: int = 0
    wants: int = 0
    full: int = 0
    yields: bool = False
    firm: int = 0
    cedes: bool = False

    @property
    def first(self) -> int:
        """The pixels it has before what is left is given out."""
        return max(self.least, self.full if self.cedes else self.wants)

    @property
    def sixth(self) -> int:
        """The pixels it gives away where room is wanting."""
        return max(0, min(self.least // _GIVES, self.least - self.heading))


def most(widths: Iterable[int]) -> int:
    """The pixels in which nine of ten rows can be read: a few long words are cut before those of a column full of them."""
    ordered = sorted(widths)
    return ordered[-1 - len(ordered) // 10] if ordered else 0


def longest(words: Iterable[str]) -> set[str]:
    """Of figures or dates those that may need the most pixels: the longest, and those a character shorter."""
    different = set(words)
    length = max(map(len, different), default=0)
    return {one for one in different if len(one) >= length - 1}


def needed(metrics: QFontMetrics, words: str, whole: bool) -> int:
    """The pixels a cell needs in any case: for all its words, or for the first letters of a name."""
    wide = metrics.horizontalAdvance(words.split("\n", 1)[0][:200]) + EDGES
    return min(wide, MOST if whole else metrics.horizontalAdvance(_NAME) + EDGES)


def bold(widget: QWidget) -> QFont:
    """The font in which the style sheet writes headings."""
    font = QFont(widget.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def headed(widget: QWidget, words: str) -> int:
    """The pixels a heading needs."""
    return QFontMetrics(bold(widget)).horizontalAdvance(words) + EDGES


def shared_out(room: int, wishes: Sequence[Wish]) -> list[int]:
    """The columns' widths: together ``room``, unless what they need is more even where names are cut a little."""
    widths = [wish.least for wish in wishes]
    yielding = {at: _above(wish, wish.firm) for at, wish in enumerate(wishes) if wish.yields}
    _take(widths, yielding, sum(wish.first for wish in wishes) - room)
    ceding = {at: wish.sixth for at, wish in enumerate(wishes) if wish.cedes and not wish.yields}
    wanted = sum(width if wish.cedes else max(width, wish.wants) for width, wish in zip(widths, wishes, strict=True))
    _take(widths, ceding, wanted - room)
    lacking = sum(widths) - room
    if lacking > 0:
        can = {
            at: 0 if wish.keep or wish.whole or at in {*yielding, *ceding} else wish.sixth
            for at, wish in enumerate(wishes)
        }
        firm = {at: _above(wish) - yielding[at] for at, wish in enumerate(wishes) if wish.yields}
        if lacking <= sum([*can.values(), *firm.values()]):  # else one has to scroll all the same
            _take(widths, can, lacking)
            _take(widths, firm, sum(widths) - room)
        return widths
    widths = _given(room, widths, [0 if wish.cedes else wish.wants for wish in wishes])
    widths = _filled(room, widths, wishes)
    widths = _given(room, widths, [wish.wants for wish in wishes])
    least = [*widths]
    sharing = {at for at, wish in enumerate(wishes) if not wish.keep} or set(range(len(wishes)))
    left = room - sum(width for at, width in enumerate(widths) if at not in sharing)
    while sharing:
        shares = sum(wishes[at].share for at in sharing) or 1
        short = {at for at in sharing if left * wishes[at].share // shares < least[at]}
        if not short:
            for at in sharing:
                widths[at] = left * wishes[at].share // shares
            widths[max(sharing)] += left - sum(widths[at] for at in sharing)
            break
        left -= sum(least[at] for at in short)
        sharing -= short
    return widths


def _above(wish: Wish, kept: int = 0) -> int:
    """The pixels that a column which yields can give and still has those ``kept``."""
    return max(0, wish.least - max(wish.heading, _FLOOR, kept))


def _take(widths: list[int], can: Mapping[int, int], lacking: int) -> None:
    """Make columns narrower by what is ``lacking`` in all, or what they can give, alike as far as they can."""
    poorest = sorted(can, key=can.__getitem__)
    for after, at in enumerate(poorest):
        given = max(0, min(can[at], math.ceil(lacking / (len(poorest) - after))))
        widths[at] -= given
        lacking -= given


def _given(room: int, widths: Sequence[int], wants: Sequence[int]) -> list[int]:
    """What is left of ``room`` given to each column in turn, up to what it ``wants``."""
    given = [*widths]
    for at, wanted in enumerate(wants):
        given[at] += max(0, min(wanted - given[at], room - sum(given)))
    return given


def _filled(room: int, widths: Sequence[int], wishes: Sequence[Wish]) -> list[int]:
    """What is left of ``room`` given to columns whose words are cut still, by their shares."""
    filled = [*widths]
    while True:
        left = room - sum(filled)
        lacking = [at for at, wish in enumerate(wishes) if filled[at] < wish.full]
        shares = sum(wishes[at].share for at in lacking)
        given = {at: min(wishes[at].full - filled[at], left * wishes[at].share // shares) for at in lacking}
        if not any(given.values()):
            return filled
        for at, more in given.items():
            filled[at] += more
