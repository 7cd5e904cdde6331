"""Each owner's opportunities as packed columns: status, opened, closed as little-endian int32 (NO_DAY: unknown)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, String, cast, func, literal, select
from sqlalchemy import delete as sql_delete

from mentor_app.core.dates import check_date
from mentor_app.core.pipeline.tables import opportunity, owner_digest
from mentor_app.core.ramp.calendar import NO_DAY, to_date
from mentor_app.core.ramp.curve import Deals
from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.store.raw import read_raw

_BLANK = "0000-00-00"
_WIDTH = 31  # owner (10), status (1), opened (10), closed (10)
_ROWS = 200_000


def compute(connection: Connection) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """(owner, array of shape (opportunities, 3)) for all owners, from the opportunities themselves.

    The database hands over fixed-width text in one piece; numpy takes it apart. A row object for each of a million
    opportunities would cost ten times as much.
    """

    def date(column: Column[Any]) -> Any:
        return func.coalesce(cast(column, String), literal(_BLANK))

    owner = func.substr(literal("000000000") + cast(opportunity.c.owner_id, String), -10)
    if connection.dialect.name == "postgresql":
        owner = func.lpad(cast(opportunity.c.owner_id, String), 10, "0")
    row = owner + cast(opportunity.c.status, String) + date(opportunity.c.opened_on) + date(opportunity.c.closed_on)
    last = connection.execute(select(func.max(opportunity.c.id))).scalar() or 0
    parts: list[NDArray[np.uint8]] = []
    for first in range(1, last + 1, _ROWS):
        statement = select(func.aggregate_strings(row, "")).where(
            opportunity.c.id >= first, opportunity.c.id < first + _ROWS
        )
        packed = connection.execute(statement).scalar()
        if packed:
            parts.append(np.frombuffer(packed.encode("ascii"), np.uint8).reshape(-1, _WIDTH))
    if not parts:
        return
    digits = np.concatenate(parts).astype(np.int64) - ord("0")
    owner_ids = digits[:, :10] @ (10 ** np.arange(9, -1, -1))
    columns = np.stack([digits[:, 10], _days(digits[:, 11:21]), _days(digits[:, 21:31])], axis=1).astype("<i4")
    order = np.lexsort((columns[:, 2], columns[:, 1], columns[:, 0], owner_ids))
    ids, starts = np.unique(owner_ids[order], return_index=True)
    yield from zip(ids.tolist(), np.split(columns[order], starts[1:]), strict=True)


def differing(connection: Connection) -> list[int]:
    """Owners whose digest is not what their opportunities come to, whatever stands in it."""
    held = {}
    for raw in read_raw(connection, owner_digest):
        first = raw.values["first_on"]
        held[raw.values["crm_name_id"]] = (
            raw.values["opportunities"],
            first and str(first),
            None if raw.bad else raw.values["columns"],
        )
    made = {owner: _digest(block) for owner, block in compute(connection)}
    return sorted(
        owner for owner in held.keys() | made.keys() if isinstance(owner, int) and held.get(owner) != made.get(owner)
    )


def _digest(block: NDArray[np.int32]) -> tuple[int, str | None, bytes]:
    first = _first(block)
    return len(block), None if first is None else str(first), block.tobytes()


def rebuild(connection: Connection) -> int:
    """Make all digests anew; returns how many owners have one."""
    connection.execute(sql_delete(owner_digest))
    rows = [_row(owner, block) for owner, block in compute(connection)]
    if rows:
        connection.execute(owner_digest.insert(), rows)
    return len(rows)


def _row(owner: int, columns: NDArray[np.int32]) -> dict[str, object]:
    return {
        "crm_name_id": owner,
        "opportunities": len(columns),
        "first_on": _first(columns),
        "columns": columns.tobytes(),
    }


def _days(date: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day numbers of ``YYYY-MM-DD`` digits; source: Howard Hinnant, "chrono-compatible low-level date algorithms"."""
    year = date[:, :4] @ np.array([1000, 100, 10, 1])
    month = date[:, 5:7] @ np.array([10, 1])
    day = date[:, 8:10] @ np.array([10, 1])
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return np.where(month == 0, NO_DAY, days)


