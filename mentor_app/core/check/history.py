"""The history played again from its beginning: is it whole in itself, and does it end in the rows that stand there?

Of rows imported in bulk it knows that they exist, and what was changed one by one later.

A row that was altered outside the app and set right in it leaves a change that does not go on from the one before. That is
only noted where the change wrote, in every column that had been altered, exactly what the history already said: then each value
is one that the app has written, and what was put there outside has become nothing. Any other value that is entered over it
may rest on the alteration, and may be what somebody forged in the history to hide one: it stays a problem, and so
does one that taking back brings back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import text as sql

from mentor_app.core.check import people, sealed
from mentor_app.core.check.acts import Acts
from mentor_app.core.check.past import ChangeSet, Outside, Past, Step, change_sets, kept, steps
from mentor_app.core.check.problem import ONLY_RESTORE, Problem, wrong
from mentor_app.core.check.rows import BY_COLUMN, Row, Rows, read
from mentor_app.core.store.history import RESTORED, Operation, change, change_set, undoing
from mentor_app.core.store.raw import defaults, read_raw
from mentor_app.core.store.records import read_dict
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import N_, text

_CLOCK = dt.timedelta(days=1)


def check(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Everything that does not fit: in the history itself, and between it and the rows."""
    found: list[Problem] = []
    past, acts = Past.begun(connection), Acts()
    sets = change_sets(connection, found)
    used = set()
    for step in steps(connection, sets, found):
        used.add(step.of.id)
        found += acts.done(step, past)
        found += _follow(step, past)
    yield from found
    yield from _outside(past, rows)
    yield from people.capacities(rows, acts.places)
    yield from _order(sets)
    restored = sorted(one.id for one in sets.values() if one.action == RESTORED)
    for set_id in sorted(sets.keys() - used - set(restored)):
        yield wrong("history_gone", "Nothing is left of what change set {row} changed.", "change_set", set_id)
    for own in (change_set, change, undoing):  # they only grow
        if own.name not in rows.missing:
            of = own.c.id if own is change_set else own.c.change_set_id
            held = read_dict(connection, select(own.c.id, of).order_by(own.c.id))
            yield from _gaps(connection, own.name, held, restored)
    yield from sealed.sequences(connection, past, rows)
    for table in sorted(kept() - rows.missing):
        if table in BY_COLUMN:
            yield from _compare_large(connection, table, past)
        else:
            yield from _compare(table, past, rows.ids.get(table, set()), rows.of(table))
        yield from _versions(connection, table, past)


def replayed(connection: Connection) -> tuple[Past, Rows]:
    """What the history ends in, and the rows that stand there; what is wrong with them is said by the check."""
    found: list[Problem] = []
    past = Past.begun(connection)
    for step in steps(connection, change_sets(connection, found), found):
        found += _follow(step, past)
    return past, read(connection)


def _versions(connection: Connection, table: str, past: Past) -> Iterator[Problem]:
    """Rows that say they were written more or less often than they were: whoever has one open would not be told."""
    c = metadata.tables[table].c
    if "version" not in c:
        return
    counted = {row: n for row, n in past.versions.get(table, {}).items() if n != 1 and past.exists(table, row)}
    stand: dict[int, Any] = read_dict(connection, select(c.id, c.version).where(c.version != 1))
    more = past.raises.get(table, {})
    differs = {
        row
        for row, n in stand.items()
        if past.exists(table, row) and not (isinstance(n, int) and 0 <= n - counted.get(row, 1) <= more.get(row, 0))
    }
    for row in sorted(differs | _there(connection, table, counted.keys() - stand.keys())):
        found = wrong(
            "row_changed", "Row {row} of {table} differs from the history in {columns}.", table, row, columns="version"
        )
        yield replace(found, advice=ONLY_RESTORE)


def _there(connection: Connection, table: str, ids: Collection[int]) -> set[int]:
    c = metadata.tables[table].c
    wanted, found = sorted(ids), set[int]()
    for at in range(0, len(wanted), 500):
        found |= set(connection.execute(select(c.id).where(c.id.in_(wanted[at : at + 500]))).scalars())
    return found


