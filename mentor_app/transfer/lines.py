"""Rows without an identity that hardly tell themselves from others: lines of an order, steps of a history, deals that a file holds twice.

They are looked at one by one, for any column may be what tells them apart; ``parts`` looks at what the columns are called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.text import Text, plural_text
from mentor_app.transfer.parts import ENDS, MOST_ROWS, SameDeal, Tally, signs
from mentor_app.transfer.recognise import amount_header, goes_with_stage, normalise, perhaps_amount
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.values import plain


@dataclass
class Alike:
    """How many rows are like others before them, and the first two."""

    first: int
    second: int
    rows: int = 0

    def told(self, column: str) -> Text:
        """That they are deals of their own, before anything is written; ``column`` may be several."""
        if column:
            return plural_text(
                "{n} row is like another one but for {column} (rows {first} and {second}), and is taken as a deal of its own.",
                "{n} rows are like others but for {column} (the first: rows {first} and {second}), and are taken as deals of their own.",
                n=self.rows,
                column=column,
                first=self.first,
                second=self.second,
            )
        return plural_text(
            "{n} row equals another one in everything (rows {first} and {second}), and is taken as a deal of its own.",
            "{n} rows equal others in everything (the first: rows {first} and {second}), and are taken as deals of their own.",
            n=self.rows,
            first=self.first,
            second=self.second,
        )


class Lines:
    """Looks through rows without an identity for some that are equal in all that is known of deals but the amount, and differ in
    nothing else, or in one other column whose name says nothing: lines of an order, contacts of a deal; and for a file in which
    half of the rows or more are equal in everything: deals that it holds several times.

    A column that is different in nearly all of them numbers deals, or tells of each; the values of lines come again in other deals.
    """

    def __init__(self, headers: Sequence[str], identity: Sequence[int], at: Mapping[str, int]) -> None:
        """As of ``Parts``."""
        self._headers, self._identity, self._at = headers, identity, at
        known = {*identity, *at.values(), *(place for _, place in signs(headers))} - {at.get("amount")}
        self._known = sorted(place for place in known if place is not None)
        sums = {place for place, header in enumerate(headers) if amount_header(header) or perhaps_amount(header)}
        self._sums = sorted({*sums, *([at["amount"]] if "amount" in at else [])} - known)
        self._others = [place for place in range(len(headers)) if place not in {*known, *self._sums}]
        self._seen: dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]] = {}
        self.alike: dict[str, Alike] = {}
        """Rows that are deals of their own though they differ from others in one column, and perhaps in sums ("": in nothing), by these columns."""

    def look(self, numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> None:
        """See some more rows, by column; of very many deals the first are kept."""
        seen = self._seen
        for i, key in enumerate(zip(*(columns[place] for place in self._identity), strict=True)):
            if len(seen) < _MOST_LINED and all(map(str.strip, key)):
                seen.setdefault(key, [])
            if key in seen and len(rows := seen[key]) < MOST_ROWS:
                rows.append((numbers[i], tuple(column[i] for column in columns)))

    def found(self) -> SameDeal | None:
        """The first two of them, where they are more than a coincidence."""
        groups = [rows for rows in self._seen.values() if len(rows) > 1]
        opened = self._at.get("opened_on")
        days = Counter(rows[0][1][opened] for rows in groups) if opened is not None else Counter[str]()
        self._usual = {day for day, times in days.items() if times > max(1, len(groups) / 2)}
        self._keys = self._numbering()
        tallies = {place: Tally("versions", 2) for place in (*self._others, *self._sums)}
        values: dict[int, list[str]] = {place: [] for place in tallies}
        equal = Tally("equal", 2)
        for rows in groups:
            if twice := self._equal(rows):
                equal.count(twice, "", (twice[0][0], twice[1][0]))
            apart = self._apart(rows)
            owner = self._at.get("owner")
            if apart is not None or twice:
                self._note(rows if apart is not None else twice, apart)
            elif owner is not None and (split := self._split(rows, owner)):
                self._note(split, owner)
            for place, tally in tallies.items():
                tally.count(rows, self._headers[place], (rows[0][0], rows[1][0]) if place == apart else None)
            if apart is not None:
                values[apart] += (cells[apart] for _, cells in rows)
        of, least = sum(map(len, self._seen.values())), 0.2 if "name" in self._at else 0.3
        lines = (
            tallies[place].found(of, 1, least)
            for place, cells in values.items()
            if place in self._sums or len(set(cells)) <= _MOSTLY_OWN * len(cells)
        )
        return next(filter(None, (*lines, equal.found(of, 1, _MOSTLY_EQUAL))), None)

    def _numbering(self) -> set[int]:
        """Columns that are different in nearly every row of the file: they number its lines."""
        rows = [cells for some in self._seen.values() for _, cells in some]
        return {place for place in self._others if len({cells[place] for cells in rows}) > _MOSTLY_OWN * len(rows)}

    def _split(self, rows: Sequence[tuple[int, tuple[str, ...]]], owner: int) -> list[tuple[int, tuple[str, ...]]]:
        """The first two or more of these rows that differ in their owner alone, and perhaps in sums."""
        alike: dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]] = {}
        left_out = {owner, *self._sums}
        for number, cells in rows:
            rest = tuple(cell for place, cell in enumerate(cells) if place not in left_out)
            alike.setdefault(rest, []).append((number, cells))
        return next((some for some in alike.values() if len(some) > 1 and self._has_day(some[0][1])), [])

    def _note(self, rows: Sequence[tuple[int, tuple[str, ...]]], apart: int | None) -> None:
        """Note rows that are alike but for a column, and those that differ beside it: a number, a sum."""
        places = [] if apart is None else [apart]
        differ = {place for place in (*self._others, *self._sums) if len({cells[place] for _, cells in rows}) > 1}
        columns = ", ".join(self._headers[place] for place in (*places, *sorted(differ - {apart})) if places)
        seen = self.alike.setdefault(columns, Alike(first=rows[0][0], second=rows[1][0]))
        seen.rows += len(rows) - 1 if apart is not None else len(rows) - len({cells for _, cells in rows})

    def _equal(self, rows: Sequence[tuple[int, tuple[str, ...]]]) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Those of these rows that are equal in everything, and have a day."""
        times = Counter(cells for _, cells in rows)
        return [(number, cells) for number, cells in rows if times[cells] > 1 and self._has_day(cells)]

    def _apart(self, rows: Sequence[tuple[int, tuple[str, ...]]]) -> int | None:
        """The one column in which rows differ that are alike in what is known of deals; a count of the lines may stand beside, and the
        amount. A sum where nothing else differs."""
        first = rows[0][1]
        if not self._has_day(first) or any(cells[place] != first[place] for _, cells in rows for place in self._known):
            return None
        apart = [place for place in self._others if any(cells[place] != first[place] for _, cells in rows)]
        if len(apart) > 1:
            apart = [place for place in apart if place not in self._keys] or apart
        if len(apart) > 1:
            count = [str(n) for n in range(1, len(rows) + 1)]
            apart = [place for place in apart if [cells[place].strip() for _, cells in rows] != count]
        if not apart:
            apart = [place for place in self._sums if any(cells[place] != first[place] for _, cells in rows)][:1]
        if len(apart) != 1:
            return None
        cells = {row[apart[0]].strip() for _, row in rows}
        return apart[0] if "" not in cells and 2 * len(cells) >= len(rows) else None

    def _has_day(self, cells: Sequence[str]) -> bool:
        """Whether a day is known of a deal that says something."""
        days = {cells[self._at[name]].strip() for name in ENDS if name in self._at}
        opened = cells[self._at["opened_on"]] if "opened_on" in self._at else ""
        return any(days) or (bool(opened.strip()) and opened not in self._usual)


