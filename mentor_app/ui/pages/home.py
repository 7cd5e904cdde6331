"""Home: how far newcomers are from the seniors, and what to do next."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from mentor_app.core.ramp.interval import percent
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.basics import Card, KeyFigure, Page, button, label


class HomePage(Page):
    """Three figures and the next steps."""

    kinds = frozenset({"people", "pipeline"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Home"))
        self._context = context
        self.header.addWidget(
            button(
                tr("Import opportunities…"), lambda: context.go("pipeline", "import"), primary=True, shortcut="Ctrl+I"
            )
        )
        figures = QHBoxLayout()
        figures.setSpacing(16)
        self.newcomers = KeyFigure(tr("Close rate in the first 3 months"))
        self.seniors = KeyFigure(tr("Senior benchmark"))
        self.gap = KeyFigure(tr("Gap to the seniors"))
        self.people = KeyFigure(tr("People"))
        for card in (self.newcomers, self.seniors, self.gap, self.people):
            figures.addWidget(card, 1)
        self.body.addLayout(figures)
        steps = Card(tr("Next steps"))
        self.step = label("", wrap=True)
        self.ramp = button(tr("See the ramp-up"), lambda: context.go("ramp", None))
        self.confirm = button(tr("Check hire dates"), lambda: context.go("people", None))
        row = QHBoxLayout()
        row.addWidget(self.ramp)
        row.addWidget(self.confirm)
        row.addStretch()
        steps.body.addWidget(self.step)
        steps.body.addLayout(row)
        self.body.addWidget(steps)
        self.body.addStretch()

    def refresh(self) -> None:
        today = self._context.today()

        def read(connection: Any) -> Any:
            from mentor_app.core.pipeline.queries import opportunity_count, ramp

            return ramp(connection, today), opportunity_count(connection)

        self._context.query(read, self._show)

    def _show(self, result: Any) -> None:
        from mentor_app.core.ramp.interval import wilson

        company, deals = result
        won, lost = company.pooled(1, 3)
        early, senior = wilson(won, won + lost), company.benchmark.rate
        self.newcomers.show_figure(
            percent(early.value),
            tr(
                "90% interval {low}–{high} · {n} deals",
                low=percent(early.low),
                high=percent(early.high),
                n=won + lost,
            )
            if early.value is not None
            else tr("No closings in these months yet"),
        )
        basis = tr("all time") if company.benchmark.since is None else tr("last 12 months")
        self.seniors.show_figure(
            percent(senior.value),
            tr("90% interval {low}–{high} · {n} people, {basis}", low=percent(senior.low), high=percent(senior.high),
               n=company.benchmark.people, basis=basis)
            if senior.value is not None
            else tr("Nobody has closed a deal in their 7th month or later yet"),
        )  # fmt: skip
        known = early.value is not None and senior.value is not None
        points = round((early.value - senior.value) * 100) if known else None
        self.gap.show_figure("–" if points is None else f"{points:+d}".replace("-", "−"), tr("percentage points"))
        inferred = sum(hire.inferred for hire in company.hires)
        self.people.show_figure(
            str(len(company.hires)), tr("{n} opportunities · {m} hire dates inferred", n=f"{deals:,}", m=inferred)
        )
        self.ramp.setEnabled(deals > 0)
        self.confirm.setVisible(inferred > 0)
        if not deals:
            self.step.setText(tr("Import your CRM's export to see how each new hire's close rate climbs. Any CRM's CSV or "
                                 "Excel file will do; nothing is written before you have seen what was recognised."))  # fmt: skip
        elif inferred:
            self.step.setText(tr("{n} hire dates are inferred from the first opportunity. Confirm them so that the months "
                                 "of tenure are right.", n=inferred))  # fmt: skip
        else:
            self.step.setText(tr("Everything is in place. Import the CRM's next export to stay current."))


PAGE = HomePage
