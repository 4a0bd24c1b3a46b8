"""Word search over resolutions, kept by each engine in its own way under one name.

The words are cut and stemmed before they arrive, so both engines take them as they are: FTS5's `ascii` tokenizer splits
at blanks only, once every other mark that a word may hold is declared a part of words.
"""

from alembic import op

revision = "0007_lexical"
down_revision = "0006_operations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE resolution_fts USING fts5("
            "title, symptom, cause, fix, codes, tokenize = \"ascii tokenchars '_-.:/@#+'\")"
        )
        op.execute("CREATE VIRTUAL TABLE resolution_fts_terms USING fts5vocab('resolution_fts', 'row')")
    else:
        op.execute(
            "CREATE TABLE resolution_fts (resolution_id integer CONSTRAINT pk_resolution_fts PRIMARY KEY, "
            "lexemes tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_resolution_fts_lexemes ON resolution_fts USING gin (lexemes)")
