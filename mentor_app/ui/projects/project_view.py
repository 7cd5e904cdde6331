"""One project: its cycle as a timeline with the pairing's sessions, its dates, and the dialogs that change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from mentor_app.core.pairing.rules import STATES
from mentor_app.core.projects.rules import OUTCOMES, Outcome, Phase
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import industry, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label, signed
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.table import Table, plain_table
from mentor_app.ui.widgets.timeline import CycleView, phase_words, session_columns

if TYPE_CHECKING:
    from mentor_app.core.pairing.queries import Cycle, Pairing
    from mentor_app.core.store import Connection
OUTCOME_LOOK = {Outcome.OPEN: "accent", Outcome.WON: "good", Outcome.LOST: "bad", Outcome.CANCELLED: "plain"}


class ProjectView(CycleView):
    """A project's page."""

    shares = 9, 11

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.cycle: Cycle | None = None
        left, right = self.left, self.right
        left.addWidget(label(tr("Phases"), "cardtitle"))
        self.phases = plain_table(
            context.tasks,
            tr("Phases"),
            [
                ColumnSpec("phase", tr("Phase"), lambda p: phase_words(p.phase), width=150),
                ColumnSpec("planned", tr("Planned"), lambda p: str(p.planned_on or "–"), width=104, keep=True),
                ColumnSpec("done", tr("Done"), lambda p: str(p.done_on or "–"), width=104, keep=True),
                ColumnSpec("late", tr("Later by"), _late, figure=True, width=88, keep=True, spare=True),
            ],
        )
        self.phases.opened.connect(lambda _: self._start("cycle"))
        left.addWidget(self.phases, 3)
        left.addWidget(label(tr("Pairings"), "cardtitle"))
        self.pairings: Table[Pairing] = plain_table(
            context.tasks,
            tr("Pairings"),
            [
                ColumnSpec("apprentice", tr("Apprentice"), lambda p: p.apprentice, width=110, first=True),
                ColumnSpec("mentor", tr("Mentor"), lambda p: p.mentor, width=110, first=True),
                ColumnSpec("state", tr("State"), lambda p: tr(STATES[p.state]), width=80, whole=True),
                ColumnSpec(
                    "started_on", tr("From"), lambda p: p.started_on.isoformat(), width=104, keep=True, spare=True
                ),
            ],
        )
        self.pairings.opened.connect(lambda key: context.go(Place("pairing", "pairing", key)))
        left.addWidget(self.pairings, 2)
        right.addWidget(label(tr("Sessions"), "cardtitle"))
        self.sessions = plain_table(context.tasks, tr("Sessions"), session_columns(True))
        self.sessions.opened.connect(lambda key: context.go(Place("logbook", id=key)))
        right.addWidget(self.sessions, 1)
        self.edit_button = button(tr("Change…"), lambda: self._start("change"))
        self.cycle_button = button(tr("Cycle…"), lambda: self._start("cycle"))
        self.close_button = button(tr("Close the project…"), lambda: self._start("close"), primary=True)
        self.history = button(tr("History…"), lambda: context.go(Place("history", "project", self.id)))
        left.addWidget(self.history, 0, Qt.AlignmentFlag.AlignLeft)
        self.buttons = [self.edit_button, self.cycle_button, self.close_button]
        self.needs = {
            self.edit_button: "projects.save_project",
            self.cycle_button: "projects.save_cycle",
            self.close_button: "projects.close_project",
        }

    @override
    def reload(self) -> None:
        wanted = self.id

        def read(connection: Connection) -> list[Cycle]:
            from mentor_app.core.pairing.queries import cycles

            return cycles(connection, {wanted})

        self._context.query(read, self._arrived)

    def _arrived(self, cycles: list[Cycle]) -> None:
        if not cycles:
            self._context.tell_gone(tr("This project is not there any more."))
            self.vanished.emit()
        if not cycles or cycles[0].project.id != self.id:
            return
        cycle = self.cycle = cycles[0]
        project = cycle.project
        self.title = project.name
        parts = [
            project.customer or "",
            tr(project.region) if project.region else "",
            industry(project.industry),
            tr("since {date}", date=project.started_on),
        ]
        self.note = " · ".join(part for part in parts if part)
        self.mark = (tr(OUTCOMES[project.outcome]), OUTCOME_LOOK[project.outcome])
        self.timeline.show_cycles([cycle], self._context.today())
        self.phases.rows.show_all(cycle.phases)
        self.pairings.rows.set_ids([p.id for p in cycle.pairings], {p.id: p for p in cycle.pairings})
        self.sessions.rows.set_ids([s.id for s in cycle.sessions], {s.id: s for s in cycle.sessions})
        self.shown = {item for item in self.buttons if self.may(self.needs[item])}
        if project.outcome != Outcome.OPEN:
            self.shown.discard(self.close_button)
        self.headed.emit()

    def _start(self, what: str) -> None:
        self._context.go(Place("projects", what, self.id))


def _late(phase: Phase) -> str:
    if phase.done_on is None or phase.planned_on is None:
        return ""
    days = (phase.done_on - phase.planned_on).days
    return tr("{n} d", n=signed(days)) if days else tr("on time")
