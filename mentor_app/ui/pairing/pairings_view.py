"""All pairings as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.pairing.rules import ALERT_KINDS, STATES, AlertKind
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.pairing.queries import Pairing
    from mentor_app.core.store import Connection


class PairingsView(RecordList["Pairing"]):
    """All pairings, running ones first; or those only that need a hand for one reason, which a button says and takes away."""

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
                    ColumnSpec("apprentice", tr("Apprentice"), lambda p: p.apprentice, width=120, first=True),
                    ColumnSpec("mentor", tr("Mentor"), lambda p: p.mentor, width=120, first=True),
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
        self.filter = button("", self._show_all)
        self.filter.setToolTip(tr("All pairings"))
        self._reason = ""
        self.buttons = [self.filter, self.imports]
        self.needs = {self.imports: "pairing.import"}

    def only(self, reason: str) -> None:
        """Show those only of which Home says that they need a hand for this reason (an AlertKind); all where it is empty."""
        self._reason = reason if reason in ALERT_KINDS else ""
        words = tr(ALERT_KINDS[AlertKind(reason)]) if self._reason else ""
        self.filter.setText(f"{words}  ✕")
        self.filter.setAccessibleName(words)

    def _show_all(self) -> None:
        self.only("")
        self.reload()

    @override
    def read(self, connection: Connection) -> list[Pairing]:
        from mentor_app.core.pairing.queries import pairings

        reason, found = self._reason, pairings(connection)
        if not reason:
            return found
        from mentor_app.core.pairing.watch import watch

        alerts = [alert for alert in watch(connection, self._context.today()) if alert.kind == reason]
        meant = {alert.pairing_id for alert in alerts}
        mentors = {alert.person_id for alert in alerts if alert.pairing_id is None}  # of all their running pairings
        return [p for p in found if p.id in meant or (p.mentor_id in mentors and p.ended_on is None)]

    @override
    def _arrived(self, rows: Sequence[Pairing]) -> None:
        super()._arrived(rows)
        if not self._reason:
            self.shown.discard(self.filter)
        self.headed.emit()

    @override
    def said(self, rows: Sequence[Pairing]) -> str:
        return tr("{n} running · {m} in all", n=sum(p.ended_on is None for p in rows), m=len(rows))
