"""Articles as values, and their parts as the text that editors see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.articles.text import as_text, parse, sentences_of
from pipelines.domain.articles import (
    ArticleContent,
    ArticlePart,
    ArticleStatus,
    Sentence,
    SentenceOrigin,
    SourceRef,
    move_status,
    unfinished,
)
from pipelines.domain.errors import IllegalMove

R12 = SourceRef(record="R-12", version=3, field="fix")


def said(text: str, when: str | None = None, *, starts_line: bool = True) -> Sentence:
    return Sentence(text=text, origin=SentenceOrigin.RECORD, sources=(R12,), when=when, starts_line=starts_line)


def test_a_line_is_cut_where_a_sentence_ends_and_not_at_abbreviations_or_versions() -> None:
    assert ["Use e.g. Okta 5.2.1 or later.", "Restart it."] == sentences_of("Use e.g. Okta 5.2.1 or later. Restart it.")


def test_a_numbered_step_is_not_cut_from_its_number() -> None:
    assert ["1. Open the settings.", "Save."] == sentences_of("1. Open the settings. Save.")


def test_a_command_stays_whole() -> None:
    assert ["    curl -s http://x. Y"] == sentences_of("    curl -s http://x. Y")


def test_what_stands_as_it_did_keeps_what_it_rests_on_and_what_was_typed_rests_on_nothing() -> None:
    before = (said("Enable NTP."), said("Restart the node.", starts_line=False))
    after = parse("Enable NTP. Restart the node twice.", before)
    assert (R12,) == after[0].sources
    assert ((), SentenceOrigin.HAND) == (after[1].sources, after[1].origin)


def test_a_sentence_that_stood_once_is_not_vouched_for_twice() -> None:
    after = parse("Enable NTP. Enable NTP.", (said("Enable NTP."),))
    assert [1, 0] == [len(sentence.sources) for sentence in after]


def test_a_condition_stands_on_a_line_before_what_it_is_for() -> None:
    text = "### Okta\nEnable NTP.\n###\nRestart."
    assert [("Enable NTP.", "Okta"), ("Restart.", None)] == [(s.text, s.when) for s in parse(text)]
    assert text == as_text(parse(text))


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)


@given(st.lists(WORDS, max_size=8))
def test_reading_what_is_shown_changes_nothing(lines: list[str]) -> None:
    once = parse("\n".join(lines))
    assert once == parse(as_text(once), once)


@given(WORDS)
def test_cutting_a_line_loses_no_word(line: str) -> None:
    assert line.split() == " ".join(sentences_of(line)).split()


@pytest.mark.parametrize(
    ("current", "wanted"),
    [(ArticleStatus.DRAFT, ArticleStatus.PUBLISHED), (ArticleStatus.ARCHIVED, ArticleStatus.PUBLISHED)],
)
def test_nothing_is_published_past_its_review(current: ArticleStatus, wanted: ArticleStatus) -> None:
    with pytest.raises(IllegalMove, match=f"from {current} to {wanted}"):
        move_status(current, wanted)


def test_an_article_without_issue_and_resolution_is_unfinished() -> None:
    half = ArticleContent(title="Login fails", parts={ArticlePart.ISSUE: (said("Login fails."),)})
    assert ["resolution"] == [name for name, _ in unfinished(half)]
    assert ["title", "issue", "resolution"] == [name for name, _ in unfinished(ArticleContent(title=" "))]
