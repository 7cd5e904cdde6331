"""Owners whose names may mean somebody known, or each other: slips of the pen, and what CRMs put beside a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from mentor_app.core.people.rules import match_key
from mentor_app.transfer.plain_names import plain_name

_BRACKETS = re.compile(r"[(\[{<（【《][^)\]}>）】》]*[)\]}>）】》]?")
_DOMAIN = re.compile(r"@[\w.-]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ALPHABET = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+(?:['’][^\W\d_]+)*")
_SYLLABLES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_SYLLABLE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_TITLE = re.compile(r"(?:dr|prof|mr|mrs|ms|miss|herr|frau|dipl|ing|mag|mme|sr|sra)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*#\s*\d+$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "å": "aa"})
_BARE = {code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xE0, 0x250)} | {
    ord(letter): bare for letter, bare in {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "\u0131": "i"}.items()
}
"""Latin letters without what stands above or below."""
_MOST_WORDS = 6
"""Of more words than this a text is no name."""
_SHORT = 4


def near_names(names: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Of ``names``, in which nobody known is called exactly so, those that may mean a known one, with that one; else an
    earlier one of ``names`` that may be the same person.

    One slip of the finger (a letter more, less, wrong or swapped; of four letters only swapped) or the order of words; an initial for a word; an addition
    in brackets, a mail address, a department, a second person. Names that differ in a figure are meant to differ, and
    so are those of one file that differ in one letter of a short or a Chinese name. What holds more than a name, and is near to
    nobody, may mean whoever is called by the plain name, which need not be one of ``names``. Of two of them the one that is written
    worse may mean the other.
    """
    people, before, found = _Known(), _Known(), dict[str, str]()
    for one in known:
        people.add(one)
    in_order = list(names)
    for name in sorted(in_order, key=badly_written):
        alone = plain_name(name)
        other = people.slip(name) or people.like(name)
        other = other or before.like(name) or (before.slip(name) if _is_long(name) else None) or alone
        if other is not None and match_key(other) != match_key(name):
            found[name] = other
        before.add(alone or name)
    return {name: found[name] for name in in_order if name in found}


