"""What must hold after something was taken back, and what is computed anew: asked of each capability, by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    frozenset({"redemption", "point_rule"}): points.keep_rules,
}
"""Tables → what raises UserError (or StandsInTheWay) where their rows, as they are now, break a rule."""


def _digests(session: Session) -> None:
    digest.rebuild(session.connection)
    session.touch(owner_digest)


DERIVED: Mapping[str, Callable[[Session], None]] = {"opportunity": _digests}
"""Table → what computes anew what is derived from it and stands in no history."""


def follows(table: str, values: object) -> bool:
    """Whether a row was written by what follows from actions, and so follows again: awards and their reversals."""
    return table == "point_entry" and isinstance(values, dict) and values.get("event") != SPENT
