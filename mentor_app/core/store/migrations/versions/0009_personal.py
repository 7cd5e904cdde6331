"""Personal data: whose was erased, which records were merged, and which entries of the ledger were changed for it."""

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only, never_emptied

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _pointing(table: str, name: str, to: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Integer, key, nullable=False)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "merger",
        sa.Column("id", sa.Integer, nullable=False),
        _pointing("merger", "person_id", "person"),
        _pointing("merger", "into_id", "person"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merger"),
        sa.UniqueConstraint("person_id", name="uq_merger_person_id"),
        sa.CheckConstraint("person_id <> into_id", name="ck_merger_two"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "amended_entry",
        sa.Column("id", sa.Integer, nullable=False),
        _pointing("amended_entry", "entry_id", "point_entry"),
        _pointing("amended_entry", "anchor_id", "point_entry"),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_amended_entry"),
        sqlite_autoincrement=True,
    )
    for table, column in (
        ("erasure", "person_id"),
        ("merger", "into_id"),
        ("amended_entry", "entry_id"),
        ("amended_entry", "anchor_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.add_column("change", sa.Column("erasure_id", sa.Integer))
    connection = op.get_bind()
    for table in ("erasure", "merger", "amended_entry"):
        append_only(connection, table)
        never_emptied(connection, table)
