"""Exporting charts: whose, in which formats, where to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.personal.letters import finder
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import check_box, label
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.forms import search_field

if TYPE_CHECKING:
    from mentor_app.core.ramp.curve import Company
    from mentor_app.ui.tasks import Task
from mentor_app.ui.widgets.file_dialogs import ask_folder


class ExportDialog(Dialog):
    """Whose charts, in which formats, into which folder; with progress and cancel."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        company: Company,
        chosen: tuple[str, str | int],
        chosen_name: str,
        members: list[int],
    ) -> None:
        super().__init__(parent, context, tr("Export charts"), tr("Choose folder and export…"), None)
        self._company, self._chosen, self._members = company, chosen, members
        self._task: Task[list[Path]] | None = None
        self.files: list[Path] = []
        self.scope = QComboBox()
        self.scope.setAccessibleName(tr("Whose charts"))
        self.scope.addItem(chosen_name, "shown")
        self.scope.addItem(tr("Everybody ({n})", n=len(company.listed)), "all")
        self.scope.addItem(tr("Several people…"), "some")
        for cohort in reversed(company.cohorts()):
            if chosen != ("cohort", cohort):
                self.scope.addItem(tr("Cohort {name}", name=cohort), ("cohort", cohort))
        self.search = search_field(tr("Search people"))
        self.people = QListWidget()
        self.people.setAccessibleName(tr("People to export"))
        for i in sorted(company.listed, key=lambda i: company.hires[i].name):
            item = QListWidgetItem(told(company.hires[i].name))
            item.setData(Qt.ItemDataRole.UserRole, i)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if i in members else Qt.CheckState.Unchecked)
            self.people.addItem(item)
        self.people.itemChanged.connect(lambda _: self._allow())
        self.search.textChanged.connect(self._filter)
        self.scope.currentIndexChanged.connect(lambda _: self._scoped())
        boxes = QHBoxLayout()
        self.formats = {
            name: check_box(name.upper(), name in ("png", "xlsx")) for name in ("png", "svg", "pdf", "csv", "xlsx")
        }
        for box in self.formats.values():
            box.toggled.connect(lambda _: self._allow())
            boxes.addWidget(box)
        boxes.addStretch()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        outer = QVBoxLayout()
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
        self.set_content(outer)
        self._scoped()

    def _scoped(self) -> None:
        several = self.scope.currentData() == "some"
        self.search.setVisible(several)
        self.people.setVisible(several)
        self._allow()

    def _filter(self, words: str) -> None:
        fits = finder(words)
        for at in range(self.people.count()):
            self.people.item(at).setHidden(not fits(self.people.item(at).text()))

    def _checked(self) -> list[int]:
        items = (self.people.item(at) for at in range(self.people.count()))
        return [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]

    def _allow(self) -> None:
        somebody = self.scope.currentData() != "some" or bool(self._checked())
        self.save.setEnabled(self._task is None and somebody and any(b.isChecked() for b in self.formats.values()))

    @override
    def work(self) -> None:
        ask_folder(self, tr("Export charts"), self.export_to)

    def export_to(self, folder: Path) -> None:
        """Write the chosen charts there."""
        formats = [name for name, box in self.formats.items() if box.isChecked()]
        scope = self._chosen if self.scope.currentData() == "shown" else self.scope.currentData()
        kind, which = (scope, "") if isinstance(scope, str) else scope
        cohorts = [str(which)] if kind == "cohort" else []
        indexes: list[int] = []
        if kind == "all":
            indexes = self._company.listed
        elif kind == "some":
            indexes = self._checked()
        elif kind == "person":
            indexes = self._members
        company, language = self._company, current().language

        def work(task: Task[list[Path]]) -> list[Path]:
            from mentor_app.transfer.charts import export

            return export(company, indexes, cohorts, folder, formats, language, progress=task.report)

        self.save.setEnabled(False)
        self.bar.show()
        self._task = self.context.tasks.run(work).then(self._exported, self._failed, self._stopped, self._progress)

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _exported(self, files: list[Path]) -> None:
        self._task, self.files = None, files
        folder = files[0].parent if files else ""
        self.context.toast(
            plural("{n} file written to {folder}", "{n} files written to {folder}", n=len(files), folder=folder)
        )
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._stopped()
        self.failed(error)

    def _stopped(self) -> None:
        self._task = None
        self._allow()
        self.bar.hide()

    @override
    def reject(self) -> None:
        """Cancel the export under way, else close."""
        if self._task is not None:
            self._task.cancel()
        else:
            super().reject()
