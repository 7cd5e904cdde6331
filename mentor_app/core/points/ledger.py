"""The ledger: adding an entry, and proving that nobody has touched it since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from mentor_app.core.errors import UserError
from mentor_app.core.points.rules import GENESIS, EntryKind, PointEvent, chained
from mentor_app.core.points.tables import point_entry
from mentor_app.core.store import Session
from mentor_app.core.store.history import Operation, change
from mentor_app.core.store.raw import read_raw
from mentor_app.core.text import Text, text

FIELDS = ("person_id", "event", "kind", "points", "balance", "cause", "turn", "rule_id", "occurred_on", "at", "note")
"""The columns an entry's hash covers, in this order."""


def balance_of(connection: Connection, person_id: int) -> int:
    """What a person has: the balance of their last entry."""
    c = point_entry.c
    last_balance = connection.execute(
        select(c.balance).where(c.person_id == person_id).order_by(c.id.desc()).limit(1)
    ).scalar()
    return int(last_balance or 0)


class Ledger:
    """The end of the ledger during one action: the last hash and the balances, read once and carried on."""

    def __init__(self, session: Session) -> None:
        c = point_entry.c
        self._session = session
        last = session.connection.execute(select(c.hash).order_by(c.id.desc()).limit(1)).scalar()
        self._last = last or GENESIS
        self._balances: dict[int, int] = {}

    def balance(self, person_id: int) -> int:
        """What a person has now."""
        if person_id not in self._balances:
            self._balances[person_id] = balance_of(self._session.connection, person_id)
        return self._balances[person_id]

    def append(
        self,
        *,
        person_id: int,
        event: PointEvent,
        kind: EntryKind,
        points: int,
        cause: str,
        turn: int,
        occurred_on: dt.date,
        note: str,
        rule_id: int | None = None,
    ) -> int:
        """Add one entry; returns its id. ``turn`` counts the entries of this cause for this person from 1.

        UserError where the balance would fall below zero.
        """
        balance = self.balance(person_id) + points
        if balance < 0:
            raise UserError("There are not enough points: {n} are missing.", n=-balance)
        values: dict[str, Any] = {
            "person_id": person_id,
            "event": event,
            "kind": kind,
            "points": points,
            "balance": balance,
            "cause": cause,
            "turn": turn,
            "rule_id": rule_id,
            "occurred_on": occurred_on,
            "at": self._session.now,
            "note": note[:200],
        }
        digest = chained(self._last, [values[name] for name in FIELDS])
        row_id = self._session.insert(point_entry, {**values, "hash": digest})
        self._last, self._balances[person_id] = digest, balance
        return row_id


@dataclass(frozen=True)
class Head:
    """Where the ledger ends: how many entries, and the hash of the last. Whoever has it in writing can prove later that a
    store still goes on from there (``goes_on``)."""

    entries: int
    hash: str

    @property
    def words(self) -> Text:
        """As it stands below what is printed."""
        return text("Points ledger: {n} entries, {hash}", n=self.entries, hash=self.hash)


def head(connection: Connection) -> Head:
    """Where the ledger ends now."""
    c = point_entry.c
    count = connection.execute(select(func.count()).select_from(point_entry)).scalar_one()
    last = connection.execute(select(c.hash).order_by(c.id.desc()).limit(1)).scalar()
    return Head(count, last or GENESIS)


@dataclass(frozen=True, kw_only=True)
class GoesOn:
    """Whether a ledger goes on from one known before: which of that one's entries (None: only its hash is known) is the
    first that is not there as it was; else how many entries it had up to there, and how many came since."""

    ok: bool
    before: int
    since: int
    first_other: int | None = None


def goes_on(connection: Connection, known: str) -> GoesOn:
    """Whether the ledger goes on from the hash of its end then."""
    c = point_entry.c
    hashes = list(connection.execute(select(c.hash).order_by(c.id)).scalars())
    found = known == GENESIS or known in hashes
    before = hashes.index(known) + 1 if found and known != GENESIS else 0
    return GoesOn(ok=found, before=before, since=len(hashes) - before)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Whether the ledger is whole: how many entries, the hash of the last, the first entry that is wrong and why."""

    ok: bool
    entries: int
    head: str
    first_bad: int | None
    why: Text | None


def verify(connection: Connection) -> Verified:
    """Recompute the chain and every balance, and compare with the history kept when the entries were made.

    A changed or inserted entry breaks the chain; one removed from the end, or a chain computed anew by somebody who
    knows how, differs from the history.
    """
    hash_when_made = _hashes_when_made(connection)
    expected = iter(hash_when_made)
    before, count = GENESIS, 0
    balances: dict[int, int] = {}
    bad: tuple[int, Text] | None = None
    for raw in read_raw(connection, point_entry):
        row, count = raw.values, count + 1
        if bad is None and (raw.bad or not row.keys() >= {"id", "hash", *FIELDS}):
            bad = row["id"] if isinstance(row.get("id"), int) else count, text("The entry can't be read.")
        if bad is None:
            bad = _fault(row, before, balances, next(expected, None), hash_when_made)
        before = str(row.get("hash"))
    if bad is None:
        gone = next(expected, None)
        if gone is not None:
            bad = gone, text("The entry was removed.")
    return Verified(
        ok=bad is None, entries=count, head=before, first_bad=bad[0] if bad else None, why=bad[1] if bad else None
    )


def _hashes_when_made(connection: Connection) -> dict[int, str | None]:
    """What the history says each entry's hash was; None where it can't be read any more."""
    c = change.c
    kept = (
        select(c.row_id, c.after)
        .where(c.table_name == point_entry.name, c.operation == Operation.INSERT, c.row_id.is_not(None))
        .order_by(c.row_id)
    )
    made: dict[int, str | None] = {}
    for row_id, after in connection.execute(kept):
        try:
            made[row_id] = json.loads(after)["hash"]
        except (ValueError, TypeError, KeyError, RecursionError):
            made[row_id] = None
    return made


def _fault(
    row: Mapping[Any, Any],
    before: str,
    balances: dict[int, int],
    expected: int | None,
    hash_when_made: Mapping[int, str | None],
) -> tuple[int, Text] | None:
    """What is wrong with an entry that follows the hash ``before``."""
    entry = int(row["id"])
    if expected is not None and expected < entry:
        return expected, text("The entry was removed.")
    if entry not in hash_when_made:
        return entry, text("The entry was inserted behind the app's back.")
    if chained(before, [row[name] for name in FIELDS]) != row["hash"] or hash_when_made[entry] != row["hash"]:
        return entry, text("The entry was changed.")
    balances[row["person_id"]] = balances.get(row["person_id"], 0) + row["points"]
    if balances[row["person_id"]] != row["balance"]:
        return entry, text("The balance does not follow from the entries before.")
    return None
