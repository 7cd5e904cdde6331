"""Files written in an encoding of several bytes a character of which a few bytes were lost or changed on their way: nearly all
cells can be read in it, and read well."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence
from itertools import islice

from mentor_app.core.text import N_
from mentor_app.transfer.likelihood import WIDE, is_plausible, weight

DAMAGED = N_(
    "{file} is written in {encoding}, but row {row} can't be read in it: some bytes there were lost or changed. Export the file once more."
)
_ODDS = math.log(1e9)  # against a damaged cell: rather a rare character of another encoding
_SHARE = 4
_KIN = {
    "gbk": "gb18030", "gb2312": "gb18030", "cp950": "big5", "shift_jis": "cp932", "shift_jisx0213": "cp932", "johab": "cp949",
    "eucjis2004": "euc_jp", "eucjisx0213": "euc_jp",
}  # fmt: skip
"""Encodings that are weighed as the one they are like."""


def likeliest(cells: Sequence[bytes], some: Sequence[bytes]) -> tuple[str, float] | None:
    """The encoding of several bytes a character in which the cells, of which ``some`` are weighed, read best but for a few damaged
    ones, and how likely that is; None where there is none."""
    found: list[tuple[float, str]] = []
    for name in WIDE:
        broken = _broken(cells, name)
        words = _words(some, name)
        if broken and is_plausible(words, name, slack=0):
            found.append((weight(words, name) - _ODDS * broken, name))
    best = max(found, default=None)
    return None if best is None else (best[1], best[0])


def is_nearly(cells: Sequence[bytes], given: str) -> bool:
    """Whether all but a few of the cells can be read in the ``given`` encoding, and read well there."""
    name = codecs.lookup(given).name
    if name == "utf-8":
        return bool(_broken(cells, name))
    name = _KIN.get(name, name)
    return name in WIDE and bool(_broken(cells, name)) and is_plausible(_words(cells, name), name, slack=0)


def _broken(cells: Sequence[bytes], encoding: str) -> int:
    """How many cells can't be read in an encoding; 0 where all can, or where those are not just a few."""
    most = min(max(1, len(cells) // _SHARE), len(cells) - 1)
    broken = sum(1 for _ in islice((cell for cell in cells if not _reads(cell, encoding)), most + 1))
    return broken if broken <= most else 0


def _reads(cell: bytes, encoding: str) -> bool:
    try:
        cell.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _words(cells: Sequence[bytes], encoding: str) -> str:
    """What can be read of the cells."""
    return "\n".join(cell.decode(encoding, "ignore") for cell in cells)
