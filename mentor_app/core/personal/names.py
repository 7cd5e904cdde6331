"""What a person's name is made of: its words and their keys, and the pieces by which texts are found that may hold it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache

from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.letters import bare
from mentor_app.core.personal.pinyin import spells
from mentor_app.core.personal.reading import as_shown, undivided
from mentor_app.core.resources import resource

CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
LETTER = rf"(?-i:[^\W\d_{CJK}])"
"""A letter of a script that has spaces between words. There is no other case of what is left out: told so, Python does not look
for it at each of the characters whenever a pattern with it is compiled."""
LETTER_OR_FIGURE = rf"(?-i:[^\W_{CJK}])"
GAPS = (" ", "\u00a0", "\u3000", "・", "·", ".", "\uff0e", "\n", "\r\n")
"""What may stand between the family's and the given name in characters."""
JOINING = re.compile("([-'])")
"""What joins the parts of a word of a name, as it is read: Anna-Lena, O'Brien."""
_SHORT_CODE = 3  # letters and figures
_SHORT_WORD = 3
"""So many letters at least has a word for which another is short: Max for Maximilian."""
_CODE = re.compile(r"(?=.*\d)[!-~]+")
TITLES = frozenset(
    ["dr", "prof", "mr", "mrs", "ms", "herr", "frau", "sir", "jr", "sr", "ii", "iii", "iv", "phd", "md", "mba"]
)


def spellings(names: Iterable[str]) -> list[str]:
    """The names that are looked for in texts, as they are read. One character alone is no name."""
    return list(dict.fromkeys(name for name in (as_shown(name).words for name in names) if len(name) > 1))


def is_code(name: str) -> bool:
    """Whether it is an employee number, or a name with a number: of a longer one it is no part, however long it is."""
    return _CODE.fullmatch(name) is not None


def is_one_word(name: str) -> bool:
    """Whether a name may well be another word, too: Max, Lu, 李伟."""
    return len(words_of(name)) == 1 and len(name) > 1 and not is_code(name)


def in_capitals(names: Iterable[str]) -> frozenset[str]:
    """The keys of the words of these names that are written with a capital wherever they stand."""
    words = {word for name in names for part in parts_of(name) for word in JOINING.split(part) if key_of(word)}
    return frozenset(key_of(one) for one in words if one[0].isupper()) - {
        key_of(one) for one in words if one[0].islower()
    }


def in_small_letters(written: str, capitals: Collection[str]) -> list[str]:
    """The words of a name of several, as it stands in a sentence, that begin with a small letter and should with a capital; nothing
    of one that is joined as in an address."""
    words = re.findall(r"[^\W\d_]+", written)
    if len(words) < 2 or re.search(r"\w[._]\w", written):
        return []
    return [word for word in words if word[0].islower() and key_of(word) in capitals]


@cache
def everyday_words() -> frozenset[str]:
    """Words of several languages that are no names."""
    return frozenset(resource("words", "everyday_words.txt").read_text(encoding="utf-8").split())


@cache
def given_names() -> frozenset[str]:
    """The given names that are known, in small letters without what stands above and below them."""
    return frozenset(resource("words", "given_names.txt").read_text(encoding="utf-8").split())


def shortened(names: Iterable[str], others: Iterable[str]) -> tuple[list[str], list[str]]:
    """These names with only the first and the last of their words: those by which only one person is called, and those that may
    also be one of the others."""
    borne = {key_of(one) for o in others for one in (" ".join(parts_of(o)), _short(o)) if one}
    found = short_forms(names)
    return [one for one in found if key_of(one) not in borne], [one for one in found if key_of(one) in borne]


def short_forms(names: Iterable[str]) -> list[str]:
    """Of each of these names only the first and the last of its words, where it has more of them."""
    return sorted({one for name in spellings(names) if (one := _short(name))})


def _short(name: str) -> str | None:
    words = [word for word in parts_of(name) if word.strip(".").casefold() not in TITLES]
    ends = words[:1] + words[-1:]
    told = all(len(end) > 1 and end.isalpha() for end in (JOINING.sub("", end) for end in ends))
    if len(parts_of(name)) < 3 or len(ends) < 2 or not told or re.search(f"[{CJK}]", name):
        return None
    return " ".join(ends)


