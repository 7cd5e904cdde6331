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
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.transfer.damaged import DAMAGED, is_nearly, likeliest
from mentor_app.transfer.garbled import is_garbled
from mentor_app.transfer.likelihood import CLEAR, NARROW, WIDE, are_signs, everyday, is_plausible
from mentor_app.transfer.mixed import check_utf_8_throughout, stranger_in
from mentor_app.transfer.raw_cells import cells_of, chunks, fault_in, reading, row_of, some_of, text_of
from mentor_app.transfer.recognise import KINDS, known_headers, normalise

KNOWN = (
    "utf-8", "gb18030", "big5", "utf-16", "cp1252", "cp932", "euc_kr", "euc_jp", "cp1250", "cp1251", "cp1253", "cp1254", "cp874", "koi8_r",
    "cp866", "cp850", "cp437", "mac_roman", "iso2022_jp", "hz", "utf-7",
)  # fmt: skip
"""Encodings offered where one has to be chosen."""
_RARE = 9.0  # nats a character; everyday Chinese has about six
_MOST_CHOICES = 7


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
            fault = fault_in(path, name)
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
            if nuls == name and fault_in(path, name) is None and not _decoded_nuls(path, name):
                return Encoding(name)
        raise UserError("{file} is not a table: it holds binary data.", file=path.name)
    if fault_in(path, "utf-8") is None:
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
    fault = fault_in(path, given)
    if fault is not None:
        if is_nearly(cells_of(path), given):
            raise UserError(DAMAGED, file=path.name, encoding=given.upper(), row=fault)
        raise UserError("{file} is not written in {encoding}. Choose another encoding.", file=path.name, encoding=given)
    with path.open("rb") as file:
        start = file.read(3)
    return "utf-8-sig" if start == codecs.BOM_UTF8 and info.name == "utf-8" else given


def _holds_nuls(path: Path) -> str:
    """Which half of the pairs of bytes is often nothing: "utf-16-le", "utf-16-be"; "binary" for anything else with NULs."""
    found = False
    for chunk in chunks(path):
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
    return any("\0" in decoder.decode(chunk) for chunk in chunks(path))


def _utf_8(path: Path) -> Encoding:
    """UTF-8, which other text hardly ever is by chance: a few pairs of bytes may be."""
    pairs = 0
    for chunk in chunks(path):
        if not chunk.isascii():
            pairs += 1
            if re.search(rb"[\xe0-\xff]", chunk):
                return Encoding("utf-8")  # characters of three bytes: never by chance
    cells = cells_of(path) if pairs else []
    if not cells or len(cells) > 20:
        return Encoding("utf-8")
    ours = b"\n".join(cells).decode("utf-8")
    letters = [c for c in ours if ord(c) > 127]
    scripts = {unicodedata.name(c, "?").split()[0] for c in letters}
    if (all(c.isalpha() for c in letters) and len(scripts) == 1) or are_signs(ours):
        return Encoding("utf-8")
    other = reading(cells, "gb18030")
    if other is not None and other / len(letters) > -8:  # everyday characters
        return _asked(cells, ["utf-8", "gb18030"])
    return Encoding("utf-8")


_ESCAPES = re.compile(rb"\x1b[$(]|~\{(?:[!-w][!-~])+~\}|\+[A-Za-z0-9+/]{3,}")


