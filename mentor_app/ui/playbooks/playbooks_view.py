"""All playbooks as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.playbooks.rules import STATES, PlaybookState
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

    from mentor_app.core.playbooks.queries import Playbook
    from mentor_app.core.store import Connection


class PlaybooksView(RecordList["Playbook"]):
    """What is owed first, the earliest due first."""

    kind = "playbook"

    records = Place("playbooks")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("All playbooks")
        self.show_list(
            SearchList(
                context.tasks,
                tr("All playbooks"),
                tr("Search playbooks"),
                [
                    ColumnSpec("title", tr("Title"), lambda b: b.title, width=220),
                    ColumnSpec("owner", tr("Written by"), lambda b: b.owner, width=110),
                    ColumnSpec("state", tr("State"), lambda b: tr(STATES[b.state]), width=110, whole=True),
                    ColumnSpec("due_on", tr("Due on"), lambda b: str(b.due_on or "–"), width=112, keep=True),
                    ColumnSpec(
                        "written",
                        tr("Written"),
                        lambda b: f"{b.written} / {b.wanted}",
                        figure=True,
                        width=96,
                        keep=True,
                    ),
                    ColumnSpec(
                        "approved_on", tr("Approved on"), lambda b: str(b.approved_on or "–"), width=132, keep=True
                    ),
                    ColumnSpec(
                        "helped",
                        tr("Helped"),
                        lambda b: f"{b.helped} / {b.helped + b.not_helped}" if b.helped + b.not_helped else "–",
                        figure=True,
                        width=90,
                        keep=True,
                    ),
                ],
                tr(
                    "No playbook yet. They are owed by themselves when a pairing starts; begin one by hand with the button above."
                ),
                order={"state": lambda b: list(STATES).index(b.state)},
            )
        )
        self.new = button(
            tr("Begin a playbook…"), lambda: context.go(Place("playbooks", "begin")), primary=True, shortcut="Ctrl+N"
        )
        self.buttons = [self.new]

    @override
    def read(self, connection: Connection) -> list[Playbook]:
        from mentor_app.core.playbooks.queries import playbooks

        return playbooks(connection, self._context.today())

    @override
    def _arrived(self, rows: Sequence[Playbook]) -> None:
        me = self._context.me
        rows = sorted(
            rows, key=lambda b: not (me is not None and b.owner_id == me.id and b.owed)
        )  # one's own owed first
        super()._arrived(rows)
        self.shown = {self.new}
        self.headed.emit()

    @override
    def said(self, rows: Sequence[Playbook]) -> str:
        late = sum(b.owed and b.due_on is not None and b.due_on < self._context.today() for b in rows)
        return tr(
            "{n} owed, {late} of them overdue · {m} in review",
            n=sum(b.owed for b in rows),
            late=late,
            m=sum(b.state == PlaybookState.IN_REVIEW for b in rows),
        )
