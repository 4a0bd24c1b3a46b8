"""What of a resolution is searched by words."""

from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.lexical import LexicalText, open_lexical_index
from service.store.queries import candidates, resolutions
from service.store.session import Session

_AT_ONCE = 100
"""Few, because writers wait for one another: a tenth of a second."""


def lexical_text(resolution: Resolution) -> LexicalText:
    """Title, symptom, cause and fix; versions and environment stand with the codes, which weigh most."""
    content = resolution.content
    versions = (*content.versions.affected, *content.versions.fixed_in)
    return LexicalText(
        title=content.title,
        symptom="\n".join((content.text(FieldName.SYMPTOM) or "", *content.wordings)),
        cause=content.text(FieldName.ROOT_CAUSE) or "",
        fix=content.text(FieldName.FIX) or "",
        codes=" ".join((*versions, content.text(FieldName.ENVIRONMENT) or "")),
    )


def put_lexical(db: Database, session: Session, resolution: Resolution) -> None:
    """Put a resolution into word search within the caller's transaction, or take it out when it is not served.

    Its words go where questions are compared with them.
    """
    lexical = open_lexical_index(db)
    number = resolution_number(resolution.id)
    if resolution.served:
        lexical.put(session, number, lexical_text(resolution))
        candidates.put_words(session, resolution)
    else:
        lexical.remove(session, number)
        candidates.remove_words(session, number)


def put_missing_words(db: Database) -> int:
    """Keep the words of resolutions from before they were kept, or were kept in this way; returns of how many.

    Word search gets them too, as this program cuts them.
    """
    lexical = open_lexical_index(db)
    total = after = 0
    while True:
        with db.write() as session:
            numbers = candidates.without_words(session, _AT_ONCE, after)
            if not numbers:
                return total
            for record in resolutions.load_many(session, numbers):
                if record.resolution.served:
                    lexical.put(session, record.number, lexical_text(record.resolution))
                    candidates.put_words(session, record.resolution)
                    total += 1
        after = numbers[-1]
