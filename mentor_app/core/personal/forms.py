"""How a person's name is written: the patterns that find its forms in texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.letters import all_of, closely, first_letter, loosely, without_marks
from mentor_app.core.personal.names import (
    CJK,
    GAPS,
    JOINING,
    LETTER,
    LETTER_OR_FIGURE,
    code_parts,
    is_code,
    is_short_cjk,
    parts_of,
    words_of,
)

_ANY = r"[^\W_]"
_TELLING = 4  # characters; a shorter name turned round is often the end of one word and the beginning of another
_BROKEN = r"(?:[ \u3000]*\r?\n[ \u3000]*)?"
"""Where a line may end within a name in characters."""
_BETWEEN = r"(?:\s*[(\"“'][^\W\d_]{1,20}[)\"”']\s*|\s+(?:[a-zA-Z\u00c0-\u024f]\.?\s+)?|\.|\s*[_·•'\"“”\u2012-\u2015/\\+|(\[-]+\s*)"
"""Between two words of a name, also in an address or a file's name: jonas.weber, Jonas_Weber; also what somebody is called (Ann
"Annie" Li) and the initial of another given name: Jonas M. Weber. After a dot and a space something else begins."""
_COMMA = r"\s*[,，]\s*"
_JOINED = 10  # letters; a shorter name written together is often a word, such as Ma Ke in make, but for an address (make@, @make)
_MANY = 5  # words; a longer name is divided into given and family name before its last word only

_Spelling = Callable[[str], str]
"""Which ways to write a word are found: a pattern for it."""


@dataclass(frozen=True)
class Form:
    """A way to write a name, and the pattern that finds it."""

    text: str
    pattern: str
    turned: bool = False
    """Whether the given and the family name stand the other way round, or in parts: two names beside each other may look so."""
    is_short: bool = False

    @property
    def key(self) -> str:
        """The same for all spellings that are one name."""
        return match_key(self.text)


def any_of(forms: Iterable[Form]) -> str:
    """A pattern that finds these forms: the first of them that fits, but quickly, for only those with the first letter of a word are
    tried."""
    by_letter, others = defaultdict[str, dict[str, None]](dict), dict[str, None]()
    for one in forms:
        letter = first_letter(one.text)
        (by_letter[letter] if re.match(LETTER_OR_FIGURE, letter) else others)[one.pattern] = None
    some = [f"(?=[{all_of(letter)}])(?:{'|'.join(patterns)})" for letter, patterns in by_letter.items()]
    words = [rf"(?<!{LETTER})(?:{'|'.join(some)})"] if some else []
    return "|".join([*words, *others]) or "(?!)"


def whole_word(name: str) -> str:
    """A pattern that finds a name where no letter or digit of any script stands beside it."""
    return f"(?<!{_ANY}){_closely(name)}(?!{_ANY})"


def part_of_words(name: str) -> str:
    """A pattern that finds a name as a word; a Chinese one also between other characters, where no space tells."""
    return f"(?<!{LETTER_OR_FIGURE}){_closely(name)}(?!{LETTER_OR_FIGURE})"


def _closely(name: str) -> str:
    return _BETWEEN.join(map(closely, name.split())).replace("," + _BETWEEN, _COMMA)


def forms_of(name: str, is_common: bool, is_short: bool = False) -> list[Form]:
    """All forms of a name: as a whole word only where it ``is_common``; ``is_short`` where it leaves out what stands between the
    first and the last."""
    if is_common:
        return [Form(name, whole_word(name))]
    forms = written(name) + [Form(form, _together(form)) for form in _joined(name)]
    return [replace(one, turned=True, is_short=True) for one in forms] if is_short else forms


def written(name: str, of_another: bool = False, spelling: _Spelling | None = None) -> list[Form]:
    """The forms of a name with spaces where it has them, the name itself first; of a Chinese or Japanese one all."""
    spelling = spelling or (loosely if len(words_of(name)) > 1 else without_marks)
    return [*_orders(name, spelling), *_of_characters(name, of_another)]


def _of_characters(name: str, of_another: bool) -> Iterator[Form]:
    """Names in characters are written with a space, a dot or nothing between the family's and the given one. Where the record
    tells the two apart, also the given one first; where it does not, the space may stand anywhere in a short name, and in any
    name that is somebody else's.

    So short a form that it may be the end of one word and the beginning of another counts only as a whole word.
    """
    words = words_of(name)
    if not all(re.fullmatch(f"[{CJK}]+", word) for word in words):
        return
    if len(words) == 2:
        for first, second in (words, words[::-1]):
            turned = first is words[1]
            short = turned and len(first + second) < _TELLING
            yield Form(first + second, _bounded(re.escape(first + second), short), turned)
            between = r"(?:\s*[,，、・·_\u2010-\u2015-]\s*|\s+)"
            yield Form(f"{first} {second}", _bounded(re.escape(first) + between + re.escape(second), short), turned)
    elif of_another or is_short_cjk(name):
        gap = f"(?:[{''.join(one for one in GAPS if len(one) == 1)}]|{_BROKEN[:-1]})"
        for at in range(1, len(name)):
            pattern = re.escape(name[:at]) + gap + re.escape(name[at:])
            yield Form(f"{name[:at]} {name[at:]}", _bounded(pattern, len(name) < 3))


def _bounded(pattern: str, is_word: bool) -> str:
    return f"(?<!{_ANY}){pattern}(?!{_ANY})" if is_word else pattern


def _orders(name: str, spelling: _Spelling) -> Iterator[Form]:
    """A name as it is; of several words also the family name first, with a comma and without: any of them but the first may be the
    beginning of it, and within the one or the other the words may be joined. Chinese as it is."""
    words = parts_of(name)
    if len(words) < 2 or re.search(f"[{CJK}]", name):
        yield Form(name, _pattern(name, spelling))
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
            yield Form(gap.join(map(" ".join, sides)), pattern, turned)


def _joined(name: str) -> list[str]:
    words = parts_of(name)
    if len(words) < 2 or re.search(f"[{CJK}]", name):
        return []
    turned = [[*words[at:], *words[:at]] for at in range(1, len(words))] if len(words) <= _MANY else []
    return list(dict.fromkeys("".join(some) for some in (words, *turned)))


def _word(word: str, spelling: _Spelling) -> str:
    """A word of a name; what joins its parts may be left out or be a space, and so may the dot behind an initial."""
    if re.fullmatch(r"[^\W\d_]\.", word):
        return rf"{spelling(word[0])}\.?"
    return "".join(f"(?:{_BETWEEN})?" if JOINING.fullmatch(part) else spelling(part) for part in JOINING.split(word))


def _pattern(name: str, spelling: _Spelling) -> str:
    if is_code(name):
        code = r"(?:[ _-]\n?)?".join(map(re.escape, code_parts(name)))
        return rf"(?<!{LETTER_OR_FIGURE})(?<!\d[.,]){code}(?!{LETTER_OR_FIGURE})(?![.,]\d)"
    inner = _BETWEEN.join(_word(word, spelling) for word in name.split()).replace("," + _BETWEEN, _COMMA)
    return (
        _BROKEN.join(map(re.escape, name))
        if re.fullmatch(f"[{CJK}]+", name)
        else inner
        if re.match(f"[{CJK}]", name)
        else _standing(inner, [name])
    )


def _standing(inner: str, words: list[str]) -> str:
    """The pattern where no letter stands beside it but the ending of a genitive."""
    ending = "(?:s|(?<=[sßxz])ens)?" if any(re.search("[sßxz]$", word, re.IGNORECASE) for word in words) else "s?"
    return rf"(?<!{LETTER}){inner}(?={ending}(?!{LETTER}))"


def _together(name: str) -> str:
    written = "".join(loosely(part) for part in JOINING.split(name)[::2])
    inner = written if len(name) >= _JOINED else f"(?:(?-i:{written})|{written}(?=@)|(?<=@){written})"
    return f"(?<!{LETTER_OR_FIGURE}){inner}(?!{LETTER_OR_FIGURE})"
