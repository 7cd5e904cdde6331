"""Names and other short texts as they were meant: spaces that don't break are spaces, and "A&amp;B" of a web page is A&B."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

_HARD = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Spaces that only a printer tells from an ordinary one."""
MARKS = re.compile("[&<>]")
_SIGN = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
"""What programs write for a sign or a letter in a web page: &amp; &#39; &uuml;"""


def tidy(words: str) -> str:
    """A short text without outer space, every space in it an ordinary one."""
    return (words if words.isascii() else _HARD.sub(" ", words)).strip()


def is_escaped(cells: Iterable[str]) -> bool:
    """Whether a column is written as in a web page: there is an &, each one begins what stands for a sign, and no sign stands
    there as itself. Cells without ``MARKS`` say nothing."""
    found = [cell for cell in cells if MARKS.search(cell)]
    return bool(found) and all(
        "<" not in cell
        and ">" not in cell
        and cell.count("&") == sum(unescape(sign) != sign for sign in _SIGN.findall(cell))
        for cell in found
    )


def unescaped(words: str) -> str:
    """The text that a web page shows."""
    return _SIGN.sub(lambda sign: unescape(sign[0]), words)
