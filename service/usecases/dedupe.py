"""Compares a draft with the resolutions there are, before an agent is asked to confirm it."""

from collections.abc import Sequence

import structlog

from pipelines.capture.dedupe import recurrences
from pipelines.capture.redact import Redactor
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import DraftContent
from pipelines.domain.errors import ModelMismatch, Unavailable
from pipelines.domain.recurrences import Recurrence
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.tickets import Ticket
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.covers import covers
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, views
from pipelines.retrieve.fuse import shortlist
from service.store.ids import resolution_numbers
from service.store.queries import resolutions
from service.usecases.embedding import embed_cached
from service.usecases.resolution_content import with_ticket_facts
from service.usecases.services import Services

NEIGHBOURS = 24
COMPARED = 12
"""Records that are read and compared part by part: the likeliest of what both searches found."""

log = structlog.get_logger(__name__)


def known_like(services: Services, draft: DraftContent, ticket: Ticket) -> tuple[Recurrence, ...] | None:
    """The served resolutions that a draft repeats, adds to or contradicts.

    None where nothing can be embedded: the agent can still link the draft.
    """
    ours = with_ticket_facts(as_record(draft, ticket.product_area), ticket, Redactor.for_ticket(ticket))
    try:
        return alike(services, ours, ticket.key.id)
    except (Unavailable, ModelMismatch):
        log.warning("dedupe.skipped")
        return None


def alike(
    services: Services,
    content: ResolutionContent,
    ticket_id: str = "",
    *,
    but: str | None = None,
    also: Sequence[str] = (),
) -> tuple[Recurrence, ...]:
    """The same for any record, leaving out the resolution `but` and always comparing with those in `also`.

    `ticket_id` tells a ticket's number from an error code. Raises Unavailable or ModelMismatch where nothing can be
    embedded.
    """

    def embed(texts: Sequence[str]) -> Vectors:
        return embed_cached(services.db, services.embedder, texts)

    candidates = _candidates(services, content, but, also)
    return recurrences(content, candidates, embed, covers, no_codes=_prefix(ticket_id))


def as_record(draft: DraftContent, area: str | None) -> ResolutionContent:
    """The draft in the form that is compared: as if it were confirmed as it stands."""
    versions = draft.versions
    return ResolutionContent(
        title=draft.title,
        fields={name: ResolutionField(state=SettledState.STATED, text=f.text) for name, f in draft.fields.items()},
        fix_kind=draft.fix_kind,
        versions=ResolutionVersions(
            state=SettledState.STATED if versions.stated else SettledState.NOT_KNOWN,
            affected=versions.affected,
            fixed_in=versions.fixed_in,
        ),
        product_area=area,
    )


def _candidates(
    services: Services, content: ResolutionContent, but: str | None, also: Sequence[str]
) -> list[Resolution]:
    """The likeliest served records by meaning and by words; by words alone where the index does not answer."""
    texts = views(content)
    wanted = [texts[view] for view in (PROBLEM_VIEW, ANSWER_VIEW) if view in texts]
    found = shortlist(_near(services, wanted), _worded(services, texts.get(PROBLEM_VIEW, "")), COMPARED)
    names = list(dict.fromkeys((*also, *found)))
    with services.db.read() as session:
        records = resolutions.load_many(session, resolution_numbers(name for name in names if name != but))
    served = {r.resolution.id: r.resolution for r in records if r.resolution.served}
    return [served[name] for name in names if name in served]


def _near(services: Services, texts: Sequence[str]) -> list[VectorHit]:
    try:
        vectors = services.embedder.embed_documents(texts)
        return [hit for vector in vectors for hit in services.vectors.query(vector, NEIGHBOURS)]
    except (Unavailable, ModelMismatch):
        log.warning("dedupe.words_only")
        return []


def _worded(services: Services, text: str) -> list[LexicalHit]:
    return services.lexical.search(text, NEIGHBOURS) if text.strip() else []


def _prefix(ticket_id: str) -> frozenset[str]:
    """What stands before the number of a ticket such as OPS-1234, which is no error code."""
    letters = ticket_id.split("-", maxsplit=1)[0]
    return frozenset({letters}) if letters.isupper() else frozenset()
