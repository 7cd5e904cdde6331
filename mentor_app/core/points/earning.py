"""How a capability says what earns points in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from mentor_app.core.points.rules import Cause
from mentor_app.core.store import Session


@dataclass(frozen=True, kw_only=True)
class Earning:
    """What a capability's doings earn. ``mentor_app.core.points.award`` settles it.

    The ``watches`` are the tables it is read from. ``touched`` says what the action under way was about, by ids that
    only this earning understands; ``keys`` gives the key of every cause that may have come or gone with those;
    ``causes`` what earns as the store is now, around those ids or (None) altogether.
    """

    name: str
    watches: tuple[Table, ...]
    touched: Callable[[Session], set[int]]
    keys: Callable[[Connection, Collection[int]], list[str]]
    causes: Callable[[Connection, Collection[int] | None], list[Cause]]
