"""Which of several deals a row is that may be known ones: the one offered, or another open deal of its customer that is missed, too.

What a row may be does not depend on what was said of other rows, or a number would come to mean another deal: first the deal that is
offered of itself, then the others by how much they have in common with the row, then in the order of the store.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.look_alikes import MOST_OFFERED
from mentor_app.core.pipeline.renamed import TOGETHER, Pair, Row, deals, in_common, parts
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN

_MOST = 250_000
"""Rows and deals of one customer that are put in order; where there are more, only what is offered can be said."""


class Choices:
    """What rows may be, and what was said of them. ``missed`` are the ids of deals that are not in the file; ``told`` says of a row whether it is a new
    deal (0), the one offered (-1) or the how-manieth of those that it may be, None where nothing was said; ``rows`` are the numbers of the rows by their keys."""

    def __init__(
        self,
        connection: Connection,
        names: Sequence[str],
        missed: Collection[int],
        told: Callable[[Pair], int | None],
        rows: Mapping[str, int],
    ) -> None:
        self._connection, self._names, self._missed = connection, names, missed
        self._told, self._rows = told, rows
        self.may_be: dict[str, list[Pair]] = {}
        """The key of a row → all deals that it may be, where they are several."""

    def offer(self, found: Sequence[Pair], of_itself: bool = True) -> None:
        """Find what these rows may be; ``of_itself`` they are offered, not only for what was said of others."""
        theirs = self._open_of(found)
        if sum(len(theirs[customer]) for one in found for customer in self._customers(one)) > _MOST:
            return
        view = parts(self._names)
        for one in found:
            others = {row_id: old for customer in self._customers(one) for row_id, old in theirs[customer].items()}
            others[one.id] = one.old
            first, new = one.id if of_itself else None, view(one.new)
            equal = {row_id: in_common(new, view(old)) for row_id, old in others.items()}
            order = sorted(others, key=lambda row_id: (row_id != first, -equal[row_id], row_id))
            if one.id in order[MOST_OFFERED:]:
                order.insert(MOST_OFFERED - 1, one.id)
            if len(order) > 1:
                self.may_be[one.new[0]] = [
                    Pair(new=one.new, id=row_id, old=others[row_id]) for row_id in order[:MOST_OFFERED]
                ]

    def settle(self, found: Sequence[Pair]) -> list[Pair]:
        """These rows, each with the deal that was said; where nothing was, with the one offered, or the next that no other row is. UserError where two
        are said to be one deal."""
        said = {one: self._said(one) for one in found}
        taken = Counter(one.id for one in said.values() if one is not None)
        for one in said.values():
            if one is not None and taken[one.id] > 1:
                raise UserError("Row {row} and another one are said to be the same deal.", row=self._rows[one.new[0]])
        met = set(taken) | {one.id for one in found if self._told(one) is None}
        settled = list[Pair]()
        for one, chosen in said.items():
            if chosen is not None or one.id not in taken or self._told(one) == 0:
                settled.append(chosen or one)
            else:
                further = [other for other in self.may_be.get(one.new[0], ()) if other.id not in met][:1]
                met.update(other.id for other in further)
                settled += further
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
        """The missed open deals of the customers of these rows and deals."""
        customers, c = sorted({customer for one in found for customer in self._customers(one)}), opportunity.c
        ids = list[int]()
        for at in range(0, len(customers), TOGETHER):
            where = c.account.in_(customers[at : at + TOGETHER]), c.status == OPEN
            ids += self._connection.execute(select(c.id).where(*where)).scalars()
        theirs: dict[str, dict[int, Row]] = defaultdict(dict)
        for row_id, old in deals(self._connection, self._names, sorted(set(ids).intersection(self._missed))):
            theirs[old[self._names.index("account")]][row_id] = old
        return theirs
