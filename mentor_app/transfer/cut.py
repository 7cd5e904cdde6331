"""Whether a text file was cut within its last cell, or before it: then the cell lacks what all above it have."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DECIMALS = re.compile(r".*\d[.,](\d{1,2})\D*")
_FIGURES = re.compile(r"\d+(?:\D\d+)+")
_SOME = 3
"""So many cells at least show a form."""


def is_cut(cell: str, others: Sequence[str]) -> bool:
    """Whether a cell lacks what all ``others`` have: everything, decimals, or figures of a form that is always the same (a day)."""
    clean, filled = cell.strip(), [other.strip() for other in others if other.strip()]
    if not clean:
        return len(others) == len(filled) >= _SOME
    if not any(map(str.isdigit, clean)) or len(filled) < _SOME:
        return False
    places = set(map(_decimals, filled))
    if len(places) == 1 and 0 not in places:
        return _decimals(clean) < places.pop()
    form, *more = {_form(other) for other in filled}
    is_fixed = not more and _FIGURES.fullmatch(form) is not None
    return is_fixed and len(clean) < len(form) and form.startswith(_form(clean))


def _decimals(cell: str) -> int:
    found = _DECIMALS.fullmatch(cell)
    return len(found[1]) if found else 0


def _form(cell: str) -> str:
    return re.sub(r"\d", "0", cell)
