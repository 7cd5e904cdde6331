"""Which deals that are gone from a file are missed there, and which may well belong to another month's or region's file: elsewhere.

With each import it is kept which deals its file held once it was imported, and which were missed in it. Of the earlier files those count of whose deals
this file holds a third or more. How like it one is: the part that both hold of the deals that either of the two holds. *The file before* is the newest
of those that are nine tenths as like as the one most like it, or more. Going on from the most like of the others to the least, one is a file before, too, where this file holds a third or
more of its deals that no file before so far held: so a file of all deals has the last one of each region before it. Missed are, of the deals that are not in the file:

1. those that a file before held; where this file holds less than two thirds of that one's deals, not those that were held since by a file of which
   it holds less than a third: they are another region's;
2. open ones that were missed in a file before, and that no file since that one has held, so that a deal may be away twice; but not for ever: not if they were missed in three
   files by now, and of no file that held them half or more of the deals are here;
3. those that came since the (first) file before, being neither held by nor missed in that one or any earlier, if this file holds a third or more of every file that has held
   them: else they are another region's;
4. those that no file is known to have held or missed, if this file holds a third or more of what was inserted together with them.

Where of no earlier file a third is here, only the last of these holds. What rows are found to be under another identity counts as held by the file.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from sqlalchemy import Connection, func, select

from mentor_app.core.pipeline import held
from mentor_app.core.pipeline.held import File, among, bits
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.store import bulk

_TIMES = 2
"""For each deal that is in the file so many may be away, if the file is to hold a third or more of them."""
_ABOUT = 0.9
"""Files are about as like as the one most like, if they are so by this part."""
_TOGETHER = 5_000


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Deals that are not in this file, by their ids: ``missed`` or ``elsewhere`` by the rule above."""

    missed: list[int]
    elsewhere: list[int]

    @property
    def all(self) -> list[int]:
        """Both, in the order of their ids."""
        return sorted([*self.missed, *self.elsewhere])

    def and_those(self, others: Gone) -> Gone:
        """All of both."""
        return Gone(missed=self.missed + others.missed, elsewhere=self.elsewhere + others.elsewhere)

    def but(self, ids: Container[int]) -> Gone:
        """Without these."""
        missed, elsewhere = ([one for one in side if one not in ids] for side in (self.missed, self.elsewhere))
        return Gone(missed=missed, elsewhere=elsewhere)


