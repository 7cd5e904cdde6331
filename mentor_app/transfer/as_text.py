"""Cells that a program wrote as a formula. ="0012" is there so that a spreadsheet takes it as a text, and =HYPERLINK(…) shows a text: those are
what is meant. What any other formula would give is not known: such a cell is a fault, as it is in a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mentor_app.transfer.values import Fault

_QUOTED = re.compile(r'\s*="([^"=]*)"\s*')
_LINK = re.compile(
    r"""\s*=\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*(?:[,;]\s*(?:"((?:[^"]|"")*)"|([-+]?[0-9.]+))\s*)?\)\s*""",
    re.IGNORECASE,
)
"""A link: its address, and its text, or a number in place of it."""
_CALL = re.compile(r"\s*=[-+(\s]*[A-Za-z_][\w.]*\(.*\)", re.DOTALL)
_PLACE = r"(?:(?:'[^']+'|\w+)!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
_OPERAND = rf'[-+(\s]*(?:{_PLACE}|[0-9][0-9.,]*%?|"[^"]*")[)\s]*'
_SUM = re.compile(rf"\s*=(?:{_OPERAND}(?:<[>=]?|>=?|[-+*/^&=]))*{_OPERAND}")
_TEXT = re.compile(r'"[^"]*"')
_NAMED = re.compile("[A-Z]")
_BEGINNING = re.compile(rb"""(?:\A|[,;\t|"\r\n \xff\xfe\xbf]\x00?)=\x00?["'(+\-$A-Za-z0-9_ ]""")
"""How such a cell begins in a file, also in one of two bytes a character."""
_BLOCK = 1 << 20


def holds_texts(path: Path) -> bool:
    """Whether there may be such cells in a text file."""
    rest = b""
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            if _BEGINNING.search(rest + block):
                return True
            rest = block[-4:]
    return False


def texts(rows: Iterable[list[str]], may_hold: bool = True) -> Iterable[list[str]]:
    """Rows with what is meant in place of such cells."""
    return (list(map(_meant, row)) for row in rows) if may_hold else rows


def _meant(cell: str) -> str:
    if "=" not in cell[:3] or type(cell) is not str:
        return cell
    quoted = _QUOTED.fullmatch(cell)
    if quoted is not None:
        return quoted[1]
    link = _LINK.fullmatch(cell)
    if link is not None:
        return (link[2] or link[3] or link[1]).replace('""', '"')
    return Fault(cell.strip()) if _is_calculated(cell) else cell


def _is_calculated(cell: str) -> bool:
    """Whether a formula calls a function, or calculates with cells; figures alone may be meant as they stand."""
    return bool(_CALL.match(cell) or (_SUM.fullmatch(cell) and _NAMED.search(_TEXT.sub("", cell))))
