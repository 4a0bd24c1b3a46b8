"""What of a resolution is searched by words."""

from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.lexical import LexicalText, open_lexical_index
from service.store.session import Session


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
    """Put a resolution into word search within the caller's transaction, or take it out when it is not served."""
    lexical = open_lexical_index(db)
    number = resolution_number(resolution.id)
    if resolution.served:
        lexical.put(session, number, lexical_text(resolution))
    else:
        lexical.remove(session, number)
