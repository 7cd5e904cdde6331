"""Playbooks: find an answer while the customer talks; everything owed and written; their kinds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.views import TabbedPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentor_app.ui.playbooks.kinds_view import KindsView
    from mentor_app.ui.playbooks.playbook_editor import PlaybookEditor
    from mentor_app.ui.playbooks.playbooks_view import PlaybooksView
    from mentor_app.ui.playbooks.search_view import SearchView


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

    @override
    def refresh(self) -> None:
        if self._trail[-1][0] == "search":  # what is being typed keeps its cursor
            self._search().ask()
        else:
            super().refresh()

    @override
    def open(self, place: Place) -> None:
        super().open(place)
        if place.what == "part" and place.detail:
            cast("PlaybookEditor", self.view("book")).choose(place.detail)
        elif place.what == "comment":
            cast("PlaybookEditor", self.view("book")).review.go_on_commenting(place)

    @override
    def here(self) -> Place:
        place = super().here()
        part = cast("PlaybookEditor", self.view("book")).part if place.what == "book" else ""
        return replace(place, what="part", detail=part) if part else place

    def _search(self) -> SearchView:
        return cast("SearchView", self.view("search"))

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        def find(words: str) -> None:
            self.show_view("search", start=True)
            self._search().search.setText(words)

        def first(state: str) -> None:
            books = cast("PlaybooksView", self.view("books")).list
            book = next(
                (row for row in map(books.row, books.model.ids) if row is not None and row.state == state), None
            )
            if book is not None:
                self.show_view("book", book.id)

        return {
            "found": lambda: find("价格"),
            "books": lambda: self.show_view("books", start=True),
            "new": lambda: self._context.go(Place("playbooks", "begin")),
            "draft": partial(first, "draft"),
            "review": partial(first, "in_review"),
            "changes": partial(first, "changes"),
            "kinds": lambda: self.show_view("kinds", start=True),
            "new_kind": lambda: cast("KindsView", self.view("kinds")).add(),
        }


PAGE = PlaybooksPage
