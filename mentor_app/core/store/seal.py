"""What proves the values of rows written in bulk, which the history does not keep: a hash for every few hundred of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
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
