"""Merged cells: what stands in one that spans rows belongs to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mentor_app.core.text import Text, plural_text

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; rows count from 1, columns from 0."""


@dataclass(kw_only=True)
class Filled:
    """Column → rows that share a cell with others, all but the first of which were given it; and what is to be said."""

    cells: dict[int, set[int]] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)


def fill_down(rows: Sequence[tuple[int, list[str]]], areas: Sequence[Area], header_row: int) -> Filled:
    """Give every row below the header what stands in the first cell of a merged column of cells. What is merged beside
    each other, or above the table, stays as it is."""
    found = Filled()
    if not areas:
        return found
    by_number = dict(rows)
    down = sorted(area for area in areas if area[0] > header_row and area[2] > area[0])
    for first, column, last, _ in down:
        above = by_number.get(first, [])
        words = above[column] if column < len(above) else ""
        for number in range(first + 1, last + 1):
            row = by_number.get(number)
            if row is None or not words.strip():
                continue
            row += [""] * (column + 1 - len(row))
            row[column] = words
            found.cells.setdefault(column, {first}).add(number)
    if down:
        found.notes.append(
            plural_text(
                "{n} group of cells is merged across rows, from row {row} on; what stands in it counts for each of its rows.",
                "{n} groups of cells are merged across rows; what stands in a group counts for each of its rows. The first begins in row {row}.",
                n=len(down),
                row=down[0][0],
            )
        )
    beside = [area for area in areas if area[3] > area[1] or area[0] <= header_row]
    if beside:
        found.notes.append(
            plural_text(
                "{n} group of cells is merged, in row {row}; only its first cell holds something.",
                "{n} groups of cells are merged; only the first cell of each holds something. The first stands in row {row}.",
                n=len(beside),
                row=min(beside)[0],
            )
        )
    return found
