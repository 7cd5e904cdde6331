"""How a file will be read: recognised, remembered, or said by the user; shown before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline import actions
from mentor_app.core.pipeline.queries import remembered_mapping
from mentor_app.core.store import Actor, Store
from mentor_app.transfer.reading import Source, open_source
from mentor_app.transfer.recognise import FileKind, known_headers, recognise, signature
from mentor_app.transfer.values import date_order, decimal_comma


@dataclass
class Reading:
    """How a file is read: field → columns, stage name → our status, date order, decimal comma."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    date_order: str | None = None
    comma: bool = False


@dataclass
class Plan:
    """A file and how it will be read. It may still lack something: ``missing`` and ``mapping.date_order`` say what."""

    kind: FileKind
    source: Source
    mapping: Reading

    @property
    def missing(self) -> list[str]:
        """Fields that no column stands for yet; of alternatives the first."""
        return [group[0] for group in self.kind.required if not any(name in self.mapping.columns for name in group)]

    def check(self) -> None:
        """UserError while the file can't be read yet, saying what the user has to choose."""
        if self.missing:
            raise UserError(
                "{file}: no column was recognised as {field}. The columns are: {columns}. Say which one it is.",
                file=self.source.path.name,
                field=", ".join(self.missing),
                columns=", ".join(self.source.headers),
            )
        if self.mapping.date_order is None:
            raise UserError(
                "{file}: its dates could be day first or month first. Say which with the date order dmy or mdy.",
                file=self.source.path.name,
            )

    def at(self) -> dict[str, int]:
        """field → index of its (first) column."""
        return {name: self.source.headers.index(found[0]) for name, found in self.mapping.columns.items()}

    def recognised(self) -> dict[str, Any]:
        """What was recognised, as the command line and the wizard show it."""
        return {
            "encoding": self.source.encoding,
            "delimiter": self.source.delimiter,
            "sheet": self.source.sheet,
            "date_order": self.mapping.date_order,
            "columns": {name: " + ".join(found) for name, found in self.mapping.columns.items()},
            "footer_rows": self.source.footer_rows,
        }

    def remember(self, store: Store, actor: Actor) -> None:
        """Read the next file with these headers the same way."""
        store.act(actor, actions.remember_mapping, signature(self.kind, self.source.headers), asdict(self.mapping))


def make_plan(
    kind: FileKind,
    store: Store,
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, list[str]] | None = None,
    stages: Mapping[str, str] | None = None,
    order: str | None = None,
    only_columns: bool = False,
) -> Plan:
    """Recognise a file: what is given wins over what is remembered for its headers, and that over what is known.

    With ``only_columns`` nothing but the ``columns`` given is used. UserError where the file is no table or what is
    given does not fit it; whether everything needed is there, ``Plan.check`` says.
    """
    source = open_source(path, sheet, encoding, known_headers(kind))
    source.sparse = len(kind.required) == 1
    given = _fields(kind, columns or {}, source)
    with store.read() as connection:
        kept = remembered_mapping(connection, signature(kind, source.headers))
    remembered = Reading(**json.loads(kept)) if kept else Reading()
    chosen = Reading(
        columns=given if only_columns else {**recognise(kind, source.headers), **remembered.columns, **given},
        stages={**remembered.stages, **(stages or {})},
        date_order=order or remembered.date_order,
    )
    plan = Plan(kind, source, chosen)
    _recognise_values(plan)
    return plan


def _fields(kind: FileKind, columns: Mapping[str, list[str]], source: Source) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, several in columns.items():
        field_name = kind.field(name)
        if field_name is None:
            raise UserError(
                "{field} is not a field. The fields are: {known}.", field=name, known=", ".join(kind.fields)
            )
        for column in several:
            if column not in source.headers:
                raise UserError("{file} has no column called {column}.", file=source.path.name, column=column)
        given[field_name] = list(several)
    return given


def _recognise_values(plan: Plan) -> None:
    at, seen = plan.at(), plan.source.sample
    dates = [at[name] for name in plan.kind.dates if name in at]
    if "amount" in at:
        plan.mapping.comma = decimal_comma(row[at["amount"]] for row in seen if at["amount"] < len(row))
    if plan.mapping.date_order is None:
        plan.mapping.date_order = date_order(row[i] for row in seen for i in dates if i < len(row))
    if plan.mapping.date_order is None:  # the first rows don't tell: look at the whole file
        values = {row[i] for _, rows in plan.source.batches() for row in rows for i in dates if i < len(row)}
        plan.mapping.date_order = date_order(values)
