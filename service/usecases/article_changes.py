"""An article's versions side by side: what each one changed, word by word."""

from itertools import pairwise

from pipelines.articles.text import as_text
from pipelines.domain.articles import ArticleContent, ArticlePart
from pipelines.domain.errors import NotFound
from service.store.engine import Database
from service.store.ids import article_number
from service.store.queries import articles
from service.store.queries.articles import ArticleVersion
from service.usecases.resolution_changes import differences
from service.usecases.views_resolutions import ChangedField, VersionChanges


def read_article_changes(db: Database, article_id: str) -> tuple[VersionChanges, ...]:
    """Every version with what it changed, newest first; the first one changed nothing. Raises NotFound."""
    with db.read() as session:
        found = articles.versions(session, article_number(article_id))
    if not found:
        raise NotFound(f"There is no article {article_id}.")
    later = [_changes(before, after) for before, after in pairwise(found)]
    return (*reversed(later), _changes(found[0], found[0]))


def _changes(before: ArticleVersion, after: ArticleVersion) -> VersionChanges:
    ours, theirs = _texts(before), _texts(after)
    return VersionChanges(
        version=after.version,
        actor=after.actor,
        at=after.at,
        why=after.why or "",
        fields=tuple(
            ChangedField(name=name, changes=tuple(differences(ours[name], theirs[name])))
            for name in ours
            if ours[name] != theirs[name]
        ),
    )


def _texts(version: ArticleVersion) -> dict[str, str]:
    content = version.content
    parts = {part.value: as_text(content.part(part)) for part in ArticlePart}
    return {
        "title": content.title,
        **parts,
        "versions": versions_text(content),
        "product_area": content.product_area or "",
        "status": version.status.value.replace("_", " "),
        "audience": version.audience.value,
    }


def versions_text(content: ArticleContent) -> str:
    """The versions of an article, a line each."""
    return "\n".join(
        "; ".join(
            part
            for part in (
                line.when or "",
                f"affects {', '.join(line.affected)}" if line.affected else "",
                f"fixed in {', '.join(line.fixed_in)}" if line.fixed_in else "",
            )
            if part
        )
        for line in content.versions
    )
