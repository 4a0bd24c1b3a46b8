"""Starts an article for a gap, or says that there is not enough to write it, what is missing and whom to ask."""

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.articles.assemble import Assembly
from pipelines.articles.enough import missing_from
from pipelines.articles.evidence import RecordEvidence, Told
from pipelines.capture.redaction_reveal import parts
from pipelines.domain.articles import ArticleContent, ArticlePart, DraftedBy, Drafting, SentenceOrigin
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import NotEnoughToWrite
from pipelines.domain.gaps import GapType
from pipelines.domain.resolutions import Audience, Resolution
from pipelines.domain.tickets import Ticket, TicketKey
from service.store.engine import Database
from service.store.ids import article_numbers, gap_number, is_article, resolution_name, resolution_number
from service.store.queries import article_evidence, article_links, articles, resolutions, tickets
from service.store.session import Session
from service.usecases.actors import Actor, Permission
from service.usecases.article_tickets import redactor_of
from service.usecases.articles import article_line
from service.usecases.customers_words import customers_words
from service.usecases.read_gaps import read_gap
from service.usecases.services import Services
from service.usecases.start_article import keep_article, safe_evidence, write_draft
from service.usecases.views_articles import ArticleLine, ArticleView, FallsShort, GapStart, Waiting
from service.usecases.views_gaps import GapLine
from service.usecases.whom_to_ask import whom_to_ask

NOT_ENOUGH = (
    "Not enough to write it: there is no confirmed answer that these readers may have. Write it by hand, or ask."
)
_MOST_TICKETS = 12

_USABLE = {GapType.UNFINDABLE.value: "", GapType.STALE.value: "confirm that it holds for the versions asked about"}
"""Types of gap whose nearest record answers the question, if not for everybody who asks."""


class _Behind(NamedTuple):
    """All that is known of a gap: its tickets, the records that answer it, those that fall short, waiting drafts."""

    tickets: tuple[Ticket, ...]
    records: tuple[Resolution, ...]
    short: tuple[FallsShort, ...]
    keepers: dict[str, str | None]
    waiting: tuple[Waiting, ...]


def assess_gap(db: Database, gap_id: str, audience: Audience) -> GapStart:
    """What there is to write an article for a gap from. Raises NotFound, also for a gap not in the newest report."""
    gap = read_gap(db, gap_id).gap
    with db.read() as session:
        behind = _behind(session, gap)
        started = article_links.of_gap(session, gap_number(gap_id))
    evidence = _evidence(behind, audience)
    missing = missing_from(evidence)
    return GapStart(
        gap=gap_id,
        title=gap.title,
        audience=audience.value,
        enough=not any(one.needed for one in missing),
        records=tuple(record.id for record in behind.records),
        falls_short=behind.short,
        missing=missing,
        ask=whom_to_ask(behind.tickets, behind.keepers),
        waiting=behind.waiting,
        articles=tuple(article_line(record) for record in started),
    )


def start_from_gap(
    services: Services, gap_id: str, audience: Audience, actor: Actor, *, by_hand: bool = False
) -> ArticleView:
    """Draft an article for a gap from what is confirmed; `by_hand`: keep a skeleton for its writer to fill.

    Raises NotPermitted, NotFound, and NotEnoughToWrite where nothing confirmed answers it and `by_hand` is not set.
    """
    actor.require(Permission.PROPOSE_ARTICLES)
    gap = read_gap(services.db, gap_id).gap
    with services.db.read() as session:
        behind = _behind(session, gap)
    told = [said for ticket in behind.tickets if (said := customers_words(services, ticket))]
    area = next((t.product_area for t in behind.tickets if t.product_area), None)
    evidence = _evidence(behind, audience)
    if by_hand:
        content = _skeleton(told, gap, area)
        drafting = Drafting(by=DraftedBy.HAND)
        return keep_article(
            services.db, content, drafting, actor, audience=audience, gap=gap_id, why="started by hand for a gap"
        )
    if not any(record.fields.get(FieldName.FIX) for record in evidence):
        found = assess_gap(services.db, gap_id, audience).model_dump(mode="json")
        raise NotEnoughToWrite(NOT_ENOUGH, {key: found[key] for key in ("missing", "ask", "waiting", "falls_short")})
    draft = write_draft(services, evidence, told, redactor_of(behind.tickets), title=gap.title, product_area=area)
    return keep_article(
        services.db,
        draft.content,
        draft.drafting,
        actor,
        audience=audience,
        gap=gap_id,
        records=[record.id for record in behind.records],
        read_at={record.id: record.version for record in evidence},
        why=f"drafted for {gap_id}",
    )


def _skeleton(told: Sequence[Told], gap: GapLine, area: str | None) -> ArticleContent:
    """The customers' words alone; everything else is the writer's to fill."""
    draft = Assembly((), told, parts).write(gap.title, area)
    issue = tuple(s for s in draft.content.part(ArticlePart.ISSUE) if s.origin is SentenceOrigin.CUSTOMER)
    return draft.content.model_copy(update={"parts": {ArticlePart.ISSUE: issue} if issue else {}})


def _evidence(behind: _Behind, audience: Audience) -> list[RecordEvidence]:
    redactor = redactor_of(behind.tickets)
    return [safe_evidence(record, audience, redactor) for record in behind.records]


def _behind(session: Session, gap: GapLine) -> _Behind:
    found = [tickets.find(session, TicketKey.parse(key)) for key in gap.ticket_ids[:_MOST_TICKETS]]
    there = [record for record in found if record is not None]
    numbers = [record.id for record in there]
    own = article_evidence.records_of_tickets(session, numbers)
    nearest = gap.nearest_resolution or ""
    near = resolution_number(nearest) if nearest and not is_article(nearest) else None
    records = {r.number: r.resolution for r in resolutions.load_many(session, [*own, *([near] if near else [])])}
    usable = [records[n].id for n in own if n in records and records[n].served]
    short: list[FallsShort] = []
    if near is not None and near in records and near not in own:
        if gap.type in _USABLE and records[near].served:
            usable.append(records[near].id)
        else:
            title = records[near].content.title
            short.append(FallsShort(resolution=nearest, title=title, why=gap.falls_short or "it falls short"))
    # An article is no evidence for another; the records that it was made from are.
    for number in article_numbers([nearest]):
        if (article := articles.load(session, number)) is not None:
            title = article.article.content.title
            short.append(FallsShort(resolution=nearest, title=title, why=gap.falls_short or "it falls short"))
    return _Behind(
        tickets=tuple(record.ticket for record in there),
        records=tuple(records[resolution_number(name)] for name in usable),
        short=tuple(short),
        keepers={resolution_name(n): article_evidence.keeper_of(session, n) for n in records},
        waiting=tuple(
            Waiting(id=d.id, ticket=d.ticket, title=d.title) for d in article_evidence.waiting_drafts(session, numbers)
        ),
    )


def articles_of_gap(db: Database, gap_id: str) -> tuple[ArticleLine, ...]:
    """The articles that were started for a gap, newest first."""
    with db.read() as session:
        return tuple(article_line(record) for record in article_links.of_gap(session, gap_number(gap_id)))
