"""Letters as people read them: whatever their width and case, with their marks or without, ß as ss, ä as ae or a."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import combining, normalize

from mentor_app.core.personal.pinyin import spells
from mentor_app.core.words import UNSEEN

_FULL = ("\uff01", "\uff5e")
_MARKS = "\u0300-\u036f"
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u2800\u3164\uffa0\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)
OTHERWISE = f"{_UNSEEN}\uff10-\uff19\uff21-\uff3a\uff41-\uff5a{_MARKS}"
"""Signs that are read otherwise than they are written: such as nobody sees, letters and figures in full width, marks by themselves; in few
ranges, for a database compares each character with all of them."""
_OTHERWISE = re.compile(f"[{_FULL[0]}-{_FULL[1]}{_MARKS}]|{UNSEEN.pattern}")
_LETTERS = (*range(0xC0, 0x250), *range(0x386, 0x400), 0x401, 0x451, *range(0x1E00, 0x2000))  # that may bear marks
_STROKES = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "\u0131": "i"}
_UMLAUTS = {"a": "äæ", "o": "öø", "u": "ü"}
"""What is also written with an e behind the bare letter."""


@dataclass(frozen=True)
class Reading:
    """Words as people read them, and from where to where in what is written each character stands."""

    words: str
    begins: Sequence[int]
    ends: Sequence[int]


def as_read(words: str) -> Reading:
    """Words in half width, without what nobody sees, each letter one character with its marks."""
    if words.isascii() or not _OTHERWISE.search(words):
        return Reading(words, range(len(words)), range(1, len(words) + 1))
    hidden = {at for found in UNSEEN.finditer(words) for at in range(*found.span())}
    read, begins, ends = list[str](), list[int](), list[int]()
    for at, sign in enumerate(words):
        if at in hidden:
            continue
        if read and "\u0300" <= sign <= "\u036f":
            marked = normalize("NFC", read[-1] + sign)
            read[-1], ends[-1] = marked if len(marked) == 1 else read[-1], at + 1
            continue
        read.append(_half(sign))
        begins.append(at)
        ends.append(at + 1)
    return Reading("".join(read), begins, ends)


def _half(sign: str) -> str:
    return chr(ord(sign) - 0xFEE0) if _FULL[0] <= sign <= _FULL[1] else sign


def closely(words: str) -> str:
    """A pattern that finds words with these very letters; in capitals, ß is SS."""
    return "".join(_double(pair) if pair.casefold() == "ss" else re.escape(pair) for pair in _letters(words, "ss"))


def loosely(words: str) -> str:
    """A pattern that finds words also where the marks of letters are left out or put on, or are written the German way."""
    return "".join(map(_any_way, _letters(words, "ss", "ae", "oe", "ue", "œ")))


def without_marks(words: str) -> str:
    """A pattern that finds words also where their marks are left out or written the German way; none are put on: of one short
    word that is often another ("Lu", "Lü")."""
    return "".join(map(_less, _letters(words, "ss", "ae", "oe", "ue", "œ")))


def bare(words: str) -> str:
    """The same for all the ways in which ``loosely`` finds words, and for some others."""
    return plain(words).replace("ae", "a").replace("oe", "o").replace("ue", "u")


def plain(words: str) -> str:
    """Words in small letters without marks."""
    return (words if words.isascii() else words.translate(_plain())).casefold()


def first_letter(words: str) -> str:
    """The same for the first letters of all the ways to write words."""
    return bare(words)[:1]


@cache
def all_of(letter: str) -> str:
    """All letters that may be the first where this is the ``first_letter``."""
    return "".join(sorted({letter, letter.upper(), *(chr(one) for one in _plain() if bare(chr(one))[:1] == letter)}))


def finder(typed: str) -> Callable[[str], bool]:
    """Whether words hold each one typed by somebody who looks for them: "muller", "mueller" and "Müller" all find Müller,
    "wangjing" and "wj" 王静."""
    wanted = [_spellings(word) for word in typed.split()]

    def holds(words: str) -> bool:
        if not wanted:
            return True
        held = _spellings(words)
        return all(
            any(word in said for word, said in zip(one, held, strict=True)) or spells(one[0], held[0]) for one in wanted
        )

    return holds


def otherwise_written(names: Iterable[str], typed: str) -> list[str]:
    """Names that hold a word as it may be typed, but not letter by letter, as a database finds it."""
    fits, letters, plain = finder(typed), typed.casefold(), typed.isascii()
    return [name for name in names if not (plain and name.isascii()) and letters not in name.casefold() and fits(name)]


@lru_cache(maxsize=1 << 16)
def _spellings(words: str) -> tuple[str, str]:
    """Words in small letters without marks, and written the German way."""
    if words.isascii():
        return (words.casefold(),) * 2
    read = as_read(words).words
    return read.translate(_plain()).casefold(), read.translate(_german()).casefold()


def in_any_way(words: str) -> list[str]:
    """For each letter of words all characters that may stand for it; "" where there may be more than one, or another number."""
    found = []
    for part in _letters(words, "ss", "ae", "oe", "ue", "œ"):
        one = _base(part)
        varies = len(part) > 1 or part in "ßẞœŒ" or _umlaut(part)
        found.append("" if varies else "".join(sorted({*_alike(one.lower()), *_alike(one.upper()), part})))
    return found


def _letters(words: str, *pairs: str) -> list[str]:
    """The letters, with these pairs of them together."""
    return re.findall(f"{'|'.join(pairs)}|.", words, re.IGNORECASE | re.DOTALL)


def _any_way(part: str) -> str:
    if part.casefold() == "ss":
        return _double(part)
    if part in "œŒ":
        return "(?:[œŒ]|[oO][eE])"
    if part.casefold() == "ae":  # Michael and Michal are two names
        return f"(?:[{_alike(part[0])}][{_alike(part[1])}]|[{_marked(part[0])}])"
    if part.casefold() in ("oe", "ue") or _umlaut(part):
        return f"(?:[{_alike(_base(part[0]))}][{_alike('e')}{_alike('E')}]?)"
    return f"[{_alike(_base(part))}{part}]" if part.isalpha() and len(_alike(_base(part))) > 1 else re.escape(part)


def _less(part: str) -> str:
    if part.casefold() in ("ae", "oe", "ue"):
        return f"(?:{part}|[{_marked(part[0])}])"
    if part.casefold() == "ss" or part in "œŒ":
        return _any_way(part)
    if _umlaut(part):
        return f"(?:{part}|{_base(part)}[eE]?)"
    return re.escape(part) if _base(part) == part else f"[{part}{_base(part)}]"


def _double(part: str) -> str:
    return f"(?:{'ss|SS' if part in 'ßẞ' else part}|[ßẞ])"


def _umlaut(part: str) -> bool:
    return any(part.lower() in marked for marked in _UMLAUTS.values())


def _marked(letter: str) -> str:
    marked = _UMLAUTS[letter.lower()]
    return marked if letter.islower() else marked.upper()


def _base(letter: str) -> str:
    """A letter without its marks; any other sign as it is."""
    return _bases().get(letter, letter)


def _alike(letter: str) -> str:
    """All letters, of the same case, that are this one with marks or without."""
    return _families().get(letter, letter)


@cache
def _bases() -> dict[str, str]:
    found = {"æ": "a", "Æ": "A", **_STROKES}
    for letter in map(chr, _LETTERS):
        first, *marks = list(normalize("NFD", letter))
        if marks and all(map(combining, marks)):
            found[letter] = first
    return found


@cache
def _families() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for letter, base in _bases().items():
        found[base] = (found[base] or base) + letter
    return dict(found)


@cache
def _plain() -> dict[int, str]:
    marks = dict.fromkeys(range(0x300, 0x370), "")
    return {ord(letter): base for letter, base in _bases().items()} | {ord("œ"): "oe", ord("Œ"): "oe"} | marks


@cache
def _german() -> dict[int, str]:
    marked = {ord(letter): f"{base}e" for base, letters in _UMLAUTS.items() for letter in letters}
    return _plain() | marked | {ord(chr(sign).upper()): said for sign, said in marked.items()}
