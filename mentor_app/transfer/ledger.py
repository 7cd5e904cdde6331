"""An exported ledger read again, to compare a store with it."""

from __future__ import annotations

import re
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.transfer.reading import open_source


def read_ledger(path: Path) -> dict[int, str]:
    """The entries (id → hash) of a ledger that was exported, as CSV or a workbook, in whatever language.

    UserError where the file has no entries with their hashes.
    """
    source = open_source(path)
    found: dict[int, str] = {}
    for _, rows in source.batches():
        for row in rows:
            hashes = [cell.strip() for cell in row if re.fullmatch(r"[0-9a-f]{64}", cell.strip())]
            number = row[0].strip().removesuffix(".0") if row else ""
            if len(hashes) == 1 and number.isdecimal():
                found[int(number)] = hashes[0]
    if not found:
        raise UserError("{file} is no exported ledger: it has no entries with their hashes.", file=path.name)
    return found
