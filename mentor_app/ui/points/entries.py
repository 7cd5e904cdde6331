"""Entries of the ledger as table columns: in an account, in the whole ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.points.rules import AMENDED, AMENDED_WORDS, EVENTS, GIVEN_BACK, KINDS, SPENT, EntryKind
from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.controls import signed
from mentor_app.ui.widgets.table import ColumnSpec

if TYPE_CHECKING:
    from mentor_app.core.points.queries import Entry


def event_words(entry: Entry) -> str:
    """What an entry of the ledger is for."""
    if entry.kind == EntryKind.SPEND:
        return tr(KINDS[entry.kind])
    if entry.event == SPENT:
        return tr(GIVEN_BACK)
    if entry.event == AMENDED:
        return tr(AMENDED_WORDS)
    words = tr(EVENTS[entry.event])
    if entry.kind == EntryKind.REVERSAL:
        return tr("{event}: taken back", event=words)
    return tr("{event}: the month's limit is reached", event=words) if entry.points == 0 else words


def entry_columns(*keys: str) -> list[ColumnSpec[Entry]]:
    """The columns named, in the ledger's order."""
    columns: list[ColumnSpec[Entry]] = [
        ColumnSpec("occurred_on", tr("Date"), lambda e: e.occurred_on.isoformat(), width=104, keep=True),
        ColumnSpec("person", tr("Person"), lambda e: e.person, width=110),
        ColumnSpec("event", tr("What for"), event_words, width=240),
        ColumnSpec("note", tr("About"), lambda e: e.note, width=130),
        ColumnSpec("points", tr("Points"), lambda e: _signed(e.points), figure=True, width=84, keep=True),
        ColumnSpec("balance", tr("Balance"), lambda e: str(e.balance), figure=True, width=96, keep=True),
    ]
    return [column for column in columns if column.key in keys]


def _signed(points: int) -> str:
    return signed(points) if points else "0"
