"""Pairings: the assignment board, all pairings, projects and mentors, and the page of each one."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from mentor_app.core.pairing.rules import OUTCOMES, STATES
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.table import ColumnSpec
from mentor_app.ui.widgets.views import Face, FacedPage, ListFace


class PairingsPage(FacedPage):
    """Four lists behind tabs; what is opened from them stands in front, Esc goes back."""

    kinds = frozenset({"pairing", "camp", "logbook", "people", "pipeline", "me"})

    def __init__(self, context: Context) -> None:
        views = {
            "assign": tr("Assign mentors"), "pairings": tr("All pairings"), "projects": tr("Projects"), "mentors": tr("Mentors"),
        }  # fmt: skip
        super().__init__(context, tr("Pairings"), views)

    def make(self, key: str) -> Face:
        if key == "assign":
            return AssignFace(self._context)
        if key == "pairing":
            from mentor_app.ui.pairing.pairing_view import PairingView

            return PairingView(self._context)
        if key == "project":
            from mentor_app.ui.projects.project_view import ProjectView

            return ProjectView(self._context)
        if key == "mentor":
            from mentor_app.ui.pairing.mentor_view import MentorView

            return MentorView(self._context)
        return {"pairings": PairingsFace, "projects": ProjectsFace, "mentors": MentorsFace}[key](self._context)

    def open(self, what: Any) -> None:
        """One of the page's commands, or (face, id), (what to do, id) from elsewhere."""
        if what in self.keys:
            self.show_face(what, start=True)
        elif what == "suggest":
            self.show_face("assign", start=True)
            self.face("assign").board.suggest()
        elif what == "new_project":
            self.show_face("projects", start=True)
            self.face("projects").add()
        elif what in ("import_projects", "import_pairings"):
            from mentor_app.ui.imports.wizard import ImportWizard

            self.wizard = ImportWizard(self, self._context, what.removeprefix("import_"))
            self.wizard.open()
        else:
            self._open_item(*what)

    def _open_item(self, kind: str, item: int) -> None:
        if kind == "hire":
            self.show_face("assign", start=True)
            self.face("assign").board.show_hire(item)
        elif kind in ("pairing", "project", "mentor"):
            self.show_face(kind, item)
        else:  # something to do: open the record, then its dialog once it has been read
            key = {"capacity": "mentor", "cycle": "project"}.get(kind, "pairing")
            self.show_face(key, item)
            face, steps = self.face(key), {"capacity": "edit_capacity", "cycle": "edit_cycle", "plan": "plan_session"}

            def then() -> None:
                face.headed.disconnect(then)
                getattr(face, steps[kind])() if kind in steps else face.start(kind)

            face.headed.connect(then)

    def faces(self) -> dict[str, Any]:
        def first(key: str, single: str) -> Any:
            ids = self.face(key).list.model.ids
            return self.show_face(single, ids[0]) if ids else None

        def on(key: str, work: Any) -> Any:
            return work(self.face(key)) if self.face(key).id else None

        found: dict[str, Any] = {
            "suggest": lambda: self.open("suggest"), "weights": self.face("assign").edit_weights,
            "accept": lambda: self.face("assign").accept(), "new_project": lambda: self.open("new_project"),
        }  # fmt: skip
        for key, single in (("pairings", "pairing"), ("projects", "project"), ("mentors", "mentor")):
            found[key] = lambda key=key: self.show_face(key, start=True)
            found[single] = lambda key=key, single=single: first(key, single)
        for what in ("reassign", "end", "review", "goals"):
            found[what] = lambda what=what: on("pairing", lambda face: face.start(what))
        found["cycle"] = lambda: on("project", lambda face: face.edit_cycle())
        found["close"] = lambda: on("project", lambda face: face.close_project())
        found["capacity"] = lambda: on("mentor", lambda face: face.edit_capacity())
        return found


