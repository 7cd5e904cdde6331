"""Cells: what a text, a number or a fault of a file is, and parsing each distinct one once."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Self

from mentor_app.core.resources import resource
from mentor_app.core.text import N_, Text, text
from mentor_app.core.words import seen

EMPTY = {"", "-", "--", "–", "—", "n/a", "na", "null", "none", "无", "暂无"}
"""What CRMs write where there is nothing."""
_QUOTED = 200
LONGEST = 12
"""No placeholder has more characters, spaces counted."""


def brief(value: str) -> str:
    """A value as a sentence or a line quotes it: of a very long one the beginning."""
    return value if len(value) <= _QUOTED else value[: _QUOTED - 1] + "…"


def is_placeholder(value: str) -> bool:
    """Whether this stands where a name or a number of a record should, and names nothing that comes again."""
    return len(value) <= LONGEST and plain(value).casefold() in _nothing()


@cache
def _nothing() -> frozenset[str]:
    """The reviewed list: resources/words/owners.json."""
    words = json.loads(resource("words", "owners.json").read_text(encoding="utf-8"))
    return frozenset([*words["nothing"], *words["errors"]])


def any_placeholder(values: Iterable[str]) -> bool:
    """Whether any of some plain texts does; a column's worth at once, as hardly any has one."""
    return not _nothing().isdisjoint(map(str.casefold, values))


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a number format puts beside the digits: a factor from the number stored to the amount meant, currencies, and whether the
    amount is only shown in thousands or more (``scaled``). ``strange`` is what is neither unit nor currency."""

    factor: Decimal = Decimal(1)
    currencies: tuple[str, ...] = ()
    has_unit: bool = False
    scaled: bool = False
    strange: str = ""


class Number(str):
    """A cell that a workbook holds as a number: reads as text like any cell, but is known by its value and by what its
    ``form`` puts beside the digits. As a text it is what people see: 7 under ``00000`` reads 00007.

    It equals only another such number, so that whoever remembers what a text means does not take one for the other.
    """

    value: float
    form: Form | None

    def __new__(cls, value: float, form: Form | None = None, shown: str = "") -> Number:
        """The number as it is ``shown``, else written without a fraction where it has none."""
        made = super().__new__(
            cls, shown or (str(int(value)) if value == int(value) and abs(value) < 1e21 else repr(value))
        )
        made.value, made.form = value, form
        return made

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Number) and self.value == other.value and self.form == other.form
        return same and str.__eq__(self, str(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.value)


class Fault(str):
    """A cell that a workbook holds as an error, or as a formula that was never calculated: nothing to read."""

    @property
    def reason(self) -> Text:
        """Why it can't be read."""
        if self.startswith("="):
            return text("This formula was never calculated. Open the file in a spreadsheet program and save it there.")
        return text("The cell holds an error.")


class Struck(Fault):
    """A text of a workbook of which some is struck out."""

    @property
    def reason(self) -> Text:
        """Why it can't be read."""
        return text("Part of this cell is struck out. Delete what does not count.")


NO_LEAP_DAY = N_("There was no 29 February 1900, though spreadsheet programs count it.")


class LeapDay(Fault):
    """29 February 1900 in a workbook."""

    @property
    def reason(self) -> Text:
        """Why it can't be read."""
        return text(NO_LEAP_DAY)


class Bad(str):
    """Stands in a typed column for a text that could not be read; carries the reason."""

    reason: Text

    def __new__(cls, reason: Text) -> Self:
        """An empty text, so that what only looks at texts sees nothing."""
        bad = super().__new__(cls, "")
        bad.reason = reason
        return bad


class Memo(dict[str, Any]):
    """Remembers what each distinct cell was parsed to, and whether any was bad."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self._parse = parse
        self.any_bad = False

    def __missing__(self, key: str) -> Any:
        value = self[key] = Bad(key.reason) if isinstance(key, Fault) else self._parse(key)
        self.any_bad |= isinstance(value, Bad)
        return value


def plain(value: str) -> str:
    """Full-width characters as ordinary ones, outer space and what can't be seen gone. Figures that mark something (¹, ①) stay what they are: behind
    an amount they would become digits of it."""
    if value.isascii():
        return value.strip()
    pieces = _MARKING.split(seen(value))
    return "".join(one if n % 2 else unicodedata.normalize("NFKC", one) for n, one in enumerate(pieces)).strip()


def holds_mark(value: str) -> bool:
    """Whether a figure or letter in it is raised, lowered or in a circle."""
    return not value.isascii() and _MARKING.search(value) is not None


_MARKING = re.compile(
    "([\u00b2\u00b3\u00b9\u2070-\u209c\u2460-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf\u1d2c-\u1d6a\u2c7d]+)"
)
"""Superscripts, subscripts, figures in circles."""
