"""Amounts as CRMs write them: the decimal mark of a whole column, units, currencies, and each text read once.

A number that could be read in two ways ("1.054" alone: one thousand, or one and a bit) is not read before the column or
the user says which. Grouping is checked: "1,05" is no group of three. Cells that a workbook holds as numbers have no
mark at all and are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from mentor_app.core.text import N_, Text, text
from mentor_app.transfer import units
from mentor_app.transfer.recognise import amount_header, perhaps_amount
from mentor_app.transfer.stated import Stated, stated
from mentor_app.transfer.units import Said
from mentor_app.transfer.values import EMPTY, Bad, Fault, Number, plain

POINT, COMMA = ".", ","
DOUBTFUL = N_("This sign could mean {codes}.")
_SPACES = " \u00a0\u2009\u202f'\u2019"
_BODY = re.compile(rf"[\d.,{_SPACES}]*\d[\d.,{_SPACES}]*")
_PLAIN = re.compile(r"\d+")


@dataclass(frozen=True)
class Amount:
    """An amount in cents, and its currency where the cell names one."""

    cents: int
    currency: str | None = None


class OtherCurrency(Bad):
    """An amount in another currency than its column or its row says."""

    currency: str


@dataclass(frozen=True, kw_only=True)
class Written:
    """A cell taken apart: its sign, digits with their marks, unit, and currencies it may mean."""

    negative: bool
    body: str
    unit: Decimal | None
    currencies: tuple[str, ...]
    in_front: bool
    """Whether the currency stands before the digits: "$1,054" is written with a point, "1,054 $" may be either."""


@dataclass(frozen=True, kw_only=True)
class AmountColumn:
    """What the whole column says of how its amounts are written.

    ``decimal`` is the mark of decimals, None where nothing needs one. ``examples`` are two texts that can't be read
    before the mark is chosen: one that could be either, or two that contradict each other or make it doubtful; empty where
    all is clear.
    """

    decimal: str | None = None
    examples: tuple[str, ...] = ()
    unit: Decimal = Decimal(1)
    unit_words: str = ""
    """The words that say the unit."""
    doubts: tuple[str, ...] = ()
    """Words that may say a unit, and are not known here."""
    currencies: tuple[str, ...] = ()
    """Those that the header, or what a row says beside its amount, may mean; the likeliest first."""
    named: frozenset[str] = frozenset()
    """Currencies that a code or an unmistakable sign names."""
    marked: bool = False
    """Whether any cell or the header names a currency, be it by a sign that several share."""
    signs: frozenset[tuple[str, ...]] = frozenset()
    """What each sign that several currencies share may mean."""
    likely: str = ""
    """Of those currencies the one that is meant in this file."""
    sign: str = ""
    """A sign that only somebody can tell, as it is written."""
    codes: tuple[str, ...] = ()
    """The currencies that it may mean; ``likely`` is the one that was said, empty while that has to be."""

    @property
    def is_clear(self) -> bool:
        """Whether every text of the column can be read in one way only."""
        return not self.examples and not self.doubts and not self.asks_currency

    @property
    def asks_currency(self) -> bool:
        """Whether it has to be said which currency a sign means."""
        return bool(self.codes) and not self.likely


def look_at(
    values: Iterable[str], header: str = "", chosen: str | None = None, outside: Stated | None = None
) -> AmountColumn:
    """How a column of amounts is written; ``values`` are its distinct cells, ``chosen`` the mark that was said, ``outside``
    what the file says of amounts elsewhere (else what ``header`` says)."""
    outside = outside or stated(header, (), None, {})
    seen = _Seen(bool(re.search(r"[\u4e00-\u9fff]", header)))
    for value in values:
        seen.add(value)
    decimal, examples = seen.decide(chosen)
    doubts = outside.doubts
    if seen.scaled and outside.unit != 1 and not outside.given:
        doubts = (*doubts, outside.words)  # in thousands, and shown in thousands: of which of the two are they?
    return AmountColumn(
        decimal=decimal,
        examples=examples,
        unit=outside.unit,
        unit_words=outside.words,
        doubts=doubts,
        currencies=outside.currencies,
        named=frozenset(seen.named),
        marked=seen.marked or bool(outside.currencies),
        signs=frozenset(seen.signs | ({outside.currencies} if len(outside.currencies) > 1 else set())),
    )


class _Seen:
    """What the cells of a column show: a text for each way to write decimals."""

    def __init__(self, chinese: bool) -> None:
        self.named: set[str] = set()
        self.signs: set[tuple[str, ...]] = set()
        self.marked = self.scaled = self._thousandths = False
        self._chinese = chinese
        self._shown: dict[str, str] = {}
        self._either: dict[str, str] = {}
        self._points_by_habit: str | None = None

    def add(self, value: str) -> None:
        """See one distinct cell."""
        if isinstance(value, Number):
            if value.form is not None:
                self._name(value.form.currencies)
                self.scaled |= value.form.scaled and not value.form.has_unit
            return
        written = take_apart(value)
        if written is None:
            return
        self._name(written.currencies)
        mark = mark_of(written.body)
        if mark in ("point", "comma"):
            decimal = POINT if mark == "point" else COMMA
            self._shown.setdefault(decimal, value)
            self._thousandths |= len(written.body.partition(decimal)[2]) >= 3
        elif mark == "either ,":
            if self._chinese or (written.in_front and _writes_points(written.currencies)) or _is_chinese(value):
                self._points_by_habit = self._points_by_habit or value
            else:
                self._either.setdefault(COMMA, value)
        elif mark == "either .":
            self._either.setdefault(POINT, value)

    def _name(self, currencies: tuple[str, ...]) -> None:
        self.marked |= bool(currencies)
        if len(currencies) == 1:
            self.named.add(currencies[0])
        elif currencies:
            self.signs.add(currencies)

    def decide(self, chosen: str | None) -> tuple[str | None, tuple[str, ...]]:
        """The decimal mark, and the texts for which it has to be asked."""
        if chosen:
            return chosen, ()
        point, comma = self._shown.get(POINT) or self._points_by_habit, self._shown.get(COMMA)
        if point and comma:
            return None, (point, comma)
        decided = POINT if point else COMMA if comma else None
        if decided is None:
            return None, tuple(self._either.values())
        either, sure = self._either.get(decided), point or comma
        if either and sure and not self._thousandths:  # 2.300 beside 12.50: thousands after all?
            return None, (either, sure)
        return decided, ()


def _is_bare(value: str) -> bool:
    """Whether nothing but digits stands there, as in most cells: whatever the column, they are read in one way."""
    return value.isdigit() and value.isascii()


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

    def parse(value: str) -> Amount | Bad | None:
        if isinstance(value, Number):
            return _shown(value, column)
        if _is_bare(value):
            currency = _meant((), column)
            return currency if isinstance(currency, Bad) else _sized(Decimal(value) * column.unit, currency)
        if plain(value).casefold() in EMPTY:
            return None
        written = take_apart(value)
        if written is None:
            return Bad(_ROUNDED if _POWER.fullmatch(plain(value)) else text("This is not an amount."))
        decimal = column.decimal or POINT
        reason = _unreadable(written, column, decimal)
        if reason is not None:
            return Bad(reason)
        currency = _meant(written.currencies or _beside_it(written, value, column), column)
        if isinstance(currency, Bad):
            return currency
        digits = re.sub(rf"[{_SPACES}{COMMA if decimal == POINT else POINT}]", "", written.body).replace(decimal, ".")
        amount = Decimal(digits or "0") * (written.unit or column.unit)
        return _sized(-amount if written.negative else amount, currency)

    return parse


def _unreadable(written: Written, column: AmountColumn, decimal: str) -> Text | None:
    """Why a cell can't be read in its column; None where it can."""
    mark = mark_of(written.body)
    if mark == "bad":
        return text("The digits of this amount are not grouped by thousands.")
    if column.examples and mark != "none":
        return text("This amount could be read with a decimal point or a decimal comma.")
    if not _fits(written.body, decimal):
        return text("This amount does not fit the decimal mark of its column: {mark}", mark=decimal)
    if written.unit is not None and column.unit != 1:
        return text("This amount has a unit of its own beside the one in the header.")
    return None


