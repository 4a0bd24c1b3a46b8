"""Whether a reuse came back, and what speaks against a resolution and waits for its owner."""

import sqlalchemy as sa
from alembic import op

revision = "0012_held"
down_revision = "0009_contradictions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reuse", sa.Column("came_back", sa.String(), nullable=True))
    op.add_column("reuse", sa.Column("came_back_days", sa.Float(), nullable=True))
    op.add_column("suggestion", sa.Column("ranking_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_ticket_account_id"), "ticket", ["account_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_review_resolution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_review_ticket_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_review_resolution_id"), "review", ["resolution_id"], unique=False)
    op.create_index(op.f("ix_review_settled_at"), "review", ["settled_at"], unique=False)


def downgrade() -> None:
    op.drop_table("review")
    op.drop_index(op.f("ix_ticket_account_id"), table_name="ticket")
    op.drop_column("suggestion", "ranking_id")
    op.drop_column("reuse", "came_back_days")
    op.drop_column("reuse", "came_back")
