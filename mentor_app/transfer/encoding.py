"""The encoding of a text file, decided from all of it: every cell that is not plain ASCII is read in every encoding that
can hold the file, and the readings are weighed against each other by how such text is written.

Where two readings come out close, neither is taken: the choices are named. A file that is written in two encodings is
refused with the rows where it shows.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.resources import resource

KNOWN = ("utf-8", "gb18030", "big5", "utf-16", "cp1252", "shift_jis", "euc_kr", "euc_jp", "cp1250", "cp1251")
"""Encodings offered where one has to be chosen."""
_CHUNK = 1 << 22
_CLEAR = math.log(100)  # odds at which one reading is taken without asking
_MAX_CELLS = 50_000
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
        return _utf_8(path)
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
            break  # what so many cells say, the others won't take back: the whole file is decoded all the same
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
    if all(c.isalpha() for c in letters) and len(scripts) == 1:
        return Encoding("utf-8")
    other = _reading(cells, "gb18030")
    if other is not None and other / len(letters) > -8:  # everyday characters
        return Encoding("utf-8", ("utf-8", "gb18030"))
    return Encoding("utf-8")


def _weighed(path: Path) -> Encoding:
    cells = _cells(path)
    weights = {
        name: weight
        for name in KNOWN
        if name not in ("utf-8", "utf-16") and (weight := _reading(cells, name)) is not None
    }
    ours = [cell for cell in cells if _is_utf_8(cell)]
    order = sorted(weights, key=lambda name: -weights[name])
    if ours:
        theirs = set(cells) - set(ours)
        best = max((w for w in (_reading(ours, name) for name in order) if w is not None), default=-math.inf)
        if theirs and _utf_8_weight(ours) > best + _CLEAR:
            first, second = (_row_of(path, cell) for cell in (ours[0], next(iter(theirs))))
            raise UserError(
                "{file} is written in more than one encoding: row {first} is UTF-8, row {second} is not. Save it again in one.",
                file=path.name,
                first=first,
                second=second,
            )
    order = [name for name in order if _fault(path, name) is None]
    if not order:
        raise UserError(
            "{file} is written in no encoding known here, or in more than one: row {row} can't be read as UTF-8. Save it as UTF-8.",
            file=path.name,
            row=_fault(path, "utf-8") or 1,
        )
    best_text = _text(cells, order[0])
    rivals = [
        name for name in order[1:] if weights[name] > weights[order[0]] - _CLEAR and _text(cells, name) != best_text
    ]
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
    return Encoding(order[0], (order[0], *rivals) if rivals else ())


def _stranger(cells: list[bytes], encoding: str) -> tuple[bytes, str] | None:
    """A cell that can hardly be text in the file's encoding, but well in another; None where all cells fit."""
    if len(cells) == 1:
        return None
    odds = math.log(1e5) + math.log(len(cells))  # among many cells some look strange by chance
    others = [name for name in ("gb18030", "big5", "euc_kr", "shift_jis", "cp1252") if name != encoding]
    for cell in cells:
        weight = _reading([cell], encoding)
        for other in others:
            theirs = _reading([cell], other)
            if theirs is not None and weight is not None and theirs > weight + odds:
                return cell, other
    return None


