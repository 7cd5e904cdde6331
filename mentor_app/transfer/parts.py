"""Rows that are parts of one deal: shares of a split, products of an order, steps of a history.

Where rows have an identity, the second one of a deal is refused by it. Where they have none, such rows would pass for deals of
their own; the reviewed names of columns (resources/words/columns.json) tell them apart from look-alikes that are deals.
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
