"""Deals that stand in a file once more, apart from the others: the first five of them, below the rest or above it.

An empty row, a title or a header parts the rows of a file. A part of several rows that all stand elsewhere in the file, in the columns that they fill, is
such a list, and none of its rows is a deal of its own; under a title or a header one row is enough. Where only some do, nobody knows what the others are. Where the
cells of all its rows stand elsewhere in other columns, it is a table of other columns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from mentor_app.transfer.tables_below import is_deal
from mentor_app.transfer.totals import Places, names_totals
from mentor_app.transfer.values import EMPTY, Memo, Number, plain

_MOST, _MOST_COMPARED = 20_000, 5_000
"""Of more rows none is looked for, and not by the cells that it fills alone."""
_SEVERAL, _SHORT = 2, 4
"""A list of a few deals is no more than a quarter of the file."""

Cells = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Again:
    """What stands once more in a file: the rows of such lists, and the titles above them and behind them."""

    rows: frozenset[int] = frozenset()
    titles: frozenset[int] = frozenset()
    partly: tuple[int, int] | None = None
    """Two rows that are one deal, the second of a part in which others stand nowhere else."""
    in_other_columns: int | None = None
    """The first row of a part whose cells stand elsewhere in other columns."""


@dataclass
class _Part:
    """Rows with nothing between them, and the titles above."""

    rows: list[tuple[int, Cells]] = field(default_factory=list)
    titles: list[int] = field(default_factory=list)
    has_header: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it is more than a row that stands apart by chance."""
        return len(self.rows) >= (1 if self.titles or self.has_header else _SEVERAL)


def deals_again(
    batches: Iterable[tuple[Sequence[int], Sequence[list[str]]]],
    compared: Sequence[int],
    places: Places,
    heads: Callable[[list[str]], bool],
) -> Again:
    """What stands once more, by the columns that are ``compared``; ``heads`` says whether a row is the header again."""
    parts, last, count, said = [_Part()], 0, 0, Memo(_said)
    for numbers, rows in batches:
        count += len(rows)
        if count > _MOST:
            return Again()
        for number, row in zip(numbers, rows, strict=True):
            cells = tuple(said[row[at]] for at in compared)
            filled = sum(map(bool, cells))
            is_header = heads(row)
            is_between = filled < _SEVERAL or is_header
            if (is_between or number > last + 1) and parts[-1].rows:
                parts.append(_Part())
            parts[-1].has_header |= is_header
            parts[0].has_header |= is_header  # that of the file is the first one's then
            if filled == 1 or _filled(row) == 1:
                parts[-1].titles.append(number)
            elif not is_between and (is_deal(row, places) or not names_totals(next(filter(str.strip, row)))):
                parts[-1].rows.append((number, cells))
            last = number
    return _Compared(parts, compared, places).again()


