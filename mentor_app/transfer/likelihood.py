"""How likely a text is to be text at all: what tells the right encoding of a file from those that can be read in, too.

Wide characters are weighed by how everyday they are, letters by the languages that have them: an accented letter stands
singly among Latin ones, a Greek word is Greek throughout, a capital begins a word.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache, lru_cache

from mentor_app.core.resources import resource

WIDE = {
    "gb18030": "zh_CN",
    "big5": "zh_TW",
    "big5hkscs": "zh_TW",
    "euc_kr": "ko",
    "cp949": "ko",
    "cp932": "ja",
    "euc_jp": "ja",
}
NARROW = (
    "cp1252", "cp1250", "cp1254", "cp850", "cp437", "mac_roman", "iso8859_2", "cp852", "cp857", "cp1251", "koi8_r", "koi8_u", "cp866",
    "iso8859_5", "mac_cyrillic", "cp1253", "cp737", "cp874", "cp1255", "cp1256",
)  # fmt: skip
CLEAR = math.log(200)
"""Odds at which one reading is taken without asking."""
# How often files in an encoding are met here, before anything is read.
PRIOR = {
    name: math.log(share)
    for name, share in {
        "gb18030": 1.0, "cp1252": 1.0, "big5": 0.3, "big5hkscs": 0.01, "euc_kr": 0.1, "cp949": 0.03, "cp932": 0.1, "euc_jp": 0.05,
        "cp1250": 0.1, "cp1251": 0.05, "cp1253": 0.05, "cp874": 0.05, "cp1254": 0.05, "cp850": 0.05, "cp437": 0.05, "mac_roman": 0.05,
        "iso8859_2": 0.03, "cp852": 0.03, "cp857": 0.02, "koi8_r": 0.03, "koi8_u": 0.02, "cp866": 0.03, "iso8859_5": 0.01,
        "mac_cyrillic": 0.01, "cp737": 0.01, "cp1255": 0.02, "cp1256": 0.02,
    }.items()
}  # fmt: skip
_MARKS = set("，。、；：？！（）《》「」『』【】“”‘’…—·￥〈〉～　○×→")
_SIGNS = frozenset("€£¥§°©®·–—‘’“”•…\u00a0«»¿¡ºª²³½№")
_SHARES = {"de": 0.2, "fr": 0.2, "es": 0.2}
_VOWELS = frozenset("аеёиоуыэюяіїєαειηουωάέίήόύώϊϋ")
_MARKS_ABOVE = frozenset("ึ็่้ิีัุูื์ำ")
_LEADING = frozenset("เแโใไ")


_BESIDE_LATIN = re.compile(
    "(?<=[A-Za-z ])\u00a0?[\u00a1-\u00ff]\u00a0?(?=[A-Za-z ])|[¥£](?= ?[0-9]|[)])"
    "|(?<=[A-Za-z])[À-ÖØ-öø-ɏ]+|[À-ÖØ-öø-ɏ]+(?=[A-Za-z])"
)
"""Signs between words or before figures, and letters of a Latin word: single Chinese characters hardly ever stand so."""


def are_signs(words: str) -> bool:
    """Whether all that is not plain ASCII in these words stands as signs and accented letters do among Latin words."""
    return _BESIDE_LATIN.sub("", words).isascii()


def weight(words: str, encoding: str) -> float:
    """The logarithm of how likely these words are as text that stood in ``encoding``; cells are on lines of their own."""
    if encoding in WIDE:
        return PRIOR[encoding] + _wide(words, encoding)
    return PRIOR[encoding] + sum(map(_cell, words.split("\n")))


def is_plausible(words: str, encoding: str, slack: float = 6) -> bool:
    """Whether the letters of these words come, on the whole, as often as in some language: a reading may be the likeliest of
    all known ones and be none."""
    letters = sum(ord(c) > 127 for c in words)
    return weight(words, encoding) - PRIOR[encoding] > letters * (-10.5 if encoding in WIDE else -5.5) - slack


@cache
def everyday() -> dict[str, frozenset[str]]:
    """The characters of each language that stand in everyday words."""
    found = json.loads(resource("words", "everyday.json").read_text(encoding="utf-8"))
    return {language: frozenset(letters) for language, letters in found.items()}


@cache
def _wide_letter(c: str, encoding: str) -> float:
    """The logarithm of how often a character stands in such text: everyday ones, the common half, the rest."""
    letters = everyday()[WIDE[encoding]]
    if c in letters:
        return math.log(0.6 / len(letters))
    if c in _MARKS or "\uff01" <= c <= "\uff5e":
        return math.log(0.05 / 120)
    code = c.encode(encoding)
    common, rest = _frequency(encoding, code)
    return math.log(common or rest)


def _frequency(encoding: str, code: bytes) -> tuple[float, float]:
    """How often a character of the common ones comes (0 where it is none of them), and one of the rest, by its bytes."""
    lead, simple = code[0], len(code) == 2 and code[1] >= 0xA1
    if encoding == "gb18030":
        first = 0.3 / 3755 if simple and 0xB0 <= lead <= 0xD7 else 0.0
        return first, 0.03 / 3008 if simple and 0xD8 <= lead <= 0xF7 else 0.002 / 14000
    if encoding in ("big5", "big5hkscs"):
        return 0.3 / 5401 if 0xA4 <= lead <= 0xC6 else 0.0, 0.005 / 7652
    if encoding in ("euc_kr", "cp949"):
        return 0.35 / 2350 if simple and 0xB0 <= lead <= 0xC8 else 0.0, 0.002 / 4888
    if len(code) == 1:  # narrow katakana
        return 0.0, 0.002 / 63
    common = 0x88 <= lead <= 0x97 if encoding == "cp932" else 0xB0 <= lead <= 0xCF
    return 0.25 / 2965 if common else 0.0, 0.005 / 3390


def _wide(words: str, encoding: str) -> float:
    total, before = 0.0, ""
    for c in words:
        if ord(c) > 127:
            total += _wide_letter(c, encoding)
            if before.isascii() and before.isalpha():
                total += math.log(0.05)  # such characters seldom stand within a Latin word
        before = c
    return total


@cache
def _languages() -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Of languages written in Latin letters, and of others: how often each letter beyond ASCII comes, as a logarithm."""
    found = json.loads(resource("words", "letters.json").read_text(encoding="utf-8"))
    return tuple({language: _shares(letters) for language, letters in kind.items()} for kind in found.values())  # type: ignore[return-value]


