"""An article and the records it was made from: one of both is shown."""

from pipelines.domain.suggestions import Candidate
from pipelines.retrieve.fold import fold
from tests.unit.test_retrieve_rank import resolution


def found(name: str, similarity: float | None, lexical: float | None = None) -> Candidate:
    return Candidate(resolution=resolution(name), similarity=similarity, lexical=lexical)


def shown(
    *candidates: Candidate, sources: dict[str, tuple[str, ...]]
) -> tuple[dict[str, float | None], dict[str, str]]:
    left, told = fold(candidates, sources)
    return {c.resolution.id: c.similarity for c in left}, dict(told)


def test_an_article_stands_for_its_sources_and_is_found_as_well_as_they() -> None:
    left, told = fold((found("A-1", 0.5, 3.5), found("R-1", 0.55, 4.0), found("R-2", 0.3)), {"A-1": ("R-1",)})
    assert [("A-1", 0.55, 4.0), ("R-2", 0.3, None)] == [(c.resolution.id, c.similarity, c.lexical) for c in left]
    assert {} == told


def test_a_source_much_nearer_to_the_question_is_shown_and_names_the_article() -> None:
    assert ({"R-1": 0.9, "R-2": 0.3}, {"R-1": "A-1", "R-2": "A-1"}) == shown(
        found("A-1", 0.4), found("R-1", 0.9), found("R-2", 0.3), sources={"A-1": ("R-1", "R-2")}
    )


def test_an_article_whose_sources_were_not_found_stands_for_itself() -> None:
    assert ({"A-1": 0.4, "R-2": 0.9}, {}) == shown(found("A-1", 0.4), found("R-2", 0.9), sources={"A-1": ("R-1",)})


def test_of_two_articles_from_one_record_the_nearer_takes_it() -> None:
    sources: dict[str, tuple[str, ...]] = {"A-1": ("R-1",), "A-2": ("R-1",)}
    assert ({"A-1": 0.4, "A-2": 0.6}, {}) == shown(
        found("A-1", 0.4), found("A-2", 0.6), found("R-1", 0.6), sources=sources
    )


def test_found_by_words_alone_they_fold_as_well() -> None:
    assert ({"A-1": None}, {}) == shown(found("A-1", None, 3.0), found("R-1", None, 3.5), sources={"A-1": ("R-1",)})
