"""Which of several deals a row is that may be known ones: the one offered, or another open deal of its customer that is not in the file as it was.

What a row may be, and in which order, does not depend on what was said of it or of other rows, or a number would come to mean another deal: first the deals that share
its identity (see ``look_alikes``); then the open deals
of its customer by how much they have in common with the row, then in the order of the store, be they gone from the file or have rows of their own that say something
else; then those that are offered and have ended, or are of a customer that was called otherwise, with that one's. Where a deal is chosen that has a row
of its own, its name has gone over, and that row is asked about, too.
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
from mentor_app.core.store import bulk

MOST_CHOICES = 99
"""So many deals at most a row may be, by their numbers."""
_MOST = 250_000
"""Rows and deals of one customer that are put in order; where there are more, only what is offered can be said."""


class Choices:
    """What rows may be, and what was said of them. ``free`` are the ids of deals that rows may be, ``further`` those that they are only said to be,
    ``held`` those that rows surely are; ``told`` says of a row whether it is a new deal (0), the one offered (-1) or the how-manieth of those that it may be, None where nothing was said; ``rows`` are
    the numbers of the rows by their keys; ``alike`` the keys of the deals that share an identity with a row, by its key: such a row stays asked about when its
    deal is another row's."""

    def __init__(
        self,
        connection: Connection,
        names: Sequence[str],
        *,
        free: Collection[int],
        further: Collection[int],
        held: Collection[int],
        told: Callable[[Pair], int | None],
        rows: Mapping[str, int],
        alike: Mapping[str, Sequence[str]],
    ) -> None:
        self._connection, self._names = connection, names
        self._further, self._held = {*further} - {*free}, held
        self._free = {*free, *further, *held}
        self._told, self._rows, self._alike = told, rows, alike
        self.may_be: dict[str, list[Pair]] = {}
        """The key of a row → all deals that it may be, where they are several."""

    def offer(self, found: Sequence[Pair]) -> None:
        """Find what these rows may be."""
        theirs, sharing = self._open_of(found), self._sharing(found)
        if sum(len(theirs[customer]) for one in found for customer in self._customers(one)) > _MOST:
            theirs.clear()
        view, at = parts(self._names), NAMES[0]
        account = self._names.index("account") if "account" in self._names else None
        for one in found:
            may_be = self.may_be.get(one.new[0])
            if may_be is not None:
                if all(other.id != one.id for other in may_be):
                    may_be.append(one)
                continue
            alike = dict(sharing[key] for key in self._alike.get(one.new[0], ()))
            new, own = view(one.new), theirs[one.new[account]] if account is not None else {}
            others = {row_id: old for customer in self._customers(one) for row_id, old in theirs[customer].items()}
            others = {row_id: old for row_id, old in (others | {one.id: one.old}).items() if row_id not in alike}
            seen = {row_id: view(old) for row_id, old in others.items()}
            like = {row_id: in_common(new, old) + called_alike(new[at], old[at]) for row_id, old in seen.items()}
            order = [*alike, *sorted(others, key=lambda row_id: (row_id not in own, -like[row_id], row_id))]
            if len(order) > 1:
                olds = alike | others
                several = [Pair(new=one.new, id=row_id, old=olds[row_id]) for row_id in order[:MOST_CHOICES]]
                self.may_be[one.new[0]] = several if one.id in order[:MOST_CHOICES] else [*several[:-1], one]

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
                settled += others or ([one] if one.new[0] in self._alike else [])
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

    def _sharing(self, found: Sequence[Pair]) -> dict[str, tuple[int, Row]]:
        """The deals that share an identity with these rows, by their keys."""
        keys = sorted({key for one in found for key in self._alike.get(one.new[0], ())})
        rows = bulk.find(self._connection, opportunity, "key", keys, ["id", *self._names]) if keys else []
        at = 1 + self._names.index("key")
        return {row[at]: (row[0], tuple(row[1:])) for row in rows}

    def _open_of(self, found: Sequence[Pair]) -> dict[str, dict[int, Row]]:
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
