"""Amounts as CRMs write them: the decimal mark of a whole column, units, currencies, and each text read once.

A number that could be read in two ways ("1.054" alone: one thousand, or one and a bit) is not read before the column or
the user says which. Grouping is checked: "1,05" is no group of three. Cells that a workbook holds as numbers have no
mark at all and are taken as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from mentor_app.core.resources import resource
from mentor_app.core.text import Text, text
from mentor_app.transfer.values import EMPTY, Bad, Number, plain

POINT, COMMA = ".", ","
_SPACES = " \u00a0\u2009\u202f'\u2019"
_BODY = re.compile(rf"[\d.,{_SPACES}]*\d[\d.,{_SPACES}]*")
_PLAIN = re.compile(r"\d+")


@dataclass(frozen=True)
class Amount:
    """An amount in cents, and its currency where the cell names one."""

    cents: int
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class Written:
    """A cell taken apart: its sign, digits with their marks, unit, and currencies it may mean."""

    negative: bool
    body: str
    unit: int | None
    currencies: tuple[str, ...]
    in_front: bool
    """Whether the currency stands before the digits: "$1,054" is written with a point, "1,054 $" may be either."""


@dataclass(frozen=True, kw_only=True)
class AmountColumn:
    """What the whole column says of how its amounts are written.

    ``decimal`` is the mark of decimals, None where nothing needs one. ``examples`` are two texts that can't be read
    before the mark is chosen: one that could be either, or two that contradict each other; empty where all is clear.
    """

    decimal: str | None = None
    examples: tuple[str, ...] = ()
    unit: int = 1
    currency: str | None = None
    named: frozenset[str] = frozenset()
    """Currencies that a code or an unmistakable sign names."""
    marked: bool = False
    """Whether any cell or the header names a currency, be it by a sign that several share."""

    @property
    def is_clear(self) -> bool:
        """Whether every text of the column can be read in one way only."""
        return not self.examples


def look_at(values: Iterable[str], header: str = "", chosen: str | None = None) -> AmountColumn:
    """How a column of amounts is written; ``values`` are its distinct cells, ``chosen`` the mark that was said."""
    point: str | None = None
    comma: str | None = None
    either: dict[str, str] = {}
    thousandths = False
    named: set[str] = set()
    unit, currency = _of_header(header)
    marked = currency is not None
    chinese = bool(re.search(r"[\u4e00-\u9fff]", header))
    for value in values:
        if isinstance(value, Number):
            continue
        written = take_apart(value)
        if written is None:
            continue
        marked |= bool(written.currencies)
        if len(written.currencies) == 1:
            named.add(written.currencies[0])
        match mark_of(written.body):
            case "point":
                point = point or value
                thousandths |= _has_thousandths(written.body)
            case "comma":
                comma = comma or value
                thousandths |= _has_thousandths(written.body)
            case "either ,":
                if chinese or (written.in_front and _writes_points(written.currencies)) or _is_chinese(value):
                    point = point or value
                else:
                    either.setdefault(COMMA, value)
            case "either .":
                either.setdefault(POINT, value)
    decimal: str | None = POINT if point else COMMA if comma else None
    examples: tuple[str, ...] = ()
    if chosen:
        decimal = chosen
    elif point and comma:
        decimal, examples = None, (point, comma)
    elif decimal is None and either:
        examples = (next(iter(either.values())),)
    elif (
        decimal is not None and decimal in either and not thousandths
    ):  # 2.300 among amounts like 12.50: three decimals, or two thousand?
        examples = (either[decimal],)
        decimal = None
    return AmountColumn(
        decimal=decimal, examples=examples, unit=unit, currency=currency, named=frozenset(named), marked=marked
    )


def _has_thousandths(body: str) -> bool:
    return bool(re.search(r"[.,]\d{3,}$", body)) and not re.search(r"^\d{1,3}(?:[.,]\d{3})+$", body)


@lru_cache(maxsize=1 << 16)
def mark_of(body: str) -> str:
    """Which decimal mark the digits alone show: "point", "comma", "either ," or "either ." (a single group of three
    behind that mark), "none" (no mark is needed), "bad" (neither reading is a number)."""
    if body.isdigit():
        return "none"
    points, commas = _fits(body, POINT), _fits(body, COMMA)
    if points and commas:
        marks = re.sub(rf"[\d{_SPACES}]", "", body)
        return f"either {marks[0]}" if marks else "none"
    return "point" if points else "comma" if commas else "bad"


def _fits(body: str, decimal: str) -> bool:
    """Whether the digits are a number with this decimal mark, each group of thousands being whole."""
    whole, mark, rest = body.partition(decimal)
    if mark and not _PLAIN.fullmatch(rest or "0"):
        return False
    if not whole:
        return bool(rest)
    for group in (COMMA if decimal == POINT else POINT, *_SPACES):
        if group in whole:
            inner = re.escape(group)
            indian = r"|\d{1,2}(?:,\d{2})+,\d{3}" if group == COMMA else ""
            return bool(re.fullmatch(rf"[1-9]\d{{0,2}}(?:{inner}\d{{3}})+{indian}", whole))
    return bool(_PLAIN.fullmatch(whole))


def parse_amount(column: AmountColumn) -> Callable[[str], Amount | Bad | None]:
    """A parser of cells to amounts, as the column was found to be written: "1,054.00", "￥1,054", "1.2万", "(1,054)"."""
    dollars = column.named | ({column.currency} if column.currency else set())

    def parse(value: str) -> Amount | Bad | None:
        if isinstance(value, Number):
            return _sized(Decimal(repr(value.value)) * column.unit, column.currency)
        if plain(value).casefold() in EMPTY:
            return None
        written = take_apart(value)
        if written is None:
            return Bad(text("This is not an amount."))
        if mark_of(written.body) == "bad":
            return Bad(text("The digits of this amount are not grouped by thousands."))
        decimal = column.decimal or POINT
        if column.examples and mark_of(written.body) != "none":
            return Bad(text("This amount could be read with a decimal point or a decimal comma."))
        if not _fits(written.body, decimal):
            return Bad(text("This amount does not fit the decimal mark of its column: {mark}", mark=decimal))
        if written.unit is not None and column.unit != 1:
            return Bad(text("This amount has a unit of its own beside the one in the header."))
        currency = _meant(written.currencies, dollars, column.currency)
        if isinstance(currency, Bad):
            return currency
        digits = re.sub(rf"[{_SPACES}{COMMA if decimal == POINT else POINT}]", "", written.body).replace(decimal, ".")
        amount = Decimal(digits or "0") * (written.unit or column.unit)
        return _sized(-amount if written.negative else amount, currency)

    return parse


def _meant(currencies: tuple[str, ...], named: frozenset[str] | set[str], of_header: str | None) -> str | Bad | None:
    """The currency of a cell: its own, the one its shared sign ($, ¥) has in this column, or the header's."""
    if not currencies:
        return of_header
    if len(currencies) == 1:
        if of_header is not None and currencies[0] != of_header:
            return Bad(text("The header says {one}, this amount {other}.", one=of_header, other=currencies[0]))
        return currencies[0]
    among = [code for code in currencies if code in named]
    if len(among) > 1 or (among and among[0] != currencies[0] and of_header != among[0]):
        return Bad(text("This sign could mean {codes}.", codes=", ".join(dict.fromkeys([currencies[0], *among]))))
    return among[0] if among else currencies[0]


