"""Pairings: the assignment board, all pairings, projects and mentors, and the page of each one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.views import TabbedPage

if TYPE_CHECKING:
    from mentor_app.ui.pairing.assign_view import AssignView
    from mentor_app.ui.pairing.pairings_view import PairingsView


class PairingsPage(TabbedPage):
    """Four lists behind tabs; what is opened from them stands in front, Esc goes back."""

    room = "pairing"
    kinds = frozenset({"pairing", "projects", "camp", "logbook", "people", "pipeline", "playbooks", "me"})

    def __init__(self, context: Context) -> None:
        views = {
            "assign": tr("Assign mentors"),
            "pairings": tr("All pairings"),
            "projects": tr("Projects"),
            "mentors": tr("Mentors"),
        }
        super().__init__(context, tr("Pairings"), views)

    @override
    def open(self, place: Place) -> None:
        """A tab or a record; "suggest" on the board; "hire" there; what is done with a record, over its page."""
        if place.what in ("suggest", "hire"):
            self.show_view("assign", start=True)
            board = self._assign().board
            board.suggest() if place.id is None else board.show_hire(place.id)
        else:
            if place.what == "pairings" and place.id is None:
                cast("PairingsView", self.view("pairings")).only(place.detail)
            super().open(place)

    def _assign(self) -> AssignView:
        return cast("AssignView", self.view("assign"))

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        def first(key: str, single: str) -> None:
            ids = self.view(key).listed()
            if ids:
                self.show_view(single, ids[0])

        def at(key: str, room: str, what: str) -> None:
            shown = self._views[key].id if key in self._views else 0
            if shown:
                go(Place(room, what, shown))

        go = self._context.go
        views: dict[str, Callable[[], object]] = {
            "suggest": lambda: go(Place("pairing", "suggest")),
            "weights": lambda: go(Place("pairing", "weights")),
            "accept": lambda: self._assign().accept(),
            "new_project": lambda: go(Place("projects", "new")),
        }
        for key, single in (("pairings", "pairing"), ("projects", "project"), ("mentors", "mentor")):
            views[key] = partial(self.show_view, key, start=True)
            views[single] = partial(first, key, single)
        for what in ("reassign", "end", "review", "goals"):
            views[what] = partial(at, "pairing", "pairing", what)
        for what in ("cycle", "close"):
            views[what] = partial(at, "project", "projects", what)
        views["capacity"] = partial(at, "mentor", "pairing", "capacity")
        return views


PAGE = PairingsPage
