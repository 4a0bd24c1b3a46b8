"""Why triage answered what it answered: a kept answer with the numbers and versions that made it."""

from collections.abc import Mapping
from typing import Any

from pipelines.domain.errors import NotFound
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.suggestions import Query, Question
from pipelines.retrieve.ranking import ranking_id
from service.store.ids import resolution_number, suggestion_number
from service.store.queries import resolution_links, suggestions
from service.usecases.services import Services
from service.usecases.views_suggestions import GivenResolution, GivenSuggestion


def explain(services: Services, suggestion_id: str) -> GivenSuggestion:
    """An answer as it was given. Raises NotFound. Titles are those of the versions that were shown."""
    with services.db.read() as session:
        kept = suggestions.given(session, suggestion_number(suggestion_id))
        if kept is None:
            raise NotFound(f"There is no suggestion {suggestion_id[:40]!r}.")
        recommended = list(kept.answer.get("suggestions", ()))
        shown = [*recommended, *kept.answer.get("near_misses", ())]
        wanted = [(resolution_number(one["resolution_id"]), int(one["version"])) for one in shown]
        contents = resolution_links.at_versions(session, wanted)
    asked = kept.answer.get("question")
    return GivenSuggestion(
        id=suggestion_id,
        at=kept.at,
        ticket=kept.ticket,
        query=Query.model_validate(kept.query),
        verdict=kept.verdict,
        degraded=kept.degraded,
        model_id=kept.model_id,
        ranking_id=kept.ranking_id,
        same_ranking=kept.ranking_id == ranking_id(services.ranking),
        question=Question.model_validate(asked) if asked else None,
        given=tuple(
            _given(one, contents.get(number), kept.outcomes.get(number), one in recommended)
            for one, (number, _) in zip(shown, wanted, strict=True)
        ),
    )


def _given(
    one: Mapping[str, Any], content: ResolutionContent | None, outcome: str | None, recommended: bool
) -> GivenResolution:
    title = content.title if content else ""
    return GivenResolution.model_validate({**one, "title": title, "outcome": outcome, "recommended": recommended})
