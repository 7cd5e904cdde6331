"""Which of several deals a row is that may be known ones: the one offered, or another open deal of its customer that is not in the file as it was.

What a row may be, and in which order, is decided by the file and the store alone, not by what was said of it or of other rows, or a number would come
to mean another deal. First stand the deals that share its identity (see ``look_alikes``); then those of its customer, under whatever name, that are
open, be they gone from the file or have rows of their own that say something else, or that ended and could be it, by how much they have in common with
the row, then in the order of the store; for a row that looks like no deal yet also those of other customers that could be it; at the end the one that
it looks like, where it is none of these. A row of which something is said that was not asked about is heard all the same. Where a deal is chosen that
has a row of its own, its name has gone over, and that row is asked about, too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Connection, or_, select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.less_in_common import called_alike, of_customer_called_alike
from mentor_app.core.pipeline.missed import Gone
from mentor_app.core.pipeline.other_deal import but_name
from mentor_app.core.pipeline.renamed import DAYS, NAMES, STAGE, TOGETHER, Pair, Row, could_be, deals, in_common, parts
from mentor_app.core.pipeline.rules import said_twice
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.store import bulk

MOST_CHOICES = 99
"""So many deals at most a row may be, by their numbers."""
_CLOSED = DAYS[1]
_MOST = 250_000
"""Rows and deals of one customer that are put in order; where there are more, only what is offered can be said."""


class Choices:
    """What rows may be, and what was said of them.

    Before anything is said, rows look like deals that are ``offered``, or are those whose identity they have: that is ``doubted``, or they are
    ``changed`` by them. Deals that are ``away`` are gone from the file, ``held`` are the ids of those that rows surely are. ``told`` says of a row
    whether it is a new deal (0), the one offered (-1) or the how-manieth of those that it may be, None where nothing was said. ``rows`` are the numbers
    of the rows by their keys; ``alike`` the keys of the deals that share an identity with a row, by its key: such a row stays asked about when its deal
    is another row's."""

    def __init__(
        self,
        connection: Connection,
        names: Sequence[str],
        *,
        offered: Sequence[Pair],
        doubted: Sequence[Pair],
        changed: Sequence[Pair],
        away: Gone,
        held: Collection[int],
        told: Callable[[Pair], int | None],
        rows: Mapping[str, int],
        alike: Mapping[str, Sequence[str]],
    ) -> None:
        self._connection, self._names = connection, names
        self._first = {one.new[0]: one for one in (*doubted, *changed, *offered)}
        free = {*away.missed, *(one.id for one in doubted)}
        self._further, self._held = {*away.elsewhere, *(one.id for one in changed)} - free, held
        self._likely = {*away.missed, *(one.id for one in self._first.values())}
        self._free = {*self._likely, *away.elsewhere, *held}
        self._formerly = self._former_names(offered)
        self._told, self._rows, self._alike = told, rows, alike
        self._lists: dict[str, list[Pair]] = {}
        """The key of a row → all deals that it may be."""

    @property
    def may_be(self) -> Mapping[str, Sequence[Pair]]:
        """The key of a row → all deals that it may be, where they are several."""
        return {key: several for key, several in self._lists.items() if len(several) > 1}

    def offer(self, found: Sequence[Pair]) -> None:
        """Find what these rows may be."""
        self._list([one.new for one in found])
        for one in found:
            several = self._lists[one.new[0]]
            if len(several) < MOST_CHOICES and all(other.id != one.id for other in several):
                several.append(one)

    def said(self, rows: Sequence[Row]) -> list[Pair]:
        """Those of these rows that are offered nothing of which is said which deal they are, with that one."""
        self._list(rows)
        lists = [several for row in rows if (several := self._lists[row[0]])]
        return [chosen for several in lists if (self._told(several[0]) or 0) > 0 and (chosen := self._said(several[0]))]

    def is_sure_of(self, one: Pair) -> bool:
        """Whether a row looks like this deal whatever is said of others."""
        return one.new[0] in self._first or len(self._lists[one.new[0]]) == 1

    def _list(self, rows: Sequence[Row]) -> None:
        """Find what these rows may be, of which that is not known yet."""
        rows = [row for row in rows if row[0] not in self._lists]
        customers = {row[0]: self._customers(row) for row in rows}
        theirs, sharing = self._of_customers(rows, set().union(*customers.values())), self._sharing(rows)
        if sum(len(theirs[customer]) for several in customers.values() for customer in several) > _MOST:
            theirs.clear()
        view, at, later = parts(self._names), NAMES[0], [row for row in rows if row[0] not in self._first]
        likely = self._deals(self._likely) if len(later) * len(self._likely) <= _MOST and later else {}
        known = likely | {row_id: old for several in theirs.values() for row_id, old in several.items()}
        seen = {row_id: view(old) for row_id, old in known.items()}
        for row in rows:
            alike, new, first = self._alike_of(row, sharing), view(row), self._first.get(row[0])
            own = {row_id for customer in customers[row[0]] for row_id in theirs[customer]}
            every = own if first is not None else own.union(likely)
            as_now = {one: _of_customer(seen[one], new) if one in own else seen[one] for one in every.difference(alike)}
            others = {
                row_id: (row_id not in own, -in_common(new, old) - called_alike(new[at], old[at]), row_id)
                for row_id, old in as_now.items()
                if self._may_be(row_id, new, old, of_customer=row_id in own)
            }
            several = [(row_id, known[row_id]) for row_id in sorted(others, key=others.__getitem__)]
            order = [*alike.items(), *several][:MOST_CHOICES]
            if first is not None and first.id not in dict(order):
                order = [*order[: MOST_CHOICES - 1], (first.id, first.old)]
            self._lists[row[0]] = [Pair(new=row, id=row_id, old=old) for row_id, old in order]

    def _may_be(self, row_id: int, new: Row, old: Row, *, of_customer: bool) -> bool:
        """Whether a deal is listed among those that a row may be: of its customer one that is open, or of which it says all but the name; and any that
        could be offered to it."""
        is_open = old[STAGE][0] == OPEN
        if of_customer and (is_open or but_name(old, STAGE) == but_name(new, STAGE)):
            return True
        return row_id in self._likely and (could_be(new, old) or (is_open and of_customer_called_alike(new, old)))

    def _alike_of(self, row: Row, sharing: Mapping[str, tuple[int, Row]]) -> dict[int, Row]:
        """The deals that share an identity with a row, the likest first."""
        return dict(sharing[key] for key in self._alike.get(row[0], ()))

    def number(self, one: Pair) -> int:
        """The how-manieth of the deals that it may be a row is taken for."""
        ids = [other.id for other in self._lists.get(one.new[0], ())]
        return ids.index(one.id) + 1 if one.id in ids else 1

    def settle(self, found: Sequence[Pair], known: Collection[str]) -> list[Pair]:
        """These rows, each with the deal that was said; where nothing was, with the one offered, or the next that no other row is. Where there is none, a row
        that looked like one is new; but those with an identity that is ``known`` are still asked about. UserError where two are said to be one deal."""
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
                others = [other for other in self._lists.get(one.new[0], ()) if other.id not in met][:1]
                met.update(other.id for other in others)
                settled += others or ([one] if one.new[0] in known or one.new[0] in self._alike else [])
        return settled

    def _said(self, one: Pair) -> Pair | None:
        """What a row was said to be; None where nothing was said, or that it is a new one, or the how-manieth of fewer."""
        which, several = self._told(one) or 0, self._lists.get(one.new[0], ())
        if which > 0 and several:
            return several[which - 1] if which <= len(several) else None
        return self._first.get(one.new[0], one) if which else None

    def _former_names(self, offered: Sequence[Pair]) -> dict[str, list[str]]:
        """What customers were called in the deals that rows look like, by what they are called in the rows."""
        found: dict[str, list[str]] = defaultdict(list)
        if "account" in self._names:
            at = self._names.index("account")
            for old, new in sorted({(one.old[at], one.new[at]) for one in offered if one.old[at] and one.new[at]}):
                found[new].append(old)
        return found

    def _customers(self, row: Row) -> list[str]:
        """Whose deals a row may be: its customer's, under all names that this one had."""
        if "account" not in self._names:
            return []
        at, first = self._names.index("account"), self._first.get(row[0])
        every = (row[at], *self._formerly.get(row[at], ()), first.old[at] if first is not None else None)
        return list(dict.fromkeys(filter(None, every)))

    def _sharing(self, rows: Sequence[Row]) -> dict[str, tuple[int, Row]]:
        """The deals that share an identity with these rows, by their keys."""
        keys = sorted({key for row in rows for key in self._alike.get(row[0], ())})
        found = bulk.find(self._connection, opportunity, "key", keys, ["id", *self._names]) if keys else []
        at = 1 + self._names.index("key")
        return {one[at]: (one[0], tuple(one[1:])) for one in found}

    def _of_customers(self, rows: Sequence[Row], customers: Collection[str]) -> dict[str, dict[int, Row]]:
        """The deals that are free of these customers: those that are open, or likely, or ended on the day of one of these rows."""
        wanted, c, view = sorted(customers), opportunity.c, parts(self._names)
        days = {day for day in (view(row)[_CLOSED] for row in rows) if day is not None}
        in_time = or_(c.status == OPEN, c.closed_on.in_(sorted(map(dt.date.fromisoformat, days))))
        ids = list[int]()
        for at in range(0, len(wanted), TOGETHER):
            of_these = c.account.in_(wanted[at : at + TOGETHER])
            ids += self._connection.execute(select(c.id).where(of_these, in_time)).scalars()
            ids += self._likely.intersection(self._connection.execute(select(c.id).where(of_these)).scalars())
        theirs: dict[str, dict[int, Row]] = defaultdict(dict)
        for row_id, old in self._deals(self._free.intersection(ids)).items():
            theirs[old[self._names.index("account")]][row_id] = old
        return theirs

    def _deals(self, ids: Collection[int]) -> dict[int, Row]:
        return dict(deals(self._connection, self._names, sorted(ids)))


def _of_customer(old: Row, new: Row) -> Row:
    """A deal as it would be seen if its customer were called as in a row."""
    at = NAMES[1]
    return (*old[:at], new[at], *old[at + 1 :])
