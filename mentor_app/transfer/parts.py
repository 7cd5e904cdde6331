"""Rows that are parts of one deal: shares of a split, products of an order, steps of a history, months of a pipeline.

Where rows have no identity, such rows would pass for deals of their own; where they have one, each would be told as a slip, and
the good rows left would give wrong figures. The reviewed names of columns (resources/words/columns.json) tell them apart from
look-alikes that are deals; without any such column they show by what repeated rows share and differ in, all over the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cache

from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.recognise import names_parts, normalise
from mentor_app.transfer.values import is_placeholder, plain

REASONS = {
    "splits": N_(
        "{file}: the rows are shares of deals ({column}): rows {first} and {second} are the same deal. Export one row per deal, without its splits; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "products": N_(
        "{file}: the rows are products of deals ({column}): rows {first} and {second} are the same deal but for that. Export one row per deal, without its products; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "history": N_(
        "{file}: the rows are steps of deals ({column}): rows {first} and {second} are the same deal. Export one row per deal with its stage of today, without its history."
    ),
    "steps": N_(
        "{file}: rows {first} and {second} are alike in everything but the stage ({column}), as steps of the same deal are. Export one row per deal with its stage of today, without its history; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "times": N_(
        "{file}: rows {first} and {second} tell of one deal at different times ({column}), and they are not the only ones. Export one row per deal: how it stands today, or at the end of one month; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "versions": N_(
        "{file}: rows {first} and {second} are the same deal and differ in {column}, and they are not the only ones. Export one row per deal, without its products, shares, steps or months; if they are deals of their own, say which columns tell them apart (--map id=…)."
    ),
    "equal": N_(
        "{file}: rows {first} and {second} are equal in everything, and so are half of the rows or more. Export each deal once, not for every month or product; if they are deals of their own, say which columns are the identity (--map id=…)."
    ),
    "again": N_(
        "{file}: rows {first} and {second} are the same deal. Row {second} stands apart from the rest, behind an empty row, a title or a header, and so do others that stand twice, among rows that don't. Delete what is there twice; if all are deals of their own, delete the empty rows, titles and headers between."
    ),
}
WITHOUT_STAGE = N_(
    "{file}: the rows are steps of deals ({column}), and none says how its deal stands today. Export one row per deal with its stage of today, without its history."
)


@dataclass(frozen=True, kw_only=True)
class SameDeal:
    """Two rows of one deal, what they are of it, and the column that shows it; no rows where the columns alone show it."""

    kind: str
    column: str
    rows: tuple[int, int] | None

    @property
    def may_be_several(self) -> bool:
        """Whether no column's name says that the rows are parts: they are only alike in what is known of deals."""
        return self.kind in ("steps", "times", "versions", "equal")

    def question(self, file: str) -> Text:
        """Why the file can't be taken, and what to export instead."""
        if self.rows is None:
            return text(WITHOUT_STAGE, file=file, column=self.column)
        return text(REASONS[self.kind], file=file, column=self.column, first=self.rows[0], second=self.rows[1])


def signs(headers: Sequence[str]) -> list[tuple[str, int]]:
    """The columns whose names say that rows are parts of deals: what parts, and the column's place."""
    named = [(names_parts(normalise(header)), place) for place, header in enumerate(headers)]
    return [(kind, place) for kind, place in named if kind is not None]


def without_stage(headers: Sequence[str]) -> SameDeal | None:
    """Of a file in which nothing says how a deal stands: whether it is a history, which says how it once stood."""
    columns = [headers[place] for kind, place in signs(headers) if kind == "history"]
    return SameDeal(kind="history", column=", ".join(columns), rows=None) if columns else None


Row = tuple[int, dict[int, str]]
"""Its number, and its cells by place."""
Tables = Callable[[], Iterable[tuple[Sequence[int], Mapping[int, Sequence[str]]]]]
"""The rows of a file in pieces: their numbers, and their columns by place."""


