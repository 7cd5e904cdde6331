"""Requests for rewards as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.points.rules import STATES, RedemptionState
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, plain_tip
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.points.queries import Redemption
    from mentor_app.core.store import Connection


class RedemptionsView(RecordList["Redemption"]):
    """What has been asked for; what waits for a decision first."""

    kind = "redemption"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Redemptions")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Redemptions"),
                tr("Search redemptions"),
                [
                    ColumnSpec(
                        "requested_at", tr("Asked on"), lambda r: str(r.requested_at.date()), width=104, keep=True
                    ),
                    ColumnSpec("person", tr("Person"), lambda r: r.person, width=120, first=True),
                    ColumnSpec("reward", tr("Reward"), lambda r: r.reward, width=220),
                    ColumnSpec("points", tr("Points"), lambda r: str(r.points), figure=True, width=84, keep=True),
                    ColumnSpec("state", tr("State"), lambda r: tr(STATES[r.state]), width=104, keep=True),
                    ColumnSpec("decided_by", tr("Decided by"), lambda r: r.decided_by or "–", width=110),
                    ColumnSpec("reason", tr("Reason"), lambda r: r.reason or "", width=150),
                ],
                tr("Nothing has been asked for."),
            )
        )
        self.approve = button(tr("Approve"), self._approve, primary=True)
        self.refuse = button(tr("Refuse…"), self._refuse)
        self.hand = button(tr("Handed over"), self._fulfil)
        self.buttons = [self.hand, self.refuse, self.approve]
        self.needs = {self.hand: "points.fulfil", self.refuse: "points.decide", self.approve: "points.decide"}
        self.list.model.remark = context.ledger_line
        self.list.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())

    @override
    def read(self, connection: Connection) -> list[Redemption]:
        from mentor_app.core.points.queries import redemptions

        return redemptions(connection)

    @override
    def _arrived(self, rows: Sequence[Redemption]) -> None:
        super()._arrived(rows)
        if rows and not self.list.table.selectionModel().hasSelection():
            self.list.table.choose(0)
        self._selected()

    @override
    def said(self, rows: Sequence[Redemption]) -> str:
        return plural(
            "{n} waits for a decision",
            "{n} wait for a decision",
            n=sum(r.state == RedemptionState.REQUESTED for r in rows),
        )

    def _chosen(self) -> Redemption | None:
        rows = self.list.table.selectionModel().selectedRows()
        return self.list.model.row(rows[0].row()) if rows else None

    def _selected(self) -> None:
        chosen, me = self._chosen(), self._context.me
        other = chosen is not None and me is not None and me.id != chosen.person_id
        for item, state in (
            (self.approve, RedemptionState.REQUESTED),
            (self.refuse, RedemptionState.REQUESTED),
            (self.hand, RedemptionState.APPROVED),
        ):
            item.setEnabled(other and chosen is not None and chosen.state == state)
            item.setToolTip(plain_tip("" if other else tr("Somebody else than who asked decides.")))

    def _approve(self) -> None:
        from mentor_app.core.points.actions import decide

        chosen = self._chosen()
        if chosen is not None:
            said = tr("Approved: {reward} for {name}.", reward=chosen.reward, name=chosen.person)
            self._context.act(decide, chosen.id, True).then(lambda _: self._context.toast(said))

    def _refuse(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._context.go(Place("points", "refuse", chosen.id))

    def _fulfil(self) -> None:
        from mentor_app.core.points.actions import fulfil

        chosen = self._chosen()
        if chosen is not None:
            self._context.act(fulfil, chosen.id)
