"""Suggestions, their outcomes, and gaps."""

import sqlalchemy as sa
from alembic import op

revision = "0005_suggestions"
down_revision = "0004_capture"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("query", JSON, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("degraded", JSON, nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_suggestion_actor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_suggestion_ticket_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_suggestion_at"), "suggestion", ["at"], unique=False)
    op.create_index(op.f("ix_suggestion_ticket_id"), "suggestion", ["ticket_id"], unique=False)
    op.create_table(
        "suggestion_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user.id"], name=op.f("fk_suggestion_outcome_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_suggestion_outcome_resolution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_outcome_suggestion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_suggestion_outcome_ticket_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_outcome")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_suggestion_outcome_resolution_id"), "suggestion_outcome", ["resolution_id"], unique=False)
    op.create_index(op.f("ix_suggestion_outcome_suggestion_id"), "suggestion_outcome", ["suggestion_id"], unique=False)
    op.create_table(
        "demand_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("suggestion_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("product_area", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_demand_signal_suggestion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_demand_signal_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_signal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_demand_signal_at"), "demand_signal", ["at"], unique=False)
    op.create_index(op.f("ix_demand_signal_suggestion_id"), "demand_signal", ["suggestion_id"], unique=False)
    op.create_index(op.f("ix_demand_signal_ticket_id"), "demand_signal", ["ticket_id"], unique=False)
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("centroid", sa.LargeBinary(), nullable=True),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("dismissed_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gap_status"), "gap", ["status"], unique=False)
    op.create_table(
        "gap_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs_sha256", sa.String(), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_report")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gap_report_built_at"), "gap_report", ["built_at"], unique=False)
