"""What must hold for an opportunity."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.imports import Cell, Imported, Problem
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.text import N_, Text, plural_text, text

STATUS = {OPEN: N_("Open"), WON: N_("Won"), LOST: N_("Lost"), VOID: N_("Void")}
MAX_KEY = 400
KEY_MARK = "\x1f"
"""Stands between the parts of an identity that several columns make."""
NUMBER_MARK = f"{KEY_MARK}#"
"""Stands before the number of a further deal of an identity."""
STATUS_KEYS = {"open": OPEN, "won": WON, "lost": LOST, "void": VOID}


def shown_key(key: str, beside: Container[str | None] = ()) -> str:
    """An identity as people see it: of one that several columns make, the parts that say something, and that do not stand
    ``beside`` it already."""
    parts = [*filter(None, key.split(KEY_MARK))]
    return " · ".join(part for part in parts if part not in beside or len(parts) == 1)


def is_id(shown: str) -> bool:
    """Whether an identity is one word, as a CRM's numbers are: part of one says nothing, as part of a name does."""
    return not re.search(r"\s", shown) and (shown.isascii() or re.search(r"\d", shown) is not None)


@dataclass(kw_only=True)
class Batch:
    """Some rows of a file, read and typed, by column. ``rows`` are row numbers; dates are ISO text or None."""

    rows: list[int]
    key: list[str]
    owner: list[str]
    columns: dict[str, list[Any]]
    problems: list[Problem]
    written: dict[int, str] = field(default_factory=dict)
    """Row → how its key is written, where that is not the key itself."""
    refused: list[str] = field(default_factory=list)
    """The keys of rows that could not be read: their deals are in the file all the same."""
    unsaid: frozenset[str] = frozenset()
    """Columns that the file does not have: what deals of the store say there stays."""
    ends_expected: bool = False
    """Whether the closing days are only those on which deals were expected to close: a day on which one did stays."""

    def drop(self, bad: Container[int]) -> None:
        """Take out the rows at these places."""
        keep = [i for i in range(len(self.rows)) if i not in bad]
        self.rows = [self.rows[i] for i in keep]
        self.key = [self.key[i] for i in keep]
        self.owner = [self.owner[i] for i in keep]
        self.columns = {name: [values[i] for i in keep] for name, values in self.columns.items()}


@dataclass(kw_only=True)
class DealTotals:
    """Counts and sums by status; sums also by currency (None: the file names none), never added across currencies."""

    deals: Counter[int] = field(default_factory=Counter)
    cents: dict[str | None, Counter[int]] = field(default_factory=dict)
    _closed: set[str | None] = field(default_factory=set)

    @property
    def closed(self) -> tuple[str | None, str | None]:
        """The first and the last day on which a deal closed, as ISO text; None where none did."""
        days = [day for day in self._closed if day is not None]
        return min(days, default=None), max(days, default=None)

    def add(self, batch: Batch) -> None:
        """Count the deals of a batch, whole columns at a time."""
        status: list[int] = batch.columns["status"]
        self.deals.update(status)
        self._closed.update(batch.columns["closed_on"])
        cents: list[int | None] | None = batch.columns.get("amount_cents")
        if cents is None:
            return
        currencies: list[str | None] | None = batch.columns.get("currency")
        for currency in set(currencies) if currencies is not None else (None,):
            mask = None if currencies is None else [one == currency for one in currencies]
            states: Any = status if mask is None else list(compress(status, mask))
            amounts = cents if mask is None else list(compress(cents, mask))
            sums = self.cents.setdefault(currency, Counter())
            for state in set(states):
                sums[state] += sum(filter(None, compress(amounts, map(state.__eq__, states))))


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """A row that may be a deal of the store: what both are called, and what differs (nothing where only the identity is
    written otherwise)."""

    row: int
    name: str
    was: str
    cells: tuple[Cell, ...]
    may_be: tuple[tuple[Text | str, ...], ...] = ()
    """What tells the deals apart that it may be, where they are several; the likest first."""
    shown: int = 1
    """The number of the one with which the row is compared."""
    is_known: bool | None = None
    """Whether it was said to be one of these deals; None where nothing was said yet."""


REST = 0
"""Stands for the rows of which something is asked only once others were answered."""


def said_twice(row: int, other: int) -> UserError:
    """Why two rows can't both be the deal that they were said to be."""
    first, second = sorted((row, other))
    return UserError("Rows {row} and {other} are said to be the same deal.", row=first, other=second)


@dataclass(frozen=True)
class Missed:
    """What a deal that is not in the file is called, and its customer."""

    name: str
    account: str | None


@dataclass(frozen=True, kw_only=True)
class Older:
    """Why a file seems older than what is here."""

    changed: int
    """How many known deals it changes."""
    back: int
    """Of these those that get a value back that a later import replaced, as far as they had to be counted; 0 where that is not why."""
    missing: int
    """How many known deals are not in it, the newest; 0 where that is not why."""
    last: str
    """The last day in the file."""
    known: str
    """The last one of deals that are not in it."""


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """That the amounts of known deals change by one power of ten: the file may give them in another unit."""

    power: int
    """What they were is this power of ten of what the file says; negative where the file says more."""
    deals: int
    before: int
    after: int
    """The amounts of one of them in cents."""


