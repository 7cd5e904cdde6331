"""Entries of the ledger as table columns: in an account, in the whole ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.points.rules import event_words
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import signed
from mentor_app.ui.widgets.rows_model import ColumnSpec

if TYPE_CHECKING:
    from mentor_app.core.points.queries import Entry


def told(entry: Entry) -> str:
    """What an entry of the ledger is for."""
    return event_words(entry.event, entry.kind, entry.points).render(current())


def entry_columns(*keys: str) -> list[ColumnSpec[Entry]]:
    """The columns named, in the ledger's order."""
    columns: list[ColumnSpec[Entry]] = [
        ColumnSpec("occurred_on", tr("Date"), lambda e: e.occurred_on.isoformat(), width=104, keep=True),
        ColumnSpec("person", tr("Person"), lambda e: e.person, width=110, first=True),
        ColumnSpec("event", tr("What for"), told, width=240),
        ColumnSpec("note", tr("About"), lambda e: e.note, width=130, yields=True),
        ColumnSpec("points", tr("Points"), lambda e: _signed(e.points), figure=True, width=84, keep=True),
        ColumnSpec("balance", tr("Balance"), lambda e: str(e.balance), figure=True, width=96, keep=True),
    ]
    return [column for column in columns if column.key in keys]


def _signed(points: int) -> str:
    return signed(points) if points else "0"
