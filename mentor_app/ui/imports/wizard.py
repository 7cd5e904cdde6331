"""The way of a file into the store: file, what was recognised, columns (and stages), owners, dry run, import."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from mentor_app.core.errors import IdentityNeeded
from mentor_app.core.text import N_
from mentor_app.transfer.stages import ALL_DEALS
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, plural, tr, without_options
from mentor_app.ui.imports.answers import Answers
from mentor_app.ui.imports.check_page import CheckPage
from mentor_app.ui.imports.columns_page import ColumnsPage
from mentor_app.ui.imports.done_page import DonePage
from mentor_app.ui.imports.file_page import FilePage
from mentor_app.ui.imports.file_read import FileRead, stamp_of
from mentor_app.ui.imports.owners_page import OwnersPage
from mentor_app.ui.imports.reading_page import ReadingPage
from mentor_app.ui.imports.renamed_form import as_said
from mentor_app.ui.imports.steps import StepsDialog
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.file_dialogs import ask_open

if TYPE_CHECKING:
    from mentor_app.core.imports import Imported
    from mentor_app.core.store import Done
    from mentor_app.transfer.plan import Plan
    from mentor_app.ui.tasks import Task

_TITLES = {
    "opportunities": N_("Import opportunities"),
    "people": N_("Import people"),
    "activities": N_("Import activities"),
    "projects": N_("Import projects"),
    "pairings": N_("Import pairings"),
}
_KINDS = {
    "opportunities": N_("Opportunities"),
    "people": N_("People"),
    "activities": N_("Activities"),
    "projects": N_("Projects"),
    "pairings": N_("Pairings"),
}


def open_wizard(window: QWidget, context: Context, place: Place) -> None:
    """Import a file of the kind ``place.what``; ``place.detail`` is its path where it is known already."""
    wizard = ImportWizard(window, context, Place("imports", place.what))
    context.present(wizard)
    if place.detail:
        wizard.use_file(Path(place.detail))


class ImportWizard(StepsDialog):
    """Nothing is written before the last step, and then everything or (when asked) the good rows.

    The kind, which the place names, is the module of mentor_app.transfer that plans and runs the import. A draft is the
    file and what was answered about it; each answer is proposed again at its step.
    """

    def __init__(self, parent: QWidget, context: Context, place: Place) -> None:
        kind = place.what
        super().__init__(parent, context, tr(_TITLES[kind]), place)
        self.nothing_changed = tr("Nothing was imported.")
        self._answers = Answers()
        self.resize(920, 640)
        self.setAcceptDrops(True)
        self.kind, self._deals = kind, kind == "opportunities"
        self.path: Path | None = None
        self.plan: Plan | None = None
        self.imported: Imported | None = None
        self._options: dict[str, object] = {}
        self._file: FileRead | None = None
        self._restored = ""
        """The file of the draft that was put back, as long as no other is chosen."""
        self._make_steps()
        self.go(0)

    def _make_steps(self) -> None:
        page = FilePage(self._choose, self._deals)
        self.file = page.path
        self.file.textChanged.connect(self._file_changed)
        self.add_step("file", tr("File"), page)
        self.reading = ReadingPage()
        self.reading.answered.connect(self._read_again)
        self.add_step("recognised", tr("Recognised"), self.reading)
        self.columns_page = ColumnsPage()
        self.columns_page.answered.connect(self._answered)
        self.add_step("columns", tr("Columns"), self.columns_page)
        self.owners_page = OwnersPage()
        self.owners_page.answered.connect(self._answered)
        if self._deals:
            self.add_step("owners", tr("Owners"), self.owners_page)
        self.check = CheckPage(self.context.tasks)
        self.check.allowed.connect(self._answered)
        self.check.restaged.connect(self._restaged)
        self.check.units.answered.connect(self._rescaled)
        self.check.said_of_rows.connect(self._said_of_rows)
        self.add_step("check", tr("Check"), self.check)
        self.done_page = DonePage(self._see_ramp)
        self.add_step("done", tr("Done"), self.done_page)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.file.setFocus()

    # -- what was answered is a draft

    @override
    def values(self) -> dict[str, Json]:
        return {"file": self.file.text(), "answers": self._answers.as_kept()}

    @override
    def restore(self, values: dict[str, Json]) -> None:
        file = values.get("file")
        self.go(0)
        self._restored = ""
        self.file.setText(file if isinstance(file, str) else "")
        self._restored = self.file.text()
        self._answers = Answers(values.get("answers"))

    @override
    def first_words(self, typed: Mapping[str, Json]) -> str:
        """The file's name before its folder, which is cut first where room is short."""
        path = self._path_given()
        return f"{path.name} · {path.parent}" if path.is_absolute() else str(path)

    def _path_given(self) -> Path:
        return Path(self.file.text().strip().strip('"'))

    @override
    def reject(self) -> None:
        """Where the store holds all that the file says already, nothing is left to go on with."""
        done = self.imported
        if self.step == "check" and done is not None and done.unchanged and not done.leaves_to_do:
            self._answers = Answers()
            self.settle()
        super().reject()

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
            said["owners"] = dict(self.owners_page.answers())
        elif self.step == "check":
            said["stages"] = dict(self.check.stages.chosen())
            said["rows"] = dict(self.check.questions.chosen())
            said["renamed"] = dict(self.check.renamed.chosen())
            if self.check.units.chosen() is not None:
                said["reading"] = {**self._kept_answers("reading"), "unit": self.check.units.chosen()}
            said["older"] = {"meant": True} if self.check.older.isChecked() else {}
        self._answers.add(self.file.text(), said)
        self.autosave.touch()
        self.ask_no_more(self._open_still())

    def _kept_answers(self, part: str) -> dict[str, Json]:
        """What was answered about this very file."""
        return self._answers.of(self.file.text(), part)

    def _file_changed(self, words: str) -> None:
        """The remark about the draft that was put back is of its file, and no other's."""
        self.next.setEnabled(bool(words))
        if self._restored and words != self._restored:
            self._restored = ""
            for remark in (self.draft_note, self.start_afresh, self.another):
                remark.hide()

    @property
    def columns(self) -> dict[str, QComboBox]:
        """The boxes of the fields, by field."""
        return self.columns_page.columns

    @property
    def stages(self) -> dict[str, QComboBox]:
        """The boxes of the stage names, by name, where they are asked first."""
        return self.columns_page.stages.boxes

    def _said_of_rows(self) -> None:
        """What was asked of rows was answered: try the import again."""
        self.hold_focus()
        self._answered()
        self._run(dry=True)

    def _see_ramp(self) -> None:
        self.finish()
        self.context.go(Place("ramp"))

    # -- moving

    @override
    def wording(self) -> str:
        return tr("Import") if self.step == "check" else super().wording()

    @override
    def allow_next(self) -> None:
        self.next.setEnabled(bool(self.file.text()) if self.step == "file" else True)

    @override
    def work(self) -> None:
        """On to the next step, unless this one is still to be answered."""
        open_still = self._open_still()
        if open_still is not None:
            self.ask(*open_still)
        elif self.step == "file":
            self.path = self._path_given()
            self._options = {name: value for name, value in self._kept_answers("reading").items() if value is not None}
            self._read("recognised")
        elif self.step == "recognised":
            self._show_columns()
            self.go("columns")
        elif self.step == "columns":
            self._options |= {"columns": self.columns_page.chosen(), "only_columns": True}
            if self.stages:
                self._options["stages"] = self.columns_page.stages_chosen()
            self._read("owners" if self._deals else "check")
        elif self.step in ("owners", "check"):
            self._run(dry=self.step == "owners")
        else:
            self.accept()

    def _open_still(self) -> tuple[QWidget, str] | None:
        """What has to be answered before this step is done: where, and what to say of it."""
        if self.step == "recognised":
            return self.reading.unanswered()
        if self.step == "check":
            return self.check.unanswered()
        asked: list[tuple[QWidget | None, str]] = []
        if self.step == "columns":
            page = self.columns_page
            asked = [
                (page.unanswered(), tr("Several columns could be this one. Choose the right one, or none.")),
                (page.stages.unanswered(), tr("Say what the file's stages mean, then go on.")),
                self._lacking() or (None, ""),
            ]
        elif self.step == "owners":
            asked = [(self.owners_page.unanswered(), tr("Say who each of them is, then go on."))]
        return next(((box, words) for box, words in asked if box is not None), None)

    def _lacking(self) -> tuple[QWidget, str] | None:
        """The first field that must have a column and has none, and what to say of it."""
        kind, page = self._planned().kind, self.columns_page
        chosen = page.chosen()
        for group in kind.required:
            if not any(name in chosen or name in self._planned().dispensable for name in group):
                if "stage" in group and ALL_DEALS in page.stages.boxes:
                    if ALL_DEALS in page.stages.chosen():
                        continue
                    words = tr("No column is chosen for the stage. Choose one, or say how all deals of the file stand.")
                    return page.stages.boxes[ALL_DEALS], words
                words = tr("No column is chosen for: {field}", field=tr(kind.fields[group[0]]))
                return page.identity if group[0] == "id" and page.identity is not None else self.columns[
                    group[0]
                ], words
        return None

    def use_file(self, path: Path) -> None:
        """Take this file and show what was recognised."""
        self.go(0)
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

    # -- the work

    def _recovered(self) -> bool:
        """Whether a fault of reading is followed by reading the file as it was before, or as if for the first time."""
        if self.step == "recognised" and self.plan is not None:  # it stays read as it was, and shown so
            self._forget_reading()
            self.reading.show_plan(self.plan)
            self._options = dict(self.reading.chosen())
        elif self.step == "file" and self._forget_reading():  # it may be another file by now
            self._options = {}
            self._read("recognised")
            return True
        return False

    def _transfer(self) -> ModuleType:
        """The module that plans and runs the import; all of them have ``plan`` and ``run``."""
        return import_module(f"mentor_app.transfer.{self.kind}")

    def _read_again(self) -> None:
        """Another encoding, separator, sheet or order of dates was chosen."""
        self.hold_focus()
        chosen = self.reading.chosen()
        same = self.plan is not None and self.reading.cuts_as(self.plan)
        later = ("columns", "only_columns", "stages")
        self._options = {name: said for name, said in self._options.items() if same and name in later} | chosen
        self._answered()
        self._read("recognised")

    def _rescaled(self) -> None:
        """One of the amounts is worth something else: read them so, and try the import again."""
        self.hold_focus()
        self._options["unit"] = self.check.units.chosen()
        self._answered()
        self._read("check")

    def _forget_reading(self) -> bool:
        """Drop what was answered about how to read this file: it may not fit it any more. Whether there was anything."""
        self.autosave.touch()
        return self._answers.forget(self.file.text(), "reading")

    def _restaged(self) -> None:
        """A stage means something else: try the import again."""
        self.hold_focus()
        self._answered()
        if self.check.stages.unanswered() is None:
            self._options["stages"] = self.check.stages.chosen()
            self.columns_page.stages.show_stages(self._file.stages if self._file else (), self._kept_answers("stages"))
            self._read("check")

    def _read(self, then: str) -> None:
        path, options, context, module, kind = self.path, dict(self._options), self.context, self._transfer, self.kind

        def work(_task: Task[FileRead]) -> FileRead:
            store, transfer = context.open_store(), module()
            stamp = stamp_of(path) if path is not None else ""
            plan = transfer.plan(store, path, **options)
            read = FileRead(plan=plan, stamp=stamp)
            if then != "recognised" and not ReadingPage.is_open(plan):
                plan.check(but_stages=then == "owners")
            if kind == "opportunities":
                read.stages = plan.stage_counts()
                read.take_owners(store, transfer)
            return read

        self.follow(
            context.tasks.run(work, replaces=(id(self), "read")),
            lambda read: self._was_read(then, read),
            self._recovered,
        )

    def _planned(self) -> Plan:
        """How the file is read; every step after the first knows."""
        assert self.plan is not None
        return self.plan

    def _was_read(self, then: str, read: FileRead) -> None:
        self.plan, self._file = read.plan, read
        self.check.forget()
        if self._answers.read(self.file.text(), read.stamp):
            self.context.toast(tr("The file was written since: what was answered of its rows is asked again."))
        if then != "recognised" and self.reading.is_open(read.plan):  # a column chosen since asks something of its own
            self.reading.show_plan(read.plan)
            self.go("recognised")
            open_still = self.reading.unanswered()
            if open_still is not None:
                self.ask(*open_still)
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
            self.owners_page.show_owners(read, self._kept_answers("owners"))
            self.in_order((self.owners_page.plain_names, *self.owners_page.form.boxes.values()))
        else:
            self.reading.show_plan(read.plan)
            self._run(dry=True)
            return
        self.go(then)

    def _show_columns(self) -> None:
        kept = {part: self._kept_answers(part) for part in ("columns", "stages")}
        identity = self._answers.identity(self.file.text())
        self.columns_page.show_plan(self._planned(), self._file.stages if self._file else (), kept, identity)

    def _run(self, dry: bool) -> None:
        context, plan, good, module = self.context, self.plan, self.check.good_only.isChecked(), self._transfer
        more: dict[str, object] = {}
        if self._deals:
            more["owners"] = self.owners_page.chosen()
            plan.renamed_given = as_said(self._kept_answers("renamed"))  # type: ignore[union-attr]
            plan.older_given = bool(self._kept_answers("older"))  # type: ignore[union-attr]
            plan.keep_cells = self.check.answers()["empty_cells"] is False  # type: ignore[union-attr]
        else:
            more |= self.check.answers()

        told = self.committing()

        def work(task: Task[Done[Imported]]) -> Done[Imported]:
            from mentor_app.core.store import telling_before_commit

            with telling_before_commit(told):
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

        task = context.tasks.act(work, replaces=(id(self), "tried") if dry else None)
        self.follow(task, lambda done: self._ran(done.result))

    @override
    def failed(self, error: Exception) -> None:
        """An identity that can't be one is chosen anew where it was chosen."""
        anew = (
            isinstance(error, IdentityNeeded) and self.step == "owners"
        )  # on the next one something can be answered, too
        if anew:
            self.go("columns")
        super().failed(error)
        self.error.setText(without_options(self.error.text()))
        if anew and self.columns_page.identity is not None:
            self.columns_page.identity.setFocus()

    def _ran(self, result: Imported) -> None:
        self.imported = result
        words = " · ".join(one.render(current()) for one in result.outcome)
        lines = self._understood(result)
        if result.applied:
            deals = self._deals
            added = len(result.people_added) if deals else 0
            note = (
                plural(
                    "{n} person was added from their CRM name.", "{n} people were added from their CRM names.", n=added
                )
                if added
                else ""
            )
            self.done_page.show_outcome(words, note, lines, deals)
            said = tr(
                "{kind} imported from {file}: {new} new, {updated} changed.",
                kind=tr(_KINDS[self.kind]),
                file=self.path.name if self.path is not None else "–",
                new=f"{result.new:,}",
                updated=f"{result.updated:,}",
            )
            self.context.toast(said)
            self._answers = Answers()
            self.settle()
            self.go("done")
            return
        cells = [self._planned().cell_said(cell, current()) for cell in result.cells]
        self.check.show_changes(result, cells, self._kept_answers("rows"), may_empty=self._deals)
        more = [(tr("Changes"), tr("and {n} more", n=f"{result.more_cells:,}"))] if result.more_cells else []
        lines = [line for line in lines if line[0] != tr("Changes")] + more
        stages = self._file.stages if self._file is not None else ()
        self.check.show_outcome(words, result.rejected, lines, stages, self._kept_answers("stages"))
        kept = self._kept_answers("renamed")
        self.check.renamed.show_asked(getattr(result, "renamed", ()), kept)
        self.check.show_older(getattr(result, "older", None) is not None, self._kept_answers("older"))
        self._show_scaled(result)
        self.in_order(self.check.in_order())
        held = self._answering
        self.go("check")
        open_still = self._open_still()
        if open_still is not None and not held:  # the keys go to what is asked; Enter says what it is
            open_still[0].setFocus()

    def _show_scaled(self, result: Imported) -> None:
        """What is asked where the amounts may be in another unit than those of known deals."""
        from mentor_app.transfer.amount_plan import AmountPlan
        from mentor_app.transfer.deals_said import why_scaled

        plan, scaled = self._planned(), getattr(result, "scaled", None)
        if isinstance(plan, AmountPlan) and scaled is not None and plan.may_be_scaled:
            self.check.units.show_asked(
                without_options(why_scaled(plan, scaled).render(current())), plan.scales(scaled)
            )
        else:
            self.check.units.show_asked("", ())

    def _understood(self, result: Imported) -> list[tuple[str, str]]:
        from mentor_app.transfer.understood import lines

        said = self._planned().understood(current(), result)
        if self._deals and self._file is not None:
            said |= self._file.owners(self.owners_page.chosen())
        return lines(said, current())
