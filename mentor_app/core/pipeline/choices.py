"""Which of several deals a row is that may be known ones: the one offered, or another open deal of its customer that no other row is for sure.

What a row may be does not depend on what was said of other rows, or a number would come to mean another deal: first the deal that is
offered of itself, then those that are free by how much they have in common with the row, then in the order of the store; then those that are
only said to be, being of another file or having rows of their own that say much else (or, of those called alike, anything else): where one of the latter is chosen, its name has gone over, and its
row is asked about, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.less_in_common import called_alike
from mentor_app.core.pipeline.renamed import NAMES, TOGETHER, Pair, Row, deals, in_common, parts
from mentor_app.core.pipeline.rules import said_twice
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN

MOST_CHOICES = 99
"""So many deals at most a row may be, by their numbers."""
_MOST = 250_000
"""Rows and deals of one customer that are put in order; where there are more, only what is offered can be said."""


class Choices:
    """What rows may be, and what was said of them. ``free`` are the ids of deals that rows may be, ``further`` those that they are only said to be, ``little``
    those of these that only rows which are called alike are said to be, ``held`` those that rows surely are; ``told`` says of a row whether it is a new deal (0), the one offered (-1) or the how-manieth of those that it may be, None where nothing was said; ``rows`` are
    the numbers of the rows by their keys."""

    def __init__(
        self,
        connection: Connection,
        names: Sequence[str],
        *,
        free: Collection[int],
        further: Collection[int],
        little: Collection[int],
        held: Collection[int],
        told: Callable[[Pair], int | None],
        rows: Mapping[str, int],
    ) -> None:
        self._connection, self._names = connection, names
        self._further, self._little, self._held = {*further} - {*free}, {*little} - {*free}, held
        self._free = {*free, *further, *held}
        self._told, self._rows = told, rows
        self.may_be: dict[str, list[Pair]] = {}
        """The key of a row → all deals that it may be, where they are several."""

    def offer(self, found: Sequence[Pair], of_itself: bool = True) -> None:
        """Find what these rows may be; ``of_itself`` they are offered, not only for what was said of others."""
        theirs = self._open_of(found)
        if sum(len(theirs[customer]) for one in found for customer in self._customers(one)) > _MOST:
            return
        view, at = parts(self._names), NAMES[0]
        for one in found:
            may_be = self.may_be.get(one.new[0])
            if may_be is not None:
                if all(other.id != one.id for other in may_be):
                    may_be.append(one)
                continue
            others = {row_id: old for customer in self._customers(one) for row_id, old in theirs[customer].items()}
            first, new = one.id if of_itself else None, view(one.new)
            seen = {row_id: view(old) for row_id, old in (others | {one.id: one.old}).items()}
            alike = {row_id for row_id, old in seen.items() if called_alike(new[at], old[at])}
            others = {row_id: old for row_id, old in others.items() if row_id in alike or row_id not in self._little}
            others[one.id] = one.old
            like = {row_id: in_common(new, seen[row_id]) + (row_id in alike) for row_id in others}
            order = sorted(others, key=lambda row_id: (row_id != first, row_id in self._further, -like[row_id], row_id))
            if len(order) > 1:
                several = [Pair(new=one.new, id=row_id, old=others[row_id]) for row_id in order[:MOST_CHOICES]]
                self.may_be[one.new[0]] = several

    def number(self, one: Pair) -> int:
        """The how-manieth of the deals that it may be a row is taken for."""
        ids = [other.id for other in self.may_be.get(one.new[0], ())]
        return ids.index(one.id) + 1 if one.id in ids else 1

    def settle(self, found: Sequence[Pair]) -> list[Pair]:
        """These rows, each with the deal that was said; where nothing was, with the one offered, or the next that no other row is. UserError where two
        are said to be one deal."""
        said = {one: self._said(one) for one in found}
        taken = dict[int, Pair]()
        for one in filter(None, said.values()):
            if one.id in self._held:
                raise UserError(
                    "Row {row} is said to be a deal that another row surely is.", row=self._rows[one.new[0]]
                )
            if one.id in taken:
                raise said_twice(*(self._rows[two.new[0]] for two in (taken[one.id], one)))
            taken[one.id] = one
        met = {*taken, *self._held, *self._further, *(one.id for one in found if self._told(one) is None)}
        settled = list[Pair]()
        for one, chosen in said.items():
            if chosen is not None or one.id not in taken or self._told(one) == 0:
                settled.append(chosen or one)
            else:
                others = [other for other in self.may_be.get(one.new[0], ()) if other.id not in met][:1]
                met.update(other.id for other in others)
                settled += others
        return settled

    def _said(self, one: Pair) -> Pair | None:
        """What a row was said to be; None where nothing was said, or that it is a new one."""
        which, may_be = self._told(one) or 0, self.may_be.get(one.new[0], ())
        return may_be[which - 1] if 0 < which <= len(may_be) else one if which else None

    def _customers(self, one: Pair) -> set[str]:
        if "account" not in self._names:
            return set()
        at = self._names.index("account")
        return {customer for customer in (one.new[at], one.old[at]) if customer}

    def _open_of(self, found: Sequence[Pair]) -> Mapping[str, dict[int, Row]]:
        """The open deals that are free of the customers of these rows and deals."""
        customers, c = sorted({customer for one in found for customer in self._customers(one)}), opportunity.c
        ids = list[int]()
        for at in range(0, len(customers), TOGETHER):
            where = c.account.in_(customers[at : at + TOGETHER]), c.status == OPEN
            ids += self._connection.execute(select(c.id).where(*where)).scalars()
        theirs: dict[str, dict[int, Row]] = defaultdict(dict)
        for row_id, old in deals(self._connection, self._names, sorted(self._free.intersection(ids))):
            theirs[old[self._names.index("account")]][row_id] = old
        return theirs
