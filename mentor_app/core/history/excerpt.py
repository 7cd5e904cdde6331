"""Two long texts beside each other, shown where they differ: what is alike at the beginning and the end is left away."""

from __future__ import annotations

from itertools import takewhile

MOST, AROUND = 90, 24
"""Characters shown of each; characters alike that are shown before and after what differs."""


def apart(before: str, after: str) -> tuple[str, str]:
    """Both texts in one line each, so that a reader sees what was changed; short ones as they are."""
    was, now = " ".join(before.split()), " ".join(after.split())
    if was == now:  # only lines and blanks differ
        was, now = before.replace("\n", " ⏎ "), after.replace("\n", " ⏎ ")
    if max(len(was), len(now)) <= MOST:
        return was, now
    alike = _alike(was, now)
    end = _alike(was[alike:][::-1], now[alike:][::-1])
    first = _word_before(was, max(0, alike - AROUND)) if was and now else 0
    return _cut(was, first, end), _cut(now, first, end)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _word_before(words: str, at: int) -> int:
    """Where the word begins that stands at ``at``, if that is near."""
    blank = words.rfind(" ", max(0, at - 12), at + 1)
    return at if at == 0 or blank < 0 else blank + 1


def _cut(words: str, first: int, end: int) -> str:
    last = min(len(words), max(len(words) - end + AROUND, first), first + MOST)
    return f"{'… ' if first else ''}{words[first:last].strip()}{' …' if last < len(words) else ''}"
