"""Pairings: the assignment board, all pairings, projects and mentors, and the page of each one."""

from __future__ import annotations

from typing import Any

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.views import TabbedPage


class PairingsPage(TabbedPage):
    """Four lists behind tabs; what is opened from them stands in front, Esc goes back."""

    room = "pairing"
    kinds = frozenset({"pairing", "projects", "camp", "logbook", "people", "pipeline", "me"})

    def __init__(self, context: Context) -> None:
        views = {
            "assign": tr("Assign mentors"),
            "pairings": tr("All pairings"),
            "projects": tr("Projects"),
            "mentors": tr("Mentors"),
        }
        super().__init__(context, tr("Pairings"), views)

    def open(self, place: Place) -> None:
        """A tab or a record; "suggest" on the board; "hire" there; what is done with a record, over its page."""
        if place.what in ("suggest", "hire"):
            self.show_view("assign", start=True)
            board = self.view("assign").board
            board.suggest() if place.id is None else board.show_hire(place.id)
        else:
            super().open(place)

    def views_to_check(self) -> dict[str, Any]:
        def first(key: str, single: str) -> Any:
            ids = self.view(key).list.model.ids
            return self.show_view(single, ids[0]) if ids else None

        go = self._context.go

        def on(key: str, work: Any) -> Any:
            return work(self.view(key)) if self.view(key).id else None

        found: dict[str, Any] = {
            "suggest": lambda: go(Place("pairing", "suggest")),
            "weights": lambda: go(Place("pairing", "weights")),
            "accept": lambda: self.view("assign").accept(),
            "new_project": lambda: go(Place("projects", "new")),
        }
        for key, single in (("pairings", "pairing"), ("projects", "project"), ("mentors", "mentor")):
            found[key] = lambda key=key: self.show_view(key, start=True)
            found[single] = lambda key=key, single=single: first(key, single)
        for what in ("reassign", "end", "review", "goals"):
            found[what] = lambda what=what: on("pairing", lambda view: view.start(what))
        for what in ("cycle", "close"):
            found[what] = lambda what=what: on("project", lambda view: go(Place("projects", what, view.id)))
        found["capacity"] = lambda: on("mentor", lambda view: go(Place("pairing", "capacity", view.id)))
        return found


PAGE = PairingsPage
