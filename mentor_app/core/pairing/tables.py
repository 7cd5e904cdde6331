"""Pairings, the projects a pairing went through, closing reviews, mentors' capacities."""

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

pairing = table(
    "pairing",
    "pairing",
    Column("apprentice_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("mentor_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
    Column("state", String(12), nullable=False),
    Column("goals", Text),
    Column("reason", Text),
    CheckConstraint("apprentice_id <> mentor_id", name="two"),
    CheckConstraint("state IN ('active', 'completed', 'reassigned', 'ended')", name="state"),
    CheckConstraint("(state = 'active') = (ended_on IS NULL)", name="ended"),
    CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="order"),
    CheckConstraint("state NOT IN ('reassigned', 'ended') OR reason IS NOT NULL", name="reason"),
)
# One active mentor per apprentice: the database itself refuses a second.
Index(
    "ix_pairing_active",
    pairing.c.apprentice_id,
    unique=True,
    sqlite_where=pairing.c.ended_on.is_(None),
    postgresql_where=pairing.c.ended_on.is_(None),
)
Index("ix_pairing_mentor_id", pairing.c.mentor_id)
pairing_project = table(
    "pairing_project",
    "pairing",
    Column("pairing_id", Integer, ForeignKey("pairing.id"), nullable=False, index=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date),
    CheckConstraint("last_on IS NULL OR last_on >= first_on", name="order"),
    part_of="pairing_id",
)
# Append-only: what each of the two wrote at the end.
pairing_review = Table(
    "pairing_review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pairing_id", Integer, ForeignKey("pairing.id"), nullable=False),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant(), nullable=False),
    UniqueConstraint("pairing_id", "by_id"),
    info={"kind": "pairing", "append_only": True},
    sqlite_autoincrement=True,
)
mentor_capacity = table(
    "mentor_capacity",
    "pairing",
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, unique=True),
    Column("capacity", SmallInteger, nullable=False),
    CheckConstraint("capacity BETWEEN 0 AND 50", name="capacity"),
)
