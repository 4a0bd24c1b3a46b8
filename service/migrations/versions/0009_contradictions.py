"""Contradictions between resolutions, and which fields a confirmation affirmed without evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0009_contradictions"
down_revision = "0008_work_in_progress"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    # Nullable: of earlier decisions nobody counted them.
    op.add_column("confirmation", sa.Column("affirmed_fields", JSON, nullable=True))
    op.create_table(
        "contradiction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("conditions", sa.String(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_contradiction_resolution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["resolution.id"], name=op.f("fk_contradiction_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_contradiction_draft_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contradiction")),
        sa.UniqueConstraint("resolution_id", "other_id", name=op.f("uq_contradiction_resolution_id_other_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contradiction_other_id"), "contradiction", ["other_id"], unique=False)
    op.create_index(op.f("ix_contradiction_settlement"), "contradiction", ["settlement"], unique=False)


def downgrade() -> None:
    op.drop_table("contradiction")
    op.drop_column("confirmation", "affirmed_fields")
