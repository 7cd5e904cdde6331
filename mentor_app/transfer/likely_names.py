"""Columns that may hold the names of deals or customers, though their headers are not known: texts, most of them different."""

from __future__ import annotations

from collections.abc import Sequence

from mentor_app.transfer.dates import are_mostly_days
from mentor_app.transfer.recognise import holds_other_texts, may_be_identity
from mentor_app.transfer.values import EMPTY, Number, plain

_FEW, _LONGEST = 3, 80


def may_hold_names(header: str, cells: Sequence[str], rows: int) -> bool:
    """Whether the filled ``cells`` of a column may be such names; ``rows`` were looked at."""
    texts = [plain(cell) for cell in cells if not isinstance(cell, Number) and plain(cell).casefold() not in EMPTY]
    if holds_other_texts(header) or not may_be_identity(header) or len(texts) < max(_FEW, rows / 2):
        return False
    words = [one for one in texts if any(map(str.isalpha, one)) and "@" not in one and len(one) <= _LONGEST]
    are_codes = all(" " not in one and any(map(str.isdigit, one)) for one in texts)
    is_told = 2 * len({one.casefold() for one in texts}) > len(texts) and 10 * len(words) >= 9 * len(texts)
    return is_told and not are_codes and not are_mostly_days(cells)
