"""Recognising a file. One that may be written in several encodings is read in all of them: where what is read comes out alike, it need
not be said which it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.queries import remembered_mapping
from mentor_app.core.store import Store
from mentor_app.core.text import Listed
from mentor_app.transfer import amounts, dates
from mentor_app.transfer.beside import columns_beside
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.reading import Source, open_source
from mentor_app.transfer.recognise import (
    OPPORTUNITIES,
    FileKind,
    identity_parts,
    is_table,
    known_headers,
    recognise,
    signature,
)
from mentor_app.transfer.said import Reading

_MOST = 50_000
"""So many rows are read once more in each of some encodings within seconds."""


def make_plan(kind: FileKind, store: Store, path: Path, *, encoding: str | None = None, **given: Any) -> Plan:
    """Recognise a file: what is given wins over what its rows show, and that over what is remembered for its headers.

    With ``only_columns`` nothing but the ``columns`` given is used. UserError where the file is no table or what is
    given does not fit it; whether everything needed is there, ``Plan.check`` says. See ``_plan_in_one_encoding`` for what can be given.
    """

    def in_one(encoding: str | None) -> Plan:
        return _plan_in_one_encoding(kind, store, path, encoding=encoding, **given)

    plan = in_one(encoding)
    if plan.source.encodings and _is_read_alike(plan, in_one):
        plan.source.encodings = ()
    return plan


def _plan_in_one_encoding(
    kind: FileKind,
    store: Store,
    path: Path,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    columns: Mapping[str, list[str]] | None = None,
    stages: Mapping[str, str] | None = None,
    order: str | None = None,
    orders: Mapping[str, str] | None = None,
    decimal: str | None = None,
    unit: str | None = None,
    totals: str | None = None,
    real_dates: str | None = None,
    only_columns: bool = False,
    made: type[Plan] = Plan,
) -> Plan:
    """What ``make_plan`` gives, in the encoding given, else in the likeliest."""
    source = open_source(path, sheet, encoding, known_headers(kind), delimiter, partial(is_table, kind))
    given = _fields(kind, columns or {}, source)
    with store.read() as connection:
        remembered = Reading.kept(remembered_mapping(connection, signature(kind, source.headers)))
    looks = (partial(_may_hold_figures, source), lambda header: dates.are_mostly_days(source.sample_of(header)))
    beside = columns_beside(kind, source, *looks)
    found = recognise(kind, [header if header not in beside else "" for header in source.headers], *looks)
    said = given if only_columns else {**found.columns, **remembered.columns, **given}
    columns_said = {name: several for name, several in said.items() if several}
    is_put_together = found.columns.get("id", []) == identity_parts(found.columns)
    if kind is OPPORTUNITIES and is_put_together and "id" not in {**remembered.columns, **given} and not only_columns:
        columns_said |= {"id": parts} if (parts := identity_parts(columns_said)) else {}
    chosen = Reading(
        columns=columns_said,
        stages={**remembered.stages, **(stages or {})},
        date_order=remembered.date_order,
        decimal=remembered.decimal,
        owners=remembered.owners,
        units=remembered.units,
        unit=remembered.unit,
        without=[name for name in kind.fields if not said.get(name, [""])] or remembered.without,
        names=remembered.names,
    )
    plan = made(
        kind=kind,
        source=source,
        mapping=chosen,
        before=remembered,
        beside=beside,
        columns_given=frozenset({**remembered.columns, **given}),
        encoding_given=encoding,
        delimiter_given=delimiter,
        order_given=order,
        orders_given=orders or {},
        decimal_given=decimal,
        unit_given=unit,
        totals_given=totals,
        real_dates_given=real_dates,
    )
    if not only_columns:
        plan.several = {name: several for name, several in found.several.items() if name not in said}
    else:
        chosen.without = [name for name in kind.fields if name not in chosen.columns]
    plan.survey()
    return plan


def _may_hold_figures(source: Source, header: str) -> bool:
    """Whether figures stand in a column, as far as its first rows show; an empty one holds none where they are all."""
    cells = source.sample_of(header)
    return amounts.are_figures(cells) if cells else len(source.sample) >= 20


def _fields(kind: FileKind, columns: Mapping[str, list[str]], source: Source) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, several in columns.items():
        field_name = kind.field(name)
        if field_name is None:
            raise UserError(
                "{field} is not a field. The fields are: {known}.",
                field=name,
                known=Listed(tuple(kind.fields.values())),
            )
        for column in filter(None, several):
            if column not in source.headers:
                raise UserError("{file} has no column called {column}.", file=source.path.name, column=column)
        given[field_name] = [column for column in several if column]
    return given


def _is_read_alike(plan: Plan, in_other: Callable[[str], Plan]) -> bool:
    """Whether its records, in the columns that are read, and what is known of them are the same ``in_other`` encodings it may have;
    of very long files that is not tried."""
    if plan.rows > _MOST:
        return False
    try:
        return all(_are_alike(plan, in_other(name)) for name in plan.source.encodings)
    except UserError:  # what one encoding shows is no such table in another
        return False


def _are_alike(one: Plan, other: Plan) -> bool:
    return _facts(one) == _facts(other) and all(a == b for a, b in zip_longest(_cells(one), _cells(other)))


def _facts(plan: Plan) -> tuple[object, ...]:
    """What is decided from the whole file."""
    source = plan.source
    places = [[source.headers.index(one) for one in found] for found in plan.several.values()]
    about_amounts = [getattr(plan, name, None) for name in ("amounts", "units", "unit_rows")]
    return source.header_row, source.delimiter, _places(plan), places, plan.dates, about_amounts, plan.unsure


def _places(plan: Plan) -> dict[str, list[int]]:
    """Field → the places of its columns."""
    return {name: [plan.source.headers.index(one) for one in found] for name, found in plan.mapping.columns.items()}


def _cells(plan: Plan) -> Iterator[tuple[Sequence[int], list[tuple[str, ...]]]]:
    """The numbers of the records, and their cells in the columns that are read, in batches."""
    read = sorted({place for places in _places(plan).values() for place in places})
    for numbers, _, columns in plan.records():
        yield list(numbers), [columns[place] for place in read]
