"""How a person's name is found in texts: its spellings and forms, and where it is only part of another word or name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from unicodedata import normalize

from mentor_app.core.people.rules import match_key

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_ANY = r"[^\W_]"
_LETTER = rf"[^\W_{_CJK}]"  # Chinese has no spaces: a name stands between other characters
_LONG = 6  # letters; a shorter name may stand inside another word, such as Ann in announce
_JOINED = 10  # letters; a shorter name written together is often a word, such as Ma Ke in make


def mentions(names: Iterable[str], others: Iterable[str], common: Collection[str] = ()) -> re.Pattern[str] | None:
    """Finds these names in texts, and first of all (as ``other``) longer names of others they are a part of.

    ``common`` are those of them that are found only as whole words.
    """
    others = list(others)
    taken = {match_key(name) for name in others}
    told = sorted(spellings(names), key=len, reverse=True)
    forms = [form for name in told for form in _orders(name) if form == name or match_key(form) not in taken]
    joined = [form for name in told for form in _joined(name) if match_key(form) not in taken]
    if not forms:
        return None
    keys = [match_key(name) for name in (*forms, *joined)]
    longer = sorted((o for o in others if any(key in match_key(o) for key in keys)), key=len, reverse=True)
    mine = [whole_word(name) if name in common else _pattern(name) for name in forms]
    mine += [_together(name) for name in joined]
    theirs = "|".join(_pattern(name) for name in longer) or "(?!)"
    return re.compile(f"(?P<other>{theirs})|(?:{'|'.join(mine)})", re.IGNORECASE)


def spellings(names: Iterable[str]) -> list[str]:
    """The names that are looked for in texts, with accents as one character and as two. One character alone is no name."""
    forms = (form for name in names if len(name) > 1 for form in (name, *(normalize(f, name) for f in ("NFC", "NFD"))))
    return list(dict.fromkeys(forms))


def longest_word(name: str) -> str:
    """The longest of a name's words: it stands in each of its forms."""
    return max(_words(name) or name.split(), key=len)


def known_as(name: str) -> set[str]:
    """The forms of a name, as they are compared."""
    return {match_key(form) for form in (*_orders(name), *_joined(name))}


def whole_word(name: str) -> str:
    """A pattern that finds a name where no letter or digit of any script stands beside it."""
    return f"(?<!{_ANY}){_inner(name)}(?!{_ANY})"


def part_of_words(name: str) -> str:
    """A pattern that finds a name as a word; a Chinese one also between other characters, where no space tells."""
    return f"(?<!{_LETTER}){_inner(name)}(?!{_LETTER})"


def _words(name: str) -> list[str]:
    return re.split(r"[\s,，]+", name.strip(" \t,，"))


def _orders(name: str) -> list[str]:
    """A name as it is; of several words also the last first, with a comma and without. Chinese as it is."""
    words = _words(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        return [name]
    first = words if not re.search("[,，]", name) else [*words[1:], words[0]]
    *given, last = first
    first_name = " ".join(given)
    commas = [f"{last}, {first_name}", f"{first_name}, {last}"]
    return list(dict.fromkeys([name, " ".join(first), f"{last} {first_name}", *commas]))


def _joined(name: str) -> list[str]:
    words = _words(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        return []
    return list(dict.fromkeys("".join(some) for some in (words, [*words[1:], words[0]], [words[-1], *words[:-1]])))


def _inner(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split())).replace(r",\s+", r"\s*[,，]\s*")


def _pattern(name: str) -> str:
    if len(name) >= _LONG or re.match(f"[{_CJK}]", name):
        return _inner(name)
    return part_of_words(name)


def _together(name: str) -> str:
    inner = re.escape(name) if len(name) >= _JOINED else f"(?-i:{re.escape(name)})"
    return f"(?<!{_LETTER}){inner}(?!{_LETTER})"
