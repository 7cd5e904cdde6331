"""The point rules as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.points.rules import EVENTS
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

    from mentor_app.core.points.rules import Rule
    from mentor_app.core.store import Connection


class RulesView(RecordList["Rule"]):
    """What earns how much, since when and until when."""

    kind = "point_rule"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Rules")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Rules"),
                tr("Search rules"),
                [
                    ColumnSpec("event", tr("What for"), lambda r: tr(EVENTS[r.event]), width=260),
                    ColumnSpec("points", tr("Points"), lambda r: str(r.points), figure=True, width=96, keep=True),
                    ColumnSpec(
                        "per_month",
                        tr("At most a month"),
                        lambda r: "–" if r.per_month is None else str(r.per_month),
                        figure=True,
                        width=160,
                        keep=True,
                    ),
                    ColumnSpec("first_on", tr("From"), lambda r: r.first_on.isoformat(), width=112, keep=True),
                    ColumnSpec("last_on", tr("Until"), lambda r: str(r.last_on or "–"), width=112, keep=True),
                ],
                tr("There is no rule yet."),
            )
        )
        self.list.opened.connect(self._open_rule)
        self.new = button(tr("Change a rule…"), self._open_chosen, primary=True)
        self.buttons = [self.new]
        self.needs = {self.new: "points.save_rule"}

    @override
    def read(self, connection: Connection) -> list[Rule]:
        from mentor_app.core.points.queries import rules_of

        return rules_of(connection)

    @override
    def said(self, rows: Sequence[Rule]) -> str:
        return tr("what was earned stays as it is")

    def _open_rule(self, rule_id: int) -> None:
        rule = self.list.row(rule_id)
        if rule is not None:
            self._open(rule.event)

    def _open_chosen(self) -> None:
        """The rule whose row is selected; where none is, the form asks which."""
        rows = self.list.table.selectionModel().selectedRows()
        rule = self.list.model.row(rows[0].row()) if rows else None
        self._open(rule.event if rule is not None else "")

    def _open(self, event: str) -> None:
        if self.may("points.save_rule"):
            self._context.go(Place("points", "rule", detail=event))
