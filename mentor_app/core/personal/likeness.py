"""Where a text may mean a person in a way that is not known as a form of the name: a wide look, for people to judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mentor_app.core.personal.letters import bare, closely, plain
from mentor_app.core.personal.names import CJK, TITLES, is_code, parts_of, spellings, words_of
from mentor_app.core.personal.reading import as_shown, undivided

_TAKEN = "\ue000"
"""What stands for each character that is taken out: no name reaches across it."""
_LETTER = rf"[^\W\d_{CJK}]"
_NO_LETTER = rf"(?:[^\w{_TAKEN}]|_)"
_GAP = _NO_LETTER + "{1,40}"
_JOIN = rf"(?:(?![,;:!?|/])(?:{_NO_LETTER})){{1,40}}"
_WORD = r"[^\W_]{1,20}"
_BRACKETED = r"\([^()]{1,30}\)"
_BESIDE = r"[\w.+-]{0,64}"
"""What else may stand in an address."""
_AFTER = re.compile("(?<=[aou])e")
"""Of a letter written the German way; no letter for ``bare``."""
_ENDING = rf"(?=(?:s|ens)?(?!{_LETTER}))"
_LINK = rf"(?:(?![\t\r\n,、。;:!?|/])(?:{_NO_LETTER})){{0,3}}"
"""What joins characters more than it divides them."""
_TELLING = 6  # letters of a name written together that are hardly a part of another word
_SHORT = 4  # characters


class Likeness:
    """Finds whatever may be one of these names: all its words in any order and any letters, with anything between them that is
    no letter or figure, or another word; of three or more words the first and the last."""

    def __init__(self, names: Iterable[str], others: Iterable[str]) -> None:
        told = [words for name in spellings(names) if not is_code(name) and (words := _telling(name))]
        self.outer = {_outer(words) for words in told}
        """The pieces of each name that stand in all its forms, in whatever letters."""
        patterns = [pattern for words in told for pattern in _patterns(words)]
        self._quick = [re.compile(one) for one in patterns]
        self._in_addresses = [re.compile(one) for words in told for one in _in_addresses(words)]
        self._any = re.compile("|".join([*patterns, *(one.pattern for one in self._in_addresses)]) or "(?!)")
        self._others = _themselves(others, {_letters(word) for words in told for word in words})

    def may_be_in(self, words: str) -> bool:
        """Whether there may be any; much quicker than to look for it."""
        folded = bare(undivided(as_shown(words)).words)
        patterns = self._quick + self._in_addresses if "@" in folded else self._quick
        return any(one.search(folded) for one in patterns)

    def places(self, words: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """From where to where in words one may stand, or several that overlap, but where something is taken out; not what is wholly
        made of names of others that stand there as they are."""
        for begin, end in taken:
            words = words[:begin] + _TAKEN * (end - begin) + words[end:]
        read = undivided(as_shown(words))
        folded, stands = _folded(read.words)
        others: list[tuple[int, int]] | None = None
        at, last = 0, (0, 0)
        while (match := self._any.search(folded, at)) is not None:
            at = match.start() + 1
            begin, end = stands[match.start()], stands[match.end() - 1] + 1
            if any(len(one) > 1 for one in match.groups("")) and not _has_capitals(read.words[begin:end]):
                continue
            if others is None:
                others = [one.span(1) for one in self._others.finditer(read.words)]
            if any(a <= begin < b for a, b in others) and any(a < end <= b for a, b in others):
                continue
            place = read.begins[begin], read.ends[end - 1]
            if place[0] >= last[1] > 0:
                yield last
            last = place if place[0] >= last[1] else (last[0], max(last[1], place[1]))
        if last[1]:
            yield last


def _telling(name: str) -> list[str]:
    """The words of a name without titles and initials; none where only one is left: what is like it is mostly another name."""
    if _is_in_characters(words_of(name)):
        return words_of(name)
    parts = parts_of(name)
    words = [word for word in parts if not re.fullmatch(r"\w?\W*", word) and word.strip(".").casefold() not in TITLES]
    return words if len(words) > 1 else []


def _outer(words: Sequence[str]) -> tuple[str, str]:
    ends = "".join(words) if _is_in_characters(words) else words
    return ends[0], ends[-1]


def _is_in_characters(words: Sequence[str]) -> bool:
    return re.fullmatch(f"[{CJK}]+", "".join(words)) is not None


def _letters(words: str) -> str:
    return re.sub(r"[\W_]+", "", bare(words))


def _folded(words: str) -> tuple[str, Sequence[int]]:
    """Words as ``bare`` letters, and where each of them stands."""
    signs = [(one, at) for at, sign in enumerate(words) for one in plain(sign)] if not words.isascii() else None
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
    between = rf"{_GAP}(?:{_BRACKETED}{_GAP}|({_WORD}){_JOIN}){{0,{max(1, len(words) - 2)}}}"
    for one, other in ((words[0], words[-1]), (words[-1], words[0])):
        yield f"{_beginning(one)}{between}{_word(other)}{_ENDING}"


def _in_addresses(words: Sequence[str]) -> Iterator[str]:
    if _is_in_characters(words):
        return
    for one, other in ((words[0], words[-1]), (words[-1], words[0])):
        joined = _letters(one + other)
        for way in [rf"(?<!{_LETTER}){joined}(?!{_LETTER})", *([joined] if len(joined) >= _TELLING else [])]:
            yield rf"{way}(?={_BESIDE}@)"
            yield rf"(?<=@){_BESIDE}{way}"


def _beginning(word: str) -> str:
    """A word before which no letter stands; its first letter comes first, for so it is found much quicker."""
    first, rest = _word(word)[0], _word(word)[1:]
    return rf"{first}(?<!{_LETTER}{first}){rest}"


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
            patterns.append(rf"(?<!{_LETTER}){inner}{_ENDING}")
    return re.compile(f"(?=({'|'.join(patterns) or '(?!)'}))", re.IGNORECASE)


def _has_capitals(written: str) -> bool:
    """Whether it is no ordinary sentence: the first and the last word of it are written as names are."""
    words = re.findall(r"[^\W\d_]+", written)
    return not (words[0][0].islower() or words[-1][0].islower())
