"""Followers: what runs at the end of every action, in its transaction, over what it changed.

The store knows none of them; where it is opened (``mentor_app.core.team``) they are handed to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from mentor_app.core.store.session import Actor, Session

Follow: TypeAlias = Callable[[Session, Actor], None]


@dataclass(frozen=True, kw_only=True)
class Follower:
    """Something that follows from actions that write to the tables it ``watches`` (by name).

    ``load`` gives the function that does it: called only when such an action was done, so that opening a store imports
    nothing that follows.
    """

    name: str
    watches: frozenset[str]
    load: Callable[[], Follow]
