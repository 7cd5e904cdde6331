"""Records of people made by mistake, and two of one person."""

from __future__ import annotations

from sqlalchemy import select

from mentor_app.core.errors import ChangedMeanwhile, UserError
from mentor_app.core.pairing.tables import mentor_capacity
from mentor_app.core.people.access import require_role
from mentor_app.core.people.tables import crm_name, person, person_role
from mentor_app.core.personal.queries import uses
from mentor_app.core.personal.rules import listed
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action
from mentor_app.core.text import N_


@action("people.remove_person", title=N_("Person removed"), undo=INVERSE)
def remove_person(session: Session, actor: Actor, person_id: int, version: int | None = None) -> str:
    """Remove somebody who was entered by mistake, with roles, CRM names and capacity; returns the name.

    UserError, which says by what, where the record is used.
    """
    require_role(session, actor, "people.remove_person")
    row = session.row(person, person_id)
    if version is not None and row["version"] != version:
        raise ChangedMeanwhile
    held = uses(session.connection, person_id)
    if held:
        raise UserError(
            "{name} can't be removed, for the record is used. {uses}. Merge it with another record, or erase what is personal.",
            name=row["name"],
            uses=listed(held),
        )
    for part in (person_role, crm_name, mentor_capacity):
        for part_id in session.connection.execute(select(part.c.id).where(part.c.person_id == person_id)).scalars():
            session.delete(part, part_id)
    session.delete(person, person_id)
    return str(row["name"])
