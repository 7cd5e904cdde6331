"""Mentoring points: rules (the defaults are installed), the append-only ledger, rewards, redemptions."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from mentor_app.core.store.protect import append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# event, points, at most a month
_DEFAULTS = (
    ("session", 2, 30),
    ("feedback", 1, 15),
    ("gate", 10, None),
    ("playbook", 20, None),
    ("cycle", 30, None),
    ("first_win", 15, None),
)


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
    op.add_column("review", sa.Column("submitted_at", sa.DateTime(timezone=True)))
    rules = _table(
        "point_rule",
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("per_month", sa.Integer),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date),
        sa.CheckConstraint("points BETWEEN 0 AND 10000", name="ck_point_rule_points"),
        sa.CheckConstraint("per_month IS NULL OR per_month >= 0", name="ck_point_rule_per_month"),
        sa.CheckConstraint("last_on IS NULL OR last_on >= first_on", name="ck_point_rule_order"),
    )
    start = dt.date(2000, 1, 1)
    op.bulk_insert(rules, [{"event": e, "points": p, "per_month": most, "first_on": start} for e, p, most in _DEFAULTS])
    _table(
        "point_entry",
        _to("point_entry", "person_id", "person"),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("balance", sa.Integer, nullable=False),
        sa.Column("cause", sa.String(80), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        _to("point_entry", "rule_id", "point_rule", nullable=True),
        sa.Column("occurred_on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("cause", "person_id", "turn", name="uq_point_entry_cause"),
        sa.CheckConstraint("balance >= 0", name="ck_point_entry_balance"),
        sa.CheckConstraint("kind IN ('award', 'reversal', 'spend')", name="ck_point_entry_kind"),
        sa.CheckConstraint("(kind = 'award') = (points >= 0)", name="ck_point_entry_sign"),
        versioned=False,
    )
    op.create_index("ix_point_entry_person_id", "point_entry", ["person_id", "id"])
    append_only(op.get_bind(), "point_entry")
    _table(
        "reward",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("cost", sa.Integer, nullable=False),
        sa.Column("stock", sa.Integer),
        sa.Column("weight", sa.Float),
        sa.Column("offered", sa.Integer, nullable=False, server_default="1"),
        sa.UniqueConstraint("name", name="uq_reward_name"),
        sa.CheckConstraint("kind IN ('resource', 'promotion')", name="ck_reward_kind"),
        sa.CheckConstraint("cost BETWEEN 1 AND 1000000", name="ck_reward_cost"),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name="ck_reward_stock"),
        sa.CheckConstraint("(kind = 'promotion') = (weight IS NOT NULL)", name="ck_reward_weight"),
    )
    _table(
        "redemption",
        _to("redemption", "person_id", "person"),
        _to("redemption", "reward_id", "reward"),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("weight", sa.Float),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        _to("redemption", "decided_by_id", "person", nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'refused', 'fulfilled', 'withdrawn')", name="ck_redemption_state"
        ),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="ck_redemption_other"),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="ck_redemption_reason"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'fulfilled', 'refused') OR decided_by_id IS NOT NULL",
            name="ck_redemption_decided",
        ),
    )
    op.create_index("ix_redemption_person_id", "redemption", ["person_id"])
