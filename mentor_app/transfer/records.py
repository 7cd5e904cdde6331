"""The rows of a file that are records, and those that are not: totals, remarks, rows that name nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from mentor_app.core.errors import UserError
from mentor_app.core.people.rules import match_key
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.below import are_counts, are_signed, begins_below, head_counts
from mentor_app.transfer.deals_again import Again, Apart, deals_again
from mentor_app.transfer.flags import flag
from mentor_app.transfer.listed_names import ListedNames, Tallies, heads
from mentor_app.transfer.reading import Row, Source
from mentor_app.transfer.recognise import IDENTITY_PARTS, FileKind, counts_by_name, known_headers, normalise
from mentor_app.transfer.remarks import Doubt, Reason, names_a_day, reads_as_remark
from mentor_app.transfer.tables_below import rows_of_tables_below
from mentor_app.transfer.totals import ASKED, FIGURE, NOTED, OUT, Places, graded, names_totals, rows_of_totals
from mentor_app.transfer.values import Number, plain

Columns = list[tuple[str, ...]]
Table = tuple[Sequence[int], list[list[str]], Columns]
"""Row numbers, rows, and the rows by column as far as all reach."""


class Records:
    """The records of a file by its columns; once they were all read, ``left_out`` says which rows were none, and why.

    ``sums`` are the columns whose figures totals add up. ``totals`` is what was said of rows that may be totals: OUT, or
    NOTED where they are records; until then they are records, and ``unsure`` lists them. ``noted`` are records that have the
    name of totals and are none. ``doubts`` are records of a list that may be remarks, or who signed it. ``again`` is what of the
    deals stands there once more.
    """

    def __init__(
        self,
        kind: FileKind,
        source: Source,
        columns: Mapping[str, list[str]],
        sums: Sequence[str] = (),
        totals: str | None = None,
    ) -> None:
        self._source = source
        self.left_out: list[tuple[int, Text]] = []
        self.unsure: list[tuple[int, str]] = []
        self.noted: list[tuple[int, str]] = []
        self.remarks: list[str] = []
        self.doubts: dict[int, Doubt] = {}
        at = {name: [source.headers.index(one) for one in found] for name, found in columns.items()}
        needed = [name for group in kind.required for name in group if name in at]
        self._naming = [at[name] for name in needed]
        """Columns of which a record fills at least one each, of those that belong together."""
        self._holder = at[next((name for name in needed if name != "id"), needed[0])][0] if needed else 0
        self._id = at.get("id", [])
        self._dates = [at[name][0] for name in kind.dates if name in at]
        self._rest = sorted(
            {i for name in needed if name != "id" for i in at[name]} - {self._holder} - set(self._dates)
        )
        self._headers = {at: plain(header).casefold() for at, header in enumerate(source.headers) if header}
        self._known = known_headers(kind)
        self._words = {form for word in self._known for form in (word, word.title(), word.upper(), word.capitalize())}
        self._words |= {form for word in source.headers for form in (word, word.title(), word.upper(), word.lower())}
        self._deleted = at["deleted"][0] if "deleted" in at else None
        self._said = totals
        self._totals: dict[int, str] | None = None if "amount" in kind.fields and needed else {}
        self._places = Places(
            owner=self._holder,
            identity=self._id,
            stages=self._rest,
            days=self._dates,
            sums=[source.headers.index(one) for one in sums],
            names=[at[name][0] for name in ("name", "account", "product") if name in at],
        )
        self._is_list = "amount" not in kind.fields
        self._has_ids = len(self._id) == 1 and self._id not in (at.get(name) for name in IDENTITY_PARTS)
        self.again = Again()
        self._below: frozenset[int] = frozenset()
        """The rows of small tables below the deals."""
        self._apart = Apart()
        self._lonely = len(kind.required) == 1 or len(source.headers) <= 2
        self._names = [at[name][0] for name in _SPOKEN if name in at] if kind.required == (_NAMES,) else []
        """Columns of which each is enough to make somebody."""
        self._teams, self._codes = at.get("team", []), at.get("code", [])
        self._region = next(iter(at.get("region", [])), None)
        self._makes_by_day = self._is_list and not self._rest
        """Whether a name and a day are enough to make a record."""

    def batches(self) -> Iterator[Table]:
        """Row numbers, records and their columns, in order."""
        self.left_out, self.remarks, self.unsure, self.noted = [], [], [], []
        self._tallies = Tallies(self._names, self._dates, self._teams, self._codes)
        names = ListedNames(self._names, self._dates, self._holder if self._makes_by_day else None, self._tallies)
        signed: dict[int, Doubt] = {}
        remarks: list[Row] = []  # left out only where no record follows
        for numbers, rows in self._source.batches():
            columns: Columns = list(zip(*rows, strict=False))
            self._look_for_totals(columns)
            self._tallies.note_teams(columns)
            suspects = self._suspects(numbers, columns, len(rows))
            if not self._is_list and self._id and self._apart.look(numbers, rows, suspects, self._repeats_header):
                self._look_apart()
            suspects = self._with_those_apart(suspects, numbers)
            if not suspects and not remarks:
                names.look(list(zip(numbers, rows, strict=True)) if self._makes_by_day else [])
                yield numbers, rows, columns
                continue
            keep: list[Row] = []
            for i, pair in enumerate(zip(numbers, rows, strict=True)):
                why = self._no_record(*pair) if i in suspects else None
                if why is None:
                    signed |= {number: self._doubt(row) for number, row in remarks if self._may_head(row)}
                    signed |= self._heading_of_region(remarks[-1:], pair[1], signed)
                    keep += [*remarks, pair]
                    remarks = []
                elif isinstance(why, Text):
                    if why.key not in (_TOTALS, _HEADER, _HEADING, _DELETED, _TABLE, _AGAIN):
                        self.remarks += [cell for cell in pair[1] if cell.strip()]
                    self.left_out.append((pair[0], why))
                elif why == _REMARK:
                    remarks.append(pair)
            if keep:
                names.look(keep)
                kept = [row for _, row in keep]
                yield [number for number, _ in keep], kept, list(zip(*kept, strict=False))
        keep = [(number, row) for number, row in remarks if self._may_count(row)]
        if keep:
            names.look(keep)
            remarks = [one for one in remarks if one not in keep]
            yield (
                [number for number, _ in keep],
                [row for _, row in keep],
                list(zip(*(row for _, row in keep), strict=False)),
            )
        self.left_out += [(number, _remark(row)) for number, row in remarks]
        self.remarks += [cell for _, row in remarks for cell in row if cell.strip()]
        self.left_out.sort(key=lambda one: one[0])
        self.doubts = names.doubts() | signed

    def _look_for_totals(self, columns: Columns) -> None:
        """Once a row has a word for totals, look through the whole file for such rows, and for what adds up to them."""
        if self._totals is None and any(map(graded, columns)):
            self._totals = rows_of_totals(self._source.batches(), self._places)

    def _look_apart(self) -> None:
        """Once a row stands apart from others, look through the whole file for small tables below the deals, and for deals that stand there once more."""
        headers, places = self._source.headers, self._places
        last = max((places.owner, *places.identity, *places.stages, *places.days, *places.sums, *places.names))
        end = next((at for at in range(last, len(headers)) if not headers[at]), len(headers))
        compared = [at for at in range(end) if at in places.identity or not counts_by_name(headers[at])]
        again = deals_again(self._source.batches(), compared, places, self._repeats_header)
        if again.in_other_columns is not None:
            self._refuse_other_columns(again.in_other_columns)
        # One deal under one id in two rows is said of each of them.
        self.again = replace(again, partly=None) if self._has_ids else again
        known = self._known.union(map(normalise, headers))
        self._below = rows_of_tables_below(self._but_those_again(), places, known)

    def _but_those_again(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        """All rows of the file but lists of some of the deals, and headers that come again."""
        left_out = self.again.rows | self.again.titles
        for numbers, rows in self._source.batches():
            pairs = zip(numbers, rows, strict=True)
            kept = [(n, row) for n, row in pairs if n not in left_out and not (left_out and self._repeats_header(row))]
            yield [n for n, _ in kept], [row for _, row in kept]

    def _with_those_apart(self, suspects: Collection[int], numbers: Sequence[int]) -> Collection[int]:
        out = self._below | self.again.rows | self.again.titles
        return {*suspects, *(i for i, number in enumerate(numbers) if number in out)} if out else suspects

    def _of_those_apart(self, number: int, filled: Sequence[str]) -> Text | None:
        """Why a row is left out that is one of a small table (but for its title), or of a list of some of the deals."""
        for rows, why in ((self._below, _TABLE), (self.again.rows, _AGAIN), (self.again.titles, _TITLE)):
            if number in rows and (len(filled) > 1 or rows is not self._below):
                return text(why, words=_short(filled))
        return None

    def _suspects(self, numbers: Sequence[int], columns: Columns, rows: int) -> Collection[int]:
        """Places of rows that lack something every record has, name totals, or are a header again; where hardly anything is
        needed, of all rows."""
        if self._lonely:
            return range(rows)
        cells = [columns[places[0]] for places in self._naming]
        found = {i for column in cells if not all(column) for i, cell in enumerate(column) if not cell}
        if self._totals:
            found |= {i for i, number in enumerate(numbers) if number in self._totals}
        if self._deleted is not None:
            found |= {i for i, cell in enumerate(columns[self._deleted]) if _says_yes(cell)}
        if self._is_list:
            for place in {0, self._holder} if columns else ():
                found |= {i for i, cell in enumerate(columns[place]) if names_a_day(cell) or begins_below(cell)}
        for column in cells:
            words = self._words.intersection(column)
            found |= {i for i, cell in enumerate(column) if cell in words} if words else set()
        return found

    def _repeats_header(self, row: list[str]) -> bool:
        """Whether a row is the header again, as between exports that were put one below the other."""
        found = 0
        for at, cell in enumerate(row):
            if cell.strip():
                clean, header = plain(cell).lstrip("\ufeff").casefold(), self._headers.get(at, "")
                if clean not in (header, re.sub(r" \(\d+\)$", "", header)):
                    return False
                found += 1
        return found > 1

    def _refuse_other_header(self, number: int, filled: Sequence[str]) -> None:
        """UserError for a row that is a header, but not this one: the rows below would be read by the wrong columns. What stands in the header's row
        may be the first row of a table beside it; no header holds amounts."""
        if any(any(map(str.isdigit, cell)) and FIGURE.fullmatch(plain(cell)) for cell in filled):
            return
        names = sum(
            normalise(cell) in self._known or plain(cell).casefold() in self._headers.values() for cell in filled
        )
        if names > 2 and names * 5 >= len(filled) * 4:
            raise UserError(
                "{file}: row {row} is a header with other columns than the first one: {words}. Import the tables one by one.",
                file=self._source.path.name,
                row=number,
                words=_short(filled),
            )

    def _refuse_other_columns(self, number: int) -> None:
        """UserError for the first row of a table of other columns that has no header of its own."""
        batches = self._source.batches()
        row = next(row for numbers, rows in batches for n, row in zip(numbers, rows, strict=True) if n == number)
        raise UserError(
            "{file}: in row {row} a table with other columns begins: {words}. Import the tables one by one.",
            file=self._source.path.name,
            row=number,
            words=_short([cell.strip() for cell in row if cell.strip()]),
        )

    def _no_record(self, number: int, row: list[str]) -> Text | str | None:
        """None for a record, "" for a blank row, a mark for a remark, else why the row is none."""
        filled = [cell if isinstance(cell, Number) else cell.strip() for cell in row if cell.strip()]
        if not filled:
            return ""
        if self._repeats_header(row):
            return text(_HEADER, words=_short(filled))
        apart = self._of_those_apart(number, filled)
        if apart is not None:
            return apart
        self._refuse_other_header(number, filled)
        is_deleted = self._deleted is not None and _says_yes(row[self._deleted])
        if is_deleted or (self._is_list and self._is_of_counts(row, filled)):
            return text(_DELETED if is_deleted else _TOTALS, words=_short(filled))
        if self._is_list and (are_signed(filled) or self._may_count(row)):
            return _REMARK
        return self._of_totals(number, filled) or self._lacking(row, filled)

    def _lacking(self, row: list[str], filled: Sequence[str]) -> Text | str | None:
        """Why a row that lacks what a record has is none."""
        holder = row[self._holder].strip()
        # Where nobody is named, a day without a figure is a second line of the header.
        days = [row[i] for i in self._dates]
        vital = any(map(str.strip, (row[i] for i in self._rest))) or any(
            re.search(r"\d", day) if not holder else day.strip() for day in days
        )
        is_total = names_totals(filled[0]) and all(
            isinstance(cell, Number) or FIGURE.fullmatch(plain(cell)) or names_totals(cell) for cell in filled[1:]
        )
        if is_total and not vital and (not holder or holder == filled[0] or FIGURE.fullmatch(plain(holder))):
            return text(_TOTALS, words=_short(filled))
        if self._is_list and 1 < len(filled) < 4 and names_a_day(filled[0]) and re.search(r"\d", filled[1]):
            return _REMARK
        if self._lonely:
            return self._alone(row, filled[0]) if len(filled) == 1 else None
        if not vital and not holder and not any(row[i].strip() for i in self._id):
            return text("A row that names nobody and no day: {words}", words=_short(filled))
        return _REMARK if len(filled) == 1 else None

    def _alone(self, row: list[str], words: str) -> Text | str | None:
        """Why a row of nothing but these words is none, in a list that needs hardly anything."""
        if reads_as_remark(words):
            return _REMARK
        is_heading = self._names and not any(row[at].strip() for at in self._names) and not any(map(str.isdigit, words))
        return text(_HEADING, words=_short([words])) if is_heading else None

    def _is_of_counts(self, row: list[str], filled: Sequence[str]) -> bool:
        """Whether a row counts the list's rows beyond doubt, or heads such counts."""
        heads = normalise(filled[0]) in self._known and head_counts(filled)
        return heads or are_counts(filled) or (self._may_count(row) and self._tallies.counts(row))

    def _may_count(self, row: list[str]) -> bool:
        return bool(self._names) and self._tallies.may_count(row)

    def _is_signed(self, row: list[str]) -> bool:
        return self._is_list and are_signed([cell.strip() for cell in row if cell.strip()])

    def _may_head(self, row: list[str]) -> bool:
        """Whether a row that records follow may be a signature of what stands above, or head them."""
        is_alone = self._is_list and not self._names and sum(map(bool, map(str.strip, row))) == 1
        return is_alone or self._is_signed(row)

    def _heading_of_region(
        self, before: Sequence[Row], row: Sequence[str], doubts: Mapping[int, Doubt]
    ) -> dict[int, Doubt]:
        """The doubt of the row ``before`` a record where it names the record's region."""
        found = {number: doubts[number] for number, _ in before if number in doubts and self._region is not None}
        region = match_key(row[self._region]) if found and self._region is not None else ""
        return {n: replace(one, heads_team=True) for n, one in found.items() if heads(one.words, region)}

    def _doubt(self, row: list[str]) -> Doubt:
        filled = [cell.strip() for cell in row if cell.strip()]
        name = " ".join(row[at].strip() for at in self._names if row[at].strip())
        if self._is_signed(row) and name and name != filled[0]:
            return Doubt(words=name, cells=_short(filled), reason=Reason.SIGNED)
        reason = Reason.REMARK if self._is_signed(row) else Reason.ALONE
        return Doubt(words=filled[0], cells=_short(filled), reason=reason)

    def _of_totals(self, number: int, filled: Sequence[str]) -> Text | None:
        """Why a row of totals is left out; None for a record, be it one that is not sure to be one."""
        kind = (self._totals or {}).get(number)
        if kind == OUT or (kind == ASKED and self._said == OUT):
            return text(_TOTALS, words=_short(filled))
        if kind == ASKED and self._said is None:
            self.unsure.append((number, _short(filled)))
        elif kind in (ASKED, NOTED):
            self.noted.append((number, _short(filled)))
        return None


_REMARK = "remark"
_NAMES = ("name", "last_name")
_SPOKEN = ("name", "first_name", "last_name")
"""The columns of somebody's name, in the order in which it is said."""
_TOTALS = N_("A row of totals: {words}")
_DELETED = N_("A row that is marked as deleted: {words}")
_TABLE = N_("A row of a small table below the deals: {words}")
_AGAIN = N_("A row of a list of some of the deals: {words}")
_TITLE = N_("A title: {words}")
_HEADING = N_("A row without a name: {words}")
_HEADER = N_("The header again: {words}")


def _says_yes(cell: str) -> bool:
    return bool(cell) and flag(cell) not in (False, None)


def _remark(row: list[str]) -> Text:
    return text("A remark below the table: {words}", words=_short([cell.strip() for cell in row if cell.strip()]))


def _short(cells: Sequence[str]) -> str:
    words = " · ".join(cells)
    return words if len(words) <= 80 else words[:79] + "…"
