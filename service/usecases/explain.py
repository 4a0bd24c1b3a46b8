"""Why triage answered what it answered: a kept answer with the numbers and versions that made it."""

from collections.abc import Mapping
from typing import Any

from pipelines.domain.errors import NotFound
from pipelines.domain.suggestions import Query, Question
from pipelines.retrieve.ranking import ranking_id
from service.store.ids import article_number, is_article, resolution_name, resolution_number, suggestion_number
from service.store.queries import article_use, resolution_links, suggestions
from service.store.session import Session
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
        wanted = {str(one["resolution_id"]): int(one["version"]) for one in shown}
        titles = _titles(session, wanted)
        outcomes = {resolution_name(number): said for number, said in kept.outcomes.items()}
        outcomes |= article_use.outcomes(session, suggestion_number(suggestion_id))
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
        threshold=kept.answer.get("threshold"),
        question=Question.model_validate(asked) if asked else None,
        given=tuple(
            _given(one, titles.get(name, ""), outcomes.get(name), one in recommended)
            for one in shown
            for name in (str(one["resolution_id"]),)
        ),
    )


def _titles(session: Session, wanted: Mapping[str, int]) -> dict[str, str]:
    """What each was called at the version that was shown."""
    numbers = [(resolution_number(name), version) for name, version in wanted.items() if not is_article(name)]
    contents = resolution_links.at_versions(session, numbers)
    found = {resolution_name(number): content.title for number, content in contents.items()}
    articles = [(article_number(name), version) for name, version in wanted.items() if is_article(name)]
    return found | (article_use.at_versions(session, articles) if articles else {})


def _given(one: Mapping[str, Any], title: str, outcome: str | None, recommended: bool) -> GivenResolution:
    return GivenResolution.model_validate({**one, "title": title, "outcome": outcome, "recommended": recommended})
