"""Files that are written in more than one encoding: some cells in UTF-8, or a cell that can't well be text in the encoding of
all the others."""

from __future__ import annotations

import math
import re
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_
from mentor_app.transfer.garbled import is_garbled
from mentor_app.transfer.likelihood import CLEAR, WIDE, are_signs, everyday, is_plausible, weight
from mentor_app.transfer.raw_cells import MARKS_BETWEEN, fault_in, reading, row_of, some_of, text_of

_FEW = 50
_SCRIPT = re.compile(
    r"[\u0370-\u03ff]{3}|[\u0400-\u045f]{3}|[\u05d0-\u05ea]{3}|[\u0621-\u064a]{3}|[\u0800-\uffff]{2}|[^\0-\uffff]"
)
"""Characters of one script: pairs of bytes are some by chance, too, but not three letters of one alphabet."""


def check_utf_8_throughout(path: Path, cells: list[bytes], order: list[str]) -> None:
    """UserError for a file that is UTF-8 in some cells and something else in others."""
    ours = [cell for cell in cells if _is_utf_8(cell)]
    theirs = [cell for cell in cells if not _is_utf_8(cell)]
    if not ours or not theirs:
        return
    if len(cells) > _FEW:
        # Among many cells of two-byte characters some are UTF-8 by chance: each has to be so for itself.
        odds = math.log(1e4) + math.log(len(cells))
        ours = [cell for cell in ours if _utf_8_weight([cell]) > _best([cell], order[:3]) + odds]
    if order:
        ours = [cell for cell in ours if _shows_utf_8(cell)]
        whole = _in_lines_of_utf_8(path, ours, 2 if order[0] in WIDE else 1)
        ours = [cell for cell in ours if cell in whole or not is_plausible(cell.decode(order[0]), order[0], slack=0)]
    if not ours or _utf_8_weight(ours) <= _best(ours, order) + CLEAR:
        return
    rows = {"first": row_of(path, ours[0]), "second": row_of(path, theirs[0])}
    words = N_(
        "{file} is written in more than one encoding: row {first} is UTF-8, row {second} is not. Save it again in one."
    )
    likely = [name for name in order if is_plausible(text_of(some_of(cells), name), name) and _reads_well(ours, name)]
    reads_all = next((name for name in likely if fault_in(path, name) is None), None)
    if reads_all is None:
        raise UserError(words, file=path.name, **rows)
    raise UserError(
        "{file} is written in more than one encoding: row {first} is UTF-8, row {second} is not. Save it again in one (--encoding {encoding} reads all of it as it stands).",
        file=path.name,
        encoding=reads_all,
        **rows,
    )


def _shows_utf_8(cell: bytes) -> bool:
    """Whether valid UTF-8 reads as words do in it: pairs of bytes of another encoding (元 and 千 in GB18030) may be valid, too."""
    words = cell.decode("utf-8")
    return (are_signs(words) and max(words) < "\u0180") or _SCRIPT.search(words) is not None


def _in_lines_of_utf_8(path: Path, cells: list[bytes], least: int) -> set[bytes]:
    """Those of these cells that stand in a line that is UTF-8 as a whole, with so many characters at ``least`` that are not plain
    ASCII."""
    wanted, found = set(cells), set[bytes]()
    with path.open("rb") as file:
        for line in file if cells else ():
            if not line.isascii() and _is_utf_8(line) and sum(ord(c) > 127 for c in line.decode()) >= least:
                found.update(wanted.intersection(MARKS_BETWEEN.split(line)))
    return found


def stranger_in(cells: list[bytes], encoding: str) -> tuple[bytes, str] | None:
    """A cell that can hardly be text in the file's encoding, but well in another; None where all cells fit."""
    if len(cells) == 1:
        return None
    odds = math.log(1e5) + math.log(len(cells))  # among many cells some look strange by chance
    others = [name for name in ("gb18030", "big5", "euc_kr", "cp932", "cp1252") if name != encoding]
    for cell in cells:
        words = cell.decode(encoding)
        if is_plausible(words, encoding, slack=0):
            continue
        for other in others:
            theirs = reading([cell], other)
            if theirs is not None and theirs > weight(words, encoding) + odds:
                return cell, other
    return None


def _reads_well(cells: list[bytes], encoding: str) -> bool:
    """Whether each of these cells is likely text in an encoding, and not garbled."""
    texts = [cell.decode(encoding) for cell in cells]
    return all(is_plausible(words, encoding, slack=0) and not is_garbled(words) for words in texts)


def _best(cells: list[bytes], names: list[str]) -> float:
    """How likely these cells are in the encoding that suits them best."""
    return max((found for name in names if (found := reading(cells, name)) is not None), default=-math.inf)


def _is_utf_8(cell: bytes) -> bool:
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf_8_weight(cells: list[bytes]) -> float:
    """How likely valid UTF-8 is: each further byte of a character is one of 64 by design, not by chance."""
    words = b"\n".join(cells).decode("utf-8")
    known = everyday()
    return sum(
        math.log(0.5 / 700 if c in known["zh_CN"] or c in known["zh_TW"] else 0.3 / 20000)
        if ord(c) > 0x7FF
        else math.log(0.9 / 128)
        for c in words
        if ord(c) > 127
    )
