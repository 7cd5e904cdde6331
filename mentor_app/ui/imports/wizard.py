"""The way of a file into the store: file, what was recognised, columns (and stages), owners, dry run, import."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.imports.answers import Answers
from mentor_app.ui.imports.check_page import CheckPage, UnderstoodView
from mentor_app.ui.imports.columns_page import ColumnsPage
from mentor_app.ui.imports.file_read import FileRead
from mentor_app.ui.imports.path_field import PathField
from mentor_app.ui.imports.reading_page import ReadingPage
from mentor_app.ui.imports.renamed_form import RenamedForm
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.file_dialogs import ask_open
from mentor_app.ui.widgets.layouts import scrolling, show_in_scroll_area
from mentor_app.ui.widgets.owners import OwnersForm

if TYPE_CHECKING:
    from mentor_app.core.imports import Imported
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
_TITLES = {
    "opportunities": N_("Import opportunities"),
    "people": N_("Import people"),
    "activities": N_("Import activities"),
    "projects": N_("Import projects"),
    "pairings": N_("Import pairings"),
}


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
        self._answers = Answers()
        self.resize(920, 640)
        self.setAcceptDrops(True)
        self.kind = kind
        self.steps = [s for s in _NAMES if s != "owners" or kind == "opportunities"]
        self.path: Path | None = None
        self.plan: Plan | None = None
        self.imported: Imported | None = None
        self._cancel: Callable[[], None] | None = None
        self._options: dict[str, object] = {}
        self._file: FileRead | None = None
        self._restored = ""
        """The file of the draft that was put back, as long as no other is chosen."""
        self._answering = ""
        """The name of the box that was answered, while the file is read or tried again for it."""
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
        return {"file": self.file.text(), "answers": self._answers.as_kept()}

    @override
    def restore(self, values: dict[str, Json]) -> None:
        file = values.get("file")
        self._go(0)
        self._restored = ""
        self.file.setText(file if isinstance(file, str) else "")
        self._restored = self.file.text()
        self._answers = Answers(values.get("answers"))

    def _answered(self) -> None:
        """Keep what the step shown says now."""
        said: dict[str, Json] = {}
        if self.step == "recognised":
            said["reading"] = dict(self.reading.chosen())
        elif self.step == "columns":
            page = self.columns_page
            said["columns"] = {name: box.currentText() for name, box in self.columns.items() if box.currentIndex() > 0}
            said["identity"] = list(page.identity.chosen()) if page.identity is not None else []
            said["stages"] = dict(page.stages.chosen())
        elif self.step == "owners":
            said["owners"] = {
                name: who for name, who in self.owners.chosen().items() if self.owners.boxes[name].currentIndex() >= 0
            }
        elif self.step == "check":
            said["stages"] = dict(self.check.stages.chosen())
            said["numbers"] = dict(self.check.numbers.chosen())
            if self.renamed.box.currentData() is not None:
                said["renamed"] = {"as": self.renamed.box.currentData()}
        self._answers.add(self.file.text(), said)
        self.autosave.touch()

    def _kept_answers(self, part: str) -> dict[str, Json]:
        """What was answered about this very file."""
        return self._answers.of(self.file.text(), part)

    # -- the steps

    def _build_file(self, layout: QVBoxLayout) -> None:
        words = (
            tr("Choose the file your CRM exported, or drop it here: CSV, XLSX, XLS, ODS, or a web page with a table.")
            if self.kind == "opportunities"
            else tr(
                "Choose a file with one row each, or drop it here: CSV, XLSX, XLS, ODS, or a web page with a table."
            )
        )
        layout.addWidget(label(words, wrap=True))
        row = QHBoxLayout()
        self.file = PathField()
        self.file.setAccessibleName(tr("File"))
        self.file.textChanged.connect(self._file_changed)
        row.addWidget(self.file, 1)
        row.addWidget(button(tr("Choose…"), self._choose))
        layout.addLayout(row)
        layout.addStretch()

    def _file_changed(self, words: str) -> None:
        """The remark about the draft that was put back is of its file, and no other's."""
        self.next.setEnabled(bool(words))
        if self._restored and words != self._restored:
            self._restored = ""
            for remark in (self.draft_note, self.start_afresh, self.another):
                remark.hide()

    def _build_recognised(self, layout: QVBoxLayout) -> None:
        self.reading = ReadingPage()
        self.reading.answered.connect(self._read_again)
        self.summary, self.preview = self.reading.summary, self.reading.preview
        self.encoding, self.sheet, self.order = self.reading.encoding, self.reading.sheet, self.reading.order
        self.decimal = self.reading.decimal
        layout.addWidget(self.reading)

    def _build_columns(self, layout: QVBoxLayout) -> None:
        self.columns_page = ColumnsPage()
        self.columns_page.answered.connect(self._answered)
        layout.addWidget(self.columns_page)

    @property
    def columns(self) -> dict[str, QComboBox]:
        """The boxes of the fields, by field."""
        return self.columns_page.columns

    @property
    def stages(self) -> dict[str, QComboBox]:
        """The boxes of the stage names, by name, where they are asked first."""
        return self.columns_page.stages.boxes

    def _build_owners(self, layout: QVBoxLayout) -> None:
        self.owner_note = label("", wrap=True)
        layout.addWidget(self.owner_note)
        self.owners = OwnersForm()
        self.owners.answered.connect(self._answered)
        self.plain_names = button(tr("Take the plain name wherever more stands beside it"), self._take_plain_names)
        row = QHBoxLayout()
        row.addWidget(self.plain_names)
        row.addStretch()
        layout.addLayout(row)
        layout.addWidget(self.owners)

    def _take_plain_names(self) -> None:
        """Answer for all owners at once of whom nothing was said and who hold more than a name."""
        open_still = {name for name, box in self.owners.boxes.items() if box.currentIndex() < 0}
        plain = self._file.plain if self._file is not None else {}
        self.owners.choose({name: alone for name, alone in plain.items() if name in open_still})
        self._answered()

    def _build_check(self, layout: QVBoxLayout) -> None:
        self.check = CheckPage(self.context.tasks)
        self.check.allowed.connect(self._allow)
        self.check.restaged.connect(self._restaged)
        self.check.renumbered.connect(self._renumbered)
        self.outlook, self.problems = self.check.outlook, self.check.problems
        self.problem_table, self.good_only = self.check.problem_table, self.check.good_only
        self.renamed = RenamedForm()
        self.renamed.answered.connect(self._said_of_renamed)
        layout.addWidget(self.check)
        layout.addWidget(self.renamed)

    def _said_of_renamed(self) -> None:
        """Try the import again, with what was said of deals that look like others under another name."""
        self._hold_focus()
        self._answered()
        self._run(dry=True)

    def _build_done(self, layout: QVBoxLayout) -> None:
        self.outcome = label("", "title", wrap=True)
        self.outcome_note = label("", "muted", wrap=True)
        self.summed_up = UnderstoodView()
        self.see_ramp = button(tr("See the ramp-up"), self._see_ramp)
        self.see_ramp.setVisible(False)
        layout.addWidget(self.outcome)
        layout.addWidget(self.outcome_note)
        layout.addWidget(scrolling(self.summed_up), 1)
        row = QHBoxLayout()
        row.addWidget(self.see_ramp)
        row.addStretch()
        layout.addLayout(row)

    def _see_ramp(self) -> None:
        self.finish()
        self.context.go(Place("ramp"))

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
        self._focus_step()

    def _focus_step(self) -> None:
        """Let the keys go to the first field of the step: never to what stands above it and throws the draft away."""
        page = self.pages.currentWidget() or self.pages
        fields = (*page.findChildren(QLineEdit), *page.findChildren(QComboBox), self.next)
        open_to_keys = [one for one in fields if one.isVisibleTo(self) and one.isEnabled()] or [self.next]
        answered = (one for one in open_to_keys if self._answering and one.accessibleName() == self._answering)
        next(answered, open_to_keys[0]).setFocus()
        self._answering = ""

    def _hold_focus(self) -> None:
        """Let the box that was answered keep the keys when the step is shown again."""
        answered = self.focusWidget()
        self._answering = answered.accessibleName() if isinstance(answered, QComboBox) else ""

    def _show_trail(self) -> None:
        at = self.pages.currentIndex()
        names = [f"{'● ' if i == at else ''}{tr(_NAMES[step])}" for i, step in enumerate(self.steps)]
        self.trail.setText("   ›   ".join(names))

    @override
    def work(self) -> None:
        """On to the next step, unless this one is still to be answered."""
        open_still = self._open_still()
        if open_still is not None:
            self._ask(*open_still)
        elif self.step == "file":
            self.path = Path(self.file.text().strip().strip('"'))
            self._options = {name: value for name, value in self._kept_answers("reading").items() if value is not None}
            self._read("recognised")
        elif self.step == "recognised":
            self._show_columns()
            self._go(self.steps.index("columns"))
        elif self.step == "columns":
            self._options |= {"columns": self.columns_page.chosen(), "only_columns": True}
            if self.stages:
                self._options["stages"] = self.columns_page.stages.chosen()
            self._read("owners" if self.kind == "opportunities" else "check")
        elif self.step in ("owners", "check"):
            self._run(dry=self.step == "owners")
        else:
            self.accept()

    def _open_still(self) -> tuple[QWidget, str] | None:
        """What has to be answered before this step is done: where, and what to say of it."""
        if self.step == "recognised":
            return self.reading.unanswered()
        asked: list[tuple[QWidget | None, str]] = []
        if self.step == "columns":
            page = self.columns_page
            asked = [
                (page.unanswered(), tr("Several columns could be this one. Choose the right one, or none.")),
                (page.stages.unanswered(), tr("Say what the file's stages mean, then go on.")),
                self._lacking() or (None, ""),
            ]
        elif self.step == "owners":
            asked = [(self.owners.unanswered(), tr("Say who each of them is, then go on."))]
        elif self.step == "check":
            words = tr("Some rows look like known deals under another name. Choose what they are.")
            asked = [(self.renamed.unanswered(), words)]
        return next(((box, words) for box, words in asked if box is not None), None)

    def _lacking(self) -> tuple[QWidget, str] | None:
        """The first field that must have a column and has none, and what to say of it."""
        kind, page = self._planned().kind, self.columns_page
        chosen = page.chosen()
        for group in kind.required:
            if not any(name in chosen for name in group):
                words = tr("No column is chosen for: {field}", field=tr(kind.fields[group[0]]))
                return page.identity if group[0] == "id" and page.identity is not None else self.columns[
                    group[0]
                ], words
        return None

    def _ask(self, box: QWidget, words: str) -> None:
        self.error.setText(words)
        show_in_scroll_area(box)
        box.setFocus()

    def use_file(self, path: Path) -> None:
        """Take this file and show what was recognised."""
        self._go(0)
        self.file.setText(str(path))
        self.do(self.work)

    def _choose(self) -> None:
        kinds = tr("Tables") + " (*.csv *.txt *.tsv *.xlsx *.xls *.ods *.htm *.html)"
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
        self.setFocus()  # a button that is switched off hands its keys to the next one
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
            if self.step == "recognised" and self.plan is not None:  # it stays read as it was, and shown so
                self._forget_reading()
                self.reading.show_plan(self.plan)
                self._options = dict(self.reading.chosen())
            elif (
                self.step == "file" and self._forget_reading()
            ):  # it may be another file by now: as if for the first time
                self._options = {}
                self._read("recognised")
                return
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
        self._hold_focus()
        chosen = self.reading.chosen()
        same = self.plan is not None and all(
            chosen.get(name) == getattr(self.plan.source, name) for name in ("encoding", "sheet")
        )
        later = ("columns", "only_columns", "stages")
        self._options = {name: said for name, said in self._options.items() if same and name in later} | chosen
        self._answered()
        self._read("recognised")

    def _forget_reading(self) -> bool:
        """Drop what was answered about how to read this file: it may not fit it any more. Whether there was anything."""
        self.autosave.touch()
        return self._answers.forget(self.file.text(), "reading")

    def _restaged(self) -> None:
        """A stage means something else: try the import again."""
        self._hold_focus()
        self._answered()
        if self.check.stages.unanswered() is None:
            self._options["stages"] = self.check.stages.chosen()
            self.columns_page.stages.show_stages(self._file.stages if self._file else (), self._kept_answers("stages"))
            self._read("check")

    def _renumbered(self) -> None:
        """It was said whose a new employee number is: try the import again."""
        self._answered()
        self._run(dry=True)

    def _read(self, then: str) -> None:
        path, options, context, module, kind = self.path, dict(self._options), self.context, self._transfer, self.kind

        def work(_task: Task[FileRead]) -> FileRead:
            store, transfer = context.open_store(), module()
            plan = transfer.plan(store, path, **options)
            read = FileRead(plan=plan)
            if then != "recognised" and not ReadingPage.is_open(plan):
                plan.check(but_stages=then == "owners")
            if kind == "opportunities":
                read.stages = plan.stage_counts()
                read.take_owners(store, transfer)
            return read

        self._follow(context.tasks.run(work, replaces=(id(self), "read")), lambda read: self._was_read(then, read))

    def _planned(self) -> Plan:
        """How the file is read; every step after the first knows."""
        assert self.plan is not None
        return self.plan

    def _was_read(self, then: str, read: FileRead) -> None:
        self.plan, self._file = read.plan, read
        self.check.numbers.forget()
        if then != "recognised" and self.reading.is_open(read.plan):  # a column chosen since asks something of its own
            self.reading.show_plan(read.plan)
            self._go(self.steps.index("recognised"))
            open_still = self.reading.unanswered()
            if open_still is not None:
                self._ask(*open_still)
            return
        if then == "recognised":
            self.reading.show_plan(read.plan)
        elif then == "owners" and {name for name, *_ in read.stages} != set(
            self.stages
        ):  # another column tells them now
            self._show_columns()
            self.error.setText(tr("Say what the file's stages mean, then go on."))
            return
        elif then == "owners":
            self._show_owners(read)
        else:
            self._run(dry=True)
            return
        self._go(self.steps.index(then))

    def _show_columns(self) -> None:
        kept = {part: self._kept_answers(part) for part in ("columns", "stages")}
        identity = self._answers.identity(self.file.text())
        self.columns_page.show_plan(self._planned(), self._file.stages if self._file else (), kept, identity)

    def _show_owners(self, read: FileRead) -> None:
        asked = [*read.shared, *read.unknown, *read.nobodies]
        words = (
            tr("Owners the app does not know yet. Say who each of them is.") if asked else tr("Every owner is known.")
        )
        if read.shared:
            words += " " + tr("Some names are borne by several people.")
        self.owner_note.setText(words)
        notes = [
            tr("several people bear this name")
            if name in read.shared
            else tr("holds more than a name")
            if name in read.plain
            else tr("close to {name}", name=read.near[name])
            if name in read.near
            else tr("names no owner: {n} rows", n=read.nobodies[name])
            if name in read.nobodies
            else ""
            for name in asked
        ]
        self.owners.show_names(asked, read.everybody, notes, doubtful={*read.shared, *read.near}, likely=read.likely)
        self.owners.choose({**dict.fromkeys(read.nobodies), **self._kept_answers("owners")})
        self.plain_names.setVisible(len(read.plain) > 1)

    def _run(self, dry: bool) -> None:
        context, plan, good, module = self.context, self.plan, self.good_only.isChecked(), self._transfer
        more: dict[str, object] = {}
        if self.kind == "opportunities":
            more["owners"] = self.owners.chosen()
            plan.renamed_given = self._kept_answers("renamed").get("as")  # type: ignore[union-attr]
        else:
            more |= self.check.answers()

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

        self._follow(context.tasks.act(work), lambda done: self._ran(done.result))

    def _ran(self, result: Imported) -> None:
        self.imported = result
        words = tr(
            "{read} rows read: {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected",
            read=f"{result.read:,}",
            new=f"{result.new:,}",
            updated=f"{result.updated:,}",
            unchanged=f"{result.unchanged:,}",
            rejected=f"{len({p.row for p in result.rejected}):,}",
        )
        lines = self._understood(result)
        if result.applied:
            self.outcome.setText(words)
            self.context.toast(tr("Imported: {n} rows.", n=f"{result.new + result.updated:,}"))
            added = len(result.people_added) if self.kind == "opportunities" else 0
            self.outcome_note.setText(tr("{n} people were added from their CRM names.", n=added) if added else "")
            self.summed_up.show_lines(lines)
            self.see_ramp.setVisible(self.kind == "opportunities")
            self._answers = Answers()
            self.settle()
            self._go(self.steps.index("done"))
            return
        cells = [self._planned().cell_said(cell, current()) for cell in result.cells]
        self.check.show_changes(result, cells, self._kept_answers("numbers"))
        lines = [line for line in lines if line[0] != tr("Changes")]
        stages = self._file.stages if self._file is not None else ()
        self.check.show_outcome(words, result.rejected, lines, stages, self._kept_answers("stages"))
        self.renamed.show_asked(bool(getattr(result, "renamed", ())), self._kept_answers("renamed").get("as"))
        self._go(self.steps.index("check"))

    def _understood(self, result: Imported) -> list[tuple[str, str]]:
        from mentor_app.transfer.understood import lines

        said = self._planned().understood(current(), result)
        if self.kind == "opportunities" and self._file is not None:
            said |= self._file.owners(self.owners.chosen())
        return lines(said, current())

    def _allow(self) -> None:
        rejected = bool(self.imported and self.imported.rejected)
        self.next.setEnabled((not rejected or self.good_only.isChecked()) and not self.check.is_open())
