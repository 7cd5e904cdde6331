"""What an old workbook (XLS, BIFF5 and BIFF8) tells beside its values, from its records ([MS-XLS], [MS-CFB])."""

from __future__ import annotations

import math
from collections.abc import Iterator
from struct import pack, unpack, unpack_from

from mentor_app.transfer.look import Look, Run
from mentor_app.transfer.number_forms import built_in, says_more

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_FORMULA, _EOF, _DATEMODE, _COLINFO, _BOUNDSHEET, _MULRK, _XF = 0x06, 0x0A, 0x22, 0x7D, 0x85, 0xBD, 0xE0
_NUMBER, _BOOLERR, _ROW, _RK, _FORMAT = 0x203, 0x205, 0x208, 0x27E, 0x41E
_FONT, _SST, _CONTINUE, _LABELSST, _LABEL, _RSTRING = 0x31, 0xFC, 0x3C, 0xFD, 0x204, 0xD6
_FILLED = (_NUMBER, _RK, _FORMULA, _BOOLERR, _LABELSST, _LABEL, _RSTRING)


def look(path: str, sheet: str) -> Look:
    """What a sheet tells; ValueError or struct.error where the file is damaged."""
    with open(path, "rb") as file:
        held = file.read()
    stream = _Compound(held).stream("Workbook", "Book") if held.startswith(_SIGNATURE) else held
    book = _Book(stream)
    found = Look(counts_from_1904=book.counts_from_1904)
    for kind, data in _records(stream, book.place_of[sheet]):
        _see(kind, data, found, book)
    found.hidden_rows -= {row for row in found.hidden_rows if row not in _filled(stream, book.place_of[sheet])}
    return found


def _filled(stream: bytes, at: int) -> set[int]:
    """Rows with a cell."""
    return {unpack_from("<H", data)[0] + 1 for kind, data in _records(stream, at) if kind in (*_FILLED, _MULRK)}


class _Compound:
    """A compound file: sectors chained by a table, and small streams inside a larger one."""

    def __init__(self, held: bytes) -> None:
        self._held = held
        self._sector = 1 << unpack_from("<H", held, 30)[0]
        if self._sector not in (512, 4096):
            raise ValueError("sector")
        table = [n for n in unpack_from("<109I", held, 76) if n < 0xFFFFFFFA]
        more, left = unpack_from("<2I", held, 68)
        while more < 0xFFFFFFFA and left:
            block = self._at(more)
            *listed, more = unpack_from(f"<{self._sector // 4}I", block)
            table += [n for n in listed if n < 0xFFFFFFFA]
            left -= 1
        self._next: list[int] = []
        for n in table:
            self._next += unpack_from(f"<{self._sector // 4}I", self._at(n))
        self._entries = self._directory(unpack_from("<I", held, 48)[0])

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._held[start : start + self._sector].ljust(self._sector, b"\0")

    def _chain(self, first: int, table: list[int]) -> Iterator[int]:
        seen = 0
        while first < len(table):
            yield first
            first, seen = table[first], seen + 1
            if seen > len(table):
                raise ValueError("chain")

    def _whole(self, first: int) -> bytes:
        return b"".join(map(self._at, self._chain(first, self._next)))

    def _directory(self, first: int) -> dict[str, tuple[int, int]]:
        held, found = self._whole(first), dict[str, tuple[int, int]]()
        for at in range(0, len(held), 128):
            size = unpack_from("<H", held, at + 64)[0]
            name = held[at : at + max(0, size - 2)].decode("utf-16-le", "replace")
            found.setdefault(name, unpack_from("<2I", held, at + 116))
        return found

    def stream(self, *names: str) -> bytes:
        """The first stream of one of these names."""
        first, size = next(self._entries[name] for name in names if name in self._entries)
        if size >= unpack_from("<I", self._held, 56)[0]:
            return self._whole(first)[:size]
        inside = self._whole(self._entries["Root Entry"][0])
        listed = self._whole(unpack_from("<I", self._held, 60)[0])
        table = list(unpack_from(f"<{len(listed) // 4}I", listed))
        return b"".join(inside[n * 64 : n * 64 + 64] for n in self._chain(first, table))[:size]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part: its sort and its data, up to its end; parts within it are stepped over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<2H", stream, at)
        data = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind in (0x809, 0x409, 0x209, 0x09):
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data