def _seven_bits(path: Path) -> Encoding | None:
    """Encodings that write everything with plain ASCII characters; None where the file shows none of them."""
    tokens: set[bytes] = set()
    for chunk in chunks(path):
        if not chunk.isascii():
            return None
        if b"\x1b" in chunk or b"~{" in chunk or b"+" in chunk:
            tokens.update(_ESCAPES.findall(chunk))
    if any(token.startswith(b"\x1b") for token in tokens):
        for name in ("iso2022_jp", "iso2022_jp_2", "iso2022_kr"):
            if fault_in(path, name) is None:
                return Encoding(name)
        raise UserError("{file} is not a table: it holds binary data.", file=path.name)
    for name, shown in (
        ("hz", [token for token in tokens if token.startswith(b"~")]),
        ("utf-7", [token for token in tokens if token.startswith(b"+") and _is_utf_7(token)]),
    ):
        if shown and fault_in(path, name) is None:
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
    cells = cells_of(path)
    weights = _weights(cells)
    order = sorted(weights, key=lambda name: -weights[name])
    check_utf_8_throughout(path, cells, order)
    order = [name for name in order if fault_in(path, name) is None]
    _check_damage(path, cells, weights[order[0]] if order else -math.inf)
    if not order:
        raise UserError(
            "{file} is written in no encoding known here, or in more than one: row {row} can't be read as UTF-8. Save it as UTF-8.",
            file=path.name,
            row=fault_in(path, "utf-8") or 1,
        )
    others = _unlike(cells, order)
    clear = CLEAR if _is_everyday(cells, order[0], weights[order[0]]) else 3 * CLEAR
    rivals = [name for name in others if weights[name] > weights[order[0]] - clear]
    if not is_plausible(text_of(some_of(cells), order[0]), order[0]):
        rivals = others[:_MOST_CHOICES]
    stranger = None if rivals else stranger_in(cells, order[0])
    if stranger is not None:
        cell, other = stranger
        raise UserError(
            "{file} is written in more than one encoding: most of it is {one}, row {row} looks like {other}. Save it again in one.",
            file=path.name,
            one=order[0].upper(),
            other=other.upper(),
            row=row_of(path, cell),
        )
    if not rivals:
        return Encoding(order[0])
    return _asked(cells, [order[0], *rivals])


def _asked(cells: list[bytes], choices: list[str]) -> Encoding:
    """The choice between encodings, those left out in which the cells are garbled text. Where one is left it is taken if it is an
    everyday one; a seldom one may fit by chance."""
    readable = [
        name for name in choices if not any(is_garbled(cell.decode(name, "replace")) for cell in some_of(cells))
    ]
    if len(readable) == 1 and readable[0] in ("utf-8", "cp1252"):
        return Encoding(readable[0])
    telling = [
        name for name in readable if any(normalise(cell.decode(name, "replace")) in _headers() for cell in cells)
    ]
    if len(telling) == 1:
        return Encoding(telling[0])
    first, *rivals = readable if len(readable) > 1 else choices
    apart = next(cell for cell in cells if cell.decode(first) != cell.decode(rivals[0]))
    return Encoding(first, (first, *rivals), {name: apart.decode(name, "replace")[:20] for name in (first, *rivals)})


@cache
def _headers() -> frozenset[str]:
    """Headers of three characters or more that are known of any file: hardly anything else reads so by chance."""
    return frozenset(word for kind in KINDS for word in known_headers(kind) if len(word) > 2 and not word.isascii())


def _is_everyday(cells: list[bytes], encoding: str, likelihood: float) -> bool:
    """Whether the likeliest reading is likely in itself: a few rare characters may be common ones of another encoding."""
    letters = sum(ord(c) > 127 for c in text_of(some_of(cells), encoding))
    return likelihood > -_RARE * letters


def _weights(cells: list[bytes]) -> dict[str, float]:
    """Each encoding in which the cells can be read, and how likely that is; of very many cells by some of them."""
    sample = some_of(cells)
    first = {name: found for name in (*WIDE, *NARROW) if (found := reading(sample, name)) is not None}
    best = max(first.values(), default=0.0)
    near = [name for name, found in first.items() if found > best - 20 * CLEAR]
    return first if len(sample) == len(cells) else {name: first[name] for name in near if _reads(cells, name)}


def _reads(cells: list[bytes], encoding: str) -> bool:
    try:
        text_of(cells, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unlike(cells: list[bytes], order: list[str]) -> list[str]:
    """Of these encodings those in which the cells read differently from all that stand before them."""
    texts, found = {text_of(cells, order[0])}, []
    for name in order[1:]:
        text = text_of(cells, name)
        if text not in texts:
            texts.add(text)
            found.append(name)
    return found


def _check_damage(path: Path, cells: list[bytes], best: float) -> None:
    """UserError for a file that is clearly likelier to be damaged than to be written in the ``best`` encoding that fits it."""
    damaged = likeliest(cells, some_of(cells))
    if damaged is not None and damaged[1] > best + CLEAR:
        row = fault_in(path, damaged[0]) or 1
        raise UserError(DAMAGED, file=path.name, encoding=damaged[0].upper(), row=row)
