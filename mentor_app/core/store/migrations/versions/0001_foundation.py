"""People, opportunities, history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REGIONS = (
    ("East", "strategic"),
    ("South", "strategic"),
    ("North", "consolidation"),
    ("Central", "consolidation"),
    ("Northwest", "cultivation"),
    ("Southwest", "cultivation"),
)


def _table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    return op.create_table(
        name,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        *items,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def upgrade() -> None:
    region = _table(
        "region",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.UniqueConstraint("name", name="uq_region_name"),
        sa.CheckConstraint("kind IN ('strategic', 'consolidation', 'cultivation')", name="ck_region_kind"),
    )
    _table(
        "team",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("region_id", sa.Integer, sa.ForeignKey("region.id", name="fk_team_region_id")),
        sa.Column("industry", sa.String(200)),
        sa.UniqueConstraint("name", name="uq_team_name"),
    )
    _table(
        "person",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("code", sa.String(80)),
        sa.Column("hired_on", sa.Date),
        sa.Column("left_on", sa.Date),
        sa.Column("team_id", sa.Integer, sa.ForeignKey("team.id", name="fk_person_team_id")),
        sa.UniqueConstraint("code", name="uq_person_code"),
        sa.CheckConstraint("left_on IS NULL OR hired_on IS NULL OR left_on >= hired_on", name="ck_person_employment"),
    )
    _table(
        "person_role",
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", name="fk_person_role_person_id"), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.UniqueConstraint("person_id", "role", name="uq_person_role_person_id_role"),
        sa.CheckConstraint("role IN ('team_lead', 'new_hire', 'mentor', 'trainer')", name="ck_person_role_role"),
    )
    _table(
        "crm_name",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("match", sa.String(200), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", name="fk_crm_name_person_id")),
        sa.UniqueConstraint("match", name="uq_crm_name_match"),
    )
    _table(
        "opportunity",
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("crm_name.id", name="fk_opportunity_owner_id"), nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("product", sa.Text),
        sa.Column("stage", sa.Text),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("opened_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("expected_on", sa.Date),
        sa.Column("amount_cents", sa.BigInteger),
    )
    op.create_table(
        "owner_digest",
        sa.Column(
            "crm_name_id",
            sa.Integer,
            sa.ForeignKey("crm_name.id", name="fk_owner_digest_crm_name_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("opportunities", sa.Integer, nullable=False),
        sa.Column("first_on", sa.Date),
        sa.Column("columns", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("crm_name_id", name="pk_owner_digest"),
    )
    _table(
        "import_mapping",
        sa.Column("headers", sa.String(64), nullable=False),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.UniqueConstraint("headers", name="uq_import_mapping_headers"),
    )
    op.create_table(
        "change_set",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer, sa.ForeignKey("person.id", name="fk_change_set_actor_id")),
        sa.Column("actor_name", sa.String(200)),
        sa.Column("action", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_set"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "change_set_id",
            sa.Integer,
            sa.ForeignKey("change_set.id", name="fk_change_change_set_id"),
            nullable=False,
        ),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("row_id", sa.Integer),
        sa.Column("operation", sa.String(12), nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_name", "person", ["name"])
    op.create_index("ix_person_team_id", "person", ["team_id"])
    op.create_index("ix_crm_name_person_id", "crm_name", ["person_id"])
    op.create_index("ix_opportunity_key", "opportunity", ["key"], unique=True)
    op.create_index("ix_opportunity_owner_id", "opportunity", ["owner_id"])
    op.create_index("ix_change_change_set_id", "change", ["change_set_id"])
    op.bulk_insert(region, [{"name": name, "kind": kind} for name, kind in REGIONS])
