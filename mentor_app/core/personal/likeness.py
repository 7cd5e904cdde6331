"""Where a text may mean a person in a way that is not known as a form of the name: a wide look, for people to judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise, product
from unicodedata import normalize

from mentor_app.core.personal.letters import bare, closely, plain
from mentor_app.core.personal.names import CJK, LETTER, TITLES, is_code, parts_of, spellings, words_of
from mentor_app.core.personal.pinyin import syllables
from mentor_app.core.personal.reading import as_shown, evenly, undivided

_TAKEN = "\ue000"
"""What stands for each character that is taken out: no name reaches across it."""
_NO_LETTER = rf"(?:[^\w{_TAKEN}]|_)"
_GAP = _NO_LETTER + "{1,40}"
_JOIN = rf"(?:(?![,;:!?|/])(?:{_NO_LETTER})){{1,40}}"
_LITTLE = rf"(?:(?![\t\r\n,;:!?|/])(?:{_NO_LETTER})){{0,2}}"
_WORD = r"[^\W_]{1,20}"
_AND = ("and", "und", "u", "et", "y", "e", "en", "och", "og")
_PARTICLE = rf"(?:{'|'.join(_AND)}|[^\W\d_]|van|von|de|del|der|den|di|da)"
_BRACKETED = r"\([^()]{1,30}\)"
_BESIDE = r"[\w.+-]{0,64}"
"""What else may stand in an address."""
_AFTER = re.compile("(?<=[aou])e", re.IGNORECASE)
"""Of a letter written the German way; no letter for ``bare``."""
_CLAUSE = re.compile(r"[;!?|\t\r\n。；！？]|(?<=[^\W_]{2})\.\s")
"""What ends a clause, but no initial."""
_ENDING = rf"(?=(?:s|ens)?(?!{LETTER}))"
_LINK = rf"(?:(?![\t\r\n,、。;:!?|/])(?:{_NO_LETTER})){{0,3}}"
"""What joins characters more than it divides them."""
_LABEL = r"(?:(?:last|family|first|given)(?:[ _-]?name)?|surname|forename|(?:vor|nach|familien)name|姓|名)"
"""What is written before a part of a name in a form."""
_CYRILLIC = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u0442\u043c"
_LOOK_ALIKE = str.maketrans(_CYRILLIC + _CYRILLIC.upper(), "aeopcyxijsktm" * 2)
"""Letters of another alphabet."""
DISGUISED = "\u0400-\u04ff\U0001d400-\U0001d7ff"
"""Letters that look like others, for a database."""
_ONE = 5  # letters of a name that may be written as one word
_TELLING = 6  # letters of a name written together that are hardly a part of another word
_SHORT = 4  # characters


class Likeness:
    """Finds whatever may be one of these names: all its words in any order and any letters, with anything between them that is
    no letter or figure, or another word; of three or more words the first and the last."""

    def __init__(self, names: Iterable[str], others: Iterable[str]) -> None:
        others = list(others)
        told = [words for name in spellings(names) if not is_code(name) for words in _in_parts(_telling(name))]
        self.outer = {_outer(words) for words in told}
        """The pieces of each name that stand in all its forms, in whatever letters."""
        patterns = [pattern for words in told for pattern in _patterns(words)]
        self.read = {pair for words in told for pair in _read_beside("".join(words))}
        """Syllables that stand beside each other where a name in characters is written in Latin letters."""
        patterns += [pattern for words in told for pattern in _read_aloud(words)]
        self._quick = [re.compile(one) for one in patterns]
        self._in_addresses = [re.compile(one) for words in told for one in _in_addresses(words)]
        self._any = re.compile("|".join([*(one.pattern for one in self._in_addresses), *patterns]) or "(?!)")
        aloud = {_letters(one) for pair in self.read for one in pair}
        self._reach = 2 * max(map(len, others), default=0)
        self._others = _themselves(others, aloud | {_letters(word) for words in told for word in words})

    def may_be_in(self, words: str) -> bool:
        """Whether there may be any; much quicker than to look for it."""
        folded = bare(_alike(undivided(evenly(as_shown(words))).words))
        patterns = self._quick + self._in_addresses if "@" in folded else self._quick
        return any(one.search(folded) for one in patterns)

    def places(self, words: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """From where to where in words one may stand, of several that overlap one within a clause and the shortest, but where something is taken out; not what
        is wholly made of names of others that stand there as they are."""
        for begin, end in taken:
            words = words[:begin] + _TAKEN * (end - begin) + words[end:]
        read = undivided(evenly(as_shown(words)))
        folded, stands = _folded(read.words)
        at, found = 0, list[tuple[bool, int, int, int]]()
        while (match := self._any.search(folded, at)) is not None:
            at = match.start() + 1
            begin, end = stands[match.start()], stands[match.end() - 1] + 1
            end += _AFTER.match(read.words, end) is not None
            if any(len(one) > 1 for one in match.groups("")) and not _has_capitals(read.words[begin:end]):
                continue
            around = self._others.finditer(
                read.words, max(begin - self._reach, 0), min(end, begin + self._reach) + self._reach
            )
            others = [one.span(1) for one in around]
            if _are_of_others(read.words, begin, end, others):
                continue
            is_divided = _CLAUSE.search(read.words, begin, end) is not None
            found.append((is_divided, end - begin, read.begins[begin], read.ends[end - 1]))
        chosen = list[tuple[int, int]]()
        for _, _, a, b in sorted(found):
            if not any(a < last and first < b for first, last in chosen):
                chosen.append((a, b))
        yield from sorted(chosen)


def _are_of_others(words: str, begin: int, end: int, others: Sequence[tuple[int, int]]) -> bool:
    """Whether the place is a part of one of these, or begins in one and ends in another behind it, with more than white space
    between them."""
    around = [one for one in others if one[0] <= begin < one[1]]
    last = [a for a, b in others if a < end <= b]
    between = [words[b:other] for _, b in around for other in last if b <= other]
    return any(end <= b for _, b in around) or (len(between) > 0 and all(map(str.strip, between)))


def _telling(name: str) -> list[str]:
    """The words of a name without titles and initials; none where only one is left: what is like it is mostly another name."""
    if _is_in_characters(words_of(name)):
        return words_of(name)
    parts = parts_of(name)
    words = [word for word in parts if not re.fullmatch(r"\w?\W*", word) and word.strip(".").casefold() not in TITLES]
    return words if len(words) > 1 else []


def _in_parts(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words, also with only a part of those that a hyphen joins; nothing where there are none."""
    if words:
        yield words
        for some in product(*(word.split("-") if all(word.split("-")) else [word] for word in words)):
            if list(some) != list(words):
                yield some


