"""How a file will be read: recognised, remembered, or said by the user; shown before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

from mentor_app.core.errors import UserError
from mentor_app.core.imports import Cell, Imported
from mentor_app.core.pipeline import actions
from mentor_app.core.store import Actor, Store
from mentor_app.core.text import N_, Listed, Text, Translator, plural_text, text
from mentor_app.transfer import dates, short_rows, swapped_dates
from mentor_app.transfer.dates import DateColumns, parse_date
from mentor_app.transfer.deals_again import Again
from mentor_app.transfer.reading import Source
from mentor_app.transfer.recognise import FileKind, signature
from mentor_app.transfer.records import Records, Table
from mentor_app.transfer.remarks import Doubt
from mentor_app.transfer.said import Questions, Reading, refuse
from mentor_app.transfer.stages import ALL_DEALS
from mentor_app.transfer.stated_orders import stated_orders
from mentor_app.transfer.swapped_dates import SWAP, SwappedDates
from mentor_app.transfer.tidy import MARKS, is_escaped, tidy, unescaped
from mentor_app.transfer.understood import ORDERS
from mentor_app.transfer.values import Bad, brief, plain

_MOST = 12
_REAL = re.compile(r"\d{4}-\d\d-\d\d(?![\d])")
"""How the real dates of a workbook are read."""


class DateReading(NamedTuple):
    """How the dates of a column are read: their order, whether years of two digits are none, whether day and month are exchanged."""

    order: str | None
    long_years: bool
    exchanged: bool


@dataclass(kw_only=True)
class Plan:
    """A file and how it will be read, decided from all of its rows. It may still lack something: ``questions`` says what."""

    kind: FileKind
    source: Source
    mapping: Reading
    rows: int = 0
    dates: DateColumns = field(default_factory=lambda: DateColumns(order="ymd"))
    """All dates whose header states no order; where there are none, those of the first that does."""
    own_dates: dict[str, DateColumns] = field(default_factory=dict)
    """Header → its dates, of the columns whose header states an order that its cells don't contradict."""
    left_out: list[tuple[int, Text]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What stands in rows that are no records, but for totals."""
    encoding_given: str | None = None
    delimiter_given: str | None = None
    order_given: str | None = None
    orders_given: Mapping[str, str] = field(default_factory=dict)
    """Header → the order of its dates, as somebody has said."""
    decimal_given: str | None = None
    unit_given: str | None = None
    totals_given: str | None = None
    """What was said of rows that may be totals: "out", or "deals"."""
    real_dates_given: str | None = None
    """What was said of real dates that may have day and month swapped: "swap", or "keep"."""
    swapped: SwappedDates | None = None
    """Columns whose real dates may have day and month swapped."""
    unsure: list[tuple[int, str]] = field(default_factory=list)
    """Rows that may be totals, of which nothing was said yet."""
    noted: list[tuple[int, str]] = field(default_factory=list)
    """Records that have the name of totals."""
    doubts: Mapping[int, Doubt] = field(default_factory=dict)
    """Row number → what may make it no record of a list."""
    again: Again = field(default_factory=Again)
    """What of the deals stands in the file once more, apart from them."""
    before: Reading = field(default_factory=Reading)
    """What was said for earlier files with these headers."""
    by_memory: list[Text] = field(default_factory=list)
    """What could be read in two ways, and is read as was said before."""
    escaped: dict[str, str] = field(default_factory=dict)
    """Fields whose cells are written as in a web page, with an example of each."""
    beside: frozenset[str] = frozenset()
    """Columns of a small table beside the records."""
    columns_given: frozenset[str] = frozenset()
    """Fields whose columns somebody has said."""
    dispensable: frozenset[str] = frozenset()
    """Fields that files of this kind need, and this one does not."""
    several: dict[str, list[str]] = field(default_factory=dict)
    """Fields that more than one column of the same name could be."""

    @property
    def missing(self) -> list[str]:
        """Fields that no column stands for yet; of alternatives the first."""
        known = self.mapping.columns.keys() | self.several.keys() | self.dispensable
        return [group[0] for group in self.kind.required if not any(name in known for name in group)]

    def questions(self, but_stages: bool = False) -> list[Text]:
        """What has to be said before the file can be read, as the command line takes it; ``but_stages`` leaves out what
        stage names mean."""
        file, asked = self.source.path.name, []
        if self.source.encodings:
            asked.append(
                text(
                    "{file} could be written in {choices}. Say which it is (--encoding).",
                    file=file,
                    choices=", ".join(
                        f"{name} ({self.source.examples[name]})" if self.source.examples.get(name) else name
                        for name in (self.source.encoding or "", *self.source.encodings)
                    ),
                )
            )
        for name, columns in self.several.items():
            asked.append(
                text(
                    '{file}: several columns could be {field}: {columns}. Say which one it is (--map "{field}=…").',
                    file=file,
                    field=text(self.kind.fields[name]),
                    columns=", ".join(map(self.source.place_of, columns)),
                )
            )
        if self.source.twins:
            words = N_("{file}: several sheets hold such a table. Say which one it is: {choices}")
            choices = ", ".join(f'--sheet "{name}"' for name in self.source.twins)
            asked.append(text(words, file=file, choices=choices))
        if self.missing and self.source.tables:
            words = N_("{file}: the sheet {sheet} holds no table that is known here. Say which sheet it is: {choices}")
            choices = ", ".join(f'--sheet "{name}"' for name in self.source.tables)
            asked.append(text(words, file=file, sheet=self.source.sheet, choices=choices))
        elif self.missing:
            asked.append(
                text(
                    "{file}: no column was recognised as {field}. The columns are: {columns}. Say which one it is.",
                    file=file,
                    field=Listed(tuple(self.kind.fields[name] for name in self.missing)),
                    columns=", ".join(self.source.headers),
                )
            )
        if self.mapping.date_order is None:
            words = N_("{file}: {reason} Say in which order they are (--date-order): {choices}")
            if len(self.date_places()) > 1:
                words = N_(
                    "{file}: {reason} Say in which order they are (--date-order, or --date-order COLUMN=ORDER for each column): {choices}"
                )
            asked.append(
                text(
                    words,
                    file=file,
                    reason=dates.describe(self.dates),
                    choices=Questions(tuple(self._order_choice(order) for order in self.dates.orders)),
                )
            )
        if self.swapped is not None and self.real_dates_given is None:
            places = map(self.source.place_of, self.swapped.columns)
            asked.append(swapped_dates.question(file, self.swapped, places))
        if self.unsure:
            rows = [text("row {row} ({words})", row=row, words=words) for row, words in self.unsure[:_MOST]]
            asked.append(
                plural_text(
                    "{file}: {n} row has the name of totals and may be a deal: {rows}. Say which: --totals out leaves it out, --totals deals imports it.",
                    "{file}: {n} rows have the name of totals and may be deals: {rows}. Say which: --totals out leaves them out, --totals deals imports them.",
                    file=file,
                    n=len(self.unsure),
                    rows=Questions((*rows, *([text("…")] if len(self.unsure) > _MOST else []))),
                )
            )
        return asked

    def _order_choice(self, order: str) -> Text:
        example = dates.reading(self.dates, order)
        return text("{order}: {example}.", order=order, example=example) if example else text("{order}.", order=order)

    def check(self, but_stages: bool = False) -> None:
        """UserError while the file can't be read yet, saying everything the user has to choose."""
        refuse(self.questions(but_stages))

    def at(self) -> dict[str, int]:
        """field → index of its (first) column."""
        return {name: self.source.headers.index(found[0]) for name, found in self.mapping.columns.items()}

    def records(self) -> Iterator[Table]:
        """Row numbers, rows that are records, and their columns, in batches; afterwards ``left_out`` tells of the others."""
        sums = self.mapping.columns.get("amount") or self.several.get("amount", [])
        found = Records(self.kind, self.source, self.mapping.columns, sums, self.totals_given)
        yield from found.batches()
        self.left_out, self.remarks, self.unsure, self.noted = found.left_out, found.remarks, found.unsure, found.noted
        self.doubts, self.again = found.doubts, found.again

    def survey(self) -> None:
        """Read the whole file once, and decide from all of it what can be decided."""
        seen: dict[int, set[str]] = {place: set() for place in self.date_places()}
        signs: dict[str, dict[str, None]] = {name: {} for name in self.at()}
        self.rows = 0
        for _, rows, _ in self.records():
            self.rows += len(rows)
            for place, cells in seen.items():
                cells.update(row[place] for row in rows)
            for name, place in self.at().items():
                signs[name].update(dict.fromkeys(row[place] for row in rows if MARKS.search(row[place])))
        self.escaped = {name: next(iter(cells)) for name, cells in signs.items() if is_escaped(cells)}
        self.decide_dates(seen)

    def clean(self, field: str, cell: str) -> str:
        """A cell of a list as it is read; longer texts stay as they were typed."""
        if field in self.escaped:
            cell = unescaped(cell)
        return cell.strip() if field in self.kind.texts else tidy(cell)

    def date_places(self) -> list[int]:
        """The columns of dates."""
        at = self.at()
        return [at[name] for name in self.kind.dates if name in at]

    def decide_dates(self, seen: Mapping[int, Iterable[str]]) -> None:
        """The order of all dates, and whether some may be swapped, from the distinct cells of their columns by place."""
        by_header = {self.source.headers[place]: cells for place, cells in seen.items()}
        self.orders_given = self._orders_said(by_header)
        self.dates, self.own_dates = dates.by_column(by_header, stated_orders(by_header), self.orders_given)
        if self.order_given and self.dates.order and self.dates not in self.own_dates.values():
            self._refuse_order(self.order_given, self.dates, [one for one in by_header if one not in self.own_dates])
        self._decide_order()
        parse = parse_date("ymd", self.source.counts_from_1904)
        self.swapped = swapped_dates.look_at(by_header, parse) if self.dates.has_texts else None

    def _orders_said(self, headers: Mapping[str, Iterable[str]]) -> dict[str, str]:
        """What was said of columns of dates, in capitals or not, by header; UserError for another column, and for an order that all
        dates of a column contradict."""
        said: dict[str, str] = {}
        for name, order in self.orders_given.items():
            alike = [one for one in headers if plain(one).casefold() == plain(name).casefold()]
            header = name if name in headers else alike[0] if len(alike) == 1 else None
            if header is None:
                words = N_("{file} has no column of dates called {column}. Its columns of dates are: {columns}.")
                columns = ", ".join(map(self.source.place_of, headers)) or "–"
                raise UserError(words, file=self.source.path.name, column=name, columns=columns)
            if said.setdefault(header, order) != order:
                words = N_("{file}: two orders were said of the dates of {column}.")
                raise UserError(words, file=self.source.path.name, column=self.source.place_of(header))
            self._refuse_order(order, dates.look_at(headers[header]), [header])
        return said

    def _refuse_order(self, order: str, found: DateColumns, headers: Iterable[str]) -> None:
        """UserError where all dates of columns contradict the order that was said of them."""
        if found.has_texts and found.possible and order not in found.possible:
            words = N_("{file}: the dates of {column} are not {order}: {example}. They can be: {orders}.")
            orders = Listed(tuple(ORDERS[one] for one in found.orders))
            places = ", ".join(map(self.source.place_of, headers))
            named, file = text(ORDERS[order]), self.source.path.name
            raise UserError(words, file=file, column=places, order=named, example=found.example, orders=orders)

    def exchanges(self, field: str) -> bool:
        """Whether day and month of a field's real dates are exchanged, as somebody has said."""
        if self.swapped is None or self.real_dates_given != SWAP:
            return False
        return self.mapping.columns[field][0] in self.swapped.columns

    def date_reading(self, field: str) -> DateReading:
        """How the dates of a field are read; equal for fields that are read alike."""
        own = self.own_dates.get(self.mapping.columns[field][0])
        order, columns = (self.mapping.date_order, self.dates) if own is None else (own.order, own)
        return DateReading(order, columns.long_years, self.exchanges(field))

    def date_parser(self, reading: DateReading) -> Callable[[str], str | Bad | None]:
        """Reads dates so."""
        parse = parse_date(reading.order, self.source.counts_from_1904, reading.long_years)
        return swapped_dates.mended(parse) if reading.exchanged else parse

    def _decide_order(self) -> None:
        """The order of the dates whose header states none; one remembered holds only where they can't tell, and one that
        was said does not answer for dates none of which fits it."""
        kept = self.mapping.date_order
        if self.dates in self.own_dates.values():
            self.mapping.date_order = self.dates.order
        elif self.order_given is None or (self.dates.order is None and self.order_given not in self.dates.orders):
            fits = kept in self.dates.possible and len(self.dates.examples) == 1
            self.mapping.date_order = self.dates.order or (kept if fits else None)
            if fits and kept is not None and self.dates.order is None:
                words = N_(
                    "Its dates could be read in two ways. As was said for an earlier file with these columns: {order}."
                )
                self.by_memory.append(text(words, order=text(ORDERS[kept])))
        else:
            self.mapping.date_order = self.order_given

    def unused(self) -> list[str]:
        """Columns with a name that mean nothing here."""
        used = {column for found in self.mapping.columns.values() for column in found}
        return [header for header in self.source.headers if header and header not in used]

    def recognised(self) -> dict[str, Any]:
        """What was recognised, as the command line and the wizard show it."""
        return {
            "encoding": self.source.encoding,
            "delimiter": self.source.delimiter,
            "sheet": self.source.sheet,
            "date_order": self.mapping.date_order,
            "columns": {name: " + ".join(found) for name, found in self.mapping.columns.items()},
        }

    def understood(self, tr: Translator, result: Imported | None = None) -> dict[str, Any]:
        """Everything a reader has to agree to before it is written; what does not apply is None or empty."""
        order = self.mapping.date_order
        example = dates.reading(self.dates, order) if order else None
        return {
            "encoding": self.source.encoding,
            "header_row": self.source.header_row,
            "left_out": [{"row": row, "why": why.render(tr)} for row, why in self.left_out],
            "date_order": order if self.date_places() else None,
            "date_example": self.dates.example_of(order)[0] if order else self.dates.example,
            "date_shown": self._shows_an_order(),
            "real_dates": self.real_dates_given if self.swapped is not None else None,
            "date_read": example.render(tr) if example else None,
            "decimal": None,
            "stages": [],
            "currencies": [],
            "totals": {"won": None, "lost": None, "open": None, "void": None},
            "closed": {"first": None, "last": None},
            "spans": self._spans(result),
            "rows": self.rows,
            "notes": [
                note.render(tr)
                for note in dict.fromkeys((*self.source.notes, *self.by_memory, *self._notes(), *self._remarks(result)))
            ],
            "unused": self.unused(),
            "people": None if result is None else {"new": result.people_added, "namesakes": result.namesakes},
            "new_records": {} if result is None else {self.kind.name: result.records_added},
            "new_teams": [] if result is None else result.teams_added,
            "cells": [] if result is None else [self.cell_said(cell, tr) for cell in result.cells],
            "more_cells": 0 if result is None else result.more_cells,
            "follows": [] if result is None else [words.render(tr) for words in result.follows],
            "questions": [
                question.render(tr)
                for question in (*self.questions(), *(result.unanswered if result is not None else ()))
            ],
        }

    def _shows_an_order(self) -> bool:
        """Whether any date is a text; the real ones of a workbook and numbers of seconds are in no order."""
        example = self.dates.example or ""
        if self.dates.has_texts or not example:
            return True
        return not (example.isdigit() or (self.source.encoding is None and _REAL.match(example)))

    def column_of(self, field: str, tr: Translator) -> str:
        """A field as the reader knows it: by its header in the file, else by what it is called here."""
        return (self.mapping.columns.get(field) or [tr(self.kind.fields.get(field, field))])[0]

    def cell_said(self, cell: Cell, tr: Translator) -> dict[str, Any]:
        """A cell that changes, in words."""
        sides, words = (cell.before, cell.after, cell.instead), self.kind.fields.get("id", "")
        values = [one.render(tr) if isinstance(one, Text) else one for one in sides]
        return {
            "row": cell.row,
            "record": cell.record.render(tr),
            "column": tr(words) if cell.field == "id" else self.column_of(cell.field, tr),
            "field": cell.field,
            "before": values[0],
            "after": values[1],
            "emptied": cell.emptied,
            **({"instead": values[2]} if values[2] else {}),
        }

    @property
    def unit_of_all(self) -> str | None:
        """The unit that was said for all amounts of the file."""
        return self.unit_given

    def _spans(self, result: Imported | None) -> dict[str, dict[str, str]]:
        """Of each column of dates in a list the first and the last day."""
        spans = {} if result is None else result.spans
        return {name: {"first": first.isoformat(), "last": last.isoformat()} for name, (first, last) in spans.items()}

    @staticmethod
    def _remarks(result: Imported | None) -> list[Text]:
        """What of some rows was not taken."""
        remarks = [] if result is None else result.remarks
        told = [text("Row {row}: {why}", row=row, why=why) for row, why in remarks[:_MOST]]
        return [*told, text("and {n} more", n=len(remarks) - _MOST)] if len(remarks) > _MOST else told

    def _notes(self) -> list[Text]:
        found = []
        if self.swapped is not None and self.real_dates_given is not None:
            found.append(swapped_dates.note(self.swapped, self.real_dates_given))
        for header, column in self.own_dates.items():
            if column.order and {column.order} != {self.mapping.date_order, self.order_given or column.order}:
                example = dates.reading(column, column.order) or column.example or ""
                words = N_("The dates in {column} are read in an order of their own: {order}, {example}.")
                if header in stated_orders(self.own_dates) and header not in self.orders_given:
                    words = N_("The dates in {column} are read as its header says: {order}, {example}.")
                found.append(text(words, column=header, order=text(ORDERS[column.order]), example=example))
        found += [
            text(
                "{column} is written as in a web page: {example} is read as {read}.",
                column=self.mapping.columns[name][0],
                example=example,
                read=self.clean(name, example),
            )
            for name, example in self.escaped.items()
        ]
        if self.source.beyond is not None:
            row, cells = self.source.beyond
            words = N_(
                "What stands beside the table, behind an empty column, is not read; it begins in row {row}: {words}"
            )
            found.append(text(words, row=row, words=brief(cells)))
        short = short_rows.note(self.source, self.at())
        return [*found, *([short] if short is not None else []), *self._notes_of_totals()]

    def _notes_of_totals(self) -> list[Text]:
        if not self.noted:
            return []
        row, words = self.noted[0]
        return [
            plural_text(
                "{n} row has the name of totals and is read as a deal: row {row}: {words}",
                "{n} rows have the name of totals and are read as deals; the first is row {row}: {words}",
                n=len(self.noted),
                row=row,
                words=words,
            )
        ]

    def remember(self, store: Store, actor: Actor) -> None:
        """Read the next file with these headers the same way. Of what could be read in two ways only what somebody said is
        remembered: that this file settled it says nothing of another."""
        said = replace(
            self.mapping,
            stages={name: status for name, status in self.mapping.stages.items() if name != ALL_DEALS},
            date_order=self.order_given or self.before.date_order,
            decimal=self.decimal_given or self.before.decimal,
            unit=self.unit_of_all or self.before.unit,
        )
        store.act(actor, actions.remember_mapping, signature(self.kind, self.source.headers), asdict(said))
