"""What an import of a file says of itself: what became of each row, and why some were not taken."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import Column, Integer, String
from sqlalchemy import Text as LongText

from mentor_app.core.errors import UserError
from mentor_app.core.store import Session
from mentor_app.core.store.schema import table
from mentor_app.core.text import Text, plural_text

# Which file an import read (its name, no path), and how many of its rows became what. Written by the import itself, so it is
# taken back with it.
imported_file = table(
    "imported_file",
    "imports",
    Column("name", String(255), nullable=False),
    Column("added", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    # Of opportunities, written before ``deals_held`` was: the first ids of what was inserted together of which the file held a third or more.
    Column("imports_held", LongText),
    # Of opportunities: those that the file held once it was imported, and those that were missed in it (see ``pipeline.held``).
    Column("deals_held", LongText),
)


class RowResult(StrEnum):
    """What became of a row of a file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


RowOutcome: TypeAlias = tuple[int, RowResult, UserError | None]
"""A row's number, what became of it, and why it was rejected, or what of it was not taken although the rest was."""
Keep: TypeAlias = Callable[[Session, Sequence[RowOutcome]], bool]
"""Says, once the outcome of every row is known and what can be written is, whether the import stands or leaves nothing behind."""


def keep_all(session: Session, outcomes: Sequence[RowOutcome]) -> bool:
    """What could be taken stands, whatever was rejected."""
    return True


def finish(session: Session, outcomes: list[RowOutcome], keep: Keep, file: str = "") -> list[RowOutcome]:
    """End an import of the ``file`` called so: where ``keep`` says no, the action leaves nothing behind."""
    if not keep(session, outcomes):
        session.discard()
    became = Counter(result for _, result, _ in outcomes)
    note_file(
        session,
        file,
        added=became[RowResult.NEW],
        updated=became[RowResult.UPDATED],
        unchanged=became[RowResult.UNCHANGED],
        rejected=became[RowResult.REJECTED],
    )
    return outcomes


def note_file(
    session: Session,
    name: str,
    *,
    added: int,
    updated: int,
    unchanged: int,
    rejected: int,
    deals_held: str | None = None,
) -> None:
    """Let the history say which file was imported, where it changed something, and what became of its rows."""
    if name and added + updated:
        counts = {"added": added, "updated": updated, "unchanged": unchanged, "rejected": rejected}
        session.insert(imported_file, {"name": name[-255:], **counts, "deals_held": deals_held})


Said: TypeAlias = Mapping[str, int | str]
"""What somebody has said of rows: the ``key`` of the question → the value of the choice."""


NAMED = "name:"
"""Before a name as the key of an answer: what the name means."""
FORMERLY = "formerly "
"""Before a known name: that person is called otherwise now."""
CALLED = "called:"
"""Before a name as the key of an answer: what whoever is called so now was called before."""
ROW = "row:"
"""Before a row's number as the key of an answer: whom the row means."""
OUT = "out"
"""Says that a cell is a remark, and its row is no record."""
TAKES = "takes"
"""Says that an employee number is no longer its holder's, but of whoever stands beside it."""


class Unanswered(UserError):
    """A row can't be taken before somebody has said something of it.

    ``key`` is what is asked about, ``about`` how that is called, ``choices`` the answers (words, value); ``answer`` says how they are
    given on the command line.
    """

    at_once = False
    """Whether several of its kind can be answered at once: they have the same values to choose from."""
    key: str
    about: str | Text
    choices: Sequence[tuple[Text, int | str]]
    answer: Text


@dataclass(frozen=True)
class Problem:
    """Why a row was not taken: its number in the file, the column, what stood there, and the reason."""

    row: int
    column: str
    value: str
    reason: Text


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What a row of a list changes in a record that is here: the ``field`` of the list, and its value before and after ("" for
    none), and what is taken for it where nothing stands there any more."""

    row: int
    record: Text
    field: str
    before: Text | str
    after: Text | str
    instead: Text | str = ""

    @property
    def emptied(self) -> bool:
        """Whether nothing stands there any more."""
        return self.after == ""


@dataclass(kw_only=True)
class Imported:
    """What an import did, or (dry run, rejected rows) would have done."""

    read: int = 0
    left_out: int = 0
    """Rows that are no records: totals, remarks; they are not among those ``read``."""
    names_left_out: list[str] = field(default_factory=list)
    """What these are called, where they were left out for their names."""
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Problem] = field(default_factory=list)
    people_added: list[str] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)
    """Of the people added those whose name somebody else bears, too."""
    records_added: list[str] = field(default_factory=list)
    """What the new records of a list are called that are no people."""
    teams_added: list[str] = field(default_factory=list)
    """Teams that the rows name and that were not there before."""
    remarks: list[tuple[int, Text]] = field(default_factory=list)
    """Rows of which something was not taken, and why."""
    spans: dict[str, tuple[dt.date, dt.date]] = field(default_factory=dict)
    """Of a list's columns of dates the first and the last day in rows that can be read."""
    cells: list[Cell] = field(default_factory=list)
    """Of records that are here already, what the rows change; of very many changes the first."""
    more_cells: int = 0
    """How many cells change beyond these."""
    follows: list[Text] = field(default_factory=list)
    """What follows beyond what the rows say: how pairings stand, points, playbooks owed."""
    asked: list[Unanswered] = field(default_factory=list)
    """What somebody has to say of rows; these are not ``rejected``, unless the good rows are imported without them."""
    rows_asked: int = 0
    """Of how many rows these are asked."""
    recalled: list[tuple[Unanswered, int | str]] = field(default_factory=list)
    """What would be asked, too, had it not been said of an earlier file, and the answer."""
    unanswered: list[Text] = field(default_factory=list)
    """What has to be said before anything is written."""
    applied: bool = False

    @property
    def leaves_to_do(self) -> bool:
        """Whether anything is left to write, to answer or to mend."""
        return bool(self.new or self.updated or self.rejected or self.to_answer or self.unanswered)

    @property
    def outcome(self) -> list[Text]:
        """What became of the rows, in figures."""
        told = [
            plural_text(
                "{n} row read: {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected",
                "{n} rows read: {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected",
                n=self.read,
                new=f"{self.new:,}",
                updated=f"{self.updated:,}",
                unchanged=f"{self.unchanged:,}",
                rejected=f"{len({one.row for one in self.rejected}):,}",
            )
        ]
        if self.left_out:
            told.append(plural_text("{n} row was left out", "{n} rows were left out", n=self.left_out))
        if self.to_answer:
            told.append(plural_text("{n} row has to be answered", "{n} rows have to be answered", n=self.to_answer))
        return told

    @property
    def to_answer(self) -> int:
        """Of how many rows something has to be said; they are counted as nothing else."""
        return self.rows_asked
