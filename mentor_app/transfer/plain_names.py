"""What stands in an owner's place: nobody at all (待分配, House account), or a name and what CRMs put beside it (a mail address, a
telephone number, a region, a second person). The words are data: resources/words/owners.json."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from mentor_app.core.resources import resource
from mentor_app.transfer.values import plain

_MOST = 80
_MARKS = " -–—_*.()[]<>{}（）【】《》"
_BRACKETS = re.compile(r"[(\[{<（【《][^)\]}>）】》]*[)\]}>）】》]?")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NUMBER = re.compile(r"(?<![^\W\d_\u3040-\u9fff])[+＋]?\d[\d ()/.-]*(?![^\W_\u3040-\u9fff])")  # noqa: RUF001
_BETWEEN = re.compile(r"\s+[-–—/|·:]\s+|\s*[|/;；、:：]\s*|\s+[&+]\s+|[＋＆]")  # noqa: RUF001
_AND = re.compile(r"\s+(?:and|und|et)\s+", re.IGNORECASE)
_BETWEEN_CHINESE = re.compile(r"[-–—_/|;；、:：&+＆＋@,，\s]+")  # noqa: RUF001
_BEHIND = re.compile(r"(.+?)\s*([-–—_,，@])\s*([^-–—_,，@]+)")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-]+[^\W\d_]+)*\.?")
_LAST_FIRST = re.compile(r"([^\W\d_][^,\d]*),\s*([^\W\d_][^,\d]*)")
_TELEPHONE, _STAFF = 5, 3
"""So many figures behind a name, or before it, are no part of it; fewer tell two of one name apart."""


_IN_STEAD = re.compile(
    r"(?:nachfolg(?:er(?:in)?|e)|nachbesetzung|ersatz|successor|replacement|backfill)\s+(?:von|für|of|to|for)\b.+|.+(?:的)?(?:继任者|接替者|接任者)",
    re.IGNORECASE,
)
"""Who comes in somebody's place, and has no name yet."""


@lru_cache(maxsize=1 << 14)
def names_nobody(value: str) -> bool:
    """Whether this names no owner, whatever stands beside it: 未分配, N/A, "Sales queue (EMEA)"."""
    clean = plain(value)
    if not clean or len(clean) > _MOST or clean.startswith("#"):
        return False
    if _is_marks(clean):
        return "?" not in clean  # a name may have stood there whose letters are lost
    if _key(clean) in _listed("nobody") or _IN_STEAD.fullmatch(clean):
        return True
    shorter = _key(_BRACKETS.sub(" ", clean))
    if shorter in _listed("nobody"):
        return True
    sides = [side for side in _BETWEEN_CHINESE.split(clean) if side]
    if len(sides) > 1 and _CHINESE.fullmatch("".join(sides)):
        return all(_key(side) in _listed("nobody") or _is_beside(side) for side in sides) and not _all_beside(sides)
    parts = [_key(part) for part in re.split(r"\s+[-–—/|:]\s+|\s*[|/:]\s*", clean)]
    return any(part in _listed("nobody") for part in parts) and all(
        part in _listed("nobody") or _all_beside(part.split()) for part in parts
    )


@lru_cache(maxsize=1 << 14)
def names_position(value: str) -> bool:
    """Whether this names a position, and nobody who has it: Intern, "Sales Support", HC待批."""
    return _key(value) in _listed("positions")


def is_whole_name(value: str) -> bool:
    """Whether this has the form of a full name: not "Unfilled", "Future hire", 候选人A, "Hire 3"."""
    clean = plain(value)
    first, *more = clean.split()
    if _CHINESE.search(clean):
        return not re.search(r"[a-z]", clean, re.IGNORECASE) or bool(more)
    is_small = first[0].isupper() and any(one[0].islower() and not is_particle(one) for one in more)
    return bool(more) and not is_small and not any(map(str.isdigit, clean))


def is_particle(word: str) -> bool:
    """Whether a word stands in names with a small letter: von, de, bin."""
    return _key(word) in _listed("particles")


def is_no_name(clean: str) -> bool:
    """Whether this is a spreadsheet's fault (#N/A), or a mark in place of a name: refused, for an owner may have stood there."""
    fault = clean.startswith("#") and clean.casefold() in _words()["errors"]
    return fault or ("?" in clean and _is_marks(clean))


def _is_marks(clean: str) -> bool:
    """Whether nothing but dashes, points and the like stands there."""
    return all(unicodedata.category(c)[0] in "PZ" for c in clean)


