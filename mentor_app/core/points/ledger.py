"""The ledger: adding an entry, and proving that nobody has touched it since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from mentor_app.core.errors import UserError
from mentor_app.core.points.rules import AMENDED, GENESIS, EntryKind, PointEvent, chained
from mentor_app.core.points.tables import amended_entry, point_entry
from mentor_app.core.store import Session
from mentor_app.core.store.history import Operation, change
from mentor_app.core.store.raw import read_raw
from mentor_app.core.text import N_, Text, plural_text, text

FIELDS = ("person_id", "event", "kind", "points", "balance", "cause", "turn", "rule_id", "occurred_on", "at", "note")
"""The columns an entry's hash covers, in this order."""
PROVES_NOTHING = N_(
    "There were no entries yet when this was printed. Every ledger goes on from there, so it proves nothing: "
    "compare with what was printed or exported later."
)


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
            raise UserError(
                plural_text(
                    "There are not enough points: {n} is missing.",
                    "There are not enough points: {n} are missing.",
                    n=-balance,
                )
            )
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

    def vouch(self, person_id: int, today: dt.date, entry_ids: Sequence[int]) -> None:
        """Seal entries as they are now, after they were lawfully changed, by one more entry, without points.

        Each keeps the hash it was made with, so whatever was printed of the ledger before is still found in it; the
        seals cover the entries as they are now, the new entry's note covers the seals, and the chain covers that note.
        """
        connection, c = self._session.connection, point_entry.c
        seals: list[tuple[int, str]] = []
        for at in range(0, len(entry_ids), _SOME):
            some = select(point_entry).where(c.id.in_(entry_ids[at : at + _SOME])).order_by(c.id)
            seals += [(row["id"], _seal(row)) for row in connection.execute(some).mappings()]
        if not seals:
            return
        turns = select(func.count()).where(c.event == AMENDED, c.person_id == person_id)
        anchor = self.append(
            person_id=person_id,
            event=AMENDED,
            kind=EntryKind.AWARD,
            points=0,
            cause="amended",
            turn=connection.execute(turns).scalar_one() + 1,
            occurred_on=today,
            note=_digest(sorted(seals)),
        )
        for entry_id, seal in seals:
            self._session.insert(amended_entry, {"entry_id": entry_id, "anchor_id": anchor, "seal": seal})

    def hand_over(self, person_id: int, into_id: int) -> list[int]:
        """Make the entries of one record those of another of the same person, inside ``lifted``; returns which entries are
        not as they were made: to be vouched for. Balances run through both; an event of both stays one event."""
        connection, c = self._session.connection, point_entry.c
        first_win = f"{PointEvent.FIRST_WIN}:{person_id}"
        theirs = or_(c.person_id.in_((person_id, into_id)), c.cause == first_win)
        became = f"{PointEvent.FIRST_WIN}:{into_id}"
        rows = (
            connection.execute(select(point_entry).where(or_(theirs, c.cause == became)).order_by(c.id))
            .mappings()
            .all()
        )
        balance, turns = 0, dict[tuple[str, int], int]()
        changed: list[tuple[int, dict[str, Any]]] = []
        for row in rows:
            new = {name: row[name] for name in ("person_id", "balance", "cause", "turn")}
            if row["person_id"] in (person_id, into_id):
                balance += row["points"]
                new |= {"person_id": into_id, "balance": balance}
            if row["cause"] == first_win:
                new["cause"] = became
            key = new["cause"], new["person_id"]
            new["turn"] = turns[key] = turns.get(key, 0) + 1
            told = {name: value for name, value in new.items() if value != row[name]}
            if told:
                changed.append((row["id"], told))
        self._session.amend_all(point_entry, changed, aside={"turn": -c.id})
        self._balances.clear()
        return [entry_id for entry_id, _ in changed]


_SOME = 500  # entries in one query


def _seal(row: Mapping[Any, Any]) -> str:
    """The hash of an entry as it is now, over the hash it was made with."""
    return chained(row["hash"], [row[name] for name in FIELDS])


def _digest(seals: Sequence[tuple[int, str]]) -> str:
    return chained(GENESIS, [part for seal in seals for part in seal])


@dataclass(frozen=True)
class Head:
    """Where the ledger ends: how many entries, and the hash of the last. Whoever has it in writing can prove later that a
    store still goes on from there (``goes_on``)."""

    entries: int
    hash: str

    @property
    def words(self) -> Text:
        """As it stands below what is printed."""
        return plural_text(
            "Points ledger: {n} entry, {hash}", "Points ledger: {n} entries, {hash}", n=self.entries, hash=self.hash
        )


def head(connection: Connection) -> Head:
    """Where the ledger ends now."""
    c = point_entry.c
    count = connection.execute(select(func.count()).select_from(point_entry)).scalar_one()
    last = connection.execute(select(c.hash).order_by(c.id.desc()).limit(1)).scalar()
    return Head(count, last or GENESIS)


