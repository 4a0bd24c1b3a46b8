"""Builds and reads gap reports: what customers keep asking that no confirmed resolution answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import DemandKind, DemandSignal, GapStatus
from pipelines.domain.storable import require_storable
from pipelines.domain.suggestions import Query, SuggestionVerdict
from pipelines.domain.tickets import TicketKey
from pipelines.domain.value import Value
from pipelines.gaps.cluster import recognise
from pipelines.gaps.demand import signal_of_ticket, unanswered
from pipelines.gaps.report import Gap, Report, build
from pipelines.ports import Vectors
from pipelines.retrieve.fuse import combined, fuse, shortlist
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import answer
from service.store import jobs
from service.store.engine import Database
from service.store.ids import gap_name, gap_number, resolution_number
from service.store.queries import gaps, resolutions, suggestions, tickets
from service.store.queries.gaps import GapRecord, ReportRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.index import embed_cached
from service.usecases.services import Services
from service.usecases.suggest import LEXICAL_HITS, READ, VECTOR_HITS, opening, ticket_query
from service.usecases.tickets import line
from service.usecases.views import EvidenceQuote, GapLine, GapReportView, GapView

GAPS_JOB = "gaps"
LONGEST_QUESTION = 4000
SHOWN_QUOTES = 6
LONGEST_QUOTE = 400

log = structlog.get_logger(__name__)


class GapChange(Value):
    """What to change of a gap; what is None stays."""

    title: str | None = None
    owner: str | None = None
    status: GapStatus | None = None
    note: str | None = None


def build_report(services: Services, claimed: jobs.Claimed | None = None) -> GapReportView:
    """Build a report on the demand there is now and keep it. A gap that was known before keeps its id and its owner."""
    now = clock.now()
    signals, queries = _demand(services.db)
    vectors = _vectors(services, queries)
    answered = _answered(services, queries, vectors)
    kept = {s.id for s in unanswered(signals, lambda _: answered)}
    rows = [i for i, signal in enumerate(signals) if signal.id in kept]
    report = build([signals[i] for i in rows], [queries[i].subject for i in rows], vectors[rows], now)
    with services.db.write() as session:
        if claimed is not None:
            jobs.complete(session, claimed)
        numbers = _recognised(session, report, services.embedder.model_id, services.embedder.dimension)
        first = min((signals[i].at for i in rows), default=None)
        gaps.add_report(session, now, (first, now), report.inputs_sha256, _kept(report, numbers))
        latest = gaps.latest_report(session)
        assert latest is not None  # noqa: S101 - added just now
        view = _view(session, latest)
    log.info("gaps.built", gaps=len(view.gaps), signals=view.signals)
    return view


def latest_report(db: Database) -> GapReportView | None:
    """The newest report, with each gap's title, owner and status as they are now; None before the first."""
    with db.read() as session:
        latest = gaps.latest_report(session)
        return _view(session, latest) if latest else None


def read_gap(db: Database, gap_id: str) -> GapView:
    """A gap with its tickets and what customers said. Raises NotFound, also for one not in the newest report."""
    with db.read() as session:
        return _gap_view(session, gap_id)


def change_gap(db: Database, gap_id: str, change: GapChange, actor: Actor) -> GapView:
    """Rename, assign, dismiss or reopen a gap. Raises NotFound, and InvalidInput for a dismissal without a reason."""
    with db.write() as session:
        record = _load(session, gap_id)
        for name in ("title", "owner", "note"):
            require_storable(getattr(change, name) or "", name)
        values: dict[str, Any] = {}
        if change.title is not None:
            if not change.title.strip():
                raise InvalidInput("A gap needs a title.")
            values["title"] = Redactor().redact_text(change.title.strip())
        if change.owner is not None:
            values["owner"] = change.owner.strip() or None
        if change.note is not None:
            values["note"] = Redactor().redact_text(change.note.strip()) or None
        if change.status is not None:
            if change.status is GapStatus.DISMISSED and not (values.get("note") or record.note):
                raise InvalidInput("Say in `note` why the gap is dismissed.")
            values["status"] = change.status.value
        elif "owner" in values and record.status in (GapStatus.OPEN, GapStatus.ASSIGNED):
            values["status"] = (GapStatus.ASSIGNED if values["owner"] else GapStatus.OPEN).value
        gaps.change(session, record.id, values, clock.now())
        log.info("gap.changed", gap=gap_id, by=actor.id, what=sorted(values))
        session.flush()
        return _gap_view(session, gap_id)


def _demand(db: Database) -> tuple[list[DemandSignal], list[Query]]:
    """Every sign of demand with the question in it, redacted, in the order of the signals' ids."""
    now = clock.now()
    found: list[tuple[DemandSignal, Query]] = []
    with db.read() as session:
        for record in tickets.demanding(session):
            redactor = Redactor.for_ticket(record.ticket)
            asked = ticket_query(record.ticket)
            query = Query(
                subject=redactor.redact_text(asked.subject), body=redactor.redact_text(asked.body[:LONGEST_QUESTION])
            )
            text = f"{query.subject}\n{query.body}"
            signal = signal_of_ticket(record.ticket, record.capture_state.value, text, now)
            if signal is not None:
                found.append((signal, query))
        for search in suggestions.searches_unanswered(session):
            signal = DemandSignal(
                id=f"search/{search.id}",
                kind=DemandKind.ABSTENTION,
                at=search.at,
                product_area=search.product_area,
                text=search.text,
            )
            subject, _, body = search.text.partition("\n")
            found.append((signal, Query(subject=subject, body=body)))
    found.sort(key=lambda pair: pair[0].id)
    return [signal for signal, _ in found], [query for _, query in found]


