"""A last look for a name in what is left of a text: its words in order, whatever stands between them but letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mentor_app.core.personal.letters import Reading, as_read, closely, loosely, without_marks
from mentor_app.core.personal.names import (
    CJK,
    JOINING,
    LETTER,
    code_parts,
    is_code,
    key_of,
    may_stand_in,
    parts_of,
    spellings,
    words_of,
)
from mentor_app.core.personal.numbers import may_be_another
from mentor_app.core.personal.reading import as_shown, evenly

_TAKEN = "\ue000"
"""What stands for each character that is replaced: no name reaches across it."""
_NO_LETTER = rf"(?:[^\w{_TAKEN}]|[\d_])"
_SIGN = rf"(?:[^\w{_TAKEN}]|_)"
_ENDING = rf"(?=(?:s|ens)?(?!{LETTER}))"
_JOIN = r"(?:(?<![^\W_]{2})\. |[ ._'-])?"
"""Between the words of a name that is written as it is."""
_ESCAPED = re.compile(r"\\[nrt]")
_TAG = re.compile(r"</?[a-z][^<>@]{0,200}>", re.IGNORECASE)


class Leftover:
    """Finds these names where they are read in words, and what stands there is neither replaced nor listed, nor a name of others as
    it is."""

    def __init__(self, names: Iterable[str], others: Iterable[str]) -> None:
        told = spellings(names)
        patterns = dict.fromkeys(pattern for name in told for pattern in _patterns(name))
        self._any = re.compile("|".join(patterns) or "(?!)", re.IGNORECASE)
        self._may = may_stand_in(name for name in told if not _is_in_characters(name))
        self._signs = [set(re.sub(r"\W", "", name)) for name in told if _is_in_characters(name)]
        keys = {key for name in told for key in _keys(name)}
        theirs = [name for name in sorted(spellings(others), key=len, reverse=True) if keys & set(_keys(name))]
        self._others = re.compile(
            f"(?=({'|'.join(way for name in theirs for way in _ways(name)) or '(?!)'}))", re.IGNORECASE
        )

    def places(
        self, words: str, taken: Sequence[tuple[int, int]], listed: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """From where to where in words one is left."""
        if not ("<" in words or self._may(words) or any(signs <= set(words) for signs in self._signs)):
            return
        for begin, end in taken:
            words = words[:begin] + _TAKEN * (end - begin) + words[end:]
        known = list(listed)
        for read in _readings(words):
            others: list[tuple[int, int]] | None = None
            for match in self._any.finditer(read.words):
                begin, end = read.begins[match.start()], read.ends[match.end() - 1]
                if any(a <= begin and end <= b for a, b in known):
                    continue
                others = [one.span(1) for one in self._others.finditer(read.words)] if others is None else others
                if not _is_of_others(read.words, *match.span(), others):
                    known.append((begin, end))
                    yield begin, end


def _readings(words: str) -> Iterator[Reading]:
    """Words as a page shows them, with blanks for what a program wrote for the end of a line and for its tags, and as they are written,
    for there are names in tags, too."""
    yield evenly(as_shown(words))
    if "\\" in words:
        yield evenly(as_shown(_ESCAPED.sub("  ", words)))
    if "<" in words:
        yield evenly(as_shown(_TAG.sub(lambda tag: " " * len(tag[0]), words)))
        yield evenly(as_read(words))


def _is_of_others(words: str, begin: int, end: int, others: Sequence[tuple[int, int]]) -> bool:
    """Whether the place is a part of one of these, but not the first of a list ("Jane Watson, Mary"); or begins in one and ends in
    another behind a sign."""
    if any(a <= begin and end <= b and "," not in words[end:b] for a, b in others):
        return True
    around = [b for a, b in others if a <= begin < b]
    last = [a for a, b in others if a < end <= b]
    return any(b <= a and words[b:a].strip() for b in around for a in last)


def _is_in_characters(name: str) -> bool:
    return re.fullmatch(f"[{CJK}]+", "".join(words_of(name))) is not None


def _keys(name: str) -> list[str]:
    words = [*name] if _is_in_characters(name) else JOINING.sub(" ", name).split()
    return [key for word in words if (key := key_of(word))]


def _patterns(name: str) -> Iterator[str]:
    if is_code(name):
        code = f"{_SIGN}*".join(map(re.escape, code_parts(name)))
        yield _number(code)
        if may_be_another(name):
            letters, *figures = re.findall(r"[^\W\d_]+|\d+", name)
            yield _number("[._/-]?".join([letters, *figures]))
            yield _number(f"(?-i:{' '.join([letters, *figures])})")
        return
    for words in (words_of(name), parts_of(name)):
        together = "".join(words)
        if _is_in_characters(name):
            yield re.escape(together)
            yield rf"(?<![^\W\d_]){f'{_NO_LETTER}*'.join(map(re.escape, together))}(?![^\W\d_])"
            continue
        pieces = [one for word in words for one in re.findall(r"[^\W\d_]+", word)]
        spelling = loosely if len(pieces) > 1 else without_marks
        if "".join(pieces):
            yield rf"(?<!{LETTER}){f'{_NO_LETTER}+'.join(map(spelling, pieces))}{_ENDING}"
        if len(pieces) > 1 and all(piece[0].isupper() for piece in pieces):
            yield f"(?-i:{f'{_NO_LETTER}{{0,3}}'.join(map(re.escape, pieces))}(?![a-z]))"


def _number(code: str) -> str:
    """A pattern that finds a number where it is no part of a longer one."""
    return rf"(?<!{LETTER})(?<!\d)(?<!\d[.,]){code}(?!{LETTER})(?![.,]?\d)"


def _ways(name: str) -> Iterator[str]:
    """The name of another as it is, and with the family's name first."""
    words = parts_of(name)
    if _is_in_characters(name):
        yield " ?".join(map(re.escape, words))
        return
    for at in range(len(words)):
        family, given = words[at:], words[:at]
        sides = (_JOIN.join(map(closely, side)) for side in (family, given) if side)
        yield rf"(?<!{LETTER}){rf'(?: ?, ?|{_JOIN})'.join(sides)}{_ENDING}"
