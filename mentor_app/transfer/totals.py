"""Rows of totals among the records of an export: told by their words, and by whether their amounts are sums of others.

"Total" may be a customer, "Total Energies" and 合计科技 are ones: by its words alone no row is left out that has all a deal
has. Where words and sums do not settle it, the row is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache

from mentor_app.transfer.amounts import readings
from mentor_app.transfer.values import Number, plain

OUT, ASKED, NOTED = "out", "asked", "deals"
"""What a row is: totals; perhaps totals; a deal, though it has their name."""

_COUNTED = (
    r"[(（]?\s*[\d.,'%\s\u00a0]*(?:records?|rows?|deals?|opportunit(?:y|ies)|items?|entries|people|persons?|zeilen|einträge|datensätze|"
    r"条记录|条|行|笔|个|项|人|條|筆|個|項|(?-i:[A-Z]{3})|[€$£¥￥元])?\s*[)）]?"
)
"""A figure, and what was counted."""
_WORD = (
    r"(?:(?:grand|sub|sous|report|page|overall|sum|running|общий|промежуточный)[ -]?)?"
    r"(?:total(?:s|e|es|en|i)?|totaal|totalt|subtotaal|subtotale|toplam|итого|итог|всего|razem|celkem|(?:gesamt|zwischen|end)?summe|(?:gesamt|teil)ergebnis|gesamt|"
    r"(?:总|本页|本月|本季|本年|全部|全年|本)?(?:合计|总计|小计|汇总|总和|共计|累计)|(?:總|本頁|全部)?(?:合計|總計|小計|匯總|總和|共計|累計)|総計|総合計|"
    r"합계|소계|총계|총합)"
)
_WHOLE = re.compile(
    rf"(?:{_WORD}|(?:grand )?sums?|summa|suma|somme|somma|suma total|total g[eé]n[eé]ral|count|average|mittelwert|durchschnitt|anzahl|moyenne|promedio|records?|平均|平均值|均值)"
    rf"\s*[:：]?\s*{_COUNTED}",
    re.IGNORECASE,
)
"""A cell that names totals and nothing else."""
_BEGINS = re.compile(rf"{_WORD}(?:(?<=[^\x00-\x7f])|(?=[\s:：(（\-–])).+", re.IGNORECASE)
"""A cell that begins with such a word: "Total Energies", 合计科技, "Total: Ann"."""
_ENDS = re.compile(rf".+(?:(?<=[\s:：)）\-–])|(?=[^\x00-\x7f])){_WORD}[:：]?", re.IGNORECASE)
"""A cell that ends with one, as spreadsheet programs write subtotals: "Ann Lee Total", 王芳 汇总."""
_BEGINNING, _ENDING, _ALL = 1, 2, 3
_STEMS = (
    "total",
    "tota",
    "sum",
    "gesamt",
    "ergebnis",
    "toplam",
    "razem",
    "celkem",
    "count",
    "average",
    "record",
    "somm",
    "mittelwert",
    "durchschnitt",
    "anzahl",
    "moyenne",
    "nombre",
    "promedio",
)
_WIDE_STEMS = ("合计", "总计", "小计", "汇总", "总和", "共计", "累计", "合計", "總計", "小計", "匯總", "總和", "共計", "累計", "総計", "итог", "всего", "합계", "소계", "총계", "총합", "平均", "均值")  # fmt: skip
FIGURE = re.compile(rf"[-+]?[€$£¥￥]?{_COUNTED}|[-–—]+", re.IGNORECASE)


def names_totals(cell: str) -> bool:
    """Whether a cell names totals and nothing else: "Total Gas Ltd", "Sum 41 Ltd" and 合计科技 are names."""
    return not isinstance(cell, Number) and bool(_WHOLE.fullmatch(plain(cell)))


@lru_cache(maxsize=1 << 14)
def _grade(cell: str) -> int:
    """How much of a cell is a word for totals; 0 where it has none."""
    clean = plain(cell)
    if _WHOLE.fullmatch(clean):
        return _ALL
    if len(clean) > 80:
        return 0
    return _ENDING if _ENDS.fullmatch(clean) else _BEGINNING if _BEGINS.fullmatch(clean) else 0


def graded(cells: Collection[str]) -> dict[str, int]:
    """Those of some cells that have a word for totals, with their grades; looked at one by one only where some has."""
    together = "\n".join(cells)
    small = together.casefold() if not together.isascii() else together.lower()
    stems = _STEMS if together.isascii() else (*_STEMS, *_WIDE_STEMS)
    if not any(stem in small for stem in stems):
        return {}
    return {cell: grade for cell in set(cells) if cell and not isinstance(cell, Number) and (grade := _grade(cell))}


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where in a row what a deal has stands: its owner, its identity, days and stages, and sums."""

    owner: int
    identity: Sequence[int]
    stages: Sequence[int]
    days: Sequence[int]
    sums: Sequence[int]
    names: Sequence[int]
    """Names of deal, customer and product."""

    def hold(self, columns: Iterable[int]) -> bool:
        """Whether one of these columns says something of a deal."""
        return not {self.owner, *self.identity, *self.stages, *self.days, *self.sums, *self.names}.isdisjoint(columns)