class Repeated:
    """The rows of a file that have the identity of another one, by identity; of very many the first."""

    def __init__(self, tables: Tables, identity: Sequence[int], places: Iterable[int]) -> None:
        self._identity, self._places = identity, sorted({*places, *identity})
        self._plain = cache(plain)
        self.share = 0.0
        """How much of the file they are."""
        keys = self._repeated(tables)
        self.groups = [rows for rows in self._grouped(tables, keys).values() if len(rows) > 1] if keys else []

    def _keys(self, columns: Mapping[int, Sequence[str]]) -> Iterator[int]:
        """A number for each row's identity, 0 where it has none. Hashes, to hold little: that two of 64 bits are equal is
        not to be expected."""
        if len(self._identity) == 1:
            cells = columns[self._identity[0]]
            keys = map(str.strip if "".join(cells).isascii() else plain, cells)
            return (hash(key) if key else 0 for key in keys)
        parts = (map(self._plain, columns[place]) for place in self._identity)
        return (hash(key) if any(key) else 0 for key in zip(*parts, strict=True))

    def _repeated(self, tables: Tables) -> frozenset[int]:
        seen: set[int] = set()
        again: dict[int, None] = {}
        rows = 0
        for numbers, columns in tables():
            rows += len(numbers)
            for key in filter(None, self._keys(columns)):
                if key in seen:
                    again[key] = None
                else:
                    seen.add(key)
        if again:
            self.share = (rows - len(seen) + len(again)) / rows
        return frozenset(list(again)[:_MOST_GROUPS])

    def _grouped(self, tables: Tables, keys: Collection[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        for numbers, columns in tables():
            for i, key in enumerate(self._keys(columns)):
                rows = found.setdefault(key, []) if key in keys else None
                if rows is not None and len(rows) < MOST_ROWS:
                    rows.append((numbers[i], {place: columns[place][i] for place in self._places}))
        return found


_MOST_GROUPS, MOST_ROWS = 20_000, 60


class Tally:
    """How many of the repeated deals show one kind of parts, and how many show that they are none."""

    def __init__(self, kind: str, least_groups: int) -> None:
        self._kind, self._least_groups = kind, least_groups
        self._groups = self._against = self._rows = self._most = 0
        self._first: SameDeal | None = None

    def count(self, rows: Sized, column: str, pair: tuple[int, int] | None) -> None:
        """A deal for which two rows show it, or against."""
        if pair is None:
            self._against += 1
            return
        self._groups, self._rows, self._most = self._groups + 1, self._rows + len(rows), max(self._most, len(rows))
        self._first = self._first or SameDeal(kind=self._kind, column=column, rows=pair)

    def found(self, of: int, share: float, least: float) -> SameDeal | None:
        """The first of them, where they are more than a slip or a coincidence: two deals (or three rows of one, if that is
        enough); most of those that could tell; and at least this share of the file, of which ``of`` rows stand for ``share``."""
        several = self._groups > 1 or (self._groups >= self._least_groups and self._most > 2)
        most = self._groups > _MOSTLY * (self._groups + self._against)
        return self._first if several and most and self._rows / max(of, 1) * share >= least else None


_MOSTLY = 0.6


class Parts:
    """Looks at rows that have the same identity for what parts of one deal they are."""

    def __init__(
        self,
        headers: Sequence[str],
        identity: Sequence[int],
        at: Mapping[str, int],
        stages: Sequence[int],
        is_closed: Callable[[str], bool],
    ) -> None:
        """``identity`` are the places of what tells deals apart, ``at`` those of the fields, ``stages`` those that say how a
        deal stands, of which the last decides; ``is_closed`` says whether a deal is over that stands so."""
        self._headers, self._identity, self._at, self._stages = headers, identity, at, stages
        self._is_closed = cache(is_closed)
        self._signs = signs(headers)
        self._numbered = len(identity) == 1
        several = {"shares"} if self._numbered else {"shares", "times"}
        self._tallies = {kind: Tally(said, 2 if kind in several else 1) for kind, said in _KINDS.items()}
        self._certain: SameDeal | None = None
        self._usual_day: str | None = None

    def find(self, tables: Tables) -> SameDeal | None:
        """Two rows that are parts of one deal, in a file that holds such."""
        if not self._identity:
            return None
        places = {*self._at.values(), *(place for _, place in self._signs)}
        repeated = Repeated(tables, self._identity, places)
        self._decide_usual_day(repeated.groups)
        for rows in repeated.groups:
            self._see(rows)
        if self._certain is not None:
            return self._certain
        least = 0.1 if self._numbered else 0.2 if "name" in self._at else 0.3
        of = sum(map(len, repeated.groups))
        found = (tally.found(of, repeated.share, least) for tally in self._tallies.values())
        return next(filter(None, found), None)

    def find_steps(self, tables: Tables) -> SameDeal | None:
        """Two rows that are steps of one deal, where most of the file is such, by an identity that says too little by itself."""
        repeated = Repeated(tables, self._identity, self._at.values())
        for rows in repeated.groups:
            self._see_stages(rows)
        return self._tallies["times"].found(sum(map(len, repeated.groups)), repeated.share, 0.5)

    def _decide_usual_day(self, groups: Sequence[Sequence[Row]]) -> None:
        """A day on which most deals were opened says nothing: on it they came into the CRM."""
        if "opened_on" in self._at:
            days = Counter(self._cell(rows[0], self._at["opened_on"]) for rows in groups)
            day, times = days.most_common(1)[0] if days else ("", 0)
            self._usual_day = day if times > max(1, len(groups) / 2) else None

    def _see(self, rows: Sequence[Row]) -> None:
        if self._numbered:
            if is_placeholder(self._cell(rows[0], self._identity[0])):
                return
            if not self._are_of_one(rows):
                for tally in self._tallies.values():
                    tally.count(rows, "", None)
                return
        for kind, place in self._signs:
            self._see_sign(kind, place, rows)
        self._see_stages(rows)
        if self._numbered:
            self._see_versions(rows)
        else:
            self._see_shares(rows)

    def _cell(self, row: Row, place: int) -> str:
        return plain(row[1][place]).casefold()

    def _values(self, rows: Sequence[Row], *fields: str) -> set[tuple[str, ...]]:
        """What stands in these fields, as far as the file has them."""
        places = [self._at[name] for name in fields if name in self._at]
        return {tuple(self._cell(row, place) for place in places) for row in rows}

    def _are_of_one(self, rows: Sequence[Row]) -> bool:
        """Whether rows of one number are of one deal, and not of several by a slip."""
        ways: tuple[tuple[str, ...], ...] = (("name", "account"), ("account", "opened_on"))
        if self._identity[0] == self._at.get("name"):
            # Several deals may be called alike; what is left tells whether it is one.
            ways = tuple(
                ("owner", *self._at.keys() & {"account", "opened_on"}, name) for name in ("closed_on", "amount")
            )
        elif self._at.keys().isdisjoint(ways[0]):
            ways = (("owner",), ("opened_on",))
        found = ([name for name in way if name in self._at] for way in ways)
        return any(len(self._values(rows, *way)) == 1 for way in found if way)

    def _apart(self, rows: Sequence[Row], place: int) -> tuple[int, int] | None:
        """The first two rows that differ in a column."""
        cells = [self._cell(row, place) for row in rows]
        other = next((i for i, cell in enumerate(cells) if cell != cells[0]), None)
        return None if other is None else (rows[0][0], rows[other][0])

    def _see_sign(self, kind: str, place: int, rows: Sequence[Row]) -> None:
        """A column whose name says that rows are parts."""
        cells, apart, column = {self._cell(row, place) for row in rows}, self._apart(rows, place), self._headers[place]
        if cells == {""}:
            return
        if kind in ("splits", "history"):
            pair = apart if self._numbered else (rows[0][0], rows[1][0])
            if pair is not None:
                self._certain = self._certain or SameDeal(kind=kind, column=column, rows=pair)
        elif apart is None:
            return
        elif kind == "products":
            self._see_products(rows, apart, column)
        elif 2 * len(cells) >= len(rows) and (kind == "snapshots" or self._is_month_of_report(rows)):
            self._tallies["snapshots"].count(rows, column, apart)

    def _see_products(self, rows: Sequence[Row], apart: tuple[int, int], column: str) -> None:
        alike = len(self._values(rows, "owner", "stage", "status", "closed_on", "expected_on", "opened_on")) == 1
        if not alike:
            self._tallies["products"].count(rows, column, None)
        elif not self._numbered and "name" in self._at and len(self._values(rows, "amount")) == 1:
            self._certain = self._certain or SameDeal(kind="products", column=column, rows=apart)
        elif self._numbered or self._is_of_one_day(rows):
            self._tallies["products"].count(rows, column, apart)

    def _is_month_of_report(self, rows: Sequence[Row]) -> bool:
        """Whether a month is that of a report: it may as well be the one in which each of several deals came to its end."""
        if self._numbered:
            return True
        ends = self._values(rows, "closed_on")
        return self._is_of_one_day(rows) and len(ends) < len(rows) and len(self._ends(rows)) < 2

    def _is_of_one_day(self, rows: Sequence[Row]) -> bool:
        """Whether rows that look alike were opened on a day that says something, or were or will be closed on one day."""
        at = self._at
        opened, closed = (self._values(rows, name) if name in at else None for name in ("opened_on", "closed_on"))
        if opened is not None and len(opened) == 1 and opened.isdisjoint({("",), (self._usual_day,)}):
            return True
        return (opened is None) if closed is None else len(closed) == 1 and closed != {("",)}

    def _ends(self, rows: Sequence[Row]) -> set[tuple[str, ...]]:
        """The ends to which these rows came: how, and when."""
        over = [row for row in rows if self._stages and self._is_closed(row[1][self._stages[-1]])]
        return self._values(over, "closed_on", "won_on", "lost_on") if over else set()

    def _see_stages(self, rows: Sequence[Row]) -> None:
        """A deal that goes through stages, comes to one end; several deals come to several."""
        place = next(
            (place for place in self._stages if len({self._cell(row, place) for row in rows} - {""}) > 1), None
        )
        if place is None:
            return
        pair, tally = self._apart(rows, place), self._tallies["times"]
        if not self._numbered:
            over = [self._is_closed(row[1][self._stages[-1]]) for row in rows]
            how = {self._cell(row, self._stages[-1]) for row, one in zip(rows, over, strict=True) if one}
            owners = 1 if "name" in self._at and "account" in self._at else len(self._values(rows, "owner"))
            if all(over) or len(self._ends(rows)) > 1 or len(how) > 1 or owners > 1 or not self._is_of_one_day(rows):
                pair = None
        tally.count(rows, self._headers[place], pair)

    def _see_shares(self, rows: Sequence[Row]) -> None:
        """Rows that differ in the owner, and perhaps in the amount: each owner's share of a deal, or a deal that each was credited with."""
        if "owner" not in self._at or not all(self._cell(rows[0], place) for place in self._identity):
            return
        alike: dict[tuple[str, ...], list[Row]] = {}
        fields = [self._at[name] for name in ("product", "stage", "status", *_DAYS) if name in self._at]
        for row in rows:
            alike.setdefault(tuple(self._cell(row, place) for place in fields), []).append(row)
        owner, pair = self._at["owner"], None
        for some in (found for found in alike.values() if len(found) > 1):
            owners = [self._cell(row, owner) for row in some]
            if len(set(owners)) < len(owners) or "" in owners:
                pair = None
                break
            if not self._share_a_day(some):
                return
            pair = pair or self._apart(some, owner)
        self._tallies["shares"].count(rows, self._headers[owner], pair)

    def _share_a_day(self, rows: Sequence[Row]) -> bool:
        """Whether rows of equal days have one that says something: that of the end, or with equal amounts that of the opening."""
        if any(self._values(rows, name) != {("",)} for name in ENDS if name in self._at):
            return True
        amounts = self._values(rows, "amount")
        return (
            {"name", "opened_on"} <= self._at.keys()
            and self._is_of_one_day(rows)
            and len(amounts) == 1
            and amounts != {("",)}
        )

    def _see_versions(self, rows: Sequence[Row]) -> None:
        """Rows of one number that differ in anything; equal ones are a deal that was exported twice."""
        for name in ("amount", "closed_on", "expected_on", "owner", "won_on", "lost_on", "product"):
            if name in self._at and (pair := self._apart(rows, self._at[name])) is not None:
                self._tallies["versions"].count(rows, self._headers[self._at[name]], pair)
                return
        self._tallies["versions"].count(rows, "", None)


_KINDS = {"snapshots": "times", "products": "products", "times": "times", "versions": "versions", "shares": "versions"}
"""What parts show by many rows, those that say most first; and what is said of them."""


ENDS = ("closed_on", "expected_on", "won_on", "lost_on")
_DAYS = ("opened_on", *ENDS)
