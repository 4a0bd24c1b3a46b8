"""What spares a question work: the words of each resolution as they are compared, and a number of the word index.

Every change of SQLite's word index raises the number: what a process remembers of the index holds as long as it.
PostgreSQL's word search remembers nothing of single resolutions, and a row that every writer changes would make them
wait for one another.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_quick_questions"
down_revision = "0016_links_and_article_use"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resolution_words",
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_resolution_words_resolution_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resolution_id", name=op.f("pk_resolution_words")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE resolution_fts_generation (number INTEGER NOT NULL)")
        op.execute("INSERT INTO resolution_fts_generation (number) VALUES (0)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("resolution_fts_generation")
    op.drop_table("resolution_words")