def _outer(words: Sequence[str]) -> tuple[str, str]:
    ends = "".join(words) if _is_in_characters(words) else words
    return ends[0], ends[-1]


def _is_in_characters(words: Sequence[str]) -> bool:
    return re.fullmatch(f"[{CJK}]+", "".join(words)) is not None


def _letters(words: str) -> str:
    return re.sub(r"[\W_]+", "", bare(_alike(words)))


def _alike(words: str) -> str:
    """Words with the usual letters for those that look like them."""
    return words if words.isascii() else normalize("NFKC", words).translate(_LOOK_ALIKE)


@cache
def _plainly(sign: str) -> str:
    return plain(_alike(sign))


def _folded(words: str) -> tuple[str, Sequence[int]]:
    """Words as ``bare`` letters, and where each of them stands."""
    signs = [(one, at) for at, sign in enumerate(words) for one in _plainly(sign)] if not words.isascii() else None
    low = "".join(one for one, _ in signs) if signs is not None else words.lower()
    left_out = {at for run in _AFTER.finditer(low) for at in range(*run.span())}
    kept = [at for at in range(len(low)) if at not in left_out] if left_out else range(len(low))
    stands = kept if signs is None else [signs[at][1] for at in kept]
    return _AFTER.sub("", low), stands


def _patterns(words: Sequence[str]) -> Iterator[str]:
    """What stands as another word between them is a group."""
    if _is_in_characters(words):
        yield from _in_characters(words)
        return
    own = "".join(rf"{_word(word)}{_GAP}|" for word in words[1:-1])
    between = (
        rf"{_GAP}(?:{own}{_BRACKETED}{_GAP}|(?:{_PARTICLE}{_JOIN})?({_WORD}){_JOIN}){{0,{max(1, len(words) - 2)}}}"
    )
    labelled = rf"{_NO_LETTER}{{1,10}}{_LABEL}{_NO_LETTER}{{1,10}}"
    for one, other in ((words[0], words[-1]), (words[-1], words[0])):
        yield f"{_beginning(one)}(?:{between}|{labelled}){_word(other)}{_ENDING}"
    for joined in _together(words):
        if len(joined) >= _ONE:
            first, rest = joined[0], joined[1:]
            yield rf"{first}(?<!{LETTER}{first}){''.join(f'{_LITTLE}{letter}' for letter in rest)}{_ENDING}"


def _together(words: Sequence[str]) -> list[str]:
    """A name as one word, the family name at the end or first, with what stands between and without."""
    inner = words[1:-1]
    ways = [(words[0], *some, words[-1]) for some in ((), inner)] + [
        (words[-1], words[0], *some) for some in ((), inner)
    ]
    return list(dict.fromkeys(_letters("".join(some)) for some in ways))


