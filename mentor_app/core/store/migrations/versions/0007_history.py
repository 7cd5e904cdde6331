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
    with op.batch_alter_table("review", table_kwargs={"sqlite_autoincrement": True}) as review:
        for name in ("decision", "comment"):
            review.drop_constraint(f"ck_review_{name}", type_="check")
        review.create_check_constraint("ck_review_decision", "decision IN ('signed_off', 'returned', 'taken_back')")
        review.create_check_constraint("ck_review_comment", "decision <> 'returned' OR comment IS NOT NULL")
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        append_only(connection, "review")  # made anew, it has lost its triggers
    for name in ("change_set", "change", "undoing"):
        append_only(connection, name)
    for name in _KEPT:
        never_emptied(connection, name)
