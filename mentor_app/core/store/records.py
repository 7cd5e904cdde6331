"""Rows become records by name: a column's label is the field it fills, so no order can be mistaken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints

from sqlalchemy import JSON, ColumnElement, Connection, Executable, String, cast, func, literal, select

T = TypeVar("T")
K = TypeVar("K")


def read_all(connection: Connection, statement: Executable, cls: type[T]) -> list[T]:
    """Each row as a record of ``cls``, states as their types.

    TypeError where the labels are not the record's fields (those with a default may be left out), rows or none.
    """
    result = connection.execute(statement)
    labels = tuple(result.keys())
    record: Any = cls
    states = _states(record, labels)
    if not states:
        return [cls(**dict(zip(labels, row, strict=True))) for row in result]
    records = []
    for row in result:
        values: dict[str, Any] = dict(zip(labels, row, strict=True))
        for label, state in states:
            values[label] = state(values[label])
        records.append(cls(**values))
    return records


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column holds one of these values, however many: as parameters a database takes some ten thousand."""
    listed = literal(json.dumps(values), String)
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(listed).table_valued("value").c.value))
    return column.in_(select(func.json_array_elements_text(cast(listed, JSON)).column_valued("value")))


def read_dict(connection: Connection, statement: Executable) -> dict[Any, Any]:
    """The first column of each row → its second."""
    return dict(connection.execute(statement).all())


@lru_cache(maxsize=256)
def _states(cls: Any, labels: tuple[str, ...]) -> tuple[tuple[str, type[StrEnum]], ...]:
    """Labels that hold states, and which; looked at once for each shape of statement."""
    known = fields(cls)
    missing = {one.name for one in known if one.default is MISSING and one.default_factory is MISSING} - set(labels)
    unknown = set(labels) - {one.name for one in known}
    if missing or unknown or len(set(labels)) < len(labels):
        raise TypeError(f"{cls.__name__} is not made of {', '.join(labels)}")
    hints = get_type_hints(cls)
    return tuple((label, hints[label]) for label in labels if _is_state(hints[label]))


def _is_state(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)
