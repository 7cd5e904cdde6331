"""The pages of the window, and the dialogs that open over any of them. To be in the sidebar, in Ctrl+K and in the test
that opens everything is to be registered here; what is registered is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from mentor_app.core.text import N_
from mentor_app.ui.navigation import Place

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mentor_app.ui.context import Context

    Opener = Callable[[QWidget, Context, Place], None]


@dataclass(frozen=True)
class PageSpec:
    """A page: its room, its name in the sidebar, and what can be started there from Ctrl+K: (words, place)."""

    room: str
    name: str
    commands: tuple[tuple[str, Place], ...] = ()

    @property
    def where(self) -> str:
        """Where the page's class is found."""
        return f"mentor_app.ui.{self.room}.page:PAGE"


PAGES = (
    PageSpec("home", N_("Home"), ((N_("All drafts"), Place("home", "drafts")),)),
    PageSpec(
        "camp",
        N_("New hires"),
        ((N_("Enrol people"), Place("camp", "enrol")), (N_("Edit the programme"), Place("camp", "programme"))),
    ),
    PageSpec(
        "pairing",
        N_("Pairings"),
        (
            (N_("Assign mentors"), Place("pairing", "assign")),
            (N_("Suggest mentors"), Place("pairing", "suggest")),
            (N_("All pairings"), Place("pairing", "pairings")),
            (N_("Projects"), Place("projects", "projects")),
            (N_("Mentors"), Place("pairing", "mentors")),
            (N_("New project"), Place("projects", "new")),
            (N_("Import projects"), Place("imports", "projects")),
            (N_("Import pairings"), Place("imports", "pairings")),
        ),
    ),
    PageSpec(
        "logbook",
        N_("Logbook"),
        ((N_("To sign off"), Place("logbook", "inbox")), (N_("Import activities"), Place("imports", "activities"))),
    ),
    PageSpec(
        "playbooks",
        N_("Playbooks"),
        (
            (N_("Find an answer"), Place("playbooks", "search")),
            (N_("All playbooks"), Place("playbooks", "books")),
            (N_("Begin a playbook"), Place("playbooks", "begin")),
        ),
    ),
    PageSpec(
        "points",
        N_("Points"),
        (
            (N_("Team's points"), Place("points", "team")),
            (N_("Redemptions"), Place("points", "redemptions")),
            (N_("Rewards"), Place("points", "rewards")),
            (N_("Point rules"), Place("points", "rules")),
        ),
    ),
    PageSpec("ramp", N_("Ramp-up"), ((N_("Export charts"), Place("ramp", "export")),)),
    PageSpec(
        "people",
        N_("People"),
        (
            (N_("Add person"), Place("people", "add")),
            (N_("Import people"), Place("imports", "people")),
            (N_("Teams"), Place("people", "teams")),
            (N_("Erase somebody removed"), Place("people", "removed")),
        ),
    ),
    PageSpec("pipeline", N_("Opportunities"), ((N_("Import opportunities"), Place("imports", "opportunities")),)),
    PageSpec("history", N_("History")),
)

SHOWN_ON = {"projects": "pairing"}
"""Rooms without a page of their own, and whose page shows their views."""

RECORDS = {"pairing": "pairing", "projects": "project", "playbooks": "book", "points": "person"}
"""The view that shows one record of a room, for places that name nothing but the record."""

