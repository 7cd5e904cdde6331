"""Chinese as it is typed with Latin letters: 王静 by "wangjing", "wangj" or "wj"."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from operator import contains
from unicodedata import normalize

_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
_TYPED = re.compile("[a-z][a-z']*")
_TONES = dict.fromkeys(range(0x300, 0x370), "")


def spells(typed: str, words: str) -> bool:
    """Whether characters of ``words``, one after the other, are read as ``typed`` in small letters: all of them, the last
    perhaps only begun, or by the first letter of each."""
    if words.isascii() or not _TYPED.fullmatch(typed):
        return False
    letters = typed.replace("'", "")
    for signs, firsts in _heard(words):
        for at, first in enumerate(firsts):
            if letters[0] in first and (_begins(letters, firsts[at:]) or _reads(letters, signs, at)):
                return True
    return False


def _reads(letters: str, signs: str, at: int) -> bool:
    return at < len(signs) and any(
        said.startswith(letters) or (letters.startswith(said) and _reads(letters[len(said) :], signs, at + 1))
        for said in syllables(signs[at])
    )


def _begins(letters: str, firsts: Sequence[str]) -> bool:
    return len(letters) <= len(firsts) and all(map(contains, firsts, letters))


@lru_cache(maxsize=1 << 16)
def _heard(words: str) -> Sequence[tuple[str, Sequence[str]]]:
    """The characters that stand together, and of each the letters with which it may begin."""
    return [
        (signs, ["".join(said[0] for said in syllables(sign)) for sign in signs]) for signs in _CHINESE.findall(words)
    ]


@cache
def syllables(sign: str) -> tuple[str, ...]:
    """How a character is read, in plain letters; ü also as v, as it is typed, and as yu, as in passports."""
    read = set()
    for said in _dictionary().get(ord(sign), "").split(","):
        syllable = normalize("NFD", said)
        read.add(syllable.translate(_TONES))
        read |= {syllable.replace("u\u0308", way).translate(_TONES) for way in ("v", "yu")}
    return tuple(sorted(one for one in read if one))


@cache
def _dictionary() -> Mapping[int, str]:
    """Read only once somebody looks for Chinese with Latin letters: it takes a tenth of a second."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT
