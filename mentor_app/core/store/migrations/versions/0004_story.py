"""One record's past is found at once, however long the history is."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_change_row", "change", ["table_name", "row_id"])
