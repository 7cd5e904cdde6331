"""Dates, amounts and stage names as CRMs write them. Each distinct text is parsed once."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.text import Text, text

_YMD = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:[T ,].*)?$")
_PARTS = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:[T ,].*)?$")
_WORDY = re.compile(
    r"(?:(\d{1,2})[- .]+([A-Za-z]{3,9})[- .,]+(\d{4}|\d{2})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4}))(?:[T ,].*)?$"
)
_MONTHS = {
    name: i
    for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_EMPTY = {"", "-", "--", "n/a", "na", "null", "none", "无", "暂无"}
_UNITS = {"万": 10_000, "亿": 100_000_000, "k": 1_000, "m": 1_000_000, "千": 1_000}


class Bad(str):
    """Stands in a typed column for a text that could not be read; carries the reason."""

    reason: Text

    def __new__(cls, reason: Text) -> Bad:
        """An empty text, so that what only looks at texts sees nothing."""
        bad = super().__new__(cls, "")
        bad.reason = reason
        return bad


class Memo(dict[str, Any]):
    """Remembers what each distinct text was parsed to, and whether any was bad."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self._parse = parse
        self.any_bad = False

    def __missing__(self, key: str) -> Any:
        value = self[key] = self._parse(key)
        self.any_bad |= isinstance(value, Bad)
        return value


def plain(value: str) -> str:
    """Full-width characters as ordinary ones, outer space gone."""
    return unicodedata.normalize("NFKC", value).strip()


def parse_date(order: str | None) -> Callable[[str], str | Bad | None]:
    """A parser to ISO text for dates of the given order (dmy, mdy, ymd or None: only unambiguous ones)."""

    def parse(value: str) -> str | Bad | None:
        clean = plain(value)
        if clean.casefold() in _EMPTY:
            return None
        day = _date(clean, order)
        if isinstance(day, Bad):
            return day
        return day.isoformat() if day else Bad(text("This is not a date."))

    return parse


def _date(clean: str, order: str | None) -> dt.date | Bad | None:
    try:
        if match := _YMD.match(clean):
            return dt.date(*(int(part) for part in match.groups()))
        if match := _PARTS.match(clean):
            a, b, year = (int(part) for part in match.groups())
            year += 2000 if year < 100 else 0
            if order is None and a <= 12 and b <= 12 and a != b:
                return Bad(text("This date could be day first or month first."))
            day_first = order == "dmy" or (order is None and a > 12) or (order is None and a == b)
            return dt.date(year, b, a) if day_first else dt.date(year, a, b)
        if match := _WORDY.match(clean):
            d1, m1, y1, m2, d2, y2 = match.groups()
            year = int(y1 or y2)
            return dt.date(year + 2000 if year < 100 else year, _MONTHS[(m1 or m2)[:3].lower()], int(d1 or d2))
        if re.fullmatch(r"\d{8}", clean):
            return dt.date(int(clean[:4]), int(clean[4:6]), int(clean[6:]))
        if re.fullmatch(r"\d{5}(\.\d+)?", clean):  # Excel's serial day
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(float(clean)))
    except (ValueError, KeyError):
        return None
    return None


def date_order(values: Iterable[str]) -> str | None:
    """dmy or mdy where the values show it; "ymd" where none needs an order; None where it can't be told."""
    first_over = second_over = ambiguous = False
    for value in values:
        match = _PARTS.match(plain(value))
        if match:
            a, b = int(match[1]), int(match[2])
            first_over |= a > 12
            second_over |= b > 12
            ambiguous |= a <= 12 and b <= 12 and a != b
    if first_over and not second_over:
        return "dmy"
    if second_over and not first_over:
        return "mdy"
    if first_over and second_over:
        return None
    return None if ambiguous else "ymd"


def decimal_comma(values: Iterable[str]) -> bool:
    """Whether a column writes 1.054,50: a comma before one or two last digits, and no such point."""
    clean = [re.sub(r"[^\d.,]", "", plain(value)) for value in values]
    comma = any(re.search(r"(,\d{1,2}|\.\d{3},\d+)$", value) for value in clean)
    point = any(re.search(r"\.\d{1,2}$", value) for value in clean)
    return comma and not point


def parse_amount(comma: bool) -> Callable[[str], int | Bad | None]:
    """A parser of amounts to cents: "1,054.00", "￥1,054", "1.2万", "(1,054)", full-width digits."""

    def parse(value: str) -> int | Bad | None:
        clean = plain(value)
        if clean.casefold() in _EMPTY:
            return None
        negative = clean.startswith("(") and clean.endswith(")")
        clean = re.sub(r"^(?:[A-Z]{3}|RMB|US\$|[¥$€£])\s*|\s*(?:[A-Z]{3}|元|[¥€£])$", "", clean.strip("()"))
        match = re.fullmatch(r"(-?[\d.,' \u00a0]*\d)\s*([万亿千kKmM])?元?", clean)
        if not match:
            return Bad(text("This is not an amount."))
        digits = re.sub(r"[' \u00a0]", "", match[1])
        digits = digits.replace(".", "").replace(",", ".") if comma else digits.replace(",", "")
        try:
            amount = Decimal(digits) * _UNITS.get((match[2] or "").lower(), 1) * 100
        except InvalidOperation:
            return Bad(text("This is not an amount."))
        cents = int(amount.to_integral_value())
        if abs(cents) >= 1 << 62:
            return Bad(text("This amount is too large."))
        return -cents if negative else cents

    return parse


_STAGES = {
    VOID: (
        "void",
        "invalid",
        "disqualified",
        "duplicate",
        "cancelled",
        "canceled",
        "unqualified",
        "deleted",
        "ungültig",
        "无效",
        "失效",
        "已删除",
        "作废",
        "重复",
    ),
    LOST: (
        "closed lost",
        "lost",
        "closedlost",
        "verloren",
        "perdu",
        "perdido",
        "perdida",
        "输单",
        "丢单",
        "失败",
        "流失",
        "败单",
        "未成交",
    ),
    WON: (
        "closed won",
        "won",
        "closedwon",
        "gewonnen",
        "gagné",
        "ganado",
        "ganada",
        "赢单",
        "成交",
        "签约成功",
        "已签约",
    ),
}


def stage_status(name: str) -> int:
    """Our status for a CRM's stage name: what its words say, else open."""
    words = plain(name).casefold()
    for status, marks in _STAGES.items():
        if any(mark in words if not mark.isascii() else re.search(rf"\b{mark}\b", words) for mark in marks):
            return status
    return OPEN
