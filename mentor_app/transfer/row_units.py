"""A column that says of each row in which unit its amount is: 元, 万元, USD k.

Every word of it has to be known; one that is not is asked about, and a row that says nothing among rows that do is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from mentor_app.core.text import Text, text
from mentor_app.transfer import amounts, units
from mentor_app.transfer.values import EMPTY, Fault, Number, plain

_FIGURE = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*")
_POWER = re.compile(r"10{3,}")
_LONGEST, _MOST = 16, 12


@dataclass(frozen=True, kw_only=True)
class RowUnit:
    """What one amount of a row is worth, and the currencies that the unit's words may mean."""

    unit: Decimal
    currencies: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    """Where the words name no currency and others of the column do: those, if it can't be told which of them is meant."""
    likely: tuple[str, ...] = ()
    """In the same case the one that is meant, unless the row or the header says another."""


@dataclass(frozen=True, kw_only=True)
class UnitColumn:
    """The units of a column: each of its cells that is known, and those that are not.

    ``header`` is the unit that the file says elsewhere, None where it says none; ``given`` the one that was said for
    rows whose own is not known.
    """

    known: Mapping[str, RowUnit] = field(default_factory=dict)
    strange: tuple[str, ...] = ()
    header: Decimal | None = None
    given: Decimal | None = None

    def of(self, cell: str) -> RowUnit | Text:
        """The unit of a row by its cell; a reason where it has none."""
        said = self.known.get(plain(cell))
        if said is None:
            if _is_empty(cell) and (self.header is not None or not (self.known or self.strange)):
                return RowUnit(unit=self.header or Decimal(1))
            if self.given is not None:
                return RowUnit(unit=self.given)
            if _is_empty(cell):
                return text("The row has no unit, while others have one.")
            return text("This is not a unit known here.")
        if self.header is not None and said.unit != self.header:
            return text("The row is in another unit than the file says elsewhere.")
        return said


def look_at(cells: Iterable[str], kept: Mapping[str, str], header: Decimal | None, given: Decimal | None) -> UnitColumn:
    """The units of a column's distinct cells; ``kept`` are words that were said to mean one before."""
    known: dict[str, RowUnit] = {}
    said_before: dict[str, RowUnit] = {}
    strange: list[str] = []
    for cell in cells:
        words = plain(cell)
        if _is_empty(cell) or words in known:
            continue
        said = row_unit(cell)
        if said is not None:
            known[words] = said
        elif words in kept:
            said_before[words] = RowUnit(unit=Decimal(kept[words]))
        elif words not in strange:
            strange.append(words)
    return UnitColumn(known=_with_currencies(known) | said_before, strange=tuple(strange), header=header, given=given)


def _with_currencies(known: dict[str, RowUnit]) -> dict[str, RowUnit]:
    """A unit without a currency (万) is in the one that the others name (万元, 元), if it is one in which amounts are counted so."""
    named = tuple(sorted({code for said in known.values() for code in said.currencies[:1]}))
    found = {}
    for words, said in known.items():
        suits = len(named) == 1 and (named[0] in amounts.COUNTED_IN or not amounts.COUNTED.search(words))
        if said.currencies:
            found[words] = said
        else:
            found[words] = replace(said, likely=named) if suits else replace(said, unsaid=named)
    return found


def row_unit(cell: str) -> RowUnit | None:
    """The unit that a cell names; None where it names none, or says more than that. A bare figure is none: it may be a
    quantity."""
    words = plain(cell)
    if isinstance(cell, Number | Fault) or _FIGURE.fullmatch(words):
        return None
    if any(not re.fullmatch("000|10+", figure.replace(",", "")) for figure in re.findall(r"\d[\d,.]*", words)):
        return None
    said = units.read(words)
    if said.strange or not said.anything:
        return None
    return RowUnit(unit=said.unit or Decimal(1), currencies=said.currencies)


def is_something_else(cells: Iterable[str]) -> bool:
    """Whether the cells of a column called "unit" are no units at all: quantities, or names of organisations (单位)."""
    words = [plain(cell) for cell in cells if not _is_empty(cell)]
    if any(row_unit(cell) is not None for cell in words):
        return False
    if words and all(_FIGURE.fullmatch(one) for one in words):
        return not all(_POWER.fullmatch(one.replace(",", "")) for one in words)
    return len(words) > _MOST or any(len(one) > _LONGEST for one in words)


def looks_like(cells: Iterable[str]) -> bool:
    """Whether a column of any name may hold the unit of each row: every filled cell names one, and hardly anything else."""
    found = [(plain(cell), row_unit(cell)) for cell in cells if not _is_empty(cell)]
    return (
        bool(found)
        and all(said is not None for _, said in found)
        and any(said is not None and said.unit != 1 and not units.read(words).weak for words, said in found)
    )


def told(column: UnitColumn, rows: Counter[str], alone: bool) -> list[dict[str, Any]]:
    """Each unit as the file writes it, what one amount in it is worth, its currency, and how many rows have it; ``alone`` where no
    other column says a currency."""
    found = []
    for cell, n in rows.most_common():
        said = column.of(cell)
        if cell and isinstance(said, RowUnit):
            worth = int(said.unit) if said.unit == int(said.unit) else float(said.unit)
            codes = said.currencies or (said.likely if alone else ())
            code = codes[0] if len(codes) == 1 else None
            found.append({"words": cell, "unit": worth, "currency": code, "rows": n})
    return found


def _is_empty(cell: str) -> bool:
    return plain(cell).casefold() in EMPTY
