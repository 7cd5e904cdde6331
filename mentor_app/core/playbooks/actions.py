"""Writing playbooks: obligations, parts saved as typed, files, handing in, what readers say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, func, select

from mentor_app.core.errors import Gone, StandsInTheWay, UserError
from mentor_app.core.people.access import require_role
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.rules import checked_name
from mentor_app.core.playbooks import rules
from mentor_app.core.playbooks.queries import approved_version, parts_of
from mentor_app.core.playbooks.rules import Form, Kind, Part, PlaybookState, read_kind, write_kind
from mentor_app.core.playbooks.tables import (
    playbook,
    playbook_answer,
    playbook_attachment,
    playbook_helpful,
    playbook_kind,
    playbook_part,
    playbook_version,
)
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action, counter, never
from mentor_app.core.store.attachments import Stored
from mentor_app.core.store.history import changed_meanwhile, row_of
from mentor_app.core.text import N_

EDITABLE = frozenset({PlaybookState.NOT_STARTED, PlaybookState.DRAFT, PlaybookState.CHANGES, PlaybookState.APPROVED})


@action("playbooks.save_kind", title=N_("Kind of playbook saved"), undo=INVERSE)
def save_kind(session: Session, actor: Actor, kind: Kind, version: int | None = None) -> int:
    """Add a kind of playbook or change the one with its key; playbooks already begun stay as they are. Returns its id.

    ``version``: of the kind that was read, 0 where there was none.
    """
    require_role(session, actor, "playbooks.save_kind")
    rules.check_kind(kind)
    key = checked_name(kind.key)[:40]
    c = playbook_kind.c
    kind_id = session.connection.execute(select(c.id).where(c.key == key)).scalar()
    session.expect(playbook_kind, kind_id, version)
    if kind_id is None:
        return session.insert(playbook_kind, {"key": key, "definition": write_kind(kind)})
    session.update(playbook_kind, kind_id, {"definition": write_kind(kind)})
    return int(kind_id)


@action("playbooks.begin", title=N_("Playbook begun"), undo=INVERSE, beside="It adds a playbook.")
def begin(
    session: Session,
    actor: Actor,
    kind_key: str,
    title: str,
    owner_id: int | None = None,
    due_on: dt.date | None = None,
    pairing_id: int | None = None,
) -> int:
    """A playbook to be written, with its kind's template. Returns its id."""
    owner = owner_id or actor.person_id
    if owner is None:
        raise UserError("Choose first who is working here: this is recorded under a person's name.")
    if owner != actor.person_id:
        require_role(session, actor, "playbooks.for_others")
    row = (
        session.connection.execute(select(playbook_kind).where(playbook_kind.c.key == kind_key))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UserError("{kind} is not a kind of playbook.", kind=kind_key)
    return new_playbook(session, read_kind(row["key"], row["definition"]), row["id"], title, owner, due_on, pairing_id)


def new_playbook(
    session: Session, kind: Kind, kind_id: int, title: str, owner: int, due_on: dt.date | None, pairing_id: int | None
) -> int:
    """A playbook not started yet, with its kind's template. Returns its id."""
    playbook_id = session.insert(
        playbook,
        {
            "kind_id": kind_id,
            "owner_id": owner,
            "pairing_id": pairing_id,
            "title": checked_name(title[:200]),
            "due_on": due_on,
            "state": PlaybookState.NOT_STARTED,
        },
    )
    for position, name in enumerate(kind.template if kind.form == Form.SECTIONS else ()):
        both = f"{name.zh_CN} {name.en}".strip() if name.zh_CN != name.en else name.en
        session.insert(playbook_part, {"playbook_id": playbook_id, "position": position, "title": both, "body": ""})
    return playbook_id


@action("playbooks.save_part", title=N_("Part of a playbook written"), undo=INVERSE, saves=True)
def save_part(
    session: Session,
    actor: Actor,
    playbook_id: int,
    part: Part,
    part_id: int | None = None,
    version: int | None = None,
    at: int | None = None,
    before: Part | None = None,
) -> int:
    """Write a section or entry, new ones at the end or as number ``at`` (from 0); returns its id. It may be unfinished.

    ``before``: what stood there when writing began; ChangedMeanwhile where something else stands there now.
    """
    _writable(session, actor, playbook_id)
    values = rules.clean(part)
    if part_id is None:
        c = playbook_part.c
        count = select(func.count(), func.coalesce(func.max(c.position), -1)).where(c.playbook_id == playbook_id)
        held, last = session.connection.execute(count).one()
        if held >= rules.MAX_PARTS:
            raise UserError("A playbook has at most {n} parts.", n=rules.MAX_PARTS)
        part_id = session.insert(playbook_part, {"playbook_id": playbook_id, "position": last + 1, **values})
        if at is not None and 0 <= at < held:
            ids = [one for one in _part_ids(session, playbook_id) if one != part_id]
            for position, row_id in enumerate([*ids[:at], part_id, *ids[at:]]):
                session.update(playbook_part, row_id, {"position": position})
    else:
        row = session.row(playbook_part, part_id)
        if row["playbook_id"] != playbook_id:
            raise Gone
        now = {name: row[name] for name in values}
        if before is not None and now not in (rules.clean(before), values):
            raise changed_meanwhile(session.connection, playbook_part, part_id)
        session.update(playbook_part, part_id, values, version)
    _begun(session, playbook_id)
    return part_id


@action("playbooks.save_parts", title=N_("Parts of a playbook read from a file"), undo=INVERSE)
def save_parts(
    session: Session,
    actor: Actor,
    playbook_id: int,
    parts: Sequence[Part],
    replace: bool = False,
    version: int | None = None,
) -> int:
    """Add many parts at once (from a file), or put them in the place of all there are. Returns how many.

    ``version``: of the playbook that was read, with its parts.
    """
    _writable(session, actor, playbook_id)
    session.expect(playbook, playbook_id, version)
    if replace:
        for row_id in _part_ids(session, playbook_id):
            session.delete(playbook_part, row_id)
    for part in parts:
        save_part(session, actor, playbook_id, part)
    return len(parts)


@action("playbooks.remove_part", title=N_("Part of a playbook removed"), undo=INVERSE)
def remove_part(session: Session, actor: Actor, playbook_id: int, part_id: int, before: Part | None = None) -> None:
    """Take a part out; versions handed in keep it. ``before``: what it said; ChangedMeanwhile where it says another thing."""
    _writable(session, actor, playbook_id)
    if part_id in _part_ids(session, playbook_id):
        if before is not None:
            row, known = session.row(playbook_part, part_id), rules.clean(before)
            if {name: row[name] for name in known} != known:
                raise changed_meanwhile(session.connection, playbook_part, part_id)
        session.delete(playbook_part, part_id)
        _begun(session, playbook_id)


@action(
    "playbooks.move_part",
    title=N_("Parts of a playbook reordered"),
    undo=INVERSE,
    beside="It moves a part from where it stands by then, by one place.",
)
def move_part(session: Session, actor: Actor, playbook_id: int, part_id: int, by: int) -> None:
    """Move a part up (-1) or down (1)."""
    _writable(session, actor, playbook_id)
    ids = _part_ids(session, playbook_id)
    at = ids.index(part_id) if part_id in ids else -1
    if at < 0 or not 0 <= at + by < len(ids):
        return
    ids[at], ids[at + by] = ids[at + by], ids[at]
    for position, row_id in enumerate(ids):
        session.update(playbook_part, row_id, {"position": position})
    _begun(session, playbook_id)


@action("playbooks.submit", title=N_("Playbook handed in"), undo=counter("playbooks.take_back", "playbook", one=True))
def submit(session: Session, actor: Actor, playbook_id: int) -> int:
    """Hand the playbook in as its next version, which never changes. Returns the version's id."""
    row = _writable(session, actor, playbook_id)
    if row["state"] not in EDITABLE or row["state"] == PlaybookState.NOT_STARTED:
        raise UserError("Nothing has been written yet.")
    kind_row = session.row(playbook_kind, row["kind_id"])
    parts = parts_of(session.connection, playbook_id)
    rules.check_complete(read_kind(kind_row["key"], kind_row["definition"]), parts)
    written = [part for part in parts if part.body.strip()]
    c = playbook_version.c
    stored = rules.content(row["title"], written)
    last = session.connection.execute(
        select(c.number, c.content).where(c.playbook_id == playbook_id).order_by(c.number.desc()).limit(1)
    ).one_or_none()
    if row["state"] == PlaybookState.APPROVED and last is not None and last.content == stored:
        raise UserError("Nothing has changed since the last version.")
    version_id = session.insert(
        playbook_version,
        {
            "playbook_id": playbook_id,
            "number": (last.number if last else 0) + 1,
            "content": stored,
            "at": session.now,
            "by_id": actor.person_id or row["owner_id"],
        },
    )
    session.update(playbook, playbook_id, {"state": PlaybookState.IN_REVIEW})
    return version_id


@action("playbooks.take_back", title=N_("Playbook taken back"), undo=never(N_("The playbook can be handed in again.")))
def take_back(session: Session, actor: Actor, playbook_id: int) -> None:
    """Take a playbook back to write on, while nobody has decided."""
    row = owned(session.connection, actor, playbook_id)
    if row["state"] != PlaybookState.IN_REVIEW:
        raise StandsInTheWay([(playbook.name, playbook_id)], N_("Only what is in review can be taken back."))
    session.update(playbook, playbook_id, {"state": PlaybookState.DRAFT})


@action("playbooks.rate", title=N_("Answer rated"), undo=INVERSE, beside="Each reader's own word.")
def rate(session: Session, actor: Actor, answer_id: int, helpful: bool) -> None:
    """Say whether an answer helped; one's last word counts, and its author sees it."""
    if actor.person_id is None:
        raise UserError("Choose first who is working here: this is recorded under a person's name.")
    row = session.connection.execute(
        select(playbook_answer.c.playbook_id, playbook_answer.c.title).where(playbook_answer.c.id == answer_id)
    ).one_or_none()
    if row is None:
        raise Gone
    c = playbook_helpful.c
    held = session.connection.execute(
        select(c.id).where(c.playbook_id == row.playbook_id, c.question == row.title, c.by_id == actor.person_id)
    ).scalar()
    if held is None:
        values = {
            "playbook_id": row.playbook_id,
            "question": row.title,
            "by_id": actor.person_id,
            "helpful": int(helpful),
        }
        session.insert(playbook_helpful, values)
    else:
        session.update(playbook_helpful, held, {"helpful": int(helpful)})


@action(
    "playbooks.attach",
    title=N_("File attached to a playbook"),
    undo=counter("playbooks.detach", "playbook_attachment", one=True),
    formerly=("playbooks.attach.attach",),
    beside="It adds a file; one of the same name is numbered.",
)
def attach(session: Session, actor: Actor, playbook_id: int, stored: Stored) -> int:
    """Attach a file that has been kept; another of the same name gets a number. The owner does that."""
    owned(session.connection, actor, playbook_id)
    c = playbook_attachment.c
    names = set(
        session.connection.execute(select(c.name).where(c.playbook_id == playbook_id, c.removed == 0)).scalars()
    )
    if len(names) >= rules.MAX_FILES:
        raise UserError("A playbook has at most {n} attachments.", n=rules.MAX_FILES)
    stem, _, extension = stored.name.rpartition(".")
    name, number = stored.name, 1
    while name.casefold() in {known.casefold() for known in names}:
        number += 1
        name = f"{stem} ({number}).{extension}"
    return session.insert(
        playbook_attachment,
        {
            "playbook_id": playbook_id,
            "name": name,
            "kind": stored.kind,
            "size": stored.size,
            "sha256": stored.sha256,
            "removed": 0,
        },
    )


@action(
    "playbooks.detach",
    title=N_("File taken off a playbook"),
    undo=INVERSE,
    formerly=("playbooks.attach.detach",),
    beside="It says the same twice.",
)
def detach(session: Session, actor: Actor, attachment_id: int, back: bool = False) -> None:
    """Take an attachment off (or put it back); the file stays, as earlier versions may speak of it."""
    row = session.row(playbook_attachment, attachment_id)
    owned(session.connection, actor, row["playbook_id"])
    session.update(playbook_attachment, attachment_id, {"removed": 0 if back else 1})


def keep_rules(session: Session) -> None:
    """UserError where what was taken back would change what is in review, or unbegin what has been handed in; what differs
    from what was approved is a draft."""
    touched = set[int]()
    for written in session.changed(playbook):
        touched.add(written.row_id)
        c = playbook_version.c
        handed_in = select(c.id).join(playbook, playbook.c.id == c.playbook_id)
        handed_in = handed_in.where(c.playbook_id == written.row_id, playbook.c.state == PlaybookState.NOT_STARTED)
        StandsInTheWay.unless_none(playbook_version.name, session.connection.execute(handed_in).scalars())
    for written in session.changed(playbook_part):
        whole = (written.after or written.before).get("playbook_id")
        found = select(playbook.c.id, playbook.c.state)
        found = found.join(playbook_part, playbook_part.c.playbook_id == playbook.c.id)
        found = found.where(playbook_part.c.id == written.row_id)
        if whole is not None:
            found = select(playbook.c.id, playbook.c.state).where(playbook.c.id == whole)
        for playbook_id, state in session.connection.execute(found):
            touched.add(playbook_id)
            if state == PlaybookState.IN_REVIEW:
                raise UserError("What is in review is not changed; take it back first.")
    for playbook_id in sorted(touched):
        _draft_unless_approved(session, playbook_id)


def _draft_unless_approved(session: Session, playbook_id: int) -> None:
    row = session.connection.execute(select(playbook).where(playbook.c.id == playbook_id)).mappings().one_or_none()
    if row is None or row["state"] != PlaybookState.APPROVED:
        return
    v = playbook_version.c
    newest = select(v.id, v.content).where(v.playbook_id == playbook_id).order_by(v.number.desc()).limit(1)
    version = session.connection.execute(newest).one_or_none()
    written = [part for part in parts_of(session.connection, playbook_id) if part.body.strip()]
    as_it_is = rules.content(row["title"], written)
    if version is None or (version.id, version.content) != (
        approved_version(session.connection, playbook_id),
        as_it_is,
    ):
        session.update(playbook, playbook_id, {"state": PlaybookState.DRAFT})


def owned(connection: Connection, actor: Actor, playbook_id: int) -> RowMapping:
    """The playbook, where the actor may write in it; UserError where it is somebody else's, or gone."""
    row = row_of(connection, playbook, playbook_id)
    if actor.person_id is not None and actor.person_id != row["owner_id"]:
        owner = get_person(connection, row["owner_id"]).name
        raise UserError("This playbook is written by {name}.", name=owner)
    return row


def _writable(session: Session, actor: Actor, playbook_id: int) -> RowMapping:
    row = owned(session.connection, actor, playbook_id)
    if row["state"] == PlaybookState.IN_REVIEW:
        raise UserError("What is in review is not changed; take it back first.")
    return row


def _begun(session: Session, playbook_id: int) -> None:
    """Writing on a playbook that was approved, or not begun, makes it a draft; the approved version stays in the search."""
    state = session.row(playbook, playbook_id)["state"]
    if state in (PlaybookState.NOT_STARTED, PlaybookState.APPROVED):
        session.update(playbook, playbook_id, {"state": PlaybookState.DRAFT})


def _part_ids(session: Session, playbook_id: int) -> list[int]:
    c = playbook_part.c
    statement = select(c.id).where(c.playbook_id == playbook_id).order_by(c.position, c.id)
    return list(session.connection.execute(statement).scalars())
