"""Published articles as triage sees them: in the shape of a record, beside the resolutions they were made from."""

from collections.abc import Collection, Mapping, Sequence

from pipelines.articles.text import CONDITION, as_text
from pipelines.domain.articles import ArticleContent, ArticlePart, Sentence
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import (
    Confidence,
    Origin,
    Resolution,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
)
from pipelines.domain.suggestions import TrackRecord
from service.store.ids import article_name, article_numbers
from service.store.queries import article_use, articles
from service.store.queries.articles import PublishedArticle
from service.store.session import Session
from service.usecases.views import ArticleShown, View

_FIELDS = {
    ArticlePart.ISSUE: FieldName.SYMPTOM,
    ArticlePart.CAUSE: FieldName.ROOT_CAUSE,
    ArticlePart.RESOLUTION: FieldName.FIX,
    ArticlePart.ENVIRONMENT: FieldName.ENVIRONMENT,
}


class Served(View):
    """Published articles among the hits of a search: as records, with what is shown beside them."""

    records: Mapping[str, Resolution] = {}
    shown: Mapping[str, ArticleShown] = {}
    track_records: Mapping[str, TrackRecord] = {}
    told_by: Mapping[str, str] = {}
    """For a resolution that is shown itself, the article that tells it too."""

    @property
    def sources(self) -> Mapping[str, Collection[str]]:
        return {name: one.sources for name, one in self.shown.items()}


def served_articles(session: Session, names: Collection[str]) -> Served:
    """Those of the names that are articles which readers are served now: SQL vouches, whatever an index still holds."""
    numbers = article_numbers(names)
    published = articles.published(session, numbers=numbers) if numbers else []
    found = [one for one in published if as_record(one).served]
    if not found:
        return Served()
    made_from = article_use.sources(session, [one.number for one in found])
    tracks = article_use.track_records(session, [one.number for one in found])
    return Served(
        records={one.id: as_record(one) for one in found},
        shown={
            one.id: ArticleShown(
                id=one.id,
                audience=one.audience.value,
                published_at=one.published_at,
                sources=tuple(made_from.get(one.number, ())),
            )
            for one in found
        },
        track_records={article_name(number): track for number, track in tracks.items()},
    )


def as_record(article: PublishedArticle) -> Resolution:
    """The article in the shape that search, ranking and applicability read. Whoever published it has reviewed it."""
    return Resolution(
        id=article.id,
        version=article.version,
        content=record_content(article),
        confidence=Confidence.VALIDATED,
        audience=article.audience,
        governance=article.governance,
    )


def record_content(article: PublishedArticle) -> ResolutionContent:
    """Issue, cause, resolution and environment as fields, which the article's audience may read and nobody wider."""
    content: ArticleContent = article.content
    fields = {
        name: ResolutionField(
            state=SettledState.STATED, text=text, origin=Origin.EDITED, internal=True, cleared_for=article.audience
        )
        for part, name in _FIELDS.items()
        if (text := _read_out(content.part(part)))
    }
    affected = tuple(dict.fromkeys(version for line in content.versions for version in line.affected))
    fixed_in = tuple(dict.fromkeys(version for line in content.versions for version in line.fixed_in))
    return ResolutionContent(
        title=content.title,
        fields=fields,
        versions=ResolutionVersions(
            state=SettledState.STATED if affected or fixed_in else SettledState.NOT_KNOWN,
            affected=affected,
            fixed_in=fixed_in,
            origin=Origin.EDITED,
            internal=True,
            cleared_for=article.audience,
        ),
        product_area=content.product_area,
    )


def _read_out(sentences: Sequence[Sentence]) -> str:
    """A part as it is read, conditions as words and not as headings."""
    lines = as_text(sentences).split("\n")
    marks = CONDITION.rstrip()
    return "\n".join(
        f"{line.removeprefix(marks).strip() or 'In any case'}:" if line.startswith(marks) else line for line in lines
    ).strip()
