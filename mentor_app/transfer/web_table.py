"""Tables of a web page: what many CRMs export under the name .xls.

What stands in a cell is taken as it is shown. Cells that span rows, and tables inside tables, say nothing dependable: such
a page is not read.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_
from mentor_app.transfer.encoding import encoding_of
from mentor_app.transfer.look import Look, Refused, Run

HTML = N_("{file} is a web page (HTML), whatever its name says. Open it in a spreadsheet program and save it as XLSX.")
_MARKUP = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|(?:html|head|body|table|meta|style|div|title)\b)",
    re.DOTALL | re.IGNORECASE,
)
_CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
_MOST_COLUMNS, _MOST_BYTES = 2000, 64 << 20
_BLOCKS = frozenset(("p", "div", "h1", "h2", "h3", "h4", "li", "br", "caption", "tr", "td", "th", "table"))
_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "embed", "source", "track")
)
_LOOKS = {"sup": "super", "sub": "sub", "s": "struck", "strike": "struck", "del": "struck"}


def is_page(start: bytes) -> bool:
    """Whether a file that begins so is a web page."""
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        start = start[2:].replace(b"\0", b"")
    return _MARKUP.match(start[: 1 << 16]) is not None


@dataclass(kw_only=True)
class Table:
    """One table: the runs of each cell by row, and which rows are not shown."""

    rows: list[list[list[Run]]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many cells it has."""
        return sum(map(len, self.rows))


def read(path: str, sheet: str | None) -> tuple[Look, str, dict[str, list[list[str]]], list[str]]:
    """What the largest table (or the one called ``sheet``) tells, its name, the rows of all by name, and the words around it.

    Refused where the page has no table that could be read.
    """
    pages = _Pages()
    pages.feed(_text(Path(path)))
    pages.close()
    if pages.is_odd or not pages.tables:
        raise Refused(HTML)
    names = [f"Table {n}" for n, _ in enumerate(pages.tables, 1)]
    if sheet is not None and sheet not in names:
        raise Refused(N_("{file} has no sheet called {sheet}."), sheet=sheet)
    sizes = [table.size for table in pages.tables]
    chosen = names.index(sheet) if sheet is not None else sizes.index(max(sizes))
    table = pages.tables[chosen]
    look = Look(hidden_rows=table.hidden)
    for number, row in enumerate(table.rows, 1):
        for column, runs in enumerate(row):
            if any(run.place or run.struck for run in runs):
                look.add_runs([number], column, runs)
    rows = {
        name: [list(map(_bare, row)) for row in other.rows] for name, other in zip(names, pages.tables, strict=True)
    }
    others = [words for name in names if name != names[chosen] for row in rows[name] for words in row]
    return look, names[chosen], rows, [words for words in (*pages.around, *others) if words.strip()]


def _bare(runs: list[Run]) -> str:
    return "".join(run.words for run in runs).strip()


def _text(path: Path) -> str:
    """The page in the encoding it names, where that can be; else in the one it shows."""
    with path.open("rb") as file:
        held = file.read(_MOST_BYTES + 1)
    if len(held) > _MOST_BYTES:
        raise Refused(HTML)
    named = _CHARSET.search(held[: 1 << 16])
    if named is not None and not held.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = named[1].decode("ascii", "replace").lower()
        try:
            return held.decode("gb18030" if name in ("gb2312", "gbk") else "cp1252" if name == "iso-8859-1" else name)
        except (UnicodeError, LookupError):
            pass
    try:
        found = encoding_of(path)
    except UserError:
        raise Refused(HTML) from None
    if found.choices:
        raise Refused(HTML)
    return held.decode(found.name)


class _Pages(HTMLParser):
    """Follows a page, and keeps the cells of its tables and the words outside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.around: list[str] = [""]
        self.is_odd = False
        self._depth = self._silent = 0
        self._cell: list[Run] | None = None
        self._looks: list[tuple[str, str]] = []
        """Open tags that say how what stands in them looks, and how."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        said = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "title", "head"):
            self._silent += tag != "head"
        elif tag == "table":
            self._depth += 1
            self.is_odd |= self._depth > 1
            self.tables.append(Table())
        elif tag == "tr" and self.tables and self._depth:
            self._cell = None
            self.tables[-1].rows.append([])
            if _HIDDEN.search(said.get("style", "")):
                self.tables[-1].hidden.add(len(self.tables[-1].rows))
        elif tag in ("td", "th") and self.tables and self._depth:
            self._begin(said)
        elif tag in ("select", "textarea") and self._cell is not None:
            self.is_odd = True  # which of the choices is meant is not to be seen in the file
        elif tag not in _VOID:
            self._look(tag, said)
        self._break(tag)

    def _look(self, tag: str, said: dict[str, str]) -> None:
        """A tag within the text: how what stands in it looks."""
        style = said.get("style", "")
        look = _LOOKS.get(tag, "struck" if _STRUCK.search(style) else "")
        if _HIDDEN.search(style) or "hidden" in said:
            look = "hidden"
        if look or any(tag == open_tag for open_tag, _ in self._looks):
            self._looks.append((tag, look))

    def _begin(self, said: dict[str, str]) -> None:
        """A cell; one that spans columns is followed by empty ones."""
        rows, self._looks = self.tables[-1].rows, []
        if not rows:
            rows.append([])
        span = int(said["colspan"]) if said.get("colspan", "").isdecimal() else 1
        self.is_odd |= said.get("rowspan", "1").strip() not in ("", "0", "1") or len(rows[-1]) + span > _MOST_COLUMNS
        self.is_odd |= _HIDDEN.search(said.get("style", "")) is not None or "hidden" in said
        self._cell = []
        rows[-1].append(self._cell)
        rows[-1] += [[] for _ in range(min(span, _MOST_COLUMNS) - 1)]
        if _STRUCK.search(said.get("style", "")):
            self._looks.append(("", "struck"))

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        if tag in ("script", "style", "title"):
            self._silent = max(0, self._silent - 1)
        elif tag == "table":
            self._depth, self._cell = max(0, self._depth - 1), None
        elif tag in ("td", "th", "tr"):
            self._cell = None
        elif self._looks and self._looks[-1][0] == tag:
            self._looks.pop()
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag == "br" and self._cell:
            self._cell.append(Run("\n"))
        elif tag in _BLOCKS and self._cell is None and self.around[-1]:
            self.around.append("")

    def handle_data(self, data: str) -> None:
        """Words, in a cell or outside."""
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        if self._silent or not words:
            return
        if self._cell is None:
            self.around[-1] += words
            return
        looks = [look for _, look in self._looks if look]
        if "hidden" in looks:
            return  # what is not shown is there for sorting or for programs
        place = next((look for look in reversed(looks) if look != "struck"), "")
        self._cell.append(Run(words, place, "struck" in looks))