def _order(sets: Mapping[int, ChangeSet]) -> Iterator[Problem]:
    """A clock may be set back a little; a day is no such thing."""
    dated = [(one.at, one.id) for _, one in sorted(sets.items()) if one.at is not None and one.action != RESTORED]
    for (before, _), (after, set_id) in pairwise(dated):
        if before - after > _CLOCK:
            yield wrong(
                "history_changed",
                "Change set {row} is dated {at}, before the one it follows.",
                "change_set",
                set_id,
                at=after.date(),
            )


def _gaps(connection: Connection, table: str, ids: Mapping[int, int], restored: Collection[int]) -> Iterator[Problem]:
    """Numbers missing in a table that only grows; ``ids`` with the change set of each. Where a backup was ``restored``
    (a change set) numbers are skipped, and a server's sequences have gaps of their own."""
    if connection.dialect.name != "sqlite":
        return
    last = connection.execute(sql("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}).scalar()
    end = [last + 1] if isinstance(last, int) and last > max(ids, default=0) else []
    for before, after in pairwise([0, *ids, *end]):
        since, until = ids.get(before, 0), ids.get(after)
        skipped = any(since < one and (until is None or one <= until) for one in restored)
        if after > before + 1 and not skipped:
            yield _rows_gone(table, before + 1, after - 1)


def _rows_gone(table: str, first: int, last: int) -> Problem:
    if first == last:
        return wrong("history_gone", "Row {row} of {table} was removed.", table, first)
    what = N_("Rows {first} to {last} of {table} were removed.")
    return wrong("history_gone", what, table, first, first=first, last=last)


def _follow(step: Step, past: Past) -> Iterator[Problem]:
    """Take a step, and say where it does not go on from what stood there before."""
    if step.row is None:
        yield from _follow_bulk(step, past)
        return
    past.written(step)
    held, gone = past.rows.setdefault(step.table, {}), past.gone.setdefault(step.table, set())
    there = past.exists(step.table, step.row)
    if step.operation == Operation.INSERT:
        if there:
            yield _broken(step)
        gone.discard(step.row)
        held[step.row] = dict(step.after)
        past.count(step.table, step.row, step.after.get("version", 1))
        past.whole.setdefault(step.table, set()).add(step.row)
        return
    known = held.setdefault(step.row, {})
    altered = [
        name for name, value in step.before.items() if name in known and name != "version" and known[name] != value
    ]
    if not there or any(name not in step.after or step.after[name] != known[name] for name in altered):
        yield _broken(step)
        altered = []
    past.set_right(step, altered)
    if step.operation == Operation.DELETE:
        gone.add(step.row)
    else:
        known.update(step.after)
        past.count(step.table, step.row)


def _broken(step: Step) -> Problem:
    what = N_("Change {change} does not go on from what the history says of row {row} of {table} before.")
    return wrong("history_broken", what, step.table, step.row, change=step.id)


def _outside(past: Past, rows: Rows) -> Iterator[Problem]:
    """What was altered outside the app: noted where it was set right, a problem where taking that back has brought it back."""
    back = N_(
        "Row {row} of {table} holds again in {columns} what was put there outside the app: that change {change} had set it right "
        "was taken back."
    )
    by_change: dict[int, dict[str, Outside]] = {}
    for (_, _, column), one in past.outside.items():
        by_change.setdefault(one.by.id, {})[column] = one
    for change_id, columns in by_change.items():
        by = next(iter(columns.values())).by
        again = {name: one for name, one in columns.items() if one.is_back}
        if again:
            found = wrong("row_changed", back, by.table, by.row, columns=", ".join(again), change=change_id)
            yield replace(found, changed={name: (by.after[name], one.value) for name, one in again.items()})
        else:
            rows.notes.append(_set_right(by, ", ".join(columns)))


def _set_right(by: Step, columns: str) -> Problem:
    what = text(
        "Row {row} of {table} was altered outside the app in {columns}; change {change} has put back what the history says. "
        "Nothing needs to be done.",
        row=by.row,
        table=by.table,
        columns=columns,
        change=by.id,
    )
    return Problem(key="set_right", what=what, table=by.table, row=by.row)


def _follow_bulk(step: Step, past: Past) -> Iterator[Problem]:
    try:
        if step.operation == Operation.INSERT_MANY:
            for first, last in step.after:
                past.made_in_bulk(step.table, int(first), int(last))
            return
        ids, held = [row_id for row_id, *_ in step.before["rows"]], past.rows.get(step.table, {})
        if not all(past.exists(step.table, row_id) for row_id in ids):
            yield _broken(step)
        if step.operation == Operation.UPDATE_MANY:
            past.whole.get(step.table, set()).difference_update(ids)
            for row_id in ids:
                past.count(step.table, row_id)
                for name in step.before["columns"][1:]:
                    held.get(row_id, {}).pop(name, None)
        else:
            past.gone.setdefault(step.table, set()).update(ids)
    except (TypeError, ValueError, KeyError):
        yield wrong("history_unreadable", "What change {row} says can't be read.", "change", step.id)


def _compare(table: str, past: Past, ids: Collection[int], readable: Mapping[int, Row]) -> Iterator[Problem]:
    """The rows that stand there against what the history ends in."""
    held, gone = past.rows.get(table, {}), past.gone.get(table, set())
    for row_id in sorted(held.keys() - gone):
        if row_id not in ids:
            yield _removed(table, row_id)
        elif row_id in readable:
            yield from _same(table, row_id, past, readable[row_id])
    for row_id in sorted(ids):
        if row_id in gone or not past.exists(table, row_id):
            yield _inserted(table, row_id)
    for first, last in past.ranges.get(table, ()):
        for row_id in range(first, last + 1):
            if row_id not in ids and row_id not in gone and row_id not in held:
                yield _removed(table, row_id)


def _same(table: str, row_id: int, past: Past, row: Row) -> Iterator[Problem]:
    known = past.rows[table][row_id]
    expected: dict[str, Any] = dict(known)
    if row_id in past.whole.get(table, set()):
        expected = {**defaults(metadata.tables[table]), **known}
    differs = sorted(
        name
        for name, value in expected.items()
        if name in row and name not in ("id", "version") and not _equal(row[name], value)
    )
    if differs:
        found = wrong(
            "row_changed",
            "Row {row} of {table} differs from the history in {columns}.",
            table,
            row_id,
            columns=", ".join(differs),
        )
        yield replace(found, changed={name: (expected[name], row[name]) for name in differs})


def _equal(stands: Any, said: Any) -> bool:
    return bool(stands == said)


def _removed(table: str, row_id: int) -> Problem:
    return wrong("row_gone", "Row {row} of {table} was removed behind the app's back.", table, row_id)


def _inserted(table: str, row_id: int) -> Problem:
    return wrong("row_without_history", "Row {row} of {table} was put in behind the app's back.", table, row_id)


def _compare_large(connection: Connection, table: str, past: Past) -> Iterator[Problem]:
    """Like ``_compare``, by counting in the database; rows are looked at only where the counts differ."""
    c = metadata.tables[table].c
    held, gone = past.rows.get(table, {}), past.gone.get(table, set())
    alone = {row for row in held.keys() - gone if not past.in_bulk(table, row)}
    if held.keys() - gone:
        wanted = sorted(held.keys() - gone)
        readable = {
            raw.values["id"]: raw.values for raw in read_raw(connection, metadata.tables[table], wanted) if not raw.bad
        }
        for row_id in wanted:
            if row_id in readable:
                yield from _same(table, row_id, past, readable[row_id])
    expected = len(alone) + sum(last - first + 1 for first, last in past.ranges.get(table, ()))
    expected -= sum(past.in_bulk(table, row) for row in gone)
    span = func.count(c.id), func.min(c.id), func.max(c.id)
    inside = sum(
        connection.execute(select(span[0]).where(c.id.between(first, last))).scalar_one()
        for first, last in past.ranges.get(table, ())
    )
    total = connection.execute(select(span[0])).scalar_one()
    if total == expected and total == inside + len(alone):
        return
    ids = set(connection.execute(select(c.id)).scalars())
    yield from (_inserted(table, row) for row in sorted(ids) if row in gone or not past.exists(table, row))
    yield from (_removed(table, row) for row in sorted(alone - ids))
    for first, last in past.ranges.get(table, ()):
        yield from (_removed(table, row) for row in range(first, last + 1) if row not in ids and row not in gone)
