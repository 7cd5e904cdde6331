"""Kinds, playbooks with their parts being written, versions handed in, what reviewers said, answers to search."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mentor_app.core.store.schema import Instant, metadata, table

playbook_kind = table(
    "playbook_kind",
    "playbooks",
    Column("key", String(40), nullable=False, unique=True),
    Column("definition", Text, nullable=False),
)
playbook = table(
    "playbook",
    "playbooks",
    Column("kind_id", Integer, ForeignKey("playbook_kind.id"), nullable=False),
    Column("owner_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("pairing_id", Integer, ForeignKey("pairing.id")),
    Column("title", String(200), nullable=False),
    Column("due_on", Date),
    Column("state", String(12), nullable=False),
    CheckConstraint("state IN ('not_started', 'draft', 'in_review', 'changes', 'approved')", name="state"),
)
Index("ix_playbook_owner_id", playbook.c.owner_id)
# One handbook of a kind for a pairing, however often the rule is asked.
Index(
    "ix_playbook_pairing",
    playbook.c.pairing_id,
    playbook.c.kind_id,
    unique=True,
    sqlite_where=playbook.c.pairing_id.is_not(None),
    postgresql_where=playbook.c.pairing_id.is_not(None),
)
playbook_part = table(
    "playbook_part",
    "playbooks",
    Column("playbook_id", Integer, ForeignKey("playbook.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("product", String(200)),
    Column("industry", String(200)),
    Column("stage", String(40)),
    Column("tags", String(400)),
    part_of="playbook_id",
)
# Append-only: a version as it was handed in, and what was said about it.
playbook_version = Table(
    "playbook_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("playbook_id", Integer, ForeignKey("playbook.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("at", Instant(), nullable=False),
    UniqueConstraint("playbook_id", "number"),
    info={"kind": "playbooks", "append_only": True},
    sqlite_autoincrement=True,
)
playbook_review = Table(
    "playbook_review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", Integer, ForeignKey("playbook_version.id"), nullable=False, index=True),
    Column("decision", String(10), nullable=False),
    Column("part", Integer),
    Column("passage", Text),
    Column("words", Text),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("at", Instant(), nullable=False),
    CheckConstraint("decision IN ('approved', 'changes', 'comment', 'taken_back')", name="decision"),
    CheckConstraint("decision IN ('approved', 'taken_back') OR words IS NOT NULL", name="words"),
    info={"kind": "playbooks", "append_only": True},
    sqlite_autoincrement=True,
)
# Derived: the parts of every version approved last, one row each; the search index stands beside it (core/store/search).
playbook_answer = Table(
    "playbook_answer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("playbook_id", Integer, ForeignKey("playbook.id"), nullable=False, index=True),
    Column("version_id", Integer, ForeignKey("playbook_version.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("product", String(200)),
    Column("industry", String(200)),
    info={"kind": "playbooks", "derived": "mentor_app.core.playbooks.published:publish_all"},
    sqlite_autoincrement=True,
)
playbook_helpful = table(
    "playbook_helpful",
    "playbooks",
    Column("playbook_id", Integer, ForeignKey("playbook.id"), nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("helpful", Integer, nullable=False),
)
playbook_attachment = table(
    "playbook_attachment",
    "playbooks",
    Column("playbook_id", Integer, ForeignKey("playbook.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("removed", Integer, nullable=False, server_default="0"),
)
