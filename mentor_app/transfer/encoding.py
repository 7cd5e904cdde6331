"""The encoding of a text file, decided from all of it: every cell that is not plain ASCII is read in every encoding that
can hold the file, and the readings are weighed against each other by how such text is written.

Where two readings come out close, neither is taken: the choices are named. A file that is written in two encodings is
refused with the rows where it shows.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_
from mentor_app.transfer.damaged import DAMAGED, is_nearly, likeliest
from mentor_app.transfer.garbled import is_garbled
from mentor_app.transfer.likelihood import NARROW, WIDE, are_signs, everyday, is_plausible, weight

KNOWN = (
    "utf-8", "gb18030", "big5", "utf-16", "cp1252", "cp932", "euc_kr", "euc_jp", "cp1250", "cp1251", "cp1253", "cp1254", "cp874", "koi8_r",
    "cp866", "cp850", "cp437", "mac_roman", "iso2022_jp", "hz", "utf-7",
)  # fmt: skip
"""Encodings offered where one has to be chosen."""
_CHUNK = 1 << 22
_CLEAR = math.log(200)  # odds at which one reading is taken without asking
_RARE = 9.0  # nats a character; everyday Chinese has about six
_MAX_CELLS = 50_000
_SOME = 2000
_FEW = 50
_MOST_CHOICES = 7
_MARKS_BETWEEN = re.compile(rb'[,;\t\r\n"]')


@dataclass(frozen=True)
class Encoding:
    """What a file is written in; where it can't be told, ``name`` is the likeliest of several ``choices``."""

    name: str
    choices: tuple[str, ...] = ()
    examples: dict[str, str] = field(default_factory=dict)
    """Of several choices: how the cells that tell them apart read in each."""


def encoding_of(path: Path, given: str | None = None) -> Encoding:
    """The encoding of a file that is not empty; ``given`` is taken where the whole file can be read in it.

    UserError for binary data, for a file in no known encoding, in more than one, or not in the ``given`` one.
    """
    if given is not None:
        return Encoding(_checked(path, given))
    with path.open("rb") as file:
        start = file.read(4)
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            fault = _fault(path, name)
            if fault is None:
                return Encoding(name)
            raise UserError(
                "{file} begins as {encoding}, but row {row} is not written in it. Save it again in one encoding.",
                file=path.name,
                encoding=name.upper().removesuffix("-SIG"),
                row=fault,
            )
    nuls = _holds_nuls(path)
    if nuls:
        for name in ("utf-16-le", "utf-16-be"):
            if nuls == name and _fault(path, name) is None and not _decoded_nuls(path, name):
                return Encoding(name)
        raise UserError("{file} is not a table: it holds binary data.", file=path.name)
    if _fault(path, "utf-8") is None:
        return _seven_bits(path) or _utf_8(path)
    return _weighed(path)


def _checked(path: Path, given: str) -> str:
    """``given`` where it is a text encoding in which the whole file can be read."""
    try:
        info = codecs.lookup(given)
        if not info._is_text_encoding:
            raise LookupError
    except (LookupError, ValueError):
        raise UserError(
            "{encoding} is not an encoding. Known are: {known}.", encoding=given[:40], known=", ".join(KNOWN)
        ) from None
    fault = _fault(path, given)
    if fault is not None:
        if is_nearly(_cells(path), given):
            raise UserError(DAMAGED, file=path.name, encoding=given.upper(), row=fault)
        raise UserError("{file} is not written in {encoding}. Choose another encoding.", file=path.name, encoding=given)
    with path.open("rb") as file:
        start = file.read(3)
    return "utf-8-sig" if start == codecs.BOM_UTF8 and info.name == "utf-8" else given


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _fault(path: Path, encoding: str) -> int | None:
    """The line in which the file can't be read in ``encoding``, None where all of it can."""
    decoder, line = codecs.getincrementaldecoder(encoding)("strict"), 1
    try:
        for chunk in _chunks(path):
            if not (encoding == "utf-8" and chunk.isascii() and not decoder.getstate()[0]):
                decoder.decode(chunk)
            line += chunk.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return line + error.object[: error.start].count(b"\n")
    except (UnicodeError, ValueError):
        return line
    return None


def _holds_nuls(path: Path) -> str:
    """Which half of the pairs of bytes is often nothing: "utf-16-le", "utf-16-be"; "binary" for anything else with NULs."""
    found = False
    for chunk in _chunks(path):
        nuls = chunk.count(0)
        if not nuls:
            continue
        found = True
        even, odd = chunk[::2].count(0), chunk[1::2].count(0)
        # A few characters (一, the wide space) have a nought in their other byte.
        if odd > len(chunk) // 16 and odd > 8 * even:
            return "utf-16-le"
        if even > len(chunk) // 16 and even > 8 * odd:
            return "utf-16-be"
        return "binary"
    return "binary" if found else ""


