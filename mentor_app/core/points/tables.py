"""Rules with their dates, the ledger, rewards, redemptions."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mentor_app.core.store.schema import Instant, metadata, table

point_rule = table(
    "point_rule",
    "points",
    Column("event", String(20), nullable=False),
    Column("points", Integer, nullable=False),
    Column("per_month", Integer),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date),
    CheckConstraint("points BETWEEN 0 AND 10000", name="points"),
    CheckConstraint("per_month IS NULL OR per_month >= 0", name="per_month"),
    CheckConstraint("last_on IS NULL OR last_on >= first_on", name="order"),
)
# Append-only in the database itself; each entry's hash covers the one before. ``cause`` and ``turn`` make an event
# earn once for a person: a reversal, and an award after it, are the next turns of the same cause.
point_entry = Table(
    "point_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("event", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("points", Integer, nullable=False),
    Column("balance", Integer, nullable=False),
    Column("cause", String(80), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("rule_id", Integer, ForeignKey("point_rule.id")),
    Column("occurred_on", Date, nullable=False),
    Column("at", Instant(), nullable=False),
    Column("note", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("cause", "person_id", "turn"),
    CheckConstraint("balance >= 0", name="balance"),
    CheckConstraint("kind IN ('award', 'reversal', 'spend')", name="kind"),
    CheckConstraint("(kind = 'award') = (points >= 0)", name="sign"),
    info={"kind": "points", "append_only": True},
    sqlite_autoincrement=True,
)
Index("ix_point_entry_person_id", point_entry.c.person_id, point_entry.c.id)
# Append-only: an entry that was lawfully changed after it was made (its remark erased, its owner's two records merged).
# Its hash is still that of the entry as it was made; ``seal`` covers this hash and the entry as it is now, and the note
# of the entry ``anchor_id``, which the chain covers, covers the seals.
amended_entry = Table(
    "amended_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", Integer, ForeignKey("point_entry.id"), nullable=False, index=True),
    Column("anchor_id", Integer, ForeignKey("point_entry.id"), nullable=False, index=True),
    Column("seal", String(64), nullable=False),
    info={"kind": "points", "append_only": True},
    sqlite_autoincrement=True,
)
reward = table(
    "reward",
    "points",
    Column("name", String(200), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("cost", Integer, nullable=False),
    Column("stock", Integer),
    Column("weight", Float),
    Column("offered", Integer, nullable=False, server_default="1"),
    CheckConstraint("kind IN ('resource', 'promotion')", name="kind"),
    CheckConstraint("cost BETWEEN 1 AND 1000000", name="cost"),
    CheckConstraint("stock IS NULL OR stock >= 0", name="stock"),
    CheckConstraint("(kind = 'promotion') = (weight IS NOT NULL)", name="weight"),
)
redemption = table(
    "redemption",
    "points",
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("reward_id", Integer, ForeignKey("reward.id"), nullable=False),
    Column("points", Integer, nullable=False),
    Column("weight", Float),
    Column("state", String(10), nullable=False),
    Column("requested_at", Instant(), nullable=False),
    Column("decided_by_id", Integer, ForeignKey("person.id")),
    Column("decided_at", Instant()),
    Column("reason", Text),
    Column("fulfilled_at", Instant()),
    CheckConstraint("state IN ('requested', 'approved', 'refused', 'fulfilled', 'withdrawn')", name="state"),
    CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="other"),
    CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="reason"),
    CheckConstraint("state NOT IN ('approved', 'fulfilled', 'refused') OR decided_by_id IS NOT NULL", name="decided"),
)
Index("ix_redemption_person_id", redemption.c.person_id)
