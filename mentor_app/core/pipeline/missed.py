"""Which deals that are gone from a file are missed there, and which may well belong to another month's or region's file: elsewhere.

A deal is missed where the file holds a third or more of what was inserted with it. Files that come again month after month bring few new deals each,
and those that came together may soon be gone together. So a deal is missed, too, where the file holds a third or more of all that was inserted by the imports which the last
file that held a third of the deal's import held with it: another region's files never held them.
What rows are found to be under another identity counts as held by the file.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, func, select

from mentor_app.core.imports import imported_file
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store.history import Operation, change

_TIMES = 2
"""For each deal of an import that is in the file so many may be away, if the file is to be that one come again."""


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


class Insertions:
    """What was inserted together, and how much of each the file holds; ``own`` are the first ids of what it inserted itself."""

    def __init__(self, connection: Connection, own: Collection[int] = ()) -> None:
        self._connection, self._own = connection, own
        self._here: Counter[int] = Counter()
        self._found = set[int]()

    @cached_property
    def _starts(self) -> list[int]:
        """The first ids of what was inserted together."""
        c = change.c
        many = select(c.after).where(
            c.table_name == opportunity.name, c.row_id.is_(None), c.operation == Operation.INSERT_MANY
        )
        earlier = (first for after in self._connection.execute(many).scalars() for first, _ in json.loads(after))
        return sorted({*earlier, *self._own})

    def _of(self, ids: Iterable[int]) -> Iterator[int]:
        """The how-manieth insertion each of these deals came with."""
        starts = self._starts
        return (bisect_right(starts, row_id) for row_id in ids)

    def holds(self, here: Iterable[int]) -> None:
        """Count deals that the file holds."""
        self._here.update(self._of(here))

    def finds(self, ids: Iterable[int]) -> None:
        """Count deals that rows may be under another identity; each once."""
        new = set(ids) - self._found
        self._found |= new
        self.holds(new)

    def apart(self, away: Sequence[int]) -> Gone:
        """All deals that are ``away`` from the file: missed, or elsewhere."""
        together = dict(zip(away, self._of(away), strict=True))
        lacking = Counter(together.values())
        missed = {one for one, n in lacking.items() if _is_held(self._here[one], n)}
        for one, several in self._held_with(lacking.keys() - missed).items():
            if _is_held(sum(self._here[n] for n in several), sum(lacking[n] for n in several)):
                missed.add(one)
        return Gone(
            missed=[row_id for row_id in away if together[row_id] in missed],
            elsewhere=[row_id for row_id in away if together[row_id] not in missed],
        )

    def with_found(self, away: Gone, ids: Collection[int]) -> Gone:
        """These deals, where the file holds those of these ids, too: of others that came with them more may be missed then."""
        if not ids:
            return away
        self.finds(ids)
        missed = {*away.missed, *self.apart(away.but(self._found).all).missed}
        return Gone(missed=sorted(missed), elsewhere=[row_id for row_id in away.elsewhere if row_id not in missed])

    def not_of(self, ids: Sequence[int], elsewhere: Sequence[int]) -> list[int]:
        """Those of these deals that did not come with ones that are ``elsewhere``."""
        if not ids or not elsewhere:
            return list(ids)
        others = set(self._of(elsewhere))
        return [row_id for row_id, one in zip(ids, self._of(ids), strict=True) if one not in others]

    def held(self, in_file: Container[str]) -> list[int]:
        """The first ids of those of which the file, in which deals with these keys are, holds a third or more."""
        here, lacking, starts = Counter[int](), Counter[int](), [0, *self._starts]
        rows = self._connection.execute(select(opportunity.c.id, opportunity.c.key))
        for row_id, key in rows:
            (here if key in in_file else lacking)[bisect_right(self._starts, row_id)] += 1
        return [starts[one] for one, n in sorted(here.items()) if _is_held(n, lacking[one])]

    def _held_with(self, wanted: Collection[int]) -> dict[int, set[int]]:
        """Of insertions that are ``wanted`` those which the last file that held it held together, itself among them."""
        found, left, column = dict[int, set[int]](), set(wanted), imported_file.c.imports_held
        if not left:
            return found
        newest = select(column).where(column.is_not(None)).order_by(imported_file.c.id.desc())
        with self._connection.execute(newest.execution_options(yield_per=50)) as files:
            for written in files.scalars():
                several = set(self._of(json.loads(written)))
                found |= dict.fromkeys(left & several, several)
                left -= several
                if not left:
                    break
        return found


def gone(
    connection: Connection,
    insertions: Insertions,
    in_file: Collection[str],
    *,
    found: int,
    composed: bool,
    declined: Container[str] = (),
) -> Gone:
    """The deals whose identity is ``composed`` of several columns, or is not, and whose keys are not ``in_file``, of which ``found`` stand in the
    store. Those that were ``declined`` for a row are missed, but count as deals of the file, or answers would change what is asked."""
    kind = opportunity.c.key.contains(KEY_MARK) if composed else ~opportunity.c.key.contains(KEY_MARK)
    if connection.execute(select(func.count()).select_from(opportunity).where(kind)).scalar() == found:
        return Gone(missed=[], elsewhere=[])
    here, away, refused = list[int](), list[int](), list[int]()
    for row_id, key in connection.execute(select(opportunity.c.id, opportunity.c.key).where(kind)):
        (here if key in in_file else refused if key in declined else away).append(row_id)
    insertions.holds(here)
    insertions.finds(refused)
    split = insertions.apart(sorted(away))
    return Gone(missed=sorted(split.missed + refused), elsewhere=split.elsewhere)


def _is_held(here: int, away: int) -> bool:
    return _TIMES * here >= away