def _decoded_nuls(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    return any("\0" in decoder.decode(chunk) for chunk in _chunks(path))


def _cells(path: Path) -> list[bytes]:
    """The distinct cells of the whole file that are not plain ASCII."""
    cells: dict[bytes, None] = {}
    rest = b""
    for chunk in _chunks(path):
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
    return dict.fromkeys(cell for cell in _MARKS_BETWEEN.split(lines) if not cell.isascii())


def _utf_8(path: Path) -> Encoding:
    """UTF-8, which other text hardly ever is by chance: a few pairs of bytes may be."""
    pairs = 0
    for chunk in _chunks(path):
        if not chunk.isascii():
            pairs += 1
            if re.search(rb"[\xe0-\xff]", chunk):
                return Encoding("utf-8")  # characters of three bytes: never by chance
    cells = _cells(path) if pairs else []
    if not cells or len(cells) > 20:
        return Encoding("utf-8")
    ours = b"\n".join(cells).decode("utf-8")
    letters = [c for c in ours if ord(c) > 127]
    scripts = {unicodedata.name(c, "?").split()[0] for c in letters}
    if (all(c.isalpha() for c in letters) and len(scripts) == 1) or are_signs(ours):
        return Encoding("utf-8")
    other = _reading(cells, "gb18030")
    if other is not None and other / len(letters) > -8:  # everyday characters
        return _asked(cells, ["utf-8", "gb18030"])
    return Encoding("utf-8")


_ESCAPES = re.compile(rb"\x1b[$(]|~\{(?:[!-w][!-~])+~\}|\+[A-Za-z0-9+/]{3,}")


def _seven_bits(path: Path) -> Encoding | None:
    """Encodings that write everything with plain ASCII characters; None where the file shows none of them."""
    tokens: set[bytes] = set()
    for chunk in _chunks(path):
        if not chunk.isascii():
            return None
        if b"\x1b" in chunk or b"~{" in chunk or b"+" in chunk:
            tokens.update(_ESCAPES.findall(chunk))
    if any(token.startswith(b"\x1b") for token in tokens):
        for name in ("iso2022_jp", "iso2022_jp_2", "iso2022_kr"):
            if _fault(path, name) is None:
                return Encoding(name)
        raise UserError("{file} is not a table: it holds binary data.", file=path.name)
    for name, shown in (
        ("hz", [token for token in tokens if token.startswith(b"~")]),
        ("utf-7", [token for token in tokens if token.startswith(b"+") and _is_utf_7(token)]),
    ):
        if shown and _fault(path, name) is None:
            token = min(shown)
            examples = {name: token.decode(name)[:20], "utf-8": token.decode()[:20]}
            return Encoding(name, (name, "utf-8"), examples)
    return None


def _is_utf_7(token: bytes) -> bool:
    """Whether some characters behind a plus are letters in UTF-7: those of a telephone number hardly ever are."""
    try:
        words = (token + b"-").decode("utf-7")
    except UnicodeDecodeError:
        return False
    known = everyday()
    return all(c in known["zh_CN"] or c in known["zh_TW"] or c in known["ja"] or ord(c) < 0x530 for c in words) or (
        len(words) > 1 and all("\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in words)
    )


def _weighed(path: Path) -> Encoding:
    cells = _cells(path)
    weights = _weights(cells)
    order = sorted(weights, key=lambda name: -weights[name])
    _check_utf_8_throughout(path, cells, order)
    order = [name for name in order if _fault(path, name) is None]
    _check_damage(path, cells, weights[order[0]] if order else -math.inf)
    if not order:
        raise UserError(
            "{file} is written in no encoding known here, or in more than one: row {row} can't be read as UTF-8. Save it as UTF-8.",
            file=path.name,
            row=_fault(path, "utf-8") or 1,
        )
    others = _unlike(cells, order)
    clear = _CLEAR if _is_everyday(cells, order[0], weights[order[0]]) else 3 * _CLEAR
    rivals = [name for name in others if weights[name] > weights[order[0]] - clear]
    if not is_plausible(_text(_some(cells), order[0]), order[0]):
        rivals = others[:_MOST_CHOICES]
    stranger = None if rivals else _stranger(cells, order[0])
    if stranger is not None:
        cell, other = stranger
        raise UserError(
            "{file} is written in more than one encoding: most of it is {one}, row {row} looks like {other}. Save it again in one.",
            file=path.name,
            one=order[0].upper(),
            other=other.upper(),
            row=_row_of(path, cell),
        )
    if not rivals:
        return Encoding(order[0])
    return _asked(cells, [order[0], *rivals])


def _asked(cells: list[bytes], choices: list[str]) -> Encoding:
    """The choice between encodings, those left out in which the cells are garbled text. Where one is left it is taken if it is an
    everyday one; a seldom one may fit by chance."""
    readable = [name for name in choices if not any(is_garbled(cell.decode(name, "replace")) for cell in _some(cells))]
    if len(readable) == 1 and readable[0] in ("utf-8", "cp1252"):
        return Encoding(readable[0])
    first, *rivals = readable if len(readable) > 1 else choices
    apart = next(cell for cell in cells if cell.decode(first) != cell.decode(rivals[0]))
    return Encoding(first, (first, *rivals), {name: apart.decode(name, "replace")[:20] for name in (first, *rivals)})


def _is_everyday(cells: list[bytes], encoding: str, likelihood: float) -> bool:
    """Whether the likeliest reading is likely in itself: a few rare characters may be common ones of another encoding."""
    letters = sum(ord(c) > 127 for c in _text(_some(cells), encoding))
    return likelihood > -_RARE * letters


def _weights(cells: list[bytes]) -> dict[str, float]:
    """Each encoding in which the cells can be read, and how likely that is; of very many cells by some of them."""
    some = _some(cells)
    first = {name: found for name in (*WIDE, *NARROW) if (found := _reading(some, name)) is not None}
    best = max(first.values(), default=0.0)
    near = [name for name, found in first.items() if found > best - 20 * _CLEAR]
    return first if len(some) == len(cells) else {name: first[name] for name in near if _reads(cells, name)}


def _some(cells: list[bytes]) -> list[bytes]:
    """So many cells as are enough to weigh readings by, from everywhere."""
    return cells if len(cells) <= _SOME else Random(len(cells)).sample(cells, _SOME)


def _reads(cells: list[bytes], encoding: str) -> bool:
    try:
        _text(cells, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unlike(cells: list[bytes], order: list[str]) -> list[str]:
    """Of these encodings those in which the cells read differently from all that stand before them."""
    texts, found = {_text(cells, order[0])}, []
    for name in order[1:]:
        text = _text(cells, name)
        if text not in texts:
            texts.add(text)
            found.append(name)
    return found


def _check_utf_8_throughout(path: Path, cells: list[bytes], order: list[str]) -> None:
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
    if not ours or _utf_8_weight(ours) <= _best(ours, order) + _CLEAR:
        return
    rows = {"first": _row_of(path, ours[0]), "second": _row_of(path, theirs[0])}
    words = N_(
        "{file} is written in more than one encoding: row {first} is UTF-8, row {second} is not. Save it again in one."
    )
    likely = [name for name in order if is_plausible(_text(_some(cells), name), name) and _reads_well(ours, name)]
    reads_all = next((name for name in likely if _fault(path, name) is None), None)
    if reads_all is None:
        raise UserError(words, file=path.name, **rows)
    raise UserError(
        "{file} is written in more than one encoding: row {first} is UTF-8, row {second} is not. Save it again in one (--encoding {encoding} reads all of it as it stands).",
        file=path.name,
        encoding=reads_all,
        **rows,
    )


_SCRIPT = re.compile(
    r"[\u0370-\u03ff]{3}|[\u0400-\u045f]{3}|[\u05d0-\u05ea]{3}|[\u0621-\u064a]{3}|[\u0800-\uffff]{2}|[^\0-\uffff]"
)
"""Characters of one script: pairs of bytes are some by chance, too, but not three letters of one alphabet."""


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
                found.update(wanted.intersection(_MARKS_BETWEEN.split(line)))
    return found


def _check_damage(path: Path, cells: list[bytes], best: float) -> None:
    """UserError for a file that is clearly likelier to be damaged than to be written in the ``best`` encoding that fits it."""
    damaged = likeliest(cells, _some(cells))
    if damaged is not None and damaged[1] > best + _CLEAR:
        row = _fault(path, damaged[0]) or 1
        raise UserError(DAMAGED, file=path.name, encoding=damaged[0].upper(), row=row)


def _stranger(cells: list[bytes], encoding: str) -> tuple[bytes, str] | None:
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
            theirs = _reading([cell], other)
            if theirs is not None and theirs > weight(words, encoding) + odds:
                return cell, other
    return None


def _reads_well(cells: list[bytes], encoding: str) -> bool:
    """Whether each of these cells is likely text in an encoding, and not garbled."""
    texts = [cell.decode(encoding) for cell in cells]
    return all(is_plausible(words, encoding, slack=0) and not is_garbled(words) for words in texts)


def _best(cells: list[bytes], names: list[str]) -> float:
    """How likely these cells are in the encoding that suits them best."""
    return max((found for name in names if (found := _reading(cells, name)) is not None), default=-math.inf)


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


def _row_of(path: Path, cell: bytes) -> int:
    """The line in which a cell first stands."""
    line, rest = 1, b""
    for chunk in _chunks(path):
        block = rest + chunk
        at = block.find(cell)
        if at >= 0:
            return line + block[:at].count(b"\n")
        cut = max(0, len(block) - len(cell))
        line += block[:cut].count(b"\n")
        rest = block[cut:]
    return line


def _text(cells: list[bytes], encoding: str) -> str:
    return b"\n".join(cells).decode(encoding)


def _reading(cells: list[bytes], encoding: str) -> float | None:
    """The logarithm of how likely these cells are as text in ``encoding``; None where they can't be read in it."""
    try:
        words = _text(cells, encoding)
    except UnicodeDecodeError:
        return None
    return weight(words, encoding)
