"""What the history says was done, asked the rules of the day it was done: by somebody who might, to what might be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mentor_app.core.check.past import Past, Step
from mentor_app.core.check.problem import Problem, wrong
from mentor_app.core.logbook.kinds import ActivityState, ReviewDecision
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.roles import permitted
from mentor_app.core.playbooks.rules import PlaybookDecision
from mentor_app.core.points.rules import RedemptionState
from mentor_app.core.store.history import Operation
from mentor_app.core.store.schema import Instant, metadata

_WORDS = frozenset(Details.__dataclass_fields__) | {"person_id"}
"""What of an activity stands for good once it is signed off."""
_ROOMS = {
    "review": "logbook.",
    "assessment": "logbook.",
    "gate_decision": "camp.",
    "pairing_review": "pairing.",
    "playbook_version": "playbooks.",
    "playbook_review": "playbooks.",
}
"""Tables whose rows are signed with ``by_id``, and what the actions that write them are called."""
_STAGED = "sample."
"""The sample team is put in at once, as if it had worked for a year."""
_MERGED = "people.merge"
"""Two records of one person become one: what belonged to the one belongs to the other, signed off or not."""
_REVIEWS = {
    ReviewDecision.SIGNED_OFF: "logbook.sign_off",
    ReviewDecision.RETURNED: "logbook.send_back",
    ReviewDecision.TAKEN_BACK: "logbook.take_back_review",
}
_PLAYBOOK_REVIEWS = {
    PlaybookDecision.APPROVED: "playbooks.approve",
    PlaybookDecision.CHANGES: "playbooks.ask_for_changes",
    PlaybookDecision.TAKEN_BACK: "playbooks.withdraw_approval",
    PlaybookDecision.COMMENT: "playbooks.approve",
}
_ENDED = frozenset({RedemptionState.APPROVED, RedemptionState.REFUSED})


class Acts:
    """Watches the history go by, and knows at each step who carries which roles."""

    def __init__(self) -> None:
        self._roles: dict[int, dict[int, str]] = {}  # of a person: the row of each role, and the role
        self._owner: dict[int, int] = {}
        self.places: dict[int, int] = {}
        """The most apprentices each mentor was ever given places for."""

    def done(self, step: Step, past: Past) -> Iterator[Problem]:
        """What is wrong with one step, before ``past`` takes it."""
        if step.table == "person_role":
            self._learn(step)
        elif step.table == "mentor_capacity" and step.row is not None:
            who, places = (
                step.after.get(name, past.value("mentor_capacity", step.row, name))
                for name in ("person_id", "capacity")
            )
            self.places[who] = max(self.places.get(who, 0), places or 0)
        elif step.operation == Operation.INSERT:
            yield from self._written(step, past)
        elif step.operation == Operation.UPDATE:
            yield from self._changed(step, past)

    def _learn(self, step: Step) -> None:
        values = step.after if step.operation == Operation.INSERT else step.before
        if step.row is None or not isinstance(values, dict):
            return
        if step.operation == Operation.INSERT:
            self._owner[step.row] = values.get("person_id", 0)
            self._roles.setdefault(self._owner[step.row], {})[step.row] = values.get("role", "")
            return
        role = self._roles.get(self._owner.get(step.row, 0), {}).pop(step.row, None)
        if step.operation == Operation.UPDATE and role is not None:  # two records of one person became one
            self._owner[step.row] = step.after.get("person_id", self._owner[step.row])
            self._roles.setdefault(self._owner[step.row], {})[step.row] = role

    def _may(self, person_id: Any, name: str) -> bool:
        return permitted(set(self._roles.get(person_id, {}).values()), name)

    def _written(self, step: Step, past: Past) -> Iterator[Problem]:
        """A row that is signed: by who acted, at that instant, in a role that may."""
        table, values = metadata.tables[step.table], step.after
        at = values.get("at") if "at" in table.c and isinstance(table.c.at.type, Instant) else None
        staged = step.of.action.startswith(_STAGED)
        if at is not None and step.of.at is not None and at != step.of.at and not staged:
            yield _forged(step, "Row {row} of {table} is dated otherwise than the change that made it.")
        by = values.get("by_id")
        room = _ROOMS.get(step.table)
        if room is None or by is None:
            return
        if step.of.action.startswith((room, "history.")) and step.of.actor_id is not None and by != step.of.actor_id:
            yield _forged(step, "Row {row} of {table} is signed by another person than the one who acted.")
        name = _permission(step.table, values)
        if name is not None and not self._may(by, name):
            yield _forged(step, "Row {row} of {table} is signed by somebody who had no role to do so.")
        if step.table == "review":
            state = past.value("activity", values.get("activity_id", 0), "state")
            wanted = {
                ReviewDecision.SIGNED_OFF: ActivityState.SIGNED_OFF,
                ReviewDecision.RETURNED: ActivityState.RETURNED,
                ReviewDecision.TAKEN_BACK: ActivityState.SUBMITTED,
            }
            if state is not None and state != wanted.get(values.get("decision")):
                yield _forged(step, "Row {row} of {table} reviews what did not wait for a review.")

    def _changed(self, step: Step, past: Past) -> Iterator[Problem]:
        if step.row is None:
            return
        if step.table == "activity":
            stood = past.value("activity", step.row, "state")
            handed_over = step.of.action == _MERGED and step.after.keys() <= {"person_id", "host_id"}
            if stood == ActivityState.SIGNED_OFF and _WORDS & step.after.keys() and not handed_over:
                yield _forged(step, "Row {row} of {table} was changed after it was signed off.")
        if step.table == "redemption" and step.after.get("state") in _ENDED:
            by = step.after.get("decided_by_id", past.value("redemption", step.row, "decided_by_id"))
            if not self._may(by, "points.decide"):
                yield _forged(step, "Row {row} of {table} was decided by somebody who had no role to do so.")
        if step.table == "programme_version" and past.value("programme_version", step.row, "published_at") is not None:
            yield _forged(step, "Row {row} of {table} was changed after it was published.")


def _permission(table: str, values: Mapping[str, Any]) -> str | None:
    if table == "assessment":
        return "logbook.assess"
    if table == "gate_decision":
        return "camp.decide"
    decided = values.get("decision", "")
    if table == "playbook_review":
        return _PLAYBOOK_REVIEWS.get(decided)
    return _REVIEWS.get(decided) if table == "review" else None


def _forged(step: Step, what: str) -> Problem:
    return wrong("act_not_allowed", what, step.table, step.row)
