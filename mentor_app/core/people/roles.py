"""Roles, and which of them may do what: one table, asked by core before it acts and by the window before it offers.

On a local file roles guide the work, they are no lock: whoever sits at the computer chooses who they are. So a computer's
user nobody was chosen for is let through, except where something is recorded under a person's name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Role(StrEnum):
    """What somebody is in the team; as stored. One person may be several."""

    TEAM_LEAD = "team_lead"
    NEW_HIRE = "new_hire"
    MENTOR = "mentor"
    TRAINER = "trainer"


@dataclass(frozen=True)
class Needs:
    """Takes one of these roles, of which the first is the usual one. ``named``: it is recorded under a person's name."""

    roles: tuple[Role, ...]
    named: bool = False


@dataclass(frozen=True)
class Open:
    """Whatever the role; ``why`` says what stands in its place."""

    why: str


Access: TypeAlias = Needs | Open

_TRAINS = (Role.TRAINER,)
_RUNS_THE_CAMP = (Role.TRAINER, Role.TEAM_LEAD)
_PAIRS = (Role.TEAM_LEAD, Role.TRAINER)
_GUIDES = (Role.TEAM_LEAD, Role.TRAINER, Role.MENTOR)
_SIGNS = (Role.MENTOR, Role.TRAINER, Role.TEAM_LEAD)
_MASTER_DATA = Open("Whoever sets the team up enters its people, teams and deals, before anybody has a role.")
_OWN_ACTIVITY = Open("One's own activities; anybody else's with logbook.for_others.")
_OWN_PLAYBOOK = Open("Its owner writes a playbook, whatever their role.")

