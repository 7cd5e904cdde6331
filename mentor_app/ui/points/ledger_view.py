"""The ledger as a list, and its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.points.entries import entry_columns
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.points.queries import Entry
    from mentor_app.core.store import Connection


class LedgerView(RecordList["Entry"]):
    """Every entry of everybody."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Ledger")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Points ledger"),
                tr("Search the ledger"),
                [
                    ColumnSpec("id", tr("Entry"), lambda e: str(e.id), figure=True, width=84, keep=True),
                    *entry_columns("occurred_on", "person", "event", "note", "points", "balance"),
                ],
                tr(
                    "No points yet. They come by themselves: with sessions signed off, feedback, gates, cycles, first wins."
                ),
            )
        )
        self.list.model.remark = context.ledger_line
        self.settle = button(tr("Award the past"), self._settle)
        self.export = button(tr("Export this list…"), self.list.table.export)
        self.buttons = [self.settle, self.export]
        self.needs = {self.settle: "points.settle_all"}

    @override
    def read(self, connection: Connection) -> list[Entry]:
        from mentor_app.core.points.queries import entries

        return entries(connection)

    @override
    def said(self, rows: Sequence[Entry]) -> str:
        return plural("{n} entry", "{n} entries", n=len(rows))

    def _settle(self) -> None:
        from mentor_app.core.points.award import settle_all

        context = self._context
        context.act(settle_all).then(
            lambda made: context.toast(plural("{n} entry added.", "{n} entries added.", n=made.result))
        )
