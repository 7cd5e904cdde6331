"""What an import of a file says of itself: what became of each row, and why some were not taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from mentor_app.core.errors import UserError
from mentor_app.core.store import Session
from mentor_app.core.text import Text


class RowResult(StrEnum):
    """What became of a row of a file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


RowOutcome: TypeAlias = tuple[int, RowResult, UserError | None]
"""A row's number, what became of it, and why it was rejected."""
Keep: TypeAlias = Callable[[Sequence[RowOutcome]], bool]
"""Says, once the outcome of every row is known, whether the import stands or leaves nothing behind."""


def keep_all(outcomes: Sequence[RowOutcome]) -> bool:
    """What could be taken stands, whatever was rejected."""
    return True


def finish(session: Session, outcomes: list[RowOutcome], keep: Keep) -> list[RowOutcome]:
    """End an import: where ``keep`` says no, the action leaves nothing behind."""
    if not keep(outcomes):
        session.discard()
    return outcomes


@dataclass(frozen=True)
class Problem:
    """Why a row was not taken: its number in the file, the column, what stood there, and the reason."""

    row: int
    column: str
    value: str
    reason: Text


@dataclass(kw_only=True)
class Imported:
    """What an import did, or (dry run, rejected rows) would have done."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Problem] = field(default_factory=list)
    people_added: list[str] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)
    """Of the people added those whose name somebody else bears, too."""
    teams_added: list[str] = field(default_factory=list)
    """Teams that the rows name and that were not there before."""
    applied: bool = False