def keeps_part(before: str, now: str) -> bool:
    """Whether somebody may be called otherwise now, as by marriage: the given name stays, also shortened, or all of the shorter name does,
    its words alone or joined with others; in characters one is a part of the other; or both are one in characters and in Latin letters."""
    characters = re.compile(f"[{CJK}]{{2,4}}")
    if characters.fullmatch(before) and characters.fullmatch(now):
        return before in now or now in before
    if characters.fullmatch(before) or characters.fullmatch(now):
        in_characters, other = (before, now) if characters.fullmatch(before) else (now, before)
        return any(spells(one, in_characters) for one in map(key_of, (other, " ".join(reversed(words_of(other))))))
    old, new = map(_keys_of_words, (before, now))
    less, more = sorted((old, new), key=len)
    if not less or not any(one in more for one in less):
        return bool(less) and _are_alike(old[0], new[0])
    return _are_alike(old[0], new[0]) or all(any(_are_alike(a, b, initial=True) for b in more) for a in less)


def _keys_of_words(name: str) -> list[str]:
    keys = (key_of(part) for word in parts_of(name) for part in JOINING.split(word))
    return [key for key in keys if key and key not in TITLES]


def _are_alike(one: str, other: str, initial: bool = False) -> bool:
    """Whether two words are equal, or one is short for the other, or perhaps its ``initial``."""
    shorter, longer = sorted((one, other), key=len)
    is_short = len(shorter) >= _SHORT_WORD or (initial and len(shorter) == 1)
    return one == other or (is_short and longer.startswith(shorter))


def looked_for(name: str) -> set[str]:
    """Pieces of a name, one of which stands in each of its forms, in whatever letters."""
    words = words_of(name)
    if len(words) == 1 and is_short_cjk(name):
        if len(name) == 2:
            return {name, *(f"{name[0]}{gap}{name[1]}" for gap in GAPS)}
        return {name[:2], name[-2:]}  # a line ends between two others at most
    if len(words) == 1 and is_code(name):
        if len(name) == 2:  # one letter or figure of it stands almost everywhere
            return {name}
        return {re.findall(r"\d+", code_parts(name)[-1])[-1]} if len(code_parts(name)) == 1 else {code_parts(name)[-1]}
    return {max(_ends(name), key=len)}


def may_stand_in(names: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether one of these names may stand in words; much quicker than to look for it."""
    pieces = {
        tuple(bare(piece).lstrip("e") for piece in some)
        for name in spellings(names)
        for some in ([_ends(name)] if len(words_of(name)) > 1 else [[piece] for piece in looked_for(name)])
    }

    def may(words: str) -> bool:
        read = bare(undivided(as_shown(words)).words)
        return any(all(piece in read for piece in some) for some in pieces)

    return may


def _ends(name: str) -> list[str]:
    """The longest parts of the first and the last word of a name."""
    ends = (parts_of(name)[:1] + parts_of(name)[-1:]) or name.split()
    return [max(JOINING.sub(" ", end).split() or [end], key=len) for end in ends]


def words_of(name: str) -> list[str]:
    """The words of a name as it is written; in characters, a dot divides, too."""
    spaced = re.sub(rf"(?<=[{CJK}])\s*[・·、]\s*(?=[{CJK}])", " ", name)
    return re.split(r"[\s,，]+", spaced.strip(" \t,，"))


def parts_of(name: str) -> list[str]:
    """The words of a name, the given name first: after a comma, it stands at the end."""
    family, comma, given = name.strip(" \t,，").replace("，", ",").partition(",")
    return words_of(f"{given} {family}" if comma else name)


def key_of(name: str) -> str:
    """A key by which a name is found in another, however either is spelled and spaced."""
    return re.sub(r"[\W_]+", "", bare(match_key(name)))


def keys_within(name: str) -> tuple[str, ...]:
    """The key by which a name is found in another, also without the initials within it."""
    words = words_of(name)
    inner = [word for at, word in enumerate(words) if at in (0, len(words) - 1) or len(word.rstrip(".")) > 1]
    return tuple({key_of(one) for one in (name, " ".join(inner))})


def is_short_cjk(name: str) -> bool:
    """Whether a name in characters is short enough that any of them may be the last of the family's name."""
    return re.fullmatch(f"[{CJK}]{{2,4}}", name) is not None


def is_short_code(code: str) -> bool:
    """Whether an employee number has so few letters and figures that it is often another thing, the more so with something between."""
    return len(key_of(code)) <= _SHORT_CODE


def code_parts(name: str) -> list[str]:
    """Letters and figures of an employee number, between which something may stand; a short one is one piece."""
    return [name] if is_short_code(name) else re.split(r"(?<=[a-zA-Z])[ ._/-]?(?=\d)", name, maxsplit=1)