class AssignFace(Face):
    """The board with its three actions."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        from mentor_app.ui.pairing.board import BoardView

        self.title = tr("Assign mentors")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.board = BoardView(context)
        self.board.changed.connect(self._changed)
        column.addWidget(self.board)
        self.criteria = button(tr("Criteria…"), self.edit_weights)
        self.suggest = button(tr("Suggest"), self.board.suggest, shortcut="Ctrl+G")
        self.accepting = button(tr("Accept"), self.accept, primary=True)
        self.buttons = [self.criteria, self.suggest, self.accepting]
        self._changed()

    def reload(self) -> None:
        self.board.reload()

    def _changed(self) -> None:
        board = self.board.board
        hires = board.apprentices if board else ()
        room = sum(m.barred is None and m.active < m.capacity for m in board.mentors) if board else 0
        self.note = tr("{n} without a mentor · {m} mentors with room", n=len(hires), m=room) if board else ""
        n = len(self.board.plan)
        self.accepting.setText(current().plural("Accept {n} pair…", "Accept {n} pairs…", n) if n else tr("Accept"))
        self.accepting.setAccessibleName(self.accepting.text())
        leads = self.may("team_lead", "trainer")
        self.accepting.setEnabled(bool(n) and leads)
        self.accepting.setToolTip("" if leads else tr("Team leads and trainers start pairings."))
        self.suggest.setEnabled(bool(hires))
        self.shown = set(self.buttons)
        self.headed.emit()

    def edit_weights(self) -> None:
        """What counts how much."""
        from mentor_app.ui.pairing.dialogs import WeightsDialog

        self.dialog = WeightsDialog(self, self._context, self.board.suggest)
        self.dialog.open()

    def accept(self) -> None:
        """Start the pairings planned, or some of them."""
        from mentor_app.ui.pairing.dialogs import open_accept

        hires = {a.id: a for a in self.board.board.apprentices}
        mentors = {m.id: m for m in self.board.board.mentors}
        open_accept(self, self._context, [(hires[a], mentors[m]) for a, m in self.board.plan.items()], self._accepted)

    def _accepted(self, made: list[int]) -> None:
        self._context.toast(current().plural("{n} pairing started.", "{n} pairings started.", len(made)))


class PairingsFace(ListFace):
    """All pairings, running ones first."""

    page, single = "pairing", "pairing"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("All pairings")
        self.show_list(SearchList(
            context.tasks, tr("All pairings"), tr("Search pairings"),
            [
                ColumnSpec("apprentice", tr("Apprentice"), lambda p: p.apprentice, width=120),
                ColumnSpec("mentor", tr("Mentor"), lambda p: p.mentor, width=120),
                ColumnSpec("state", tr("State"), lambda p: tr(STATES[p.state]), width=88),
                ColumnSpec("started_on", tr("From"), lambda p: p.started_on.isoformat(), width=104, keep=True),
                ColumnSpec("ended_on", tr("Until"), lambda p: str(p.ended_on or "–"), width=104, keep=True),
                ColumnSpec("projects", tr("Projects"), lambda p: " → ".join(p.projects), width=220),
                ColumnSpec("reason", tr("Reason"), lambda p: p.reason or "", width=140),
            ],
            tr("Nobody is paired yet. Assign mentors on the board, or import pairings."),
        ))  # fmt: skip
        self.imports = button(tr("Import pairings…"), lambda: context.go("pairing", "import_pairings"))
        self.buttons = [self.imports]

    def read(self, connection: Any) -> Any:
        from mentor_app.core.pairing.queries import pairings

        return pairings(connection)

    def said(self, rows: Any) -> str:
        return tr("{n} running · {m} in all", n=sum(p.ended_on is None for p in rows), m=len(rows))


class ProjectsFace(ListFace):
    """All projects."""

    page, single = "pairing", "project"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Projects")
        self.show_list(SearchList(
            context.tasks, tr("Projects"), tr("Search projects"),
            [
                ColumnSpec("name", tr("Project"), lambda p: p.name, width=200),
                ColumnSpec("customer", tr("Customer"), lambda p: p.customer or "–", width=130),
                ColumnSpec("region", tr("Region"), lambda p: tr(p.region) if p.region else "–", width=90),
                ColumnSpec("industry", tr("Industry"), lambda p: p.industry or "–", width=110),
                ColumnSpec("outcome", tr("Outcome"), lambda p: tr(OUTCOMES[p.outcome]), width=80),
                ColumnSpec("started_on", tr("Started on"), lambda p: p.started_on.isoformat(), width=112, keep=True),
                ColumnSpec("closed_on", tr("Closed on"), lambda p: str(p.closed_on or "–"), width=112, keep=True),
            ],
            tr("There is no project yet. A pairing lasts one project's cycle: make a project, take an open deal, or import."),
        ))  # fmt: skip
        self.imports = button(tr("Import projects…"), lambda: context.go("pairing", "import_projects"))
        self.new = button(tr("New project…"), self.add, primary=True, shortcut="Ctrl+N")
        self.buttons = [self.imports, self.new]

    def add(self) -> None:
        """A project by hand or from an open deal."""
        from mentor_app.ui.projects.project_view import open_project

        go = self._context.go
        open_project(self, self._context, then=lambda made: go("pairing", ("project", made)))

    def read(self, connection: Any) -> Any:
        from mentor_app.core.pairing.queries import projects

        return projects(connection)

    def said(self, rows: Any) -> str:
        return tr("{n} open · {m} in all", n=sum(p.outcome == "open" for p in rows), m=len(rows))


class MentorsFace(ListFace):
    """Everybody who mentors."""

    page, single = "pairing", "mentor"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Mentors")
        self.show_list(SearchList(
            context.tasks, tr("Mentors"), tr("Search mentors"),
            [
                ColumnSpec("name", tr("Name"), lambda m: m.name, width=150),
                ColumnSpec("region", tr("Region"), lambda m: tr(m.region) if m.region else "–", width=100),
                ColumnSpec("industry", tr("Industry"), lambda m: m.industry or "–", width=130),
                ColumnSpec("active", tr("Apprentices"), lambda m: tr("{n} of {all}", n=m.active, all=m.capacity), width=128, keep=True),
                ColumnSpec("completed", tr("Completed"), lambda m: str(m.completed), figure=True, width=128, keep=True),
                ColumnSpec("remark", tr("Remark"), _remark, width=150),
            ],
            tr("Nobody has the role Mentor yet. Give it on the page People."), "name",
            order={"remark": _remark, "region": lambda m: m.region},
        ))  # fmt: skip

    def read(self, connection: Any) -> Any:
        from mentor_app.core.pairing.queries import mentors

        return mentors(connection, self._context.today())

    def said(self, rows: Any) -> str:
        return tr("{n} mentors · {m} with room", n=len(rows), m=sum(m.places > 0 for m in rows))


def _remark(mentor: Any) -> str:
    if mentor.barred is not None:
        return tr("not senior yet")
    if mentor.leaves_on is not None:
        return tr("leaves on {date}", date=mentor.leaves_on)
    if mentor.active > mentor.capacity:
        return tr("overloaded")
    return tr("full") if mentor.active == mentor.capacity else ""


PAGE = PairingsPage
