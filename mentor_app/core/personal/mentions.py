"""How a person's name is found in texts: its spellings and forms, and where it is only part of another word or name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.letters import as_read, bare, closely, loosely, without_marks

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_ANY = r"[^\W_]"
_LETTER = rf"[^\W_{_CJK}]"  # Chinese has no spaces: a name stands between other characters
_TELLING = 4  # characters; a shorter name turned round is often the end of one word and the beginning of another
_GAPS = (" ", "\u00a0", "\u3000", "・", "·", ".", "\uff0e", "\n", "\r\n")
_BROKEN = r"(?:[ \u3000]*\r?\n[ \u3000]*)?"
"""Where a line may end within a name in characters."""
_BETWEEN = (
    r"(?:\s+(?:[a-zA-Z\u00c0-\u024f]\.?\s+)?|\.|\s*[_·•’‘`\u00b4\u02bc'\"“”\u2010-\u2015/\\+|(-]+\s*"
    r"|(?:%20|&nbsp;|&#(?:32|39|160|x20|x27|xa0);|&apos;)+|\s*(?:</?[a-zA-Z]{1,9}>\s*)+)"
)
"""Between two words of a name, also in an address, a file's name or a web page: jonas.weber, Jonas_Weber, Jonas%20Weber; also the
initial of another given name: Jonas M. Weber. After a dot and a space something else begins."""
_SEPARATOR = re.compile(r"\s*[,，;；、|•/(\t\r\n–—][\s•*–—-]*|\s-\s")
"""What stands between the names of a list."""
_COMMA = r"\s*[,，]\s*"
_WITHIN = re.compile("([-\u2010\u2011'’‘`\u00b4\u02bc])")  # a word of a name: Anna-Lena, O'Brien
_CODE = re.compile(r"(?=.*\d)[!-~]+")
"""An employee number, or a name with a number: of a longer one it is no part, however long it is."""
_JOINED = (
    10  # letters; a shorter name written together is often a word, such as Ma Ke in make, but for an address (make@)
)
_MANY = 5  # words; a longer name is divided into given and family name before its last word only
_TITLES = frozenset(
    ["dr", "prof", "mr", "mrs", "ms", "herr", "frau", "sir", "jr", "sr", "ii", "iii", "iv", "phd", "md", "mba"]
)


@dataclass(frozen=True)
class Mentions:
    """Finds a person's names in texts as they are read, and first of all (as ``other``) those of others; ``mine`` finds the former alone."""

    any: re.Pattern[str]
    mine: re.Pattern[str]


_Spelling = Callable[[str], str]
"""Which ways to write a word are found: a pattern for it."""


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
    forms = [one for name in told for one in _forms(name, name in known) if one.text == name or one.key not in taken]
    forms += [one for name in spellings(short) for one in _forms(name, False, True) if one.key not in taken]
    keys = {_bare_key(one.text) for one in forms}
    longer = sorted(
        (o for o in spellings(others) if any(key in one for key in keys for one in _holding(o))), key=len, reverse=True
    )
    own = {match_key(name) for name in told}
    theirs = [one for o in longer for one in _of_another(o, keys) if one.key not in own]
    straight, turned = (_either(one for one in forms if one.turned is way) for way in (False, True))
    mine = f"(?:{straight})|(?P<turned>{turned})"
    whole = _either(one for one in forms if not one.is_short)
    return Mentions(re.compile(f"(?P<other>{_either(theirs)})|{mine}", re.IGNORECASE), re.compile(whole, re.IGNORECASE))


def _either(forms: Iterable[_Form]) -> str:
    return "|".join(dict.fromkeys(one.pattern for one in forms)) or "(?!)"


def _of_another(name: str, keys: Collection[str]) -> Iterator[_Form]:
    """How the name of somebody else is written: where it is like one of these keys, only with its very letters, for the same with
    other marks may be either's."""
    for near, exact in zip(_written(name, True), _written(name, True, closely), strict=True):
        yield exact if _bare_key(near.text) in keys else near


