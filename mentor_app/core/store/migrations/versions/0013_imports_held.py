"""Of which imports an imported file held deals; nothing is known of those before."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imported_file", sa.Column("imports_held", sa.Text))
