"""Whether an article may be shown to its audience: sentence by sentence, whatever came of it since it was drafted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.articles.sayable import Cut
from pipelines.domain.articles import ArticleContent, ArticlePart, Sentence, SentenceOrigin, SourceRef
from pipelines.domain.audience import wide_enough
from pipelines.domain.resolutions import Audience

HOLDS_MARK = "it names a person, a machine or a secret, which was taken out; say it without"
FROM_NOTES = "it says what only internal notes say; say it in words these readers may have, or confirm it for them"


class Refused(NamedTuple):
    """A place of an article that its readers may not have: `place` is title, PART.N or versions.N, counted from 1.

    `clearable`: a person may vouch for it in the readers' interest; a record's own internal words nobody may.
    """

    place: str
    text: str
    why: str
    clearable: bool

    @property
    def label(self) -> str:
        return place_label(self.place)


def place_label(place: str) -> str:
    """A place in words, as a person is told it: `environment.1` is "Environment, sentence 1"."""
    part, _, number = place.partition(".")
    unit = "row" if part == "versions" else "sentence"
    return f"{part.capitalize()}, {unit} {number}" if number else part.capitalize()


class Known(NamedTuple):
    """What a check goes by. `open_fields`: of each record and version, the fields that the audience may read.

    `customers_named`: the short names of customers that a text holds.
    """

    audience: Audience
    open_fields: Mapping[tuple[str, int | None], frozenset[str]]
    tells_internal: Callable[[str], bool]
    cut: Cut
    customers_named: Callable[[str], Sequence[str]]


def refused(content: ArticleContent, known: Known) -> list[Refused]:
    """What keeps an article from this audience, in the order of reading; for readers inside the house only marks do."""
    found = [_title(content, known)]
    for part in ArticlePart:
        found += [
            _sentence(f"{part.value}.{number}", sentence, known)
            for number, sentence in enumerate(content.part(part), start=1)
        ]
    found += _versions(content, known)
    return [one for one in found if one is not None]


def cleared(content: ArticleContent, places: Iterable[str], audience: Audience) -> ArticleContent:
    """The content in which an editor vouches for these places in front of this audience."""
    vouched = frozenset(places)

    def clear(part: ArticlePart) -> tuple[Sentence, ...]:
        return tuple(
            s.model_copy(update={"cleared_for": audience}) if f"{part.value}.{n}" in vouched else s
            for n, s in enumerate(content.part(part), start=1)
        )

    versions = tuple(
        line.model_copy(update={"cleared_for": audience}) if f"versions.{n}" in vouched else line
        for n, line in enumerate(content.versions, start=1)
    )
    return content.model_copy(
        update={
            "parts": {part: clear(part) for part in content.parts},
            "versions": versions,
            "title_cleared_for": audience if "title" in vouched else content.title_cleared_for,
        }
    )


def _title(content: ArticleContent, known: Known) -> Refused | None:
    why = _unsaid(content.title, known)
    if why:
        return Refused("title", content.title, why, clearable=False)
    if known.audience is Audience.INTERNAL or wide_enough(content.title_cleared_for, known.audience):
        return None
    return _doubted("title", content.title, (content.title,), known)


def _sentence(place: str, sentence: Sentence, known: Known) -> Refused | None:
    shown = f"{sentence.when}: {sentence.text}" if sentence.when else sentence.text
    why = _unsaid(shown, known)
    if why:
        return Refused(place, shown, why, clearable=False)
    if known.audience is Audience.INTERNAL:
        return None
    if sentence.origin is not SentenceOrigin.HAND:
        closed = [ref for ref in sentence.sources if not ref.is_ticket and not _open(ref, known)]
        if closed:
            names = ", ".join(dict.fromkeys(f"{ref.record} ({ref.field})" for ref in closed))
            why = f"it rests on what {names} has from internal notes; rewrite it"
            return Refused(place, shown, why, clearable=False)
    if wide_enough(sentence.cleared_for, known.audience):
        return None
    own_words = sentence.text if sentence.origin is SentenceOrigin.HAND else ""
    return _doubted(place, shown, (own_words, sentence.when or ""), known)


def _versions(content: ArticleContent, known: Known) -> Iterator[Refused | None]:
    for number, line in enumerate(content.versions, start=1):
        place = f"versions.{number}"
        named = ", ".join((*line.affected, *line.fixed_in))
        text = f"{line.when}: {named}" if line.when else named
        why = _unsaid(text, known)
        if why:
            yield Refused(place, text, why, clearable=False)
        elif known.audience is not Audience.INTERNAL and not wide_enough(line.cleared_for, known.audience):
            yield _doubted(place, text, (text,), known)


def _unsaid(text: str, known: Known) -> str | None:
    return HOLDS_MARK if any(kind is not None for _, kind in known.cut(text)) else None


def _doubted(place: str, shown: str, own_words: Iterable[str], known: Known) -> Refused | None:
    """What a person has to vouch for: own words that only internal notes have, and a customer's name in any words."""
    why = [FROM_NOTES] if any(text.strip() and known.tells_internal(text) for text in own_words) else []
    named = known.customers_named(shown)
    if named:
        quoted = ", ".join(f'"{name}"' for name in named)
        why.append(f"it seems to name a customer, {quoted}; say it without, or confirm that it names nobody")
    return Refused(place, shown, "; ".join(why), clearable=True) if why else None


def _open(ref: SourceRef, known: Known) -> bool:
    return ref.field in known.open_fields.get((ref.record, ref.version), frozenset())
