"""A seal of each change set, over who, when and what, and over the seal before. The history there is, is sealed as it stands."""

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only, never_emptied

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    from mentor_app.core.store.history import reseal

    key = sa.ForeignKey("change_set.id", name="fk_change_seal_id")
    op.create_table(
        "change_seal",
        sa.Column("id", sa.Integer, key, nullable=False, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_seal"),
    )
    connection = op.get_bind()
    reseal(connection)
    append_only(connection, "change_seal")
    never_emptied(connection, "change_seal")
