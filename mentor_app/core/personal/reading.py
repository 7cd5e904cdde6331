"""Texts as a page shows them: without the tags of HTML, with what is written in codes as the character it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote_to_bytes

from mentor_app.core.personal.letters import Reading, as_read

_WITHIN_LINES = "a|abbr|b|big|code|del|em|font|i|ins|mark|s|small|span|strong|strike|sub|sup|tt|u|wbr"
_ENDING_LINES = "br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"
TAG = re.compile(rf"</?(?:({_WITHIN_LINES})|({_ENDING_LINES}))(?:\s[^<>]{{0,200}})?/?>", re.IGNORECASE)
ENDING_LINE = rf"</?(?:{_ENDING_LINES})(?:\s[^<>]{{0,200}})?/?>"
_CODED = re.compile(
    rf"&(?:#\d{{1,7}}|#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,30}});|(?:%[0-9a-f]{{2}})+|{TAG.pattern}", re.IGNORECASE
)
CODED = ("&[a-zA-Z#]", "%[0-9a-fA-F][0-9a-fA-F]", "<[/a-zA-Z]")
"""Patterns, for a database, of what may be such a code or tag."""
_APOSTROPHES, _HYPHENS = "’‘`\u201b\u00b4\u02b9\u02bb\u02bc\u2032", "\u2010\u2011"
_ALIKE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_HYPHENS, "-"))
_ALIKE_ANY = re.compile(f"[{_APOSTROPHES}{_HYPHENS}]")
_DIVIDED = re.compile(r"(?<=[^\W\d_])-\r?\n[ \t]*(?=[^\W\d_])")
_RUN = re.compile(r"\s*[\r\n]\s*(?:[>•*–—-](?:[ \t\u00a0]+|(?=>)))*|\s+")
"""A run of white space; behind a line's end also what quotes or lists begin with."""
_UNEVEN = re.compile(r"[^\S \n]|\s\s|\n[>•*–—-](?:[ \t\u00a0]|>)")
_LINE_END = re.compile(r"[\t\r\n]")
DIVIDED = ("-\n", "-\r\n")
"""How a word ends a line that goes on in the next one."""


def as_shown(words: str) -> Reading:
    """Words as people read them (``as_read``), also on a page; all apostrophes are one, and all hyphens."""
    decoded = _decoded(words) if any(sign in words for sign in "&%<") and _CODED.search(words) else None
    read = as_read(decoded.words if decoded else words)
    told = read.words.translate(_ALIKE) if _ALIKE_ANY.search(read.words) else read.words
    if decoded is None:
        return Reading(told, read.begins, read.ends)
    begins = [decoded.begins[at] for at in read.begins]
    return Reading(told, begins, [decoded.ends[end - 1] for end in read.ends])


def evenly(read: Reading) -> Reading:
    """The same with one blank for each run of white space, or, where a line or a column ends in it, one line end."""
    if not _UNEVEN.search(read.words):
        return read
    runs = [one for one in _RUN.finditer(read.words) if one[0] not in (" ", "\n")]
    words, begins, ends, last = list[str](), list[int](), list[int](), 0
    for one in runs:
        words += read.words[last : one.start()], "\n" if _LINE_END.search(one[0]) else " "
        begins += [*read.begins[last : one.start()], read.begins[one.start()]]
        ends += [*read.ends[last : one.start()], read.ends[one.end() - 1]]
        last = one.end()
    words.append(read.words[last:])
    begins += read.begins[last:]
    ends += read.ends[last:]
    return Reading("".join(words), begins, ends)


def undivided(read: Reading) -> Reading:
    """The same with words in one that the end of a line divides; the same object where there are none."""
    if "-" not in read.words or "\n" not in read.words:
        return read
    out = {
        at
        for one in _DIVIDED.finditer(read.words)
        if read.words[one.end()].islower()
        for at in range(one.start(), one.end())
    }
    kept = [at for at in range(len(read.words)) if at not in out] if out else []
    if not out:
        return read
    words = "".join(read.words[at] for at in kept)
    return Reading(words, [read.begins[at] for at in kept], [read.ends[at] for at in kept])


def _decoded(words: str) -> Reading:
    told, begins, ends, last = list[str](), list[int](), list[int](), 0

    def add(signs: Iterable[tuple[str, int, int]]) -> None:
        for sign, begin, end in signs:
            told.append(sign)
            begins.append(begin)
            ends.append(end)

    for found in _CODED.finditer(words):
        add((words[at], at, at + 1) for at in range(last, found.start()))
        add(_meant(found))
        last = found.end()
    add((words[at], at, at + 1) for at in range(last, len(words)))
    return Reading("".join(told), begins, ends)


def _meant(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """What a code stands for, each character with its place; the code itself where it stands for none."""
    written, (begin, end) = found[0], found.span()
    if written[0] == "<":
        yield from [("\n", begin, end)] if found[2] else []
        return
    if written[0] == "&":
        meant = unescape(written)
        if meant != written:
            yield from ((sign, begin, end) for sign in meant)
            return
    else:
        try:
            for sign in unquote_to_bytes(written).decode("utf-8"):
                size = 3 * len(sign.encode("utf-8"))
                yield sign, begin, begin + size
                begin += size
            return
        except UnicodeDecodeError:
            pass
    yield from ((sign, at, at + 1) for at, sign in enumerate(written, found.start()))
