"""Activities, who signed them off or sent them back, and the scores given."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    func,
    select,
)

from mentor_app.core.store.schema import Instant, metadata, table

activity = table(
    "activity",
    "logbook",
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("held_on", Date),
    Column("at_time", String(5)),
    Column("minutes", Integer),
    Column("customer", String(200)),
    Column("title", String(200)),
    Column("phase", String(20)),
    Column("part", String(10)),
    Column("depth", SmallInteger),
    Column("seen", Text),
    Column("learned", Text),
    Column("next_step", Text),
    Column("host_id", Integer, ForeignKey("person.id")),
    Column("revises_id", Integer, ForeignKey("activity.id")),
    Column("code", String(200), unique=True),
    Column("submitted_at", Instant()),
    Column("withdrawn_from", String(12)),
    CheckConstraint("state IN ('planned', 'draft', 'submitted', 'returned', 'signed_off', 'withdrawn')", name="state"),
    CheckConstraint("depth IS NULL OR depth BETWEEN 1 AND 5", name="depth"),
    CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 1440", name="minutes"),
)
Index("ix_activity_person_id", activity.c.person_id)
Index("ix_activity_state", activity.c.state, activity.c.host_id)
Index("ix_activity_revises_id", activity.c.revises_id)

# Append-only: each sign-off or return as it was given, with its comment; and where one was taken back.
review = Table(
    "review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("activity_id", Integer, ForeignKey("activity.id"), nullable=False),
    Column("decision", String(12), nullable=False),
    Column("comment", Text),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("at", Instant(), nullable=False),
    Column("submitted_at", Instant()),
    CheckConstraint("decision IN ('signed_off', 'returned', 'taken_back')", name="decision"),
    CheckConstraint("decision <> 'returned' OR comment IS NOT NULL", name="comment"),
    info={"kind": "logbook", "append_only": True},
    sqlite_autoincrement=True,
)
Index("ix_review_activity_id", review.c.activity_id)

# Append-only: one assessor's scores for one activity; several assessors' scores stand beside each other.
assessment = Table(
    "assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("activity_id", Integer, ForeignKey("activity.id"), nullable=False, index=True),
    Column("by_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("scores", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("at", Instant(), nullable=False),
    info={"kind": "logbook", "append_only": True},
    sqlite_autoincrement=True,
)
STANDING_SCORES = select(func.max(assessment.c.id)).group_by(assessment.c.activity_id, assessment.c.by_id)
"""The ids of the scores that stand: of each assessor the last; one given again corrects the one before."""
