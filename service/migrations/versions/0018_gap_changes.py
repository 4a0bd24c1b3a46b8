"""An index that says when a gap last changed without a look at each: every question nobody answers asks for it."""

from alembic import op

revision = "0018_gap_changes"
down_revision = "0017_quick_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_gap_updated_at"), "gap", ["updated_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_gap_updated_at"), table_name="gap")
