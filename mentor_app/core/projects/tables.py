"""Projects with their phases."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)

from mentor_app.core.store.schema import table

project = table(
    "project",
    "projects",
    Column("name", String(200), nullable=False, unique=True),
    Column("customer", String(200)),
    Column("region_id", Integer, ForeignKey("region.id")),
    Column("industry", String(200)),
    Column("opportunity_id", Integer, ForeignKey("opportunity.id")),
    Column("started_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("outcome", String(10), nullable=False, server_default="open"),
    CheckConstraint("outcome IN ('open', 'won', 'lost', 'cancelled')", name="outcome"),
    CheckConstraint("(outcome = 'open') = (closed_on IS NULL)", name="closed"),
    CheckConstraint("closed_on IS NULL OR closed_on >= started_on", name="order"),
)


project_phase = table(
    "project_phase",
    "projects",
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("phase", String(40), nullable=False),
    Column("planned_on", Date),
    Column("done_on", Date),
    UniqueConstraint("project_id", "position"),
    part_of="project_id",
)
