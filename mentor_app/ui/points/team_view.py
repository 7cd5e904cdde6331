"""The team's points as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.points.rules import EVENTS
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.chart import ChartView
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.charts.style import Figure, Spot, Style
    from mentor_app.core.points.ledger import Verified
    from mentor_app.core.points.queries import Account
    from mentor_app.core.store import Connection


class TeamView(View):
    """Totals by month as a chart, and the promotion list with its formula."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("The team's points")
        column = column_in(self)
        card = Card()
        self.chart = ChartView(context.tasks, context.settings.theme == "dark", tr("Points by month"))
        self.chart.setMinimumHeight(180)
        card.body.addWidget(self.chart, 1)
        column.addWidget(card, 4)
        self.formula = label(
            tr(
                "Promotion weight = the sum of the weights of the promotion rewards handed over to a person. It is bought, "
                "not given: points alone do not weigh."
            ),
            "note",
            wrap=True,
        )
        column.addWidget(self.formula)
        self.list: SearchList[Account] = SearchList(
            context.tasks,
            tr("Promotion list"),
            tr("Search people"),
            [
                ColumnSpec("name", tr("Name"), lambda a: a.name, width=150, first=True),
                ColumnSpec("team", tr("Team"), lambda a: a.team or "–", width=180),
                ColumnSpec(
                    "weight", tr("Promotion weight"), lambda a: f"{a.weight:g}", figure=True, width=184, keep=True
                ),
                ColumnSpec("earned", tr("Earned"), lambda a: str(a.earned), figure=True, width=104, keep=True),
                ColumnSpec("balance", tr("Balance"), lambda a: str(a.balance), figure=True, width=104, keep=True),
                ColumnSpec("reserved", tr("Reserved"), lambda a: str(a.reserved), figure=True, width=104, keep=True),
            ],
            tr("Nobody mentors yet."),
            "weight",
            True,
        )
        self.list.model.remark = context.ledger_line
        self.list.opened.connect(lambda key: context.go(Place("points", "person", key)))
        self.list.table.offer_history("person", context.go)
        column.addWidget(self.list, 5)
        self.prove = button(tr("Prove the ledger"), self._verify)
        self.buttons = [self.prove]

    @override
    def listed(self) -> Sequence[int]:
        return self.list.model.ids

    @override
    def reload(self) -> None:
        def read(connection: Connection) -> tuple[list[Account], list[tuple[str, str, int]]]:
            from mentor_app.core.points.queries import accounts, by_month

            return accounts(connection), by_month(connection)

        self._context.query(read, lambda read: self._arrived(*read))

    def _arrived(self, rows: list[Account], months: list[tuple[str, str, int]]) -> None:
        self.list.show_rows(rows)
        self.note = " · ".join(
            [
                plural("{n} person", "{n} people", n=len(rows)),
                plural("{n} point earned", "{n} points earned", n=sum(a.earned for a in rows)),
            ]
        )
        self.shown = set(self.buttons)
        self._draw(months)
        self.headed.emit()

    def _draw(self, by_month: list[tuple[str, str, int]]) -> None:
        months = sorted({month for month, _, _ in by_month})[-18:]
        held = {(month, event): points for month, event, points in by_month}
        series = {
            tr(words): [max(0, held.get((month, event), 0)) for month in months]
            for event, words in EVENTS.items()
            if any(held.get((month, event)) for month in months)
        }
        total = sum(sum(values) for values in series.values())
        title = (
            plural(
                "Points earned in {n} month: {points}",
                "Points earned in {n} months: {points}",
                n=len(months),
                points=f"{total:,}",
            )
            if months
            else tr("No points yet")
        )
        note = tr(
            "By the month in which it happened; what was taken back is left out. As of {date}.",
            date=self._context.today(),
        )

        def draw(figure: Figure, style: Style) -> list[Spot]:
            from mentor_app.charts.points import draw_months

            return draw_months(figure, months, series, title, note, style)

        self.chart.set_drawing(draw)

    def _verify(self) -> None:
        def read(connection: Connection) -> Verified:
            from mentor_app.core.points.ledger import verify

            return verify(connection)

        def show(proof: Verified) -> None:
            from mentor_app.ui.widgets.message_box import tell

            if proof.ok:
                self._context.toast(proof.words.render(current()))
                return
            why = proof.why.render(current()) if proof.why is not None else ""
            tell(
                self,
                tr("The ledger is not whole"),
                tr("Entry {n}: {why} Restore a backup copy.", n=proof.first_bad, why=why),
            )

        self._context.query(read, show)
