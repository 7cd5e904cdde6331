"""Units and currencies in words: what a header, a remark, a number's format or a cell says of an amount beside its digits.

TEUR, k€, ($ in millions), 金额(万元), 単位：千円: the words are taken apart, and each part has to be known from
resources/words/currencies.json. What is left over is named, so that nobody takes "(Kilotaler)" for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from mentor_app.core.resources import resource
from mentor_app.transfer.values import plain

_PIECE = re.compile(
    r"[x×]?'?(?<!\d)000(?:'?s)?(?![\d,.])|[x×]?\d{1,3}(?:,\d{3})+s?|[x×]?\d+s?|[^\W\d_\u3040-\u9fff\uac00-\ud7af]+|"
    r"[\u3040-\u30ff\u3400-\u9fff]+|[\uac00-\ud7af]+|%|[^\s\w.,;:()\[\]{}<>/|'\"*=&+\-–—_、，。；：]"
)
_THOUSANDS = {"t": 1000}
"""German firms write TEUR, T€: before a currency only."""
_TAXES = re.compile(
    r"\b(?:excl\w*|incl\w*|inkl|exkl|zzgl|before|after|without|with|ohne|mit|plus|ex)\.?\s+(?:tax(?:es)?|vat|gst|mwst|ust)\b",
    re.IGNORECASE,
)
_T_SIGN = re.compile(r"\bT(?=€)")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What some words say of amounts.

    ``unit`` is what a figure is multiplied by, None where no word says one (or several say different ones: then
    ``strange`` names them). ``currencies`` are those a sign may mean, the likeliest first.
    """

    unit: Decimal | None = None
    currencies: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    """Words that are not known."""
    wordy: bool = False
    """Whether there are words that say nothing of either: in, net, 含税."""
    weak: bool = False
    """Whether the unit is a single letter, which may as well be an initial."""

    @property
    def anything(self) -> bool:
        """Whether a unit or a currency is named."""
        return self.unit is not None or bool(self.currencies)


@lru_cache(maxsize=1 << 14)
def read(words: str) -> Said:
    """Unit and currency of some words, however they stand together."""
    units: list[Decimal] = []
    currencies: list[tuple[str, ...]] = []
    strange, wordy, weak, times = [], False, False, Decimal(1)
    for piece in _pieces(_TAXES.sub("net", _T_SIGN.sub("Tsd ", plain(words)))):
        number = _number(piece)
        if number is not None:
            times = number
            if piece.strip("x×'s") == "000" or number >= 1000:  # 10,000 RMB; of "100 million" the word follows
                units.append(number)
            continue
        found = _meaning(piece)
        if found is None:
            if re.fullmatch(r"(?:19|20)\d\d|[A-Za-z]*\d{1,2}", piece) is None:
                strange.append(piece)
            continue
        unit, named, neutral = found
        if unit is not None:
            weak = len(piece) == 1 and piece.isascii()
            if times != 1 and units and units[-1] == times:
                units.pop()
            units.append(unit * times)
        if named:
            currencies.append(named)
        wordy |= neutral
        times = Decimal(1) if unit is not None else times
    both = _joined(currencies)
    if both is None or len(set(units)) > 1:
        strange.append(words.strip())
    return Said(
        unit=units[0] if len(set(units)) == 1 else None,
        currencies=both or (),
        strange=tuple(strange),
        wordy=wordy,
        weak=weak and not both,
    )


def _joined(currencies: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """What all of them may mean; None where they contradict each other."""
    both = currencies[0] if currencies else ()
    for more in currencies[1:]:
        both = tuple(code for code in both if code in more)
        if not both:
            return None
    return both


def _number(piece: str) -> Decimal | None:
    """A power of ten written in figures: '000, 000s, 10,000."""
    clean = piece.strip("x×'s").replace(",", "")
    if clean == "000":
        return Decimal(1000)
    return Decimal(clean) if re.fullmatch(r"10+", clean) else None


def _pieces(words: str) -> Iterator[str]:
    """Words, runs of Chinese cut into those that are known, signs, figures."""
    rest = words
    for sign in _composed():
        if sign in rest:
            yield sign
            rest = rest.replace(sign, " ")
    for match in _PIECE.finditer(rest):
        piece = match[0]
        yield from _cut(piece) if re.match(r"[\u3040-\u9fff\uac00-\ud7af]", piece) else (piece,)


@cache
def _composed() -> tuple[str, ...]:
    """Signs that no run of letters holds (US$, HK$, CN¥), the longest first."""
    mixed = [sign for sign in words()["signs"] if re.search(r"[$¥]$", sign) and len(sign) > 1]
    return tuple(sorted(mixed, key=len, reverse=True))


def _cut(run: str) -> Iterator[str]:
    """A run without spaces cut into the longest words known, from the left; what is not known stays together."""
    lost, at = "", 0
    while at < len(run):
        size = next((n for n in range(len(run) - at, 0, -1) if _meaning(run[at : at + n]) is not None), 0)
        if not size:
            lost += run[at]
        else:
            if lost:
                yield lost
                lost = ""
            yield run[at : at + size]
        at += size or 1
    if lost:
        yield lost


_Meaning = tuple[Decimal | None, tuple[str, ...], bool]


@lru_cache(maxsize=1 << 12)
def _meaning(piece: str) -> _Meaning | None:
    """Unit, currencies, and whether the word says neither; None for one that is not known."""
    small = piece.casefold()
    known = words()
    if small in known["units"]:
        return Decimal(str(known["units"][small])), (), False
    named = currencies(piece)
    if named is not None:
        return None, named, False
    if small in neutral():
        return None, (), True
    if not re.fullmatch(r"[^\W\d_]+", piece):
        return None
    for size in range(1, len(piece)):  # TEUR, KUSD, EURm
        first, second = small[:size], small[size:]
        for unit, code in ((first, piece[size:]), (second, piece[:size])):
            factor = known["units"].get(unit) or (_THOUSANDS.get(unit) if unit is first else None)
            both = currencies(code) if factor and len(unit) <= 3 else None
            if factor and both and (len(code) == 3 and code.isupper()):
                return Decimal(str(factor)), both, False
    return None


def currencies(mark: str) -> tuple[str, ...] | None:
    """The currencies a sign or code may mean, the likeliest first; None where it means none."""
    known, clean = words(), mark.strip()
    if clean.upper() in known["codes"]:
        return (clean.upper(),)
    for form in (clean, clean.upper(), clean.casefold()):
        if form in known["signs"]:
            return (known["signs"][form],)
        if form in known["shared"]:
            return tuple(known["shared"][form])
    return None


@cache
def words() -> dict[str, Any]:
    """The reviewed words: codes and signs of currencies, units, and words that say neither."""
    found: dict[str, Any] = json.loads(resource("words", "currencies.json").read_text(encoding="utf-8"))
    return found


@cache
def neutral() -> frozenset[str]:
    """Words that may stand beside a unit and say nothing of it."""
    return frozenset(words()["neutral"])