_MOST_LINED, _MOSTLY_OWN, _MOSTLY_EQUAL = 10_000, 0.9, 0.5
_RARE = 100
"""Of so many rows one pair that differs in its stage alone is let be."""


class Steps:
    """Looks through rows without an identity for some that are equal in every column but the stage, and what goes with it
    (its probability): steps of one deal.

    One such pair is let be, and of many rows a pair in a hundred: among deals one was entered twice, or lost and won the second time, while a
    history shows in row after row.
    """

    def __init__(self, headers: Sequence[str], identity: Sequence[int], at: Mapping[str, int]) -> None:
        """As of ``Parts``; where the stage is part of the identity, somebody has said that it tells deals apart."""
        self._headers, self._identity = headers, identity
        self._stages = [at[name] for name in ("stage", "status") if name in at]
        by_stage = {*self._stages, *(at[name] for name in ("is_won", "is_closed") if name in at)}
        self._rest = [
            place
            for place, header in enumerate(headers)
            if place not in by_stage and not goes_with_stage(normalise(header))
        ]
        self._looks = bool(identity and self._stages) and by_stage.isdisjoint(identity)
        self._seen: dict[int, tuple[int, tuple[str, ...]]] = {}
        self._first: SameDeal | None = None
        self._pairs = self._rows = 0
        self._lines = Lines(headers, identity, at)

    def look(self, numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> None:
        """See some more rows, by column."""
        if not self._looks:
            return
        self._lines.look(numbers, columns)
        self._rows += len(numbers)
        identities = zip(*(columns[place] for place in self._identity), strict=True)
        # Hashes take the place of rows, to hold little; that two rows share one of 64 bits is not to be expected.
        rest = map(hash, zip(*(columns[place] for place in self._rest), strict=True))
        stages = zip(*(columns[place] for place in self._stages), strict=True)
        for number, identity, key, stage in zip(numbers, identities, rest, stages, strict=True):
            first, before = self._seen.setdefault(key, (number, stage))
            if first != number and before != stage and any(map(str.strip, identity)):
                self._compare((first, number), before, stage)

    def _compare(self, rows: tuple[int, int], one: tuple[str, ...], other: tuple[str, ...]) -> None:
        apart = [
            place
            for place, *names in zip(self._stages, one, other, strict=True)
            if len({plain(name).casefold() for name in names if name.strip()}) > 1
        ]
        ends = {stage_status(names[-1]) for names in (one, other)}
        if apart and (len(ends) == 1 or not ends.isdisjoint({None, OPEN})):
            self._pairs += 1
            self._first = self._first or SameDeal(kind="steps", column=self._headers[apart[0]], rows=rows)

    @property
    def found(self) -> SameDeal | None:
        """The first two of them, once all rows were seen."""
        return self._lines.found() if self._are_few else self._first

    @property
    def _are_few(self) -> bool:
        return self._pairs < 2 or self._pairs * _RARE <= self._rows

    @property
    def alike(self) -> list[Text]:
        """What is to be said of rows that are hardly told from others, and are deals of their own."""
        found = dict(self._lines.alike)
        if self._pairs and self._are_few and self._first is not None and self._first.rows is not None:
            found.setdefault(
                self._first.column, Alike(first=self._first.rows[0], second=self._first.rows[1], rows=self._pairs)
            )
        return [one.told(column) for column, one in found.items()]