def _is_utf_8(cell: bytes) -> bool:
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf_8_weight(cells: list[bytes]) -> float:
    """How likely valid UTF-8 is: each further byte of a character is one of 64 by design, not by chance."""
    words = b"\n".join(cells).decode("utf-8")
    everyday = _everyday()
    return sum(
        math.log(0.5 / 700 if c in everyday["zh_CN"] or c in everyday["zh_TW"] else 0.3 / 20000)
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
    return _PRIOR[encoding] + (_wide(words, encoding) if encoding in _WIDE else _narrow(words, encoding))


# How often files in an encoding are met here, before anything is read.
_PRIOR = {
    name: math.log(share)
    for name, share in {
        "gb18030": 1.0,
        "cp1252": 1.0,
        "big5": 0.3,
        "euc_kr": 0.1,
        "shift_jis": 0.1,
        "cp1250": 0.1,
        "cp1251": 0.05,
        "euc_jp": 0.003,
    }.items()
}
_WIDE = {"gb18030": "zh_CN", "big5": "zh_TW", "euc_kr": "ko", "shift_jis": "ja", "euc_jp": "ja"}
_MARKS = set("，。、；：？！（）《》「」『』【】“”‘’…—·￥〈〉～　○×→")


@cache
def _everyday() -> dict[str, frozenset[str]]:
    found = json.loads(resource("words", "everyday.json").read_text(encoding="utf-8"))
    return {language: frozenset(letters) for language, letters in found.items()}


@cache
def _wide_letter(c: str, encoding: str) -> float:
    """The logarithm of how often a character stands in such text: everyday ones, the common half, the rest."""
    everyday = _everyday()[_WIDE[encoding]]
    if c in everyday:
        return math.log(0.6 / len(everyday))
    if c in _MARKS or "\uff01" <= c <= "\uff5e":
        return math.log(0.05 / 120)
    code = c.encode(encoding)
    lead = code[0]
    if encoding == "gb18030":
        if len(code) == 2 and 0xB0 <= lead <= 0xD7 and code[1] >= 0xA1:
            return math.log(0.3 / 3755)
        if len(code) == 2 and 0xD8 <= lead <= 0xF7 and code[1] >= 0xA1:
            return math.log(0.03 / 3008)
        return math.log(0.002 / 14000)
    if encoding == "big5":
        return math.log(0.3 / 5401) if 0xA4 <= lead <= 0xC6 else math.log(0.005 / 7652)
    if encoding == "euc_kr":
        return math.log(0.35 / 2350) if 0xB0 <= lead <= 0xC8 else math.log(0.002 / 4888)
    if len(code) == 1:  # narrow katakana
        return math.log(0.002 / 63)
    common = 0x88 <= lead <= 0x97 if encoding == "shift_jis" else 0xB0 <= lead <= 0xCF
    return math.log(0.25 / 2965) if common else math.log(0.005 / 3390)


def _wide(words: str, encoding: str) -> float:
    weight = 0.0
    before = ""
    for c in words:
        if ord(c) > 127:
            weight += _wide_letter(c, encoding)
            if before.isascii() and before.isalpha():
                weight += math.log(0.05)  # such characters seldom stand within a Latin word
        before = c
    return weight


_COMMON = {
    "cp1252": frozenset("äöüßÄÖÜéèêàâçñáíóúÉøåæãõîôûëïœ"),
    "cp1250": frozenset("ąćęłńóśźżŁŚŻáčďéěíňřšťúůýžČŘŠŽőűŐŰăâîșțáéíóöúüÁÉ"),
    "cp1251": frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"),
}


_SIGNS = frozenset("€£¥§°©®·–—‘’“”•…\u00a0«»¿¡ºª²³½")


def _narrow(words: str, encoding: str) -> float:
    """Of encodings of one byte a letter: accented letters stand singly among Latin ones, Cyrillic ones in words."""
    cyrillic, common = encoding == "cp1251", _COMMON[encoding]
    weight, before = 0.0, ""
    for c in words:
        if ord(c) > 127:
            share = 0.85 / len(common) if c in common else 0.1 / 64 if c.isalpha() else 0.05 / 64
            weight += math.log(0.05 / len(_SIGNS) if c in _SIGNS else share)
            if not cyrillic and ord(before or " ") > 127 and before not in _SIGNS:
                weight += math.log(0.02)
            if not cyrillic and not c.isalpha() and before.isalpha():
                weight += math.log(0.05)
            if not cyrillic and c.isupper() and before.islower():
                weight += math.log(0.02)
        if cyrillic and c.isalpha() and before.isalpha() and (ord(c) > 127) != (ord(before) > 127):
            weight += math.log(0.0005)  # no word is half Latin, half Cyrillic
        before = c
    return weight
