"""Playbooks: kinds (the two of the plan are installed), parts, versions, reviews, answers and their search."""

import json

import sqlalchemy as sa
from alembic import op

from mentor_app.core.resources import resource
from mentor_app.core.store import search
from mentor_app.core.store.protect import append_only

revision = "0006"
down_revision = "0005"
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
    kinds = _table(
        "playbook_kind",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.UniqueConstraint("key", name="uq_playbook_kind_key"),
    )
    installed = json.loads(resource("playbooks", "kinds.json").read_text(encoding="utf-8"))
    op.bulk_insert(
        kinds, [{"key": key, "definition": json.dumps(one, ensure_ascii=False)} for key, one in installed.items()]
    )
    _table(
        "playbook",
        _to("playbook", "kind_id", "playbook_kind"),
        _to("playbook", "owner_id", "person"),
        _to("playbook", "pairing_id", "pairing", nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("state", sa.String(12), nullable=False),
        sa.CheckConstraint(
            "state IN ('not_started', 'draft', 'in_review', 'changes', 'approved')", name="ck_playbook_state"
        ),
    )
    op.create_index("ix_playbook_owner_id", "playbook", ["owner_id"])
    paired = sa.text("pairing_id IS NOT NULL")
    op.create_index(
        "ix_playbook_pairing",
        "playbook",
        ["pairing_id", "kind_id"],
        unique=True,
        sqlite_where=paired,
        postgresql_where=paired,
    )
    _table(
        "playbook_part",
        _to("playbook_part", "playbook_id", "playbook"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("product", sa.String(200)),
        sa.Column("industry", sa.String(200)),
        sa.Column("stage", sa.String(40)),
        sa.Column("tags", sa.String(400)),
    )
    op.create_index("ix_playbook_part_playbook_id", "playbook_part", ["playbook_id"])
    _table(
        "playbook_version",
        _to("playbook_version", "playbook_id", "playbook"),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        _to("playbook_version", "by_id", "person"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("playbook_id", "number", name="uq_playbook_version_playbook_id"),
        versioned=False,
    )
    _table(
        "playbook_review",
        _to("playbook_review", "version_id", "playbook_version"),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("part", sa.Integer),
        sa.Column("passage", sa.Text),
        sa.Column("words", sa.Text),
        _to("playbook_review", "by_id", "person"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'changes', 'comment', 'taken_back')", name="ck_playbook_review_decision"
        ),
        sa.CheckConstraint(
            "decision IN ('approved', 'taken_back') OR words IS NOT NULL", name="ck_playbook_review_words"
        ),
        versioned=False,
    )
    op.create_index("ix_playbook_review_version_id", "playbook_review", ["version_id"])
    for name in ("playbook_version", "playbook_review"):
        append_only(op.get_bind(), name)
    _table(
        "playbook_answer",
        _to("playbook_answer", "playbook_id", "playbook"),
        _to("playbook_answer", "version_id", "playbook_version"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("product", sa.String(200)),
        sa.Column("industry", sa.String(200)),
        versioned=False,
    )
    op.create_index("ix_playbook_answer_playbook_id", "playbook_answer", ["playbook_id"])
    _table(
        "playbook_helpful",
        _to("playbook_helpful", "playbook_id", "playbook"),
        sa.Column("question", sa.Text, nullable=False),
        _to("playbook_helpful", "by_id", "person"),
        sa.Column("helpful", sa.Integer, nullable=False),
    )
    op.create_index("ix_playbook_helpful_playbook_id", "playbook_helpful", ["playbook_id"])
    _table(
        "playbook_attachment",
        _to("playbook_attachment", "playbook_id", "playbook"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("removed", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_playbook_attachment_playbook_id", "playbook_attachment", ["playbook_id"])
    search.create(op.get_bind())
