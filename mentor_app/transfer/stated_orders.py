"""The order of dates that a header states: 日期(日/月/年), Date (DD.MM.YYYY), close date mm/dd."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mentor_app.transfer.values import plain

_DAY, _MONTH, _YEAR = (
    r"d{1,2}|t{1,2}|jj?|day|tag|jour|日",
    r"m{1,2}|month|monat|mois|月",
    r"y{1,4}|j{4}|a{2,4}|year|jahr|année|年",
)
_BETWEEN, _MARK = r"\s*[-./ ]?\s*", r"\s*[-./]\s*"
"""Between two parts alone a mark is needed: "DM" is no order."""
_ORDERS = {
    "dmy": f"(?:{_DAY})(?:{_BETWEEN}(?:{_MONTH}){_BETWEEN}(?:{_YEAR})|{_MARK}(?:{_MONTH}))",
    "mdy": f"(?:{_MONTH})(?:{_BETWEEN}(?:{_DAY}){_BETWEEN}(?:{_YEAR})|{_MARK}(?:{_DAY}))",
    "ymd": f"(?:{_YEAR}){_BETWEEN}(?:{_MONTH}){_BETWEEN}(?:{_DAY})",
}
_LATIN_OR_CHINESE = r"(?<![^\W\d_\u3400-\u9fff])(?:{})(?![^\W\d_\u3400-\u9fff])"
_STATED = {order: re.compile(_LATIN_OR_CHINESE.format(words), re.IGNORECASE) for order, words in _ORDERS.items()}


def stated_order(header: str) -> str | None:
    """The order that a header states: dmy, mdy or ymd; None where it states none."""
    clean = plain(header).replace("_", " ")
    found = {order: match for order, known in _STATED.items() if (match := known.search(clean))}
    if "ymd" in found:
        return "ymd"
    return next(iter(found)) if len(found) == 1 else None


def stated_orders(headers: Iterable[str]) -> dict[str, str]:
    """Header → the order that it states, of those that state one."""
    return {header: order for header in headers if (order := stated_order(header)) is not None}


def without_order(header: str) -> str:
    """A header without the order that stands behind its name outside of brackets: "close date mm/dd" → "close date"."""
    order = stated_order(header)
    found = list(_STATED[order].finditer(header)) if order is not None else []
    return header[: found[-1].start()].strip() if found and found[-1].end() == len(header) else header
