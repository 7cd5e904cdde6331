"""What must hold after something was taken back, and what is computed anew: asked of each capability, by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from mentor_app.core.camp import actions as camp
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.pipeline import digest
from mentor_app.core.pipeline.tables import owner_digest
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.points import actions as points
from mentor_app.core.points.rules import SPENT
from mentor_app.core.projects import actions as projects
from mentor_app.core.store import Session

KEEPERS: Mapping[frozenset[str], Callable[[Session], None]] = {
    frozenset({"person", "person_role"}): people.keep_rules,
    frozenset({"pairing"}): pairing.keep_rules,
    frozenset({"project"}): projects.keep_rules,
    frozenset({"enrolment", "leave", "programme_version"}): camp.keep_rules,
    frozenset({"playbook", "playbook_part"}): playbooks.keep_rules,
    frozenset({"redemption"}): points.keep_rules,
}
"""Tables → what raises UserError (or StandsInTheWay) where their rows, as they are now, break a rule."""


def _digests(session: Session) -> None:
    digest.rebuild(session.connection)
    session.touch(owner_digest)


DERIVED: Mapping[str, Callable[[Session], None]] = {"opportunity": _digests}
"""Table → what computes anew what is derived from it and stands in no history."""


RESTING: Mapping[str, Callable[[Connection, Mapping[str, Any]], tuple[str, list[int]]]] = {
    "point_rule": lambda connection, step: ("point_entry", points.earned_since(connection, step)),
}
"""Table → what rests on a change of one of its rows (a row of the history) without having written that row: (table, ids)."""

GOES_ON: Mapping[str, Callable[[Session, Sequence[Mapping[str, Any]]], bool]] = {"point_rule": points.go_on_as_before}
"""Table → what takes back a row it made where that must stay, for what is kept for good speaks of it. Whether it did so;
asked with all changes of the doing."""


def follows(table: str, values: object) -> bool:
    """Whether a row was written by what follows from actions, and so follows again: awards and their reversals."""
    return table == "point_entry" and isinstance(values, dict) and values.get("event") != SPENT