def _shown(number: Number, column: AmountColumn) -> Amount | Bad | None:
    """The amount that a number of a workbook means, as it is shown there."""
    form, amount = number.form, Decimal(repr(number.value))
    if form is None:
        currency = _meant((), column)
        return currency if isinstance(currency, Bad) else _sized(amount * column.unit, currency)
    if form.strange:
        return Bad(
            text("This number is shown with {words}, which is no unit or currency known here.", words=form.strange)
        )
    if form.has_unit and column.unit != 1:
        return Bad(text("This amount has a unit of its own beside the one in the header."))
    currency = _meant(form.currencies, column)
    if isinstance(currency, Bad):
        return currency
    return _sized(amount * (form.factor if form.has_unit else column.unit), currency)


def _beside_it(written: Written, value: str, column: AmountColumn) -> tuple[str, ...]:
    """The currencies of 1.2万 in a column where others name them (8000元): of those in which one counts so."""
    if written.unit is None or column.currencies or not COUNTED.search(value):
        return ()
    return tuple(sorted(column.named & COUNTED_IN))


def _meant(currencies: tuple[str, ...], column: AmountColumn) -> str | Bad | None:
    """The currency of a cell: what its sign may mean (none: nothing is said), among those of its row or header; of a sign that
    several share ($, ¥) the one that is named elsewhere in the column."""
    among = column.currencies
    if currencies and among:
        both = tuple(code for code in among if code in currencies)
        if not both:
            bad = OtherCurrency(text("The header says {one}, this amount {other}.", one=among[0], other=currencies[0]))
            bad.currency = currencies[0]
            return bad
        currencies = both
    currencies = currencies or among
    if len(currencies) < 2:
        return currencies[0] if currencies else None
    if column.likely in currencies:
        currencies = (column.likely, *(code for code in currencies if code != column.likely))
    named = [code for code in currencies if code in column.named]
    if named and named != [currencies[0]]:
        return Bad(text(DOUBTFUL, codes=", ".join(dict.fromkeys([currencies[0], *named]))))
    return currencies[0]


