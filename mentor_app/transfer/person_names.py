"""Whether words are somebody's name: by a given name, or by a surname of China, Japan, Korea or Viet Nam.

What speaks for a name is looked for, as the ways to say that a post is open, or to head a section, have no end; beside it nothing may
stand that speaks against one. The words are data, without what stands above and below letters: resources/words/given_names.txt (40,900
given names of 90 countries, by Faker, faker-js, indian-names and the US census of 1990), everyday_words.txt (the 6,000 to 25,000 most
frequent words of seven languages by wordfreq that are no given names and no surnames, and the Chinese ones that begin like a surname,
with places by jieba) and person_names.json.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise, product

from mentor_app.core.personal.names import everyday_words, given_names
from mentor_app.core.resources import resource
from mentor_app.transfer.plain_names import is_chinese_name, is_particle, names_nobody, names_position
from mentor_app.transfer.remarks import reads_as_name
from mentor_app.transfer.values import plain

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]{3}")
_BETWEEN = re.compile(r"[\s,，·•・.'’_-]+")
_BRACKET = re.compile(r"[(\[{<（【《]")
_SYLLABLES = re.compile(r"(?:[bcdfghjklmnpqrstvwxyz]{0,2}[aeiouy]{1,3}(?:ng|[nmrkptlh])?){1,4}")
"""Syllables of East Asian languages in Latin letters: xiaoming, minjun, quyen."""


@lru_cache(maxsize=1 << 14)
def is_persons(words: str) -> bool:
    """Whether this is somebody's name beyond doubt: "Anna Berg", "BERG, ANNA", "A. Berg", 王芳, "Wang Fang", 田中太郎."""
    clean = plain(words)
    if " ".join(_parts(clean)) in _examples():
        return False
    joined = re.sub(r"\s", "", clean)
    if _WIDE.fullmatch(joined.replace("·", "")):
        turned = "".join(reversed(clean.split()))
        return _is_east_asian(joined) or _is_east_asian(turned)
    if _HANGUL.fullmatch(joined):
        return joined[0] in _words()["korean_surnames"]
    parts = _parts(clean)
    if not parts or not reads_as_name(clean) or names_position(clean) or speaks_against(clean):
        return False
    return _has_given_name(parts) or _is_romanised(parts) or _has_initial(parts)


def speaks_against(words: str) -> bool:
    """Whether something stands among these words that hardly stands in a name: a figure, brackets, an everyday word (Budget, gesucht,
    ou), a post that is to be filled, TBC."""
    clean = plain(words)
    parts = _parts(clean)
    return (
        any(map(str.isdigit, clean))
        or bool(_BRACKET.search(clean))
        or not _posts().isdisjoint(parts)
        or not everyday_words().isdisjoint(parts)
        or any(names_nobody(part) and part not in given_names() and part not in _romanised() for part in parts)
        or ["n", "n"] in ([*pair] for pair in pairwise(parts))
        or _has_small_word(clean.split())
    )


def may_be_name(words: str) -> bool:
    """Whether this may be a name that is not known, as far as its words tell: Chidi Okafor; not "Freie Stelle", 岗位空缺 or 实习生B."""
    clean = re.sub(r"\s|(?<=[\u3400-\u9fff])[A-Za-z]\s*$", "", plain(words))
    return not speaks_against(words) and (not _WIDE.fullmatch(clean) or is_chinese_name(clean))


def names_office(words: str) -> bool:
    """Whether this names an office that somebody holds who signs lists: "HR Director", "Head of Sales", Personalleiterin, 人事经理."""
    parts = _parts(plain(words))
    return bool(parts) and (
        not _offices().isdisjoint((parts[0], parts[-1]))
        or (not parts[-1].isascii() and parts[-1].endswith(_chinese_offices()))
    )


def is_mail_of(cell: str, name: str) -> bool:
    """Whether a cell is the mail address of somebody called so: nobi@acme.com, obi.nkechi@acme.com."""
    local, at, _ = _folded(cell).partition("@")
    words = _parts(plain(name))
    if not at or not 1 <= len(words) <= 4 or speaks_against(name):
        return False
    if len(words) == 1:
        return local == words[0] and len(local) > 3
    forms = ((word, word[0]) for word in words)
    ways = (
        given + family
        for one in product(*forms)
        for given, family in (("".join(one[:-1]), one[-1]), (one[-1], "".join(one[:-1])))
    )
    return re.sub(r"[._-]", "", local) in {way for way in ways if len(way) > len(words)}


def _has_small_word(words: list[str]) -> bool:
    """Whether a word that is no particle begins with a small letter, where others begin with a capital."""
    small = [word for word in words if word[0].islower()]
    return len(small) < len(words) and any(not is_particle(word) for word in small)


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
        is_word = clean in everyday_words() or clean[:2] in everyday_words()
        is_place = len(clean) == 2 and clean[1] in _words()["short_endings"]
        is_given = clean[1:] in _words()["chinese_given_names"]
        is_post = clean.endswith("总") or any(sign in clean[1:] for sign in _words()["post_signs"])
        return is_given or not (is_word or is_place or is_post)
    if "·" in clean or (3 <= len(clean) <= 6 and all(sign in _words()["minorities"] for sign in clean)):
        return True
    surname = next((one for one in _words()["japanese_surnames"] if clean.startswith(one)), None)
    return surname is not None and 1 <= len(clean) - len(surname) <= 3


def _parts(words: str) -> list[str]:
    return [part for part in _BETWEEN.split(_folded(words)) if part]


def _folded(words: str) -> str:
    """Small letters without what stands above or below them."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", words).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


@cache
def _examples() -> frozenset[str]:
    return frozenset(map(_folded, _words()["examples"]))


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
