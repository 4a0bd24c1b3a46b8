"""Writes an article offline, from confirmed text alone: nothing is said that no record says, and each sentence names
what it rests on. Several records are put side by side, each fix under the condition it was confirmed for.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.articles.evidence import KIND, TITLE, VERSION, WORDING, RecordEvidence, Told
from pipelines.articles.merge import alike, merged
from pipelines.articles.sayable import Cut, sayable
from pipelines.articles.text import lines_of, sentences_of
from pipelines.domain.articles import (
    ArticleContent,
    ArticlePart,
    LeftOut,
    Sentence,
    SentenceOrigin,
    SourceRef,
    VersionLine,
)
from pipelines.domain.drafts import FieldName, FixKind

UNTITLED = "Article without a title"
WORKAROUND = "This is a workaround: the defect itself remains."
NAMES_SOMEBODY = "a sentence names a person, an address or a secret; say it without, if it matters"
INTERNAL = "it rests on internal notes that nobody confirmed for these readers"
_MOST_TOLD = 6
"""Sentences of customers; the first few tell the problem, and readers look for theirs among them."""
_LONGEST_CONDITION = 160
_LONGEST_TITLE = 120


class Assembled(NamedTuple):
    content: ArticleContent
    left_out: tuple[LeftOut, ...]


class _Group(NamedTuple):
    """Records with one fix, and the condition that tells them from the others, with what states it."""

    records: Sequence[RecordEvidence]
    when: str | None
    stated_by: tuple[SourceRef, ...]


class Assembly:
    """One article in the making. `cut` tells redaction marks apart."""

    def __init__(self, records: Sequence[RecordEvidence], told: Sequence[Told], cut: Cut) -> None:
        self._records, self._told, self._cut = records, told, cut
        self._left_out: dict[LeftOut, None] = {}

    def write(self, title: str | None = None, product_area: str | None = None) -> Assembled:
        """`title` and `product_area`: those of the gap, where the article is for one."""
        for record in self._records:
            for field in record.withheld:
                self._left_out[LeftOut(record=record.id, field=field, why=INTERNAL)] = None
        groups = self._groups()
        parts = {
            ArticlePart.ISSUE: self._issue(),
            ArticlePart.ENVIRONMENT: merged(self._all(FieldName.ENVIRONMENT)),
            ArticlePart.RESOLUTION: tuple(s for g in groups for s in self._fix(g)),
            ArticlePart.CAUSE: tuple(s for g in groups for s in self._cause(g)),
        }
        content = ArticleContent(
            title=self._title(title, parts[ArticlePart.ISSUE]),
            parts={name: found for name, found in parts.items() if found},
            versions=self._versions(groups),
            product_area=product_area or _commonest(r.product_area for r in self._records),
        )
        return Assembled(content, tuple(self._left_out))

    def _issue(self) -> tuple[Sentence, ...]:
        """In customers' words first, then in those of the records."""
        told = [
            sentence
            for one in self._told
            for sentence in self._said(one.text, SourceRef(record=one.ticket), SentenceOrigin.CUSTOMER, "told")
        ]
        worded = [
            sentence
            for record in self._records
            for wording in record.wordings
            for sentence in self._said(wording, record.ref(WORDING), SentenceOrigin.CUSTOMER, WORDING)
        ]
        first = merged([*told, *worded])[:_MOST_TOLD]
        return merged([*first, *self._all(FieldName.SYMPTOM)])

    def _all(self, name: FieldName) -> list[Sentence]:
        return [sentence for record in self._records for sentence in self._field(record, name)]

    def _field(self, record: RecordEvidence, name: FieldName) -> list[Sentence]:
        return self._said(record.fields.get(name, ""), record.ref(name.value), SentenceOrigin.RECORD, name.value)

    def _said(self, text: str, ref: SourceRef, origin: SentenceOrigin, field: str) -> list[Sentence]:
        found: list[Sentence] = []
        for line in lines_of(text):
            starts_line = True
            for words in sentences_of(line):
                said = sayable(words, self._cut)
                if said is None:
                    self._left_out[LeftOut(record=ref.record, field=field, why=NAMES_SOMEBODY)] = None
                    continue
                found.append(Sentence(text=said, origin=origin, sources=(ref,), starts_line=starts_line))
                starts_line = False
        return found

    def _groups(self) -> list[_Group]:
        """Records with the same fix together; a condition for each where there are several."""
        groups: list[list[RecordEvidence]] = []
        for record in self._records:
            fix = record.fields.get(FieldName.FIX)
            same = next((g for g in groups if fix and _same_fix(g[0], record)), None)
            if same is None:
                groups.append([record])
            else:
                same.append(record)
        answering = [g for g in groups if g[0].fields.get(FieldName.FIX)]
        if len(answering) < 2 and len(groups) < 2:  # noqa: PLR2004
            return [_Group(g, None, ()) for g in groups]
        return [_Group(g, *self._condition(g)) for g in groups]

    def _condition(self, records: Sequence[RecordEvidence]) -> tuple[str, tuple[SourceRef, ...]]:
        """Where and for which versions this was confirmed; the title where the records say neither."""
        stated: list[str] = []
        by: list[SourceRef] = []
        environments = merged(s for r in records for s in self._field(r, FieldName.ENVIRONMENT))
        if environments:
            stated.append("; ".join(s.text.rstrip(".") for s in environments))
            by += [ref for s in environments for ref in s.sources]
        affected = tuple(dict.fromkeys(v for r in records for v in r.affected))
        if affected:
            stated.append(f"versions {', '.join(affected)}")
            by += [r.ref(VERSION) for r in records if r.affected]
        if not stated:
            titles = [(said, r.ref(TITLE)) for r in records if r.title and (said := sayable(r.title, self._cut))]
            stated = [said for said, _ in titles[:1]] or [" and ".join(r.id for r in records)]
            by = [ref for _, ref in titles[:1]]
        return _short("; ".join(stated), _LONGEST_CONDITION), tuple(dict.fromkeys(by))

    def _fix(self, group: _Group) -> tuple[Sentence, ...]:
        said = merged(s for r in group.records for s in self._field(r, FieldName.FIX))
        if said and all(r.fix_kind is FixKind.WORKAROUND for r in group.records):
            refs = tuple(r.ref(KIND) for r in group.records)
            note = Sentence(text=WORKAROUND, origin=SentenceOrigin.RECORD, sources=refs, starts_line=True)
            said = (note, *said)
        return _under(said, group)

    def _cause(self, group: _Group) -> tuple[Sentence, ...]:
        return _under(merged(s for r in group.records for s in self._field(r, FieldName.ROOT_CAUSE)), group)

    def _versions(self, groups: Sequence[_Group]) -> tuple[VersionLine, ...]:
        lines = (
            VersionLine(record=r.id, when=g.when, affected=r.affected, fixed_in=r.fixed_in)
            for g in groups
            for r in g.records
            if r.affected or r.fixed_in
        )
        found: dict[tuple[object, ...], VersionLine] = {}
        for line in lines:
            found.setdefault((line.when, line.affected, line.fixed_in), line)
        return tuple(found.values())

    def _title(self, given: str | None, issue: Sequence[Sentence]) -> str:
        titles = (given, *(record.title for record in self._records), *(s.text for s in issue))
        said = (sayable(title, self._cut) for title in titles if title)
        return next((_short(title, _LONGEST_TITLE) for title in said if title), UNTITLED)


def _same_fix(one: RecordEvidence, other: RecordEvidence) -> bool:
    ours, theirs = (
        [s for line in lines_of(r.fields.get(FieldName.FIX, "")) for s in sentences_of(line)] for r in (one, other)
    )
    return (
        one.fix_kind == other.fix_kind
        and len(ours) == len(theirs)
        and all(alike(a, b) for a, b in zip(ours, theirs, strict=True))
    )


def _under(sentences: Sequence[Sentence], group: _Group) -> tuple[Sentence, ...]:
    """The sentences under the group's condition, which they rest on as well. The first begins its line."""
    return tuple(
        s.model_copy(
            update={
                "when": group.when,
                "sources": tuple(dict.fromkeys((*s.sources, *group.stated_by))),
                "starts_line": s.starts_line or place == 0,
            }
        )
        for place, s in enumerate(sentences)
    )


def _commonest(areas: Iterable[str | None]) -> str | None:
    counted = Counter(area for area in areas if area)
    return min(counted, key=lambda area: (-counted[area], area)) if counted else None


def _short(text: str, most: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[:most].rsplit(" ", 1)[0].rstrip(" ;,") + "\u2026"
