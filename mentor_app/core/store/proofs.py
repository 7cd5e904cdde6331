"""The values of rows written in bulk, and the hashes of them that they have in the history: block by block, as they were.

The history is gone through backwards: what a change replaced is what stood there since the change before it, so the values
of every change are known from the rows of today and the old values kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Date, Table, select

from mentor_app.core.store.history import Operation, change
from mentor_app.core.store.raw import defaults
from mentor_app.core.store.schema import Instant
from mentor_app.core.store.seal import BLOCK, seal

BULK = (Operation.INSERT_MANY, Operation.UPDATE_MANY)
"""What is written with hashes of its values."""
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What may come of a change in which somebody has written something else."""
_OTHER = "other"
_Old: TypeAlias = tuple[tuple[str, ...], Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows that share a hash: of which change and where in its hashes (of rows removed together, which prove themselves,
    nowhere); the hash that the history has (None: words were erased) and the one of the values as they were."""

    change_id: int
    at: tuple[int, ...]
    ids: Sequence[int]
    kept: str | None
    found: str

    @property
    def proved(self) -> bool:
        """Whether the values are those that were written."""
        return self.kept == self.found


def blocks(
    connection: Connection,
    table: Table,
    chosen: Callable[[Sequence[int]], bool] = lambda _ids: True,
    unreadable: Callable[[int], object] = lambda _change: None,
) -> Iterator[Block]:
    """The blocks of a table from the last written to the first, of those rows ``chosen``; a block of which a row is gone can't
    be told. ``unreadable`` is told of changes that say what can't be read."""
    c, values = change.c, _Values(connection, table, chosen)
    statement = select(c.id, c.row_id, c.operation, c.before, c.after).where(c.table_name == table.name)
    for row in connection.execute(statement.order_by(c.id.desc())):
        try:
            before, after = (json.loads(words) if words else None for words in (row.before, row.after))
            yield from values.back(row.id, row.row_id, row.operation, before, after)
        except UNREADABLE:
            unreadable(row.id)


class _Values:
    """The values of a table's rows, as they were after the change looked at."""

    def __init__(self, connection: Connection, table: Table, chosen: Callable[[Sequence[int]], bool]) -> None:
        self._connection, self._table, self._chosen = connection, table, chosen
        self._later: dict[int, _Old] = {}  # what stood in a row before the changes looked at so far
        self._defaults = defaults(table)

    def back(self, number: int, row: int | None, operation: str, before: Any, after: Any) -> Iterator[Block]:
        """What a change wrote, block by block; then go back to before it."""
        if operation == Operation.INSERT_MANY and before is not None:
            for run, (first, count, hashes) in enumerate(before["seals"]):
                yield from self._inserted(number, run, range(first, first + count), before["columns"], hashes)
        elif operation == Operation.UPDATE_MANY:
            columns, ids = tuple(before["columns"][1:]), [values[0] for values in before["rows"]]
            for at, kept in enumerate(after["seals"] if after else ()):
                block = ids[at * BLOCK : (at + 1) * BLOCK]
                held = self._read(block, columns) if self._chosen(block) else {}
                if held and len(held) == len(block):
                    found = seal(list(zip(*(held[i] for i in block), strict=True)))
                    yield Block(change_id=number, at=(at,), ids=block, kept=kept, found=found)
            for row_id, *old in before["rows"]:
                self._put_back(row_id, columns, old)
        elif operation == Operation.DELETE_MANY:
            yield from self._removed(number, before["columns"], before["rows"])
        elif row is not None and before:
            self._put_back(row, tuple(before), list(before.values()))

    def _removed(self, number: int, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Block]:
        """Rows removed together, all of their values given; those that came back later came back as they were."""
        chosen = [at for at, name in enumerate(names) if name not in ("id", "version")]
        columns, key = tuple(names[at] for at in chosen), list(names).index("id")
        for at in range(0, len(rows), BLOCK):
            block = {row[key]: [row[i] for i in chosen] for row in rows[at : at + BLOCK]}
            held = self._read(list(block), columns) if self._chosen(list(block)) else {}
            if any(list(held[row_id]) != values for row_id, values in block.items() if row_id in held):
                yield Block(change_id=number, at=(), ids=list(block), kept="", found=_OTHER)
            for row_id, values in block.items():
                self._put_back(row_id, columns, values)

    def _put_back(self, row_id: int, columns: tuple[str, ...], values: list[Any]) -> None:
        held = self._later.get(row_id)
        if held is not None and held[0] != columns:
            whole = {**dict(zip(*held, strict=True)), **dict(zip(columns, values, strict=True))}
            columns, values = tuple(whole), list(whole.values())
        self._later[row_id] = columns, values

    def _inserted(
        self, number: int, run: int, ids: range, columns: Sequence[str], hashes: Sequence[str | None]
    ) -> Iterator[Block]:
        others = [c.name for c in self._table.columns if c.name not in (*columns, "id", "version")]
        spare, width = [self._defaults[name] for name in others], len(columns)
        for at, kept in enumerate(hashes):
            block = ids[at * BLOCK : (at + 1) * BLOCK]
            held = self._read(block, (*columns, *others)) if self._chosen(block) else {}
            if not held or len(held) < len(block):
                continue  # gone: said elsewhere
            values = list(zip(*(held[i] for i in block), strict=True))
            unsaid = any(set(column) != {default} for column, default in zip(values[width:], spare, strict=True))
            found = _OTHER if unsaid else seal(values[:width])
            yield Block(change_id=number, at=(run, at), ids=block, kept=kept, found=found)

    def _read(self, ids: Sequence[int], columns: tuple[str, ...]) -> dict[int, Sequence[Any]]:
        """The values of rows by id, as they were; days as ISO text."""
        server = self._connection.dialect.name == "postgresql"
        chosen = [
            f"{c.name}::text" if server and isinstance(c.type, (Date, Instant)) else c.name
            for c in (self._table.c[name] for name in columns)
        ]
        within = f"BETWEEN {ids[0]:d} AND {ids[-1]:d}"
        if not isinstance(ids, range):
            within = f"IN ({', '.join(map(str, map(int, ids)))})"
        statement = f"SELECT id, {', '.join(chosen)} FROM {self._table.name} WHERE id {within}"
        found: dict[int, Sequence[Any]] = {row[0]: row[1:] for row in self._connection.exec_driver_sql(statement)}
        for row_id in ids if self._later else ():
            later = self._later.get(row_id)
            if later is None:
                continue
            if later[0] == columns:
                found[row_id] = later[1]
                continue
            whole = dict(zip(columns, found[row_id], strict=True)) if row_id in found else {}
            whole |= dict(zip(*later, strict=True))
            if whole.keys() >= set(columns):  # else it is gone, and was not whole when it went
                found[row_id] = [whole[name] for name in columns]
        return found
