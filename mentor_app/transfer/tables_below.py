"""Small tables below the deals, after an empty row: sums by owner, by stage or month, or by both, as spreadsheet programs make them (pivots), and the first
three of something. Their rows are a word and figures, perhaps with a rank before them; such a row is no deal, whatever column it stands in, for it lacks an
owner, a stage or a day."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from mentor_app.core.people.rules import match_key
from mentor_app.transfer.below import is_figure
from mentor_app.transfer.list_words import words_below
from mentor_app.transfer.recognise import normalise
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.summary import may_be_across
from mentor_app.transfer.totals import Places, names_totals
from mentor_app.transfer.values import plain

_MOST_CELLS, _ACROSS = 16, 2
"""So many cells at most has a row of such a table, and more than so many one of months."""
_SUMS = re.compile(
    r"(?:sum|count|number|average|avg|total|summe|anzahl|mittelwert)\s+(?:of|von|der)\b.*|row labels|zeilenbeschriftungen|行标签|(?:求和|计数|平均值)项.*",
    re.IGNORECASE,
)
"""What heads a column of a pivot."""

Row = tuple[int, list[str]]


def rows_of_tables_below(
    batches: Iterable[tuple[Sequence[int], Sequence[list[str]]]], places: Places, known: Container[str]
) -> frozenset[int]:
    """The rows of the small tables that stand below the last deal; ``known`` are the headers that mean something."""
    below = _Below(places, known)
    for numbers, rows in batches:
        for number, row in zip(numbers, rows, strict=True):
            below.look(number, row)
    return below.found()


class _Below:
    """The blocks of rows that follow the last deal, each after an empty row."""

    def __init__(self, places: Places, known: Container[str]) -> None:
        self._places, self._known = places, known
        self._words: set[str] = set()
        """The owners and the stages of the deals."""
        self._stages: set[str] = set()
        self._forms: set[str] = set()
        """How the identities of the deals are written, where they have one of their own."""
        self._blocks: list[list[Row]] = []
        self._is_open = False
        self._last: int | None = None

    def look(self, number: int, row: list[str]) -> None:
        """Look at one more row."""
        is_blank = not any(map(str.strip, row))
        is_apart = self._last is not None and number > self._last + 1
        self._last = number if not is_blank else number - 1  # so that the next one is apart
        if is_blank:
            return
        places = self._places
        may_be_none = bool(self._words) and (is_apart or self._is_open)
        if is_deal(row, places) and not (may_be_none and self._is_of_table(row)):
            self._blocks, self._is_open = [], False
            self._stages.update(_key(row[at]) for at in places.stages)
            self._words.update(_key(row[at]) for at in (places.owner, *places.stages))
            if len(places.identity) == 1:
                self._forms.add(_form(row[places.identity[0]]))
        elif is_apart:
            self._blocks.append([(number, row)])
            self._is_open = True
        elif self._is_open:
            self._blocks[-1].append((number, row))

    def _is_of_table(self, row: Sequence[str]) -> bool:
        """Whether a row that fills what a deal does heads a table of several stages or months, or has a word and figures below one."""
        first, *rest = (cell for cell in row if cell.strip())
        sums = self._is_open and all(map(is_figure, rest)) and (names_totals(first) or not is_figure(first))
        return sums or self._heads_across([first, *rest])

    def _heads_across(self, cells: Sequence[str]) -> bool:
        named = sum(match_key(cell) in self._stages or stage_status(cell) is not None for cell in cells[1:])
        is_of_stages = named > 1 and not any(map(str.isdigit, "".join(cells)))
        return is_of_stages or (len(cells) > _ACROSS and all(map(may_be_across, cells[1:])))

    def found(self) -> frozenset[int]:
        """The numbers of the rows of the blocks that are tables of sums."""
        return frozenset(number for block in self._blocks if self._is_table(block) for number, _ in block)

    def _is_table(self, block: Sequence[Row]) -> bool:
        rows = [[cell for cell in row if cell.strip()] for _, row in block]
        while rows and len(rows[0]) == 1:  # a title
            rows = rows[1:]
        is_headed = bool(rows) and self._heads(rows[0])
        rows = rows[1:] if is_headed else rows
        identity = self._places.identity[:1] if len(self._places.identity) == 1 else ()
        if any(_form(row[at]) in self._forms for _, row in block for at in identity if row[at].strip()):
            return False
        is_ranked = _is_ranked(rows)
        rows = [row[1:] for row in rows] if is_ranked else rows
        return bool(rows) and all(self._sums(row, is_headed or is_ranked) for row in rows)

    def _heads(self, cells: Sequence[str]) -> bool:
        """Whether these are headers of such a table: "Owner", "Sum of Amount"."""
        if not 1 < len(cells) <= _MOST_CELLS:
            return False
        is_known = any(
            normalise(cell) in self._known
            or _SUMS.fullmatch(plain(cell))
            or plain(cell).casefold() in words_below("above counts")
            or names_totals(cell)
            for cell in cells
        )
        return (is_known and not any(map(str.isdigit, "".join(cells)))) or self._heads_across(cells)

    def _sums(self, cells: Sequence[str], is_headed: bool) -> bool:
        """Whether these are a word and figures; without a header or ranks the word is an owner or a stage of the deals, or names totals."""
        first, *rest = cells
        is_told = is_headed or match_key(first) in self._words or names_totals(first)
        return (
            is_told
            and 0 < len(rest) < _MOST_CELLS
            and (names_totals(first) or not is_figure(first))
            and all(map(is_figure, rest))
        )


def is_deal(row: Sequence[str], places: Places) -> bool:
    """Whether a row has what a deal cannot be without: an owner, an identity, and a stage or a day."""
    return bool(
        row[places.owner].strip()
        and any(row[at].strip() for at in places.identity)
        and any(row[at].strip() for at in (*places.stages, *places.days))
    )


def _is_ranked(rows: Sequence[Sequence[str]]) -> bool:
    """Whether several rows begin with 1, 2, 3 …, and a word stands behind."""
    ranks = [plain(row[0]).strip("#. ") for row in rows]
    are_named = all(len(row) > 1 and not is_figure(row[1]) for row in rows)
    return len(rows) > 1 and are_named and ranks == [str(n) for n in range(1, len(rows) + 1)]


_key = lru_cache(maxsize=1 << 14)(match_key)


def _form(cell: str) -> str:
    """How a cell is written, whatever its letters and figures are."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", plain(cell)))
