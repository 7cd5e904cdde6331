"""Attachments of playbooks: the row in the store and the file beside it, kept and checked together."""

from __future__ import annotations

from pathlib import Path

from mentor_app.core.playbooks.actions import attach, owned
from mentor_app.core.store import Actor, Done, Store, attachments


def attach_file(store: Store, actor: Actor, playbook_id: int, path: Path) -> Done[int]:
    """Keep a copy of a file and attach it; the result is the attachment's id. Refused before anything is copied."""
    with store.read() as connection:
        owned(connection, actor, playbook_id)
    stored = attachments.put(attachments.folder_of(store.location), path)
    return store.act(actor, attach, playbook_id, stored)
