"""What one person did, where the saves in a row of one record are one change."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.store.history import Operation, change
from mentor_app.core.team import action_called
from mentor_app.core.text import Text

A_ROW = dt.timedelta(minutes=10)
"""Saves of one record further apart than this are changes of their own."""
_A_SLIP = 12  # bytes: of Latin letters twelve, of Chinese four
_SOME = 500  # ids in one query


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Something one person did: an action, or the saves in a row that are one change; ``ids`` of its change sets, the
    newest first."""

    ids: tuple[int, ...]
    at: dt.datetime
    actor_id: int | None
    actor_name: str | None
    action: str
    over: tuple[tuple[int, Text], ...] = ()
    """Of what was taken back, or done again, in the place of something newer that stays as it is: what, and why it stays."""

    @property
    def id(self) -> int:
        """What it is called by: its newest change set."""
        return self.ids[0]


_Row = tuple[str, int]
"""A row: its table and its id."""


@dataclass
class _Written:
    """What a save wrote: how, and the words that each column of a row has since."""

    how: dict[_Row, str] = field(default_factory=dict)
    words: dict[tuple[_Row, str], str] = field(default_factory=dict)


def runs(connection: Connection, rows: Sequence[Any]) -> list[Doing]:
    """Change sets (rows with id, at, actor and action, the newest first) as doings: saves in a row are one.

    In a row: by one person, of the same record, nothing else done and nobody else writing in between, and what each
    wrote still stands at the end but for a slip: words that were taken out or written over are a change of their own,
    so that they are found in the history and can be brought back. What made the record is a doing of its own.
    """
    written = _written(connection, [row.id for row in rows if action_called(row.action).saves])
    result: list[list[Any]] = []
    stands: dict[tuple[_Row, str], str] = {}
    for row in rows:
        one = written.get(row.id, _Written())
        if result and _in_a_row(connection, row, result[-1][-1], written) and not _lost(one.words, stands):
            result[-1].append(row)
            stands = {**one.words, **stands}
        else:
            result.append([row])
            stands = one.words
    return [as_doing(run) for run in result]


def as_doing(rows: Sequence[Any]) -> Doing:
    """Change sets, the newest first, as one doing."""
    first = rows[0]
    return Doing(
        ids=tuple(row.id for row in rows),
        at=first.at,
        actor_id=first.actor_id,
        actor_name=first.actor_name,
        action=first.action,
    )


def _lost(words: Mapping[tuple[_Row, str], str], stands: Mapping[tuple[_Row, str], str]) -> bool:
    """Whether of some words more is gone than who writes corrects in passing: counted in pairs of bytes, wherever they stand now."""
    for place, said in words.items():
        now = stands.get(place, said)
        if said and not now:
            return True
        if sum((_pairs(said) - _pairs(now)).values()) > _A_SLIP:
            return True
    return False


def _pairs(words: str) -> Counter[tuple[int, int]]:
    return Counter(pairwise(words.encode(errors="replace")))


def _in_a_row(connection: Connection, older: Any, newer: Any, written: Mapping[int, _Written]) -> bool:
    if older.id not in written or newer.id not in written or older.action != newer.action:
        return False
    if (older.actor_id, older.actor_name) != (newer.actor_id, newer.actor_name) or newer.at - older.at > A_ROW:
        return False
    rows, before = written[newer.id].how, written[older.id].how
    if any(operation != Operation.UPDATE for operation in rows.values()) or not rows.keys() <= before.keys():
        return False
    if any(before[row] != Operation.UPDATE for row in rows):
        return False
    c = change.c
    between = select(c.id).where(c.change_set_id > older.id, c.change_set_id < newer.id)
    return not any(
        connection.execute(between.where(c.table_name == name, c.row_id == row_id).limit(1)).first()
        for name, row_id in rows
    )


def _written(connection: Connection, ids: Sequence[int]) -> dict[int, _Written]:
    c = change.c
    found: dict[int, _Written] = defaultdict(_Written)
    for at in range(0, len(ids), _SOME):
        some = select(c.change_set_id, c.table_name, c.row_id, c.operation, c.after).where(
            c.change_set_id.in_(ids[at : at + _SOME]), c.row_id.is_not(None)
        )
        for set_id, name, row_id, operation, after in connection.execute(some.order_by(c.id)):
            found[set_id].how.setdefault((name, row_id), operation)
            for column, value in json.loads(after or "{}").items():
                if value is None or isinstance(value, str):
                    found[set_id].words[(name, row_id), column] = value or ""
    return found
