"""The growth camp and the logbook; the default programme is installed."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from mentor_app.core.resources import resource
from mentor_app.core.store.protect import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _table(name: str, *items: sa.schema.SchemaItem, versioned: bool = True) -> sa.Table:
    version = [sa.Column("version", sa.Integer, nullable=False, server_default="1")] if versioned else []
    return op.create_table(
        name,
        sa.Column("id", sa.Integer, nullable=False),
        *version,
        *items,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _to(table: str, column: str, target: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(column, sa.Integer, sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}"), nullable=nullable)


def upgrade() -> None:
    versions = _table(
        "programme_version",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("number", name="uq_programme_version_number"),
    )
    _table(
        "enrolment",
        _to("enrolment", "person_id", "person"),
        _to("enrolment", "programme_version_id", "programme_version"),
        sa.Column("enrolled_on", sa.Date, nullable=False),
        sa.UniqueConstraint("person_id", name="uq_enrolment_person_id"),
    )
    _table(
        "leave",
        _to("leave", "person_id", "person"),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date),
        sa.Column("reason", sa.String(400)),
        sa.CheckConstraint("last_on IS NULL OR last_on >= first_on", name="ck_leave_order"),
    )
    op.create_index("ix_leave_person_id", "leave", ["person_id"])
    _table(
        "gate_decision",
        _to("gate_decision", "person_id", "person"),
        _to("gate_decision", "programme_version_id", "programme_version"),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("evidence", sa.Text, nullable=False),
        _to("gate_decision", "by_id", "person"),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('passed', 'waived', 'held', 'reopened')", name="ck_gate_decision_decision"),
        sa.CheckConstraint("decision = 'passed' OR reason IS NOT NULL", name="ck_gate_decision_reason"),
        versioned=False,
    )
    op.create_index("ix_gate_decision_person_id", "gate_decision", ["person_id"])
    _table(
        "activity",
        _to("activity", "person_id", "person"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("held_on", sa.Date),
        sa.Column("at_time", sa.String(5)),
        sa.Column("minutes", sa.Integer),
        sa.Column("customer", sa.String(200)),
        sa.Column("title", sa.String(200)),
        sa.Column("phase", sa.String(20)),
        sa.Column("part", sa.String(10)),
        sa.Column("depth", sa.SmallInteger),
        sa.Column("seen", sa.Text),
        sa.Column("learned", sa.Text),
        sa.Column("next_step", sa.Text),
        _to("activity", "host_id", "person", nullable=True),
        _to("activity", "revises_id", "activity", nullable=True),
        sa.Column("code", sa.String(200)),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_from", sa.String(12)),
        sa.UniqueConstraint("code", name="uq_activity_code"),
        sa.CheckConstraint(
            "state IN ('planned', 'draft', 'submitted', 'returned', 'signed_off', 'withdrawn')",
            name="ck_activity_state",
        ),
        sa.CheckConstraint("depth IS NULL OR depth BETWEEN 1 AND 5", name="ck_activity_depth"),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 1440", name="ck_activity_minutes"),
    )
    op.create_index("ix_activity_person_id", "activity", ["person_id"])
    op.create_index("ix_activity_state", "activity", ["state", "host_id"])
    op.create_index("ix_activity_revises_id", "activity", ["revises_id"])
    _table(
        "review",
        _to("review", "activity_id", "activity"),
        sa.Column("decision", sa.String(12), nullable=False),
        sa.Column("comment", sa.Text),
        _to("review", "by_id", "person"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('signed_off', 'returned')", name="ck_review_decision"),
        sa.CheckConstraint("decision = 'signed_off' OR comment IS NOT NULL", name="ck_review_comment"),
        versioned=False,
    )
    op.create_index("ix_review_activity_id", "review", ["activity_id"])
    _table(
        "assessment",
        _to("assessment", "activity_id", "activity"),
        _to("assessment", "by_id", "person"),
        sa.Column("scores", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("activity_id", "by_id", name="uq_assessment_activity_id"),
        versioned=False,
    )
    default = resource("programme", "default.json").read_text(encoding="utf-8")
    op.bulk_insert(versions, [{"number": 1, "definition": default, "published_at": dt.datetime.now(dt.UTC)}])
    connection = op.get_bind()
    append_only(connection, "programme_version", "OLD.published_at IS NOT NULL")
    for name in ("gate_decision", "review", "assessment"):
        append_only(connection, name)