@dataclass(kw_only=True)
class ImportedDeals(Imported):
    """What an import of opportunities did, with the totals of the rows that are right."""

    totals: DealTotals = field(default_factory=DealTotals)
    renamed: list[Corrected] = field(default_factory=list)
    """Rows that may be a deal of the store that was corrected, or another one, in their order."""
    unnumbered: int = 0
    """How many of them can't be new deals, because the identity in one column is that of another deal."""
    moved: int = 0
    """How many of them have ids that belong to other deals now, each saying what a deal under another id says."""
    reopened: int = 0
    """How many known deals that were won or lost are open again: a file that says so is often an older one."""
    older: Older | None = None
    """Why the file seems older than what is here."""
    scaled: Scaled | None = None
    """Whether the file seems to give its amounts in another unit than what is here."""
    kept_currency: str | None = None
    """The currency of the file's amounts where it names none, and all are of known deals, which keep the one they have."""
    kept_currencies: tuple[str, ...] = ()
    """The currencies of the store where the file names none, and holds known deals, which keep theirs, and new ones or such of several."""
    missed: list[Missed] = field(default_factory=list)
    """The deals that are not in the file, first those that were in the file before."""
    unasked: list[int] = field(default_factory=list)
    """Rows of which something was said, but which say just what is known, or hold no deal."""
    newly_missed: int = 0
    """How many of them were not missed in the file before already."""

    @property
    def undecided(self) -> list[int]:
        """The rows that may be known deals, and of which nothing was said yet."""
        return [one.row for one in self.renamed if one.is_known is None]

    @property
    def to_answer(self) -> int:
        """As of any import: those that may be known deals, until somebody says whether they are."""
        return len(self.undecided)

    @property
    def outcome(self) -> list[Text]:
        """Also how many known deals are not in the file."""
        told = super().outcome
        if self.missed:
            n, newly = len(self.missed), self.newly_missed
            one = plural_text("{n} known deal is not in this file", "{n} known deals are not in this file", n=n)
            told.append(one if newly == n else text("{one} ({m} for the first time)", one=one, m=newly))
        return told


def reject_bad_rows(batch: Batch, seen: dict[str, int], today: dt.date, rejected: list[Problem]) -> None:
    """Take the rows that break a rule out of ``batch`` and add their problems to ``rejected``.

    ``seen`` maps the keys of earlier rows to their row numbers and grows with this batch. Looks at whole columns
    first; only the few bad rows become objects.
    """
    import numpy as np  # here: who only needs the words above starts without it

    status, opened, closed = (batch.columns[name] for name in ("status", "opened_on", "closed_on"))
    latest = today.toordinal() + 1  # the CRM's clock may be a day ahead of ours
    states = np.fromiter(status, np.int8, len(status))
    begun, ended = (np.fromiter(map(_ordinals.__getitem__, dates), np.int32, len(dates)) for dates in (opened, closed))
    lacking = (ended == 0) & ((states == WON) | (states == LOST))
    wrong = (ended != 0) & ((ended < begun) | (ended > latest))
    bad = set(np.flatnonzero(lacking | wrong).tolist())
    firsts = list(map(seen.setdefault, batch.key, batch.rows))
    duplicates = (
        {}
        if firsts == batch.rows
        else {i: first for i, (first, row) in enumerate(zip(firsts, batch.rows, strict=True)) if first != row}
    )
    for i in sorted(bad | duplicates.keys()):
        column, value, reason = _problem(i, status[i], opened[i], closed[i], duplicates, batch)
        rejected.append(Problem(batch.rows[i], column, value, reason))
    if bad or duplicates:
        batch.drop(bad | duplicates.keys())


class _Ordinals(dict[str | None, int]):
    """ISO text to the day's number, 0 where unknown; each distinct date is read once."""

    def __missing__(self, key: str | None) -> int:
        day = self[key] = 0 if key is None else dt.date.fromisoformat(key).toordinal()
        return day


_ordinals = _Ordinals()


def _problem(
    i: int, status: int, opened: str | None, closed: str | None, duplicates: dict[int, int], batch: Batch
) -> tuple[str, str, Text]:
    if i in duplicates:
        key, written = batch.key[i], batch.written.get(batch.rows[i])
        reason = text("The same opportunity stands in row {row} already.", row=duplicates[i])
        if written is not None and written != key:
            reason = text(
                "The opportunity of row {row} is called {key}, which reads the same.", row=duplicates[i], key=key
            )
        return "id", shown_key(written or key), reason
    if closed is None:
        reason = text("Won without a closing date.") if status == WON else text("Lost without a closing date.")
        return "closed_on", "", reason
    if opened is not None and closed < opened:
        return "closed_on", closed, text("Closed before it was opened on {date}.", date=opened)
    return "closed_on", closed, text("The closing date lies in the future.")
