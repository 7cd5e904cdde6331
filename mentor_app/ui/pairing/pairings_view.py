"""All pairings as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.pairing.rules import STATES
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.table import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.pairing.queries import Pairing
    from mentor_app.core.store import Connection


class PairingsView(RecordList["Pairing"]):
    """All pairings, running ones first."""

    kind = "pairing"

    records = Place("pairing")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("All pairings")
        self.show_list(
            SearchList(
                context.tasks,
                tr("All pairings"),
                tr("Search pairings"),
                [
                    ColumnSpec("apprentice", tr("Apprentice"), lambda p: p.apprentice, width=120),
                    ColumnSpec("mentor", tr("Mentor"), lambda p: p.mentor, width=120),
                    ColumnSpec("state", tr("State"), lambda p: tr(STATES[p.state]), width=88, whole=True),
                    ColumnSpec("started_on", tr("From"), lambda p: p.started_on.isoformat(), width=104, keep=True),
                    ColumnSpec("ended_on", tr("Until"), lambda p: str(p.ended_on or "–"), width=104, keep=True),
                    ColumnSpec("projects", tr("Projects"), lambda p: " → ".join(p.projects), width=220),
                    ColumnSpec("reason", tr("Reason"), lambda p: p.reason or "", width=140),
                ],
                tr("Nobody is paired yet. Assign mentors on the board, or import pairings."),
            )
        )
        self.imports = button(
            tr("Import pairings…"), lambda: context.go(Place("imports", "pairings")), shortcut="Ctrl+I"
        )
        self.buttons = [self.imports]
        self.needs = {self.imports: "pairing.import"}

    @override
    def read(self, connection: Connection) -> list[Pairing]:
        from mentor_app.core.pairing.queries import pairings

        return pairings(connection)

    @override
    def said(self, rows: Sequence[Pairing]) -> str:
        return tr("{n} running · {m} in all", n=sum(p.ended_on is None for p in rows), m=len(rows))
