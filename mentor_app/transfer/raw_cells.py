"""The bytes of a text file: its cells that are not plain ASCII, where they stand, and how likely they are in an encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from mentor_app.transfer.likelihood import weight

MARKS_BETWEEN = re.compile(rb'[,;\t\r\n"]')
"""What stands between cells, whatever the encoding."""
_CHUNK = 1 << 22
_MAX_CELLS = 50_000
_SOME = 2000


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def fault_in(path: Path, encoding: str) -> int | None:
    """The line in which the file can't be read in ``encoding``, None where all of it can."""
    decoder, line = codecs.getincrementaldecoder(encoding)("strict"), 1
    try:
        for chunk in chunks(path):
            if not (encoding == "utf-8" and chunk.isascii() and not decoder.getstate()[0]):
                decoder.decode(chunk)
            line += chunk.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return line + error.object[: error.start].count(b"\n")
    except (UnicodeError, ValueError):
        return line
    return None


def cells_of(path: Path) -> list[bytes]:
    """The distinct cells of the whole file that are not plain ASCII."""
    cells: dict[bytes, None] = {}
    rest = b""
    for chunk in chunks(path):
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        block, rest = (block[:end], block[end:]) if end else (b"", block)
        if len(rest) > _CHUNK * 4:
            block, rest = block + rest, b""
        cells.update(_foreign(block))
        if len(cells) > _MAX_CELLS:
            return list(cells)  # what so many say, the others won't take back: the whole file is decoded all the same
    cells.update(_foreign(rest))
    return list(cells)


def _foreign(block: bytes) -> dict[bytes, None]:
    """The cells of some lines that are not plain ASCII."""
    if block.isascii():
        return {}
    lines = b"\n".join(line for line in block.split(b"\n") if not line.isascii())
    return dict.fromkeys(cell for cell in MARKS_BETWEEN.split(lines) if not cell.isascii())


def row_of(path: Path, cell: bytes) -> int:
    """The line in which a cell first stands."""
    line, rest = 1, b""
    for chunk in chunks(path):
        block = rest + chunk
        at = block.find(cell)
        if at >= 0:
            return line + block[:at].count(b"\n")
        cut = max(0, len(block) - len(cell))
        line += block[:cut].count(b"\n")
        rest = block[cut:]
    return line


def some_of(cells: list[bytes]) -> list[bytes]:
    """So many cells as are enough to weigh readings by, from everywhere."""
    return cells if len(cells) <= _SOME else Random(len(cells)).sample(cells, _SOME)


def text_of(cells: list[bytes], encoding: str) -> str:
    """These cells on lines of their own; UnicodeDecodeError where they can't be read in ``encoding``."""
    return b"\n".join(cells).decode(encoding)


def reading(cells: list[bytes], encoding: str) -> float | None:
    """The logarithm of how likely these cells are as text in ``encoding``; None where they can't be read in it."""
    try:
        words = text_of(cells, encoding)
    except UnicodeDecodeError:
        return None
    return weight(words, encoding)