def _vectors(services: Services, queries: Sequence[Query]) -> Vectors:
    """The vector of each question, as triage makes it."""
    texts = [prepare(query).texts or ("",) for query in queries]
    flat = iter(embed_cached(services.db, services.embedder, [text for each in texts for text in each]))
    rows = [combined(np.stack([next(flat) for _ in each])) for each in texts]
    return np.stack(rows) if rows else np.zeros((0, services.embedder.dimension), dtype=np.float32)


def _answered(services: Services, queries: Sequence[Query], vectors: Vectors) -> list[bool]:
    """Whether triage would suggest something for each question."""
    return [_would_suggest(services, query, vector) for query, vector in zip(queries, vectors, strict=True)]


def _would_suggest(services: Services, query: Query, vector: Vectors) -> bool:
    near = services.vectors.query(vector, VECTOR_HITS)
    words = services.lexical.search(prepare(query).lexical, LEXICAL_HITS)
    with services.db.read() as session:
        names = shortlist(near, words, READ)
        records = resolutions.load_many(session, [resolution_number(name) for name in names])
    known = {r.resolution.id: r.resolution for r in records if r.resolution.served}
    return answer(query, fuse(near, words, known)).verdict is SuggestionVerdict.SUGGESTED


def _recognised(session: Session, report: Report, model_id: str, dimension: int) -> list[int]:
    """The ledger's number of each gap of the report, in its order; a gap not known before gets a new one."""
    known = [record for record in gaps.known(session, model_id) if record.centroid is not None]
    centroids = np.array([gap.centroid for gap in report.gaps], dtype=np.float32).reshape(-1, dimension)
    before = np.array([record.centroid for record in known], dtype=np.float32).reshape(-1, dimension)
    now = clock.now()
    numbers: list[int] = []
    for gap, centroid, same in zip(report.gaps, centroids, recognise(centroids, before), strict=True):
        if same is None:
            numbers.append(gaps.add(session, gap.title, gap.type.value, centroid, model_id, now))
        else:
            gaps.move_centroid(session, known[same].id, centroid, now)
            numbers.append(known[same].id)
    return numbers


def _kept(report: Report, numbers: Sequence[int]) -> dict[str, Any]:
    return {
        "gaps": [
            {"id": gap_name(number), **gap.model_dump(mode="json", exclude={"centroid", "signals"})}
            for gap, number in zip(report.gaps, numbers, strict=True)
        ],
        "unseen": report.unseen.model_dump(),
        "signals": report.signals,
        "single": report.single,
    }


def _view(session: Session, record: ReportRecord) -> GapReportView:
    kept = record.report
    ledger = {gap["id"]: gaps.load(session, gap_number(gap["id"])) for gap in kept["gaps"]}
    return GapReportView(
        id=str(record.id),
        built_at=record.built_at,
        window={
            "from": record.window_start.isoformat() if record.window_start else None,
            "to": record.window_end.isoformat(),
        },
        inputs_sha256=record.inputs_sha256,
        gaps=tuple(_line(gap, ledger[gap["id"]]) for gap in kept["gaps"]),
        unseen=kept["unseen"],
        signals=kept["signals"],
        single=kept["single"],
    )


def _line(kept: Mapping[str, Any], ledger: GapRecord | None) -> GapLine:
    gap = Gap.model_validate({**{k: v for k, v in kept.items() if k != "id"}, "signals": (), "centroid": ()})
    return GapLine(
        id=kept["id"],
        title=ledger.title if ledger else gap.title,
        type=gap.type.value,
        demand={"tickets": len(gap.tickets), "accounts": gap.accounts, "searches": gap.searches},
        escalations=gap.escalations,
        hours=gap.hours,
        growth=gap.growth,
        enough_to_write=gap.enough_to_write,
        owner=ledger.owner if ledger else None,
        status=ledger.status if ledger else GapStatus.OPEN.value,
        ticket_ids=gap.tickets,
        keywords=gap.keywords,
    )


def _load(session: Session, gap_id: str) -> GapRecord:
    record = gaps.load(session, gap_number(gap_id))
    if record is None:
        raise NotFound(f"There is no gap {gap_id}.")
    return record


def _gap_view(session: Session, gap_id: str) -> GapView:
    record = _load(session, gap_id)
    latest = gaps.latest_report(session)
    listed = next((gap for gap in _view(session, latest).gaps if gap.id == gap_id), None) if latest else None
    if listed is None:
        raise NotFound(f"Gap {gap_id} is not in the newest report: nothing shows demand for it any more.")
    keys = [TicketKey.parse(key) for key in listed.ticket_ids]
    return GapView(
        gap=listed,
        tickets=tuple(line(found) for found in tickets.lines(session, keys)),
        quotes=tuple(_quotes(session, keys[:SHOWN_QUOTES])),
        note=record.note,
    )


def _quotes(session: Session, keys: Sequence[TicketKey]) -> list[EvidenceQuote]:
    """What customers said, in their words but redacted: the beginning of each ticket's question."""
    quotes = []
    for key in keys:
        record = tickets.find(session, key)
        first = opening(record.ticket) if record else None
        if record is None or first is None:
            continue
        quotes.append(
            EvidenceQuote(
                field="symptom",
                ticket=str(key),
                message=first.id,
                role=first.role.value,
                visibility=first.visibility.value,
                at=first.at,
                text=Redactor.for_ticket(record.ticket).redact_part(first.body, 0, min(len(first.body), LONGEST_QUOTE)),
            )
        )
    return quotes
