"""What an XLSX tells beside its values, from the XML of its sheets and styles."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Collection, Iterable, Iterator
from typing import IO

from mentor_app.core.text import N_
from mentor_app.transfer.look import Look, Refused, Run
from mentor_app.transfer.number_forms import built_in, says_more

MAX_CELLS = 25_000_000
_STEP = 8 << 20
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_COMMENTED, _MOST_COMMENTS = 60, 500


class Parts:
    """What an XLSX says of itself outside its sheets."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._counts_from_1904 = False
        self._parts: dict[str, str] = {}
        self._styles: str | None = None
        self._strings: str | None = None
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            book = ET.fromstring(_bounded(archive, "xl/workbook.xml"))
            links = ET.fromstring(_bounded(archive, "xl/_rels/workbook.xml.rels"))
        target_of = {}
        for link in links:
            target = link.get("Target", "")
            part = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
            if part in names:
                target_of[link.get("Id")] = part
                if link.get("Type", "").endswith("/styles"):
                    self._styles = part
                elif link.get("Type", "").endswith("/sharedStrings"):
                    self._strings = part
        for item in book.iter():
            name = item.tag.rpartition("}")[2]
            if name == "workbookPr":
                self._counts_from_1904 = item.get("date1904", "0").lower() in ("1", "true", "on")
            elif name == "sheet":
                link_id = next((value for key, value in item.attrib.items() if key.endswith("}id")), None)
                if link_id in target_of:
                    self._parts[item.get("name", "")] = target_of[link_id]

    def look(self, sheet: str) -> Look:
        """What a sheet tells; Refused where it can't be found."""
        part = self._parts.get(sheet)
        if part is None:
            raise Refused(N_("{file} is damaged: it is not a complete workbook."))
        look = Look(counts_from_1904=self._counts_from_1904)
        look.comments = self._comments(part)
        codes, struck = self._codes()
        styled, struck_out = _styled(codes), _styled(struck, filled=True)
        runs = self._runs()
        with zipfile.ZipFile(self._path) as archive, archive.open(part) as file:
            for piece in _pieces(file):
                _hidden(piece, look)
                if b't="e"' in piece or b"t='e'" in piece or b"<f" in piece or b":f" in piece:
                    _broken(piece, look)
                if b">60" in piece:
                    for letters, number, value in _SIXTY.findall(piece):
                        look.add_number(int(number), _column(letters) - 1, float(value))
                if struck_out is not None:
                    look.struck_rows |= {int(number) for _, number, _ in struck_out.findall(piece)}
                for letters, number, string in _SHARED.findall(piece) if runs else ():
                    if int(string) in runs:
                        look.add_runs([int(number)], _column(letters) - 1, runs[int(string)])
                if _speaks(piece):
                    _inline(piece, look)
                if styled is not None:
                    for letters, number, style in styled.findall(piece):
                        look.add_form(int(number), _column(letters) - 1, codes[int(style)])
        return look

    def _comments(self, sheet: str) -> list[tuple[int, int, str]]:
        """Comments on cells of a sheet's first rows, where a header would be: row, column, words."""
        folder, _, name = sheet.rpartition("/")
        found: list[tuple[int, int, str]] = []
        with zipfile.ZipFile(self._path) as archive:
            names, links = set(archive.namelist()), f"{folder}/_rels/{name}.rels"
            for link in ET.fromstring(_bounded(archive, links)) if links in names else ():
                target = link.get("Target", "")
                part = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
                if not link.get("Type", "").endswith("/comments") or part not in names:
                    continue
                for item in ET.fromstring(_bounded(archive, part)).iter():
                    place = _PLACE.fullmatch(item.get("ref", "")) if item.tag.endswith("}comment") else None
                    if place is not None and int(place[2]) <= _COMMENTED and len(found) < _MOST_COMMENTS:
                        words = "".join(piece.text or "" for piece in item.iter() if piece.tag.endswith("}t"))
                        found.append((int(place[2]), _column(place[1].encode()) - 1, words.strip()[:400]))
        return found

    def _runs(self) -> dict[int, list[Run]]:
        """Shared text → its runs, of those in which something is raised, lowered or struck out."""
        found: dict[int, list[Run]] = {}
        if self._strings is None:
            return found
        with zipfile.ZipFile(self._path) as archive:
            with archive.open(self._strings) as file:
                if not any(map(_speaks, _chunks(file))):
                    return found
            number = 0
            with archive.open(self._strings) as file:
                for _, item in ET.iterparse(file):
                    if item.tag.rpartition("}")[2] == "si":
                        runs = _read_runs(item)
                        if any(run.place or run.struck for run in runs):
                            found[number] = runs
                        number += 1
                        item.clear()
        return found

    def _codes(self) -> tuple[dict[int, str], list[int]]:
        """Style of a cell → its number format, of those that say more than digits; and the styles that strike out."""
        struck: list[int] = []
        if self._styles is None:
            return {}, struck
        with zipfile.ZipFile(self._path) as archive:
            styles = ET.fromstring(_bounded(archive, self._styles))
        own: dict[str, str] = {}
        found: dict[int, str] = {}
        fonts: set[str] = set()
        for item in styles:
            name = item.tag.rpartition("}")[2]
            if name == "numFmts":
                own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in item}
            elif name == "fonts":
                fonts = {str(place) for place, font in enumerate(item) if _strikes(font)}
            elif name == "cellXfs":
                for style, xf in enumerate(item):
                    if xf.get("fontId") in fonts:
                        struck.append(style)
                    number = xf.get("numFmtId", "0")
                    code = own.get(number) or (built_in(int(number)) if number.isdecimal() else None)
                    if code and says_more(code):
                        found[style] = code
        return found, struck

    def check_sizes(self) -> None:
        """Refused where a sheet holds a value so far outside that the rectangle up to it would fill the memory."""
        for sheet, part in self._parts.items():
            with zipfile.ZipFile(self._path) as archive, archive.open(part) as file:
                said = re.search(rb'<(?:\w+:)?dimension[^>]*ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"', file.read(4096))
            if said and said[3] and _column(said[3]) * int(said[4]) <= MAX_CELLS:
                continue
            rows, columns, far = _extent(self._path, part)
            if rows * columns > MAX_CELLS:
                raise Refused(
                    N_(
                        "The sheet {sheet} of {file} holds something as far outside as cell {cell}. Delete what is far outside, then try again."
                    ),
                    sheet=sheet,
                    cell=far,
                )


