"""What Ctrl+K finds beside people: customers, of deals and of the logbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.command_palette import Entry

if TYPE_CHECKING:
    from mentor_app.core.store import Connection

Customers: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""Those of opportunities, and those of the logbook."""
_MOST = 20_000
"""Of so many at most each key typed finds at once; more are looked for on their page."""


def read_customers(context: Context, done: Callable[[Customers], object]) -> None:
    """All customers in the store."""

    def read(connection: Connection) -> Customers:
        from mentor_app.core.logbook.queries import all_customers
        from mentor_app.core.pipeline.queries import accounts

        return accounts(connection)[:_MOST], all_customers(connection)[:_MOST]

    context.query(read, done)


def customer_entries(found: Customers, go: Callable[[Place], object]) -> list[Entry]:
    """Each leads to the page with its deals, or with what was practised there."""
    rooms = (("pipeline", tr("Opportunities")), ("logbook", tr("Logbook")))
    return [
        Entry(name, words, partial(go, Place(room, detail=name)))
        for (room, words), names in zip(rooms, found, strict=True)
        for name in names
    ]
