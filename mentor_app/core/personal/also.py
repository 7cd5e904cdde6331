"""Words that whoever erases somebody says to mean them: nicknames, slips of the pen, numbers. They go wherever they stand as whole words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from mentor_app.core.errors import UserError
from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.forms import any_of, written
from mentor_app.core.personal.letters import Reading, bare, closely
from mentor_app.core.personal.names import CJK, LETTER_OR_FIGURE, key_of, spellings
from mentor_app.core.personal.reading import as_shown, evenly, undivided
from mentor_app.core.text import ERASED, text

LINE_END = "⏎"
"""What stands for the end of a line where a place is shown, from which somebody may copy it."""
_FEWEST = 2  # letters and figures
_RUN = re.compile(r"[^\W_]+")
_PIECE = re.compile(rf"[{CJK}]|[^\W_{CJK}]{{2,}}")
_ERASED = re.compile(rf"{ERASED}(?:\d+(?:/\d+)?)?")

Place = tuple[int, int]
"""From where to where something stands in a text."""


class Refused(UserError):
    """Words that are not to be erased wherever they stand."""


def checked(also: Iterable[str], others: Mapping[str, str]) -> tuple[str, ...]:
    """These words, each once, without empty ones; Refused where they have too few letters or are somebody else's name, or number, alone.

    ``others`` are names and numbers of everybody else, with whose they are.
    """
    told = (" ".join(words.replace(LINE_END, " ").split()) for words in also)
    found = {match_key(words): words for words in told if words}
    if not found:
        return ()
    borne = {key_of(one.text): whose for name, whose in others.items() for one in written(name, True)}
    for words in found.values():
        read = as_shown(words).words
        if sum(map(len, _RUN.findall(read))) < _FEWEST or ERASED in words:
            raise Refused(
                text(
                    "“{words}” has fewer than two letters or figures, and may stand almost anywhere. Say more of it.",
                    words=words,
                )
            )
        whose = borne.get(key_of(read))
        if whose is not None:
            raise Refused(
                text(
                    "“{words}” is also what somebody else here is called, or their number: {name}. Nobody can tell whom it means. Say "
                    "more of the words around it.",
                    words=words,
                    name=whose,
                )
            )
    return tuple(found.values())


class Also:
    """Finds such words in texts, as they are read, in any capitals; where they are a part of what somebody else is or was called, or of their
    number, or would cut it in two, they stay. ``formerly`` are names and numbers that somebody else had once: whole they go, in doubt."""

    def __init__(self, also: Sequence[str], others: Iterable[str], formerly: Iterable[str] = ()) -> None:
        read = {words: as_shown(words).words for words in also}
        self.words = tuple(also)
        self.pieces = tuple(max(_RUN.findall(one), key=len) for one in read.values())
        """A piece of each, in whatever letters."""
        self._bare = [bare(piece) for piece in self.pieces]
        self._said = sorted(also, key=len, reverse=True)
        self._any = re.compile("|".join(f"({_whole(read[one])})" for one in self._said) or "(?!)", re.IGNORECASE)
        said, once = set(map(key_of, also)), list(formerly) if also else []
        names = spellings((*others, *(name for name in once if key_of(name) not in said))) if also else []
        whole = {words: re.compile(_whole(one), re.IGNORECASE) for words, one in read.items()}
        self.parts = {words: sorted(filter(pattern.search, names)) for words, pattern in whole.items()}
        """The names and numbers of others of which these words are a part."""
        of_others = {key_of(name) for name in (*names, *once)}
        inside = {words for words, one in read.items() if any(_holds(one, name) for name in names)}
        self.doubtful = {words for words in also if self.parts[words] or words in inside or key_of(words) in of_others}
        """Words that may mean somebody else where they go."""
        pieces = {piece for one in read.values() for piece in _PIECE.findall(one.casefold())}
        near = (name for name in names if any(piece in name.casefold() for piece in pieces))
        around = sorted({name for some in self.parts.values() for name in some} | {*near}, key=len, reverse=True)
        forms = any_of(form for name in around for form in written(name, True))
        self._others = re.compile(f"(?=({forms}))", re.IGNORECASE)

    def may_be_in(self, words: str) -> bool:
        """Whether any of them may stand in words; much quicker than to look for them."""
        if not self._bare:
            return False
        read = bare(undivided(as_shown(words)).words)
        return any(piece in read for piece in self._bare)

    def places(self, words: str) -> tuple[Mapping[Place, str], Sequence[Place]]:
        """Where they stand, and which of them; and where they are a part of the name of somebody else, and stay."""
        if not self.may_be_in(words):
            return {}, []
        shown = evenly(as_shown(words))
        goes, left = self._found(shown)
        whole = undivided(shown)
        if whole is not shown:
            more, again = self._found(whole)
            is_known, is_listed = _within(goes), _within(left)
            goes |= {place: said for place, said in more.items() if not is_known(place)}
            left += [place for place in again if not is_listed(place)]
        return goes, left

    def _found(self, read: Reading) -> tuple[dict[Place, str], list[Place]]:
        goes, left = dict[Place, str](), list[Place]()
        named = [one.span(1) for one in self._others.finditer(read.words)]
        is_named = _within(named)
        is_erased = _within(one.span() for one in _ERASED.finditer(read.words))
        for match in self._any.finditer(read.words):
            place = read.begins[match.start()], read.ends[match.end() - 1]
            if is_named(match.span()) or any(_cuts(match.span(), one) for one in named):
                left.append(place)
            elif not is_erased(match.span()):
                goes[place] = self._said[(match.lastindex or 1) - 1]
        return goes, left


def _holds(words: str, name: str) -> bool:
    """Whether a name stands in words as a whole."""
    return key_of(name) in key_of(words) and re.search(_whole(name), words, re.IGNORECASE) is not None


def _cuts(place: Place, other: Place) -> bool:
    """Whether the first place holds a part of the other, but not all of it."""
    return place[0] < other[1] and other[0] < place[1] and not (place[0] <= other[0] and other[1] <= place[1])


def _within(some: Iterable[Place]) -> Callable[[Place], bool]:
    """Tells whether a place lies in one of these."""
    places = sorted(some)
    begins, furthest = [begin for begin, _ in places], list(accumulate((end for _, end in places), max))

    def is_within(place: Place) -> bool:
        before = bisect_right(begins, place[0])
        return before > 0 and furthest[before - 1] >= place[1]

    return is_within


def _whole(words: str) -> str:
    """A pattern that finds words where no letter or figure stands beside them; a Chinese one also between other characters, where no
    space tells. A number is no part of a longer one."""
    inner = r"\s".join(map(closely, words.split()))
    before = rf"(?<!{LETTER_OR_FIGURE})" if re.match(r"[^\W_]", words) else ""
    behind = rf"(?!{LETTER_OR_FIGURE})" if re.search(r"[^\W_]$", words) else ""
    before += r"(?<!\d[.,])" if words[0].isdecimal() else ""
    behind += r"(?![.,]\d)" if words[-1].isdecimal() else ""
    return f"{before}{inner}{behind}"
