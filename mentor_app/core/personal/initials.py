"""Names of others with initials for some of their words: "Mary J. Watson" is Mary Jane Watson."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import product

from mentor_app.core.personal.names import CJK, key_of, parts_of

_MANY = 5  # words of a name
_BEFORE = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:\.[ \u00a0]?|[ \u00a0])){1,3}$")
_BEHIND = re.compile(r"(?:[ \u00a0][^\W\d_]\b\.?){1,3}")
_FEW = 12  # characters in which initials stand before a name


def abbreviated(names: Iterable[str], others: Iterable[str]) -> frozenset[str]:
    """The keys of all names of others that hold the words of one of these and others, of which some are initials."""
    own = [[key_of(word) for word in parts_of(name)] for name in names]
    found = set[str]()
    for words in map(_keys, others):
        for some in own:
            if len(words) > len(some) and set(some) <= set(words):
                found |= _ways(words, some)
    return frozenset(found)


def with_initials(names: Iterable[str]) -> dict[str, set[str]]:
    """The keys of all ways to write these names, or the first and last of their words, with initials for some of the words; and which
    names are so written."""
    found = defaultdict[str, set[str]](set)
    for name in names:
        words = _keys(name)
        for some in (words, *([[words[0], words[-1]]] if len(words) > 2 else [])):
            for key in _ways(some, ()):
                found[key].add(name)
    return found


def _keys(name: str) -> list[str]:
    """The keys of the words of a name; none of one in characters, or of very many words."""
    words = [key for word in parts_of(name) if (key := key_of(word))]
    return [] if len(words) > _MANY or re.search(f"[{CJK}]", name) else words


def _ways(words: Sequence[str], whole: Collection[str]) -> set[str]:
    """The keys of all ways to write some of these words as initials, but for those that stay ``whole``, whichever is the first."""
    found = set[str]()
    for told in product(*((word,) if word in whole else (word, word[:1]) for word in words)):
        if list(told) != list(words):
            found |= {"".join((*told[at:], *told[:at])) for at in range(len(told))}
    return found


def around(words: str, begin: int, end: int) -> Iterable[str]:
    """What stands there, alone and with the initials beside it."""
    before, behind = _BEFORE.search(words[max(begin - _FEW, 0) : begin]), _BEHIND.match(words, end)
    for one, other in product(("", before[0] if before else ""), ("", behind[0] if behind else "")):
        yield one + words[begin:end] + other
