"""Rows written in bulk against the hashes that the history keeps of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, and_, select

from mentor_app.core.check.past import kept
from mentor_app.core.check.problem import Problem, wrong
from mentor_app.core.check.rows import Rows
from mentor_app.core.store.history import Operation, change
from mentor_app.core.store.proofs import BULK, UNREADABLE, blocks
from mentor_app.core.store.schema import metadata
from mentor_app.core.store.seal import BLOCK
from mentor_app.core.text import N_, Text, plural_text, text

_BEFORE_SEALS = N_("Some rows of {table} were imported before their values could be proved: they were not compared.")


def check(connection: Connection, _rows: Rows) -> Iterator[Problem]:
    """Blocks of rows that are not as they were written; said of those only whose hashes the history has."""
    c = change.c
    for name in sorted(set(connection.execute(select(c.table_name).where(c.operation.in_(BULK))).scalars()) & kept()):
        unread: list[int] = []
        for one in blocks(connection, metadata.tables[name], unreadable=unread.append):
            if one.kept is not None and not one.proved:
                yield wrong(
                    "import_changed",
                    "Among rows {first} to {last} of {table} at least one is not as it was imported.",
                    name,
                    min(one.ids),
                    first=min(one.ids),
                    last=max(one.ids),
                )
        for number in unread:
            yield wrong("history_unreadable", "What change {row} says can't be read.", "change", number)


def unproved(connection: Connection) -> list[Text]:
    """Tables with rows imported when the history did not keep hashes yet, or whose hashes were erased with words in them."""
    c = change.c
    bare = and_(c.operation == Operation.INSERT_MANY, c.before.is_(None))
    names = connection.execute(select(c.table_name).where(bare).distinct().order_by(c.table_name)).scalars()
    said = [text(_BEFORE_SEALS, table=name) for name in names]
    return said + [
        plural_text(
            "{n} row of {table} was not compared with what was imported: words in it were erased on request by an "
            "earlier version of the app.",
            "{n} rows of {table} were not compared with what was imported: words in some of them were erased on request "
            "by an earlier version of the app.",
            n=n,
            table=name,
        )
        for name, n in sorted(_erased(connection).items())
    ]


def _erased(connection: Connection) -> Counter[str]:
    """How many rows of each table have no hash any more."""
    c, found = change.c, Counter[str]()
    several = select(c.table_name, c.operation, c.before, c.after).where(
        c.erasure_id.is_not(None), c.operation.in_(BULK)
    )
    for table, operation, before, after in connection.execute(several):
        try:
            if operation == Operation.INSERT_MANY:
                runs = [(count, hashes) for _, count, hashes in json.loads(before or '{"seals": []}')["seals"]]
            else:
                runs = [(len(json.loads(before)["rows"]), json.loads(after)["seals"] if after else [])]
            for count, hashes in runs:
                found[table] += sum(min(BLOCK, count - n * BLOCK) for n, one in enumerate(hashes) if one is None)
        except UNREADABLE:
            continue
    return +found