def _sized(amount: Decimal, currency: str | None) -> Amount | Bad:
    if not amount.is_finite():
        return Bad(text("This is not an amount."))
    if abs(amount) >= Decimal(1 << 55):
        return Bad(text("This amount is too large."))
    return Amount(int((amount * 100).to_integral_value()), currency)


_ROUND = re.compile(r"^[.,]\s?[-–—]+")
"""What stands for no cents behind a round amount, as in 1.054,- €: no sign."""


@lru_cache(maxsize=1 << 16)
def take_apart(value: str) -> Written | None:
    """Sign, digits, unit and currency of a cell; None where it is no amount."""
    if value.isascii() and value.isdigit():
        return Written(negative=False, body=value, unit=None, currencies=(), in_front=False)
    clean = plain(value).replace("\u2212", "-")
    if clean.casefold() in EMPTY:
        return None
    negative = False
    if clean.startswith("(") and clean.endswith(")"):
        clean, negative = clean[1:-1].strip(), True
    found = _BODY.search(clean)
    if found is None:
        return None
    before, after = clean[: found.start()].strip(), clean[found.end() :].strip()
    body = found[0].strip()
    after = _ROUND.sub("", after)
    signs = [mark for mark in (before[:1], before[-1:], after[-1:], after[:1]) if mark in ("-", "+") and mark]
    if signs:
        if negative or (before + after).count("-") + (before + after).count("+") != 1:
            return None
        negative = signs[0] == "-"
        before, after = before.strip("+- "), after.strip("+- ")
    front = _currencies(before) if before else ()
    unit, back = _behind(after) if after else (None, ())
    if front is None or back is None or (front and back and front != back and not set(front) & set(back)):
        return None
    both = tuple(code for code in front if code in back) if front and back else front or back
    return Written(negative=negative, body=body, unit=unit, currencies=both, in_front=bool(front))


