"""Ramp-up: one hire against benchmark and cohort, or a whole cohort; export of the very same charts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
)

from mentor_app.core.errors import UserError
from mentor_app.core.ramp.interval import percent
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.chart import ChartView
from mentor_app.ui.widgets.controls import Card, KeyFigure, Page, button, label


class RampPage(Page):
    """The answer in words and figures first, the chart below."""

    kinds = frozenset({"people", "pipeline"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Ramp-up"))
        self._context, self.company = context, None
        self._wanted: Any = None
        self._export_soon = False
        self.who = QComboBox(editable=True)
        self.who.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.who.setMinimumWidth(180)
        self.who.setAccessibleName(tr("Hire or cohort"))
        self.who.activated.connect(lambda _: self._show())
        self.view = QComboBox()
        self.view.setAccessibleName(tr("View"))
        self.view.addItem(tr("Small multiples"), "multiples")
        self.view.addItem(tr("Laid over each other"), "overlay")
        self.view.activated.connect(lambda _: self._show())
        self.inherited = QCheckBox(tr("Include inherited"))
        self.inherited.toggled.connect(lambda _: self.refresh())
        self.export_button = button(tr("Export charts…"), self._export, primary=True, shortcut="Ctrl+E")
        self.header.insertWidget(1, self.who)
        for widget in (self.view, self.inherited, self.export_button):
            self.header.addWidget(widget)
        figures = QHBoxLayout()
        figures.setSpacing(16)
        self.rate = KeyFigure(tr("Close rate"))
        self.recent = KeyFigure(tr("Last 3 months with closings"))
        self.gap = KeyFigure(tr("Against the senior benchmark"))
        self.left_out = KeyFigure(tr("Not counted"))
        for card in (self.rate, self.recent, self.gap, self.left_out):
            figures.addWidget(card, 1)
        self.body.addLayout(figures)
        card = Card()
        self.chart = ChartView(context.tasks, context.settings.theme == "dark", tr("Ramp-up chart"))
        card.body.addWidget(self.chart, 1)
        self.body.addWidget(card, 1)

    def refresh(self) -> None:
        today, inherited = self._context.today(), self.inherited.isChecked()

        def read(connection: Any) -> Any:
            from mentor_app.core.pipeline.queries import ramp

            return ramp(connection, today, inherited)

        self._context.query(read, self._arrived)

    def _arrived(self, company: Any) -> None:
        self.company = company
        kept, self._wanted = self._wanted or self.who.currentData(), None
        self.who.clear()
        for cohort in reversed(company.cohorts()):
            self.who.addItem(tr("Cohort {name}", name=cohort), ("cohort", cohort))
        newest = sorted(
            range(len(company.hires)), key=lambda i: (company.hires[i].hired_on is None, company.hires[i].name)
        )
        for i in newest:
            self.who.addItem(company.hires[i].name, ("person", company.hires[i].key))
        at = next((i for i in range(self.who.count()) if self.who.itemData(i) == kept), -1) if kept else -1
        self.who.setCurrentIndex(at if at >= 0 else min(len(company.cohorts()), self.who.count() - 1))
        self.export_button.setEnabled(bool(company.hires))
        self._show()
        if self._export_soon and company.hires:
            self._export_soon = False
            self._export()

    def faces(self) -> dict[str, Any]:
        return {"export": self._export} if self.who.count() else {}

    def open(self, what: Any) -> None:
        if what == "export":
            self._export_soon = True
        elif what is not None:
            self._wanted = what
        if self.company is not None:
            self._arrived(self.company)

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
        members = self._members()
        won = sum(company.curve(i).won for i in members)
        lost = sum(company.curve(i).lost for i in members)
        self._figures(members, won, lost)
        if data[0] == "person":
            index = members[0]
            hire = company.hires[index]
            inferred = tr(" (inferred)") if hire.inferred else ""
            self.context.setText(
                tr("hired {date}{inferred}", date=hire.hired_on, inferred=inferred) if hire.hired_on else ""
            )

            def draw(figure: Any, style: Any) -> Any:
                from mentor_app.charts.ramp import draw_hire
                from mentor_app.transfer.charts import hire_chart

                return draw_hire(figure, hire_chart(company, index), style, tr_)
        else:
            name, kind = data[1], self.view.currentData()
            self.context.setText(tr("{n} hires", n=len(members)))

            def draw(figure: Any, style: Any) -> Any:
                from mentor_app.charts import ramp
                from mentor_app.transfer.charts import cohort_chart

                drawing = ramp.draw_multiples if kind == "multiples" else ramp.draw_overlay
                return drawing(figure, cohort_chart(company, name), style, tr_)

        self.chart.set_drawing(draw)

    def _members(self) -> list[int]:
        kind, key = self.who.currentData()
        if kind == "cohort":
            return list(self.company.cohort(key))
        return [next(i for i, hire in enumerate(self.company.hires) if hire.key == key)]

    def _figures(self, members: list[int], won: int, lost: int) -> None:
        from mentor_app.core.ramp.interval import wilson

        curves = [self.company.curve(i) for i in members]
        overall = wilson(won, won + lost)
        interval = "90% interval {low}–{high} · {n} deals"
        self.rate.show_figure(
            percent(overall.value),
            tr(interval, low=percent(overall.low), high=percent(overall.high), n=won + lost)
            if won + lost
            else tr("unknown"),
        )
        last = [m for c in curves for m in [m for m in c.months if m.closed][-3:]]
        recent = wilson(sum(m.won for m in last), sum(m.closed for m in last))
        self.recent.show_figure(
            percent(recent.value),
            tr(interval, low=percent(recent.low), high=percent(recent.high), n=sum(m.closed for m in last))
            if last
            else tr("unknown"),
        )
        benchmark = self.company.benchmark
        known = recent.value is not None and benchmark.rate.value is not None
        points = round((recent.value - benchmark.rate.value) * 100) if known else None
        basis = tr("all time") if benchmark.since is None else tr("last 12 months")
        self.gap.show_figure(
            "–" if points is None else f"{points:+d}".replace("-", "−"),
            tr(
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
            tr("{open} open · {void} void · {inherited} inherited · {before} before hire", open=open_, void=void,
               inherited=inherited, before=before),
        )  # fmt: skip

    def _export(self) -> None:
        self.dialog = ExportDialog(self, self._context, self.company, self.who.currentData(), self._members())
        self.dialog.open()


class ExportDialog(QDialog):
    """Whose charts, in which formats, into which folder; with progress and cancel."""

    def __init__(self, parent: RampPage, context: Context, company: Any, chosen: Any, members: list[int]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export charts"))
        self.setMinimumWidth(480)
        self._context, self._company, self._chosen, self._members = context, company, chosen, members
        self._task: Any = None
        self.files: list[Path] = []
        self.scope = QComboBox()
        self.scope.setAccessibleName(tr("Whose charts"))
        self.scope.addItem(parent.who.currentText(), "shown")
        self.scope.addItem(tr("Everybody ({n})", n=len(company.hires)), "all")
        self.scope.addItem(tr("Several people…"), "some")
        for cohort in reversed(company.cohorts()):
            if chosen != ("cohort", cohort):
                self.scope.addItem(tr("Cohort {name}", name=cohort), ("cohort", cohort))
        self.search = QLineEdit(placeholderText=tr("Search people"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search people"))
        self.people = QListWidget()
        self.people.setAccessibleName(tr("People to export"))
        for i in sorted(range(len(company.hires)), key=lambda i: company.hires[i].name):
            item = QListWidgetItem(company.hires[i].name)
            item.setData(Qt.ItemDataRole.UserRole, i)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if i in members else Qt.CheckState.Unchecked)
            self.people.addItem(item)
        self.people.itemChanged.connect(lambda _: self._allow())
        self.search.textChanged.connect(self._filter)
        self.scope.currentIndexChanged.connect(lambda _: self._scoped())
        boxes = QHBoxLayout()
        self.formats = {name: QCheckBox(name.upper(), checked=name in ("png", "xlsx")) for name in
                        ("png", "svg", "pdf", "csv", "xlsx")}  # fmt: skip
        for box in self.formats.values():
            box.toggled.connect(lambda _: self._allow())
            boxes.addWidget(box)
        boxes.addStretch()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        self.error = label("", "error", wrap=True)
        self.cancel = button(tr("Cancel"), self.reject)
        self.start = button(tr("Choose folder and export…"), self._choose, primary=True)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.start)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.setSpacing(12)
        outer.addWidget(label(tr("Whose charts")))
        outer.addWidget(self.scope)
        outer.addWidget(self.search)
        outer.addWidget(self.people, 1)
        outer.addLayout(boxes)
        outer.addWidget(
            label(tr("Existing files are kept: a new one of the same name gets a number."), "note", wrap=True)
        )
        outer.addWidget(self.bar)
        outer.addWidget(self.error)
        outer.addLayout(row)
        self._scoped()

    def _scoped(self) -> None:
        several = self.scope.currentData() == "some"
        self.search.setVisible(several)
        self.people.setVisible(several)
        self._allow()

    def _filter(self, words: str) -> None:
        for at in range(self.people.count()):
            self.people.item(at).setHidden(words.casefold() not in self.people.item(at).text().casefold())

    def _checked(self) -> list[int]:
        items = (self.people.item(at) for at in range(self.people.count()))
        return [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]

    def _allow(self) -> None:
        somebody = self.scope.currentData() != "some" or bool(self._checked())
        self.start.setEnabled(self._task is None and somebody and any(b.isChecked() for b in self.formats.values()))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Export charts"))
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Write the chosen charts there."""
        formats = [name for name, box in self.formats.items() if box.isChecked()]
        scope = self._chosen if self.scope.currentData() == "shown" else self.scope.currentData()
        cohorts = [scope[1]] if scope[0] == "cohort" else []
        indexes = {
            "all": lambda: list(range(len(self._company.hires))), "some": self._checked, "person": lambda: self._members,
            "cohort": list,
        }[scope if isinstance(scope, str) else scope[0]]()  # fmt: skip
        company, language = self._company, current().language

        def work(task: Any) -> Any:
            from mentor_app.transfer.charts import export

            return export(company, indexes, cohorts, folder, formats, language, progress=task.report)

        self.start.setEnabled(False)
        self.bar.show()
        self._task = self._context.tasks.run(work, self._exported, self._failed, self._progress, self._stopped)

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _exported(self, files: list[Path]) -> None:
        self._task, self.files = None, files
        folder = files[0].parent if files else ""
        self._context.toast(tr("{n} files written to {folder}", n=len(files), folder=folder))
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._stopped()
        if isinstance(error, UserError):
            self.error.setText(error.render(current()))
        else:
            self._context.tasks.failed.emit(error)

    def _stopped(self) -> None:
        self._task = None
        self._allow()
        self.bar.hide()

    def reject(self) -> None:
        """Cancel the export under way, else close."""
        if self._task is not None:
            self._task.cancel()
        else:
            super().reject()


PAGE = RampPage
