"""Words that whoever erases somebody says to mean them: nicknames, slips of the pen, numbers. They go wherever they stand as whole words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from mentor_app.core.errors import UserError
from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.forms import any_of, written
from mentor_app.core.personal.initials import with_initials
from mentor_app.core.personal.letters import Reading, all_of, bare, closely, first_letter
from mentor_app.core.personal.names import CJK, LETTER_OR_FIGURE, key_of, short_forms, spellings
from mentor_app.core.personal.reading import as_shown, evenly, undivided
from mentor_app.core.text import ERASED, text

LINE_END = "⏎"
"""What stands for the end of a line where a place is shown, from which somebody may copy it."""
_FEWEST = 2  # letters and figures
_RUN = re.compile(r"[^\W_]+")
_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_ERASED = re.compile(rf"{ERASED}(?:\d+(?:/\d+)?)?")
_BEGINS = rf"(?!(?<={LETTER_OR_FIGURE})[^\W_])(?!(?<=\d[.,])\d)"
_ENDS = rf"(?!(?<=[^\W_]){LETTER_OR_FIGURE})(?!(?<=\d)[.,]\d)"
"""Where words begin and end: no letter or figure stands beside them; beside a Chinese one other characters may, where no space tells. A
number is no part of a longer one."""
_BEGIN, _END = re.compile(_BEGINS), re.compile(_ENDS)

Place = tuple[int, int]
"""From where to where something stands in a text."""


class Refused(UserError):
    """Words that are not to be erased wherever they stand."""


def as_told(also: Iterable[str]) -> tuple[str, ...]:
    """These words, each once, in one line and without empty ones."""
    told = (" ".join(words.replace(LINE_END, " ").split()) for words in also)
    return tuple({match_key(words): words for words in told if words}.values())


def checked(also: Iterable[str], others: Mapping[str, str]) -> tuple[str, ...]:
    """These words ``as_told``; Refused where they have too few letters or are somebody else's name, or number, alone.

    ``others`` are names and numbers of everybody else, with whose they are.
    """
    found = as_told(also)
    named = _Names(others)
    for words in found:
        read = as_shown(words).words
        if sum(map(len, _RUN.findall(read))) < _FEWEST or ERASED in words:
            raise Refused(
                text(
                    "“{words}” has fewer than two letters or figures, and may stand almost anywhere. Say more of it.",
                    words=words,
                )
            )
        alike = (
            name for name in named.of_letters(words) for one in written(name, True) if key_of(one.text) == key_of(read)
        )
        whose = others.get(next(alike, ""))
        if whose is not None:
            raise Refused(
                text(
                    "“{words}” is also what somebody else here is called, or their number: {name}. Nobody can tell whom it means. Say "
                    "more of the words around it.",
                    words=words,
                    name=whose,
                )
            )
    return found


class Also:
    """Finds such words in texts, as they are read, in any capitals; where they are only a part of what somebody else is or was called, or
    of their number, or would cut it in two, they stay. ``formerly`` are names and numbers that somebody else had once, ``nobodys``
    CRM names that are nobody's."""

    def __init__(
        self, also: Sequence[str], others: Sequence[str], formerly: Sequence[str] = (), nobodys: Iterable[str] = ()
    ) -> None:
        read = {words: as_shown(words).words for words in also}
        self.words = tuple(also)
        self.pieces = tuple(max(_RUN.findall(one), key=len) for one in read.values())
        """A piece of each, in whatever letters."""
        self._bare = [bare(piece) for piece in self.pieces]
        self._any, self._groups = _any_of(read)
        others, formerly = (others, formerly) if also else ((), ())
        whose = {name: one for one in formerly for name in spellings([one])}
        whose |= {name: one for one in others for name in (*spellings([one]), *short_forms([one]))}
        known, theirs = _Names(whose), with_initials((*others, *formerly))
        keys = {words: key_of(one) for words, one in read.items()}
        self.parts = {
            words: sorted(name for name in known.with_all(one) if key_of(name) != keys[words] and _stands_in(one, name))
            for words, one in read.items()
        }
        """The names and numbers of others of which these words are a part."""
        near = sorted(known.near(also), key=len, reverse=True)
        forms = [(one, name) for name in near for one in written(name, True)]
        self._others = re.compile(f"(?=({any_of(one for one, _ in forms)}))", re.IGNORECASE)
        for one, name in forms:
            theirs.setdefault(key_of(one.text), set()).add(whose[name])
        self.meant = {words: sorted(theirs.get(key, ())) for words, key in keys.items()}
        """Names and numbers of others, of now or once, of which these words are a form."""
        self.in_nobodys: dict[str, list[str]] = {words: [] for words in also}
        """The CRM names of nobody in which these words stand."""
        for name in nobodys:
            for words in chain.from_iterable(self.places(name)[0].values()):
                self.in_nobodys[words].append(name)
        self.doubtful = {
            words
            for words, one in read.items()
            if self.parts[words] or self.meant[words] or self.in_nobodys[words] or self._others.search(one) is not None
        }
        """Words that may mean somebody else where they go."""

    def may_be_in(self, words: str) -> bool:
        """Whether any of them may stand in words; much quicker than to look for them."""
        if not self._bare:
            return False
        read = bare(undivided(as_shown(words)).words)
        return any(piece in read for piece in self._bare)

    def places(self, words: str) -> tuple[Mapping[Place, Sequence[str]], Sequence[Place]]:
        """Where they stand, those that overlap as one, and which of them; and where they are a part of the name of somebody else, and
        stay."""
        if not self.may_be_in(words):
            return {}, []
        shown = evenly(as_shown(words))
        whole = undivided(shown)
        goes, left = defaultdict[Place, dict[str, None]](dict), set[Place]()
        for read in (shown,) if whole is shown else (shown, whole):
            for place, said in self._found(read):
                if said is None:
                    left.add(place)
                else:
                    goes[place][said] = None
        return _as_one(goes), sorted(left)

    def _found(self, read: Reading) -> Iterator[tuple[Place, str | None]]:
        """Each place of each of them, whatever others stand there, so that none that stays, or goes, hides another; None where it stays."""
        named = {one.span(1) for one in self._others.finditer(read.words)}
        erased = [one.span() for one in _ERASED.finditer(read.words)]
        for some in self._any.finditer(read.words):
            for said, pattern in self._groups[(some.lastindex or 1) - 1]:
                match = pattern.match(read.words, some.start())
                if (
                    match is None
                    or not _END.match(read.words, match.end())
                    or any(_meet(match.span(), one) for one in erased)
                ):
                    continue
                place = read.begins[match.start()], read.ends[match.end() - 1]
                yield place, None if any(_cuts(match.span(), one) for one in named) else said


