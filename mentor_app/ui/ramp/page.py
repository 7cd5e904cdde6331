"""Ramp-up: one hire against benchmark and cohort, or a whole cohort; export of the very same charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox

from mentor_app.core.ramp.interval import Rate, percent
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.ramp.export_dialog import ExportDialog
from mentor_app.ui.widgets.cards import Card, KeyFigure, side_by_side
from mentor_app.ui.widgets.chart import ChartView
from mentor_app.ui.widgets.controls import button, points_apart
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentor_app.charts.style import Figure, Spot, Style
    from mentor_app.core.ramp.curve import Company
    from mentor_app.core.store import Connection


class RampPage(Page):
    """The answer in words and figures first, the chart below."""

    room = "ramp"
    kinds = frozenset({"people", "pipeline"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Ramp-up"))
        self._context = context
        self.company: Company | None = None
        self._wanted: tuple[str, str | int] | None = None
        self._export_soon = False
        self.who = QComboBox(editable=True)
        self.who.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.who.setMinimumWidth(120)
        self.who.setAccessibleName(tr("Hire or cohort"))
        self.who.activated.connect(lambda _: self._show())
        field = self.who.lineEdit()
        assert field is not None
        self.who.currentIndexChanged.connect(lambda _: field.home(False))  # of a long name the beginning is read
        self.view = QComboBox()
        self.view.setMinimumWidth(110)
        self.view.setAccessibleName(tr("View"))
        self.view.addItem(tr("Small multiples"), "multiples")
        self.view.addItem(tr("Laid over each other"), "overlay")
        self.view.activated.connect(lambda _: self._show())
        self.inherited = QCheckBox(tr("Include inherited"))
        self.inherited.toggled.connect(lambda _: self.refresh())
        self.export_button = button(tr("Export charts…") + "  Ctrl+E", self._export, primary=True)
        self.export_button.setAccessibleName(tr("Export charts…"))
        self.header.insertWidget(1, self.who)
        for widget in (self.view, self.inherited, self.export_button):
            self.header.addWidget(widget)
        self.rate = KeyFigure(tr("Close rate"))
        self.recent = KeyFigure(tr("Last 3 months with closings"))
        self.gap = KeyFigure(tr("Against the senior benchmark"))
        self.left_out = KeyFigure(tr("Not counted"))
        self.body.addWidget(side_by_side(self.rate, self.recent, self.gap, self.left_out))
        card = Card()
        self.chart = ChartView(context.tasks, context.settings.theme == "dark", tr("Ramp-up chart"))
        card.body.addWidget(self.chart, 1)
        self.body.addWidget(card, 1)

    @override
    def refresh(self) -> None:
        today, inherited = self._context.today(), self.inherited.isChecked()

        def read(connection: Connection) -> Company:
            from mentor_app.core.pipeline.queries import ramp

            return ramp(connection, today, inherited)

        self._context.query(read, self._arrived)

    def _arrived(self, company: Company) -> None:
        self.company = company
        kept, self._wanted = self._wanted or self.who.currentData(), None
        self.who.clear()
        for cohort in reversed(company.cohorts()):
            self.who.addItem(tr("Cohort {name}", name=cohort), ("cohort", cohort))
        newest = sorted(company.listed, key=lambda i: (company.hires[i].hired_on is None, company.hires[i].name))
        for i in newest:
            self.who.addItem(told(company.hires[i].name), ("person", company.hires[i].key))
        at = next((i for i in range(self.who.count()) if self.who.itemData(i) == kept), -1) if kept else -1
        self.who.setCurrentIndex(at if at >= 0 else min(len(company.cohorts()), self.who.count() - 1))
        self.export_button.setEnabled(bool(newest))
        self._show()
        soon, self._export_soon = self._export_soon, False
        if soon and newest:
            self._export()
        elif soon:
            self._context.toast(tr("No people yet: import opportunities first."))

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        return {"export": self._export} if self.who.count() else {}

    @override
    def open(self, place: Place) -> None:
        """The chart of the person ``place.id``, of a cohort, or the export of charts."""
        if place.what == "export":
            self._export_soon = True
        elif place.what == "cohort":
            self._wanted = ("cohort", place.detail)
        elif place.id is not None:
            self._wanted = ("person", place.id)
        if self.company is not None:
            self._arrived(self.company)

    @override
    def here(self) -> Place:
        chosen = self.who.currentData()
        if chosen is None:
            return Place("ramp")
        kind, key = chosen
        return Place("ramp", "person", key) if kind == "person" else Place("ramp", "cohort", detail=key)

    def choose(self, name: str) -> None:
        """Show this person or cohort."""
        self.who.setCurrentIndex(self.who.findText(name))
        self._show()

    def _show(self) -> None:
        data = self.who.currentData()
        if self.company is None:
            return
        self.view.setVisible(bool(data) and data[0] == "cohort")
        if data is None:
            self.context.setText(tr("No people yet: import opportunities first."))
            return
        company, tr_ = self.company, current()
        members = self._members(company)
        won = sum(company.curve(i).won for i in members)
        lost = sum(company.curve(i).lost for i in members)
        self._figures(company, members, won, lost)
        if data[0] == "person":
            index = members[0]
            hire = company.hires[index]
            inferred = tr(" (inferred)") if hire.inferred else ""
            self.context.setText(
                tr("hired {date}{inferred}", date=hire.hired_on, inferred=inferred) if hire.hired_on else ""
            )

            def draw(figure: Figure, style: Style) -> list[Spot]:
                from mentor_app.charts.ramp import draw_hire
                from mentor_app.transfer.charts import hire_chart

                return draw_hire(figure, hire_chart(company, index), style, tr_)
        else:
            name, kind = data[1], self.view.currentData()
            listed = company.listed_in(name)
            said = [plural("{n} hire", "{n} hires", n=len(listed))]
            if len(members) > len(listed):
                erased = len(members) - len(listed)
                said.append(plural("{n} erased person in the figures", "{n} erased people in the figures", n=erased))
            self.context.setText(" · ".join(said))

            def draw(figure: Figure, style: Style) -> list[Spot]:
                from mentor_app.charts import ramp
                from mentor_app.transfer.charts import cohort_chart

                drawing = ramp.draw_multiples if kind == "multiples" else ramp.draw_overlay
                return drawing(figure, cohort_chart(company, name), style, tr_)

        self.chart.set_drawing(draw)

    def _members(self, company: Company) -> list[int]:
        kind, key = self.who.currentData()
        if kind == "cohort":
            return list(company.cohort(key))
        return [next(i for i, hire in enumerate(company.hires) if hire.key == key)]

    def _figures(self, company: Company, members: list[int], won: int, lost: int) -> None:
        from mentor_app.core.ramp.interval import wilson

        curves = [company.curve(i) for i in members]
        overall = wilson(won, won + lost)
        self.rate.show_figure(
            percent(overall.value),
            _interval(overall, won + lost) if won + lost else tr("unknown"),
        )
        last = [m for c in curves for m in [m for m in c.months if m.closed][-3:]]
        recent = wilson(sum(m.won for m in last), sum(m.closed for m in last))
        self.recent.show_figure(
            percent(recent.value),
            _interval(recent, sum(m.closed for m in last)) if last else tr("unknown"),
        )
        benchmark = company.benchmark
        basis = tr("all time") if benchmark.since is None else tr("last 12 months")
        self.gap.show_figure(
            points_apart(recent.value, benchmark.rate.value),
            plural(
                "points to {rate} ({n} person, {basis})",
                "points to {rate} ({n} people, {basis})",
                rate=percent(benchmark.rate.value),
                n=benchmark.people,
                basis=basis,
            ),
        )
        open_, void = sum(c.open for c in curves), sum(c.void for c in curves)
        inherited, before = sum(c.inherited for c in curves), sum(c.before_hire for c in curves)
        self.left_out.show_figure(
            str(open_ + void + before + (0 if self.inherited.isChecked() else inherited)),
            tr(
                "{open} open · {void} void · {inherited} inherited · {before} before hire",
                open=open_,
                void=void,
                inherited=inherited,
                before=before,
            ),
        )

    def _export(self) -> None:
        company = self.company
        if company is not None:
            chosen, name = self.who.currentData(), self.who.currentText()
            self._context.present(ExportDialog(self, self._context, company, chosen, name, self._members(company)))


def _interval(rate: Rate, deals: int) -> str:
    return plural(
        "90% interval {low}–{high} · {n} deal",
        "90% interval {low}–{high} · {n} deals",
        n=deals,
        low=percent(rate.low),
        high=percent(rate.high),
    )


PAGE = RampPage
