"""Opportunities, the packed columns computed from them, and remembered import mappings."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from mentor_app.core.store.schema import metadata, table

opportunity = table(
    "opportunity",
    "pipeline",
    Column("key", String(400), nullable=False),
    Column("name", Text),
    Column("owner_id", Integer, ForeignKey("crm_name.id"), nullable=False),
    Column("account", Text),
    Column("product", Text),
    Column("stage", Text),
    Column("status", SmallInteger, nullable=False),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("expected_on", Date),
    Column("amount_cents", BigInteger),
    Column("currency", String(3)),
)
Index("ix_opportunity_key", opportunity.c.key, unique=True)
Index("ix_opportunity_owner_id", opportunity.c.owner_id)

# Derived: each owner's opportunities as packed columns, so that a whole company's ramp-up reads kilobytes per person
# instead of a million rows. Refreshed in the transaction that changes them; `mentor-app check` compares.
owner_digest = Table(
    "owner_digest",
    metadata,
    Column("crm_name_id", Integer, ForeignKey("crm_name.id"), primary_key=True, autoincrement=False),
    Column("opportunities", Integer, nullable=False),
    Column("first_on", Date),
    Column("columns", LargeBinary, nullable=False),
    info={"kind": "pipeline", "derived": "mentor_app.core.pipeline.digest:rebuild"},
)
import_mapping = table(
    "import_mapping",
    "pipeline",
    Column("headers", String(64), nullable=False, unique=True),
    Column("mapping", Text, nullable=False),
)
