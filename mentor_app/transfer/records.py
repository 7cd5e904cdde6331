"""The rows of a file that are records, and those that are not: totals, remarks, rows that name nothing."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.reading import Row, Source
from mentor_app.transfer.recognise import FileKind
from mentor_app.transfer.values import Number, plain

_COUNTED = (
    r"[(（]?\s*[\d.,'%\s\u00a0]*(?:records?|rows?|deals?|opportunit(?:y|ies)|items?|entries|people|persons?|zeilen|einträge|datensätze|"
    r"条记录|条|行|笔|个|项|人|條|筆|個|項|[A-Z]{3}|[€$£¥￥元])?\s*[)）]?"
)
"""A figure, and what was counted."""
_TOTAL = re.compile(
    r"(?:(?:grand[ -]?|sub[ -]?)?(?:totals?|sums?)|count|average|records?|(?:gesamt)?summe|gesamt|合计|总计|小计|汇总|总和|共计|平均|合計|總計|小計|匯總|總和)"
    rf"\s*[:：]?\s*{_COUNTED}",
    re.IGNORECASE,
)
"""A cell that names totals and nothing else: "Total Gas Ltd", "Sum 41 Ltd" and 合计科技 are names."""
_FIGURE = re.compile(rf"[-+]?[€$£¥￥]?{_COUNTED}|[-–—]+", re.IGNORECASE)

Columns = list[tuple[str, ...]]
Table = tuple[Sequence[int], list[list[str]], Columns]
"""Row numbers, rows, and the rows by column as far as all reach."""


class Records:
    """The records of a file by its columns; once they were all read, ``left_out`` says which rows were none, and why."""

    def __init__(self, kind: FileKind, source: Source, columns: Mapping[str, list[str]]) -> None:
        self._source = source
        self.left_out: list[tuple[int, Text]] = []
        self.remarks: list[str] = []
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
        self._lonely = len(kind.required) == 1 or len(source.headers) <= 2

    def batches(self) -> Iterator[Table]:
        """Row numbers, records and their columns, in order."""
        self.left_out, self.remarks = [], []
        remarks: list[Row] = []  # left out only where no record follows
        for numbers, rows in self._source.batches():
            columns: Columns = list(zip(*rows, strict=False))
            suspects = self._suspects(columns, len(rows))
            if not suspects and not remarks:
                yield numbers, rows, columns
                continue
            keep: list[Row] = []
            for i, pair in enumerate(zip(numbers, rows, strict=True)):
                why = self._no_record(pair[1]) if i in suspects else None
                if why is None:
                    keep += [*remarks, pair]
                    remarks = []
                elif isinstance(why, Text):
                    if why.key != _TOTALS:
                        self.remarks += [cell for cell in pair[1] if cell.strip()]
                    self.left_out.append((pair[0], why))
                elif why == _REMARK:
                    remarks.append(pair)
            if keep:
                kept = [row for _, row in keep]
                yield [number for number, _ in keep], kept, list(zip(*kept, strict=False))
        self.left_out += [(number, _remark(row)) for number, row in remarks]
        self.remarks += [cell for _, row in remarks for cell in row if cell.strip()]
        self.left_out.sort(key=lambda one: one[0])

    def _suspects(self, columns: Columns, rows: int) -> Container[int]:
        """Places of rows that lack something every record has; where hardly anything is needed, of all rows."""
        if self._lonely:
            return range(rows)
        cells = [columns[places[0]] for places in self._naming]
        return {i for column in cells if not all(column) for i, cell in enumerate(column) if not cell}

    def _no_record(self, row: list[str]) -> Text | str | None:
        """None for a record, "" for a blank row, a mark for a remark, else why the row is none."""
        filled = [cell if isinstance(cell, Number) else cell.strip() for cell in row if cell.strip()]
        if not filled:
            return ""
        holder = row[self._holder].strip()
        vital = any(row[i].strip() for i in (*self._dates, *self._rest))
        is_total = bool(_TOTAL.fullmatch(plain(filled[0]))) and all(
            isinstance(cell, Number) or _FIGURE.fullmatch(plain(cell)) or _TOTAL.fullmatch(plain(cell))
            for cell in filled[1:]
        )
        if is_total and not vital and (not holder or holder == filled[0]):
            return text(_TOTALS, words=_short(filled))
        if self._lonely:
            return None
        if not vital and not holder and not any(row[i].strip() for i in self._id):
            return text("A row that names nobody and no day: {words}", words=_short(filled))
        return _REMARK if len(filled) == 1 else None


_REMARK = "remark"
_TOTALS = N_("A row of totals: {words}")


def _remark(row: list[str]) -> Text:
    return text("A remark below the table: {words}", words=_short([cell.strip() for cell in row if cell.strip()]))


def _short(cells: list[str]) -> str:
    words = " · ".join(cells)
    return words if len(words) <= 80 else words[:79] + "…"
