"""How a person's name is found in texts: its spellings and forms, and where it is only part of another word or name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from mentor_app.core.people.rules import match_key
from mentor_app.core.words import HIDDEN, UNSEEN

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_ANY = r"[^\W_]"
_LETTER = rf"[^\W_{_CJK}]"  # Chinese has no spaces: a name stands between other characters
_TELLING = 4  # characters; a shorter name turned round is often the end of one word and the beginning of another
_GAPS = (" ", "\u00a0", "\u3000", "・", "·", ".", "\uff0e")
_BETWEEN = (
    r"(?:\s+(?:[a-zA-Z\u00c0-\u024f]\.?\s+)?|\.|\s*[_·•’'\"“”\u2010-\u2015/\\+|(-]+\s*"
    r"|(?:%20|&nbsp;|&#(?:32|160|x20|xa0);)+|\s*(?:</?[a-zA-Z]{1,9}>\s*)+)"
)
"""Between two words of a name, also in an address, a file's name or a web page: jonas.weber, Jonas_Weber, Jonas%20Weber; also the
initial of another given name: Jonas M. Weber. After a dot and a space something else begins."""
_CODE = re.compile(r"(?=.*\d)[!-~]+")
"""An employee number, or a name with a number: of a longer one it is no part, however long it is."""
_JOINED = (
    10  # letters; a shorter name written together is often a word, such as Ma Ke in make, but for an address (make@)
)


def mentions(names: Iterable[str], others: Iterable[str], common: Collection[str] = ()) -> re.Pattern[str] | None:
    """Finds these names in texts, and first of all (as ``other``) longer names of others they are a part of.

    ``common`` are those of them that are found only as whole words.
    """
    others = list(others)
    taken = {match_key(name) for name in others}
    told = sorted(spellings(names), key=len, reverse=True)
    if not told:
        return None
    forms = [one for name in told for one in _forms(name, name in common) if one.text == name or one.key not in taken]
    keys = {_together_key(one.key) for one in forms}
    longer = sorted(
        (o for o in others if any(key in one for key in keys for one in _holding(o))), key=len, reverse=True
    )
    mine = {match_key(name) for name in told}
    theirs = [one.pattern for o in longer for one in _written(o, of_another=True) if one.key not in mine]
    straight, turned = ("|".join(one.pattern for one in forms if one.turned is way) or "(?!)" for way in (False, True))
    return re.compile(f"(?P<other>{'|'.join(theirs) or '(?!)'})|(?:{straight})|(?P<turned>{turned})", re.IGNORECASE)


def cut_by(names: Iterable[str], others: Iterable[str]) -> re.Pattern[str] | None:
    """Finds names of others that end or begin as a part of these does: two of them beside each other look like one of these
    turned round ("Ann Okapi, Quentin Lee")."""
    parts = {match_key(word) for name in names for word in _words(name)}
    keys = ((o, _together_key(match_key(o))) for o in others)
    beside = [o for o, key in keys if any(key.startswith(part) or key.endswith(part) for part in parts if part)]
    patterns = [one.pattern for o in sorted(beside, key=len, reverse=True) for one in _written(o, of_another=True)]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def replaced(found: re.Pattern[str], cut: re.Pattern[str] | None, words: str, neutral: str) -> str:
    """Words with the names that ``found`` finds replaced, whatever width their letters have and whatever stands between these that
    nobody sees; one turned round only where it is not made of two other names."""
    read, places = as_read(words)
    spans: list[tuple[int, int]] | None = None
    told, last = "", 0
    for match in found.finditer(read):
        if match["other"]:
            continue
        if match["turned"]:
            if spans is None:
                spans = [one.span() for one in cut.finditer(read)] if cut is not None else []
            if any(begin < match.end() and match.start() < end for begin, end in spans) or _between_words(match):
                continue
        told += words[last : places[match.start()]] + neutral
        last = places[match.end() - 1] + 1
    return told + words[last:]


def as_read(words: str) -> tuple[str, Sequence[int]]:
    """Words as people read them, full width as half width and without what nobody sees; and where each character stands."""
    if words.isascii() or not _OTHERWISE.search(words):
        return words, range(len(words))
    hidden = {at for found in UNSEEN.finditer(words) for at in range(*found.span())}
    kept = [(at, _half(sign)) for at, sign in enumerate(words) if at not in hidden]
    return "".join(sign for _, sign in kept), [at for at, _ in kept]


def _half(sign: str) -> str:
    return chr(ord(sign) - 0xFEE0) if _FULL[0] <= sign <= _FULL[1] else sign


_FULL = ("\uff01", "\uff5e")
OTHERWISE = "".join(HIDDEN) + "".join(chr(sign) for sign in range(0xFF10, 0xFF5B) if chr(sign).isalnum())
"""Signs that are read otherwise than they are written: such as nobody sees, and letters and figures in full width."""
_OTHERWISE = re.compile(f"[{_FULL[0]}-{_FULL[1]}]|{UNSEEN.pattern}")


def _between_words(match: re.Match[str]) -> bool:
    """Whether a name turned round may be the end of one name and the beginning of another: there is more of both."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if re.search(f"[{_CJK}]$", before) and re.match(f"[{_CJK}]", after):
        return bool(re.search(r"[\s,，、・·]", match[0]))
    one, other = re.search(r"([^\W\d_]+)[ \u00a0]$", before), re.match(r"[ \u00a0]([^\W\d_]+)", after)
    return one is not None and other is not None and one[1][0].isupper() and other[1][0].isupper()


def spellings(names: Iterable[str]) -> list[str]:
    """The names that are looked for in texts, with accents as one character and as two, and in small letters where those
    are other characters (İ). One character alone is no name."""
    forms = (form for name in names if len(name) > 1 for form in (name, *(normalize(f, name) for f in ("NFC", "NFD"))))
    both = (one for form in forms for one in ((form,) if len(form.lower()) == len(form) else (form, form.lower())))
    return list(dict.fromkeys(both))


