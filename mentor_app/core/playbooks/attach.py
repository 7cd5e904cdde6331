"""Attachments of playbooks: the row in the store, the file beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.playbooks.actions import _owned
from mentor_app.core.playbooks.tables import playbook_attachment
from mentor_app.core.store import Actor, Done, Session, Store, attachments
from mentor_app.core.store.attachments import Stored
from mentor_app.core.text import Text, text

MOST = 100


@dataclass(frozen=True)
class Attachment:
    """A file of a playbook."""

    id: int
    name: str
    kind: str
    size: int
    sha256: str


def attachments_of(connection: Connection, playbook_id: int) -> list[Attachment]:
    """The files of a playbook, by name."""
    c = playbook_attachment.c
    statement = select(c.id, c.name, c.kind, c.size, c.sha256).where(c.playbook_id == playbook_id, c.removed == 0)
    return [Attachment(*tuple(row)) for row in connection.execute(statement.order_by(c.name, c.id))]


def attach_file(store: Store, actor: Actor, playbook_id: int, path: Path) -> Done[int]:
    """Keep a copy of a file and attach it; the result is the attachment's id. Refused before anything is copied."""
    store.act(actor, _may_attach, playbook_id)
    stored = attachments.put(attachments.folder_of(store.location), path)
    return store.act(actor, attach, playbook_id, stored)


def _may_attach(session: Session, actor: Actor, playbook_id: int) -> None:
    _owned(session, actor, playbook_id)


def attach(session: Session, actor: Actor, playbook_id: int, stored: Stored) -> int:
    """Attach a file that has been kept; another of the same name gets a number. The owner does that."""
    _owned(session, actor, playbook_id)
    c = playbook_attachment.c
    names = set(
        session.connection.execute(select(c.name).where(c.playbook_id == playbook_id, c.removed == 0)).scalars()
    )
    if len(names) >= MOST:
        raise UserError("A playbook has at most {n} attachments.", n=MOST)
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


def detach(session: Session, actor: Actor, attachment_id: int, back: bool = False) -> None:
    """Take an attachment off (or put it back); the file stays, as earlier versions may speak of it."""
    row = session.row(playbook_attachment, attachment_id)
    _owned(session, actor, row["playbook_id"])
    session.update(playbook_attachment, attachment_id, {"removed": 0 if back else 1})


def missing(connection: Connection, location: str) -> list[Text]:
    """Attachments whose file is gone or was changed."""
    c = playbook_attachment.c
    folder = attachments.folder_of(location)
    found = []
    for name, sha256 in connection.execute(select(c.name, c.sha256).where(c.removed == 0)).all():
        try:
            attachments.verified(folder, sha256)
        except UserError as error:
            found.append(text("Attachment {name}: {reason}", name=name, reason=error.message))
    return found