def _behind(after: str) -> tuple[int | None, tuple[str, ...] | None]:
    """The unit and the currencies that stand behind the digits, in either order; None for what is neither."""
    units: dict[str, int] = _words()["units"]
    if after.casefold() in units:
        return units[after.casefold()], ()
    whole = _currencies(after)
    if whole is not None:
        return None, whole
    for size in range(len(after) - 1, 0, -1):
        first, second = after[:size].strip(), after[size:].strip()
        if first.casefold() in units and _currencies(second) is not None:
            return units[first.casefold()], _currencies(second)
        if second.casefold() in units and _currencies(first) is not None:
            return units[second.casefold()], _currencies(first)
    return None, None


def _currencies(mark: str) -> tuple[str, ...] | None:
    """The currencies a sign or code may mean, the likeliest first; None where it means none."""
    words = _words()
    clean = mark.strip()
    if clean.upper() in words["codes"]:
        return (clean.upper(),)
    for known in (clean, clean.upper()):
        if known in words["signs"]:
            return (words["signs"][known],)
    return tuple(words["shared"][clean]) if clean in words["shared"] else None


def known_currency(mark: str) -> str | None:
    """The code of the one currency that a cell of a currency column names; None where it names none or several."""
    found = _currencies(plain(re.sub(r"^([A-Za-z]{3})\s*[-–(].*$", r"\1", plain(mark)))) or ()
    return found[0] if len(found) == 1 or plain(mark) in ("¥", "$") else None


def _of_header(header: str) -> tuple[int, str | None]:
    """The unit and the currency that a header names in brackets or behind a stroke: 金额(万元), Amount (USD)."""
    units: dict[str, int] = _words()["units"]
    found = re.search(r"[(\[]([^)\]]*)[)\]]\s*$|[/:_](\S+)$|\bin (\S+(?: \S+)?)$", plain(header))
    if found is None:
        return 1, None
    words = next(part for part in found.groups() if part is not None).strip()
    unit, currencies = _behind(words)
    if currencies is None:  # $k, US$ million
        for size in range(1, len(words)):
            front = _currencies(words[:size])
            if front is not None and words[size:].strip().casefold() in units:
                unit, currencies = units[words[size:].strip().casefold()], front
    return unit or 1, currencies[0] if currencies else None


def _writes_points(currencies: tuple[str, ...]) -> bool:
    return bool(currencies) and currencies[0] in _words()["point"]


def _is_chinese(value: str) -> bool:
    return bool(re.search(r"[¥￥元万萬亿億千]", value))


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("words", "currencies.json").read_text(encoding="utf-8"))
    return found


def describe(column: AmountColumn) -> Text:
    """Why the mark of a column has to be chosen, by what stands in it."""
    if len(column.examples) == 2:
        one, other = column.examples
        return text(
            "Its amounts are written with a decimal point ({one}) and with a decimal comma ({other}).",
            one=one,
            other=other,
        )
    return text("Amounts like {value} could be read in two ways.", value=column.examples[0])
