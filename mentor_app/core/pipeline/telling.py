"""What is told of an import of deals: the cells that change, what is not in the file, and which rows may be which deals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import and_, ne
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.imports import Cell
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline.choices import Choices
from mentor_app.core.pipeline.renamed import Pair, Row
from mentor_app.core.pipeline.rules import KEY_MARK, STATUS, Corrected, ImportedDeals, Missed, shown_key
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.text import Text, text

_SHOWN = 200
"""Changed cells that are shown; of further ones only how many they are."""
_TELL_APART = ("closed_on", "expected_on", "stage", "amount_cents")
"""Beside the owner, what deals of one identity are told from each other by."""
_FIELDS = {
    "name": "name",
    "account": "account",
    "owner_id": "owner",
    "product": "product",
    "stage": "stage",
    "status": "status",
    "opened_on": "opened_on",
    "closed_on": "closed_on",
    "expected_on": "expected_on",
    "amount_cents": "amount",
    "currency": "currency",
}
"""Column of a deal → the field of a file that says it."""


class Telling:
    """Fills in the result what is told; ``rows`` are the numbers of the file's rows by their keys."""

    def __init__(self, connection: Connection, result: ImportedDeals, rows: Mapping[str, int]) -> None:
        self._connection, self._result, self._rows = connection, result, rows

    def currency(self, names: Sequence[str]) -> None:
        """The currency of the deals that the file touches, where it names none."""
        result = self._result
        if "amount_cents" in names and "currency" not in names and (result.updated or result.unchanged):
            held = self._connection.execute(select(opportunity.c.currency).distinct()).scalars().all()
            if len(held) == 1 and not result.new:
                result.kept_currency = held[0]
            else:
                result.kept_currencies = tuple(sorted(filter(None, held)))

    def missed(self, names: Sequence[str], rows: Sequence[Row]) -> None:
        """The deals that are not in the file."""
        at = names.index("account") if "account" in names else None
        self._result.missed = [Missed(called(names, row), None if at is None else row[at]) for row in rows]

    def corrected(
        self, names: Sequence[str], said: Mapping[Pair, int | None], choices: Choices, whole: Callable[[Row, Row], Row]
    ) -> None:
        """The rows that may be deals, what each may be and changes of it, and what was said of it; a row becomes ``whole`` beside its deal."""
        if not said:
            return
        owners = self._owner_names()
        offered = _offered(names, choices, owners)
        self._result.renamed = [
            Corrected(
                row=self._rows[one.new[0]],
                name=called(names, one.new),
                was=called(names, one.old),
                cells=(
                    *_identity(names, self._rows[one.new[0]], one),
                    *_cells(names, self._rows[one.new[0]], one.old, whole(one.new, one.old), owners),
                ),
                may_be=offered.get(one.new[0], ()),
                shown=choices.number(one),
                is_known=None if answer is None else answer != 0,
            )
            for one, answer in sorted(said.items(), key=lambda one: self._rows[one[0].new[0]])
        ]

    def cells(self, names: Sequence[str], keys: Sequence[str], old: Sequence[Row], new: Sequence[Row]) -> None:
        """Show the first cells that change, count the others."""
        result = self._result
        changes = _changes(names, old, new)
        room = _SHOWN - len(result.cells)
        if room > 0:
            owners, some = self._owner_names(), zip(old[:room], new[:room], keys[:room], strict=True)
            rows = ((["key", *names], self._rows[key], (key, *was[1:]), (key, *now[1:])) for was, now, key in some)
            cells = [cell for row in rows for cell in _cells(*row, owners)][:room]
            result.cells += cells
            changes -= len(cells)
        result.more_cells += changes

    def _owner_names(self) -> dict[int, str]:
        """What owners are called, by the ids that deals have of them."""
        rows = self._connection.execute(select(crm_name.c.id, crm_name.c.name))
        return {row.id: row.name for row in rows}


def _offered(
    names: Sequence[str], choices: Choices, owners: Mapping[int, str]
) -> dict[str, tuple[tuple[Text | str, ...], ...]]:
    """Of rows (by their keys) that may be several deals what these are."""

    def words(old: Row) -> tuple[Text | str, ...]:
        said = dict(zip(names, old, strict=True))
        parts = (_said(name, said[name], owners) for name in ("owner_id", *_TELL_APART) if said.get(name) is not None)
        return called(names, old), *parts

    return {key: tuple(words(one.old) for one in several) for key, several in choices.may_be.items()}


def _changes(names: Sequence[str], old: Sequence[Row], new: Sequence[Row]) -> int:
    """How many cells differ, whole columns at a time; a status that changes with its stage is one cell with it."""
    before, after = ([*zip(*rows, strict=True)][1:] for rows in (old, new))
    differ = {
        name: list(map(ne, was, now))
        for name, was, now in zip(names, before, after, strict=True)
        if name in _FIELDS and was != now
    }
    both = differ.keys() >= {"status", "stage"}
    together = sum(map(and_, differ["status"], differ["stage"])) if both else 0
    return sum(map(sum, differ.values())) - together


def _cells(names: Sequence[str], number: int, old: Row, new: Row, owners: Mapping[int, str]) -> Iterator[Cell]:
    """What differs between a deal and the row that it becomes."""
    was, now = dict(zip(names, old, strict=True)), dict(zip(names, new, strict=True))
    differ = [name for name in _FIELDS if name in now and was[name] != now[name]]
    if "stage" in differ and "status" in differ:
        differ.remove("status")
    record = text("{words}", words=called(names, new))
    for name in differ:
        before, after = (_said(name, side[name], owners) for side in (was, now))
        yield Cell(row=number, record=record, field=_FIELDS[name], before=before, after=after)


def _identity(names: Sequence[str], number: int, one: Pair) -> Iterator[Cell]:
    """The identity as a cell that changes, where an id of one column is given, taken or another one."""
    keys = one.old[0], one.new[0]
    if keys[0] != keys[1] and not all(KEY_MARK in key for key in keys):
        before, after = map(shown_key, keys)
        yield Cell(
            row=number, record=text("{words}", words=called(names, one.new)), field="id", before=before, after=after
        )


def _said(name: str, value: Any, owners: Mapping[int, str]) -> Text | str:
    if value is None:
        return ""
    if name == "status":
        return text(STATUS[value])
    if name == "owner_id":
        return owners[value]
    return f"{value / 100:,.2f}" if name == "amount_cents" else str(value)


def called(names: Sequence[str], row: Row) -> str:
    """What people call a deal: its name, else its customer, else what makes its identity."""
    said = dict(zip(names, row, strict=True))
    found: str = said.get("name") or said.get("account") or shown_key(row[names.index("key")])
    return found
