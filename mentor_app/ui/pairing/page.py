"""Pairings: the assignment board, all pairings, projects and mentors, and the page of each one."""

from __future__ import annotations

from typing import Any

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.pairing.assign_view import AssignView
from mentor_app.ui.pairing.mentors_view import MentorsView
from mentor_app.ui.pairing.pairings_view import PairingsView
from mentor_app.ui.projects.projects_view import ProjectsView
from mentor_app.ui.widgets.views import TabbedPage, View


class PairingsPage(TabbedPage):
    """Four lists behind tabs; what is opened from them stands in front, Esc goes back."""

    kinds = frozenset({"pairing", "camp", "logbook", "people", "pipeline", "me"})

    def __init__(self, context: Context) -> None:
        views = {
            "assign": tr("Assign mentors"),
            "pairings": tr("All pairings"),
            "projects": tr("Projects"),
            "mentors": tr("Mentors"),
        }
        super().__init__(context, tr("Pairings"), views)

    def make(self, key: str) -> View:
        if key == "assign":
            return AssignView(self._context)
        if key == "pairing":
            from mentor_app.ui.pairing.pairing_view import PairingView

            return PairingView(self._context)
        if key == "project":
            from mentor_app.ui.projects.project_view import ProjectView

            return ProjectView(self._context)
        if key == "mentor":
            from mentor_app.ui.pairing.mentor_view import MentorView

            return MentorView(self._context)
        return {"pairings": PairingsView, "projects": ProjectsView, "mentors": MentorsView}[key](self._context)

    def open(self, what: Any) -> None:
        """One of the page's commands, or (view, id), (what to do, id) from elsewhere."""
        if what in self.keys:
            self.show_view(what, start=True)
        elif what == "suggest":
            self.show_view("assign", start=True)
            self.view("assign").board.suggest()
        elif what == "new_project":
            self.show_view("projects", start=True)
            self.view("projects").add()
        elif what in ("import_projects", "import_pairings"):
            from mentor_app.ui.imports.wizard import ImportWizard

            self.wizard = ImportWizard(self, self._context, what.removeprefix("import_"))
            self.wizard.open()
        else:
            self._open_item(*what)

    def _open_item(self, kind: str, item: int) -> None:
        if kind == "hire":
            self.show_view("assign", start=True)
            self.view("assign").board.show_hire(item)
        elif kind in ("pairing", "project", "mentor"):
            self.show_view(kind, item)
        else:  # something to do: open the record, then its dialog once it has been read
            key = {"capacity": "mentor", "cycle": "project"}.get(kind, "pairing")
            self.show_view(key, item)
            view, steps = self.view(key), {"capacity": "edit_capacity", "cycle": "edit_cycle", "plan": "plan_session"}

            def then() -> None:
                view.headed.disconnect(then)
                getattr(view, steps[kind])() if kind in steps else view.start(kind)

            view.headed.connect(then)

    def views_to_check(self) -> dict[str, Any]:
        def first(key: str, single: str) -> Any:
            ids = self.view(key).list.model.ids
            return self.show_view(single, ids[0]) if ids else None

        def on(key: str, work: Any) -> Any:
            return work(self.view(key)) if self.view(key).id else None

        found: dict[str, Any] = {
            "suggest": lambda: self.open("suggest"),
            "weights": self.view("assign").edit_weights,
            "accept": lambda: self.view("assign").accept(),
            "new_project": lambda: self.open("new_project"),
        }
        for key, single in (("pairings", "pairing"), ("projects", "project"), ("mentors", "mentor")):
            found[key] = lambda key=key: self.show_view(key, start=True)
            found[single] = lambda key=key, single=single: first(key, single)
        for what in ("reassign", "end", "review", "goals"):
            found[what] = lambda what=what: on("pairing", lambda view: view.start(what))
        found["cycle"] = lambda: on("project", lambda view: view.edit_cycle())
        found["close"] = lambda: on("project", lambda view: view.close_project())
        found["capacity"] = lambda: on("mentor", lambda view: view.edit_capacity())
        return found


PAGE = PairingsPage
