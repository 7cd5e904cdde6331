"""Entries of the ledger as table columns: in an account, in the whole ledger."""

from __future__ import annotations

from typing import Any

from mentor_app.core.points.rules import EVENTS, KINDS
from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.table import ColumnSpec


def event_words(entry: Any) -> str:
    if entry.kind == "spend":
        return tr(KINDS[entry.kind])
    words = tr(EVENTS[entry.event])
    if entry.kind == "reversal":
        return tr("{event}: taken back", event=words)
    return tr("{event}: the month's limit is reached", event=words) if entry.points == 0 else words


def signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−") if points else "0"


ENTRY_COLUMNS = {
    "occurred_on": lambda: ColumnSpec(
        "occurred_on", tr("Date"), lambda e: e.occurred_on.isoformat(), width=104, keep=True
    ),
    "person": lambda: ColumnSpec("person", tr("Person"), lambda e: e.person, width=110),
    "event": lambda: ColumnSpec("event", tr("What for"), event_words, width=240),
    "note": lambda: ColumnSpec("note", tr("About"), lambda e: e.note, width=130),
    "points": lambda: ColumnSpec("points", tr("Points"), lambda e: signed(e.points), figure=True, width=84, keep=True),
    "balance": lambda: ColumnSpec("balance", tr("Balance"), lambda e: str(e.balance), figure=True, width=96, keep=True),
}
