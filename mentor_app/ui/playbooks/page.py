"""Playbooks: find an answer while the customer talks; everything owed and written; their kinds."""

from __future__ import annotations

from typing import Any

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.playbooks.kinds_view import KindsFace
from mentor_app.ui.playbooks.playbooks_view import BooksFace
from mentor_app.ui.widgets.views import Face, FacedPage


class PlaybooksPage(FacedPage):
    """The search, all playbooks, the kinds; one playbook in front of them."""

    kinds = frozenset({"playbooks", "people", "me"})

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            tr("Playbooks"),
            {"search": tr("Find an answer"), "books": tr("All playbooks"), "kinds": tr("Kinds")},
        )

    def make(self, key: str) -> Face:
        if key == "search":
            from mentor_app.ui.playbooks.search_view import SearchFace

            return SearchFace(self._context)
        if key == "book":
            from mentor_app.ui.playbooks.playbook_editor import BookView

            return BookView(self._context)
        return {"books": BooksFace, "kinds": KindsFace}[key](self._context)

    def refresh(self) -> None:
        face = self.face(self._trail[-1][0])
        if self._trail[-1][0] == "search":  # what is being typed keeps its cursor
            face._ask()
        else:
            face.reload()

    def open(self, what: Any) -> None:
        if isinstance(what, tuple):
            self.show_face(*what)
        elif what == "new":
            self.show_face("books", start=True)
            self.face("books").add()
        else:
            self.show_face(what, start=True)

    def faces(self) -> dict[str, Any]:
        def find(words: str) -> None:
            self.show_face("search", start=True)
            self.face("search").search.setText(words)

        def first(state: str) -> None:
            rows = [row for row in self.face("books").list._rows if row.state == state]
            if rows:
                self.show_face("book", rows[0].id)

        return {
            "found": lambda: find("价格"), "books": lambda: self.show_face("books", start=True), "new": lambda: self.open("new"),
            "draft": lambda: first("draft"), "review": lambda: first("in_review"), "changes": lambda: first("changes"),
            "kinds": lambda: self.show_face("kinds", start=True), "new_kind": lambda: self.face("kinds").add(),
        }  # fmt: skip


PAGE = PlaybooksPage
