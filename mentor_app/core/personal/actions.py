"""Erasing somebody's data on request, records of people made by mistake, and two of one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.pairing.tables import mentor_capacity
from mentor_app.core.people.access import require_role
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name, erasure, merger, person, person_role
from mentor_app.core.personal.erasing import erase_everywhere
from mentor_app.core.personal.queries import hindrance, uses
from mentor_app.core.personal.rules import listed
from mentor_app.core.personal.texts import Replacing, Theirs, theirs
from mentor_app.core.playbooks.tables import playbook_attachment
from mentor_app.core.points.ledger import Ledger
from mentor_app.core.points.tables import point_entry
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action, never
from mentor_app.core.store.protect import lifted
from mentor_app.core.text import N_


@dataclass(frozen=True, kw_only=True)
class Erased:
    """Whose data was erased; ``files`` are the hashes of attachments to be deleted beside the store, ``again``: there was
    nothing left to erase in the store. ``of`` is what was theirs, names included: to be forgotten, and shown nowhere."""

    person_id: int
    of: Theirs = field(repr=False)
    files: tuple[str, ...]
    again: bool


@action("people.remove_person", title=N_("Person removed"), undo=INVERSE)
def remove_person(session: Session, actor: Actor, person_id: int, version: int | None = None) -> str:
    """Remove somebody who was entered by mistake, with roles, CRM names and capacity; returns the name.

    UserError, which says by what, where the record is used.
    """
    require_role(session, actor, "people.remove_person")
    if person_id == actor.person_id:
        raise UserError(
            "Nobody removes the record under which they are working. Choose first who else is working here."
        )
    row = session.row(person, person_id)
    session.expect(person, person_id, version)
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


@action(
    "people.erase",
    title=N_("Personal data erased"),
    undo=never(N_("What was erased on request is gone for good, from the history too.")),
    beside="Whatever is written meanwhile is erased with the rest, and erased twice is erased once.",
)
def erase(
    session: Session,
    actor: Actor,
    person_id: int,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
    also: Sequence[str] = (),
) -> Erased:
    """Erase somebody's name and texts from all rows and from the history; the counts, points and dates stay.

    ``Store.scrub`` then takes the old words out of the file, and ``personal.beside`` what lies beside it. Somebody erased
    already is not written again; somebody removed is erased from the history. ``also`` are words that mean them, too: they go
    wherever they stand, and are kept nowhere. UserError while a pairing of theirs runs, or where such words mean somebody else.
    ``progress`` may raise to stop.
    """
    require_role(session, actor, "people.erase")
    connection = session.connection
    _check_own_record(session, person_id)
    why_not = hindrance(connection, person_id)
    if why_not is not None:
        raise UserError(why_not)
    of = theirs(connection, person_id, also)
    if actor.person_id is None and match_key(actor.name) in {match_key(name) for name in (*of.names, *of.also)}:
        raise UserError("Choose first who is working here: your own name would stand in the history again.")
    files = _files_off(session, of)
    was_erased = connection.execute(select(erasure.c.id).where(erasure.c.person_id == person_id)).first() is not None
    if was_erased and not of.names and not of.also:
        return Erased(person_id=person_id, of=of, files=files, again=True)
    erasure_id = session.insert(erasure, {"person_id": person_id, "at": session.now})
    with lifted(connection):
        entries = erase_everywhere(session, erasure_id, of, Replacing(person_id, of), progress)
        if entries:
            Ledger(session).vouch(_holder(session, person_id, entries), session.now.date(), sorted(entries))
    return Erased(person_id=person_id, of=of, files=files, again=False)


def _holder(session: Session, person_id: int, entries: list[int]) -> int:
    """Under whom the entry stands that vouches for these: the person, or, removed, whose the first of them is."""
    if session.connection.execute(select(person.c.id).where(person.c.id == person_id)).first():
        return person_id
    return int(session.row(point_entry, min(entries))["person_id"])


def _check_own_record(session: Session, person_id: int) -> None:
    into = session.connection.execute(select(merger.c.into_id).where(merger.c.person_id == person_id)).scalar()
    if into is not None:
        name = session.row(person, into)["name"]
        raise UserError("This record was merged with that of {name}: say that name.", name=name)


def files_of(connection: Connection, of: Theirs) -> tuple[str, ...]:
    """The hashes of somebody's attachments that nothing of others holds."""
    a, ids = playbook_attachment.c, of.rows["playbook_attachment"]
    rows = connection.execute(select(a.id, a.sha256)).all()
    return tuple(
        sorted({row.sha256 for row in rows if row.id in ids} - {row.sha256 for row in rows if row.id not in ids})
    )


def _files_off(session: Session, of: Theirs) -> tuple[str, ...]:
    """Take the files off their playbooks that nobody shares; returns the hashes of those nothing else holds."""
    for row in sorted(of.rows["playbook_attachment"] & _attached(session.connection)):
        session.update(playbook_attachment, row, {"removed": 1})
    return files_of(session.connection, of)


def _attached(connection: Connection) -> set[int]:
    return set(connection.execute(select(playbook_attachment.c.id)).scalars())
