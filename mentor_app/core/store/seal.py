"""What proves the history and the values it does not keep: a hash of each change set that covers the one before, and one for
every few hundred rows written in bulk."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BLOCK = 250
"""Rows that share a hash: few enough to find one that was changed, enough for the hashes to be small."""


def seals(columns: Sequence[Sequence[Any]]) -> list[str]:
    """The hash of each block of rows, given by column; days as ISO text."""
    count = len(columns[0]) if columns else 0
    return [seal([column[at : at + BLOCK] for column in columns]) for at in range(0, count, BLOCK)]


def seal(columns: Sequence[Sequence[Any]]) -> str:
    """64 bits of SHA-256 over the values of some rows as JSON, in hexadecimal."""
    values = [list(column) for column in columns]
    words = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=lambda day: day.isoformat())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


WHO = ("id", "at", "actor_id", "actor_name", "action")
WHAT = ("table_name", "row_id", "operation", "before", "after", "erasure_id")
"""The columns of a change set, and of a change, that its seal covers."""


def set_seal(before: str, of: Mapping[str, Any], steps: Iterable[Mapping[str, Any]], undoes: Sequence[int]) -> str:
    """SHA-256 over the seal ``before``, a change set's columns, those of its changes in order, and what it takes back, in
    hexadecimal. Whatever is among them, an answer is given."""
    hashed = hashlib.sha256(before.encode("utf-8", "surrogatepass"))
    for part in ([of.get(name) for name in WHO], *([step.get(name) for name in WHAT] for step in steps), [*undoes]):
        hashed.update(_JSON.encode(part).encode("utf-8", "surrogatepass") + b"\n")
    return hashed.hexdigest()


def instant_seal(at: dt.datetime | None) -> str:
    """SHA-256 over an instant that no change set tells of, in hexadecimal."""
    return hashlib.sha256(("" if at is None else at.astimezone(dt.UTC).isoformat()).encode()).hexdigest()


def _plain(value: Any) -> str:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else repr(value)


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
