"""Programmes and their versions, who is enrolled in which, leave of absence, what was decided at the gates."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mentor_app.core.store.schema import Instant, metadata, table

# One row a version; ``definition`` is JSON (see camp.programme). Published rows never change: a trigger refuses it.
programme_version = table(
    "programme_version",
    "camp",
    Column("number", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    Column("published_at", Instant()),
    UniqueConstraint("number"),
)
enrolment = table(
    "enrolment",
    "camp",
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, unique=True),
    Column("programme_version_id", Integer, ForeignKey("programme_version.id"), nullable=False),
    Column("enrolled_on", Date, nullable=False),
)
leave = table(
    "leave",
    "camp",
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date),
    Column("reason", String(400)),
    CheckConstraint("last_on IS NULL OR last_on >= first_on", name="order"),
)
# Append-only: a decision is only ever followed by another one.
gate_decision = Table(
    "gate_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("programme_version_id", Integer, ForeignKey("programme_version.id"), nullable=False),
    Column("stage", String(40), nullable=False),
    Column("decision", String(10), nullable=False),
    Column("reason", Text),
    Column("evidence", Text, nullable=False),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("at", Instant(), nullable=False),
    CheckConstraint("decision IN ('passed', 'waived', 'held', 'reopened')", name="decision"),
    CheckConstraint("decision = 'passed' OR reason IS NOT NULL", name="reason"),
    info={"kind": "camp", "append_only": True},
    sqlite_autoincrement=True,
)
Index("ix_gate_decision_person_id", gate_decision.c.person_id)
