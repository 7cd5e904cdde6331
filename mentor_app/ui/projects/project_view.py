"""One project: its cycle as a timeline with the pairing's sessions, its dates, and the dialogs that change them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, PHASES
from mentor_app.core.logbook.kinds import STATES as LOG_STATES
from mentor_app.core.pairing.rules import OUTCOMES, STATES, Phase, ProjectDetails
from mentor_app.core.text import text
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.theme import THEMES
from mentor_app.ui.widgets.controls import Card, ElidedLabel, button, label
from mentor_app.ui.widgets.forms import FormDialog, choice, date_field, read_date
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table
from mentor_app.ui.widgets.views import Face

OUTCOME_LOOK = {"open": "accent", "won": "good", "lost": "bad", "cancelled": "plain"}


def phase_words(phase: str) -> str:
    """A phase of the default cycle translated, one of one's own as written."""
    return tr(PHASES[phase]) if phase in PHASES else phase


@dataclass(frozen=True)
class _Part:
    """A phase on the axis: from the end of the one before to its own, done or only planned; undated ones are guessed."""

    phase: Phase
    first: dt.date
    last: dt.date
    dated: bool


def laid_out(cycle: Any, today: dt.date) -> tuple[list[_Part], dt.date]:
    """The phases of a cycle on the calendar and where the axis ends. Phases without any date share evenly what is left."""
    project, phases = cycle.project, cycle.phases
    known = [p.done_on or p.planned_on for p in phases]
    end = max([d for d in known if d] + [project.closed_on or today, project.started_on + dt.timedelta(days=30)])
    open_tail = 0
    while open_tail < len(known) and known[-1 - open_tail] is None:
        open_tail += 1
    if open_tail and project.closed_on is None:
        end = max(end, project.started_on + dt.timedelta(days=25 * len(phases)))
    parts: list[_Part] = []
    at = project.started_on
    for i, phase in enumerate(phases):
        date = known[i]
        if date is None:  # between what is dated before and after
            after = next(((j, d) for j, d in enumerate(known[i:]) if d), (len(known) - i, end))
            date = at + (max(after[1], at) - at) / (after[0] + 1) if after[0] else after[1]
        parts.append(_Part(phase, at, max(at, date), known[i] is not None))
        at = max(at, date)
    return parts, max(end, at)


