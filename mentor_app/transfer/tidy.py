"""Names and other short texts as they were meant: spaces that don't break are spaces, and "A&amp;B" of a web page is A&B."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HARD = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Spaces that only a printer tells from an ordinary one."""
_SIGNS = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#039;": "'", "&apos;": "'"}
"""What programs write for the signs that mean something in a web page."""
MARKS = re.compile("[&<>]")
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))


def tidy(words: str) -> str:
    """A short text without outer space, every space in it an ordinary one."""
    return (words if words.isascii() else _HARD.sub(" ", words)).strip()


def is_escaped(cells: Iterable[str]) -> bool:
    """Whether a column is written as in a web page: there is an &, each one begins what stands for a sign, and no sign stands
    there as itself. Cells without ``MARKS`` say nothing."""
    found = [cell for cell in cells if MARKS.search(cell)]
    return bool(found) and all(
        "<" not in cell and ">" not in cell and cell.count("&") == len(_SIGN.findall(cell)) for cell in found
    )


def unescaped(words: str) -> str:
    """The text that a web page shows."""
    return _SIGN.sub(lambda sign: _SIGNS[sign[0]], words)
