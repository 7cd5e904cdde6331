"""Asking, before an action goes on, whether the acting person may: the roles they carry against the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.people.roles import ACCESS, Needs, Role, permitted, roles_for
from mentor_app.core.people.rules import ROLES
from mentor_app.core.people.tables import person, person_role
from mentor_app.core.store import Actor, Session
from mentor_app.core.text import Text, text


def roles_of(connection: Connection, person_id: int) -> frozenset[Role]:
    """The roles somebody carries."""
    c = person_role.c
    return frozenset(map(Role, connection.execute(select(c.role).where(c.person_id == person_id)).scalars()))


def roles_refusal(connection: Connection, actor: Actor) -> Text | None:
    """Why somebody gives nobody a role, nor takes one away; None where they may, as everybody may while nobody has a role
    that gives others."""
    if actor.person_id is None or permitted(roles_of(connection, actor.person_id), "people.give_roles"):
        return None
    c = person_role.c
    if connection.execute(select(c.id).where(c.role.in_(roles_for("people.give_roles"))).limit(1)).first() is None:
        return None
    return text("Roles are given by trainers and team leads; {name} is neither.", name=actor.name)


def require_role(session: Session, actor: Actor, name: str) -> None:
    """UserError where the actor may not do what is called ``name`` (an action or permission), or has left the company."""
    access = ACCESS[name]
    if isinstance(access, Needs) and (access.named or actor.person_id is not None):
        _check(session, actor, name, access)


def require_person(session: Session, actor: Actor, name: str) -> int:
    """Like ``require_role`` for what is recorded under a person's name, whose id it returns."""
    access = ACCESS[name]
    if not isinstance(access, Needs) or not access.named:
        raise ValueError(f"{name} is not recorded under a person's name")
    return _check(session, actor, name, access)


def _check(session: Session, actor: Actor, name: str, access: Needs) -> int:
    roles, left_on = None, None
    if actor.person_id is not None:
        roles = roles_of(session.connection, actor.person_id)
        left_on = session.connection.execute(
            select(person.c.left_on).where(person.c.id == actor.person_id)
        ).scalar_one()
    why = refusal(name, actor.name, roles, left_on, session.now.date())
    if why is not None:
        raise UserError(why)
    if actor.person_id is None:
        raise ValueError(f"{name} can be done by nobody in particular")
    return actor.person_id


def refusal(name: str, who: str, roles: Collection[str] | None, left_on: dt.date | None, today: dt.date) -> Text | None:
    """Why somebody may not do what is called ``name``; None where they may. ``roles`` None: nobody was chosen."""
    access = ACCESS[name]
    if not isinstance(access, Needs):
        return None
    if roles is None:
        if not access.named:
            return None
        return text("Choose first who is working here: this is recorded under a person's name.")
    if not permitted(roles, name):
        return text("{name} can't do this: it takes the role {role}.", name=who, role=said_roles(access.roles))
    if left_on is not None and left_on < today:
        return text("{name} has left the company on {date}.", name=who, date=left_on)
    return None


def said_roles(roles: Sequence[Role]) -> Text:
    """Roles of which one is enough, in words."""
    first = text(ROLES[roles[0]])
    return first if len(roles) == 1 else text("{one} or {other}", one=first, other=said_roles(roles[1:]))