def slips(names: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Of ``names`` of teams, regions and projects those that one letter tells from a known one, or the order of words, or what
    stands above letters; none in Chinese, where one character makes 华东 of 华南."""
    there, found = _Known(), dict[str, str]()
    for one in known:
        there.add(one)
    for name in names:
        other = None if _SYLLABLES.search(name) else there.slip(name) or there.written(name)
        if other is not None and match_key(other) != match_key(name):
            found[name] = other
    return found


def badly_written(name: str) -> int:
    """How far a name is from the plain, well-written one: Anna Berg comes before Berg, Anna, ANNA BERG, Dr. Anna Berg, and
    anna.berg@acme.com."""
    words = _WORD.findall(name)
    return (
        16 * (plain_name(name) is not None or bool(re.search(r"[@#\d(\[{<（【]", name)))
        + 8 * any(len(one) == 1 and one.isascii() for one in words)
        + 4 * bool(_TITLE.match(name))
        + 2 * (name.isupper() or name.islower())
        + ("," in name)
        + name.isascii()  # Mueller for Müller, Jose for José
    )


class _Known:
    """Names by everything they may be written as."""

    def __init__(self) -> None:
        self._by_short: dict[str, str] = {}
        self._by_words: dict[str, str] = {}
        self._by_initials: dict[str, str] = {}
        self._by_part: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Remember a name."""
        key, words = match_key(name), _words(name)
        self._by_words.setdefault(_sorted(words), name)
        self._by_words.setdefault(_together(words), name)
        self._by_words.setdefault(_bare(name), name)
        for short in _shortened(key):
            self._by_short.setdefault(short, name)
        for form in _initials(words):
            self._by_initials.setdefault(form, name)
        for form in _parts(words):
            self._by_part.setdefault(form, name)

    def slip(self, name: str) -> str | None:
        """The name that one letter tells from this one."""
        key = match_key(name)
        other = next((self._by_short[short] for short in _shortened(key) if short in self._by_short), None)
        return other if other is not None and _marks(key) == _marks(match_key(other)) else None

    def written(self, name: str) -> str | None:
        """The name of the same words."""
        return self._by_words.get(_sorted(_words(name))) or self._by_words.get(_bare(name))

    def like(self, name: str) -> str | None:
        """The name that these words may mean."""
        words = _words(name)
        whole = _sorted(words)
        found = (
            self.written(name)
            or self._by_words.get(_sorted(_words(_NUMBERED.sub("", name))))
            or self._by_words.get(_together(words))
            or self._by_initials.get(whole)
            or self._by_part.get(whole)
        )
        forms = (*_parts(words), *_initials(words), *(one for one in words if _SYLLABLES.fullmatch(one)))
        return found or next((self._by_words[form] for form in forms if form in self._by_words), None)


def _words(name: str) -> list[str]:
    """The words of a name without what stands in brackets (unless all does) and without where its mail goes to, umlauts as two letters."""
    return _split(match_key(name).translate(_UMLAUTS))


def _bare(name: str) -> str:
    """The words of a name in the letters that every keyboard has: Muller for Müller, too."""
    return _sorted(_split(match_key(name).translate(_BARE)))


def _split(key: str) -> list[str]:
    bare = _BRACKETS.sub(" ", key)
    words = _WORD.findall(_DOMAIN.sub(" ", bare if _WORD.search(bare) else key))
    return [word for word in words if not _TITLE.fullmatch(word)] or words


def _together(words: list[str]) -> str:
    """The words of a Chinese name, which may be written apart, in their order."""
    return "".join(words) if all(map(_SYLLABLE.fullmatch, words)) else _sorted(words)


def _sorted(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _parts(words: list[str]) -> Iterator[str]:
    """Two or more words in a row, and the first with the last; what is left away is no small number, which would tell two of
    one name apart."""
    size = len(words)
    if not 2 < size <= _MOST_WORDS:
        return
    for start in range(size - 1):
        for end in range(start + 2, size + 1):
            rest = words[:start] + words[end:]
            if rest and all(map(_is_name, words[start:end])) and not any(map(_tells, rest)):
                yield _sorted(words[start:end])
    if _is_name(words[0]) and _is_name(words[-1]) and not any(map(_tells, words[1:-1])):
        yield _sorted((words[0], words[-1]))


def _initials(words: list[str]) -> Iterator[str]:
    """The words with one of them as an initial."""
    if 1 < len(words) <= 3 and all(_ALPHABET.fullmatch(one) and len(one) > 1 for one in words):
        for i, one in enumerate(words):
            yield _sorted((*words[:i], one[0], *words[i + 1 :]))


def _is_name(word: str) -> bool:
    return bool(_ALPHABET.fullmatch(word))


def _tells(word: str) -> bool:
    return word.isdigit() and len(word) < 3


def _shortened(key: str) -> set[str]:
    """A name and what it is without any one letter; too short a name resembles too many: of four letters only two may be exchanged."""
    if len(key) == _SHORT and key.isascii():
        return {key, *(f"{key[:i]}{key[i + 1]}{key[i]}{key[i + 2 :]}" for i in range(1, _SHORT - 1))}
    if len(key) < (_SHORT + 1 if key.isascii() else 3):
        return {key}
    return {key, *(key[:i] + key[i + 1 :] for i in range(len(key)))}


def _is_long(name: str) -> bool:
    return len(match_key(name)) >= 8 and not _SYLLABLES.search(match_key(name))


def _marks(key: str) -> list[str]:
    """Figures and single letters: who differs in them is meant to differ."""
    words = _WORD.findall(key)
    return [
        *(c for c in key if c.isdigit()),
        *sorted(one for one in words if len(one) == 1 and one.isascii() and one.isalpha()),
    ]
