"""Which file an import read, and what became of its rows."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_file",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("name", sa.String(255), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("added", "updated", "unchanged", "rejected")),
        sa.PrimaryKeyConstraint("id", name="pk_imported_file"),
        sqlite_autoincrement=True,
    )