def _readings(name: str) -> list[tuple[str, ...]]:
    """How each character of a name is read, in Latin letters; nothing where one of them is no Chinese, or there are many."""
    found = [syllables(sign) for sign in name] if len(name) <= _SHORT and _is_in_characters([name]) else []
    return found if all(found) else []


def _read_beside(name: str) -> Iterator[tuple[str, str]]:
    found = _readings(name)
    if found:
        yield from product(found[0], found[1])
        yield from product(found[-1], found[0])


def _ways_to_read(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Patterns for both sides of a name in characters as it is read, the family's name first, then the given one."""
    name = "".join(words)
    signs = ["|".join(sorted(set(map(_letters, some)))) for some in _readings(name)]
    for at in [len(words[0])] if len(words) > 1 else [at for at in (1, 2) if at < len(signs)]:
        one, other = (_LITTLE.join(f"(?:{sign})" for sign in side) for side in (signs[:at], signs[at:]))
        if one and other:
            yield one, other
            yield other, one


def _read_aloud(words: Sequence[str]) -> Iterator[str]:
    """A name in characters as it is read; with capitals, for "you can" is one, too, or with what joins words in addresses."""
    for one, other in _ways_to_read(words):
        yield rf"(?<!{LETTER}){one}[._-]{other}{_ENDING}"
        yield rf"(?<!{LETTER}){one}({_NO_LETTER}{{0,4}}{other}){_ENDING}"


def _in_addresses(words: Sequence[str]) -> Iterator[str]:
    if _is_in_characters(words):
        for one, other in _ways_to_read(words):
            way = rf"(?<!{LETTER}){one}{_LITTLE}{other}(?!{LETTER})"
            yield rf"{way}(?={_BESIDE}@)"
            yield rf"(?<=@){_BESIDE}{way}"
        return
    for joined in _together(words):
        for way in [rf"(?<!{LETTER}){joined}(?!{LETTER})", *([joined] if len(joined) >= _TELLING else [])]:
            yield rf"{way}(?={_BESIDE}@)"
            yield rf"(?<=@){_BESIDE}{way}"


def _beginning(word: str) -> str:
    """A word before which no letter stands; its first letter comes first, for so it is found much quicker."""
    first, rest = _word(word)[0], _word(word)[1:]
    return rf"{first}(?<!{LETTER}{first}){rest}"


def _word(word: str) -> str:
    return r"(?:['-][\s'-]{0,9})?".join(_letters(word))


def _in_characters(words: Sequence[str]) -> Iterator[str]:
    """With anything between them that joins; where it may also divide, or the name is turned round and short, only as a whole word:
    the end of one word and the beginning of another look so."""
    name = "".join(words)
    yield _LINK.join(map(re.escape, name))
    yield _alone(f"{_NO_LETTER}{{0,6}}".join(map(re.escape, name)))
    for at in [len(words[0])] if len(words) > 1 else [at for at in (1, 2) if at < len(name) <= _SHORT]:
        family, given = re.escape(name[:at]), re.escape(name[at:])
        yield _alone(f"{given}{_NO_LETTER}{{0,6}}{family}")
        if len(name) >= _SHORT:
            yield given + _LINK + family


def _alone(pattern: str) -> str:
    return rf"{pattern[0]}(?<![^\W_]{pattern[0]}){pattern[1:]}(?![^\W_])"


def _themselves(names: Iterable[str], keys: set[str]) -> re.Pattern[str]:
    """Finds names of others, as they are, that have a word of these keys."""
    patterns = []
    for name in sorted(spellings(names), key=len, reverse=True):
        words = words_of(name)
        in_characters = _is_in_characters(words)
        if in_characters and any(set(key) & set(name) for key in keys):
            patterns.append(r"\s*".join(map(re.escape, words)))
        elif not in_characters and any(_letters(word) in keys for word in words):
            inner = r"[\s,._-]*".join(map(closely, words))
            patterns.append(rf"(?<!{LETTER}){inner}{_ENDING}")
            for at in range(1, len(words)):
                family, given = (r"\s+".join(map(closely, side)) for side in (words[at:], words[:at]))
                patterns.append(rf"(?<!{LETTER}){family}\s*,\s*{given}{_ENDING}")
    return re.compile(f"(?=({'|'.join(patterns) or '(?!)'}))", re.IGNORECASE)


def _has_capitals(written: str) -> bool:
    """Whether it is no ordinary sentence: the first and the last word of it are written as names are, and what stands behind an and."""
    words = re.findall(r"[^\W\d_]+", written)
    also = [word for before, word in pairwise(words) if before in _AND]
    return not any(word[0].islower() for word in (words[0], words[-1], *also))
