"""What a file says of its amounts outside their cells: in the header, in a title, below the table, on the sheet's tab.

What is understood counts; what may be a unit and is not known is asked about, with the words that say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mentor_app.core.errors import UserError
from mentor_app.transfer import units
from mentor_app.transfer.recognise import amount_header
from mentor_app.transfer.units import Said
from mentor_app.transfer.values import plain

_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")
_LABELLED = re.compile(
    r"(?:单位|單位|単位|단위|units?|einheit|currency|币种|货币)\s*(?:[:：]|为|is)\s*([^;；。)）]*)", re.IGNORECASE
)
_IN = re.compile(r"\b(?:in|en)\s+(.+)$", re.IGNORECASE)
_LOUD = re.compile(
    r"(?<!\w)(?:in\s+)?(?:thousands?|millions?|billions?|lakhs?|crores?|cents|tsd\.?|mio\.?|mrd\.?|millionen|milliarden|tausend|"
    r"milliers|millones|тыс\.?|млн|T?(?:EUR|CHF|USD)(?<=T...)|[KMT]\s?€|€\s?[kmt]\b|'000s?|000s)(?!\w)|"
    r"[千万萬亿億仟](?:美元|欧元|港[币元]|人民币|元|円|圆|圓|원)|[천만억]\s?(?:원|달러)",
    re.IGNORECASE,
)
"""Words that can hardly be about anything but a unit."""
_OF_AMOUNTS = re.compile(
    r"\b(?:amounts?|figures|values?|prices?|revenues?|sums?|beträge|betrag|werte|umsätze|montants?|importes?)\b.*?\b(?:in|en)\s+\w|"
    r"(?:金额|金額|数值|數值|数字|價格|价格)[^。；;]{0,8}(?:以|按|均为|均為|單位|单位)",
    re.IGNORECASE,
)
"""A sentence about amounts that says in what they are."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The unit and the currencies of a column, in whose words, and the words that may say a unit and are not known."""

    unit: Decimal = Decimal(1)
    currencies: tuple[str, ...] = ()
    words: str = ""
    doubts: tuple[str, ...] = ()
    given: bool = False
    """Whether the unit was said by somebody, not by the file."""


def stated(header: str, notes: Iterable[str], given: str | None, kept: Mapping[str, str]) -> Stated:
    """What header and notes say together; ``given`` is a unit that was said, ``kept`` what doubtful words meant before."""
    found: list[tuple[str, Said]] = []
    doubts: list[str] = []
    for words, said in (*_of_header(header), *(pair for note in notes for pair in _of_note(note))):
        if said.strange:
            if words in kept:
                found.append((words, Said(unit=Decimal(kept[words]), currencies=said.currencies)))
            elif words not in doubts:
                doubts.append(words)
        elif said.anything:
            found.append((words, said))
    currencies = _common([said.currencies for _, said in found if said.currencies])
    saying = [(words, said.unit) for words, said in found if said.unit is not None]
    if given is not None:
        return Stated(unit=unit_given(given), currencies=currencies or (), words=given, given=True)
    if currencies is None or len({unit for _, unit in saying}) > 1:
        together = " / ".join(dict.fromkeys(words for words, _ in found))
        if together in kept:
            return Stated(unit=Decimal(kept[together]), currencies=currencies or (), words=together, given=True)
        doubts.append(together)
    unit = saying[0][1] if saying and saying[0][1] is not None else Decimal(1)
    return Stated(
        unit=unit,
        currencies=currencies or (),
        words=" / ".join(dict.fromkeys(words for words, _ in saying)),
        doubts=tuple(doubts),
    )


def unit_given(words: str) -> Decimal:
    """The unit that somebody has said: a number, or words like TEUR and 万. UserError where it is neither."""
    clean = plain(words).replace(",", "")
    if re.fullmatch(r"\d{1,13}|0\.0{0,7}1", clean) and Decimal(clean) > 0:
        return Decimal(clean)
    said = units.read(words)
    if is_currency_alone(words):
        return Decimal(1)
    if said.unit is None or said.strange:
        raise UserError("{unit} is no unit. Say it as a number, like 1000, 10000 or 1.", unit=words[:40])
    return said.unit


def currency_given(words: str | None) -> str | None:
    """The currency that was said with a unit or alone, of those whose sign is that of others, too."""
    said = units.read(words or "")
    shared = {code for codes in units.words()["shared"].values() for code in codes}
    return said.currencies[0] if len(said.currencies) == 1 and said.currencies[0] in shared else None


def is_currency_alone(words: str | None) -> bool:
    """Whether a currency and no unit was said."""
    return currency_given(words) is not None and units.read(words or "").unit is None


def _common(all_named: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The currencies that all of them may mean; None where they contradict each other."""
    both = all_named[0] if all_named else ()
    for more in all_named[1:]:
        both = tuple(code for code in both if code in more)
        if not both:
            return None
    return both


def _of_header(header: str) -> Iterator[tuple[str, Said]]:
    """What the amount's header says behind, before or beside its name."""
    clean = plain(header)
    named = amount_header(clean)
    if named is not None:
        words = named[1].strip()
        if words:
            yield clean, units.read(words)
        return
    inside = _BRACKETS.findall(clean)
    behind = _IN.search(_BRACKETS.sub(" ", clean))
    if inside or behind:
        yield from ((clean, units.read(words)) for words in (*inside, *(behind.groups() if behind else ())))
        return
    last = re.split(r"[\s_/:]+", clean)[-1]
    if units.read(last).anything:
        yield clean, units.read(last)


def _of_note(note: str) -> Iterator[tuple[str, Said]]:
    """What a remark or a title says: a phrase of it that is about a unit or a currency and nothing else."""
    clean = plain(note)
    if len(clean) > 400 or not clean:
        return
    labelled = [m[1].strip() for m in _LABELLED.finditer(clean) if m[1].strip()]
    phrases = [*_BRACKETS.findall(clean), *labelled, *(m[1] for m in _IN.finditer(clean))]
    read = [said for said in map(units.read, phrases) if said.anything and not said.strange]
    whole = units.read(clean)
    if whole.anything and not whole.strange and not whole.weak:
        read.append(whole)
    read = [said for said in read if said.unit is not None] or read
    if any(said.weak for said in read):
        read = []
        yield clean, Said(strange=(clean,))
    elif not read and (
        _LOUD.search(clean) or _OF_AMOUNTS.search(clean) or any(units.read(words).strange for words in labelled)
    ):
        yield clean, Said(strange=(clean,))
    yield from ((clean, said) for said in read)
