"""Whether words are somebody's name: by a given name, or by a surname of China, Japan, Korea or Viet Nam.

What speaks for a name is looked for, not what speaks against it: the ways to say that a post is open, or to head a section, have
no end. The words are data: resources/words/given_names.txt (40,900 given names of 90 countries, without what stands above and below
letters; taken from the lists of Faker, faker-js, indian-names and the US census of 1990) and person_names.json.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from itertools import product

from mentor_app.core.resources import resource
from mentor_app.transfer.plain_names import is_chinese_name, names_position, plain_name
from mentor_app.transfer.remarks import reads_as_name
from mentor_app.transfer.values import plain

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]{3}")
_BETWEEN = re.compile(r"[\s,，·•・.'’_-]+")
_SYLLABLES = re.compile(r"(?:[bcdfghjklmnpqrstvwxyz]{0,2}[aeiouy]{1,3}(?:ng|[nmrkptlh])?){1,4}")
"""Syllables of East Asian languages in Latin letters: xiaoming, minjun, quyen."""


@lru_cache(maxsize=1 << 14)
def is_persons(words: str) -> bool:
    """Whether this is somebody's name beyond doubt: "Anna Berg", "BERG, ANNA", "A. Berg", 王芳, "Wang Fang", 田中太郎."""
    clean = plain_name(words) or plain(words)
    joined = re.sub(r"\s", "", clean)
    if _WIDE.fullmatch(joined.replace("·", "")):
        turned = "".join(reversed(clean.split()))
        return _is_east_asian(joined) or _is_east_asian(turned)
    if _HANGUL.fullmatch(joined):
        return joined[0] in _words()["korean_surnames"]
    parts = [part for part in _BETWEEN.split(_folded(clean)) if part]
    if not parts or not reads_as_name(clean) or names_position(clean) or not _posts().isdisjoint(parts):
        return False
    return _has_given_name(parts) or _is_romanised(parts) or _has_initial(parts)


def names_office(words: str) -> bool:
    """Whether this ends with an office that somebody holds who signs lists: "HR Director", Personalleiterin, 人事经理."""
    parts = [part for part in _BETWEEN.split(_folded(plain(words))) if part]
    return bool(parts) and (
        parts[-1] in _offices() or (not parts[-1].isascii() and parts[-1].endswith(_chinese_offices()))
    )


def is_mail_of(cell: str, name: str) -> bool:
    """Whether a cell is the mail address of somebody called so: nobi@acme.com, obi.nkechi@acme.com."""
    local, at, _ = _folded(cell).partition("@")
    words = [word for word in _BETWEEN.split(_folded(plain(name))) if word]
    if not at or not 2 <= len(words) <= 4:
        return False
    forms = ((word, word[0]) for word in words)
    ways = (
        given + family
        for one in product(*forms)
        for given, family in (("".join(one[:-1]), one[-1]), (one[-1], "".join(one[:-1])))
    )
    return re.sub(r"[._-]", "", local) in {way for way in ways if len(way) > len(words)}


def _has_given_name(parts: list[str]) -> bool:
    """Whether a name begins or ends with a given name; where a surname stands before two of them, the second does."""
    return not given_names().isdisjoint((parts[0], parts[-1], *parts[1:2]))


def _has_initial(parts: list[str]) -> bool:
    """Whether letters stand for the given names, beside one word."""
    longer = [part for part in parts if len(part) > 1]
    return len(longer) == 1 < len(parts) and len(longer[0]) > 2


def _is_romanised(parts: list[str]) -> bool:
    """Whether an East Asian name stands there in Latin letters, its surname before it or behind it."""
    for surname, given in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
        if surname in _romanised() and 1 <= len(given) <= 3 and all(map(_SYLLABLES.fullmatch, given)):
            return True
    return False


def _is_east_asian(clean: str) -> bool:
    """Whether this begins with a surname, is as long as a name, and has no sign of a post or a team; or is one of the names that
    Chinese writes by their sound."""
    if is_chinese_name(clean):
        return not any(sign in clean[1:] for sign in _words()["post_signs"])
    if "·" in clean or (3 <= len(clean) <= 6 and all(sign in _words()["minorities"] for sign in clean)):
        return True
    surname = next((one for one in _words()["japanese_surnames"] if clean.startswith(one)), None)
    return surname is not None and 1 <= len(clean) - len(surname) <= 3


def _folded(words: str) -> str:
    """Small letters without what stands above or below them."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", words).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


@cache
def given_names() -> frozenset[str]:
    """The given names that are known, folded."""
    return frozenset(resource("words", "given_names.txt").read_text(encoding="utf-8").split())


@cache
def _posts() -> frozenset[str]:
    return frozenset(map(_folded, _words()["posts"]))


@cache
def _offices() -> frozenset[str]:
    return frozenset(map(_folded, _words()["offices"]))


@cache
def _chinese_offices() -> tuple[str, ...]:
    return tuple(one for one in _words()["offices"] if _WIDE.fullmatch(one))


@cache
def _romanised() -> frozenset[str]:
    return frozenset(_words()["romanised_surnames"])


@cache
def _words() -> dict[str, list[str]]:
    """The reviewed words: of posts that are to be filled, and surnames."""
    found: dict[str, list[str]] = json.loads(resource("words", "person_names.json").read_text(encoding="utf-8"))
    return found
