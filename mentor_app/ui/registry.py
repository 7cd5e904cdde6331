"""The pages of the window. To be in the sidebar (and in the test that opens every page) is to be registered here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from mentor_app.core.text import N_

if TYPE_CHECKING:
    from mentor_app.ui.context import Context
    from mentor_app.ui.widgets.views import Page


@dataclass(frozen=True)
class PageSpec:
    """A page: its key (also the room it lives in), its name in the sidebar, and what can be started there: (words, what)."""

    key: str
    name: str
    commands: tuple[tuple[str, str], ...] = ()

    def make(self) -> Callable[[Context], Page]:
        """The page's class; imported when first opened."""
        module = import_module(f"mentor_app.ui.{self.key}.page")
        return module.PAGE  # type: ignore[no-any-return]


PAGES = (
    PageSpec("home", N_("Home")),
    PageSpec("camp", N_("New hires"), ((N_("Enrol people"), "enrol"), (N_("Edit the programme"), "programme"))),
    PageSpec(
        "pairing",
        N_("Pairings"),
        (
            (N_("Suggest mentors"), "suggest"),
            (N_("All pairings"), "pairings"),
            (N_("Projects"), "projects"),
            (N_("Mentors"), "mentors"),
            (N_("New project"), "new_project"),
            (N_("Import projects"), "import_projects"),
            (N_("Import pairings"), "import_pairings"),
        ),
    ),
    PageSpec("logbook", N_("Logbook"), ((N_("To sign off"), "inbox"), (N_("Import activities"), "import"))),
    PageSpec(
        "playbooks",
        N_("Playbooks"),
        ((N_("Find an answer"), "search"), (N_("All playbooks"), "books"), (N_("Begin a playbook"), "new")),
    ),
    PageSpec(
        "points",
        N_("Points"),
        (
            (N_("Team's points"), "team"),
            (N_("Redemptions"), "redemptions"),
            (N_("Rewards"), "rewards"),
            (N_("Point rules"), "rules"),
        ),
    ),
    PageSpec("ramp", N_("Ramp-up"), ((N_("Export charts"), "export"),)),
    PageSpec(
        "people", N_("People"), ((N_("Add person"), "add"), (N_("Import people"), "import"), (N_("Teams"), "teams"))
    ),
    PageSpec("pipeline", N_("Opportunities"), ((N_("Import opportunities"), "import"),)),
)
