"""Cells that a program wrote as a formula, ="0012", so that a spreadsheet takes them as texts: the text is what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_QUOTED = re.compile(r'\s*="([^"=]*)"\s*')
_SIGNS = (b'="', b'=\x00"\x00', b'\x00=\x00"')
"""How such a cell begins in a file, also in one of two bytes a character."""
_BLOCK = 1 << 20


def holds_texts(path: Path) -> bool:
    """Whether there may be such cells in a text file."""
    rest = b""
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            if any(sign in rest + block for sign in _SIGNS):
                return True
            rest = block[-3:]
    return False


def texts(rows: Iterable[list[str]], may_hold: bool = True) -> Iterable[list[str]]:
    """Rows with what is meant in place of such cells."""
    return (list(map(_meant, row)) for row in rows) if may_hold else rows


def _meant(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell) if '="' in cell and type(cell) is str else None
    return cell if quoted is None else quoted[1]