@dataclass(frozen=True, kw_only=True)
class GoesOn:
    """Whether a ledger goes on from one known before: which of that one's entries (None: only its hash is known) is the
    first that is not there as it was, and what is wrong with it; else how many entries it had up to there, and how many
    came since."""

    ok: bool
    before: int
    since: int
    first_other: int | None = None
    why: Text | None = None


def goes_on(connection: Connection, known: str) -> GoesOn:
    """Whether the ledger goes on from the hash of its end then. UserError where it had no entries yet."""
    if known == GENESIS:
        raise UserError(PROVES_NOTHING)
    c = point_entry.c
    hashes = list(connection.execute(select(c.hash).order_by(c.id)).scalars())
    found = known in hashes
    before = hashes.index(known) + 1 if found else 0
    why = None if found else text("No entry of this store has that hash: the ledger does not go on from there.")
    return GoesOn(ok=found, before=before, since=len(hashes) - before, why=why)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Whether the ledger is whole: how many entries, the hash of the last, the first entry that is wrong and why.

    ``amended``: how many entries are not as they were made, lawfully, and vouched for by a later one.
    """

    ok: bool
    entries: int
    amended: int
    head: str
    first_bad: int | None
    why: Text | None

    @property
    def words(self) -> Text:
        """What is said of a ledger that is whole."""
        if not self.amended:
            return plural_text("{n} entry, as it was made.", "{n} entries, all as they were made.", n=self.entries)
        return plural_text(
            "{n} entry: {m} as it was made, {k} with personal data put right since, for which later entries vouch.",
            "{n} entries: {m} as they were made, {k} with personal data put right since, for which later entries vouch.",
            n=self.entries,
            m=self.entries - self.amended,
            k=self.amended,
        )


def verify(connection: Connection) -> Verified:
    """Recompute the chain and every balance, and compare with the history kept when the entries were made.

    A changed or inserted entry breaks the chain; one removed from the end, or a chain computed anew by somebody who
    knows how, differs from the history. An entry lawfully changed (``Ledger.vouch``) is compared with its last seal.
    """
    seals, vouched = _seals(connection)
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
            said = next(expected, None)
            bad = _fault(row, before, said, hash_when_made, seals) or _vouching(row, vouched) or _balance(row, balances)
        before = str(row.get("hash"))
    if bad is None:
        gone = next(expected, None)
        if gone is not None:
            bad = gone, text("The entry was removed.")
    if bad is None and vouched:
        bad = min(vouched), text("The entry that vouches for others was removed.")
    return Verified(
        ok=bad is None,
        entries=count,
        amended=len(seals),
        head=before,
        first_bad=bad[0] if bad else None,
        why=bad[1] if bad else None,
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


def _seals(connection: Connection) -> tuple[dict[int, str], dict[int, list[tuple[int, str]]]]:
    """The last seal of each entry changed, and all seals that each vouching entry covers."""
    last: dict[int, str] = {}
    vouched: dict[int, list[tuple[int, str]]] = {}
    for row in connection.execute(select(amended_entry).order_by(amended_entry.c.id)):
        last[row.entry_id] = row.seal
        vouched.setdefault(row.anchor_id, []).append((row.entry_id, row.seal))
    return last, vouched


def _vouching(row: Mapping[Any, Any], vouched: dict[int, list[tuple[int, str]]]) -> tuple[int, Text] | None:
    """What is wrong with the seals an entry vouches for."""
    covered = vouched.pop(row["id"], None)
    if (row["event"] == AMENDED) != (covered is not None):
        return row["id"], text("What the entry vouches for was changed.")
    if covered is not None and row["note"] != _digest(sorted(covered)):
        return row["id"], text("What the entry vouches for was changed.")
    return None


def _balance(row: Mapping[Any, Any], balances: dict[int, int]) -> tuple[int, Text] | None:
    balances[row["person_id"]] = balances.get(row["person_id"], 0) + row["points"]
    if balances[row["person_id"]] != row["balance"]:
        return row["id"], text("The balance does not follow from the entries before.")
    return None


def _fault(
    row: Mapping[Any, Any],
    before: str,
    expected: int | None,
    hash_when_made: Mapping[int, str | None],
    seals: Mapping[int, str],
) -> tuple[int, Text] | None:
    """What is wrong with an entry that follows the hash ``before``."""
    entry = int(row["id"])
    if expected is not None and expected < entry:
        return expected, text("The entry was removed.")
    if entry not in hash_when_made:
        return entry, text("The entry was inserted behind the app's back.")
    as_sealed = seals[entry] == _seal(row) if entry in seals else row["hash"] == _made(before, row)
    if not as_sealed or hash_when_made[entry] != row["hash"]:
        return entry, text("The entry was changed.")
    return None


def _made(before: str, row: Mapping[Any, Any]) -> str:
    return chained(before, [row[name] for name in FIELDS])
