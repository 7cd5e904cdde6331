"""Recognising a file. One that may be written in several encodings is read in all of them: where what is read comes out alike, it need
not be said which it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.store import Store
from mentor_app.transfer.plan import Plan, plan_in_one_encoding
from mentor_app.transfer.recognise import FileKind

_MOST = 50_000
"""So many rows are read once more in each of some encodings within seconds."""


def make_plan(kind: FileKind, store: Store, path: Path, *, encoding: str | None = None, **given: Any) -> Plan:
    """Recognise a file: what is given wins over what its rows show, and that over what is remembered for its headers.

    With ``only_columns`` nothing but the ``columns`` given is used. UserError where the file is no table or what is
    given does not fit it; whether everything needed is there, ``Plan.check`` says. See ``plan_in_one_encoding`` for what can be given.
    """

    def in_one(encoding: str | None) -> Plan:
        return plan_in_one_encoding(kind, store, path, encoding=encoding, **given)

    plan = in_one(encoding)
    if plan.source.encodings and _is_read_alike(plan, in_one):
        plan.source.encodings = ()
    return plan


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
