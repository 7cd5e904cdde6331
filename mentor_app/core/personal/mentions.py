"""How names that are found in texts are judged: whose they are, and where one is only part of another word or name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.forms import Form, forms_of, written
from mentor_app.core.personal.letters import as_read, closely
from mentor_app.core.personal.names import CJK, key_of, keys_within, spellings, words_of

_SEPARATOR = re.compile(r"\s*[,，;；、|•/(\t\r\n–—][\s•*–—-]*|\s-\s")
"""What stands between the names of a list."""


@dataclass(frozen=True)
class Mentions:
    """Finds a person's names in texts as they are read, and first of all (as ``other``) those of others; ``mine`` finds the former
    alone, ``cut`` names of others beside each other that look like one of the former turned round."""

    any: re.Pattern[str]
    mine: re.Pattern[str]
    cut: re.Pattern[str] | None

    def replaced(self, words: str, neutral: str) -> str:
        """Words with the names that are found in them replaced."""
        told, last = "", 0
        for begin, end in self.places(words):
            is_figure = neutral[-1:].isdecimal() and words[end : end + 1].isdecimal()
            told += words[last:begin] + neutral + (" " if is_figure else "")
            last = end
        return told + words[last:]

    def places(self, words: str) -> Iterator[tuple[int, int]]:
        """From where to where in words the names stand, however their letters are written and whatever stands between these
        that nobody sees; one turned round only where it is not made of two other names."""
        read, at = as_read(words), 0
        beside: list[tuple[int, int]] | None = None
        while (match := self.any.search(read.words, at)) is not None:
            at = max(match.end(), at + 1)
            is_other = bool(match["other"])
            if match.lastgroup is not None or _SEPARATOR.search(match[0]):
                beside = self._beside(read.words) if beside is None else beside
                is_list = _is_list(match, beside)
                if is_list or is_other:
                    mine = _within(match, self.mine, is_list) if is_other else None
                    if mine is None:
                        at = at if is_other and not is_list else match.start() + 1  # a name may begin within it
                        continue
                    match, at = mine, mine.end()
            yield read.begins[match.start()], read.ends[match.end() - 1]

    def _beside(self, words: str) -> list[tuple[int, int]]:
        found = self.cut.finditer(words) if self.cut is not None else ()
        return [one.span(1) for one in found if not _SEPARATOR.search(one[1])]


def mentions(
    names: Iterable[str], others: Iterable[str], common: Collection[str] = (), short: Iterable[str] = ()
) -> Mentions | None:
    """Finds these names in texts as they are read (``as_read``), and first of all (as ``other``) names of others that they are
    a part of or that are like them.

    ``common`` are those of them that are found only as whole words, ``short`` those that leave out what stands between the
    first and the last.
    """
    others, told = list(others), sorted(spellings(names), key=len, reverse=True)
    if not told:
        return None
    taken, known = {match_key(name) for name in others}, {as_read(name).words for name in common}
    forms = [one for name in told for one in forms_of(name, name in known) if one.text == name or one.key not in taken]
    forms += [one for name in spellings(short) for one in forms_of(name, False, True) if one.key not in taken]
    keys = {key_of(one.text) for one in forms}
    longer = sorted(
        (o for o in spellings(others) if any(key in one for key in keys for one in keys_within(o))),
        key=len,
        reverse=True,
    )
    own = {match_key(name) for name in told}
    theirs = [one for o in longer for one in _of_another(o, keys) if one.key not in own]
    straight, turned = (_either(one for one in forms if one.turned is way) for way in (False, True))
    whole = _either(one for one in forms if not one.is_short)
    return Mentions(
        any=re.compile(f"(?P<other>{_either(theirs)})|(?:{straight})|(?P<turned>{turned})", re.IGNORECASE),
        mine=re.compile(whole, re.IGNORECASE),
        cut=_cut_by(told, others),
    )


def _either(forms: Iterable[Form]) -> str:
    return "|".join(dict.fromkeys(one.pattern for one in forms)) or "(?!)"


def _of_another(name: str, keys: Collection[str]) -> Iterator[Form]:
    """How the name of somebody else is written: where it is like one of these keys, only with its very letters, for the same with
    other marks may be either's."""
    for near, exact in zip(written(name, True), written(name, True, closely), strict=True):
        yield exact if key_of(near.text) in keys else near


def _cut_by(names: Iterable[str], others: Iterable[str]) -> re.Pattern[str] | None:
    """Finds names of others that end or begin as a part of these does: two of them beside each other look like one of these
    turned round ("Ann Okapi, Quentin Lee"). They are found from each place, one within another, too."""
    parts = {key_of(word) for name in names for word in words_of(name)} - {""}
    keys = ((o, key_of(o)) for o in others)
    beside = [o for o, key in keys if any(key.startswith(part) or key.endswith(part) for part in parts)]
    patterns = [one.pattern for o in sorted(beside, key=len, reverse=True) for one in written(o, True)]
    return re.compile(f"(?=({'|'.join(patterns)}))", re.IGNORECASE) if patterns else None


def _is_list(match: re.Match[str], names: Sequence[tuple[int, int]]) -> bool:
    """Whether what is found turned round, or across a comma or the end of a line, is made of several names: others stand at its borders, or
    make a side of it."""
    begin, end = match.span()
    across = [match.start() + one.start() for one in _SEPARATOR.finditer(match[0])]
    for a, b in names:
        if a < begin < b or a < end < b:
            return True
        if across and begin <= a and b <= end and (b - a) < (end - begin) and not any(a < at < b for at in across):
            return True
    is_broken = not match["turned"] and re.match(f"[{CJK}]", match[0])  # no list stands so in one word
    return not is_broken and _between_words(match)


def _within(other: re.Match[str], mine: re.Pattern[str], is_list: bool) -> re.Match[str] | None:
    """The person's name in full, where the name of another is only the beginning of it ("Watson, Mary Jane"), or is the end of one name
    and all of the person's, in a list of names ("Bob Wong, Ann Li" is no Ann Li Wong)."""
    words = other.string
    longer = mine.match(words, other.start())
    if longer is not None and (longer.end() > other.end() or is_list):
        return longer
    before = re.search(r"([^\W\d_]+)[ \u00a0]$", words[: other.start()])
    is_list = is_list or (before is not None and before[1][0].isupper())
    for border in _SEPARATOR.finditer(other[0]):
        found = mine.match(words, other.start() + border.end())
        if found is not None and (found.end() > other.end() or is_list):
            return found
    return None


def _between_words(match: re.Match[str]) -> bool:
    """Whether a name turned round may be the end of one name and the beginning of another: there is more of both."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if re.search(f"[{CJK}]$", before) and re.match(f"[{CJK}]", after):
        return bool(re.search(r"[\s,，、・·]", match[0]))
    one, other = re.search(r"([^\W\d_]+)[ \u00a0]$", before), re.match(r"[ \u00a0]([^\W\d_]+)", after)
    return one is not None and other is not None and one[1][0].isupper() and other[1][0].isupper()