VIEWS = {
    ("pairing", "assign"): "mentor_app.ui.pairing.assign_view:AssignView",
    ("pairing", "pairings"): "mentor_app.ui.pairing.pairings_view:PairingsView",
    ("pairing", "pairing"): "mentor_app.ui.pairing.pairing_view:PairingView",
    ("pairing", "mentors"): "mentor_app.ui.pairing.mentors_view:MentorsView",
    ("pairing", "mentor"): "mentor_app.ui.pairing.mentor_view:MentorView",
    ("pairing", "projects"): "mentor_app.ui.projects.projects_view:ProjectsView",
    ("pairing", "project"): "mentor_app.ui.projects.project_view:ProjectView",
    ("playbooks", "search"): "mentor_app.ui.playbooks.search_view:SearchView",
    ("playbooks", "books"): "mentor_app.ui.playbooks.playbooks_view:PlaybooksView",
    ("playbooks", "kinds"): "mentor_app.ui.playbooks.kinds_view:KindsView",
    ("playbooks", "book"): "mentor_app.ui.playbooks.playbook_editor:PlaybookEditor",
    ("points", "mine"): "mentor_app.ui.points.account_view:AccountView",
    ("points", "person"): "mentor_app.ui.points.account_view:AccountView",
    ("points", "team"): "mentor_app.ui.points.team_view:TeamView",
    ("points", "ledger"): "mentor_app.ui.points.ledger_view:LedgerView",
    ("points", "redemptions"): "mentor_app.ui.points.redemptions_view:RedemptionsView",
    ("points", "rewards"): "mentor_app.ui.points.rewards_view:RewardsView",
    ("points", "rules"): "mentor_app.ui.points.rules_view:RulesView",
}
"""The views of pages with tabs, by the page and the view's key."""

DIALOGS = {
    ("home", "drafts"): "mentor_app.ui.home.drafts_dialog:open_drafts",
    ("home", "check"): "mentor_app.ui.home.check_dialog:open_check",
    ("logbook", "log"): "mentor_app.ui.logbook.log_dialog:open_log",
    ("logbook", "plan"): "mentor_app.ui.logbook.log_dialog:open_log",
    ("logbook", "change"): "mentor_app.ui.logbook.log_dialog:open_change",
    ("logbook", "correct"): "mentor_app.ui.logbook.log_dialog:open_correction",
    ("logbook", "score"): "mentor_app.ui.logbook.score_dialog:open_score",
    ("camp", "enrol"): "mentor_app.ui.camp.dialogs:open_enrol",
    ("camp", "decide"): "mentor_app.ui.camp.dialogs:open_decision",
    ("camp", "leave"): "mentor_app.ui.camp.dialogs:open_leave",
    ("camp", "move"): "mentor_app.ui.camp.dialogs:open_move",
    ("camp", "programme"): "mentor_app.ui.camp.programme_dialog:open_programme",
    ("projects", "new"): "mentor_app.ui.projects.dialogs:open_project",
    ("projects", "change"): "mentor_app.ui.projects.dialogs:open_project",
    ("projects", "cycle"): "mentor_app.ui.projects.dialogs:open_cycle",
    ("projects", "close"): "mentor_app.ui.projects.dialogs:open_close",
    ("pairing", "weights"): "mentor_app.ui.pairing.dialogs:open_weights",
    ("pairing", "accept"): "mentor_app.ui.pairing.dialogs:open_accept",
    ("pairing", "capacity"): "mentor_app.ui.pairing.dialogs:open_capacity",
    ("pairing", "plan"): "mentor_app.ui.pairing.dialogs:open_plan",
    ("pairing", "goals"): "mentor_app.ui.pairing.dialogs:open_step",
    ("pairing", "roll_on"): "mentor_app.ui.pairing.dialogs:open_step",
    ("pairing", "reassign"): "mentor_app.ui.pairing.dialogs:open_step",
    ("pairing", "end"): "mentor_app.ui.pairing.dialogs:open_step",
    ("pairing", "complete"): "mentor_app.ui.pairing.dialogs:open_step",
    ("pairing", "review"): "mentor_app.ui.pairing.dialogs:open_step",
    ("playbooks", "begin"): "mentor_app.ui.playbooks.dialogs:open_begin",
    ("playbooks", "kind"): "mentor_app.ui.playbooks.dialogs:open_kind",
    ("playbooks", "changes"): "mentor_app.ui.playbooks.dialogs:open_review",
    ("playbooks", "withdraw"): "mentor_app.ui.playbooks.dialogs:open_review",
    ("playbooks", "compare"): "mentor_app.ui.playbooks.dialogs:open_compare",
    ("points", "refuse"): "mentor_app.ui.points.dialogs:open_refuse",
    ("points", "reward"): "mentor_app.ui.points.dialogs:open_reward",
    ("points", "rule"): "mentor_app.ui.points.dialogs:open_rule",
    ("people", "add"): "mentor_app.ui.people.person_dialog:open_person",
    ("people", "change"): "mentor_app.ui.people.person_dialog:open_person",
    ("people", "erase"): "mentor_app.ui.people.personal_dialogs:open_erase",
    ("people", "merge"): "mentor_app.ui.people.personal_dialogs:open_merge",
    ("people", "removed"): "mentor_app.ui.people.personal_dialogs:open_removed",
    ("people", "teams"): "mentor_app.ui.people.teams_dialog:open_teams",
    ("people", "unmatched"): "mentor_app.ui.people.unmatched_dialog:open_unmatched",
    ("store", "restore"): "mentor_app.ui.store.restore_dialog:open_restore",
    ("imports", "opportunities"): "mentor_app.ui.imports.wizard:open_wizard",
    ("imports", "people"): "mentor_app.ui.imports.wizard:open_wizard",
    ("imports", "activities"): "mentor_app.ui.imports.wizard:open_wizard",
    ("imports", "projects"): "mentor_app.ui.imports.wizard:open_wizard",
    ("imports", "pairings"): "mentor_app.ui.imports.wizard:open_wizard",
}
"""What opens as a dialog over whatever is shown, by room and what: the function that opens it."""


