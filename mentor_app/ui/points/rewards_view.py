"""Rewards as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.points.rules import REWARDS
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

    from mentor_app.core.points.queries import Reward
    from mentor_app.core.store import Connection


class RewardsView(RecordList["Reward"]):
    """What points buy."""

    kind = "reward"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Rewards")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Rewards"),
                tr("Search rewards"),
                [
                    ColumnSpec("name", tr("Reward"), lambda r: r.name, width=260),
                    ColumnSpec("kind", tr("Kind"), lambda r: tr(REWARDS[r.kind]), width=150, whole=True),
                    ColumnSpec("cost", tr("Points"), lambda r: str(r.cost), figure=True, width=96, keep=True),
                    ColumnSpec(
                        "stock",
                        tr("In stock"),
                        lambda r: "–" if r.stock is None else str(r.stock),
                        figure=True,
                        width=104,
                        keep=True,
                    ),
                    ColumnSpec(
                        "weight",
                        tr("Weight"),
                        lambda r: "–" if r.weight is None else f"{r.weight:g}",
                        figure=True,
                        width=104,
                        keep=True,
                    ),
                    ColumnSpec(
                        "offered", tr("Offered"), lambda r: tr("yes") if r.offered else tr("no"), width=104, keep=True
                    ),
                ],
                tr("There is no reward yet."),
                "cost",
            )
        )
        self.list.opened.connect(self._open)
        self.new = button(tr("New reward…"), lambda: self._open(None), primary=True, shortcut="Ctrl+N")
        self.buttons = [self.new]
        self.needs = {self.new: "points.save_reward"}

    @override
    def read(self, connection: Connection) -> list[Reward]:
        from mentor_app.core.points.queries import rewards

        return rewards(connection)

    @override
    def said(self, rows: Sequence[Reward]) -> str:
        return tr("{n} on offer", n=sum(r.offered for r in rows))

    def _open(self, reward_id: int | None) -> None:
        self._context.go(Place("points", "reward", reward_id))
