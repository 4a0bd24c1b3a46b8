"""Compares a draft with the resolutions there are, before an agent is asked to confirm it."""

import structlog

from pipelines.capture.dedupe import Likeness, Recurrence, recurrences
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import DraftContent
from pipelines.domain.errors import ModelMismatch, Unavailable
from pipelines.domain.resolutions import ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, views
from service.store.ids import resolution_number
from service.store.queries import resolutions
from service.usecases.services import Services

NEIGHBOURS = 24

log = structlog.get_logger(__name__)


def known_like(services: Services, draft: DraftContent) -> tuple[Recurrence, ...]:
    """The served resolutions that a draft repeats or adds to.

    Empty too where the index is down: the agent can still link the draft.
    """
    texts = views(_as_record(draft))
    wanted = [view for view in (PROBLEM_VIEW, ANSWER_VIEW) if view in texts]
    try:
        vectors = services.embedder.embed_documents([texts[view] for view in wanted])
        near = {v: services.vectors.query(vector, NEIGHBOURS) for v, vector in zip(wanted, vectors, strict=True)}
    except (Unavailable, ModelMismatch):
        log.warning("dedupe.skipped")
        return ()
    likenesses: dict[str, dict[str, float]] = {}
    for view, hits in near.items():
        for hit in hits:
            name, _, theirs = hit.id.partition(":")
            if theirs == view:
                likenesses.setdefault(name, {})[view] = hit.similarity
    if not likenesses:
        return ()
    with services.db.read() as session:
        records = resolutions.load_many(session, [resolution_number(name) for name in likenesses])
    served = {r.resolution.id for r in records if r.resolution.served}
    return recurrences(
        {
            name: Likeness(
                problem=found.get(PROBLEM_VIEW),
                answer=found.get(ANSWER_VIEW, 0.0) if ANSWER_VIEW in wanted else None,
            )
            for name, found in likenesses.items()
            if name in served
        }
    )


def _as_record(draft: DraftContent) -> ResolutionContent:
    """The draft in the form that is embedded when it is confirmed."""
    return ResolutionContent(
        title=draft.title,
        fields={name: ResolutionField(state=SettledState.STATED, text=f.text) for name, f in draft.fields.items()},
        versions=ResolutionVersions(state=SettledState.NOT_KNOWN),
    )
