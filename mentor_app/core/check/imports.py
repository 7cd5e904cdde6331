"""Rows written in bulk against the hashes that the history keeps of them.

The history is gone through backwards: what a change replaced is what stood there since the change before it, so the values
of every change are known from the rows of today and the old values kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Date, Table, and_, select

from mentor_app.core.check.past import ONE_ROW, kept
from mentor_app.core.check.problem import Problem, wrong
from mentor_app.core.check.rows import Rows
from mentor_app.core.store.history import Operation, change
from mentor_app.core.store.raw import defaults
from mentor_app.core.store.schema import Instant, metadata
from mentor_app.core.store.seal import BLOCK, seal
from mentor_app.core.text import N_, Text, text

_BULK = (Operation.INSERT_MANY, Operation.UPDATE_MANY)
_BEFORE_SEALS = N_("Some rows of {table} were imported before their values could be proved: they were not compared.")
_ERASED = N_(
    "Some rows of {table}, and others imported with them, were not compared: words in them were erased on request."
)
_Old: TypeAlias = tuple[tuple[str, ...], Sequence[Any]]


def check(connection: Connection, _rows: Rows) -> Iterator[Problem]:
    """Blocks of rows that are not as they were written; said of those only whose hashes the history has."""
    c = change.c
    for name in sorted(set(connection.execute(select(c.table_name).where(c.operation.in_(_BULK))).scalars()) & kept()):
        values = _Values(connection, metadata.tables[name])
        statement = select(c.id, c.row_id, c.operation, c.before, c.after).where(c.table_name == name)
        for row in connection.execute(statement.order_by(c.id.desc())):
            try:
                before, after = (json.loads(words) if words else None for words in (row.before, row.after))
                yield from values.back(row.row_id, row.operation, before, after)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError):
                yield wrong("history_unreadable", "What change {row} says can't be read.", "change", row.id)


def unproved(connection: Connection) -> list[Text]:
    """Tables with rows imported when the history did not keep hashes yet."""
    c = change.c
    bare = and_(c.operation == Operation.INSERT_MANY, c.before.is_(None))
    erased = and_(c.erasure_id.is_not(None), c.operation.in_(_BULK))
    return [
        text(words, table=name)
        for which, words in ((bare, _BEFORE_SEALS), (erased, _ERASED))
        for name in connection.execute(select(c.table_name).where(which).distinct().order_by(c.table_name)).scalars()
    ]


class _Values:
    """The values of a table's rows, as they were after the change looked at."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection, self._table = connection, table
        self._later: dict[int, _Old] = {}  # what stood in a row before the changes looked at so far
        self._defaults = defaults(table)

    def back(self, row: int | None, operation: str, before: Any, after: Any) -> Iterator[Problem]:
        """Compare what a change wrote, and go back to before it."""
        if operation == Operation.INSERT_MANY and before is not None:
            for first, count, hashes in before["seals"]:
                yield from self._inserted(first, count, before["columns"], hashes)
        elif operation == Operation.UPDATE_MANY:
            columns, ids = tuple(before["columns"][1:]), [values[0] for values in before["rows"]]
            for number, wanted in enumerate(after["seals"] if after else ()):
                if wanted is None:
                    continue  # words in it were erased on request
                block = ids[number * BLOCK : (number + 1) * BLOCK]
                held = self._read(block, columns)
                if len(held) == len(block) and seal(list(zip(*(held[i] for i in block), strict=True))) != wanted:
                    yield self._changed(min(block), max(block))
            for row_id, *old in before["rows"]:
                self._put_back(row_id, columns, old)
        elif operation not in (Operation.INSERT_MANY, *ONE_ROW):
            yield from self._removed(before["columns"], before["rows"])
        elif row is not None and before:
            self._put_back(row, tuple(before), list(before.values()))

    def _removed(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Problem]:
        """Rows removed together, all of their values given; those that came back later came back as they were."""
        chosen = [at for at, name in enumerate(names) if name not in ("id", "version")]
        columns, key = tuple(names[at] for at in chosen), list(names).index("id")
        for at in range(0, len(rows), BLOCK):
            block = {row[key]: [row[i] for i in chosen] for row in rows[at : at + BLOCK]}
            held = self._read(list(block), columns)
            if any(list(held[row_id]) != values for row_id, values in block.items() if row_id in held):
                yield self._changed(min(block), max(block))
            for row_id, values in block.items():
                self._put_back(row_id, columns, values)

    def _put_back(self, row_id: int, columns: tuple[str, ...], values: list[Any]) -> None:
        held = self._later.get(row_id)
        if held is not None and held[0] != columns:
            whole = {**dict(zip(*held, strict=True)), **dict(zip(columns, values, strict=True))}
            columns, values = tuple(whole), list(whole.values())
        self._later[row_id] = columns, values

    def _inserted(self, first: int, count: int, columns: Sequence[str], hashes: Sequence[str]) -> Iterator[Problem]:
        others = [c.name for c in self._table.columns if c.name not in (*columns, "id", "version")]
        spare, width = [self._defaults[name] for name in others], len(columns)
        for number, wanted in enumerate(hashes):
            begin = first + number * BLOCK
            block = range(begin, min(begin + BLOCK, first + count))
            held = self._read(block, (*columns, *others))
            if len(held) < len(block) or wanted is None:
                continue  # gone: said elsewhere; or words in it were erased on request
            values = list(zip(*(held[i] for i in block), strict=True))
            unsaid = any(set(column) != {default} for column, default in zip(values[width:], spare, strict=True))
            if unsaid or seal(values[:width]) != wanted:
                yield self._changed(block[0], block[-1])

    def _changed(self, first: int, last: int) -> Problem:
        return wrong(
            "import_changed",
            "Among rows {first} to {last} of {table} at least one is not as it was imported.",
            self._table.name,
            first,
            first=first,
            last=last,
        )

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