class Timeline(QWidget):
    """Cycles one below the other on one calendar: phases done and planned, sessions as dots, today as a line."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self._colours = {role: QColor(value) for role, value in THEMES[theme].items()}
        self._cycles: list[Any] = []
        self._today = dt.date.min
        self._spots: list[tuple[QRectF, str]] = []
        self._note, self._strong = QFont(self.font()), QFont(self.font())
        self._note.setPixelSize(12)
        self._strong.setPixelSize(12)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._row = 3 * (QFontMetrics(self._note).height() + 2) + 34

    def show_cycles(self, cycles: Sequence[Any], today: dt.date) -> None:
        """Draw these."""
        self._cycles, self._today = list(cycles), today
        self.setFixedHeight(self._row * max(1, len(cycles)) + 4)
        words = []
        for cycle in cycles:
            done = [phase_words(p.phase) for p in cycle.phases if p.done_on]
            words.append(
                tr("{project}: {done} of {all} phases done, {n} sessions", project=cycle.project.name, done=len(done),
                   all=len(cycle.phases), n=len(cycle.sessions))
            )  # fmt: skip
        self.setAccessibleName("; ".join(words) or tr("Timeline"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._spots = []
        if not self._cycles:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        laid = [laid_out(cycle, self._today) for cycle in self._cycles]
        first = min(cycle.project.started_on for cycle in self._cycles)
        last = max([end for _, end in laid] + [s.held_on for c in self._cycles for s in c.sessions])
        days = max(1, (last - first).days)

        def x(date: dt.date) -> float:
            return 5 + (self.width() - 10) * min(1.0, max(0.0, (date - first).days / days))

        for at, (cycle, (parts, _)) in enumerate(zip(self._cycles, laid, strict=True)):
            self._cycle(painter, at * self._row, cycle, parts, x)
        if first <= self._today <= last:
            painter.setPen(QPen(self._colours["muted"], 1, Qt.PenStyle.DashLine))
            line = QFontMetrics(self._note).height()
            painter.drawLine(QPointF(x(self._today), line + 4), QPointF(x(self._today), self.height() - line))
        painter.end()

    def _cycle(self, painter: QPainter, top: float, cycle: Any, parts: list[_Part], x: Any) -> None:
        c, note = self._colours, QFontMetrics(self._note)
        project = cycle.project
        line = note.height() + 2
        words = f"{project.name} · {tr(OUTCOMES[project.outcome])}"
        if project.closed_on:
            words += f" {project.closed_on}"
        self._say(painter, words, self._strong, c["text"], 5, top, self.width() - 10)
        dots, bar = top + line + 8, top + line + 18
        for stretch in cycle.bound:
            end = stretch.last_on or max(self._today, stretch.first_on)
            area = QRectF(x(stretch.first_on), dots - 7, max(2.0, x(end) - x(stretch.first_on)), 14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(c["tint"])
            painter.drawRoundedRect(area, 7, 7)
        by_day: dict[dt.date, list[Any]] = {}
        for session in cycle.sessions:
            by_day.setdefault(session.held_on, []).append(session)
        for day, several in by_day.items():
            planned = all(s.state == "planned" for s in several)
            painter.setPen(QPen(c["accent"], 1.5))
            painter.setBrush(c["panel"] if planned else c["accent"])
            painter.drawEllipse(QPointF(x(day), dots), 3.5, 3.5)
            said = [f"{day}  {tr(KINDS[s.kind].name)}{': ' + s.subject if s.subject else ''}" for s in several]
            self._spots.append((QRectF(x(day) - 5, dots - 6, 10, 12), "\n".join(said)))
        for part in parts:
            left, right = x(part.first), x(part.last)
            done = part.phase.done_on is not None
            late = not done and part.phase.planned_on is not None and part.phase.planned_on < self._today
            late = late and project.closed_on is None
            area = QRectF(left + 1, bar, max(2.0, right - left - 2), 8)
            colour = c["accent"] if done else c["due"] if late else c["line"]
            painter.setPen(Qt.PenStyle.NoPen if part.dated else QPen(c["line"], 1, Qt.PenStyle.DashLine))
            painter.setBrush(colour if part.dated else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 3, 3)
            name, date = phase_words(part.phase.phase), _date_words(part.phase, late)
            room = right - left - 6
            if room > 24:
                self._say(painter, name, self._note, c["text"] if done else c["muted"], left + 1, bar + 11, room)
                if note.horizontalAdvance(date) <= room:
                    self._say(
                        painter, date, self._note, c["due"] if late else c["muted"], left + 1, bar + 11 + line, room
                    )
            self._spots.append((QRectF(left, bar - 2, max(6.0, right - left), 12 + 2 * line), f"{name}\n{date}"))

    def _say(
        self, painter: QPainter, words: str, font: QFont, colour: QColor, left: float, top: float, room: float
    ) -> None:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(colour)
        shown = metrics.elidedText(" ".join(words.split()), Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(left, top, room + 1, metrics.height()), int(Qt.AlignmentFlag.AlignVCenter), shown)

    def words_at(self, at: QPointF) -> str:
        """What is explained at a point."""
        return next((words for area, words in self._spots if area.contains(at)), "")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(QPointF(event.pos()))
            QToolTip.showText(
                event.globalPos(), f"<p style='white-space:pre'>{escape(words)}</p>" if words else "", self
            )
            return True
        return super().event(event)


def _date_words(phase: Phase, late: bool) -> str:
    if phase.done_on:
        return tr("done {date}", date=phase.done_on)
    if phase.planned_on:
        return tr("was due {date}", date=phase.planned_on) if late else tr("planned {date}", date=phase.planned_on)
    return tr("no date yet")


def session_columns(with_person: bool) -> list[ColumnSpec]:
    """Columns for the sessions of pairings."""
    columns = [
        ColumnSpec("held_on", tr("Date"), lambda s: s.held_on.isoformat(), width=104, keep=True),
        ColumnSpec("person", tr("Apprentice"), lambda s: s.person, width=106, keep=True),
        ColumnSpec("kind", tr("Kind"), lambda s: tr(KINDS[s.kind].name), width=140),
        ColumnSpec("subject", tr("About"), lambda s: s.subject, width=110),
        ColumnSpec("state", tr("State"), lambda s: tr(LOG_STATES[s.state]), width=98, keep=True),
    ]
    return columns if with_person else [column for column in columns if column.key != "person"]


def plain_table(context: Context, name: str, columns: list[ColumnSpec]) -> Table:
    """A table shown in the order it is given."""
    table = Table(RowsModel(columns, context.tasks, lambda ids: {}), name)
    table.horizontalHeader().setSortIndicatorShown(False)
    table.horizontalHeader().setSectionsClickable(False)
    return table


class CycleFace(Face):
    """A page about a cycle: its timeline above, two columns below, ``shares`` wide."""

    shares = 1, 1

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        card = Card(tr("Cycle"))
        self.timeline = Timeline(context.settings.theme)
        card.body.addWidget(self.timeline)
        column.addWidget(card)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.left, self.right = QVBoxLayout(), QVBoxLayout()
        for part, share in zip((self.left, self.right), self.shares, strict=True):
            part.setSpacing(8)
            row.addLayout(part, share)
        column.addLayout(row, 1)


class ProjectView(CycleFace):
    """A project's page."""

    shares = 9, 11

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.id = 0
        self.cycle: Any = None
        left, right = self.left, self.right
        left.addWidget(label(tr("Phases"), "cardtitle"))
        self.phases = plain_table(context, tr("Phases"), [
            ColumnSpec("phase", tr("Phase"), lambda p: phase_words(p.phase), width=150),
            ColumnSpec("planned", tr("Planned"), lambda p: str(p.planned_on or "–"), width=104, keep=True),
            ColumnSpec("done", tr("Done"), lambda p: str(p.done_on or "–"), width=104, keep=True),
            ColumnSpec("late", tr("Later by"), _late, figure=True, width=88, keep=True),
        ])  # fmt: skip
        self.phases.opened.connect(lambda _: self.edit_cycle())
        left.addWidget(self.phases, 3)
        left.addWidget(label(tr("Pairings"), "cardtitle"))
        self.pairings = plain_table(context, tr("Pairings"), [
            ColumnSpec("apprentice", tr("Apprentice"), lambda p: p.apprentice, width=110),
            ColumnSpec("mentor", tr("Mentor"), lambda p: p.mentor, width=110),
            ColumnSpec("state", tr("State"), lambda p: tr(STATES[p.state]), width=80),
            ColumnSpec("started_on", tr("From"), lambda p: p.started_on.isoformat(), width=104, keep=True),
        ])  # fmt: skip
        self.pairings.opened.connect(lambda key: context.go("pairing", ("pairing", key)))
        left.addWidget(self.pairings, 2)
        right.addWidget(label(tr("Sessions"), "cardtitle"))
        self.sessions = plain_table(context, tr("Sessions"), session_columns(True))
        self.sessions.opened.connect(lambda key: context.go("logbook", key))
        right.addWidget(self.sessions, 1)
        self.edit_button = button(tr("Change…"), self.edit)
        self.cycle_button = button(tr("Cycle…"), self.edit_cycle)
        self.close_button = button(tr("Close the project…"), self.close_project, primary=True)
        self.buttons = [self.edit_button, self.cycle_button, self.close_button]

    def show_id(self, project_id: int) -> None:
        self.id = project_id
        self.reload()

    def reload(self) -> None:
        wanted = self.id

        def read(connection: Any) -> Any:
            from mentor_app.core.pairing.queries import cycles

            return cycles(connection, {wanted})

        self._context.query(read, self._arrived)

    def _arrived(self, found: Any) -> None:
        if not found or found[0].project.id != self.id:
            return
        self.cycle = found[0]
        project = self.cycle.project
        self.title = project.name
        parts = [project.customer or "", tr(project.region) if project.region else "", project.industry or "",
                 tr("since {date}", date=project.started_on)]  # fmt: skip
        self.note = " · ".join(part for part in parts if part)
        self.mark = (tr(OUTCOMES[project.outcome]), OUTCOME_LOOK[project.outcome])
        self.timeline.show_cycles([self.cycle], self._context.today())
        self.phases.rows.set_ids(range(len(self.cycle.phases)), dict(enumerate(self.cycle.phases)))
        self.pairings.rows.set_ids([p.id for p in self.cycle.pairings], {p.id: p for p in self.cycle.pairings})
        self.sessions.rows.set_ids([s.id for s in self.cycle.sessions], {s.id: s for s in self.cycle.sessions})
        self.shown.clear()
        self.shown.update({self.edit_button, self.cycle_button})
        if project.outcome == "open":
            self.shown.add(self.close_button)
        self.headed.emit()

    def edit(self) -> None:
        """Name, customer, region, dates, outcome."""
        open_project(self, self._context, self.cycle.project)

    def edit_cycle(self) -> None:
        """The phases with their dates."""
        self.dialog = CycleDialog(self, self._context, self.cycle)
        self.dialog.open()

    def close_project(self) -> None:
        """Won, lost or cancelled."""
        self.dialog = CloseDialog(self, self._context, self.cycle.project)
        self.dialog.open()


