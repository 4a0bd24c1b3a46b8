"""Starts articles: drafts them from confirmed records, and keeps what was drafted as version 1 with its sources."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog

from pipelines.articles.assemble import INTERNAL, Assembly
from pipelines.articles.evidence import RecordEvidence, Told, evidence_of
from pipelines.capture.redact import Redactor
from pipelines.capture.redaction_reveal import parts
from pipelines.domain.articles import ArticleContent, DraftedBy, Drafting
from pipelines.domain.errors import Conflict, InvalidInput, NotFound, SummariserFailed
from pipelines.domain.resolutions import Audience, Confidence, Resolution
from pipelines.domain.tickets import TicketKey
from service.store.engine import Database
from service.store.ids import gap_number, resolution_number
from service.store.queries import article_evidence, articles, gaps, resolutions, tickets
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor, Permission
from service.usecases.article_tickets import redactor_of, tickets_of_record
from service.usecases.articles import article_view
from service.usecases.services import Services
from service.usecases.usable import require_usable
from service.usecases.views_articles import ArticleView

MOST_RECORDS = 12
"""Resolutions of one article; with more, no reader finds the one that is meant for them."""

log = structlog.get_logger(__name__)


class Draft(NamedTuple):
    content: ArticleContent
    drafting: Drafting


def start_from_resolutions(
    services: Services, ids: Sequence[str], audience: Audience, actor: Actor, title: str | None = None
) -> ArticleView:
    """Draft an article from one or more resolutions, their conditions side by side.

    Raises NotPermitted, NotFound, and InvalidInput for none, for too many, and for one that is archived.
    """
    actor.require(Permission.PROPOSE_ARTICLES)
    require_usable("title", title or "")
    names = list(dict.fromkeys(ids))
    if not 1 <= len(names) <= MOST_RECORDS:
        raise InvalidInput(f"Choose one to {MOST_RECORDS} resolutions to write an article from.")
    with services.db.read() as session:
        numbers = {resolution_number(name): name for name in names}
        found = {r.number: r.resolution for r in resolutions.load_many(session, list(numbers))}
        keys = dict.fromkeys(key for record in found.values() for key in tickets_of_record(record.content))
        behind = [record.ticket for key in keys if (record := tickets.find(session, TicketKey.parse(key)))]
    for number, name in numbers.items():
        if number not in found:
            raise NotFound(f"There is no resolution {name}.")
        if found[number].confidence is Confidence.ARCHIVED:
            raise InvalidInput(f"{name} is archived; an article is not written from what does not hold any more.")
    redactor = redactor_of(behind)
    evidence = [safe_evidence(found[number], audience, redactor) for number in numbers]
    draft = write_draft(services, evidence, (), redactor, title=(title and redactor.redact_text(title.strip())) or None)
    return keep_article(
        services.db,
        draft.content,
        draft.drafting,
        actor,
        audience=audience,
        records=names,
        read_at={record.id: record.version for record in evidence},
    )


def start_by_hand(db: Database, title: str, audience: Audience, actor: Actor) -> ArticleView:
    """An empty article with a title. Raises NotPermitted, and InvalidInput without a title."""
    require_usable("title", title)
    if not title.strip():
        raise InvalidInput("An article needs a title.")
    content = ArticleContent(title=Redactor().redact_text(title.strip()))
    return keep_article(db, content, Drafting(by=DraftedBy.HAND), actor, audience=audience, why="started by hand")


def write_draft(
    services: Services,
    records: Sequence[RecordEvidence],
    told: Sequence[Told],
    redactor: Redactor,
    *,
    title: str | None = None,
    product_area: str | None = None,
) -> Draft:
    """The text for these records and customers' words, by the LLM where one is configured, else offline.

    No transaction is open: the model may take its time. Where it gives no usable text the offline one stands in.
    """
    assembled = Assembly(records, told, parts).write(title, product_area)
    offline = Draft(assembled.content, Drafting(by=DraftedBy.OFFLINE, left_out=assembled.left_out))
    writer = services.writer
    if writer is None or not records:
        return offline
    try:
        written = writer.write(records, told, parts, redactor.redact_text)
    except SummariserFailed as failed:
        log.warning("article.llm_failed", reason=failed.reason)
        return Draft(offline.content, offline.drafting.model_copy(update={"fallback_reason": failed.reason}))
    content = assembled.content.model_copy(
        update={"parts": written.parts, "title": title or written.title or assembled.content.title}
    )
    prompt = writer.prompt
    drafting = Drafting(
        by=DraftedBy.LLM,
        model=written.model,
        prompt_id=prompt.id,
        prompt_version=prompt.version,
        prompt_sha256=prompt.sha256,
        dropped=written.dropped,
        left_out=tuple(out for out in assembled.left_out if out.why == INTERNAL),
    )
    return Draft(content, drafting)


def safe_evidence(resolution: Resolution, audience: Audience, redactor: Redactor) -> RecordEvidence:
    """What an audience may read of a resolution, without a name that any ticket behind the article gives away."""
    found = evidence_of(resolution, audience)
    clean: Callable[[str], str] = redactor.redact_text
    return found.model_copy(
        update={
            "title": found.title and clean(found.title),
            "fields": {name: clean(text) for name, text in found.fields.items()},
            "affected": tuple(map(clean, found.affected)),
            "fixed_in": tuple(map(clean, found.fixed_in)),
            "wordings": tuple(map(clean, found.wordings)),
        }
    )


def keep_article(
    db: Database,
    content: ArticleContent,
    drafting: Drafting,
    actor: Actor,
    *,
    audience: Audience,
    gap: str | None = None,
    records: Sequence[str] = (),
    read_at: Mapping[str, int] | None = None,
    why: str = "drafted",
) -> ArticleView:
    """Keep a draft as a new article. `read_at`: the versions of the records that it was written from.

    Raises NotPermitted, NotFound for a gap or a record that does not exist, and Conflict for a record that is at
    another version by now: a ticket of its may have been erased, and what was read is not to be kept.
    """
    actor.require(Permission.PROPOSE_ARTICLES)
    with db.write() as session:
        number = gap_number(gap) if gap is not None else None
        if number is not None and gaps.load(session, number) is None:
            raise NotFound(f"There is no gap {gap}.")
        wanted = {resolution_number(name): name for name in records}
        content = _still_there(session, content)  # erasure takes its ticket before its records, and so does this
        held = (resolutions.load(session, one, lock=True) for one in sorted(wanted))
        found = {r.number: r.resolution.version for r in held if r is not None}
        for missing in wanted.keys() - found.keys():
            raise NotFound(f"There is no resolution {wanted[missing]}.")
        for one, version in found.items():
            if read_at is not None and read_at.get(wanted[one], version) != version:
                raise Conflict(f"{wanted[one]} was changed while the article was drafted. Start it again.")
        record = articles.add(
            session, content, drafting, actor.name, why, clock.now(), audience=audience, gap=number, sources=found
        )
        log.info("article.drafted", article=record.article.id, by=drafting.by.value, records=len(found), gap=gap)
        return article_view(session, record)


def _still_there(session: Session, content: ArticleContent) -> ArticleContent:
    """The content without the words of customers whose tickets were erased while it was drafted."""
    named = [record for record in content.records if "/" in record]
    gone = set(named) - article_evidence.hold_tickets(session, [TicketKey.parse(record) for record in named])
    if not gone:
        return content
    parts = {
        part: tuple(s for s in said if not any(ref.record in gone for ref in s.sources))
        for part, said in content.parts.items()
    }
    return content.model_copy(update={"parts": {part: said for part, said in parts.items() if said}})
