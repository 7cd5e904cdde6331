"""A seal of each change set, over who, when and what, and over the seal before: the history there is, is sealed as it stands.
And a score may be given again, to correct it: the last of an assessor stands."""

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only, never_emptied

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _scores_anew(connection: sa.Connection) -> None:
    """SQLite drops no constraint: the table is made once more, with all it held and what protects it."""
    op.create_table(
        "assessment_again",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "activity_id", sa.Integer, sa.ForeignKey("activity.id", name="fk_assessment_activity_id"), nullable=False
        ),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("person.id", name="fk_assessment_by_id"), nullable=False),
        sa.Column("scores", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sqlite_autoincrement=True,
    )
    columns = "id, activity_id, by_id, scores, score, at"
    connection.exec_driver_sql(f"INSERT INTO assessment_again ({columns}) SELECT {columns} FROM assessment")
    connection.exec_driver_sql("DROP TABLE assessment")
    op.rename_table("assessment_again", "assessment")
    append_only(connection, "assessment")


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
    if connection.dialect.name == "sqlite":
        _scores_anew(connection)
    else:
        op.drop_constraint("uq_assessment_activity_id", "assessment", type_="unique")
    op.create_index("ix_assessment_activity_id", "assessment", ["activity_id"])
    reseal(connection)
    append_only(connection, "change_seal")
    never_emptied(connection, "change_seal")
