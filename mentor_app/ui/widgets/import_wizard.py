"""The way of a CRM's export into the store: file, what was recognised, columns and stages, owners, dry run, import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.basics import button, label

STEPS = (N_("File"), N_("Recognised"), N_("Columns and stages"), N_("Owners"), N_("Check"), N_("Done"))
_STATUS = {"open": N_("Open"), "won": N_("Won"), "lost": N_("Lost"), "void": N_("Void")}


class ImportWizard(QDialog):
    """Nothing is written before the last step, and then everything or (when asked) the good rows."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import opportunities"))
        self.resize(880, 620)
        self._context = context
        self.path: Path | None = None
        self.plan: Any = None
        self.result: Any = None
        self._task: Any = None
        self._options: dict[str, Any] = {}
        self.steps = label("", "muted")
        self.pages = QStackedWidget()
        for build in (self._file, self._recognised, self._columns, self._owners, self._check, self._done):
            page = QWidget()
            layout = QVBoxLayout(page)
            layout.setContentsMargins(0, 8, 0, 8)
            layout.setSpacing(8)
            build(layout)
            self.pages.addWidget(page)
        self.error = label("", "error", wrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        self.back = button(tr("Back"), lambda: self._go(self.pages.currentIndex() - 1))
        self.next = button(tr("Next"), self._forward, primary=True)
        self.next.setDefault(True)
        self.cancel = button(tr("Cancel"), self.reject)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addStretch()
        for item in (self.cancel, self.back, self.next):
            row.addWidget(item)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addWidget(self.steps)
        outer.addWidget(self.pages, 1)
        outer.addWidget(self.error)
        outer.addLayout(row)
        self._go(0)

    # -- the steps

    def _file(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(tr("Choose the file your CRM exported: CSV, XLSX or XLS."), wrap=True))
        row = QHBoxLayout()
        self.file = QLineEdit()
        self.file.setAccessibleName(tr("File"))
        self.file.textChanged.connect(lambda words: self.next.setEnabled(bool(words)))
        row.addWidget(self.file, 1)
        row.addWidget(button(tr("Choose…"), self._choose))
        layout.addLayout(row)
        self.order = QComboBox()
        self.order.setAccessibleName(tr("Order of dates"))
        orders = (
            (tr("recognise"), None),
            (tr("day first"), "dmy"),
            (tr("month first"), "mdy"),
            (tr("year first"), "ymd"),
        )
        for words, value in orders:
            self.order.addItem(words, value)
        form = QFormLayout()
        form.addRow(tr("Order of dates"), self.order)
        layout.addLayout(form)
        layout.addStretch()

    def _recognised(self, layout: QVBoxLayout) -> None:
        self.summary = label("", wrap=True)
        self.preview = QTableWidget()
        self.preview.setAccessibleName(tr("First rows of the file"))
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        layout.addWidget(self.summary)
        layout.addWidget(self.preview, 1)

    def _columns(self, layout: QVBoxLayout) -> None:
        self.columns: dict[str, QComboBox] = {}
        self.stages: dict[str, QComboBox] = {}
        self._forms = QHBoxLayout()
        holder = QWidget()
        holder.setLayout(self._forms)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(holder)
        layout.addWidget(area)

    def _owners(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(tr("Owners the app does not know yet. Say who each of them is."), wrap=True))
        self.owners: dict[str, QComboBox] = {}
        self._owner_form = QFormLayout()
        holder = QWidget()
        holder.setLayout(self._owner_form)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(holder)
        layout.addWidget(area)

    def _check(self, layout: QVBoxLayout) -> None:
        self.outlook = label("", "cardtitle", wrap=True)
        self.problems = QTableWidget()
        self.problems.setAccessibleName(tr("Rows that can't be imported"))
        self.problems.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.good_only = QCheckBox(tr("Import the good rows and leave these out"))
        self.good_only.toggled.connect(lambda _: self._allow())
        layout.addWidget(self.outlook)
        layout.addWidget(self.problems, 1)
        layout.addWidget(self.good_only)
        layout.addStretch()

    def _done(self, layout: QVBoxLayout) -> None:
        self.outcome = label("", "title", wrap=True)
        layout.addWidget(self.outcome)
        layout.addStretch()

    # -- moving

    def _go(self, step: int) -> None:
        self.pages.setCurrentIndex(step)
        self.error.setText("")
        names = [f"{'● ' if i == step else ''}{tr(name)}" for i, name in enumerate(STEPS)]
        self.steps.setText("   ›   ".join(names))
        last = step == len(STEPS) - 1
        self.back.setVisible(0 < step < len(STEPS) - 1)
        self.cancel.setVisible(not last)
        self.next.setText(tr("Close") if last else tr("Import") if step == 4 else tr("Next"))
        self.next.setEnabled(bool(self.file.text()) if step == 0 else True)
        if step == 4:
            self._allow()

    def _forward(self) -> None:
        step = self.pages.currentIndex()
        if step == 0:
            self.path = Path(self.file.text())
            self._options = {"order": self.order.currentData()}
            self._read(1)
        elif step == 1:
            self._go(2)
        elif step == 2:
            columns = {name: [box.currentText()] for name, box in self.columns.items() if box.currentIndex() > 0}
            found = self.plan.mapping.columns
            columns = {n: found[n] if n in found and " + ".join(found[n]) == c[0] else c for n, c in columns.items()}
            self._options |= {"columns": columns, "stages": {n: box.currentData() for n, box in self.stages.items()}}
            self._read(3)
        elif step == 3:
            self._run(dry=True)
        elif step == 4:
            self._run(dry=False)
        else:
            self.accept()

    def use_file(self, path: Path) -> None:
        """Take this file and show what was recognised."""
        self.file.setText(str(path))
        self._forward()

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Import opportunities"), "", tr("Tables") + " (*.csv *.txt *.tsv *.xlsx *.xls *.ods)"
        )
        if path:
            self.file.setText(path)

    def reject(self) -> None:
        """Cancel what is under way, else close."""
        if self._task is not None:
            self._task.cancel()
        else:
            super().reject()

    # -- the work

    def _start(self, work: Any, done: Any, act: bool = False) -> None:
        self.next.setEnabled(False)
        self.back.setEnabled(False)
        self.bar.setRange(0, 0)
        self.bar.show()

        def finished(result: Any) -> None:
            self._stopped()
            done(result)

        def failed(error: Exception) -> None:
            self._stopped()
            if isinstance(error, UserError):
                self.error.setText(error.render(current()))
            else:
                self._context.tasks.failed.emit(error)

        start = self._context.tasks.act if act else self._context.tasks.run
        self._task = start(work, finished, failed=failed, cancelled=self._stopped, progress=self._progressed)

    def _progressed(self, rows: int, _total: int) -> None:
        self.error.setText("")
        self.steps.setText(tr("{n} rows …", n=f"{rows:,}"))

    def _stopped(self) -> None:
        self._task = None
        self.bar.hide()
        self.next.setEnabled(True)
        self.back.setEnabled(True)

    def _read(self, then: int) -> None:
        path, options, context = self.path, dict(self._options), self._context

        def work(_task: Any) -> Any:
            from mentor_app.core.people.queries import people
            from mentor_app.transfer.opportunities import plan, unknown_owners

            store = context.open_store()
            made = plan(store, path, **options)
            with store.read() as connection:
                everybody = [(p.id, p.name) for p in people(connection)]
            stages = made.all_stages() if then == 1 else {}
            return made, unknown_owners(store, made) if then == 3 else [], everybody, stages

        self._start(work, lambda result: self._was_read(then, *result))

    def _was_read(
        self, then: int, plan: Any, unknown: list[str], everybody: list[tuple[int, str]], stages: dict[str, str]
    ) -> None:
        self.plan = plan
        if then == 1:
            self._show_recognised(stages)
        else:
            while self._owner_form.rowCount():
                self._owner_form.removeRow(0)
            self.owners = {}
            for name in unknown:
                box = QComboBox()
                box.setAccessibleName(name)
                box.addItem(tr("Add as a new person"), "new")
                box.addItem(tr("Leave unmatched"), None)
                for person_id, words in everybody:
                    box.addItem(words, person_id)
                self.owners[name] = box
                self._owner_form.addRow(label(name), box)
            if not unknown:
                self._owner_form.addRow(label(tr("Every owner is known."), "muted"))
        self._go(then)

    def _show_recognised(self, stages: dict[str, str]) -> None:
        from mentor_app.transfer.recognise import OPPORTUNITY_FIELDS

        found, source = self.plan.recognised(), self.plan.source
        facts = [source.path.name]
        if found["encoding"]:
            marks = {",": tr("comma"), ";": tr("semicolon"), "\t": tr("tab"), "|": "|"}
            facts += [found["encoding"].upper(), tr("separated by {mark}", mark=marks.get(found["delimiter"], "?"))]
        else:
            facts.append(tr("sheet {name}", name=found["sheet"]))
        orders = {"dmy": tr("day first"), "mdy": tr("month first"), "ymd": tr("year first")}
        facts.append(tr("dates {order}", order=orders.get(found["date_order"], "?")))
        words = " · ".join(facts)
        if (
            found["columns"].get("closed_on") == found["columns"].get("expected_on")
            and "expected_on" in found["columns"]
        ):
            words += "\n" + tr(
                "The file has no closing date; the expected one stands for it. Choose another in the next step."
            )
        self.summary.setText(words)
        self.preview.setColumnCount(len(source.headers))
        self.preview.setHorizontalHeaderLabels(source.headers)
        self.preview.setRowCount(len(source.sample))
        for y, row in enumerate(source.sample):
            for x, cell in enumerate(row[: len(source.headers)]):
                self.preview.setItem(y, x, QTableWidgetItem(cell[:200]))
        self.preview.resizeColumnsToContents()
        while self._forms.count():
            item = self._forms.takeAt(0).widget()
            if item:
                item.deleteLater()
        self.columns, self.stages = {}, {}
        left, right = QFormLayout(), QFormLayout()
        for name, words in OPPORTUNITY_FIELDS.items():
            box = QComboBox()
            box.setAccessibleName(tr(words))
            box.addItem(tr("(none)"))
            joined = found["columns"].get(name, "")
            box.addItems(source.headers if joined in ("", *source.headers) else [joined, *source.headers])
            box.setCurrentText(joined or tr("(none)"))
            self.columns[name] = box
            left.addRow(tr(words), box)
        for name, status in stages.items():
            box = QComboBox()
            box.setAccessibleName(name)
            for key, words in _STATUS.items():
                box.addItem(tr(words), key)
            box.setCurrentIndex(list(_STATUS).index(status))
            self.stages[name] = box
            right.addRow(label(name), box)
        for form in (left, right):
            holder = QWidget()
            holder.setLayout(form)
            self._forms.addWidget(holder, 1)

    def _run(self, dry: bool) -> None:
        context, plan, good = self._context, self.plan, self.good_only.isChecked()
        owners = {name: box.currentData() for name, box in self.owners.items() if box.currentData() != "new"}

        def work(task: Any) -> Any:
            from mentor_app.transfer.opportunities import run

            return run(
                context.open_store(), context.actor(), plan, today=context.today(), only_good_rows=good, dry_run=dry,
                owners=owners, progress=task.report,
            )  # fmt: skip

        self._start(work, lambda done: self._ran(dry, done.result), act=True)

    def _ran(self, dry: bool, result: Any) -> None:
        self.result = result
        words = tr(
            "{read} rows read: {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected",
            read=f"{result.read:,}", new=f"{result.new:,}", updated=f"{result.updated:,}",
            unchanged=f"{result.unchanged:,}", rejected=f"{len(result.rejected):,}",
        )  # fmt: skip
        if not dry:
            self.outcome.setText(words)
            self._go(5)
            return
        self.outlook.setText(words)
        shown = result.rejected[:1000]
        self.problems.setColumnCount(4)
        self.problems.setHorizontalHeaderLabels([tr("Row"), tr("Column"), tr("Value"), tr("Reason")])
        self.problems.setRowCount(len(shown))
        for y, problem in enumerate(shown):
            cells = (str(problem.row), problem.column, problem.value[:200], problem.reason.render(current()))
            for x, cell in enumerate(cells):
                self.problems.setItem(y, x, QTableWidgetItem(cell))
        self.problems.horizontalHeader().setStretchLastSection(True)
        self.problems.setVisible(bool(shown))
        self.good_only.setVisible(bool(shown))
        self._go(4)

    def _allow(self) -> None:
        rejected = bool(self.result and self.result.rejected)
        self.next.setEnabled(not rejected or self.good_only.isChecked())
