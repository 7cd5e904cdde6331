"""Playbooks: find an answer while the customer talks; everything owed and written; their kinds."""

from __future__ import annotations

from typing import Any

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.views import TabbedPage


class PlaybooksPage(TabbedPage):
    """The search, all playbooks, the kinds; one playbook in front of them."""

    room = "playbooks"
    kinds = frozenset({"playbooks", "people", "me"})

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            tr("Playbooks"),
            {"search": tr("Find an answer"), "books": tr("All playbooks"), "kinds": tr("Kinds")},
        )

    def refresh(self) -> None:
        view = self.view(self._trail[-1][0])
        if self._trail[-1][0] == "search":  # what is being typed keeps its cursor
            view._ask()
        else:
            view.reload()

    def open(self, place: Place) -> None:
        super().open(place)
        if place.what == "part" and place.detail.isdigit():
            self.view("book").choose(int(place.detail))

    def views_to_check(self) -> dict[str, Any]:
        def find(words: str) -> None:
            self.show_view("search", start=True)
            self.view("search").search.setText(words)

        def first(state: str) -> None:
            rows = [row for row in self.view("books").list._rows if row.state == state]
            if rows:
                self.show_view("book", rows[0].id)

        return {
            "found": lambda: find("价格"),
            "books": lambda: self.show_view("books", start=True),
            "new": lambda: self._context.go(Place("playbooks", "begin")),
            "draft": lambda: first("draft"),
            "review": lambda: first("in_review"),
            "changes": lambda: first("changes"),
            "kinds": lambda: self.show_view("kinds", start=True),
            "new_kind": lambda: self.view("kinds").add(),
        }


PAGE = PlaybooksPage
