"""Two who changed one record since it was read: what of theirs goes together by itself, and what somebody has to choose."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Merge(Generic[K, V]):
    """What came of it, field by field.

    ``values``: what stands without anybody being asked; what is contested stands in it as it was stored. ``contested``: what
    both changed, to something else. ``brought``: what only the one who saved first has changed.
    """

    values: dict[K, V | None]
    contested: tuple[K, ...]
    brought: tuple[K, ...]


def merge(base: Mapping[K, V], mine: Mapping[K, V], stored: Mapping[K, V]) -> Merge[K, V]:
    """Put together what ``mine`` and what ``stored`` say, both of which began as ``base``; what is missing says None."""
    values: dict[K, V | None] = {}
    contested, brought = [], []
    for name in dict.fromkeys((*stored, *mine)):
        before, here, there = base.get(name), mine.get(name), stored.get(name)
        values[name] = there
        if here == there:
            continue
        if here == before:
            brought.append(name)
        elif there == before:
            values[name] = here
        else:
            contested.append(name)
    return Merge(values, tuple(contested), tuple(brought))


def both_texts(base: str, mine: str, stored: str) -> str:
    """Two texts in one: what both went on writing below the same words stands below them once; else one after the other."""
    if mine.strip() in stored:
        return stored
    if stored.strip() in mine:
        return mine
    if base and mine.startswith(base) and stored.startswith(base):
        return stored + "\n" * (not stored.endswith("\n")) + mine[len(base) :].lstrip("\n")
    return f"{stored.rstrip()}\n\n{mine.lstrip()}"


def both_lists(mine: str, stored: str, mark: str = ";") -> str:
    """Two lists of names in one line, each name once."""
    names = [name.strip() for name in f"{stored}{mark}{mine}".split(mark)]
    return f"{mark} ".join(dict.fromkeys(name for name in names if name))
