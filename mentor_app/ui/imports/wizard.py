"""The way of a file into the store: file, what was recognised, columns (and stages), owners, dry run, import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.imports.identity_button import IdentityButton
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.file_dialogs import ask_open
from mentor_app.ui.widgets.layouts import clear, scrolling
from mentor_app.ui.widgets.owners import OwnersForm
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table

if TYPE_CHECKING:
    from mentor_app.core.imports import Imported, Problem
    from mentor_app.core.store import Done
    from mentor_app.transfer.plan import Plan
    from mentor_app.ui.tasks import Task

T = TypeVar("T")

_NAMES = {
    "file": N_("File"),
    "recognised": N_("Recognised"),
    "columns": N_("Columns"),
    "owners": N_("Owners"),
    "check": N_("Check"),
    "done": N_("Done"),
}
_STATUS = {"open": N_("Open"), "won": N_("Won"), "lost": N_("Lost"), "void": N_("Void")}
_TITLES = {
    "opportunities": N_("Import opportunities"),
    "people": N_("Import people"),
    "activities": N_("Import activities"),
    "projects": N_("Import projects"),
    "pairings": N_("Import pairings"),
}
_ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "cp1252", "shift_jis")


@dataclass
class FileRead:
    """A file as it will be read; for opportunities also its unknown owners, everybody they could be, and what its stage names
    are taken for."""

    plan: Plan
    unknown: list[str] = field(default_factory=list)
    everybody: list[tuple[int, str]] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)


def open_wizard(window: QWidget, context: Context, place: Place) -> None:
    """Import a file of the kind ``place.what``; ``place.detail`` is its path where it is known already."""
    wizard = ImportWizard(window, context, Place("imports", place.what))
    context.present(wizard)
    if place.detail:
        wizard.use_file(Path(place.detail))


class ImportWizard(Dialog):
    """Nothing is written before the last step, and then everything or (when asked) the good rows.

    The kind, which the place names, is the module of mentor_app.transfer that plans and runs the import. A draft is the
    file and what was answered about it; each answer is proposed again at its step.
    """

    def __init__(self, parent: QWidget, context: Context, place: Place) -> None:
        kind = place.what
        super().__init__(parent, context, tr(_TITLES[kind]), tr("Next"), place)
        self.nothing_changed = tr("Nothing was imported.")
        self._answers: dict[str, Json] = {}  # by file
        self.resize(920, 640)
        self.setAcceptDrops(True)
        self.kind = kind
        self.steps = [s for s in _NAMES if s != "owners" or kind == "opportunities"]
        self.path: Path | None = None
        self.plan: Plan | None = None
        self.imported: Imported | None = None
        self._cancel: Callable[[], None] | None = None
        self._options: dict[str, object] = {}
        self._stages: dict[str, str] = {}
        self.trail = label("", "muted")
        self.pages = QStackedWidget()
        for step in self.steps:
            page = QWidget()
            layout = QVBoxLayout(page)
            layout.setContentsMargins(0, 8, 0, 8)
            layout.setSpacing(8)
            getattr(self, f"_build_{step}")(layout)
            self.pages.addWidget(page)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        self.next = self.save
        self.back = button(tr("Back"), lambda: self._go(self.pages.currentIndex() - 1))
        self.buttons.insertWidget(0, self.bar, 1)
        self.buttons.insertWidget(self.buttons.indexOf(self.save), self.back)
        content = QVBoxLayout()
        content.addWidget(self.trail)
        content.addWidget(self.pages, 1)
        self.set_content(content)
        self._go(0)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.file.setFocus()

    @property
    def step(self) -> str:
        """The step shown."""
        return self.steps[self.pages.currentIndex()]

    # -- what was answered is a draft

    @override
    def values(self) -> dict[str, Json]:
        return {"file": self.file.text(), "answers": self._answers}

    @override
    def restore(self, values: dict[str, Json]) -> None:
        file, answers = values.get("file"), values.get("answers")
        self._go(0)
        self.file.setText(file if isinstance(file, str) else "")
        self._answers = dict(answers) if isinstance(answers, dict) else {}

    def _answered(self) -> None:
        """Keep what the step shown says now."""
        said: dict[str, Json] = {}
        if self.step == "recognised":
            said["reading"] = {name: box.currentData() for name, box in self._readings().items()}
        elif self.step == "columns":
            said["columns"] = {name: box.currentText() for name, box in self.columns.items() if box.currentIndex() > 0}
            said["identity"] = list(self.identity.chosen()) if self.identity is not None else []
            said["stages"] = {name: box.currentData() for name, box in self.stages.items()}
        elif self.step == "owners":
            said["owners"] = dict(self.owners.chosen())
        self._answers = {**self._answers, self.file.text(): {**self._answers_of_file(), **said}}
        self.autosave.touch()

    def _answers_of_file(self) -> dict[str, Json]:
        """What was answered about this very file."""
        answers = self._answers.get(self.file.text())
        return answers if isinstance(answers, dict) else {}

    def _kept_answers(self, part: str) -> dict[str, Json]:
        kept = self._answers_of_file().get(part)
        return kept if isinstance(kept, dict) else {}

    def _readings(self) -> dict[str, QComboBox]:
        return {"encoding": self.encoding, "sheet": self.sheet, "order": self.order}

    # -- the steps

    def _build_file(self, layout: QVBoxLayout) -> None:
        words = (
            tr("Choose the file your CRM exported, or drop it here: CSV, XLSX or XLS.")
            if self.kind == "opportunities"
            else tr("Choose a file with one row each, or drop it here: CSV, XLSX or XLS.")
        )
        layout.addWidget(label(words, wrap=True))
        row = QHBoxLayout()
        self.file = QLineEdit()
        self.file.setAccessibleName(tr("File"))
        self.file.textChanged.connect(lambda words: self.next.setEnabled(bool(words)))
        row.addWidget(self.file, 1)
        row.addWidget(button(tr("Choose…"), self._choose))
        layout.addLayout(row)
        layout.addStretch()

    def _build_recognised(self, layout: QVBoxLayout) -> None:
        self.summary = label("", wrap=True)
        self.encoding, self.sheet, self.order = QComboBox(), QComboBox(), QComboBox()
        form = QFormLayout()
        for words, box in (
            (tr("Encoding"), self.encoding),
            (tr("Sheet"), self.sheet),
            (tr("Order of dates"), self.order),
        ):
            box.setAccessibleName(words)
            box.activated.connect(lambda _: self._read_again())
            form.addRow(label(words), box)
        self._reading_form = form
        self.preview = QTableWidget()
        self.preview.setAccessibleName(tr("First rows of the file"))
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        layout.addWidget(self.summary)
        layout.addLayout(form)
        layout.addWidget(self.preview, 1)

    def _build_columns(self, layout: QVBoxLayout) -> None:
        self.columns: dict[str, QComboBox] = {}
        self.stages: dict[str, QComboBox] = {}
        self.identity: IdentityButton | None = None
        self._forms = QHBoxLayout()
        holder = QWidget()
        holder.setObjectName("content")
        holder.setLayout(self._forms)
        layout.addWidget(scrolling(holder))

    def _build_owners(self, layout: QVBoxLayout) -> None:
        self.owner_note = label("", wrap=True)
        layout.addWidget(self.owner_note)
        self.owners = OwnersForm()
        self.owners.answered.connect(self._answered)
        layout.addWidget(self.owners)

    def _build_check(self, layout: QVBoxLayout) -> None:
        self.outlook = label("", "cardtitle", wrap=True)
        columns: list[ColumnSpec[Problem]] = [
            ColumnSpec("row", tr("Row"), lambda p: str(p.row), figure=True, width=70),
            ColumnSpec("column", tr("Column"), lambda p: p.column, width=150),
            ColumnSpec("value", tr("Value"), lambda p: p.value[:200], width=180),
            ColumnSpec("reason", tr("Reason"), lambda p: p.reason.render(current()), width=420),
        ]
        self.problems = RowsModel(columns, self.context.tasks)
        self.problem_table = Table(self.problems, tr("Rows that can't be imported"))
        self.good_only = QCheckBox(tr("Import the good rows and leave these out"))
        self.good_only.toggled.connect(lambda _: self._allow())
        layout.addWidget(self.outlook)
        layout.addWidget(self.problem_table, 1)
        layout.addWidget(self.good_only)
        self._check_rest = QWidget()
        layout.addWidget(self._check_rest, 1)

    def _build_done(self, layout: QVBoxLayout) -> None:
        self.outcome = label("", "title", wrap=True)
        self.outcome_note = label("", "muted", wrap=True)
        layout.addWidget(self.outcome)
        layout.addWidget(self.outcome_note)
        layout.addStretch()

    # -- moving

    def _go(self, at: int) -> None:
        self.pages.setCurrentIndex(at)
        self.error.setText("")
        self._show_trail()
        last = self.step == "done"
        self.back.setVisible(at > 0 and not last)
        self.cancel.setVisible(not last)
        self.next.setText(tr("Close") if last else tr("Import") if self.step == "check" else tr("Next"))
        self.next.setEnabled(bool(self.file.text()) if at == 0 else True)
        if self.step == "check":
            self._allow()

    def _show_trail(self) -> None:
        at = self.pages.currentIndex()
        names = [f"{'● ' if i == at else ''}{tr(_NAMES[step])}" for i, step in enumerate(self.steps)]
        self.trail.setText("   ›   ".join(names))

    @override
    def work(self) -> None:
        """On to the next step."""
        if self.step == "file":
            self.path = Path(self.file.text().strip().strip('"'))
            self._options = {name: value for name, value in self._kept_answers("reading").items() if value is not None}
            self._read("recognised")
        elif self.step == "recognised":
            if self._planned().mapping.date_order is None:
                self.error.setText(tr("These dates could be day first or month first. Choose the order of dates."))
                self.order.setFocus()
                return
            self._show_columns()
            self._go(self.steps.index("columns"))
        elif self.step == "columns":
            columns = {name: [box.currentText()] for name, box in self.columns.items() if box.currentIndex() > 0}
            if self.identity is not None and self.identity.chosen():
                columns["id"] = self.identity.chosen()
            stages = {name: box.currentData() for name, box in self.stages.items()}
            self._options |= {"columns": columns, "only_columns": True}
            if stages:
                self._options["stages"] = stages
            self._read("owners" if self.kind == "opportunities" else "check")
        elif self.step == "owners":
            self._run(dry=True)
        elif self.step == "check":
            self._run(dry=False)
        else:
            self.accept()

    def use_file(self, path: Path) -> None:
        """Take this file and show what was recognised."""
        self._go(0)
        self.file.setText(str(path))
        self.do(self.work)

    def _choose(self) -> None:
        kinds = tr("Tables") + " (*.csv *.txt *.tsv *.xlsx *.xls *.ods)"
        ask_open(self, self.windowTitle(), kinds, self.use_file)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and self.step == "file":
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """A file dropped on the first step is the file to read."""
        path = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if path and self.step == "file":
            self.use_file(Path(path))

    @override
    def reject(self) -> None:
        """Cancel what is under way, else close."""
        if self._cancel is not None:
            self._cancel()
            return
        if self.step == "done":
            self.finish()
            return
        super().reject()

    # -- the work

    def _follow(self, task: Task[T], done: Callable[[T], None]) -> None:
        """Show how far ``task`` is; ``done`` follows it."""
        self.next.setEnabled(False)
        self.back.setEnabled(False)
        self.error.setText("")
        self.bar.setRange(0, 0)
        self.bar.show()

        def finished(result: T) -> None:
            self._stopped()
            done(result)

        def failed(error: Exception) -> None:
            self._stopped()
            if self.step == "file":  # what was answered about how to read it may not fit it any more
                rest = {name: said for name, said in self._answers_of_file().items() if name != "reading"}
                self._answers = {**self._answers, self.file.text(): rest}
            self.failed(error)

        def cancelled() -> None:
            self._stopped()
            self.error.setText(tr("Cancelled; nothing was changed."))

        self._cancel = task.then(finished, failed, cancelled, self._progressed).cancel

    def _progressed(self, rows: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(rows, total))
        self.trail.setText(tr("{n} of about {total} rows", n=f"{rows:,}", total=f"{total:,}"))

    def _stopped(self) -> None:
        self._cancel = None
        self.bar.hide()
        self.next.setEnabled(True)
        self.back.setEnabled(True)
        self._show_trail()

    def _transfer(self) -> ModuleType:
        """The module that plans and runs the import; all of them have ``plan`` and ``run``."""
        return import_module(f"mentor_app.transfer.{self.kind}")

    def _read_again(self) -> None:
        """Another encoding, sheet or order of dates was chosen."""
        self._options = {name: box.currentData() for name, box in self._readings().items()}
        self._answered()
        self._read("recognised")

    def _read(self, then: str) -> None:
        path, options, context, module, kind = self.path, dict(self._options), self.context, self._transfer, self.kind

        def work(_task: Task[FileRead]) -> FileRead:
            from mentor_app.core.people.queries import people

            store, transfer = context.open_store(), module()
            plan = transfer.plan(store, path, **options)
            read = FileRead(plan)
            if then != "recognised":
                plan.check()
            if then == "owners":
                with store.read() as connection:
                    read.everybody = [(p.id, p.name) for p in people(connection)]
                read.unknown = transfer.unknown_owners(store, plan)
            if kind == "opportunities":
                read.stages = plan.all_stages()
            return read

        self._follow(context.tasks.run(work, replaces=(id(self), "read")), lambda read: self._was_read(then, read))

    def _planned(self) -> Plan:
        """How the file is read; every step after the first knows."""
        assert self.plan is not None
        return self.plan

    def _was_read(self, then: str, read: FileRead) -> None:
        self.plan = read.plan
        if then == "recognised":
            self._stages = read.stages
            self._show_recognised(read.plan)
        elif then == "owners" and set(read.stages) != set(self.stages):  # another column tells the stages now
            self._stages = read.stages
            self._show_columns()
            self.error.setText(tr("Say what the file's stages mean, then go on."))
            return
        elif then == "owners":
            self._show_owners(read.unknown, read.everybody)
        else:
            self._run(dry=True)
            return
        self._go(self.steps.index(then))

    def _show_recognised(self, plan: Plan) -> None:
        recognised, source = plan.recognised(), plan.source
        facts = [source.path.name]
        marks = {",": tr("comma"), ";": tr("semicolon"), "\t": tr("tab"), "|": "|"}
        if recognised["delimiter"]:
            facts.append(tr("separated by {mark}", mark=marks.get(recognised["delimiter"], "?")))
        facts.append(tr("{n} columns", n=len(source.headers)))
        words = " · ".join(facts)
        columns = recognised["columns"]
        if "expected_on" in columns and columns.get("closed_on") == columns["expected_on"]:
            words += "\n" + tr(
                "The file has no closing date; the expected one stands for it. Choose another in the next step."
            )
        if plan.missing:
            labels = ", ".join(tr(plan.kind.fields[name]) for name in plan.missing)
            words += "\n" + tr("Not recognised: {fields}. Choose their columns in the next step.", fields=labels)
        self.summary.setText(words)
        self._offer(
            self.encoding,
            [(name.upper(), name) for name in dict.fromkeys([recognised["encoding"], *_ENCODINGS]) if name],
            recognised["encoding"],
        )
        self._offer(self.sheet, [(name, name) for name in source.sheets], recognised["sheet"])
        orders: list[tuple[str, str | None]] = [
            (tr("year first"), "ymd"),
            (tr("day first"), "dmy"),
            (tr("month first"), "mdy"),
        ]
        if recognised["date_order"] is None:
            orders.insert(0, (tr("not clear: please choose"), None))
        self._offer(self.order, orders, recognised["date_order"])
        self._reading_form.setRowVisible(self.encoding, bool(recognised["encoding"]))
        self._reading_form.setRowVisible(self.sheet, bool(recognised["sheet"]))
        self.preview.setColumnCount(len(source.headers))
        self.preview.setHorizontalHeaderLabels(source.headers)
        self.preview.setRowCount(len(source.sample))
        for y, row in enumerate(source.sample):
            for x, cell in enumerate(row[: len(source.headers)]):
                self.preview.setItem(y, x, QTableWidgetItem(cell[:200]))
        self.preview.resizeColumnsToContents()

    @staticmethod
    def _offer(box: QComboBox, choices: Sequence[tuple[str, object]], chosen: object) -> None:
        box.clear()
        for words, value in choices:
            box.addItem(words, value)
        box.setCurrentIndex(next((i for i, (_, value) in enumerate(choices) if value == chosen), 0))

    def _show_columns(self) -> None:
        plan = self._planned()
        source, columns = plan.source, plan.mapping.columns
        kept, identity = self._kept_answers("columns"), self._answers_of_file().get("identity")
        clear(self._forms)
        self.columns, self.stages, self.identity = {}, {}, None
        left, right = QFormLayout(), QFormLayout()
        for name, words in plan.kind.fields.items():
            if name == "id":
                known = [str(name) for name in identity] if isinstance(identity, list) else columns.get("id", [])
                self.identity = IdentityButton(source.headers, known)
                self.identity.answered.connect(self._answered)
                self.identity.setAccessibleName(tr(words))
                left.addRow(label(tr(words)), self.identity)
                continue
            box = QComboBox()
            box.setAccessibleName(tr(words))
            box.addItem(tr("(none)"))
            box.addItems(source.headers)
            box.setCurrentIndex(source.headers.index(columns[name][0]) + 1 if name in columns else 0)
            if kept:
                box.setCurrentIndex(max(0, box.findText(str(kept[name]))) if name in kept else 0)
            box.activated.connect(lambda _: self._answered())
            self.columns[name] = box
            left.addRow(label(tr(words)), box)
        if self._stages:
            right.addRow(label(tr("What the file's stages mean"), "cardtitle"))
        for name, status in self._stages.items():
            box = QComboBox()
            box.setAccessibleName(name)
            for key, words in _STATUS.items():
                box.addItem(tr(words), key)
            said = self._kept_answers("stages").get(name, status)
            box.setCurrentIndex(list(_STATUS).index(said if said in _STATUS else status))
            box.activated.connect(lambda _: self._answered())
            self.stages[name] = box
            right.addRow(label(name[:60]), box)
        for form in (left, right):
            form.setContentsMargins(8, 8, 8, 8)
            holder = QWidget()
            holder.setLayout(form)
            self._forms.addWidget(holder, 1)

    def _show_owners(self, unknown: list[str], everybody: list[tuple[int, str]]) -> None:
        self.owner_note.setText(
            tr("Owners the app does not know yet. Say who each of them is.") if unknown else tr("Every owner is known.")
        )
        self.owners.show_names(unknown, everybody)
        self.owners.choose(self._kept_answers("owners"))

    def _run(self, dry: bool) -> None:
        context, plan, good, module = self.context, self.plan, self.good_only.isChecked(), self._transfer
        more: dict[str, object] = {}
        if self.kind == "opportunities":
            more["owners"] = self.owners.chosen()

        def work(task: Task[Done[Imported]]) -> Done[Imported]:
            done: Done[Imported] = module().run(
                context.open_store(),
                context.actor(),
                plan,
                today=context.today(),
                only_good_rows=good,
                dry_run=dry,
                progress=task.report,
                **more,
            )
            return done

        self._follow(context.tasks.act(work), lambda done: self._ran(dry, done.result))

    def _ran(self, dry: bool, result: Imported) -> None:
        self.imported = result
        words = tr(
            "{read} rows read: {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected",
            read=f"{result.read:,}",
            new=f"{result.new:,}",
            updated=f"{result.updated:,}",
            unchanged=f"{result.unchanged:,}",
            rejected=f"{len({p.row for p in result.rejected}):,}",
        )
        if not dry:
            self.outcome.setText(words)
            added = len(result.people_added)
            self.outcome_note.setText(tr("{n} people were added from their CRM names.", n=added) if added else "")
            self._answers = {}
            self.settle()
            self._go(self.steps.index("done"))
            return
        self.outlook.setText(words)
        bad = bool(result.rejected)
        self.problems.show_all(result.rejected)
        self.problem_table.setVisible(bad)
        self.good_only.setVisible(bad)
        self._check_rest.setVisible(not bad)
        self._go(self.steps.index("check"))

    def _allow(self) -> None:
        rejected = bool(self.imported and self.imported.rejected)
        self.next.setEnabled(not rejected or self.good_only.isChecked())