def _styled(styles: Collection[int], filled: bool = False) -> re.Pattern[bytes] | None:
    """Finds the cells of these styles (if need be only those with something in them): letters and number of the place, and
    the style."""
    if not styles:
        return None
    wanted = b"|".join(str(style).encode() for style in styles)
    end = rb"[^>/]*>(?!\s*</)" if filled else rb"[^>]*>"
    return re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")(?=[^>]*?\bs="(' + wanted + rb')")' + end)


_SHARED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")(?=[^>]*?\bt="s")[^>/]*>\s*<(?:\w+:)?v>\s*(\d+)\s*<'
)
"""A cell that holds a shared text: letters and number of the place, and the text."""


_SIXTY = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")(?![^>]*?\bt="s")[^>/]*>\s*'
    rb"(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>\s*(60(?:\.\d+)?)\s*<"
)
"""A cell that holds the number 60, with or without a fraction: letters and number of the place, and the number."""


def _speaks(piece: bytes) -> bool:
    """Whether a text may be raised, lowered or struck out."""
    return b"vertAlign" in piece or b"strike" in piece


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces that overlap by a word."""
    end = b""
    while chunk := file.read(_STEP):
        yield end + chunk
        end = chunk[-16:]


def _read_runs(item: ET.Element) -> list[Run]:
    runs = []
    for part in item:
        name = part.tag.rpartition("}")[2]
        if name == "t":
            runs.append(Run(part.text or ""))
        elif name == "r":
            words = "".join(t.text or "" for t in part if t.tag.rpartition("}")[2] == "t")
            looks = [one for inner in part for one in inner]
            places = [one.get("val", "") for one in looks if one.tag.rpartition("}")[2] == "vertAlign"]
            place = places[0].removesuffix("script") if places else ""
            runs.append(Run(words, place if place in ("super", "sub") else "", _strikes(looks)))
    return runs


def _strikes(looks: Iterable[ET.Element]) -> bool:
    """Whether a font strikes out."""
    return any(one.tag.rpartition("}")[2] == "strike" and one.get("val", "1") not in ("0", "false") for one in looks)


def _inline(piece: bytes, look: Look) -> None:
    """Texts that stand in their cells themselves."""
    for about, inner in _CELL.findall(piece):
        place = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', about)
        held = re.search(rb"<(?:\w+:)?is\b[^>]*>.*</(?:\w+:)?is>", inner, re.DOTALL)
        if place is not None and held is not None and _speaks(held[0]):
            bare = re.sub(rb"<(/?)\w+:", rb"<\1", held[0])
            runs = _read_runs(ET.fromstring(re.sub(rb"\s\w+:\w+=(?:\"[^\"]*\"|'[^']*')", b"", bare)))
            look.add_runs([int(place[2])], _column(place[1]) - 1, runs)


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(8 << 20)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A sheet's XML in pieces that end with a cell or a row."""
    rest = b""
    while chunk := file.read(_STEP):
        block = rest + chunk
        end = max(
            block.rfind(b"</c>"), block.rfind(b"</row>"), block.rfind(b"/>"), block.rfind(b":c>"), block.rfind(b":row>")
        )
        end = block.find(b">", end) + 1 if end >= 0 else 0
        if not end and len(block) > 8 * _STEP:
            return
        yield block[:end]
        rest = block[end:]
    yield rest


_VALUED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>(?!\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</)'
)
"""A cell with something in it; one that is only formatted is none."""


def _extent(path: str, part: str) -> tuple[int, int, str]:
    """Rows and columns up to the last cell that holds something, and the cell farthest out."""
    rows = columns = 0
    far, area = "A1", 0
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        for piece in _pieces(file):
            for letters, number in _VALUED.findall(piece):
                row, column = int(number), _column(letters)
                rows, columns = max(rows, row), max(columns, column)
                if row * column > area:
                    area, far = row * column, (letters + number).decode()
    return rows, columns, far


_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ERROR = re.compile(rb'\bt=["\']e["\']')


def _hidden(piece: bytes, look: Look) -> None:
    if b"hidden" not in piece:
        return
    look.hidden_rows |= {int(number) for number in _HIDDEN_ROW.findall(piece)}
    for found in _HIDDEN_COLUMN.findall(piece):
        first, last = (re.search(rb'\b%s="(\d+)"' % name, found) for name in (b"min", b"max"))
        if first and last:
            look.hidden_columns |= set(range(int(first[1]), min(int(last[1]), 16384) + 1))


def _broken(piece: bytes, look: Look) -> None:
    for about, inner in _CELL.findall(piece):
        error = _ERROR.search(about)
        formula = re.search(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)", inner)
        if not error and formula is None:
            continue
        value = re.search(rb"<(?:\w+:)?v\b[^>/]*>([^<]+)<", inner)
        place = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', about)
        if place is None or (not error and (value or b't="str"' in about or b"<is" in inner)):
            continue
        words = value[1] if error and value else b"=" + (formula[1] or b"" if formula else b"")
        look.add_fault(int(place[2]), _column(place[1]) - 1, words.decode("utf-8", "replace"))