def _shares(letters: str) -> dict[str, float]:
    """Letters come the more seldom the further behind they stand in the list."""
    parts = [math.exp(-place / 9) for place in range(len(letters))]
    return {letter: math.log(part / sum(parts)) for letter, part in zip(letters, parts, strict=True)}


@lru_cache(maxsize=1 << 16)
def _cell(words: str) -> float:
    """One cell in the language that suits it best."""
    latin, alphabets = _languages()
    foreign = [c for c in words if ord(c) > 127]
    if not foreign:
        return 0.0
    small = [c.lower() for c in foreign if c not in _SIGNS]
    best = max(_share(small, letters) + math.log(_SHARES.get(name, 0.05)) for name, letters in latin.items())
    best += _latin(words, foreign)
    for letters in alphabets.values():
        if any(c in letters for c in small):
            best = max(best, _alphabet(words, letters) + math.log(0.05))
    return best


_STRANGE = math.log(0.004 / 120)


def _share(small: list[str], letters: dict[str, float]) -> float:
    return sum(letters.get(c, _STRANGE if c.isalpha() else _STRANGE - 2) for c in small)


def _latin(words: str, foreign: list[str]) -> float:
    """How letters and signs beyond ASCII stand among Latin ones, whatever the language."""
    total = math.log(0.05 / len(_SIGNS)) * sum(c in _SIGNS for c in foreign)
    before = ""
    for c in words:
        if ord(c) > 127:
            if ord(before or " ") > 127 and before not in _SIGNS:
                total += math.log(0.05)
            if not c.isalpha() and before.isalpha():
                total += math.log(0.05)
            if c != c.lower():
                total += math.log(0.02 if before.islower() else 0.2)
        elif ord(before or " ") > 127 and c.isupper() and before.islower():
            total += math.log(0.05)
        before = c
    return total


def _alphabet(words: str, letters: dict[str, float]) -> float:
    total, before = 0.0, ""
    for c in words:
        if ord(c) > 127:
            small = c.lower()
            share = letters.get(small)
            if share is None:
                total += math.log(0.05 / len(_SIGNS)) if c in _SIGNS and not before.isalpha() else _STRANGE - 2
            else:
                total += share + _follows(c, small, before)
        if c.isalpha() and before.isalpha() and (ord(c) > 127) != (ord(before) > 127):
            total += math.log(0.0005)  # no word is half Latin
        before = c
    return total


def _follows(c: str, small: str, before: str) -> float:
    """How a letter suits the one before it: its case, vowels between consonants, what stands above something."""
    after = before.lower()
    total = 0.0
    if small.islower() or small != c:  # an alphabet with capitals
        if not before.isalpha():
            total += math.log(0.75 if c != small else 0.25)
            total += math.log(0.001) if small in "ьъыς" else 0.0
        else:
            total += math.log(0.01 if c != small and before == after else 0.99 if c == small else 0.5)
            follows, vowel = after in _VOWELS, small in _VOWELS
            total += -1.0 if follows and vowel else 0.4 if follows != vowel else -0.5
    elif "\u0e00" <= c <= "\u0e7f":
        if small in _MARKS_ABOVE:
            total += 0.5 if "\u0e01" <= before <= "\u0e2e" or before in _MARKS_ABOVE else -5.0
        if before in _LEADING:
            total += 0.5 if "\u0e01" <= c <= "\u0e2e" else -5.0
    return total
