"""A seal of when the programme that every store begins with was put in: no change set tells of it, so nothing else proves it."""

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only, never_emptied

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    from mentor_app.core.store.schema import Instant
    from mentor_app.core.store.seal import instant_seal

    made = op.create_table(
        "installed_seal",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installed_seal"),
    )
    connection = op.get_bind()
    version = sa.table("programme_version", sa.column("id"), sa.column("published_at", Instant()))
    first = connection.execute(sa.select(version.c.published_at).where(version.c.id == 1)).scalar()
    connection.execute(made.insert().values(id=1, hash=instant_seal(first)))
    append_only(connection, "installed_seal")
    never_emptied(connection, "installed_seal")
