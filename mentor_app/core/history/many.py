"""Records that were changed many at once, each with its values before and after.

The history keeps of them only what they held before; what they held after stands in the next change of each, or in the store.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from mentor_app.core.store.history import Operation, change, encode
from mentor_app.core.store.schema import metadata

NAMED = 20
"""Of more records that were changed at once only how many is told."""


def one_by_one(
    connection: Connection, row: Mapping[str, Any], of: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """A row of the history as one for each record it changed, as if they had been changed one by one; itself where that were
    too many, or where it is no such row. With ``of`` only those of these records, however many there are, and also as they were made."""
    if row["operation"] == Operation.INSERT_MANY and of is not None:
        return _made(connection, row, of)
    if row["operation"] != Operation.UPDATE_MANY:
        return [dict(row)]
    kept = json.loads(row["before"])
    columns = kept["columns"][1:]
    before = {values[0]: dict(zip(columns, values[1:], strict=True)) for values in kept["rows"]}
    if of is not None:
        before = {row_id: values for row_id, values in before.items() if row_id in of}
    elif len(before) > NAMED:
        return [dict(row)]
    after = _after(connection, row, before) if before else {}
    return [
        {
            **row,
            "operation": Operation.UPDATE,
            "row_id": row_id,
            "before": json.dumps(values),
            "after": json.dumps(after[row_id]),
        }
        for row_id, values in before.items()
    ]


def _made(connection: Connection, row: Mapping[str, Any], of: Collection[int]) -> list[dict[str, Any]]:
    """Those of these records that were made many at once, as if each had been made by itself."""
    ranges, columns = rows_in(row["operation"], None, row["after"]), metadata.tables[row["table_name"]].c.keys()
    unset = {row_id: dict.fromkeys(columns) for row_id in of if row_id in ranges}
    return [
        {**row, "operation": Operation.INSERT, "row_id": row_id, "before": None, "after": json.dumps(values)}
        for row_id, values in (_after(connection, row, unset) if unset else {}).items()
    ]


class Rows:
    """Ids of rows as ranges, [first, last] of each."""

    def __init__(self, ranges: Iterable[Sequence[int]]) -> None:
        self.ranges = sorted((first, last) for first, last in ranges)

    def __contains__(self, row_id: int) -> bool:
        at = bisect(self.ranges, (row_id, 1 << 62)) - 1
        return at >= 0 and self.ranges[at][0] <= row_id <= self.ranges[at][1]


def rows_in(operation: str, before: str | None, after: str | None) -> Rows:
    """The rows that a row of the history says were written many at once: of those made it keeps the ranges of their ids, of
    those changed or removed what each held, its id first."""
    if operation == Operation.INSERT_MANY:
        return Rows(json.loads(after or "[]"))
    return Rows([(held[0], held[0]) for held in json.loads(before or '{"rows": []}')["rows"]])


def how_many(rows: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, Operation]]:
    """(table, what was done) → how many records were written many at once, in however many portions the history keeps them;
    of those of its ``rows`` that say so."""
    found: Counter[tuple[str, Operation]] = Counter()
    for row in rows:
        if row["row_id"] is None:
            ranges = rows_in(row["operation"], row["before"], row["after"]).ranges
            found[row["table_name"], Operation(row["operation"])] += sum(last - first + 1 for first, last in ranges)
    return found


def _after(
    connection: Connection, row: Mapping[str, Any], before: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, Any]]:
    """What the records held once the change was made: what a later change found there first, else what they hold now."""
    found: dict[int, dict[str, Any]] = {row_id: {} for row_id in before}
    c, where = change.c, metadata.tables[row["table_name"]]
    one = c.row_id.in_(before)
    many = and_(c.row_id.is_(None), or_(*(c.before.contains(f"[{row_id},") for row_id in before)))
    later = select(c.row_id, c.before).where(c.table_name == where.name, c.id > row["id"], or_(one, many))
    for row_id, said in connection.execute(later.order_by(c.id)):
        for changed_id, values in _held(row_id, json.loads(said or "{}")).items():
            if changed_id in found:
                found[changed_id] = values | found[changed_id]
    for now in connection.execute(select(where).where(where.c.id.in_(before))).mappings():
        found[now["id"]] = json.loads(encode(dict(now))) | found[now["id"]]
    return {row_id: {name: found[row_id].get(name) for name in values} for row_id, values in before.items()}


def _held(row_id: int | None, before: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """What a change found: of one record, or of each of many."""
    if row_id is not None:
        return {row_id: before}
    names = before.get("columns", [])
    return {
        values[0]: dict(zip(names, values, strict=False)) for values in before.get("rows", ()) if names[:1] == ["id"]
    }
