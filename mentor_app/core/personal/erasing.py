"""Putting what a person is replaced by into every row, and into the history of every row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, String, Table, cast, func, or_, select, update

from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.texts import WORDS, Replacing, Theirs
from mentor_app.core.playbooks.tables import playbook_answer
from mentor_app.core.store import Session, search
from mentor_app.core.store.history import Operation, change, change_set, encode
from mentor_app.core.store.schema import metadata

_SOME = 500  # rows read or asked for at once
_BLOCK = 250  # rows imported in bulk that share a hash in the history


def erase_everywhere(session: Session, erasure_id: int, of: Theirs, replacing: Replacing) -> list[int]:
    """Erase in all rows and in their history; inside ``lifted``. Returns the entries of the points ledger it touched."""
    connection = session.connection
    touched: dict[str, list[int]] = {}
    for name in WORDS:
        touched[name] = _rows(connection, metadata.tables[name], of, replacing)
        if touched[name]:
            session.touch(metadata.tables[name])
    _index_again(connection, touched["playbook_answer"])
    _history(connection, erasure_id, replacing)
    _actors(connection, replacing)
    return touched["point_entry"]


def _rows(connection: Connection, table: Table, of: Theirs, replacing: Replacing) -> list[int]:
    """Erase in the rows of a table; returns which were touched."""
    columns = [table.c[name] for name in WORDS[table.name]]
    ids = set(of.rows.get(table.name, ())) | _with_names(connection, table, of.names)
    ids |= {"person": of.ids, "crm_name": set(of.crm)}.get(table.name, set())
    wanted, changed = sorted(ids), []
    for at in range(0, len(wanted), _SOME):
        some = select(table.c.id, *columns).where(table.c.id.in_(wanted[at : at + _SOME])).order_by(table.c.id)
        for row_id, *values in connection.execute(some).all():
            new = [
                replacing.value(table.name, row_id, column.name, value)
                for column, value in zip(columns, values, strict=True)
            ]
            told = {c.name: v for c, v, was in zip(columns, new, values, strict=True) if v != was}
            if told:
                more = {"version": table.c.version + 1} if "version" in table.c else {}
                connection.execute(update(table).where(table.c.id == row_id).values(**told, **more))
                changed.append(row_id)
    return changed


def _with_names(connection: Connection, table: Table, names: Sequence[str]) -> set[int]:
    """Rows in whose words one of these names may stand: asked of the database, which looks at a million of them quickly."""
    spellings = {spelling for name in names if len(name) > 1 for spelling in _spellings(name)}
    found: set[int] = set()
    for spelling in sorted(spellings):
        for name in WORDS[table.name]:
            column = cast(table.c[name], String)
            there = or_(
                column.contains(spelling, autoescape=True),
                func.lower(column).contains(spelling.lower(), autoescape=True),
            )
            found |= set(connection.execute(select(table.c.id).where(there)).scalars())
    return found


def _spellings(name: str) -> Iterable[str]:
    """Ways in which the longest word of a name may be written, also inside JSON."""
    word = max(name.split(), key=len)
    for spelling in (word, word.upper(), word.lower(), word.title(), match_key(word)):
        yield spelling
        yield json.dumps(spelling)[1:-1]
        yield json.dumps(spelling, ensure_ascii=False)[1:-1]


def _index_again(connection: Connection, answers: Sequence[int]) -> None:
    """The search finds answers by the words they hold now, and nothing of the others is left in its index."""
    if not answers:
        return
    search.remove(connection, answers)
    a = playbook_answer.c
    for at in range(0, len(answers), _SOME):
        some = select(a.id, a.title, a.body).where(a.id.in_(answers[at : at + _SOME]))
        search.put(connection, [(row.id, row.title, row.body) for row in connection.execute(some)])
    search.rebuild(connection)


def _actors(connection: Connection, replacing: Replacing) -> None:
    """Who acted before they were chosen as a person stands in the history by name."""
    s = change_set.c
    for name in connection.execute(select(s.actor_name).where(s.actor_name.is_not(None)).distinct()).scalars().all():
        if replacing.is_named(name):
            connection.execute(update(change_set).where(s.actor_name == name).values(actor_name=replacing.neutral))


def _history(connection: Connection, erasure_id: int, replacing: Replacing) -> None:
    """Every change that said something of it says now what stands there instead, and that it was erased.

    From the last to the first: what proves rows written in bulk is compared with what stood there until a later change.
    """
    c, first = change.c, 2**31 - 1
    while True:
        some = select(change).where(c.id < first, c.table_name.in_(list(WORDS))).order_by(c.id.desc()).limit(_SOME)
        rows = connection.execute(some).mappings().all()
        if not rows:
            return
        first = rows[-1]["id"]
        for row in rows:
            told = _change(dict(row), replacing)
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
    """Rows written many at once: the old values kept of them, and the hashes that prove blocks of new ones."""
    if operation == Operation.INSERT_MANY:
        return [_proofs(table, before, replacing), after]
    columns = before["columns"]
    rows = [
        [replacing.value(table, values[0], column, value) for column, value in zip(columns, values, strict=True)]
        for values in before["rows"]
    ]
    if rows == before["rows"] and not (after and any(replacing.touches(table, values[0]) for values in rows)):
        return [before, after]
    return [{**before, "rows": rows}, None]


def _proofs(table: str, before: Any, replacing: Replacing) -> Any:
    """The hashes of blocks without those in which words were erased: what those proved is not there any more."""
    if not isinstance(before, dict) or "seals" not in before:
        return before
    kept: list[Any] = []
    for first, count, hashes in before["seals"]:
        run: list[str] = []
        for number, proof in enumerate(hashes):
            begin = first + number * _BLOCK
            rows = range(begin, min(begin + _BLOCK, first + count))
            if any(replacing.touches(table, row) for row in rows):
                kept += _run(begin, run, len(run) * _BLOCK)
                run = []
            else:
                run.append(proof)
        kept += _run(first + count, run, count - (len(hashes) - len(run)) * _BLOCK)
    return {**before, "seals": kept}


def _run(end: int, hashes: list[str], count: int) -> list[Any]:
    return [[end - count, count, hashes]] if hashes else []
