"""Whether there is enough to write an article, what is missing, and who may know."""

from collections.abc import Sequence

from pipelines.articles.evidence import RecordEvidence
from pipelines.domain.articles import ArticleContent, ArticlePart
from pipelines.domain.drafts import FieldName
from pipelines.domain.value import Value


class Missing(Value):
    """A part that nothing confirmed can fill. `needed`: without it there is nothing to publish."""

    part: str
    why: str
    needed: bool = False


_WHY = {
    FieldName.FIX: ("resolution", "no confirmed fix, workaround or answer", True),
    FieldName.ROOT_CAUSE: ("cause", "no confirmed cause", False),
    FieldName.ENVIRONMENT: ("environment", "no confirmed environment", False),
}


def missing_from(records: Sequence[RecordEvidence]) -> tuple[Missing, ...]:
    """What no record says that these readers may have; a field that is only withheld from them says so."""
    found: list[Missing] = []
    for name, (part, why, needed) in _WHY.items():
        if any(record.fields.get(name) for record in records):
            continue
        withheld = [record.id for record in records if name.value in record.withheld]
        known = f"{', '.join(withheld)} knows it from internal notes that nobody confirmed for these readers"
        found.append(Missing(part=part, why=known if withheld else why, needed=needed))
    if not any(record.affected or record.fixed_in for record in records):
        found.append(Missing(part="versions", why="no confirmed versions"))
    return tuple(found)


def still_missing(content: ArticleContent) -> tuple[Missing, ...]:
    """What an article does not say yet."""
    found = [
        Missing(part=part.value, why="nothing is written here yet", needed=part in _NEEDED)
        for part in ArticlePart
        if not any(s.text.strip() for s in content.part(part))
    ]
    return (*found, *(() if content.versions else (Missing(part="versions", why="no versions are named"),)))


_NEEDED = (ArticlePart.ISSUE, ArticlePart.RESOLUTION)