class _Compared:
    """The parts of a file, held against each other."""

    def __init__(self, parts: Sequence[_Part], compared: Sequence[int], places: Places) -> None:
        self._parts = parts
        self._times = Counter(cells for part in parts for _, cells in part.rows)
        """How often each row stands in what is left of the file."""
        at = {place: n for n, place in enumerate(compared)}
        self._identity, self._days, self._names, self._sums = (
            [at[place] for place in of if place in at]
            for of in (places.identity, places.days, places.names, places.sums)
        )
        self._owner = at[places.owner]

    def again(self) -> Again:
        """What stands once more; of parts that are alike the shorter one."""
        found = set[int]()
        for at, part in _shortest_first(self._parts):
            if part.is_told and self._is_list(part):
                found.add(at)
                self._times.subtract(cells for _, cells in part.rows)
        beside = found | {at + 1 for at in found if at + 1 < len(self._parts)}
        left = [part for at, part in enumerate(self._parts) if at not in found]
        return Again(
            rows=frozenset(number for at in found for number, _ in self._parts[at].rows),
            titles=frozenset(number for at in beside for number in self._parts[at].titles),
            partly=self._partly(left),
            in_other_columns=next((part.rows[0][0] for part in left if self._is_in_other_columns(part)), None),
        )

    def _is_list(self, part: _Part) -> bool:
        """Whether all rows of a part stand elsewhere in what is left, which is more."""
        own = Counter(cells for _, cells in part.rows)
        return self._times.total() > 2 * len(part.rows) and all(self._stands_elsewhere(cells, own) for cells in own)

    def _stands_elsewhere(self, cells: Cells, own: Counter[Cells]) -> bool:
        if self._times[cells] > own[cells]:
            return True
        if all(cells) or self._times.total() > _MOST_COMPARED or not any(cells[at] for at in self._identity):
            return False
        return any(
            times > own[other] and all(not one or one == its for one, its in zip(cells, other, strict=True))
            for other, times in self._times.items()
        )

    def _is_in_other_columns(self, part: _Part) -> bool:
        """Whether of each row of a part half of the cells or more, and more than a name and a sum, stand in the others, and only in other columns."""
        if not part.is_told or _SHORT * len(part.rows) > self._times.total():
            return False
        own = {cells for _, cells in part.rows}
        where = defaultdict[str, set[int]](set)
        for cells in self._times.keys() - own:
            for at, cell in enumerate(cells):
                where[cell].add(at)

        def are_others(cells: Cells) -> bool:
            filled = [(at, where[cell]) for at, cell in enumerate(cells) if cell]
            others = sum(bool(places) and at not in places for at, places in filled)
            return others > _SEVERAL and 2 * others >= len(filled)

        return all(map(are_others, own))

    def _partly(self, parts: Sequence[_Part]) -> tuple[int, int] | None:
        """Of the shortest part of which several rows are perhaps deals that stand elsewhere, and not all just so: the first of these, and
        where it stands before."""
        where: dict[Cells, dict[int, int]] = {}
        for at, part in enumerate(parts):
            for number, cells in part.rows:
                for key in filter(None, self._ways(cells)):
                    where.setdefault(key, {}).setdefault(at, number)
        for at, part in _shortest_first(parts):
            is_short = _SHORT * len(part.rows) <= self._times.total()
            again = list[tuple[int, int]]()
            for number, cells in part.rows:
                keys = self._ways(cells) if is_short else self._ways(cells)[:-1]
                others = [n for key in keys for one, n in where.get(key, {}).items() if one != at]
                again += [(min(others), number)] if others else []
            is_whole = all(self._times[cells] > 1 for _, cells in part.rows)
            if len(again) >= _SEVERAL and not is_whole:
                return again[0]
        return None

    def _ways(self, cells: Cells) -> list[Cells]:
        """By what a row is perhaps the same deal as another, each way marked: all but sums, the identity with a day; and, of what only a few rows say,
        names, owner and sums. Nothing where it does not say that."""
        has_day = any(cells[at] for at in self._days)
        but_sums = tuple("" if at in self._sums else cell for at, cell in enumerate(cells))
        is_told = not {*self._days}.isdisjoint(self._identity) and not {*self._names}.isdisjoint(self._identity)
        identity = tuple(cells[at] for at in self._identity)
        said = tuple(cells[at] for at in (*self._names, *self._sums))
        return [
            ("all", *but_sums) if has_day else (),
            ("identity", *identity) if is_told and all(identity) else (),
            ("names", cells[self._owner], *said) if self._sums and all(said) else (),
        ]


def _shortest_first(parts: Sequence[_Part]) -> list[tuple[int, _Part]]:
    """The parts with their places; of equally long ones the last."""
    return sorted(enumerate(parts), key=lambda one: (len(one[1].rows), -one[0]))


def _said(cell: str) -> str:
    """A cell as it is compared; nothing where it says nothing."""
    clean = plain(cell).casefold()
    if clean in EMPTY:
        return ""
    return f"{cell.value:.2f}" if isinstance(cell, Number) else clean


class Apart:
    """Tells from the rows of a file in turn whether some stand apart from those above."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._is_parted, self._is_known = False, False

    def look(
        self,
        numbers: Sequence[int],
        rows: Sequence[list[str]],
        suspects: Collection[int],
        heads: Callable[[list[str]], bool],
    ) -> bool:
        """Whether these are the first rows of which some do; what parts rows is among the places that are ``suspects``."""
        if self._is_known or not rows:
            return False
        between = {i for i in suspects if _filled(rows[i]) < _SEVERAL or heads(rows[i])}
        behind = {i + 1 for i in between} | ({0} if self._is_parted else set())
        if self._last is not None and numbers[0] > self._last + 1:
            behind.add(0)
        if numbers[-1] - numbers[0] >= len(numbers):
            behind |= {i for i in range(1, len(numbers)) if numbers[i] > numbers[i - 1] + 1}
        self._last, self._is_parted = numbers[-1], len(rows) in behind
        self._is_known = any(i < len(rows) and _filled(rows[i]) >= _SEVERAL for i in behind)
        return self._is_known


def _filled(row: Sequence[str]) -> int:
    return sum(map(bool, map(str.strip, row)))
