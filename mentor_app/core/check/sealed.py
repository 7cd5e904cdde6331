"""The history against its seals, and the numbers that are given out next against those that were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import text as sql

from mentor_app.core.check.past import Past, restorations
from mentor_app.core.check.problem import ONLY_RESTORE, Problem, derived, wrong
from mentor_app.core.check.rows import Rows
from mentor_app.core.store.history import change, change_seal, change_set, installed_seal, undoing
from mentor_app.core.store.raw import read_raw
from mentor_app.core.store.schema import metadata
from mentor_app.core.store.seal import instant_seal, set_seal
from mentor_app.core.text import text


def seals(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Change sets whose seal is missing or covers something else: who, when, what, what it takes back, or the one before."""
    if change_seal.name in rows.missing:
        return
    held = {raw.values.get("id"): raw.values.get("hash") for raw in read_raw(connection, change_seal)}
    taken: dict[Any, list[Any]] = defaultdict(list)
    for raw in sorted(read_raw(connection, undoing), key=lambda one: str(one.values.get("id")).zfill(20)):
        taken[raw.values.get("change_set_id")].append(raw.values.get("undoes_id"))
    steps = groupby((raw.values for raw in read_raw(connection, change)), lambda one: one.get("change_set_id"))
    next_id, group = next(steps, (None, iter(())))
    before, ids = "", set[Any]()
    for raw in read_raw(connection, change_set):
        set_id = raw.values.get("id")
        ids.add(set_id)
        own: Iterator[Mapping[str, Any]] = iter(())
        while isinstance(next_id, int) and isinstance(set_id, int) and next_id < set_id:
            next_id, group = next(steps, (None, iter(())))
        if next_id == set_id:
            own = group
        if set_seal(before, raw.values, own, taken.get(set_id, [])) != held.get(set_id):
            yield wrong(
                "history_changed",
                "Change set {row} is not as it was sealed: who did it, when, or what was done is another.",
                "change_set",
                set_id if isinstance(set_id, int) else None,
            )
        before = str(held.get(set_id) or "")
    for set_id in sorted(i for i in held.keys() - ids if isinstance(i, int)):
        yield wrong(
            "history_gone", "The seal of change set {row} is left, but not the change set.", "change_seal", set_id
        )


def installed(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """The programme that every store begins with: when it was put in, which no history tells."""
    if installed_seal.name in rows.missing:
        return
    held = [(raw.values.get("id"), raw.values.get("hash")) for raw in read_raw(connection, installed_seal)]
    first = rows.of("programme_version").get(1)
    if first is not None and held != [(1, instant_seal(first["published_at"]))]:
        found = wrong("row_changed", "Row {row} of {table} is not as it was put in: {columns}.", "programme_version", 1,
                      columns="published_at")  # fmt: skip
        yield replace(found, advice=ONLY_RESTORE)


def sequences(connection: Connection, past: Past, rows: Rows) -> Iterator[Problem]:
    """The number that a table gave out last (in a file): one lower would be given out twice, one higher skips numbers."""
    if connection.dialect.name != "sqlite":
        return
    held: dict[Any, list[Any]] = defaultdict(list)
    for name, seq in connection.execute(sql("SELECT name, seq FROM sqlite_sequence")):
        held[name].append(seq)
    restored = restorations(connection)
    for table, last in last_numbers(connection, past, rows).items():
        given = held.pop(table, [])
        exact = table in past.known and not restored
        if not last and not given:
            continue
        if len(given) != 1 or not isinstance(given[0], int) or given[0] < last or (exact and given[0] > last):
            what = text("The number that {table} gave out last is not {n}, but {held}.", table=table, n=last,
                        held=", ".join(map(str, given)) or "–")  # fmt: skip
            yield derived("sequence", what, table)
    for name in sorted(map(str, held)):
        yield derived("sequence", text("Numbers are noted for {table}, which there is not.", table=name), name)


def last_numbers(connection: Connection, past: Past, rows: Rows) -> dict[str, int]:
    """The highest number of each table whose numbers are given out once: of the rows, and of those the history knows."""
    found = {}
    for name, table in metadata.tables.items():
        if name in rows.missing or not table.dialect_options["sqlite"]["autoincrement"]:
            continue
        there = connection.execute(sql(f"SELECT max(id) FROM \"{name}\" WHERE typeof(id) = 'integer'")).scalar() or 0
        found[name] = max(there, past.known.get(name, 0))
    return found
