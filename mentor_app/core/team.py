"""Where the team is put together: what follows from actions, every capability's actions, and the history's words for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from mentor_app.core.store import Store, open_store
from mentor_app.core.store.action import Action, known_as, never, registered
from mentor_app.core.store.followers import Follow, Follower
from mentor_app.core.text import N_

ACTIONS = (
    "mentor_app.core.people.actions",
    "mentor_app.core.people.listed",
    "mentor_app.core.pipeline.actions",
    "mentor_app.core.logbook.actions",
    "mentor_app.core.camp.actions",
    "mentor_app.core.projects.actions",
    "mentor_app.core.pairing.actions",
    "mentor_app.core.points.actions",
    "mentor_app.core.points.award",
    "mentor_app.core.playbooks.actions",
    "mentor_app.core.playbooks.reviewing",
    "mentor_app.core.personal.actions",
    "mentor_app.core.personal.merging",
    "mentor_app.core.sample.company",
    "mentor_app.core.history.undo",
    "mentor_app.core.store.restore",
)
"""The modules that register actions; imported when somebody asks for all of them, not at the start."""
UNKNOWN = N_("Something was changed")
"""What an action is called that this version knows nothing of, such as a newer version's."""


def _obligations() -> Follow:
    from mentor_app.core.playbooks.obligations import follow

    return follow


def _points() -> Follow:
    from mentor_app.core.points.award import follow

    return follow


FOLLOWERS = (
    Follower(
        name="obligations",
        watches=frozenset({"pairing", "pairing_project", "project_phase", "project"}),
        load=_obligations,
    ),
    Follower(
        name="points",
        watches=frozenset(
            {"activity", "review", "gate_decision", "pairing", "playbook_review", "opportunity", "crm_name", "person"}
        ),
        load=_points,
    ),
)
"""What follows from actions, in this order: playbooks owed for a pairing, mentoring points."""


def open_team(location: str | os.PathLike[str] | None = None, create: bool = True, anew: bool = False) -> Store:
    """Open the store at a path or address (see ``open_store``) with everything that follows from actions in it."""
    return open_store(location, FOLLOWERS, create, anew)


@cache
def _load_actions() -> None:
    for module in ACTIONS:
        import_module(module)


def actions_by_name() -> Mapping[str, Action]:
    """Every action there is, by its name."""
    _load_actions()
    return registered()


def action_called(name: str) -> Action:
    """The action of a change set, under its present or a former name; one that stays as it is, where it is unknown."""
    _load_actions()
    return known_as(name) or Action(
        name=name, title=UNKNOWN, undo=never(N_("This version of the app does not know it."))
    )


def title_of(name: str) -> str:
    """What the action of a change set, under its present or a former name, is called in words: a message key."""
    return action_called(name).title