SAVED_BY = {
    ("logbook", "score"): "logbook.assess",
    ("camp", "enrol"): "camp.enrol",
    ("camp", "decide"): "camp.decide",
    ("camp", "leave"): "camp.save_leave",
    ("camp", "move"): "camp.move",
    ("camp", "programme"): "camp.save_draft",
    ("projects", "new"): "projects.save_project",
    ("projects", "change"): "projects.save_project",
    ("projects", "cycle"): "projects.save_cycle",
    ("projects", "close"): "projects.close_project",
    ("pairing", "accept"): "pairing.start_pairings",
    ("pairing", "capacity"): "pairing.set_capacity",
    ("pairing", "goals"): "pairing.set_goals",
    ("pairing", "roll_on"): "pairing.roll_on",
    ("pairing", "reassign"): "pairing.reassign",
    ("pairing", "end"): "pairing.end",
    ("pairing", "complete"): "pairing.complete",
    ("playbooks", "kind"): "playbooks.save_kind",
    ("playbooks", "changes"): "playbooks.ask_for_changes",
    ("playbooks", "withdraw"): "playbooks.withdraw_approval",
    ("points", "refuse"): "points.decide",
    ("points", "reward"): "points.save_reward",
    ("points", "rule"): "points.save_rule",
    ("people", "erase"): "people.erase",
    ("people", "merge"): "people.merge",
    ("imports", "projects"): "projects.import",
    ("imports", "pairings"): "pairing.import",
}
"""The action that saves a dialog, where it takes a role: whoever may not do it is not asked to fill anything in."""

WORTH_READING = frozenset(
    {
        ("camp", "leave"),
        ("camp", "programme"),
        ("projects", "change"),
        ("projects", "cycle"),
        ("pairing", "capacity"),
        ("pairing", "goals"),
        ("playbooks", "kind"),
        ("points", "reward"),
    }
)
"""Those dialogs that show a record: whoever may not change it reads it there, with the reason. The others don't open."""


NOT_TYPED_BEFORE = frozenset({("people", "erase")})
"""Those dialogs for which nothing is typed before they are open: what they are told is kept nowhere, not as a draft either."""


def takes_typing(place: Place) -> bool:
    """Whether what is typed before the dialog at a place is open goes into it."""
    return (place.room, place.what) not in NOT_TYPED_BEFORE


def to_read(place: Place) -> bool:
    """Whether there is something to read in the dialog at a place for somebody who may not save it."""
    key = (place.room, place.what)
    return key in WORTH_READING and (place.id is not None or key == ("camp", "programme"))


def dialog(place: Place) -> Opener | None:
    """What opens ``place`` as a dialog; None: it is shown on its page."""
    where = DIALOGS.get((place.room, place.what))
    return None if where is None else cast("Opener", load(where))


def load(where: str) -> object:
    """What a page, view or dialog is called by (``module:name``), imported now."""
    module, name = where.split(":")
    return getattr(import_module(module), name)