class Ledger:
    """What an import adds to and takes from the digests: collected by column, applied once at the end."""

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.int64], int]] = []
        self._day = _Days()

    def book(
        self,
        sign: int,
        owners: Sequence[int],
        status: Sequence[int],
        opened: Sequence[str | None],
        closed: Sequence[str | None],
    ) -> None:
        """Add (``sign`` 1) or take away (-1) opportunities; dates are ISO text or None."""
        n = len(owners)
        day = self._day.__getitem__
        columns = (np.fromiter(map(day, dates), np.int64, n) for dates in (opened, closed))
        code = _code(np.fromiter(status, np.int64, n), *columns)
        self._parts.append((np.fromiter(owners, np.int64, n), code, sign))

    def apply(self, connection: Connection) -> None:
        """Bring the digests of the owners concerned up to date."""
        if not self._parts:
            return
        owners = np.unique(np.concatenate([part[0] for part in self._parts]))
        ids: list[int] = owners.tolist()
        for at in range(0, len(ids), 500):
            some = owner_digest.c.crm_name_id.in_(ids[at : at + 500])
            for owner, block in connection.execute(
                select(owner_digest.c.crm_name_id, owner_digest.c.columns).where(some)
            ):
                held = np.frombuffer(block, "<i4").reshape(-1, 3).astype(np.int64)
                days = (np.where(column == NO_DAY, 0, column + _SHIFT) for column in (held[:, 1], held[:, 2]))
                self._parts.append((np.full(len(held), owner, np.int64), _code(held[:, 0], *days), 1))
            connection.execute(sql_delete(owner_digest).where(some))
        owner = np.searchsorted(owners, np.concatenate([part[0] for part in self._parts]))
        code = (owner << _OWNER) | np.concatenate([part[1] for part in self._parts])
        sign = np.concatenate([np.full(len(part[0]), part[2], np.int64) for part in self._parts])
        order = np.argsort(code, kind="stable")
        code, sign = code[order], sign[order]
        first = np.flatnonzero(np.diff(code, prepend=-1)) if len(code) else np.zeros(0, np.int64)
        code = np.repeat(code[first], np.add.reduceat(sign, first))
        columns = _decode(code)
        starts = np.searchsorted(code >> _OWNER, np.arange(len(ids) + 1))
        rows = []
        for i, owner_id in enumerate(ids):
            block = columns[starts[i] : starts[i + 1]]
            if len(block):
                rows.append(_row(owner_id, block))
        if rows:
            connection.execute(owner_digest.insert(), rows)


# One opportunity as a number that sorts by status, opening, closing: 2 bits and twice 22, the owner above.
_SHIFT = dt.date(1970, 1, 1).toordinal()
_OWNER, _STATUS, _OPENED = 46, 44, 22


class _Days(dict[str | None, int]):
    """ISO text to the day's ordinal, 0 where unknown; each distinct date is read once."""

    def __missing__(self, key: str | None) -> int:
        day = self[key] = 0 if key is None else check_date(dt.date.fromisoformat(key)).toordinal()
        return day


def _code(status: NDArray[np.int64], opened: NDArray[np.int64], closed: NDArray[np.int64]) -> NDArray[np.int64]:
    return (status << _STATUS) | (opened << _OPENED) | closed


def _decode(code: NDArray[np.int64]) -> NDArray[np.int32]:
    mask = (1 << 22) - 1
    days = [np.where(day == 0, NO_DAY, day - _SHIFT) for day in ((code >> _OPENED) & mask, code & mask)]
    return np.stack([(code >> _STATUS) & 3, *days], axis=1).astype("<i4")


def _first(block: NDArray[np.int32]) -> object:
    """Day of the first opportunity: opened, or where that is unknown, closed."""
    status, opened, closed = block.T
    first = np.where((opened == NO_DAY) & (status != OPEN), closed, opened)
    first = first[first != NO_DAY]
    return to_date(int(first.min())) if len(first) else None


def load(connection: Connection, index_by_owner: dict[int, int]) -> Deals:
    """The packed opportunities of the owners given, ``owner`` replaced by its index."""
    statement = select(owner_digest.c.crm_name_id, owner_digest.c.opportunities, owner_digest.c.columns)
    rows = [row for row in connection.execute(statement) if row.crm_name_id in index_by_owner]
    packed = np.frombuffer(b"".join(row.columns for row in rows), "<i4").reshape(-1, 3)
    owner = np.repeat(
        np.array([index_by_owner[row.crm_name_id] for row in rows], np.int32),
        np.array([row.opportunities for row in rows], np.int64),
    )
    return Deals(owner, packed[:, 0], packed[:, 1], packed[:, 2])
