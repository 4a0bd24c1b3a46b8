"""What agents typed on drafts and have not decided yet."""

import sqlalchemy as sa
from alembic import op

revision = "0008_work_in_progress"
down_revision = "0007_lexical"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_in_progress",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_work_in_progress_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_work_in_progress_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_work_in_progress")),
    )
    op.create_index(op.f("ix_work_in_progress_user_id"), "work_in_progress", ["user_id"], unique=False)