class _Book:
    """The part that is about the whole workbook: sheets, styles, formats."""

    def __init__(self, stream: bytes) -> None:
        self.place_of: dict[str, int] = {}
        self.counts_from_1904 = False
        formats: dict[int, str] = {}
        styles: list[tuple[int, int]] = []
        fonts: dict[int, tuple[str, bool]] = {}
        texts: list[bytes] = []
        wide, before = unpack_from("<H", stream, 4)[0] >= 0x600, 0
        for kind, data in _records(stream, 0):
            if kind == _BOUNDSHEET:
                self.place_of[_text(data[6:], wide, 1)] = unpack_from("<I", data)[0]
            elif kind == _FORMAT:
                formats[unpack_from("<H", data)[0]] = _text(data[2:], wide, 2)
            elif kind == _XF:
                styles.append(unpack_from("<2H", data))
            elif kind == _FONT:
                place = len(fonts) + (len(fonts) >= 4)  # no font has the number 4
                raised = {1: "super", 2: "sub"}.get(unpack_from("<H", data, 8)[0], "")
                fonts[place] = raised, bool(data[2] & 8)
            elif kind == _SST or (kind == _CONTINUE and texts and before in (_SST, _CONTINUE)):
                texts.append(data)
            elif kind == _DATEMODE:
                self.counts_from_1904 = data[:1] == b"\x01"
            before = kind
        codes = ((style, formats.get(number) or built_in(number)) for style, (_, number) in enumerate(styles))
        self.struck = {style for style, (font, _) in enumerate(styles) if fonts.get(font, ("", False))[1]}
        speaking = {font for font, look in fonts.items() if look != ("", False)}
        self.runs: dict[int, list[Run]] = {}
        """Shared text → its runs, of those in which something is raised, lowered or struck out."""
        for number, (words, changes) in enumerate(_Texts(texts).all() if texts and speaking else ()):
            if speaking & {font for _, font in changes}:
                self.runs[number] = _cut(words, changes, fonts)
        self.codes = {style: code for style, code in codes if code and says_more(code)}


def _text(data: bytes, wide: bool, size_bytes: int) -> str:
    """A text with its length in front; in BIFF8 a flag says whether its characters have two bytes."""
    if not wide:
        return data[1 : 1 + data[0]].decode("latin-1")
    size = data[0] if size_bytes == 1 else unpack_from("<H", data)[0]
    flag, rest = data[size_bytes], data[size_bytes + 1 :]
    return rest[: size * 2].decode("utf-16-le", "replace") if flag & 1 else rest[:size].decode("latin-1")


