"""Rows above the header that hold more than a title: perhaps records that are read by nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mentor_app.core.text import Text, plural_text
from mentor_app.transfer.values import brief

_MORE = 3
"""So many cells hold more than a title, or a word and what it says (Date: 2026-11-20)."""


def notes_on_rows_above(rows: Iterable[tuple[int, Sequence[str]]]) -> list[Text]:
    """That these rows are not read, as far as there is more in them, and figures."""
    filled = [(number, [cell.strip() for cell in row if cell.strip()]) for number, row in rows]
    more = [(number, cells) for number, cells in filled if len(cells) >= _MORE and _holds_figures(cells)]
    if not more:
        return []
    note = plural_text(
        "{n} row above the header is not read: row {row}: {words}",
        "{n} rows above the header are not read, the first of them row {row}: {words}",
        n=len(more),
        row=more[0][0],
        words=brief(" · ".join(more[0][1])),
    )
    return [note]


def _holds_figures(cells: Sequence[str]) -> bool:
    return any(map(str.isdigit, "".join(cells)))
