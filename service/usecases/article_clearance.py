"""Checks an article against what its audience may read: its records as they were drafted from, and internal notes."""

from pipelines.articles.clearance import Known, Refused, refused
from pipelines.articles.evidence import TITLE, VERSION, open_fields
from pipelines.capture.audience import InternalNotes
from pipelines.capture.customer_names import CustomerNames
from pipelines.capture.redaction_reveal import parts
from pipelines.domain.articles import Article, ArticleContent, ArticlePart, SentenceOrigin
from pipelines.domain.resolutions import Audience, Resolution
from pipelines.domain.tickets import Visibility
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import article_links, resolution_links, resolutions
from service.store.session import Session
from service.usecases.article_tickets import tickets_behind
from service.usecases.articles import load_article


def check_article(db: Database, article_id: str, audience: Audience | None = None) -> list[Refused]:
    """What keeps an article from its audience, or from another. Raises NotFound."""
    with db.read() as session:
        record = load_article(session, article_id)
        return refusals(session, record.number, record.article, record.article.content, audience)


def refusals(
    session: Session, number: int, article: Article, content: ArticleContent, audience: Audience | None = None
) -> list[Refused]:
    """What keeps a text of this article from an audience, by default its own."""
    wanted = audience or article.audience
    versions = _records_at(session, content)
    behind = tickets_behind(
        session, content, [s.resolution for s in article_links.sources(session, number)], article.gap
    )
    public = [t.subject for t in behind]
    public += [m.body for t in behind for m in t.messages if m.visibility is Visibility.PUBLIC]
    public += [s.text for part in ArticlePart for s in content.part(part) if s.origin is SentenceOrigin.CUSTOMER]
    # What a record may tell these readers counts as told, however it came to be known.
    for record in versions.values():
        names = open_fields(record, wanted)
        public += [field.text for name, field in record.content.fields.items() if name.value in names and field.text]
        public += [*record.content.versions.affected, *record.content.versions.fixed_in] if VERSION in names else []
        public += [record.content.title] if TITLE in names else []
    notes = InternalNotes(public, [m.body for t in behind for m in t.messages if m.visibility is Visibility.INTERNAL])
    opened = {key: open_fields(record, wanted) for key, record in versions.items()}
    return refused(content, Known(wanted, opened, notes.tell, parts, CustomerNames(behind).find))


def _records_at(session: Session, content: ArticleContent) -> dict[tuple[str, int | None], Resolution]:
    """Each record and version that a sentence rests on. A version that is not there any more has no open field."""
    refs = {(ref.record, ref.version) for part in ArticlePart for s in content.part(part) for ref in s.sources}
    wanted = [(resolution_number(name), version) for name, version in refs if "/" not in name and version is not None]
    current = {r.number: r.resolution for r in resolutions.load_many(session, [number for number, _ in wanted])}
    found: dict[tuple[str, int | None], Resolution] = {}
    for number, version in wanted:
        if number not in current:
            continue
        known = resolution_links.at_versions(session, [(number, version)]).get(number)
        if known is not None:
            record = current[number].model_copy(update={"content": known, "version": version})
            found[record.id, version] = record
    return found
