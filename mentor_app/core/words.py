"""Words as the search sees them: Latin ones whole, CJK characters one by one. Pure text."""

from __future__ import annotations

import re
import unicodedata

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"


_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}_]+")


_RUN = re.compile(rf"[{CJK}]+|[^\W{CJK}_]+")


UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u2800\u3164\uffa0\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<![^\\s!-\u024f\u3040-\u30ff\u4e00-\u9fff\uff00-\uffef])[\u200c\u200d](?![^\\s!-\u024f\u3040-\u30ff\u4e00-\u9fff\uff00-\uffef])"
)
"""What is not to be seen and says nothing: soft hyphens, spaces without width, blank letters, marks of direction or of a file's beginning.
Joiners say something between other letters and between pictures."""
HIDDEN = tuple(
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u2800\u3164\uffa0\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""The characters of which ``UNSEEN`` tells."""


def seen(words: str) -> str:
    """``words`` without the characters that nobody sees: two names that look alike are one."""
    return words if words.isascii() else UNSEEN.sub("", words)


def tokens(words: str) -> list[str]:
    """What a text is indexed by: words in small letters, full width as half width, CJK characters one by one."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", words).casefold())


def runs(words: str) -> list[str]:
    """The words of a query: Latin words and unbroken runs of CJK characters."""
    return _RUN.findall(unicodedata.normalize("NFKC", words).casefold())


def marks(shown: str, words: str) -> list[tuple[int, int]]:
    """Where the words of a query (or, failing that, pairs of its CJK characters) stand in a text: (start, end) each."""
    places: list[tuple[int, int]] = []
    low = shown.casefold()
    if len(low) != len(shown):  # a letter that folds to two: positions would not fit
        low = shown.lower() if len(shown.lower()) == len(shown) else shown
    for run in runs(words):
        pieces = [run]
        if run not in low and len(run) > 2 and re.match(f"[{CJK}]", run):
            pieces = [run[i : i + 2] for i in range(len(run) - 1)]
        for piece in pieces:
            at = low.find(piece)
            while at >= 0:
                places.append((at, at + len(piece)))
                at = low.find(piece, at + len(piece))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
