"""History in order: what takes back what, and neither changes nor what is append-only is changed, removed or emptied."""

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only, never_emptied

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEPT = (
    "gate_decision",
    "review",
    "assessment",
    "pairing_review",
    "point_entry",
    "playbook_version",
    "playbook_review",
    "programme_version",
    "change_set",
    "change",
    "undoing",
)
_REVIEW = {
    "decision": "decision IN ('signed_off', 'returned', 'taken_back')",
    "comment": "decision <> 'returned' OR comment IS NOT NULL",
}
"""What must hold for a review, which may be taken back from now on."""


def _reviews_anew(connection: sa.Connection) -> None:
    """SQLite changes no constraint: the table is made once more, with all it held and what protects it."""
    op.create_table(
        "review_again",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "activity_id", sa.Integer, sa.ForeignKey("activity.id", name="fk_review_activity_id"), nullable=False
        ),
        sa.Column("decision", sa.String(12), nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("person.id", name="fk_review_by_id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        *(sa.CheckConstraint(condition, name=f"ck_review_{name}") for name, condition in _REVIEW.items()),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sqlite_autoincrement=True,
    )
    columns = "id, activity_id, decision, comment, by_id, at, submitted_at"
    connection.exec_driver_sql(f"INSERT INTO review_again ({columns}) SELECT {columns} FROM review")
    connection.exec_driver_sql("DROP TABLE review")
    op.rename_table("review_again", "review")
    op.create_index("ix_review_activity_id", "review", ["activity_id"])
    append_only(connection, "review")


def upgrade() -> None:
    op.create_table(
        "undoing",
        sa.Column("id", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.Integer, sa.ForeignKey("change_set.id", name=f"fk_undoing_{name}"), nullable=False)
            for name in ("change_set_id", "undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_undoing"),
        sqlite_autoincrement=True,
    )
    for name in ("change_set_id", "undoes_id"):
        op.create_index(f"ix_undoing_{name}", "undoing", [name])
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _reviews_anew(connection)
    else:
        for name, condition in _REVIEW.items():
            op.drop_constraint(f"ck_review_{name}", "review", type_="check")
            op.create_check_constraint(f"ck_review_{name}", "review", condition)
    for name in ("change_set", "change", "undoing"):
        append_only(connection, name)
    for name in _KEPT:
        never_emptied(connection, name)
