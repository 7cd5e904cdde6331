"""What changes a project: its form, its cycle's phases, its close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidgetItem,
    QWidget,
)

from mentor_app.core.errors import Gone
from mentor_app.core.logbook.kinds import PHASES
from mentor_app.core.projects.rules import OUTCOMES, Outcome, Phase, ProjectDetails
from mentor_app.core.text import LANGUAGES, translator
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cells import CellTable
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import choice, date_field, fields_of, needed_date, read_date, set_value, value_of
from mentor_app.ui.widgets.timeline import phase_words

if TYPE_CHECKING:
    from mentor_app.core.pairing.queries import Cycle
    from mentor_app.core.projects.queries import Project
    from mentor_app.core.store import Connection


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the form of a project offers, and the project it changes, if any."""

    project: Project | None
    regions: Sequence[str]
    industries: Sequence[str]
    customers: Sequence[str]
    deals: Sequence[ProjectDetails]


def open_project(window: QWidget, context: Context, place: Place) -> None:
    """The form of the project ``place.id``; a new one may come from an open deal, and is shown once it is made, unless
    ``place.detail`` says "stay"."""
    today, wanted = context.today(), place.id

    def read(connection: Connection) -> Known:
        from mentor_app.core.logbook.queries import customers
        from mentor_app.core.people.queries import people, regions, teams
        from mentor_app.core.projects.queries import open_deals, projects

        everybody = [p.id for p in people(connection)] if wanted is None else []
        deals = [details for _, details in open_deals(connection, everybody, today)]
        changed = projects(connection, wanted) if wanted is not None else [None]
        if not changed:
            raise Gone
        return Known(
            project=changed[0],
            regions=[name for name, _ in regions(connection)],
            industries=sorted({t.industry for t in teams(connection) if t.industry}),
            customers=customers(connection),
            deals=deals[:500],
        )

    context.query(read, lambda known: context.present(ProjectDialog(window, context, place, known)))


def open_cycle(window: QWidget, context: Context, place: Place) -> None:
    """The phases of the project ``place.id``."""
    _open_on_cycle(context, place, lambda cycle: context.present(CycleDialog(window, context, place, cycle)))


def open_close(window: QWidget, context: Context, place: Place) -> None:
    """Close the project ``place.id``."""
    _open_on_cycle(context, place, lambda cycle: context.present(CloseDialog(window, context, place, cycle.project)))


def _open_on_cycle(context: Context, place: Place, show: Callable[[Cycle], None]) -> None:
    wanted = place.id or 0

    def read(connection: Connection) -> list[Cycle]:
        from mentor_app.core.pairing.queries import cycles

        return cycles(connection, {wanted})

    def arrived(cycles: list[Cycle]) -> None:
        if cycles:
            show(cycles[0])
        else:
            context.toast(tr("This project is not there any more."))

    context.query(read, arrived)


