"""Which tickets say that they have one problem with another."""

import sqlalchemy as sa
from alembic import op

revision = "0016_ticket_links"
down_revision = "0014_articles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_link",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("other_source", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "other_source", "other_id", "relation", name=op.f("pk_ticket_link")),
    )
    op.create_index(
        op.f("ix_ticket_link_other_source_other_id"), "ticket_link", ["other_source", "other_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("ticket_link")
