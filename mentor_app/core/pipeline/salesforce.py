"""Ids of Salesforce: reports show the first 15 characters, exports 18, of which the last three are a checksum."""

from __future__ import annotations

from collections.abc import Container

from sqlalchemy import func, select

from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Session, bulk

_SHORT, _LONG = 15, 18
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_form(key: str) -> str:
    """The 18 characters of an id of 15: behind it stands, for each five of its characters, one that says which of them are
    capital letters (bit 0 the first of the five). Source: Salesforce Help, "Convert 15 Character IDs to 18 Character IDs"."""
    fives = (key[at : at + 5] for at in range(0, _SHORT, 5))
    return key + "".join(_SIGNS[sum(1 << i for i, one in enumerate(five) if "A" <= one <= "Z")] for five in fives)


class Forms:
    """Gives rows the key under which their deal is known already, in whichever of the two forms that is."""

    def __init__(self, session: Session, empty: bool) -> None:
        self._connection, self._empty = session.connection, empty
        self._lengths: set[int] | None = None
        """Which of the two lengths the keys of the store and of the rows before have."""

    def settle(self, batch: Batch, before: Container[str]) -> None:
        """Do so for the rows of a batch; ``before`` are the keys of earlier rows."""
        lengths = set(map(len, batch.key)) & {_SHORT, _LONG}
        if not lengths:
            return
        if self._lengths is None:
            self._lengths = self._known_lengths()
        self._lengths |= lengths
        if len(self._lengths) < 2:
            return
        other = {key: _other(key) for key in batch.key if len(key) in (_SHORT, _LONG) and key.isalnum()}
        here, held = set(batch.key), self._held([*other, *other.values()])
        for i, (row, key) in enumerate(zip(batch.rows, batch.key, strict=True)):
            form = other.get(key, "")
            if not form or key in held or (len(key) == _LONG and long_form(form) != key):
                continue
            if form in held or form in before or (len(form) == _LONG and form in here):
                batch.written.setdefault(row, key)
                batch.key[i] = form

    def _known_lengths(self) -> set[int]:
        size = func.length(opportunity.c.key)
        held = select(size).where(size.in_((_SHORT, _LONG))).distinct()
        return set() if self._empty else set(self._connection.execute(held).scalars())

    def _held(self, keys: list[str]) -> set[str]:
        if self._empty or not keys:
            return set()
        return {row[0] for row in bulk.find(self._connection, opportunity, "key", keys, ["key"])}


def _other(key: str) -> str:
    return long_form(key) if len(key) == _SHORT else key[:_SHORT]
