"""Attachments of playbooks: the row in the store and the file beside it, kept and checked together."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from mentor_app.core.errors import UserError
from mentor_app.core.playbooks.actions import attach, owned
from mentor_app.core.playbooks.tables import playbook_attachment
from mentor_app.core.store import Actor, Done, Store, attachments
from mentor_app.core.text import Text, text


def attach_file(store: Store, actor: Actor, playbook_id: int, path: Path) -> Done[int]:
    """Keep a copy of a file and attach it; the result is the attachment's id. Refused before anything is copied."""
    with store.read() as connection:
        owned(connection, actor, playbook_id)
    stored = attachments.put(attachments.folder_of(store.location), path)
    return store.act(actor, attach, playbook_id, stored)


def missing_files(connection: Connection, location: str) -> list[Text]:
    """Attachments whose file is gone or was changed."""
    c = playbook_attachment.c
    folder = attachments.folder_of(location)
    complaints = []
    for name, sha256 in connection.execute(select(c.name, c.sha256).where(c.removed == 0)).all():
        try:
            attachments.verified(folder, sha256)
        except UserError as error:
            complaints.append(text("Attachment {name}: {reason}", name=name, reason=error.message))
    return complaints