def _late(phase: Phase) -> str:
    if phase.done_on is None or phase.planned_on is None:
        return ""
    days = (phase.done_on - phase.planned_on).days
    return tr("{n} d", n=f"{days:+d}".replace("-", "−")) if days else tr("on time")


def open_project(parent: QWidget, context: Context, project: Any = None, then: Any = None) -> None:
    """The form of a project; a new one may come from an open deal."""

    def read(connection: Any) -> Any:
        from mentor_app.core.logbook.queries import customers
        from mentor_app.core.pairing.queries import open_deals
        from mentor_app.core.people.queries import people, regions, teams

        everybody = [p.id for p in people(connection)] if project is None else []
        deals = [details for _, details in open_deals(connection, everybody, context.today())]
        industries = sorted({t.industry for t in teams(connection) if t.industry})
        return [name for name, _ in regions(connection)], industries, customers(connection), deals[:500]

    def show(result: Any) -> None:
        parent.dialog = ProjectDialog(parent, context, project, *result, then=then)  # type: ignore[attr-defined]
        parent.dialog.open()  # type: ignore[attr-defined]

    context.query(read, show)


class ProjectDialog(FormDialog):
    """A project by hand or from a deal of the CRM."""

    def __init__(
        self, parent: QWidget, context: Context, project: Any, regions: list[str], industries: list[str],
        customers: list[str], deals: list[ProjectDetails], then: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(parent, context, tr("Change project") if project else tr("New project"), tr("Save"))
        self._project, self._then = project, then
        self._chosen: ProjectDetails | None = None
        self.deal = choice([(tr("None: by hand"), None), *((d.name, d) for d in deals)])
        if project is None and deals:
            self.row(tr("From a deal"), self.deal)
            self.deal.activated.connect(lambda _: self._take())
        self.name = QLineEdit(project.name if project else "")
        self.customer = QLineEdit(project.customer or "" if project else "")
        completer = QCompleter(customers, self.customer)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.customer.setCompleter(completer)
        self.region = choice([("–", None), *((tr(r), r) for r in regions)], project.region if project else None)
        self.industry = choice([("", "")] + [(i, i) for i in industries])
        self.industry.setEditable(True)
        self.industry.setEditText(project.industry or "" if project else "")
        self.started = date_field(project.started_on if project else context.today())
        self.outcome = choice(
            [(tr(words), key) for key, words in OUTCOMES.items()], project.outcome if project else None
        )
        self.closed = date_field(project.closed_on if project else None)
        self.row(tr("Name"), self.name)
        self.row(tr("Customer"), self.customer)
        self.row(tr("Region"), self.region)
        self.row(tr("Industry"), self.industry)
        self.row(tr("Started on"), self.started)
        if project is not None:
            self.row(tr("Outcome"), self.outcome)
            self.row(tr("Closed on"), self.closed)

    def _take(self) -> None:
        """Fill the form from the deal chosen."""
        deal = self._chosen = self.deal.currentData()
        if deal is not None:
            self.name.setText(deal.name)
            self.customer.setText(deal.customer or "")
            self.region.setCurrentIndex(max(0, self.region.findData(deal.region)))
            self.industry.setEditText(deal.industry or "")
            self.started.setText(deal.started_on.isoformat())

    def work(self) -> None:
        from mentor_app.core.pairing.actions import save_project

        started = read_date(self.started)
        if started is None:
            raise UserError(text("A date is needed."))
        deal, old = self._chosen, self._project
        details = ProjectDetails(
            self.name.text(), started, self.customer.text(), self.region.currentData(), self.industry.currentText(),
            self.outcome.currentData() if old else "open", read_date(self.closed) if old else None,
            old.opportunity_id if old else deal.opportunity_id if deal else None, deal.planned if deal else {},
        )  # fmt: skip
        args = (details, old.id, old.version) if old else (details,)
        self.act(save_project, *args, done=lambda done: self._then(done.result) if self._then else None)


class CycleDialog(FormDialog):
    """The phases in order, each with its planned and actual end; rows can be added, moved, taken out."""

    def __init__(self, parent: QWidget, context: Context, cycle: Any) -> None:
        super().__init__(parent, context, tr("Cycle of {name}", name=cycle.project.name[:60]), tr("Save"), 600)
        self._project = cycle.project
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(tr("Phases"))
        self.table.setHorizontalHeaderLabels([tr("Phase"), tr("Planned"), tr("Done")])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in (1, 2):
            self.table.setColumnWidth(at, 120)
        self.table.verticalHeader().setDefaultSectionSize(34)
        self.table.setTabKeyNavigation(True)
        self.table.setMinimumHeight(34 * 8)
        self._names = {phase_words(key): key for key in PHASES}
        for phase in cycle.phases:
            self._add(phase_words(phase.phase), phase.planned_on, phase.done_on)
        self.form.addRow(self.table)
        self.form.addRow(
            label(tr("Dates like 2026-01-31; what is planned is the end of the phase."), "note", wrap=True)
        )
        tools = QHBoxLayout()
        for words, work in (
            (tr("Add"), self.add), (tr("Up"), lambda: self.move(-1)), (tr("Down"), lambda: self.move(1)),
            (tr("Remove"), self.remove), (tr("Done today"), self.done_today),
        ):  # fmt: skip
            tools.addWidget(button(words, work))
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
        self.table.editItem(self.table.item(at, 0))

    def move(self, by: int) -> None:
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
            open_rows = [i for i in range(self.table.rowCount()) if not self.table.item(i, 2).text().strip()]
            row = open_rows[0] if open_rows else -1
        if row >= 0:
            self.table.item(row, 2).setText(self.context.today().isoformat())

    def phases(self) -> list[Phase]:
        """What the table says; UserError where a date is none."""
        found = []
        for row in range(self.table.rowCount()):
            words = self.table.item(row, 0).text().strip()
            planned, done = (read_date(QLineEdit(self.table.item(row, column).text())) for column in (1, 2))
            found.append(Phase(self._names.get(words, words), planned, done))
        return found

    def work(self) -> None:
        from mentor_app.core.pairing.actions import save_cycle

        self.act(save_cycle, self._project.id, self.phases(), self.context.today())


class CloseDialog(FormDialog):
    """How a project's cycle ended, and when."""

    def __init__(self, parent: QWidget, context: Context, project: Any) -> None:
        super().__init__(parent, context, tr("Close the project"), tr("Close the project"))
        self._project = project
        self.form.addRow(ElidedLabel(project.name, "cardtitle"))
        self.outcome = choice([(tr(words), key) for key, words in OUTCOMES.items() if key != "open"])
        self.closed = date_field(context.today())
        self.row(tr("Outcome"), self.outcome)
        self.row(tr("Closed on"), self.closed)
        self.form.addRow(
            label(tr("After a win its pairings can be completed; after a loss they can roll on to another project."),
                  "note", wrap=True)
        )  # fmt: skip

    def work(self) -> None:
        from mentor_app.core.pairing.actions import close_project

        closed = read_date(self.closed)
        if closed is None:
            raise UserError(text("A date is needed."))
        self.act(close_project, self._project.id, self.outcome.currentData(), closed)
