"""How a workbook shows its numbers: the currency, the unit and the scale that a number format puts beside the digits.

A format is text such as ``_-* #,##0.00 [$€-407]`` (ECMA-376 part 1, 18.8.31). What is shown is what people go by: 12 under
``0"万"`` reads 12万 and is 120,000; 12000 under ``#,##0,"k"`` reads 12k and is 12,000.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from mentor_app.transfer import units
from mentor_app.transfer.values import Form

_PIECE = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.|\[([^\]]*)\]|(.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_OF_LOCALE = {
    ("$", 0x409): "USD", ("$", 0x1009): "CAD", ("$", 0xC0C): "CAD", ("$", 0xC09): "AUD", ("$", 0x1409): "NZD", ("$", 0x404): "TWD",
    ("$", 0xC04): "HKD", ("$", 0x3C09): "HKD", ("$", 0x1004): "SGD", ("$", 0x4809): "SGD", ("$", 0x80A): "MXN", ("$", 0x2C0A): "ARS",
    ("$", 0x340A): "CLP", ("$", 0x240A): "COP", ("¥", 0x804): "CNY", ("¥", 0x411): "JPY",
}  # fmt: skip
_BUILT_IN = {
    5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00', 9: "0%", 10: "0.00%", 42: '"$"#,##0', 44: '"$"#,##0.00',
}  # fmt: skip
"""Formats that a workbook names by number alone, as far as they say more than digits; its own definition of one comes first."""


@lru_cache(maxsize=1 << 10)
def forms_of(code: str) -> tuple[tuple[tuple[str, float] | None, Form], ...]:
    """The sections of a format: the condition of each, where it has one of its own, and what it says."""
    return tuple(_section(pieces) for pieces in _sections(code))


def form_of(code: str, value: float) -> Form | None:
    """What a format says of this number; None where it says nothing beside digits."""
    sections = forms_of(code)
    if any(condition for condition, _ in sections):
        found = next((form for condition, form in sections if condition is None or _holds(condition, value)), Form())
    else:
        place = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
        found = sections[place][1]
    return None if found == Form() else found


def built_in(number: int) -> str | None:
    """The code of a format that is named by its number, where it says more than digits."""
    return _BUILT_IN.get(number)


def says_more(code: str) -> bool:
    """Whether a format could say anything beside digits and days."""
    return any(form != Form() for _, form in forms_of(code)) or _pads(code)


@lru_cache(maxsize=1 << 10)
def _pads(code: str) -> bool:
    """Whether a format writes whole numbers with more figures than they have, or with something between or beside them."""
    pieces = _sections(code)[0]
    sorts = {sort for sort, _ in pieces}
    digits = "".join(piece for sort, piece in pieces if sort == "digit")
    wordless = all(re.fullmatch(r"[- /:()_+]", piece) for sort, piece in pieces if sort == "words")
    plain = re.fullmatch(r"[0#]*0[0#]*", digits) is not None and "brackets" not in sorts and wordless
    return plain and (digits.count("0") > 1 or "literal" in sorts or "words" in sorts)


def shown(code: str, value: float) -> str:
    """A whole number as a format of that sort writes it, "" for any other: 7 under 00000 is 00007, under "OPP-"000 OPP-007."""
    if not 0 <= value < 1e15 or value != int(value) or not _pads(code):
        return ""
    pieces = _sections(code)[0]
    places = sum(sort == "digit" for sort, _ in pieces)
    zeros = next((places - n for n, (_, piece) in enumerate(p for p in pieces if p[0] == "digit") if piece == "0"), 0)
    figures = str(int(value)).rjust(zeros, "0").rjust(places)
    figures, more = figures[-places:], figures[:-places]
    out, at = "", 0
    for sort, piece in pieces:
        if sort == "digit":
            out += (more if not at else "") + figures[at]
            at += 1
        else:
            out += piece
    return out.strip()


def _holds(condition: tuple[str, float], value: float) -> bool:
    mark, limit = condition
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[mark]


def _sections(code: str) -> list[list[tuple[str, str]]]:
    """Each section as (sort, characters): "words", "brackets" or "digit"."""
    found: list[list[tuple[str, str]]] = [[]]
    for quoted, escaped, exclaimed, brackets, other in (match.groups() for match in _PIECE.finditer(code)):
        if other == ";":
            found.append([])
        elif brackets is not None:
            found[-1].append(("brackets", brackets))
        elif other is not None:
            found[-1].append(("digit" if other in "0#?.,%" else "words", other))
        elif quoted is not None or escaped or exclaimed:
            found[-1].append(("literal", quoted if quoted is not None else escaped or exclaimed))
    return found


def _section(pieces: Sequence[tuple[str, str]]) -> tuple[tuple[str, float] | None, Form]:
    condition: tuple[str, float] | None = None
    named: list[tuple[str, ...]] = []
    for sort, piece in pieces:
        if sort == "brackets" and (found := _CONDITION.fullmatch(piece.strip())):
            condition = found[1], float(found[2])
        elif sort == "brackets" and piece.startswith("$") and (sign := _of_bracket(piece)) is not None:
            named.append(sign)
    said, bare, digits = _apart(pieces)
    if "%" in digits and re.search(r"[0#?]", digits):
        return condition, Form(strange="%")
    dated = re.search(r"[ymdhs年月日时]", bare.replace("E", ""), re.IGNORECASE)  # a day or a time of day
    if dated or not re.search(r"[0#?]", digits):  # text, days, General
        return condition, Form()
    return condition, _form(said, digits, named[0] if named else ())


def _apart(pieces: Sequence[tuple[str, str]]) -> tuple[str, str, str]:
    """The words of a section, those of them that are not quoted, and its places of digits."""
    said, bare, digits = "", "", ""
    for sort, piece in pieces:
        if sort == "literal" and piece == "." and digits:
            digits += "!"  # a point that is only painted: the digits behind it count as whole ones
        elif sort == "digit":
            digits += piece
            said += " "
        elif sort != "brackets":
            said += piece
            bare += piece if sort == "words" else ""
    return said, bare, digits


def _form(said: str, digits: str, bracket: tuple[str, ...]) -> Form:
    """What the words beside the digits and the places of digits come to; ``bracket`` is the currency of [$€-407]."""
    scale = Decimal(1000) ** len(re.search(r"(,*)(?:\.[0#?]*)?$", _commas_last(digits))[1])  # type: ignore[index]
    painted = digits.partition("!")[2]
    scale *= Decimal(10) ** len(re.findall(r"[0#?]", painted))
    words = units.read(re.sub(r"E[+-]", " ", said))
    if words.currencies and bracket and not set(words.currencies) & set(bracket):
        return Form(strange=said.strip())
    currencies = words.currencies or bracket
    if words.strange or words.wordy:
        return Form(currencies=currencies, strange=said.strip())
    if words.unit is None:
        return Form(currencies=currencies, scaled=scale != 1)
    return Form(factor=words.unit / scale, currencies=currencies, has_unit=True, scaled=scale != 1)


def _commas_last(digits: str) -> str:
    """Commas that scale stand behind the last digit before the point, or behind all: 0.0,, and 0,,.0 alike."""
    whole, mark, rest = digits.replace("!", "").partition(".")
    return (
        whole.rstrip(",") + "," * (len(whole) - len(whole.rstrip(",")) + rest.count(",")) + mark + rest.replace(",", "")
    )


def _of_bracket(piece: str) -> tuple[str, ...] | None:
    """[$€-407], [$CNY], [$¥-804]: a sign with its country; [$-409] is a country alone."""
    sign, _, locale = piece[1:].rpartition("-") if "-" in piece else (piece[1:], "", "")
    if not sign.strip():
        return None
    try:
        country = int(locale, 16) & 0xFFFF if locale else 0
    except ValueError:
        country = 0
    known = _OF_LOCALE.get((sign.replace("￥", "¥"), country))
    return (known,) if known else units.currencies(sign.replace("￥", "¥")) or ()
