"""Whether a file is older than what is here, by the history and by what it lacks.

It is where three or more of the deals that it changes, and half of them or more, get a value back that an earlier import had and a later one
replaced. So it is where three or more known deals are not in it, nine in ten of these were opened on the file's last day of opening or later, and its
last day lies before the last one known; if it changes any deal at all. One deal that goes back says nothing: it was opened again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.pipeline.renamed import Row
from mentor_app.core.pipeline.rules import Older
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store.history import Operation, change, change_set

_LEAST = 3
_HALF = 2
_MOST_OF = 10
_CHANGED = 20_000
"""So many of the deals that change are looked at."""
_LOOKED_AT = 50_000
"""So many deals that earlier imports changed are looked at, those of the newest first."""
_ACTIONS = ("pipeline.import", "pipeline.import_opportunities")


class Age:
    """What is seen of a file, and shows how old it is."""

    def __init__(self) -> None:
        self._changed = 0
        self._news: dict[int, dict[str, Any]] = {}
        """Deal → what changes in it."""
        self._opened = self._last = self._known = ""
        self._missing: list[str] = []
        """The days on which deals were opened that are not in the file."""

    def see(self, opened: Iterable[str | None], closed: Iterable[str | None]) -> None:
        """Some days of the file."""
        self._opened = max(self._opened, _latest(opened))
        self._last = max(self._last, self._opened, _latest(closed))

    def see_changes(self, names: Sequence[str], old: Sequence[Row], new: Sequence[Row]) -> None:
        """Deals that change, as (id, values of the columns named)."""
        self._changed += len(new)
        room = max(_CHANGED - len(self._news), 0)
        for was, now in zip(old[:room], new[:room], strict=True):
            self._news[now[0]] = {
                name: after
                for name, before, after in zip(names, was[1:], now[1:], strict=True)
                if before != after and after is not None and name != "key"
            }

    def see_missing(self, names: Sequence[str], rows: Iterable[Row]) -> None:
        """Deals that are not in the file."""
        opened, closed = names.index("opened_on"), names.index("closed_on")
        for row in rows:
            self._known = max(self._known, row[opened] or "", row[closed] or "")
            if row[opened]:
                self._missing.append(row[opened])

    def shown(self, connection: Connection) -> Older | None:
        """Why the file is older; None where nothing shows that."""
        back, lacks = self._back(connection), self._lacks_the_newest()
        if not (self._goes_back(back) or lacks):
            return None
        return Older(
            changed=self._changed,
            back=back if self._goes_back(back) else 0,
            missing=len(self._missing) if lacks else 0,
            last=self._last,
            known=self._known,
        )

    def _goes_back(self, back: int) -> bool:
        return back >= _LEAST and _HALF * back >= len(self._news)

    def _lacks_the_newest(self) -> bool:
        newest = sum(day >= self._opened for day in self._missing)
        enough = newest >= _LEAST and _MOST_OF * newest >= (_MOST_OF - 1) * len(self._missing)
        return bool(self._changed and self._opened and enough and self._last < self._known)

    def _back(self, connection: Connection) -> int:
        """How many deals get a value back that a later import replaced; not more than needed to know."""
        if len(self._news) < _LEAST:
            return 0
        back = set[int]()
        for names, rows in _replaced(connection):
            at = {name: i for i, name in enumerate(names)}
            for row in rows:
                if any(name in at and row[at[name]] == value for name, value in self._news.get(row[0], {}).items()):
                    back.add(row[0])
            if self._goes_back(len(back)):
                break
        return len(back)


def _latest(days: Iterable[str | None]) -> str:
    return max(filter(None, days), default="")


def _replaced(connection: Connection) -> Iterator[tuple[Sequence[str], Sequence[Row]]]:
    """What deals said before imports changed them: the columns named and their rows, the newest first."""
    c = change.c
    many = (
        select(c.before)
        .join(change_set, change_set.c.id == c.change_set_id)
        .where(c.table_name == opportunity.name, c.row_id.is_(None), c.operation == Operation.UPDATE_MANY)
        .where(change_set.c.action.in_(_ACTIONS))
        .order_by(c.id.desc())
    )
    left = _LOOKED_AT
    with connection.execute(many.execution_options(yield_per=1)) as found:
        for before in found.scalars():
            held: Mapping[str, Any] = json.loads(before)
            yield held["columns"], held["rows"]
            left -= len(held["rows"])
            if left <= 0:
                return