class ProjectDialog(FormDialog):
    """A project by hand or from a deal of the CRM."""

    stored_in: ClassVar[Mapping[str, str]] = {"region": "region_id", "started": "started_on", "closed": "closed_on"}

    def __init__(self, parent: QWidget, context: Context, place: Place, known: Known) -> None:
        project, deals = known.project, known.deals
        super().__init__(parent, context, tr("Change project") if project else tr("New project"), tr("Save"), place)
        self.stored = project is not None
        self.makes_new = not self.stored
        self._project, self.concerns = project, project.name if project else ""
        self._deals = {deal.opportunity_id: deal for deal in deals if deal.opportunity_id is not None}
        self._taken: ProjectDetails | None = None
        self.deal = choice([(tr("None: by hand"), None), *((d.name, key) for key, d in self._deals.items())])
        if project is None and deals:
            self.row(tr("From a deal"), self.deal)
            self.deal.activated.connect(lambda _: self._take())
        self.name = QLineEdit(project.name if project else "")
        self.customer = QLineEdit(project.customer or "" if project else "")
        completer = QCompleter(list(known.customers), self.customer)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.customer.setCompleter(completer)
        self.region = choice([("–", None), *((tr(r), r) for r in known.regions)], project.region if project else None)
        self.industry = choice([("", "")] + [(i, i) for i in known.industries])
        self.industry.setEditable(True)
        self.industry.setEditText(project.industry or "" if project else "")
        self.started = date_field(project.started_on if project else context.today())
        self.outcome = choice(
            [(tr(words), key) for key, words in OUTCOMES.items()], project.outcome if project else None
        )
        self.closed = date_field(project.closed_on if project else None)
        self.row(tr("Project name"), self.name)
        self.row(tr("Customer"), self.customer)
        self.row(tr("Region"), self.region)
        self.row(tr("Industry"), self.industry)
        self.row(tr("Started on"), self.started)
        if project is not None:
            self.row(tr("Outcome"), self.outcome)
            self.row(tr("Closed on"), self.closed)

    def _deal(self) -> ProjectDetails | None:
        """The deal chosen."""
        return self._deals.get(self.deal.currentData())

    def _take(self) -> None:
        """Fill the form from the deal chosen (none: as it opened), but for what was typed into it."""
        deal = self._deal()
        before = self._said_by(self._taken) if self._taken is not None else {}
        says = self._said_by(deal) if deal is not None else {name: self._initial.get(name) for name in before}
        for name, value in says.items():
            field = fields_of(self)[name]
            if value_of(field) in ("", {"words": ""}, self._initial.get(name), before.get(name)):
                set_value(field, value)
        self._taken = deal

    def _said_by(self, deal: ProjectDetails) -> dict[str, Json]:
        """What a deal says, as the fields hold it."""
        known = self.region.findData(deal.region) > 0
        return {
            "name": deal.name,
            "customer": deal.customer or "",
            "region": {"value": deal.region} if known else {"words": "–"},
            "industry": {"words": deal.industry or ""},
            "started": deal.started_on.isoformat(),
        }

    @override
    def restore(self, values: dict[str, Json]) -> None:
        super().restore(values)
        self._taken = self._deal()

    @override
    def work(self) -> None:
        from mentor_app.core.projects.actions import save_project

        deal, old = self._deal(), self._project
        details = ProjectDetails(
            name=self.name.text(),
            started_on=needed_date(self.started),
            customer=self.customer.text(),
            region=self.region.currentData(),
            industry=self.industry.currentText(),
            outcome=Outcome(self.outcome.currentData()) if old else Outcome.OPEN,
            closed_on=read_date(self.closed) if old else None,
            opportunity_id=old.opportunity_id if old else deal.opportunity_id if deal else None,
            planned=deal.planned if deal else {},
        )
        following = self.act(save_project, details, old.id if old else None, old.version if old else None)
        if old is None and self.place is not None and self.place.detail != "stay":
            following.then(lambda done: self.context.go(Place("projects", id=done.result)))


