"""What belongs to a role: checked in core, whatever the screen offers.

On a local file roles guide the work, they are no lock: whoever sits at the computer chooses who they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.rules import ROLES
from mentor_app.core.people.tables import person, person_role
from mentor_app.core.store import Actor, Session
from mentor_app.core.text import text


def guide(session: Session, actor: Actor, roles: Sequence[str]) -> None:
    """Like ``need`` for whoever has been chosen; a computer's user nobody has been chosen for is not kept out."""
    if actor.person_id is not None:
        need(session, actor, roles)


def need(session: Session, actor: Actor, roles: Sequence[str]) -> int:
    """The acting person's id, if they carry one of ``roles`` (the first is the usual one) and are still with the company; else UserError."""
    if actor.person_id is None:
        raise UserError("Choose first who is working here: this is recorded under a person's name.")
    held = set(
        session.connection.execute(
            select(person_role.c.role).where(person_role.c.person_id == actor.person_id)
        ).scalars()
    )
    if not held & set(roles):
        name = ROLES[roles[0]]
        raise UserError("{name} can't do this: it takes the role {role}.", name=actor.name, role=text(name))
    left_on = session.connection.execute(select(person.c.left_on).where(person.c.id == actor.person_id)).scalar_one()
    if left_on is not None and left_on < session.now.date():
        raise UserError("{name} has left the company on {date}.", name=actor.name, date=left_on)
    return actor.person_id
