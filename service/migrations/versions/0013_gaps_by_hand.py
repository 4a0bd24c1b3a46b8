"""What managers merged and split by hand: a gap that is part of another, and tickets that belong to a gap."""

import sqlalchemy as sa
from alembic import op

revision = "0013_gaps_by_hand"
down_revision = "0012_held"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A plain number: SQLite adds no foreign key to a table that stands, and gaps are never deleted.
    op.add_column("gap", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.create_table(
        "gap_pin",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gap.id"], name=op.f("fk_gap_pin_gap_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_gap_pin_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_gap_pin")),
    )
    op.create_index(op.f("ix_gap_pin_gap_id"), "gap_pin", ["gap_id"], unique=False)


def downgrade() -> None:
    op.drop_table("gap_pin")
    op.drop_column("gap", "merged_into")