def cut_by(names: Iterable[str], others: Iterable[str]) -> re.Pattern[str] | None:
    """Finds names of others that end or begin as a part of these does: two of them beside each other look like one of these
    turned round ("Ann Okapi, Quentin Lee"). They are found from each place, one within another, too."""
    parts = {_bare_key(word) for name in names for word in _words(name)} - {""}
    keys = ((o, _bare_key(o)) for o in others)
    beside = [o for o, key in keys if any(key.startswith(part) or key.endswith(part) for part in parts)]
    patterns = [one.pattern for o in sorted(beside, key=len, reverse=True) for one in _written(o, True)]
    return re.compile(f"(?=({'|'.join(patterns)}))", re.IGNORECASE) if patterns else None


def replaced(found: Mentions, cut: re.Pattern[str] | None, words: str, neutral: str) -> str:
    """Words with the names that are found in them replaced."""
    told, last = "", 0
    for begin, end in places(found, cut, words):
        told += (
            words[last:begin] + neutral + (" " if neutral[-1:].isdecimal() and words[end : end + 1].isdecimal() else "")
        )
        last = end
    return told + words[last:]


def places(found: Mentions, cut: re.Pattern[str] | None, words: str) -> Iterator[tuple[int, int]]:
    """From where to where in words the names stand that ``found`` finds, however their letters are written and whatever stands between
    these that nobody sees; one turned round only where it is not made of two other names."""
    read, at = as_read(words), 0
    spans: list[tuple[int, int]] | None = None
    while (match := found.any.search(read.words, at)) is not None:
        at = max(match.end(), at + 1)
        is_other = bool(match["other"])
        if match.lastgroup is not None or _SEPARATOR.search(match[0]):
            if spans is None:
                found_too = cut.finditer(read.words) if cut is not None else ()
                spans = [one.span(1) for one in found_too if not _SEPARATOR.search(one[1])]
            is_list = _is_list(match, spans)
            if is_list or is_other:
                mine = _within(match, found.mine, is_list) if is_other else None
                if mine is None:
                    at = at if is_other and not is_list else match.start() + 1  # a name may begin within it
                    continue
                match, at = mine, mine.end()
        yield read.begins[match.start()], read.ends[match.end() - 1]


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
    is_broken = not match["turned"] and re.match(f"[{_CJK}]", match[0])  # no list stands so in one word
    return not is_broken and _between_words(match)


def is_one_word(name: str) -> bool:
    """Whether a name may well be another word, too: Max, Lu, 李伟."""
    return len(_words(name)) == 1 and len(name) > 1 and not _CODE.fullmatch(name)


def shortened(names: Iterable[str], others: Iterable[str]) -> tuple[list[str], list[str]]:
    """These names with only the first and the last of their words: those by which only one person is called, and those that may
    also be one of the others."""
    borne = {_bare_key(one) for o in others for one in (" ".join(_parts(o)), _short(o)) if one}
    found = sorted({one for name in spellings(names) if (one := _short(name))})
    return [one for one in found if _bare_key(one) not in borne], [one for one in found if _bare_key(one) in borne]


def _short(name: str) -> str | None:
    words = [word for word in _parts(name) if word.strip(".").casefold() not in _TITLES]
    ends = words[:1] + words[-1:]
    told = all(len(end) > 1 and end.isalpha() for end in (_WITHIN.sub("", end) for end in ends))
    if len(_parts(name)) < 3 or len(ends) < 2 or not told or re.search(f"[{_CJK}]", name):
        return None
    return " ".join(ends)


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
    if re.search(f"[{_CJK}]$", before) and re.match(f"[{_CJK}]", after):
        return bool(re.search(r"[\s,，、・·]", match[0]))
    one, other = re.search(r"([^\W\d_]+)[ \u00a0]$", before), re.match(r"[ \u00a0]([^\W\d_]+)", after)
    return one is not None and other is not None and one[1][0].isupper() and other[1][0].isupper()


def spellings(names: Iterable[str]) -> list[str]:
    """The names that are looked for in texts, as they are read. One character alone is no name."""
    return list(dict.fromkeys(name for name in (as_read(name).words for name in names) if len(name) > 1))


