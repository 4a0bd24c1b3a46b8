"""Which tickets say that they have one problem with another, and what became of articles at triage."""

import sqlalchemy as sa
from alembic import op

revision = "0016_links_and_article_use"
down_revision = "0015_gap_history"
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
    name = op.f("ix_ticket_link_other_source_other_id")
    op.create_index(name, "ticket_link", ["other_source", "other_id"], unique=False)
    op.add_column("article", sa.Column("shown", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "article_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([own], [other], name=op.f(f"fk_article_outcome_{own}"), ondelete=then)
            for own, other, then in (
                ("article_id", "article.id", "CASCADE"),
                ("suggestion_id", "suggestion.id", "CASCADE"),
                ("ticket_id", "ticket.id", "SET NULL"),
                ("actor_id", "user.id", "SET NULL"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_outcome")),
        sqlite_autoincrement=True,
    )
    for column in ("article_id", "suggestion_id", "ticket_id"):
        op.create_index(op.f(f"ix_article_outcome_{column}"), "article_outcome", [column], unique=False)


def downgrade() -> None:
    op.drop_table("article_outcome")
    op.drop_column("article", "shown")
    op.drop_table("ticket_link")
