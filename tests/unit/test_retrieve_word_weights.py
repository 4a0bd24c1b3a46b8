"""What the features of words say, worked out plainly: every word weighed anew, every document looked through."""

import math
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Candidate, Query
from pipelines.retrieve.documents import matchable, stems
from pipelines.retrieve.features import Pool, features
from pipelines.retrieve.query import prepare

WORDS = ("printer", "export", "login", "proxy", "gateway", "csv", "token", "invoice", "loop", "clock")
TELLING = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
IMAGINED = 20


def record(number: int, title: str, symptom: str, fix: str) -> Resolution:
    told = {FieldName.SYMPTOM: symptom, FieldName.FIX: fix}
    fields = {name: ResolutionField(state=SettledState.STATED, text=text) for name, text in told.items()}
    versions = ResolutionVersions(state=SettledState.NOT_KNOWN)
    return Resolution(
        id=f"R-{number}", version=1, content=ResolutionContent(title=title, fields=fields, versions=versions)
    )


RECORDS = st.lists(st.tuples(TELLING, TELLING, TELLING), min_size=1, max_size=6).map(
    lambda told: [record(number, *texts) for number, texts in enumerate(told)]
)


def plainly(query: Query, records: list[Resolution]) -> list[dict[str, float]]:
    prepared = prepare(query)
    asked, title = stems(prepared.words), stems(prepared.title_words)
    documents = [matchable(one.content) for one in records]

    def weight(words: Iterable[str]) -> float:
        weights = []
        for word in words:
            seen = sum(word in (document.words | document.answer) for document in documents)
            weights.append(math.log(1 + (len(documents) + IMAGINED - seen + 0.5) / (seen + 0.5)))
        return math.fsum(weights)

    def share(part: frozenset[str], whole: frozenset[str]) -> float:
        return weight(part) / weight(whole) if whole else 0.0

    return [
        {
            "title_words": share(title & (document.words | document.answer), title),
            "words": share(asked & (document.words | document.answer), asked),
            "title_told": share(document.title & (asked | title), document.title),
            "titles_told": share((title & document.words) | (document.title & asked), title | document.title),
            "title_alike": share(title & document.title, title | document.title),
        }
        for document in documents
    ]


@given(st.builds(Query, subject=TELLING, body=TELLING), RECORDS)
def test_words_weigh_to_the_last_bit_what_they_weigh_when_worked_out_plainly(
    query: Query, records: list[Resolution]
) -> None:
    candidates = [Candidate(resolution=one, lexical=1.0) for one in records]
    pool = Pool.of(candidates)
    found = [features(prepare(query), one, pool) for one in candidates]
    expected = plainly(query, records)
    assert expected == [{name: one[name] for name in expected[0]} for one in found]
