"""Drafts and the decisions on them."""

import sqlalchemy as sa
from alembic import op

revision = "0004_capture"
down_revision = "0003_resolutions"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("closure", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("dedupe", JSON, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_draft_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("ticket_id", "closure", "part", name=op.f("uq_draft_ticket_id_closure_part")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_state_created_at"), "draft", ["state", "created_at"], unique=False)
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("edited_fields", JSON, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=True),
        sa.Column("resolution_version", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_confirmation_actor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_confirmation_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_confirmation_resolution_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_confirmation_draft_id"), "confirmation", ["draft_id"], unique=False)
    op.create_index(op.f("ix_confirmation_resolution_id"), "confirmation", ["resolution_id"], unique=False)