class CycleDialog(FormDialog):
    """The phases in order, each with its planned and actual end; rows can be added, moved, taken out."""

    stored = True
    stored_in: ClassVar[Mapping[str, str]] = {"table": "project_phase"}

    def __init__(self, parent: QWidget, context: Context, place: Place, cycle: Cycle) -> None:
        title = tr("Cycle of {name}", name=cycle.project.name[:60])
        super().__init__(parent, context, title, tr("Save"), place, 600)
        self._project = cycle.project
        self.table = CellTable(0, tr("Phases"), [tr("Phase"), tr("Planned"), tr("Done")])
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in (1, 2):
            self.table.setColumnWidth(at, 120)
        self.table.verticalHeader().setDefaultSectionSize(34)
        self.table.setTabKeyNavigation(True)
        self.table.setMinimumHeight(34 * 8)
        # a draft may have been typed in the other language
        self._names = {translator(language)(words): key for language in LANGUAGES for key, words in PHASES.items()}
        for phase in cycle.phases:
            self._add(phase_words(phase.phase), phase.planned_on, phase.done_on)
        self.form.addRow(self.table)
        self.form.addRow(
            label(tr("Dates like 2026-01-31; what is planned is the end of the phase."), "note", wrap=True)
        )
        tools = QHBoxLayout()
        for words, work, again in (
            (tr("Add"), self.add, True),
            (tr("Up"), lambda: self.move_phase(-1), True),
            (tr("Down"), lambda: self.move_phase(1), True),
            (tr("Remove"), self.remove, False),
            (tr("Done today"), self.done_today, False),
        ):
            tools.addWidget(button(words, work, again=again))
        tools.addStretch()
        self.form.addRow(tools)

    def _add(self, words: str, planned: dt.date | None, done: dt.date | None, at: int | None = None) -> None:
        row = self.table.rowCount() if at is None else at
        self.table.insertRow(row)
        for column, value in enumerate((words, planned or "", done or "")):
            self.table.setItem(row, column, QTableWidgetItem(str(value)))

    def add(self) -> None:
        """A phase of one's own after the selected one."""
        at = self.table.currentRow() + 1 or self.table.rowCount()
        self._add("", None, None, at)
        self.table.setCurrentCell(at, 0)
        item = self.table.item(at, 0)
        assert item is not None  # just set
        self.table.editItem(item)

    def move_phase(self, by: int) -> None:
        """Move the selected phase up or down."""
        row = self.table.currentRow()
        if row >= 0 and 0 <= row + by < self.table.rowCount():
            for column in range(3):
                here, there = self.table.takeItem(row, column), self.table.takeItem(row + by, column)
                self.table.setItem(row, column, there)
                self.table.setItem(row + by, column, here)
            self.table.setCurrentCell(row + by, 0)

    def remove(self) -> None:
        """Take the selected phase out."""
        if self.table.currentRow() >= 0:
            self.table.removeRow(self.table.currentRow())

    def done_today(self) -> None:
        """The first phase that is not done, or the selected one, was done today."""
        row = self.table.currentRow()
        if row < 0:
            open_rows = [i for i in range(self.table.rowCount()) if not self._text(i, 2)]
            row = open_rows[0] if open_rows else -1
        if row >= 0:
            self.table.setItem(row, 2, QTableWidgetItem(self.context.today().isoformat()))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    def phases(self) -> list[Phase]:
        """What the table says; UserError where a date is none."""
        phases = []
        for row in range(self.table.rowCount()):
            words = self._text(row, 0)
            planned, done = (read_date(QLineEdit(self._text(row, column))) for column in (1, 2))
            phases.append(Phase(self._names.get(words, words), planned, done))
        return phases

    @override
    def work(self) -> None:
        from mentor_app.core.projects.actions import save_cycle

        self.act(save_cycle, self._project.id, self.phases(), self.context.today(), self._project.version)


class CloseDialog(FormDialog):
    """How a project's cycle ended, and when."""

    def __init__(self, parent: QWidget, context: Context, place: Place, project: Project) -> None:
        super().__init__(parent, context, tr("Close the project"), tr("Close the project"), place)
        self._project = project
        self.headed(project.name)
        self.outcome = choice([(tr(words), key) for key, words in OUTCOMES.items() if key != Outcome.OPEN])
        self.closed = date_field(context.today())
        self.row(tr("Outcome"), self.outcome)
        self.row(tr("Closed on"), self.closed)
        self.form.addRow(
            label(
                tr("After a win its pairings can be completed; after a loss they can roll on to another project."),
                "note",
                wrap=True,
            )
        )

    @override
    def work(self) -> None:
        from mentor_app.core.projects.actions import close_project

        self.act(close_project, self._project.id, Outcome(self.outcome.currentData()), needed_date(self.closed))
