"""Which deals an imported file held; of those before it is known at most of which imports."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imported_file", sa.Column("deals_held", sa.Text))