def _sized(amount: Decimal, currency: str | None) -> Amount | Bad:
    if not amount.is_finite():
        return Bad(text("This is not an amount."))
    if abs(amount) >= Decimal(1 << 55):
        return Bad(text("This amount is too large."))
    return Amount(int((amount * 100).to_integral_value()), currency)


COUNTED = re.compile(r"[千仟百佰万萬亿億천만억]")
COUNTED_IN = frozenset(("CNY", "HKD", "TWD", "MOP", "JPY", "KRW"))
_ROUND = re.compile(r"^[.,]\s?[-–—]+")
"""What stands for no cents behind a round amount, as in 1.054,- €: no sign."""


_DASH = re.compile(r"^[\u2010-\u2015\u2212]\s?(?=[^\s\u2010-\u2015-])|\u2212")
"""A dash in front of an amount is its sign, as programs that mend what is typed write it."""
_POWER = re.compile(r"[-+]?\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)
_ROUNDED = text("Only the first figures of this amount were kept. Format the column as numbers before exporting it.")
_AROUND = re.compile(r"([^()\d]*)\(([^()]*\d[^()]*)\)([^()\d]*)")
"""A currency outside the brackets of what is negative: $(1,500.00)."""
_CREDIT = re.compile(r"\bcr\b", re.IGNORECASE)
"""Behind an amount of a statement it is "credit", behind one of a deal "crore"."""
_NO_WORDS = re.compile(r"[\d=()\[\]{}*/&:;<>|_#\"%]")


@lru_cache(maxsize=1 << 16)
def take_apart(value: str) -> Written | None:
    """Sign, digits, unit and currency of a cell; None where it is no amount."""
    if _is_bare(value):
        return Written(negative=False, body=value, unit=None, currencies=(), in_front=False)
    clean = plain(value)
    if clean.casefold() in EMPTY:
        return None
    clean = _DASH.sub("-", clean)
    negative = False
    around = _AROUND.fullmatch(clean)
    if around is not None and any(units.read(side).currencies for side in (around[1], around[3]) if side.strip()):
        clean = f"({around[1]}{around[2]}{around[3]})"
    if clean.startswith("(") and clean.endswith(")"):
        clean, negative = clean[1:-1].strip(), True
    found = _BODY.search(clean)
    if found is None:
        return None
    before, after = clean[: found.start()].strip(), clean[found.end() :].strip()
    body = found[0].strip()
    if body[-1] in ".," and after[:1] in ("-", "–", "—"):
        body, after = body[:-1], after.lstrip("-–— ")
    after = _ROUND.sub("", after)
    if after[:1] in ("+", "–", "—") or (_CREDIT.search(after) and ("," in body or "CR" in after)):
        return None
    signs = [mark for mark in (before[:1], before[-1:], after[-1:], after[:1]) if mark in ("-", "+") and mark]
    if signs:
        if negative or (before + after).count("-") + (before + after).count("+") != 1:
            return None
        negative = signs[0] == "-"
        before, after = before.strip("+- "), after.strip("+- ")
    sides = [units.read(side) if side else Said() for side in (before, after)]
    if (
        _NO_WORDS.search(before + after)
        or any(said.strange or said.wordy for said in sides)
        or all(said.unit is not None for said in sides)
    ):
        return None
    front, back = (said.currencies for said in sides)
    both = tuple(code for code in front if code in back) if front and back else front or back
    if front and back and not both:
        return None
    unit = next((said.unit for said in sides if said.unit is not None), None)
    return Written(negative=negative, body=body, unit=unit, currencies=both, in_front=bool(front))


@lru_cache(maxsize=1 << 14)
def readings(value: str) -> tuple[Decimal | None, Decimal | None]:
    """A cell's figure if its column is written with decimal points, and if with commas; None where it is no such figure."""
    if isinstance(value, Number):
        return Decimal(repr(value.value)), Decimal(repr(value.value))
    if isinstance(value, Fault):
        return None, None
    if value.isascii() and value.isdigit():
        return Decimal(value), Decimal(value)
    written = take_apart(value)
    if written is None:
        return None, None
    found = []
    for decimal in (POINT, COMMA):
        digits = re.sub(rf"[{_SPACES}{COMMA if decimal == POINT else POINT}]", "", written.body).replace(decimal, ".")
        fits = _fits(written.body, decimal)
        found.append(Decimal(digits) * (written.unit or 1) * (-1 if written.negative else 1) if fits else None)
    return found[0], found[1]


def known_currency(mark: str) -> str | None:
    """The code of the one currency that a cell of a currency column names; None where it names none or several."""
    found = units.currencies(plain(re.sub(r"^([A-Za-z]{3})\s*[-–(].*$", r"\1", plain(mark)))) or ()
    return found[0] if len(found) == 1 or plain(mark) in ("¥", "$") else None


def _writes_points(currencies: tuple[str, ...]) -> bool:
    return bool(currencies) and currencies[0] in units.words()["point"]


def _is_chinese(value: str) -> bool:
    return bool(re.search(r"[¥￥元万萬亿億千]", value))


def looks_like(header: str, cells: Sequence[str]) -> bool:
    """Whether a column of this name with these cells may hold amounts: figures, and a name or signs that are about money."""
    figures = _figures(cells)
    if not cells or 2 * len(figures) < len(cells):
        return False
    if amount_header(header) is not None or perhaps_amount(header):
        return True
    if 2 * sum(bool(one.currencies) for one in figures) > len(figures):
        return True
    said = stated(header, (), None, {})
    return bool(said.currencies) or said.unit != 1


def has_sign(cell: str) -> bool:
    """Whether an amount names a currency itself."""
    if isinstance(cell, Number):
        return cell.form is not None and bool(cell.form.currencies)
    written = take_apart(cell)
    return written is not None and bool(written.currencies)


def are_codes(cells: Sequence[str]) -> bool:
    """Whether a column of any name holds the currency of each row: codes in capitals, and nothing else."""
    return bool(cells) and all(plain(cell) in units.words()["codes"] for cell in cells)


def are_figures(cells: Sequence[str]) -> bool:
    """Whether figures stand in most of these cells, none of which is empty."""
    return 2 * len(_figures(cells)) >= len(cells)


def _figures(cells: Sequence[str]) -> list[Written]:
    read = [Written(negative=False, body="", unit=None, currencies=cell.form.currencies if cell.form else (), in_front=False)
            if isinstance(cell, Number) else take_apart(cell) for cell in cells]  # fmt: skip
    return [one for one in read if one is not None]


def describe(column: AmountColumn) -> Text:
    """Why the mark of a column has to be chosen, by what stands in it."""
    if len(column.examples) == 2:
        one, other = column.examples
        if _could_be_either(one):
            return text("{one} could be three decimals or thousands, beside {other}.", one=one, other=other)
        return text(
            "Its amounts are written with a decimal point ({one}) and with a decimal comma ({other}).",
            one=one,
            other=other,
        )
    return text("Amounts like {value} could be read in two ways.", value=column.examples[0])


def _could_be_either(value: str) -> bool:
    written = take_apart(value)
    return written is not None and mark_of(written.body).startswith("either")