ACCESS: Mapping[str, Access] = {
    "people.add_person": _MASTER_DATA,
    "people.edit_person": _MASTER_DATA,
    "people.confirm_hire_date": _MASTER_DATA,
    "people.confirm_hire_dates": _MASTER_DATA,
    "people.assign_crm_name": _MASTER_DATA,
    "people.assign_crm_names": _MASTER_DATA,
    "people.save_region": _MASTER_DATA,
    "people.save_team": _MASTER_DATA,
    "people.give_roles": Needs(_RUNS_THE_CAMP),
    "people.import": _MASTER_DATA,
    "people.remove_person": _MASTER_DATA,
    "people.erase": Needs(_RUNS_THE_CAMP),
    "people.merge": Needs(_RUNS_THE_CAMP),
    "people.read_kept": Needs(_RUNS_THE_CAMP),
    "pipeline.import": _MASTER_DATA,
    "pipeline.remember_mapping": _MASTER_DATA,
    "store.restore": Open("Who can reach the store's file can put any other in its place; what was there is kept."),
    "sample.fill": Open("Only an empty store, where nobody has a role yet, is filled."),
    "camp.save_draft": Needs(_TRAINS),
    "camp.discard_draft": Needs(_TRAINS),
    "camp.publish": Needs(_TRAINS),
    "camp.move": Needs(_TRAINS),
    "camp.enrol": Needs(_RUNS_THE_CAMP),
    "camp.save_leave": Needs(_RUNS_THE_CAMP),
    "camp.remove_leave": Needs(_RUNS_THE_CAMP),
    "camp.decide": Needs(_RUNS_THE_CAMP, named=True),
    "camp.take_back_decision": Needs(_RUNS_THE_CAMP, named=True),
    "logbook.save_activity": _OWN_ACTIVITY,
    "logbook.hand_in": _OWN_ACTIVITY,
    "logbook.submit": _OWN_ACTIVITY,
    "logbook.take_back": _OWN_ACTIVITY,
    "logbook.correct": _OWN_ACTIVITY,
    "logbook.withdraw": Open(
        "One's own; others' with logbook.for_others, signed-off ones with logbook.withdraw_signed."
    ),
    "logbook.restore": Open(
        "One's own; others' with logbook.for_others, signed-off ones with logbook.withdraw_signed."
    ),
    "logbook.import": _OWN_ACTIVITY,
    "logbook.for_others": Needs(_SIGNS),
    "logbook.host": Needs(_SIGNS),
    "logbook.withdraw_signed": Needs(_SIGNS, named=True),
    "logbook.sign_off": Needs(_SIGNS, named=True),
    "logbook.send_back": Needs(_SIGNS, named=True),
    "logbook.take_back_review": Needs(_SIGNS, named=True),
    "logbook.review_again": Needs(_SIGNS, named=True),
    "logbook.assess": Needs(_SIGNS, named=True),
    "projects.save_project": Needs(_PAIRS),
    "projects.import": Needs(_PAIRS),
    "projects.save_cycle": Needs(_GUIDES),
    "projects.close_project": Needs(_GUIDES),
    "pairing.set_capacity": Needs(_PAIRS),
    "pairing.pair": Needs(_PAIRS),
    "pairing.start_pairings": Needs(_PAIRS),
    "pairing.reassign": Needs(_PAIRS),
    "pairing.end": Needs(_PAIRS),
    "pairing.import": Needs(_PAIRS),
    "pairing.roll_on": Needs(_GUIDES),
    "pairing.complete": Needs(_GUIDES),
    "pairing.set_goals": Needs(_GUIDES),
    "pairing.read_reviews": Needs((Role.TEAM_LEAD,), named=True),
    "pairing.review_pairing": Open("The two of the pairing write it, and nobody else."),
    "points.save_rule": Needs(_RUNS_THE_CAMP),
    "points.end_rule": Needs(_RUNS_THE_CAMP),
    "points.settle_all": Needs(_RUNS_THE_CAMP),
    "points.save_reward": Needs(_RUNS_THE_CAMP),
    "points.decide": Needs(_RUNS_THE_CAMP, named=True),
    "points.take_back_decision": Needs(_RUNS_THE_CAMP, named=True),
    "points.fulfil": Needs(_RUNS_THE_CAMP, named=True),
    "points.request": Open("Whoever has the points asks for a reward."),
    "points.withdraw": Open("Who asked takes the request back."),
    "playbooks.save_kind": Needs(_TRAINS),
    "playbooks.begin": Open("One's own; for somebody else with playbooks.for_others."),
    "playbooks.for_others": Needs(_RUNS_THE_CAMP),
    "playbooks.save_part": _OWN_PLAYBOOK,
    "playbooks.save_parts": _OWN_PLAYBOOK,
    "playbooks.remove_part": _OWN_PLAYBOOK,
    "playbooks.move_part": _OWN_PLAYBOOK,
    "playbooks.submit": _OWN_PLAYBOOK,
    "playbooks.take_back": _OWN_PLAYBOOK,
    "playbooks.attach": _OWN_PLAYBOOK,
    "playbooks.detach": _OWN_PLAYBOOK,
    "playbooks.ask_for_changes": Needs(_RUNS_THE_CAMP, named=True),
    "playbooks.approve": Needs(_RUNS_THE_CAMP, named=True),
    "playbooks.withdraw_approval": Needs(_RUNS_THE_CAMP, named=True),
    "playbooks.take_back_review": Needs(_RUNS_THE_CAMP, named=True),
    "playbooks.review_again": Needs(_RUNS_THE_CAMP, named=True),
    "playbooks.rate": Open("Every reader says whether an answer helped."),
    "home.overview": Needs(_RUNS_THE_CAMP),
    "history.undo": Open("What one did oneself; anybody else's doings with history.undo_others."),
    "history.redo": Open("What one took back oneself."),
    "history.undo_others": Needs(_RUNS_THE_CAMP),
}
"""By the name of an action, or of a permission that several share: which roles may do it, or why everybody may."""


def roles_for(name: str) -> tuple[Role, ...]:
    """The roles that may do what is called ``name``; all of them where it is open. KeyError where nothing is called so."""
    access = ACCESS[name]
    return tuple(Role) if isinstance(access, Open) else access.roles


def permitted(roles: Collection[str] | None, name: str) -> bool:
    """Whether somebody with these roles may do what is called ``name``; None: nobody was chosen to be working here.

    KeyError where nothing is called so.
    """
    access = ACCESS[name]
    if isinstance(access, Open):
        return True
    if roles is None:
        return not access.named
    return not set(access.roles).isdisjoint(roles)
