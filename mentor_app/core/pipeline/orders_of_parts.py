"""Identities of several columns that an earlier import put together in another order: that is the same deal."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mentor_app.core.pipeline.rules import KEY_MARK, NUMBER_MARK, Batch
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import bulk


def as_stored(connection: Connection, batches: Sequence[Batch]) -> None:
    """Give the rows whose identity is that of a deal of the store but for the order of its parts the key that this deal has; not where the
    file itself has that key, or several deals are so."""
    here = {_identity(key) for batch in batches for key in batch.key}
    new = {key: _parts(key) for batch in batches for key in _unknown(connection, set(map(_identity, batch.key)))}
    if not new:
        return
    wanted, stored = set(new.values()), dict[tuple[str, ...], set[str]]()
    for key in connection.execute(select(opportunity.c.key).where(opportunity.c.key.contains(KEY_MARK))).scalars():
        identity = _identity(key)
        if (parts := _parts(identity)) in wanted and identity not in here:
            stored.setdefault(parts, set()).add(identity)
    meant = {key: min(stored[parts]) for key, parts in new.items() if len(stored.get(parts, ())) == 1}
    for batch in batches if meant else ():
        batch.key = [_as_meant(key, meant) for key in batch.key]
        batch.refused = [_as_meant(key, meant) for key in batch.refused]


def _unknown(connection: Connection, identities: set[str]) -> set[str]:
    return identities - {row[0] for row in bulk.find(connection, opportunity, "key", sorted(identities), ["key"])}


def _as_meant(key: str, meant: dict[str, str]) -> str:
    identity = _identity(key)
    return meant.get(identity, identity) + key[len(identity) :]


def _identity(key: str) -> str:
    return key.partition(NUMBER_MARK)[0]


def _parts(identity: str) -> tuple[str, ...]:
    return tuple(sorted(identity.split(KEY_MARK)))
