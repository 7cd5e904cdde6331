"""What an open document (ODS) tells beside its values, from its content.xml."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from math import log10

from mentor_app.transfer.look import Look, Run
from mentor_app.transfer.number_forms import says_more

_MOST = 1024
"""Of cells that are repeated more often than this, the others are empty."""


def look(path: str, sheet: str) -> Look:
    """What a sheet tells."""
    reading = _Reading(sheet)
    with zipfile.ZipFile(path) as archive:
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist():
                with archive.open(part) as file:
                    for event, item in ET.iterparse(file, ("start", "end")):
                        reading.see(event, item)
    return reading.look


class _Reading:
    """Follows the XML from its beginning to its end."""

    def __init__(self, sheet: str) -> None:
        self.look = Look()
        self._sheet = sheet
        self._inside = False
        self._codes: dict[str, str] = {}
        self._style_codes: dict[str, str] = {}
        self._texts: dict[str, tuple[str, bool]] = {}
        """Style → how its text stands (raised, lowered), and whether it is struck out."""
        self._column_styles: list[str] = []
        self._row = self._column = 1

    def see(self, event: str, item: ET.Element) -> None:
        """One tag that begins or ends."""
        name = _name(item.tag)
        if name == "table":
            self._inside = event == "start" and _of(item, "name") == self._sheet
            self._row = 1
        elif event == "end" and name in ("number-style", "currency-style", "percentage-style"):
            self._codes[_of(item, "name")] = _code(item, name)
        elif event == "end" and name == "style" and _of(item, "family") in ("table-cell", "text"):
            self._see_style(item)
            code = self._codes.get(_of(item, "data-style-name"))
            if code and says_more(code):
                self._style_codes[_of(item, "name")] = code
        elif self._inside and event == "end":
            self._see_table(name, item)

    def _see_table(self, name: str, item: ET.Element) -> None:
        hidden = _of(item, "visibility") in ("collapse", "filter")
        if name == "table-column":
            first, times = len(self._column_styles) + 1, _times(item, "columns")
            self._column_styles += [_of(item, "default-cell-style-name")] * times
            if hidden:
                self.look.hidden_columns |= set(range(first, first + times))
        elif name == "table-row":
            times = _times(item, "rows")
            filled = [cell for cell in item if _of(cell, "value-type") or _of(cell, "formula")]
            if filled:
                self._see_row(item, min(times, _MOST))
                if self._texts:
                    self._see_texts(item, range(self._row, self._row + min(times, _MOST)))
                if hidden:
                    self.look.hidden_rows |= set(range(self._row, self._row + min(times, _MOST)))
            self._row += times
            item.clear()

    def _see_row(self, item: ET.Element, times: int) -> None:
        column = 0
        for cell in item:
            size = _times(cell, "columns")
            sort, formula = _of(cell, "value-type"), _of(cell, "formula")
            if sort or formula:
                self._see_merged(cell, column)
                words = "".join(cell.itertext()).strip()
                faulty = formula and (
                    not sort or _of(cell, "value-type", last=True) == "error" or words.startswith(("#", "Err:"))
                )
                for place in range(column, column + min(size, _MOST)):
                    for row in range(self._row, self._row + times) if faulty else ():
                        self.look.add_fault(row, place, words or "=" + formula.partition("=")[2])
                    code = self._code_of(cell, sort, place)
                    if code:
                        self.look.add_form(self._row, place, code, times)
            column += size

    def _see_merged(self, cell: ET.Element, column: int) -> None:
        rows, columns = (_of(cell, f"number-{what}-spanned") for what in ("rows", "columns"))
        down, right = (int(words) if words.isdecimal() else 1 for words in (rows, columns))
        if down > 1 or right > 1:
            self.look.merged.append((self._row, column, self._row + down - 1, column + right - 1))

    def _see_style(self, item: ET.Element) -> None:
        """How the text of a style looks, as far as that of its parent does not say."""
        place, struck = self._texts.get(_of(item, "parent-style-name"), ("", False))
        for part in item:
            for key, value in part.attrib.items() if _name(part.tag) == "text-properties" else ():
                if _name(key) == "text-position":
                    size = value.split()[0].rstrip("%") if value.strip() else "0"
                    below = value.startswith(("sub", "-"))
                    place = "sub" if below else "super" if value.startswith("super") or size not in ("0", "") else ""
                elif _name(key) in ("text-line-through-style", "text-line-through-type"):
                    struck = value != "none"
        if place or struck:
            self._texts[_of(item, "name")] = (place, struck)

    def _see_texts(self, item: ET.Element, rows: range) -> None:
        """What is raised, lowered or struck out in the cells of these rows."""
        column = 0
        for cell in item:
            size = _times(cell, "columns")
            if _of(cell, "value-type"):
                of_column = self._column_styles[column] if column < len(self._column_styles) else ""
                style = _of(cell, "style-name") or _of(item, "default-cell-style-name") or of_column
                struck = self._texts.get(style, ("", False))[1]
                runs: list[Run] = []
                for n, part in enumerate(part for part in cell if _name(part.tag) == "p"):
                    runs += [Run("\n", "", struck)] if n else []
                    runs += self._runs(part, ("", struck))
                if any(run.place or run.struck for run in runs):
                    for place in range(column, column + min(size, _MOST)):
                        self.look.add_runs(rows, place, runs)
            column += size

    def _runs(self, item: ET.Element, around: tuple[str, bool]) -> list[Run]:
        runs = [Run(item.text or "", *around)]
        for part in item:
            name = _name(part.tag)
            if name == "s":
                runs.append(Run(" " * (int(_of(part, "c")) if _of(part, "c").isdecimal() else 1), *around))
            elif name not in ("annotation", "note"):
                own = self._texts.get(_of(part, "style-name"), around) if name == "span" else around
                runs += self._runs(part, own)
            runs.append(Run(part.tail or "", *around))
        return runs

    def _code_of(self, cell: ET.Element, sort: str, column: int) -> str | None:
        if sort == "percentage":
            return "0%"
        if sort not in ("float", "currency"):
            return None
        style = _of(cell, "style-name") or (self._column_styles[column] if column < len(self._column_styles) else "")
        code = self._style_codes.get(style)
        named = _of(cell, "currency")
        return f"[${named}] 0" if sort == "currency" and named else code


def _code(item: ET.Element, sort: str) -> str:
    """A number style as a spreadsheet writes it in one line."""
    if sort == "percentage-style":
        return "0%"
    code = ""
    for part in item:
        name, words = _name(part.tag), part.text or ""
        if name == "text":
            code += '"' + words.replace('"', "") + '"'
        elif name == "currency-symbol":
            code += f"[${words}]"
        elif name in ("number", "scientific-number", "fraction"):
            factor = _of(part, "display-factor")
            whole = _of(part, "min-integer-digits")
            code += "0" * max(1, min(int(whole) if whole.isdecimal() else 1, 20)) + "," * (
                round(log10(float(factor)) / 3) if factor and float(factor) >= 1 else 0
            )
    return code


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _of(item: ET.Element, name: str, last: bool = False) -> str:
    """An attribute by its name without namespace; of two alike the first, or the ``last``."""
    found = [value for key, value in item.attrib.items() if key.rpartition("}")[2] == name]
    return (found[-1] if last else found[0]) if found else ""


def _times(item: ET.Element, what: str) -> int:
    words = _of(item, f"number-{what}-repeated")
    return int(words) if words.isdecimal() else 1
