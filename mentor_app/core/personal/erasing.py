"""Putting what a person is replaced by into every row, and into the history of every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, func, select, update

from mentor_app.core.personal.places import with_names
from mentor_app.core.personal.texts import ONCE, WORDS, Replacing, Theirs, columns_of
from mentor_app.core.playbooks import published
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.playbooks.tables import playbook_answer, playbook_version
from mentor_app.core.store import Session, search
from mentor_app.core.store.history import Operation, change, change_set, encode, reseal
from mentor_app.core.store.proofs import BULK, blocks
from mentor_app.core.tables import metadata

_SOME = 500  # rows read or asked for at once


def erase_everywhere(
    session: Session, erasure_id: int, of: Theirs, replacing: Replacing, progress: Callable[[int, int], object]
) -> list[int]:
    """Erase in all rows and in their history; inside ``lifted``. Returns the entries of the points ledger it touched.

    ``progress`` is told how much of how much is done; it may raise to stop, and then nothing is erased.
    """
    connection = session.connection
    touched: dict[str, list[int]] = {}
    proved = _proved(connection)
    for name in WORDS:
        touched[name] = _rows(session, metadata.tables[name], of, replacing)
        if touched[name]:
            session.touch(metadata.tables[name])
    _index_again(connection, touched["playbook_version"], touched["playbook_answer"])
    _history(connection, erasure_id, replacing, progress)
    _prove_again(connection, erasure_id, proved, replacing)
    _actors(connection, replacing)
    reseal(connection)  # it is another history now, and proven as such
    return touched["point_entry"]


def _rows(session: Session, table: Table, of: Theirs, replacing: Replacing) -> list[int]:
    """Erase in the rows of a table; returns which were touched."""
    connection = session.connection
    columns = [table.c[name] for name in columns_of(table.name)]
    ids = set(of.rows.get(table.name, ())) | with_names(
        connection, table, (*of.names, *of.codes, *of.plain_codes, *of.short), replacing.also.pieces
    )
    ids |= {"person": of.ids, "crm_name": set(of.crm)}.get(table.name, set())
    wanted, changed = sorted(ids), []
    for at in range(0, len(wanted), _SOME):
        some = select(table.c.id, *columns).where(table.c.id.in_(wanted[at : at + _SOME])).order_by(table.c.id)
        for row_id, *values in connection.execute(some).all():
            _tell_apart(connection, table, row_id, values, replacing)
            new = [
                replacing.value(table.name, row_id, column.name, value)
                for column, value in zip(columns, values, strict=True)
            ]
            told = {c.name: v for c, v, was in zip(columns, new, values, strict=True) if v != was}
            if told:
                connection.execute(update(table).where(table.c.id == row_id).values(**told))
                if "version" in table.c:
                    session.raise_version(table, row_id)
                changed.append(row_id)
    return changed


def _tell_apart(connection: Connection, table: Table, row_id: int, values: Sequence[Any], replacing: Replacing) -> None:
    """Where another row holds by now what this one is to hold, and only one may, this one gets its number behind it, as often as it
    takes."""
    for name, value in zip(columns_of(table.name), values, strict=True):
        if (table.name, name) not in ONCE:
            continue
        for n in count(1):
            new = replacing.value(table.name, row_id, name, value)
            taken = select(table.c.id).where(table.c[name] == new, table.c.id != row_id).limit(1)
            if not new or new == value or connection.execute(taken).first() is None:
                break
            replacing.doubled[table.name, row_id] = f" ({row_id})" * n


def _index_again(connection: Connection, versions: Sequence[int], answers: Sequence[int]) -> None:
    """The search finds answers by the words they hold now, tags of their versions included, and nothing of the others is left in its
    index."""
    a, v = playbook_answer.c, playbook_version.c
    books = _asked(connection, select(v.playbook_id), v.id, versions) | _asked(
        connection, select(a.playbook_id), a.id, answers
    )
    if not books:
        return
    try:
        stands = published.standing(connection)
    except (ValueError, KeyError, TypeError):  # a damaged version: what its answers say themselves
        stands = {}
    for book in sorted(books):
        found = select(a.id, a.position, a.title, a.body, a.product, a.industry).where(a.playbook_id == book)
        rows, (_, parts) = connection.execute(found).all(), stands.get(book, (0, ()))
        search.remove(connection, [row.id for row in rows])
        put = list[tuple[int, str, str]]()
        for row in rows:
            own = Part(title=row.title, body=row.body, product=row.product, industry=row.industry)
            put.append((row.id, *published.searched(parts[row.position] if row.position < len(parts) else own)))
        search.put(connection, put)
    search.rebuild(connection)


def _asked(connection: Connection, wanted: Select[Any], column: Column[int], ids: Sequence[int]) -> set[Any]:
    """What is wanted of the rows with these ids."""
    some = (ids[at : at + _SOME] for at in range(0, len(ids), _SOME))
    return {one for part in some for one in connection.execute(wanted.where(column.in_(part))).scalars()}


def _actors(connection: Connection, replacing: Replacing) -> None:
    """Who acted before they were chosen as a person stands in the history by name."""
    s = change_set.c
    for name in connection.execute(select(s.actor_name).where(s.actor_name.is_not(None)).distinct()).scalars().all():
        if replacing.is_named(name):
            connection.execute(update(change_set).where(s.actor_name == name).values(actor_name=replacing.neutral))


def _history(
    connection: Connection, erasure_id: int, replacing: Replacing, progress: Callable[[int, int], object]
) -> None:
    """Every change that said something of it says now what stands there instead, and that it was erased."""
    c, first = change.c, 2**31 - 1
    spoken = c.table_name.in_(list(WORDS))
    done, total = 0, connection.execute(select(func.count()).select_from(change).where(spoken)).scalar_one()
    while True:
        some = select(change).where(c.id < first, spoken).order_by(c.id.desc()).limit(_SOME)
        rows = connection.execute(some).mappings().all()
        if not rows:
            return
        first = rows[-1]["id"]
        for row in rows:
            done += 1
            if row["row_id"] is None or done % _SOME == 0:  # rows written many at once take the longest
                progress(done, total)
            told = _change(dict(row), replacing)
            if told is None and replacing.is_gone(row["table_name"], row["row_id"]):
                told = row["before"], row["after"]
            if told is not None:
                values = {"before": told[0], "after": told[1], "erasure_id": erasure_id}
                connection.execute(update(change).where(c.id == row["id"]).values(**values))


def _change(row: Mapping[str, Any], replacing: Replacing) -> tuple[str | None, str | None] | None:
    """Both sides of a change as they are to be; None where nothing of them changes."""
    table = row["table_name"]
    both = [json.loads(words) if words else None for words in (row["before"], row["after"])]
    if row["row_id"] is not None:
        new = [_side(table, row["row_id"], side, replacing) for side in both]
    else:
        new = _many(table, row["operation"], both[0], both[1], replacing)
    if new == both:
        return None
    before, after = (None if side is None else encode(side) for side in new)
    return before, after


def _side(table: str, row_id: int, side: Any, replacing: Replacing) -> Any:
    if not isinstance(side, dict):
        return side
    return {name: replacing.value(table, row_id, name, value) for name, value in side.items()}


def _many(table: str, operation: str, before: Any, after: Any, replacing: Replacing) -> list[Any]:
    """Rows written many at once: the old values kept of them."""
    if operation == Operation.INSERT_MANY:
        return [before, after]
    return [{**before, "rows": _told(table, before["columns"], before["rows"], replacing)}, after]


def _told(table: str, columns: Sequence[str], rows: Sequence[list[Any]], replacing: Replacing) -> Sequence[list[Any]]:
    """Rows with what is to stand in each place; the same rows where nothing changes."""
    spoken = [at for at, name in enumerate(columns) if replacing.may_change(table, name, (row[at] for row in rows))]
    if not spoken:
        return rows
    told = [list(row) for row in rows]
    for row in told:
        for at in spoken:
            row[at] = replacing.value(table, row[0], columns[at], row[at])
    return told


def _in_bulk(connection: Connection) -> list[str]:
    """The tables with words in which rows were written in bulk."""
    found = connection.execute(select(change.c.table_name).where(change.c.operation.in_(BULK)).distinct()).scalars()
    return sorted(set(found) & WORDS.keys())


def _proved(connection: Connection) -> set[tuple[int, tuple[int, ...]]]:
    """The blocks of rows written in bulk, by change and place, that are as they were written."""
    return {
        (one.change_id, one.at)
        for name in _in_bulk(connection)
        for one in blocks(connection, metadata.tables[name])
        if one.proved
    }


def _prove_again(
    connection: Connection, erasure_id: int, proved: set[tuple[int, tuple[int, ...]]], replacing: Replacing
) -> None:
    """What proved rows in which words were erased proves them as they are now; where they were not as they had been written,
    the proof stays as it is, for erasing makes nothing true."""
    again: dict[int, dict[tuple[int, ...], str]] = {}
    for name in _in_bulk(connection):
        for one in blocks(connection, metadata.tables[name], partial(replacing.touch_any, name)):
            if (one.change_id, one.at) in proved and not one.proved:
                again.setdefault(one.change_id, {})[one.at] = one.found
    for change_id, hashes in again.items():
        row = connection.execute(select(change.c.before, change.c.after).where(change.c.id == change_id)).one()
        before, after = (json.loads(words) if words else {} for words in row)
        for at, found in hashes.items():
            kept = before["seals"][at[0]][2] if len(at) > 1 else after["seals"]
            kept[at[-1]] = found
        sides = {name: encode(side) for name, side in (("before", before), ("after", after)) if side}
        connection.execute(update(change).where(change.c.id == change_id).values(**sides, erasure_id=erasure_id))
