"""Projects and pairings."""

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _table(name: str, *items: sa.schema.SchemaItem, versioned: bool = True) -> None:
    version = [sa.Column("version", sa.Integer, nullable=False, server_default="1")] if versioned else []
    op.create_table(
        name,
        sa.Column("id", sa.Integer, nullable=False),
        *version,
        *items,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _to(table: str, column: str, target: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(column, sa.Integer, sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}"), nullable=nullable)


def upgrade() -> None:
    _table(
        "project",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("customer", sa.String(200)),
        _to("project", "region_id", "region", nullable=True),
        sa.Column("industry", sa.String(200)),
        _to("project", "opportunity_id", "opportunity", nullable=True),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("outcome", sa.String(10), nullable=False, server_default="open"),
        sa.UniqueConstraint("name", name="uq_project_name"),
        sa.CheckConstraint("outcome IN ('open', 'won', 'lost', 'cancelled')", name="ck_project_outcome"),
        sa.CheckConstraint("(outcome = 'open') = (closed_on IS NULL)", name="ck_project_closed"),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= started_on", name="ck_project_order"),
    )
    _table(
        "project_phase",
        _to("project_phase", "project_id", "project"),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("planned_on", sa.Date),
        sa.Column("done_on", sa.Date),
        sa.UniqueConstraint("project_id", "position", name="uq_project_phase_project_id"),
    )
    _table(
        "pairing",
        _to("pairing", "apprentice_id", "person"),
        _to("pairing", "mentor_id", "person"),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("goals", sa.Text),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("apprentice_id <> mentor_id", name="ck_pairing_two"),
        sa.CheckConstraint("state IN ('active', 'completed', 'reassigned', 'ended')", name="ck_pairing_state"),
        sa.CheckConstraint("(state = 'active') = (ended_on IS NULL)", name="ck_pairing_ended"),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ck_pairing_order"),
        sa.CheckConstraint("state NOT IN ('reassigned', 'ended') OR reason IS NOT NULL", name="ck_pairing_reason"),
    )
    active = sa.text("ended_on IS NULL")
    op.create_index(
        "ix_pairing_active", "pairing", ["apprentice_id"], unique=True, sqlite_where=active, postgresql_where=active
    )
    op.create_index("ix_pairing_mentor_id", "pairing", ["mentor_id"])
    _table(
        "pairing_project",
        _to("pairing_project", "pairing_id", "pairing"),
        _to("pairing_project", "project_id", "project"),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date),
        sa.CheckConstraint("last_on IS NULL OR last_on >= first_on", name="ck_pairing_project_order"),
    )
    op.create_index("ix_pairing_project_pairing_id", "pairing_project", ["pairing_id"])
    _table(
        "pairing_review",
        _to("pairing_review", "pairing_id", "pairing"),
        _to("pairing_review", "by_id", "person"),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("pairing_id", "by_id", name="uq_pairing_review_pairing_id"),
        versioned=False,
    )
    _table(
        "mentor_capacity",
        _to("mentor_capacity", "person_id", "person"),
        sa.Column("capacity", sa.SmallInteger, nullable=False),
        sa.UniqueConstraint("person_id", name="uq_mentor_capacity_person_id"),
        sa.CheckConstraint("capacity BETWEEN 0 AND 50", name="ck_mentor_capacity_capacity"),
    )
    append_only(op.get_bind(), "pairing_review")