def looked_for(name: str) -> set[str]:
    """Pieces of a name, one of which stands in each of its forms."""
    words = _words(name)
    if len(words) == 1 and _is_short_cjk(name):
        if len(name) == 2:
            return {name, *(f"{name[0]}{gap}{name[1]}" for gap in _GAPS)}
        return {name[:2], name[-2:]}
    if len(words) == 1 and _CODE.fullmatch(name):
        return {_code_parts(name)[-1]}
    return {max(words or name.split(), key=len)}


def known_as(name: str) -> set[str]:
    """The forms of a name, as they are compared."""
    return {one.key for one in _forms(name, False)}


def whole_word(name: str) -> str:
    """A pattern that finds a name where no letter or digit of any script stands beside it."""
    return f"(?<!{_ANY}){_inner(name)}(?!{_ANY})"


def part_of_words(name: str) -> str:
    """A pattern that finds a name as a word; a Chinese one also between other characters, where no space tells."""
    return f"(?<!{_LETTER}){_inner(name)}(?!{_LETTER})"


@dataclass(frozen=True)
class _Form:
    """A way to write a name, and the pattern that finds it."""

    text: str
    pattern: str
    turned: bool = False
    """Whether the given and the family name stand the other way round, or in parts: two names beside each other may look so."""

    @property
    def key(self) -> str:
        return match_key(self.text)


def _forms(name: str, is_common: bool) -> list[_Form]:
    if is_common:
        return [_Form(form, whole_word(form), _is_turned(form, name)) for form in _orders(name)] + [
            _Form(form, _together(form)) for form in _joined(name)
        ]
    return _written(name) + [_Form(form, _together(form)) for form in _joined(name)]


def _written(name: str, of_another: bool = False) -> list[_Form]:
    """The forms of a name with spaces where it has them, the name itself first; of a Chinese or Japanese one all."""
    orders = [_Form(form, _pattern(form), _is_turned(form, name)) for form in _orders(name)]
    return orders + list(_of_characters(name, of_another))


def _is_turned(form: str, name: str) -> bool:
    words = _words(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        return False
    return form != " ".join(words if not re.search("[,，]", name) else [*words[1:], words[0]])


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
            between = r"(?:\s*[,，、・·]\s*|\s+)"
            yield _Form(f"{first} {second}", _bounded(re.escape(first) + between + re.escape(second), short), turned)
    elif of_another or _is_short_cjk(name):
        gap = f"[{''.join(_GAPS)}]"
        for at in range(1, len(name)):
            pattern = re.escape(name[:at]) + gap + re.escape(name[at:])
            yield _Form(f"{name[:at]} {name[at:]}", _bounded(pattern, len(name) < 3))


def _bounded(pattern: str, is_word: bool) -> str:
    return f"(?<!{_ANY}){pattern}(?!{_ANY})" if is_word else pattern


def _is_short_cjk(name: str) -> bool:
    return re.fullmatch(f"[{_CJK}]{{2,4}}", name) is not None


def _together_key(key: str) -> str:
    """A key by which a name is found in another, however either is spaced; only names in characters are written without."""
    return re.sub(rf"(?<=[{_CJK}])[\s,，、・·]+(?=[{_CJK}])", "", key)


def _holding(name: str) -> tuple[str, ...]:
    """The key by which a name is found in another, also without the initials within it."""
    words = _words(name)
    inner = [word for at, word in enumerate(words) if at in (0, len(words) - 1) or len(word.rstrip(".")) > 1]
    return tuple({_together_key(match_key(one)) for one in (name, " ".join(inner))})


def _words(name: str) -> list[str]:
    spaced = re.sub(rf"(?<=[{_CJK}])\s*[・·、]\s*(?=[{_CJK}])", " ", name)
    return re.split(r"[\s,，]+", spaced.strip(" \t,，"))


def _orders(name: str) -> list[str]:
    """A name as it is; of several words also the last first, with a comma and without. Chinese as it is."""
    words = _words(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        return [name]
    first = words if not re.search("[,，]", name) else [*words[1:], words[0]]
    *given, last = first
    first_name = " ".join(given)
    commas = [f"{last}, {first_name}", f"{first_name}, {last}"]
    return list(dict.fromkeys([name, " ".join(first), f"{last} {first_name}", *commas]))


def _joined(name: str) -> list[str]:
    words = _words(name)
    if len(words) < 2 or re.search(f"[{_CJK}]", name):
        return []
    return list(dict.fromkeys("".join(some) for some in (words, [*words[1:], words[0]], [words[-1], *words[:-1]])))


def _inner(name: str) -> str:
    return _BETWEEN.join(map(re.escape, name.split())).replace("," + _BETWEEN, r"\s*[,，]\s*")


def _pattern(name: str) -> str:
    if _CODE.fullmatch(name):
        code = "[ -]?".join(map(re.escape, _code_parts(name)))
        return rf"(?<!{_LETTER})(?<!\d[.,]){code}(?!{_LETTER})(?![.,]\d)"
    if re.match(f"[{_CJK}]", name):
        return _inner(name)
    return rf"(?<![^\W\d_{_CJK}]){_inner(name)}(?=s?(?![^\W\d_{_CJK}]))"


def _code_parts(name: str) -> list[str]:
    return re.split(r"(?<=[a-zA-Z])(?=\d)", name, maxsplit=1)


def _together(name: str) -> str:
    written = re.escape(name)
    inner = written if len(name) >= _JOINED else f"(?:(?-i:{written})|{written}(?=@))"
    return f"(?<!{_LETTER}){inner}(?!{_LETTER})"
