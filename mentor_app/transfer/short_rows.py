"""Rows of a text file that have fewer cells than its header. Where hardly any has, such a row was cut, or lost a separator: what it
lacks is not taken for empty. Where many have, the program that wrote the file leaves out empty cells at the end."""

from __future__ import annotations

from collections.abc import Mapping

from mentor_app.core.imports import Problem
from mentor_app.core.text import N_, Text, plural_text, text
from mentor_app.transfer.reading import MOST_SHORT, Source

_FEW = 2
_SHARE = 10


def problem_of(source: Source, number: int, places: Mapping[str, int]) -> Problem | None:
    """Why a row can't be taken that lacks a cell of what is read, by the ``places`` of its fields; None where it can."""
    cells = source.short.get(number)
    if cells is None or not _are_few(source):
        return None
    place = min((place for place in places.values() if place >= cells), default=None)
    if place is None:
        return None
    words = N_(
        "The row has only {n} of {width} cells, and hardly any other lacks some. If nothing is missing, end it with the separators of its empty cells."
    )
    return Problem(number, source.headers[place], "", text(words, n=cells, width=len(source.headers)))


def note(source: Source, places: Mapping[str, int]) -> Text | None:
    """What is to be said where many rows lack cells of what is read."""
    last = max(places.values(), default=0)
    rows = [number for number, cells in source.short.items() if cells <= last]
    if not rows or _are_few(source):
        return None
    return plural_text(
        "{n} row has fewer cells than the header: what it lacks is read as empty. It is row {row}.",
        "{n} rows have fewer cells than the header: what they lack is read as empty. The first is row {row}.",
        n=len(rows),
        row=rows[0],
    )


def _are_few(source: Source) -> bool:
    return len(source.short) <= min(max(_FEW, source.full // _SHARE), source.full - 1, MOST_SHORT - 1)