class _Texts:
    """The texts that cells share: a record and those that go on with it, which may begin within a text."""

    def __init__(self, blocks: list[bytes]) -> None:
        self._blocks, self._block, self._at = blocks, 0, 8

    def all(self) -> Iterator[tuple[str, list[tuple[int, int]]]]:
        """Each text, and from which of its characters on it stands in which font."""
        for _ in range(unpack_from("<I", self._blocks[0], 4)[0]):
            size, flags = unpack_from("<HB", self._take(3))
            runs = unpack_from("<H", self._take(2))[0] if flags & 8 else 0
            more = unpack_from("<I", self._take(4))[0] if flags & 4 else 0
            words = self._characters(size, flags & 1)
            numbers = unpack_from(f"<{2 * runs}H", self._take(4 * runs))
            self._take(more)
            yield words, list(zip(numbers[::2], numbers[1::2], strict=True))

    def _take(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self._blocks[self._block][self._at : self._at + size - len(found)]
            found, self._at = found + part, self._at + len(part)
            if len(found) < size:
                self._block, self._at = self._block + 1, 0
                if self._block >= len(self._blocks):
                    raise ValueError("texts")
        return found

    def _characters(self, size: int, wide: int) -> str:
        found = ""
        while size:
            if self._at >= len(self._blocks[self._block]):
                self._block, self._at = self._block + 1, 1  # it says anew how wide its characters are
                wide = self._blocks[self._block][0] & 1
            left = len(self._blocks[self._block]) - self._at
            count = min(size, left // (1 + wide)) or 1
            held, size = self._take(count * (1 + wide)), size - count
            found += held.decode("utf-16-le" if wide else "latin-1", "surrogatepass")
        return found


def _cut(words: str, changes: list[tuple[int, int]], fonts: dict[int, tuple[str, bool]]) -> list[Run]:
    """A text in runs that look alike; what stands before the first change looks as the cell does."""
    ends = [*(at for at, _ in changes), len(words)]
    runs = [Run(words[: ends[0]])]
    return runs + [
        Run(words[at:end], *fonts.get(font, ("", False))) for (at, font), end in zip(changes, ends[1:], strict=True)
    ]


def _see(kind: int, data: bytes, found: Look, book: _Book) -> None:
    codes = book.codes
    if kind in _FILLED and unpack_from("<H", data, 4)[0] in book.struck:
        found.struck_rows.add(unpack_from("<H", data)[0] + 1)
    if kind == _LABELSST and unpack_from("<I", data, 6)[0] in book.runs:
        row, column, _, text = unpack_from("<3HI", data)
        found.add_runs([row + 1], column, book.runs[text])
    if kind == _ROW and len(data) >= 16 and unpack_from("<H", data, 12)[0] & 0x20:
        found.hidden_rows.add(unpack_from("<H", data)[0] + 1)
    elif kind == _COLINFO and unpack_from("<H", data, 8)[0] & 1:
        first, last = unpack_from("<2H", data)
        found.hidden_columns |= set(range(first + 1, min(last, 255) + 2))
    elif kind in (_NUMBER, _RK, _FORMULA, _BOOLERR):
        row, column, style = unpack_from("<3H", data)
        words = _fault(kind, data)
        found.empty_formulas += kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 3
        found.add_number(row + 1, column, _number(kind, data, 6))
        if words is not None:
            found.add_fault(row + 1, column, words)
        elif kind != _BOOLERR and style in codes:
            found.add_form(row + 1, column, codes[style])
    elif kind == _MULRK:
        row, first = unpack_from("<2H", data)
        for place in range((len(data) - 6) // 6):
            style = unpack_from("<H", data, 4 + 6 * place)[0]
            found.add_number(row + 1, first + place, _number(_RK, data, 6 + 6 * place))
            if style in book.struck:
                found.struck_rows.add(row + 1)
            if style in codes:
                found.add_form(row + 1, first + place, codes[style])


def _number(kind: int, data: bytes, at: int) -> float:
    """The number that a cell holds; none where it holds something else."""
    if kind in (_NUMBER, _FORMULA):
        return float(unpack_from("<d", data, at)[0])
    if kind != _RK:
        return math.nan
    packed = unpack_from("<i", data, at)[0]
    value = packed >> 2 if packed & 2 else unpack("<d", pack("<q", (packed & ~3) << 32))[0]
    return float(value) / (100 if packed & 1 else 1)


def _fault(kind: int, data: bytes) -> str | None:
    """The error that a cell holds, "=" for a formula that was never calculated, else None."""
    if kind == _BOOLERR:
        return _ERRORS.get(data[6], "#ERR") if data[7] else None
    if kind != _FORMULA:
        return None
    if data[12:14] == b"\xff\xff" and data[6] == 2:
        return _ERRORS.get(data[8], "#ERR")
    never = unpack_from("<H", data, 14)[0] & 3 and not any(
        data[6:14]
    )  # to be calculated when it is opened; still nought
    return "=" if never else None