class Earlier:
    """What earlier files held, and how much of that this one holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._here = 0

    @cached_property
    def _files(self) -> list[File]:
        """The newest first."""
        return held.files(self._connection)

    def holds(self, ids: Iterable[int]) -> None:
        """Count deals that the file holds, or that rows may be under another identity."""
        self._here |= bits(ids)

    def apart(self, away: Sequence[int]) -> Gone:
        """All deals that are ``away`` from the file: missed, or elsewhere."""
        missed = among(away, self._missed(away))
        return Gone(
            missed=[row_id for row_id, one in zip(away, missed, strict=True) if one],
            elsewhere=[row_id for row_id, one in zip(away, missed, strict=True) if not one],
        )

    def with_found(self, away: Gone, ids: Collection[int]) -> Gone:
        """These deals, where the file holds those of these ids, too: of others more may be missed then."""
        if not ids:
            return away
        self.holds(ids)
        every = away.all
        rest = [row_id for row_id, here in zip(every, among(every, self._here), strict=True) if not here]
        missed = {*away.missed, *self.apart(rest).missed}
        return Gone(missed=sorted(missed), elsewhere=[row_id for row_id in away.elsewhere if row_id not in missed])

    def _missed(self, away: Sequence[int]) -> int:
        """The deals that are missed of those ``away``."""
        gone, files = bits(away), self._files
        known = _any(one.held | one.missed for one in files)
        missed = self._inserted_with(gone & ~known) if len(files) < held.MOST_FILES else 0
        like = self._like(files)
        if not like:
            return missed
        others = [one.held if at not in like else 0 for at, one in enumerate(files)]
        covered = theirs = again = 0
        for at in like:
            held_then, since = files[at].held, slice(0, at)
            if not self._holds_a_third(held_then & ~covered):
                continue
            covered |= held_then
            theirs |= held_then if self._holds_most(held_then) else held_then & ~_any(others[since])
            again |= files[at].missed & ~_any(one.held for one in files[since])
        new, old = files[: like[0]], files[like[0] :]
        came = _any(one.held for one in new) & ~_any(one.held | one.missed for one in old) & ~_any(others[: len(new)])
        missed |= gone & (theirs | came)
        return missed | self._open(again & gone & ~missed & ~self._long_gone(files), away)

    def newly_first(self, ids: Sequence[int]) -> tuple[list[int], int]:
        """These deals, first those that were not missed in the file before already, and how many these are."""
        like = self._like(self._files)
        again = among(ids, self._files[like[0]].missed if like else 0)
        newly = [row_id for row_id, before in zip(ids, again, strict=True) if not before]
        return newly + [row_id for row_id, before in zip(ids, again, strict=True) if before], len(newly)

    def _long_gone(self, files: Sequence[File]) -> int:
        """The deals that were missed in three files, and were held only by files of whose deals this one holds less than half."""
        once = twice = thrice = 0
        for one in files:
            thrice |= twice & one.missed
            twice |= once & one.missed
            once |= one.missed
        held_ever = _any(one.held for one in files)
        return thrice & held_ever & ~_any(one.held for one in files if self._holds_half(one.held))

    def _holds_a_third(self, several: int) -> bool:
        """Whether the file holds a third or more of these deals; of none it does not."""
        return _is_held((several & self._here).bit_count(), (several & ~self._here).bit_count()) if several else False

    def _holds_half(self, several: int) -> bool:
        return (several & self._here).bit_count() >= (several & ~self._here).bit_count()

    def _holds_most(self, several: int) -> bool:
        """Whether the file holds two thirds or more of these deals."""
        return (several & self._here).bit_count() >= _TIMES * (several & ~self._here).bit_count()

    def _like(self, files: Sequence[File]) -> list[int]:
        """The places of those of which this one holds a third or more: the file before, then those most like it."""
        part = {
            at: (one.held & self._here).bit_count() / (one.held | self._here).bit_count()
            for at, one in enumerate(files)
            if self._holds_a_third(one.held)
        }
        first = min((at for at in part if part[at] >= _ABOUT * max(part.values())), default=None)
        return sorted(part, key=lambda at: (at != first, -part[at], at))

    def _inserted_with(self, unknown: int) -> int:
        """Those of these deals that are missed by what was inserted with them."""
        together = (some for _, some in held.inserted_together(self._connection) if some & unknown) if unknown else ()
        return unknown & _any(some for some in together if self._holds_a_third(some))

    def _open(self, some: int, away: Sequence[int]) -> int:
        """Those of these deals, of those ``away``, that are open."""
        ids = [row_id for row_id, one in zip(away, among(away, some), strict=True) if one] if some else []
        found = 0
        for at in range(0, len(ids), _TOGETHER):
            some_ids: Any = ids[at : at + _TOGETHER]
            rows = bulk.find(self._connection, opportunity, "id", some_ids, ["id", "status"])
            found |= bits(row_id for row_id, status in rows if status == OPEN)
        return found


def _any(several: Iterable[int]) -> int:
    """The deals of all of these."""
    return reduce(or_, several, 0)


def gone(connection: Connection, earlier: Earlier, in_file: Collection[str], *, found: int, composed: bool) -> Gone:
    """The deals whose identity is ``composed`` of several columns, or is not, and whose keys are not ``in_file``, of which ``found`` stand in the
    store."""
    kind = opportunity.c.key.contains(KEY_MARK) if composed else ~opportunity.c.key.contains(KEY_MARK)
    if connection.execute(select(func.count()).select_from(opportunity).where(kind)).scalar() == found:
        return Gone(missed=[], elsewhere=[])
    here, away = list[int](), list[int]()
    for row_id, key in connection.execute(select(opportunity.c.id, opportunity.c.key).where(kind)):
        (here if key in in_file else away).append(row_id)
    earlier.holds(here)
    return earlier.apart(sorted(away))


def _is_held(here: int, away: int) -> bool:
    return _TIMES * here >= away
