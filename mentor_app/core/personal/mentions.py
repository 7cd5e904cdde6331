"""How names that are found in texts are judged: whose they are, and where one is only part of another word or name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.forms import Form, any_of, forms_of, written
from mentor_app.core.personal.initials import abbreviated, around
from mentor_app.core.personal.letters import Reading, closely
from mentor_app.core.personal.names import (
    CJK,
    JOINING,
    TITLES,
    everyday_words,
    in_capitals,
    in_small_letters,
    key_of,
    keys_within,
    parts_of,
    spellings,
    words_of,
)
from mentor_app.core.personal.numbers import ShortNumbers
from mentor_app.core.personal.reading import ENDING_LINE, TAG, as_shown, evenly, undivided

_ACROSS = re.compile(rf"[\t\r\n]|\s[–—·|+-]\s|{ENDING_LINE}", re.IGNORECASE)
_RUNNING = re.compile(f"[{CJK}]{{3}}")
_SIGN = re.compile(r"\s*[,，;；、|•/(–—][\s•*–—-]*|\s[·+-]\s")
"""What stands between the names of a list."""
_BORDER = re.compile(rf"{_SIGN.pattern}|\n")
"""What may stand there."""
_INNER = re.compile(r"[(\"“']([^\W\d_]+)[)\"”']")
_HYPHENED = re.compile(r"-\n?(?!(?:s|ens)(?![^\W\d_]))[^\W\d_]")
_LETTER = re.compile(r"\s(?P<letter>u\.|[^\W\d_])\s+(?P<next>[^\W\d_])")
"""A letter between the words of a name, in which u. is no initial."""
_MORE = re.compile(r" ([^\W\d_]{2,})")
_BRACKET = r"[()\[\]（）\"“”]"
_BEFORE = re.compile(rf"([^\W\d_]+)(\s?{_BRACKET}?\s?)$")
_BEHIND = re.compile(rf"(\s?{_BRACKET}?\s?)([^\W\d_]+)")
_WORDS = re.compile(r"[^\W\d_]+")
_BESIDE = 60  # characters in which the two words beside a name stand
_MANY = 3  # words of a name before another
_LONGEST = 200  # characters of a name
_PAIRS = {"(": ")", "[": "]", "（": "）", "“": "”"}
_DOUBLED = ('"', "__", "**")
"""Signs that stand on both sides of a word."""
_IN_ADDRESS = r"[\w.+-]"
_ADDRESS = re.compile(rf"{_IN_ADDRESS}{{1,64}}[@.]\w", re.ASCII)
"""The rest of one, or of a file's name."""
_RULED = re.compile(r"\n[^\w\n]+\n")
_DATES = frozenset([
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    "januar", "jänner", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember",
])  # fmt: skip
"""Words in capitals behind a name that are no part of it."""
_NUMBERED = frozenset(["no", "nr", "id", "number", "nummer", "employee"])
"""Words behind a name that say what the number behind them is."""
_PAIRED = re.compile(rf"(?P<sign>[()\[\]（）“”\"])|{TAG.pattern}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Mentions:
    """Finds a person's names in texts as they are read, and first of all (as ``other``) those of others; ``mine`` finds the former
    alone, ``cut`` names of others beside each other that look like one of the former turned round."""

    any: re.Pattern[str]
    mine: re.Pattern[str]
    cut: re.Pattern[str] | None
    others: Mapping[str, Sequence[str]]
    """The keys of all names of others, by that of the first of their words."""
    abbreviated: Collection[str]
    """The keys of names of others that have initials beside the words of the person's."""
    neighbours: Collection[str] | None
    """Keys of words beside a name of one word in names of others; None where one of the names has several."""
    everyday: Collection[str]
    """The keys of words of the names, in capitals there, that are everyday words, too."""
    in_words: Collection[Sequence[str]]
    """The keys of all words of each name of another, in the order of letters."""
    reach: int
    """How far before a name one of another may begin that holds it."""
    numbers: ShortNumbers

    def replaced(self, words: str, neutral: str) -> str:
        """Words with the names that are found in them replaced."""
        return with_places_replaced(words, self.places(words), neutral)

    def places(self, words: str) -> Sequence[tuple[int, int]]:
        """From where to where in words the names stand, however their letters are written and whatever stands between these
        that nobody sees; one turned round only where it is not made of two other names."""
        return self.judged(words)[0]

    def judged(self, words: str) -> tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]]:
        """These places; and where the person's own name stands and is left, for it is the beginning or end of another's that goes
        on across a separator ("Ann Li", and in the next line "Wong asked") or in a run of characters (李伟明天): either may be meant;
        so is a number that may be theirs."""
        shown = evenly(as_shown(words))
        once = list(self._judged(shown))
        found = [span for span, is_mine in once if is_mine]
        whole = undivided(shown)
        if whole is not shown:
            again = list(self._judged(whole))
            found = [one for one in found if not any(_meet(one, span) for span, is_mine in again if not is_mine)]
            found += [one for one, is_mine in again if is_mine and not any(_meet(one, span) for span in found)]
        left = self._left(words, shown, [span for span, is_mine in once if not is_mine])
        places = [bracketed(words, *one) for one in found]
        numbers = list(self.numbers.judged(words, places))
        goes = [one for one, is_theirs in numbers if is_theirs]
        return sorted([*places, *goes]), [*left, *(one for one, is_theirs in numbers if not is_theirs)]

    def _left(self, words: str, shown: Reading, others: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        if not others or not (_ACROSS.search(words) or _RUNNING.search(words)):
            return []
        left, mine = [], [_span(shown, one) for one in self.mine.finditer(shown.words)]
        for a, b in others:
            for begin, end in (one for one in mine if a <= one[0] and one[1] <= b):
                is_divided = _ACROSS.search(words, a, begin) or _ACROSS.search(words, end, b)
                if is_divided or re.match(f"[{CJK}]", words[b : b + 1]):
                    left.append((begin, end))
        return left

    def _judged(self, read: Reading) -> Iterator[tuple[tuple[int, int], bool]]:
        """Where names stand, and whether they are the person's, or of others whom they are like."""
        at = 0
        beside: list[tuple[int, int]] | None = None
        while (match := self._next(read.words, at)) is not None:
            at = max(match.end(), at + 1)
            is_other = match.lastgroup == "other"
            if is_other and self._is_whole(match):
                longer = self.mine.match(read.words, match.start())
                if longer is None or longer.end() <= match.end():
                    yield _span(read, match), False
                    continue
                match, at = longer, longer.end()
            elif match.lastgroup is not None or _BORDER.search(match[0]):
                beside = self._beside(read.words) if beside is None else beside
                is_list = _is_list(match, beside)
                if is_list or is_other:
                    mine = _within(match, self.mine, is_list) if is_other else None
                    if mine is None:
                        if is_other:
                            yield _span(read, match), False
                        at = at if is_other and not is_list else match.start() + 1  # a name may begin within it
                        continue
                    longer = self.any.match(read.words, mine.start())
                    if longer is not None and longer.end() > mine.end() and self._is_whole(longer):
                        at = mine.start()
                        continue
                    match, at = mine, mine.end()
            if _is_among_words(match):
                beside = self._beside(read.words) if beside is None else beside
                if _is_cut(match, beside):
                    at = match.start() + 1
                    continue
            if (
                _is_in_lines(match)
                or self._is_everyday(match)
                or self._is_in_brackets(match)
                or self._is_somebody_else(match)
            ):
                at = match.start() + 1
                continue
            yield _span(read, match), True

    def _next(self, words: str, at: int) -> re.Match[str] | None:
        """The next name; of one word, it is looked for by itself, which is much quicker, where no name of another can be around."""
        if self.neighbours is None:
            return self.any.search(words, at)
        one = self.mine.search(words, at)
        if one is None:
            return None
        before = _WORDS.findall(words[max(one.start() - _BESIDE, at) : one.start()])[-2:]
        behind = _WORDS.findall(words[one.end() : one.end() + _BESIDE])[:2]
        if any(key_of(word) in self.neighbours for word in (*before, *behind)):
            return self.any.search(words, max(at, one.start() - self.reach))
        return one

    def _is_whole(self, match: re.Match[str]) -> bool:
        """Whether it is the name of another as it is, with nothing but spaces between its words."""
        first = re.match(r"[^\W_]+", match[0])
        return (
            first is not None
            and not re.search(r"[^\w\s'-]", match[0])
            and key_of(match[0]) in self.others.get(key_of(first[0]), ())
        )

    def _is_somebody_else(self, match: re.Match[str]) -> bool:
        """Whether somebody else is named within it ("Ann (Bob) Li") or with initials, or it is a part of a longer name of
        nobody known here ("Ann Li Smith", "Sue-Ann Li"), or it is two people ("Ann y Sue Li")."""
        initials = around(match.string, *match.span()) if self.abbreviated else ()
        if _has_and(match[0]) or any(key_of(one) in self.abbreviated for one in initials):
            return True
        if _HYPHENED.match(match.string, match.end()) or re.search(
            r"[^\W\d_]-\n?$", match.string[: match.start()][-3:]
        ):
            return len(re.findall(r"[^\W\d_]+", match[0])) > 1
        inner = _INNER.search(match[0])
        if inner is not None and key_of(inner[1]) in self.others.get(key_of(inner[1]), ()):
            return True
        end = match.end() + (_PAIRS.get(_unpaired(match[0])) == match.string[match.end() :][:1] != "")
        words, more = re.findall(r"[^\W\d_]+", match[0]), _MORE.match(match.string, end)
        if more is None or len(words) < 2 or not all(word[0].isupper() for word in (*words, more[1])):
            return False
        if more[1].casefold() in TITLES | _DATES | _NUMBERED or (more[1].isupper() and not match[0].isupper()):
            return False
        rest = key_of(match.string[more.start(1) : more.start(1) + _LONGEST])
        is_next = any(rest.startswith(key) for key in self.others.get(key_of(more[1]), ()))
        return not is_next and self.mine.match(match.string, more.start(1)) is None

    def _is_everyday(self, match: re.Match[str]) -> bool:
        """Whether it rather is a part of a sentence ("mark down the price"): a word of it is an everyday one, and stands there in small
        letters."""
        if not self.everyday or re.match(rf"{_IN_ADDRESS}*@", match.string[match.end() :][:_BESIDE]):
            return False
        small = in_small_letters(match[0], self.everyday)
        return bool(small) and match[0] != match.string

    def _is_in_brackets(self, match: re.Match[str]) -> bool:
        """Whether it is, with the words beside it, the name of another with a part of it in brackets or quotation marks."""
        before = match.string[max(match.start() - _BESIDE, 0) : match.start()]
        one, other = _BEFORE.search(before), _BEHIND.match(match.string, match.end())
        last = _WORDS.findall(before)[-_MANY:]
        is_of_another = any(
            key_of("".join(last[at:])) in self.others.get(key_of(last[at]), ()) for at in range(len(last) - 1)
        )
        for some in product({"", one[0] if one and not is_of_another else ""}, {"", other[0] if other else ""}):
            whole = match[0].join(some)
            if re.search(_BRACKET, whole) and _in_words(whole) in self.in_words:
                return True
        return False

    def _beside(self, words: str) -> list[tuple[int, int]]:
        """Where names of others that a sign of a list does not divide stand beside each other."""
        found = list[tuple[int, int]]()
        for match in self.cut.finditer(words) if self.cut is not None else ():
            one: re.Match[str] | None = match
            while one is not None and (sign := _SIGN.search(one[1])) is not None:
                one = match.re.match(words, one.start(), one.start() + sign.start())
            if one is not None:
                found.append(one.span(1))
        return found


def mentions(
    names: Iterable[str],
    others: Iterable[str],
    common: Collection[str] = (),
    short: Iterable[str] = (),
    numbers: Collection[str] = (),
) -> Mentions | None:
    """Finds these names in texts as they are read (``as_shown``), and first of all (as ``other``) names of others that they are
    a part of or that are like them.

    ``common`` are those of them that are found only as whole words, ``short`` those that leave out what stands between the
    first and the last; ``numbers`` are the short employee numbers.
    """
    others, told = list(others), sorted(spellings(names), key=len, reverse=True)
    if not told and not numbers:
        return None
    taken, known = {match_key(name) for name in others}, {as_shown(name).words for name in common}
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
    straight, turned = (any_of(one for one in forms if one.turned is way) for way in (False, True))
    whole = any_of(one for one in forms if not one.is_short)
    has_words = not any(re.search(rf"[{CJK}\d]", name) for name in (*told, *longer))
    is_one_word = not short and has_words and all(len(words_of(name)) == 1 for name in told)
    neighbours = {key_of(word) for o in longer for word in _WORDS.findall(o)} if is_one_word else None
    return Mentions(
        any=re.compile(f"(?P<other>{any_of(theirs)})|(?:{straight})|(?P<turned>{turned})", re.IGNORECASE),
        mine=re.compile(whole, re.IGNORECASE),
        cut=_cut_by(told, others),
        others=_by_first_word(others),
        abbreviated=abbreviated((*told, *short), others) - {key_of(" ".join(parts_of(name))) for name in told},
        neighbours=neighbours,
        everyday=_everyday((*told, *short)),
        in_words={_in_words(o) for o in others} - {_in_words(name) for name in told},
        reach=2 * max(map(len, longer), default=0),
        numbers=ShortNumbers(numbers),
    )


def with_places_replaced(words: str, places: Iterable[tuple[int, int]], neutral: str) -> str:
    """Words with what stands in these places replaced; of brackets and tags that begin or end there, the other ends have none too few."""
    told, last = "", 0
    for begin, end in places:
        new = neutral + _unpaired(words[begin:end])
        is_figure = new[-1:].isdecimal() and words[end : end + 1].isdecimal()
        between = "_" if _ADDRESS.match(words, end) else " "
        told += words[last:begin] + new + (between if is_figure else "")
        last = end
    return told + words[last:]


def _everyday(names: Iterable[str]) -> frozenset[str]:
    ends = {key_of(word) for name in names for word in (parts_of(name)[0], parts_of(name)[-1])}
    return in_capitals(names) & ends & everyday_words()


def _has_and(written: str) -> bool:
    """Whether a letter in a name that is written with capitals rather stands between two people ("Mary y Jane Watson")."""
    return any(
        one["letter"].islower() and one["next"].isupper() and not re.match("[b-df-hj-np-tv-xz]", one["letter"])
        for one in _LETTER.finditer(written)
    )


def _in_words(name: str) -> tuple[str, ...]:
    return tuple(sorted(map(key_of, _WORDS.findall(name))))


def _by_first_word(names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    keys = defaultdict[str, list[str]](list)
    for name in names:
        keys[key_of(JOINING.split(parts_of(name)[0])[0])].append(key_of(" ".join(parts_of(name))))
    return keys


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
    forms = [one for o in sorted(beside, key=len, reverse=True) for one in written(o, True) if "," not in one.text]
    return re.compile(f"(?=({any_of(forms)}))", re.IGNORECASE) if forms else None


def _span(read: Reading, match: re.Match[str]) -> tuple[int, int]:
    return read.begins[match.start()], read.ends[match.end() - 1]


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def bracketed(words: str, begin: int, end: int) -> tuple[int, int]:
    """The place with the bracket that begins right before it and ends within, or the other way round."""
    for sign in _DOUBLED:
        if words.count(sign, begin, end) % 2:
            if words.startswith(sign, end):
                return begin, end + len(sign)
            if words.endswith(sign, 0, begin):
                return begin - len(sign), end
    open_ones = _unpaired(words[begin:end])
    if open_ones in _PAIRS and words[end : end + 1] == _PAIRS[open_ones]:
        return begin, end + 1
    if begin and open_ones and _PAIRS.get(words[begin - 1]) == open_ones:
        return begin - 1, end
    return begin, end


def _unpaired(words: str) -> str:
    """The brackets, quotation marks and tags of which the other one is not in these words."""
    left = list[str]()
    for found in _PAIRED.finditer(words):
        one, last = found[0], left[-1] if left else ""
        ends = one.startswith("</") and last.startswith("<") and not last.startswith("</")
        if ends or (found["sign"] and (_PAIRS.get(last) == one or one == last == '"')):
            left.pop()
        elif found["sign"] or not re.match(r"<(?:br|hr|wbr)\b|<[^>]*/>", one, re.IGNORECASE):
            left.append(one)
    return "".join(left)


def _is_list(match: re.Match[str], names: Sequence[tuple[int, int]]) -> bool:
    """Whether what is found turned round, or across a comma or the end of a line, is made of several names: others stand at its borders, or
    make a side of it."""
    begin, end = match.span()
    lines = [match.start() + one.start() for one in re.finditer("\n", match[0])]
    is_divided = match["turned"] is not None or _SIGN.search(match[0]) is not None
    for a, b in names:
        if a < begin < b or a < end < b:
            return True
        is_side = begin <= a and b <= end and (b - a) < (end - begin)
        if is_side and (is_divided or (lines and not any(a < at < b for at in lines))):
            return True
    is_broken = not match["turned"] and re.match(f"[{CJK}]", match[0])  # no list stands so in one word
    return not is_broken and (is_divided or match.lastgroup is not None) and _between_words(match)


def _is_among_words(match: re.Match[str]) -> bool:
    """Whether words stand on both sides with nothing but white space between."""
    before, behind = match.string[max(match.start() - 2, 0) : match.start()], match.string[match.end() :][:2]
    return re.match(r"[^\W\d_]\s", before) is not None and re.match(r"\s[^\W\d_]", behind) is not None


def _is_cut(match: re.Match[str], names: Sequence[tuple[int, int]]) -> bool:
    """Whether what is found is the end of another's name and the beginning of one behind it."""
    begin, end = match.span()
    return any(a < begin < b and other < end < last and b <= other for a, b in names for other, last in names)


def _is_in_lines(match: re.Match[str]) -> bool:
    """Whether it is made of lines of their own, with a rule between or turned round: a list with a name in each line."""
    if "\n" not in match[0]:
        return False
    return _RULED.search(match[0]) is not None or (match.lastgroup == "turned" and _is_alone(match))


def _is_alone(match: re.Match[str]) -> bool:
    """Whether nothing else stands in its line, or lines."""
    before, behind = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return before in ("\n", "") and behind in ("\n", "")


def _within(other: re.Match[str], mine: re.Pattern[str], is_list: bool) -> re.Match[str] | None:
    """The person's name in full, where the name of another is only the beginning of it ("Watson, Mary Jane"), or is the end of one name
    and all of the person's, in a list of names ("Bob Wong, Ann Li" is no Ann Li Wong)."""
    words = other.string
    longer = mine.match(words, other.start())
    if longer is not None and (longer.end() > other.end() or is_list):
        return longer
    before = re.search(r"([^\W\d_]+)\s$", words[: other.start()])
    is_list = is_list or (before is not None and before[1][0].isupper())
    for border in _SIGN.finditer(other[0]):
        found = mine.match(words, other.start() + border.end())
        if found is not None and (found.end() > other.end() or is_list):
            return found
    return None


def _between_words(match: re.Match[str]) -> bool:
    """Whether a name turned round may be the end of one name and the beginning of another: there is more of both."""
    if _is_alone(match) and "\n" not in match[0]:
        return False
    before, after = match.string[: match.start()], match.string[match.end() :]
    if re.search(f"[{CJK}]$", before) and re.match(f"[{CJK}]", after):
        return bool(re.search(r"[\s,，、・·]", match[0]))
    one, other = re.search(r"([^\W\d_]+)\s$", before), re.match(r"\s([^\W\d_]+)", after)
    return one is not None and other is not None and one[1][0].isupper() and other[1][0].isupper()