Sum = list[Decimal]
"""A sum of a column with decimal points, and with decimal commas."""


@dataclass(kw_only=True)
class _Sums:
    """The sums of the rows above, since the beginning and since the last row of totals."""

    width: int
    whole: list[Sum] = field(default_factory=list)
    group: list[Sum] = field(default_factory=list)
    rows: int = 0
    rows_of_group: int = 0

    def __post_init__(self) -> None:
        self.whole = [[Decimal(0), Decimal(0)] for _ in range(self.width)]
        self.begin()

    def begin(self) -> None:
        """A new group of rows."""
        self.group = [[Decimal(0), Decimal(0)] for _ in range(self.width)]
        self.rows_of_group = 0

    def add(self, values: Sequence[Sequence[Decimal | None]]) -> None:
        """A row that is a deal."""
        if all(value is None for both in values for value in both):
            return
        self.rows += 1
        self.rows_of_group += 1
        for at, both in enumerate(values):
            for mark, value in enumerate(both):
                if value is not None:
                    self.whole[at][mark] += value
                    self.group[at][mark] += value

    def add_up_to(self, values: Sequence[Sequence[Decimal | None]]) -> int:
        """Of how many rows above a row holds the sum; 0 where it is none."""
        for rows, sums in ((self.rows, self.whole), (self.rows_of_group, self.group)):
            if rows and _equal(values, sums, rows):
                return rows
        return 0


def _equal(values: Sequence[Sequence[Decimal | None]], sums: Sequence[Sum], rows: int) -> bool:
    slack = max(Decimal("0.01"), Decimal("0.005") * rows)  # cents are rounded before they are added, or after
    return any(
        value and abs(value - total) <= slack
        for both, totals in zip(values, sums, strict=True)
        for value, total in zip(both, totals, strict=True)
    )


def rows_of_totals(batches: Iterable[tuple[Sequence[int], Sequence[list[str]]]], places: Places) -> dict[int, str]:
    """Row number → what a row with a word for totals is (OUT, ASKED, NOTED), for those that are not simply deals."""
    found: dict[int, str] = {}
    sums, first = _Sums(width=len(places.sums)), None
    read = cache(readings)
    for numbers, rows in batches:
        grades = _grades(rows)
        for i, (number, row) in enumerate(zip(numbers, rows, strict=True)):
            values = [read(row[at]) for at in places.sums]
            if i not in grades:
                sums.add(values)
            elif first is None and not sums.rows:
                first = (number, row, grades[i], values)  # totals above what they add up
            else:
                kind = _kind(row, grades[i], places, sums.add_up_to(values))
                found |= {number: kind} if kind else {}
                if kind == OUT:
                    sums.begin()
                elif kind != ASKED:
                    sums.add(values)
    if first is not None:
        number, row, words, values = first
        adds = sums.rows if sums.rows and _equal(values, sums.whole, sums.rows) else 0
        kind = _kind(row, words, places, adds)
        found |= {number: kind} if kind else {}
    return found


def _grades(rows: Sequence[list[str]]) -> dict[int, dict[int, int]]:
    """Place of a row → the columns in which it has a word for totals, and how much of the cell it is."""
    found: dict[int, dict[int, int]] = {}
    for at, column in enumerate(zip(*rows, strict=False)):
        words = graded(column)
        for i, cell in enumerate(column) if words else ():
            if cell in words:
                found.setdefault(i, {})[at] = words[cell]
    return found


def _kind(row: Sequence[str], grades: Mapping[int, int], places: Places, added: int) -> str:
    """What a row with words for totals is; ``added`` rows add up to its amount."""

    def is_filled(at: int) -> bool:
        return bool(row[at].strip())

    ends, is_named = any(map(is_filled, (*places.days, *places.stages))), any(map(is_filled, places.identity))
    is_beside = not places.hold(grades)
    if is_named and (is_filled(places.owner) + ends > (0 if is_beside else 1)):
        if is_beside:  # the totals may be those of another table, beside this one
            return ASKED if added else NOTED
        return _kind_of_whole_row(grades, places, added)
    return OUT if added or _ALL in grades.values() or grades.get(places.owner, 0) > _BEGINNING else ""


def _kind_of_whole_row(grades: Mapping[int, int], places: Places, added: int) -> str:
    """What a row is that has all a deal has, and words for totals."""
    whole, owner = {at for at, grade in grades.items() if grade == _ALL}, grades.get(places.owner, 0)
    if owner > _BEGINNING:
        return OUT if added > 1 else ASKED
    if not whole:
        doubt = ASKED if added > 1 else ""
        return doubt or (NOTED if owner else "")  # "Total Tools" sells, too
    if whole <= set(places.names):
        return ASKED if added else NOTED
    if added:
        return OUT
    if whole <= set(places.stages):  # an unknown stage is asked about as such
        return ""
    return ASKED if whole & set(places.identity) else NOTED
