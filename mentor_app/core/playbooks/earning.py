"""What earns points with playbooks: one that was approved."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from mentor_app.core.playbooks.rules import PlaybookDecision
from mentor_app.core.playbooks.tables import playbook, playbook_review, playbook_version
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.rules import Cause, PointEvent
from mentor_app.core.store import Session


def _touched(session: Session) -> set[int]:
    """The playbooks reviewed."""
    versions = {row.after["version_id"] for row in session.changed(playbook_review) if row.after}
    if not versions:
        return set()
    c = playbook_version.c
    return set(session.connection.execute(select(c.playbook_id).where(c.id.in_(versions))).scalars())


def _keys(connection: Connection, playbooks: Collection[int]) -> list[str]:
    return [f"playbook:{row_id}" for row_id in playbooks]


def _causes(connection: Connection, ids: Collection[int] | None) -> list[Cause]:
    """Playbooks approved, by the day of their first approval, for the owner; not where the approval was taken back."""
    r, v, b = playbook_review.c, playbook_version.c, playbook.c
    statement = (
        select(b.id, b.owner_id, b.title, r.decision, r.at)
        .join(playbook_version, v.playbook_id == b.id)
        .join(playbook_review, r.version_id == v.id)
        .where(r.decision.in_((PlaybookDecision.APPROVED, PlaybookDecision.TAKEN_BACK)))
        .order_by(r.id)
    )
    if ids is not None:
        statement = statement.where(b.id.in_(list(ids)))
    first: dict[int, Cause] = {}
    last: dict[int, str] = {}
    for row in connection.execute(statement):
        last[row.id] = row.decision
        if row.decision == PlaybookDecision.APPROVED:
            first.setdefault(
                row.id,
                Cause(
                    key=f"playbook:{row.id}",
                    event=PointEvent.PLAYBOOK,
                    person_id=row.owner_id,
                    occurred_on=row.at.date(),
                    note=row.title,
                ),
            )
    return [cause for playbook_id, cause in first.items() if last[playbook_id] == PlaybookDecision.APPROVED]


PLAYBOOKS = Earning(name="playbooks", watches=(playbook_review,), touched=_touched, keys=_keys, causes=_causes)
