"""All projects as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.projects.rules import OUTCOMES, Outcome
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import industry, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.projects.queries import Project
    from mentor_app.core.store import Connection


class ProjectsView(RecordList["Project"]):
    """All projects."""

    kind = "project"

    records = Place("projects")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Projects")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Projects"),
                tr("Search projects"),
                [
                    ColumnSpec("name", tr("Project"), lambda p: p.name, width=200),
                    ColumnSpec("customer", tr("Customer"), lambda p: p.customer or "–", width=130, first=True),
                    ColumnSpec("region", tr("Region"), lambda p: tr(p.region) if p.region else "–", width=90),
                    ColumnSpec(
                        "industry",
                        tr("Industry"),
                        lambda p: industry(p.industry) or "–",
                        width=110,
                        whole=True,
                        spare=True,
                    ),
                    ColumnSpec("outcome", tr("Outcome"), lambda p: tr(OUTCOMES[p.outcome]), width=80, whole=True),
                    ColumnSpec(
                        "started_on", tr("Started on"), lambda p: p.started_on.isoformat(), width=112, keep=True
                    ),
                    ColumnSpec("closed_on", tr("Closed on"), lambda p: str(p.closed_on or "–"), width=112, keep=True),
                ],
                tr(
                    "There is no project yet. A pairing lasts one project's cycle: make a project, take an open deal, or import."
                ),
            )
        )
        self.imports = button(
            tr("Import projects…"), lambda: context.go(Place("imports", "projects")), shortcut="Ctrl+I"
        )
        self.new = button(
            tr("New project…"), lambda: context.go(Place("projects", "new")), primary=True, shortcut="Ctrl+N"
        )
        self.buttons = [self.imports, self.new]
        self.needs = {self.imports: "projects.import", self.new: "projects.save_project"}

    @override
    def read(self, connection: Connection) -> list[Project]:
        from mentor_app.core.projects.queries import projects

        return projects(connection)

    @override
    def said(self, rows: Sequence[Project]) -> str:
        return tr("{n} open · {m} in all", n=sum(p.outcome == Outcome.OPEN for p in rows), m=len(rows))
