"""Rows that are parts of one deal: shares of a split, products of an order, steps of a history.

Where rows have an identity, the second one of a deal is refused by it. Where they have none, such rows would pass for deals of
their own. The reviewed names of columns (resources/words/columns.json) tell them apart from look-alikes that are deals; a history
without any such column shows by rows that differ in their stage alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.recognise import names_parts, normalise
from mentor_app.transfer.values import plain

REASONS = {
    "splits": N_(
        "{file}: the rows are shares of deals ({column}): rows {first} and {second} are the same deal. Export one row per deal, without its splits; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "products": N_(
        "{file}: the rows are products of deals ({column}): rows {first} and {second} are the same deal but for that. Export one row per deal, without its products; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "history": N_(
        "{file}: the rows are steps of deals ({column}): rows {first} and {second} are the same deal. Export one row per deal with its stage of today, without its history."
    ),
    "steps": N_(
        "{file}: rows {first} and {second} are alike in everything but the stage ({column}), as steps of the same deal are. Export one row per deal with its stage of today, without its history; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
}


@dataclass(frozen=True, kw_only=True)
class SameDeal:
    """Two rows of one deal, what they are of it, and the column that shows it."""

    kind: str
    column: str
    rows: tuple[int, int]

    def question(self, file: str) -> Text:
        """Why the file can't be taken, and what to export instead."""
        return text(REASONS[self.kind], file=file, column=self.column, first=self.rows[0], second=self.rows[1])


class Parts:
    """Looks through rows without an identity for two that are parts of one deal."""

    def __init__(self, headers: Sequence[str], identity: Sequence[int], at: Mapping[str, int]) -> None:
        """``identity`` are the places of what tells deals apart, ``at`` those of the other fields."""
        self.found: SameDeal | None = None
        self._headers, self._identity = headers, identity
        self._signs = [
            (kind, place)
            for place, header in enumerate(headers)
            if (kind := names_parts(normalise(header))) is not None
        ]
        self._same = [at[name] for name in ("owner", "stage", "status", "closed_on", "amount") if name in at]
        self._places = sorted({*self._same, *(place for _, place in self._signs)})
        self._seen: dict[tuple[str, ...], tuple[int, dict[int, str]]] = {}

    def look(self, numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> None:
        """See some more rows, by column."""
        if not self._signs or not self._identity or self.found is not None:
            return
        for i, parts in enumerate(zip(*(columns[place] for place in self._identity), strict=True)):
            key = tuple(map(plain, parts))
            if not any(key):
                continue
            cells = {place: columns[place][i] for place in self._places}
            first, before = self._seen.setdefault(key, (numbers[i], cells))
            if first != numbers[i]:
                self._compare(before, cells, (first, numbers[i]))

    def _compare(self, one: dict[int, str], other: dict[int, str], rows: tuple[int, int]) -> None:
        for kind, place in self._signs:
            alike = kind != "products" or all(one[at] == other[at] for at in self._same)
            apart = one[place] != other[place] or kind != "products"
            if alike and apart and self.found is None and (one[place].strip() or other[place].strip()):
                self.found = SameDeal(kind=kind, column=self._headers[place], rows=rows)


class Steps:
    """Looks through rows without an identity for some that are equal in every column but the stage: steps of one deal.

    One such pair in a large file is let be: among many deals one was entered twice, lost and won the second time, while a
    history shows in row after row.
    """

    def __init__(self, headers: Sequence[str], identity: Sequence[int], at: Mapping[str, int]) -> None:
        """As of ``Parts``; where the stage is part of the identity, somebody has said that it tells deals apart."""
        self._headers, self._identity = headers, identity
        self._stages = [at[name] for name in ("stage", "status") if name in at]
        by_stage = {*self._stages, *(at[name] for name in ("is_won", "is_closed") if name in at)}
        self._rest = [place for place in range(len(headers)) if place not in by_stage]
        self._looks = bool(identity and self._stages) and by_stage.isdisjoint(identity)
        self._seen: dict[int, tuple[int, tuple[str, ...]]] = {}
        self._first: SameDeal | None = None
        self._rows = self._pairs = 0

    def look(self, numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> None:
        """See some more rows, by column."""
        self._rows += len(numbers)
        if not self._looks:
            return
        identities = zip(*(columns[place] for place in self._identity), strict=True)
        # Hashes take the place of rows, to hold little; that two rows share one of 64 bits is not to be expected.
        rest = map(hash, zip(*(columns[place] for place in self._rest), strict=True))
        stages = zip(*(columns[place] for place in self._stages), strict=True)
        for number, identity, key, stage in zip(numbers, identities, rest, stages, strict=True):
            first, before = self._seen.setdefault(key, (number, stage))
            if first != number and before != stage and any(map(str.strip, identity)):
                self._compare((first, number), before, stage)

    def _compare(self, rows: tuple[int, int], one: tuple[str, ...], other: tuple[str, ...]) -> None:
        apart = [
            place
            for place, *names in zip(self._stages, one, other, strict=True)
            if len({plain(name).casefold() for name in names if name.strip()}) > 1
        ]
        if apart:
            self._pairs += 1
            self._first = self._first or SameDeal(kind="steps", column=self._headers[apart[0]], rows=rows)

    @property
    def found(self) -> SameDeal | None:
        """The first two of them, once all rows were seen."""
        return None if self._pairs == 1 and self._rows > _LARGE else self._first


_LARGE = 50
"""In more rows than these one pair of look-alikes may be two deals."""
