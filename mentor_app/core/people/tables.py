"""People, their teams, roles and the names they carry in the CRM."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, String, UniqueConstraint

from mentor_app.core.store.schema import table

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
