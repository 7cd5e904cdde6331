"""What must hold for an opportunity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from mentor_app.core.imports import Problem
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.text import N_, Text, text

STATUS = {OPEN: N_("Open"), WON: N_("Won"), LOST: N_("Lost"), VOID: N_("Void")}
MAX_KEY = 400
STATUS_KEYS = {"open": OPEN, "won": WON, "lost": LOST, "void": VOID}


@dataclass(kw_only=True)
class Batch:
    """Some rows of a file, read and typed, by column. ``rows`` are row numbers; dates are ISO text or None."""

    rows: list[int]
    key: list[str]
    owner: list[str]
    columns: dict[str, list[Any]]
    problems: list[Problem]

    def drop(self, bad: Container[int]) -> None:
        """Take out the rows at these places."""
        keep = [i for i in range(len(self.rows)) if i not in bad]
        self.rows = [self.rows[i] for i in keep]
        self.key = [self.key[i] for i in keep]
        self.owner = [self.owner[i] for i in keep]
        self.columns = {name: [values[i] for i in keep] for name, values in self.columns.items()}


def reject_bad_rows(batch: Batch, seen: dict[str, int], today: dt.date, rejected: list[Problem]) -> None:
    """Take the rows that break a rule out of ``batch`` and add their problems to ``rejected``.

    ``seen`` maps the keys of earlier rows to their row numbers and grows with this batch. Looks at whole columns
    first; only the few bad rows become objects.
    """
    status, opened, closed = (batch.columns[name] for name in ("status", "opened_on", "closed_on"))
    latest = (today + dt.timedelta(days=1)).isoformat()  # the CRM's clock may be a day ahead of ours
    bad = {
        i
        for i, (s, o, c) in enumerate(zip(status, opened, closed, strict=True))
        if (c is None and s in (WON, LOST)) or (c is not None and ((o is not None and c < o) or c > latest))
    }
    firsts = list(map(seen.setdefault, batch.key, batch.rows))
    duplicates = (
        {}
        if firsts == batch.rows
        else {i: first for i, (first, row) in enumerate(zip(firsts, batch.rows, strict=True)) if first != row}
    )
    for i in sorted(bad | duplicates.keys()):
        column, value, reason = _problem(i, status[i], opened[i], closed[i], duplicates, batch)
        rejected.append(Problem(batch.rows[i], column, value, reason))
    if bad or duplicates:
        batch.drop(bad | duplicates.keys())


def _problem(
    i: int, status: int, opened: str | None, closed: str | None, duplicates: dict[int, int], batch: Batch
) -> tuple[str, str, Text]:
    if i in duplicates:
        return (
            "id",
            batch.key[i].replace("\x1f", " · "),
            text("The same opportunity stands in row {row} already.", row=duplicates[i]),
        )
    if closed is None:
        reason = text("Won without a closing date.") if status == WON else text("Lost without a closing date.")
        return "closed_on", "", reason
    if opened is not None and closed < opened:
        return "closed_on", closed, text("Closed before it was opened on {date}.", date=opened)
    return "closed_on", closed, text("The closing date lies in the future.")