@lru_cache(maxsize=1 << 14)
def plain_name(value: str) -> str | None:
    """The name alone of what holds more than a name; None where it holds no more, or where the name in it can't be told."""
    clean = plain(value)
    if len(clean) > 2 * _MOST or not any(map(str.isalpha, clean)):
        return None
    bare = _MAIL.sub(" ", _BRACKETS.sub(" ", clean))
    if not any(map(str.isalpha, bare)):
        bare = re.sub(r"[()<>（）]", " ", _MAIL.sub(" ", clean))
    bare = _without_number(" ".join(bare.split()))
    name = _chinese(bare) if _CHINESE.search(bare) else _latin(bare)
    if name is None or names_nobody(name) or _all_beside(re.split(r"[\s,]+", name)):
        return None
    turned = _LAST_FIRST.fullmatch(name)
    if turned is not None and name != clean and not _CHINESE.search(name):
        name = f"{turned[2].strip()} {turned[1].strip()}"
    return name if _key(name) != _key(clean) else None


def _without_number(words: str) -> str:
    """Without a telephone number, or a number before the name; of a single Latin word (Owner 12345) the number is the name."""

    def left(found: re.Match[str]) -> str:
        figures = sum(c.isdigit() for c in found[0])
        return " " if figures >= (_TELEPHONE if found.start() else _STAFF) else found[0]

    rest = " ".join(_NUMBER.sub(left, words).split()).strip(" ,;-–—_/|:：")
    is_name = _CHINESE.search(rest) or len(_WORD.findall(rest)) > 1
    return rest if is_name and not _all_beside(rest.split()) else words


def _chinese(words: str) -> str | None:
    """The side that is a name: the first that begins with a surname; else the first where all others name no person."""
    sides = [side for side in _BETWEEN_CHINESE.split(words) if side]
    alone = _without_title(words)
    if is_chinese_name(alone):
        return alone
    if len(sides) == 1 or (" " in words and _is_spaced_name(sides)):
        return words
    left = [side for side in sides if not _is_beside(side)]
    if all(map(is_chinese_name, left)) and len(left) == len(sides) and not _BETWEEN_CHINESE.sub("", words):
        return words
    names = [side for side in left if is_chinese_name(side)]
    if names and (len(left) < len(sides) or re.search(r"[-–—_/|;；、&+＆＋@]", words)):  # noqa: RUF001
        return names[0]
    return left[0] if len(left) == 1 else words


def _without_title(words: str) -> str:
    """A Chinese name without the titles that stand behind it: 王芳经理, 王芳销售总监."""
    end = next((title for title in _words()["titles"] if words.endswith(title)), "")
    return _without_title(words.removesuffix(end)) if end else words


def _is_spaced_name(sides: list[str]) -> bool:
    """Whether these are the parts of one name, written apart: 王 芳, 欧阳 娜."""
    return len(sides) == 2 and (len(sides[0]) == 1 or sides[0] in _words()["double_surnames"])


def is_chinese_name(side: str) -> bool:
    """Whether this begins with a surname and is as long as a name."""
    if not _CHINESE.fullmatch(side):
        return False
    if side[:2] in _words()["double_surnames"]:
        return 3 <= len(side) <= 4
    return 2 <= len(side) <= 3 and side[0] in _words()["surnames"]


def _latin(words: str) -> str | None:
    """The first side of two to four words that are no department's; else the only one whose words are none."""
    both = _AND.split(words)
    if len(both) > 1 and all(2 <= len(_WORD.findall(side)) <= 4 and is_only_words(side) for side in both):
        return both[0]
    sides = [side for side in _BETWEEN.split(words) if side]
    if len(sides) == 1:
        behind = _BEHIND.fullmatch(words)
        told = behind is not None and (behind[2] in ",，" or behind[3].isupper()) and " " in behind[1]
        return behind[1] if told and behind is not None and _all_beside(behind[3].split()) else words
    left = [side for side in sides if not _all_beside(re.split(r"[\s,]+", side))]
    names = [side for side in left if 2 <= len(_WORD.findall(side)) <= 4 and is_only_words(side)]
    return names[0] if names else left[0] if len(left) == 1 else words


def is_only_words(side: str) -> bool:
    """Whether nothing but words stands there, none of which names a department, a region or a task."""
    words = re.split(r"[\s,]+", side)
    return all(map(_WORD.fullmatch, words)) and not any(map(_is_beside, words))


def _all_beside(words: Iterable[str]) -> bool:
    """Whether these words name a department, a region or a task, and nobody."""
    return all(_is_beside(word) for word in words if word)


def _is_beside(word: str) -> bool:
    key = _key(word)
    if key in _listed("beside"):
        return True
    return bool(_CHINESE.fullmatch(key)) and len(key) > 1 and key.endswith(tuple(_words()["endings"]))


def _key(words: str) -> str:
    """How these words are compared: marks around them and between them don't matter."""
    return " ".join(re.sub(r"[-_./]", " ", plain(words).casefold().strip(_MARKS)).split())


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(map(_key, _words()[name]))


@cache
def _words() -> dict[str, list[str]]:
    """The reviewed words: what names nobody, what stands beside a name, surnames."""
    found: dict[str, list[str]] = json.loads(resource("words", "owners.json").read_text(encoding="utf-8"))
    return found
