"""What becomes of a gap: what closed it, who named it, the report that had it last, and the history of its moves."""

import sqlalchemy as sa
from alembic import op

revision = "0015_gap_history"
down_revision = "0014_articles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gap", sa.Column("closed_by", sa.String(), nullable=True))
    op.add_column("gap", sa.Column("named_by", sa.String(), nullable=True))
    op.add_column("gap", sa.Column("named_size", sa.Integer(), nullable=True))
    op.add_column("gap", sa.Column("last_report_id", sa.Integer(), nullable=True))
    op.create_table(
        "gap_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gap.id"], name=op.f("fk_gap_event_gap_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gap_event_gap_id"), "gap_event", ["gap_id"], unique=False)
    # What is known of gaps from before there was a history. The time of closing of the few that were closed by hand was
    # not kept: it is when they were last changed.
    op.execute(
        "INSERT INTO gap_event (gap_id, kind, actor_name, at) SELECT id, 'created', 'system', created_at FROM gap"
    )
    op.execute("UPDATE gap SET closed_at = updated_at WHERE status = 'closed' AND closed_at IS NULL")


def downgrade() -> None:
    op.execute("UPDATE gap SET status = 'closed' WHERE status = 'verified'")
    op.drop_table("gap_event")
    for name in ("last_report_id", "named_size", "named_by", "closed_by"):
        op.drop_column("gap", name)