class _Names:
    """Names by the words, or characters, that stand in them, and by all their letters: so those are found quickly that others may be a
    part or a form of."""

    def __init__(self, names: Iterable[str]) -> None:
        self._with, self._of = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for name in names:
            self._of[_letters(name)].add(name)
            for token in _tokens(name):
                self._with[token].add(name)

    def with_all(self, words: str) -> set[str]:
        """The names that have all of these words."""
        return set[str].intersection(*(self._with.get(token, set()) for token in _tokens(words)))

    def near(self, some: Iterable[str]) -> set[str]:
        """The names that have any word of any of these, or the same letters."""
        found = (self._with.get(token, set()) for words in some for token in _tokens(words))
        return set[str]().union(*found, *(self.of_letters(words) for words in some))

    def of_letters(self, words: str) -> set[str]:
        """The names that have the same letters as these words, in whatever order."""
        return self._of.get(_letters(words), set())


def _letters(words: str) -> str:
    return "".join(sorted(key_of(as_shown(words).words)))


def _tokens(words: str) -> set[str]:
    return set(_TOKEN.findall(bare(as_shown(words).words)))


def _any_of(read: Mapping[str, str]) -> tuple[re.Pattern[str], Sequence[Sequence[tuple[str, re.Pattern[str]]]]]:
    """A pattern that finds where any of these words begin as they are ``read``, its groups by the first letter; and those of each group,
    with the pattern of each."""
    by_letter = defaultdict[str, list[tuple[str, str]]](list)
    for said, one in read.items():
        by_letter[first_letter(one)].append((said, _closely(one)))
    groups = []
    for letter, some in by_letter.items():
        guard = f"(?=[{all_of(letter)}])" if letter.isalnum() else ""
        groups.append(f"({guard}(?:{'|'.join(pattern for _, pattern in some)}))")
    found = f"{_BEGINS}(?=(?:{'|'.join(groups) or '(?!)'}){_ENDS})"
    return re.compile(found, re.IGNORECASE), [
        [(said, re.compile(pattern, re.IGNORECASE)) for said, pattern in some] for some in by_letter.values()
    ]


def _stands_in(words: str, name: str) -> bool:
    """Whether words stand in a name as whole words."""
    found = re.finditer(_closely(words), name, re.IGNORECASE)
    return any(_BEGIN.match(name, one.start()) and _END.match(name, one.end()) for one in found)


def _closely(words: str) -> str:
    return r"\s".join(map(closely, words.split()))


def _cuts(place: Place, other: Place) -> bool:
    """Whether the first place holds a part of the other, but not all of it."""
    return _meet(place, other) and not (place[0] <= other[0] and other[1] <= place[1])


def _meet(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _as_one(found: Mapping[Place, Iterable[str]]) -> dict[Place, Sequence[str]]:
    """Places in order, those that overlap as one, with the words of all that lie in no other."""
    told = list[tuple[Place, list[str]]]()
    for place in sorted(found, key=lambda one: (one[0], -one[1])):
        (begin, end), said = told[-1] if told else ((0, 0), [])
        if place[1] <= end:
            continue
        if place[0] < end:
            told[-1] = (begin, place[1]), [*said, *found[place]]
        else:
            told.append((place, [*found[place]]))
    return dict(told)
