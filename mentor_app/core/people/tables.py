"""People, their teams, roles and the names they carry in the CRM."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from mentor_app.core.store.schema import Instant, metadata, table

region = table(
    "region",
    "people",
    Column("name", String(80), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    CheckConstraint("kind IN ('strategic', 'consolidation', 'cultivation')", name="kind"),
)
team = table(
    "team",
    "people",
    Column("name", String(200), nullable=False, unique=True),
    Column("region_id", Integer, ForeignKey("region.id")),
    Column("industry", String(200)),
)
person = table(
    "person",
    "people",
    Column("name", String(200), nullable=False, index=True),
    Column("code", String(80), unique=True),
    Column("hired_on", Date),
    Column("left_on", Date),
    Column("team_id", Integer, ForeignKey("team.id"), index=True),
    CheckConstraint("left_on IS NULL OR hired_on IS NULL OR left_on >= hired_on", name="employment"),
)
person_role = table(
    "person_role",
    "people",
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("role", String(20), nullable=False),
    UniqueConstraint("person_id", "role"),
    CheckConstraint("role IN ('team_lead', 'new_hire', 'mentor', 'trainer')", name="role"),
    part_of="person_id",
)
crm_name = table(
    "crm_name",
    "people",
    Column("name", String(200), nullable=False),
    Column("match", String(200), nullable=False, unique=True),
    Column("person_id", Integer, ForeignKey("person.id"), index=True),
    part_of="person_id",
)
# Append-only: whose name and texts were erased on request. The name itself stands nowhere any more; the record may have
# been removed before or after.
erasure = Table(
    "erasure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, nullable=False, index=True),
    Column("at", Instant(), nullable=False),
    info={"kind": "people", "append_only": True},
    sqlite_autoincrement=True,
)
# Append-only: a record that turned out to be of somebody who has another, to which everything went.
merger = Table(
    "merger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, unique=True),
    Column("into_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("at", Instant(), nullable=False),
    CheckConstraint("person_id <> into_id", name="two"),
    info={"kind": "people", "append_only": True},
    sqlite_autoincrement=True,
)
