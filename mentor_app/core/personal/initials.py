"""Names of others with initials for some of their words: "Mary J. Watson" is Mary Jane Watson."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    for other in others:
        words = [key_of(word) for word in parts_of(other)]
        if len(words) > _MANY or re.search(f"[{CJK}]", other):
            continue
        for some in own:
            if len(words) > len(some) and set(some) <= set(words):
                ways = [(word,) if word in some else (word, word[:1]) for word in words]
                for told in product(*ways):
                    if list(told) != words:
                        found |= {"".join((*told[at:], *told[:at])) for at in range(len(told))}
    return frozenset(found)


def around(words: str, begin: int, end: int) -> Iterable[str]:
    """What stands there, alone and with the initials beside it."""
    before, behind = _BEFORE.search(words[max(begin - _FEW, 0) : begin]), _BEHIND.match(words, end)
    for one, other in product(("", before[0] if before else ""), ("", behind[0] if behind else "")):
        yield one + words[begin:end] + other