def looked_for(name: str) -> set[str]:
    """Pieces of a name, one of which stands in each of its forms, in whatever letters."""
    words = _words(name)
    if len(words) == 1 and _is_short_cjk(name):
        if len(name) == 2:
            return {name, *(f"{name[0]}{gap}{name[1]}" for gap in _GAPS)}
        return {name[:2], name[-2:]}  # a line ends between two others at most
    if len(words) == 1 and _CODE.fullmatch(name):
        return {_code_parts(name)[-1]}
    return {max(_ends(name), key=len)}


def may_stand_in(names: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether one of these names may stand in words; much quicker than to look for it."""
    pieces = {
        tuple(bare(piece).lstrip("e") for piece in some)
        for name in spellings(names)
        for some in ([_ends(name)] if len(_words(name)) > 1 else [[piece] for piece in looked_for(name)])
    }

    def may(words: str) -> bool:
        read = bare(as_read(words).words)
        return any(all(piece in read for piece in some) for some in pieces)

    return may


def _ends(name: str) -> list[str]:
    """The longest parts of the first and the last word of a name."""
    ends = (_parts(name)[:1] + _parts(name)[-1:]) or name.split()
    return [max(_WITHIN.sub(" ", end).split() or [end], key=len) for end in ends]


def whole_word(name: str) -> str:
    """A pattern that finds a name where no letter or digit of any script stands beside it."""
    return f"(?<!{_ANY}){_closely(name)}(?!{_ANY})"


def part_of_words(name: str) -> str:
    """A pattern that finds a name as a word; a Chinese one also between other characters, where no space tells."""
    return f"(?<!{_LETTER}){_closely(name)}(?!{_LETTER})"


def _closely(name: str) -> str:
    return _BETWEEN.join(map(closely, name.split())).replace("," + _BETWEEN, _COMMA)


@dataclass(frozen=True)
class _Form:
    """A way to write a name, and the pattern that finds it."""

    text: str
    pattern: str
    turned: bool = False
    """Whether the given and the family name stand the other way round, or in parts: two names beside each other may look so."""
    is_short: bool = False

    @property
    def key(self) -> str:
        return match_key(self.text)


def _forms(name: str, is_common: bool, is_short: bool = False) -> list[_Form]:
    if is_common:
        return [_Form(name, whole_word(name))]
    forms = _written(name) + [_Form(form, _together(form)) for form in _joined(name)]
    return [replace(one, turned=True, is_short=True) for one in forms] if is_short else forms


def _written(name: str, of_another: bool = False, spelling: _Spelling | None = None) -> list[_Form]:
    """The forms of a name with spaces where it has them, the name itself first; of a Chinese or Japanese one all."""
    spelling = spelling or (loosely if len(_words(name)) > 1 else without_marks)
    return [*_orders(name, spelling), *_of_characters(name, of_another)]


def _of_characters(name: str, of_another: bool) -> Iterator[_Form]:
    """Names in characters are written with a space, a dot or nothing between the family's and the given one. Where the record
    tells the two apart, also the given one first; where it does not, the space may stand anywhere in a short name, and in any
    name that is somebody else's.

    So short a form that it may be the end of one word and the beginning of another counts only as a whole word.
    """
    words = _words(name)
    if not all(re.fullmatch(f"[{_CJK}]+", word) for word in words):
        return
    if len(words) == 2:
        for first, second in (words, words[::-1]):
            turned = first is words[1]
            short = turned and len(first + second) < _TELLING
            yield _Form(first + second, _bounded(re.escape(first + second), short), turned)
            between = r"(?:\s*[,，、・·_\u2010-\u2015-]\s*|\s+)"
            yield _Form(f"{first} {second}", _bounded(re.escape(first) + between + re.escape(second), short), turned)
    elif of_another or _is_short_cjk(name):
        gap = f"(?:[{''.join(one for one in _GAPS if len(one) == 1)}]|{_BROKEN[:-1]})"
        for at in range(1, len(name)):
            pattern = re.escape(name[:at]) + gap + re.escape(name[at:])
            yield _Form(f"{name[:at]} {name[at:]}", _bounded(pattern, len(name) < 3))


def _bounded(pattern: str, is_word: bool) -> str:
    return f"(?<!{_ANY}){pattern}(?!{_ANY})" if is_word else pattern


def _is_short_cjk(name: str) -> bool:
    return re.fullmatch(f"[{_CJK}]{{2,4}}", name) is not None


def _bare_key(name: str) -> str:
    """A key by which a name is found in another, however either is spelled and spaced."""
    return re.sub(r"[\W_]+", "", bare(match_key(name)))


def _holding(name: str) -> tuple[str, ...]:
    """The key by which a name is found in another, also without the initials within it."""
    words = _words(name)
    inner = [word for at, word in enumerate(words) if at in (0, len(words) - 1) or len(word.rstrip(".")) > 1]
    return tuple({_bare_key(one) for one in (name, " ".join(inner))})


def _words(name: str) -> list[str]:
    spaced = re.sub(rf"(?<=[{_CJK}])\s*[・·、]\s*(?=[{_CJK}])", " ", name)
    return re.split(r"[\s,，]+", spaced.strip(" \t,，"))


def _parts(name: str) -> list[str]:
    """The words of a name, the given name first: after a comma, it stands at the end."""
    family, comma, given = name.strip(" \t,，").replace("，", ",").partition(",")
    return _words(f"{given} {family}" if comma else name)


def _orders(name: str, spelling: _Spelling) -> Iterator[_Form]:
    """A name as it is; of several words also the family name first, with a comma and without: any of them but the first may be the
    beginning of it, and within the one or the other the words may be joined. Chinese as it is."""
    words = _parts(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        yield _Form(name, _pattern(name, spelling))
        return
    for at in range(1, len(words)) if len(words) <= _MANY else (len(words) - 1,):
        given, family = words[:at], words[at:]
        for sides, gap, turned in (
            ((given, family), " ", False),
            ((family, given), " ", True),
            ((family, given), ", ", True),
        ):
            one, other = (f"(?:{_BETWEEN})?".join(_word(word, spelling) for word in side) for side in sides)
            pattern = _standing(f"{one}{_BETWEEN if gap == ' ' else _COMMA}{other}", words)
            yield _Form(gap.join(map(" ".join, sides)), pattern, turned)


def _joined(name: str) -> list[str]:
    words = _parts(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        return []
    turned = [[*words[at:], *words[:at]] for at in range(1, len(words))] if len(words) <= _MANY else []
    return list(dict.fromkeys("".join(some) for some in (words, *turned)))


def _word(word: str, spelling: _Spelling) -> str:
    """A word of a name; what joins its parts may be left out or be a space."""
    return "".join(f"(?:{_BETWEEN})?" if _WITHIN.fullmatch(part) else spelling(part) for part in _WITHIN.split(word))


def _pattern(name: str, spelling: _Spelling) -> str:
    if _CODE.fullmatch(name):
        code = "[ -]?".join(map(re.escape, _code_parts(name)))
        return rf"(?<!{_LETTER})(?<!\d[.,]){code}(?!{_LETTER})(?![.,]\d)"
    inner = _BETWEEN.join(_word(word, spelling) for word in name.split()).replace("," + _BETWEEN, _COMMA)
    return (
        _BROKEN.join(map(re.escape, name))
        if re.fullmatch(f"[{_CJK}]+", name)
        else inner
        if re.match(f"[{_CJK}]", name)
        else _standing(inner, [name])
    )


def _standing(inner: str, words: list[str]) -> str:
    """The pattern where no letter stands beside it but the ending of a genitive."""
    ending = "(?:s|(?<=[sßxz])ens)?" if any(re.search("[sßxz]$", word, re.IGNORECASE) for word in words) else "s?"
    return rf"(?<![^\W\d_{_CJK}]){inner}(?={ending}(?![^\W\d_{_CJK}]))"


def _code_parts(name: str) -> list[str]:
    return re.split(r"(?<=[a-zA-Z])(?=\d)", name, maxsplit=1)


def _together(name: str) -> str:
    written = "".join(loosely(part) for part in _WITHIN.split(name)[::2])
    inner = written if len(name) >= _JOINED else f"(?:(?-i:{written})|{written}(?=@))"
    return f"(?<!{_LETTER}){inner}(?!{_LETTER})"
