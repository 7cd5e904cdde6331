"""Each owner's opportunities as packed columns: status, opened, closed as little-endian int32 (NO_DAY: unknown)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, String, cast, func, literal, select
from sqlalchemy import delete as sql_delete

from mentor_app.core.pipeline.tables import opportunity, owner_digest
from mentor_app.core.ramp.calendar import NO_DAY, to_date
from mentor_app.core.ramp.curve import OPEN, Deals

_BLANK = "0000-00-00"
_WIDTH = 31  # owner (10), status (1), opened (10), closed (10)
_ROWS = 200_000


def compute(connection: Connection, owners: Collection[int] | None = None) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """(owner, array of shape (opportunities, 3)) for the given owners, or all.

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
    few = owners is not None and len(owners) <= 500
    parts: list[NDArray[np.uint8]] = []
    for first in range(1, last + 1, last if few else _ROWS):
        statement = select(func.aggregate_strings(row, "")).where(
            opportunity.c.id >= first, opportunity.c.id < first + (last if few else _ROWS)
        )
        if few:
            statement = statement.where(opportunity.c.owner_id.in_(owners or ()))
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
    wanted = None if owners is None else set(owners)
    for owner_id, block in zip(ids.tolist(), np.split(columns[order], starts[1:]), strict=True):
        if wanted is None or owner_id in wanted:
            yield owner_id, block


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


def refresh(connection: Connection, owners: Collection[int]) -> None:
    """Compute the digests of ``owners`` anew."""
    if not owners:
        return
    ids = sorted(owners)
    for at in range(0, len(ids), 500):
        connection.execute(sql_delete(owner_digest).where(owner_digest.c.crm_name_id.in_(ids[at : at + 500])))
    rows = [
        {"crm_name_id": owner, "opportunities": len(block), "first_on": _first(block), "columns": block.tobytes()}
        for owner, block in compute(connection, ids)
    ]
    if rows:
        connection.execute(owner_digest.insert(), rows)


def _first(block: NDArray[np.int32]) -> object:
    """Day of the first opportunity: opened, or where that is unknown, closed."""
    status, opened, closed = block.T
    first = np.where((opened == NO_DAY) & (status != OPEN), closed, opened)
    first = first[first != NO_DAY]
    return to_date(int(first.min())) if len(first) else None


def load(connection: Connection, index_by_owner: dict[int, int]) -> Deals:
    """The packed opportunities of the owners given, ``owner`` replaced by its index."""
    statement = select(owner_digest.c.crm_name_id, owner_digest.c.opportunities, owner_digest.c.columns)
    found = [row for row in connection.execute(statement) if row[0] in index_by_owner]
    packed = np.frombuffer(b"".join(row[2] for row in found), "<i4").reshape(-1, 3)
    owner = np.repeat(
        np.array([index_by_owner[row[0]] for row in found], np.int32), np.array([row[1] for row in found], np.int64)
    )
    return Deals(owner, packed[:, 0], packed[:, 1], packed[:, 2])
