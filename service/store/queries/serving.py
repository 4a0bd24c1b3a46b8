"""What triage serves, in one number: it changes with every record that is made, changed, indexed or taken back."""

import hashlib

from sqlalchemy import select
from sqlmodel import Session, col

from service.store.tables import ArticleRow, ResolutionRow
from service.store.tables.columns import table_of

_RECORD = ("version", "indexed_version", "confidence", "created_at", "updated_at")
_ARTICLE = ("published_version", "indexed_version", "status", "published_at", "updated_at")


def fingerprint(session: Session) -> str:
    """The same for as long as every question finds the same records with the same words in them."""
    digest = hashlib.sha256()
    for table, state in ((table_of(ResolutionRow), _RECORD), (table_of(ArticleRow), _ARTICLE)):
        rows = select(*(table.c[name] for name in ("id", *state))).order_by(table.c.id)
        for row in session.connection().execute(rows):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def anything(session: Session) -> bool:
    """Whether there is any record or published article at all."""
    some = session.execute(select(col(ResolutionRow.id)).limit(1)).first()
    published = select(col(ArticleRow.id)).where(col(ArticleRow.published_version).is_not(None)).limit(1)
    return some is not None or session.execute(published).first() is not None
