"""An erased ticket's words leave every version of every article, and what else the article says stays."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import select

from pipelines.domain.articles import (
    ArticleContent,
    ArticlePart,
    ArticleStatus,
    DraftedBy,
    Drafting,
    Sentence,
    SentenceOrigin,
    SourceRef,
)
from pipelines.domain.errors import Conflict, StaleVersion, SummariserFailed
from pipelines.domain.gaps import GapEventKind, GapStatus
from pipelines.domain.resolutions import Audience
from pipelines.domain.tickets import Account
from service.store.queries import articles
from service.store.tables import TextVectorRow
from service.usecases.article_status import publish_article, submit_article
from service.usecases.articles import ArticleChange, edit_article, list_articles, read_article
from service.usecases.close_gaps import close_gap
from service.usecases.erase import erase_ticket, rewrite_data
from service.usecases.gap_article import start_from_gap
from service.usecases.index_articles import index_pending_articles
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.usecases.start_article import keep_article, start_by_hand, start_from_resolutions
from tests.usecases.cases import case, confirmed, send, work
from tests.usecases.test_article_drafting import KIM
from tests.usecases.test_erase import CANARY, NEEDLE, erase, marked, places
from tests.usecases.test_report_gaps import badges


def texts(services: Services, article: str, part: ArticlePart) -> list[str]:
    return [s.text for s in read_article(services.db, article).article.content.part(part)]


def test_nothing_of_an_erased_ticket_remains_in_any_article(services: Services) -> None:
    for number in (11, 12):
        send(services, marked(f"T-{number}", closed=False))
    gap = build_report(services).gaps[0].id
    confirmed(services, marked(), symptom=f"The export stops on {CANARY}.", title=f"Export stops on {CANARY}")
    from_gap = start_from_gap(services, gap, Audience.CUSTOMER, KIM, by_hand=True).article.id
    from_record = start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM).article.id
    by_hand = start_by_hand(services.db, "Exports", Audience.INTERNAL, KIM).article.id
    for article in (from_gap, from_record, by_hand):
        change = ArticleChange(
            parts={ArticlePart.CAUSE: f"Seen at {CANARY}.\nThe lock is held too long."}, why=f"asked {CANARY}"
        )
        edit_article(services.db, article, change, KIM, 1)
    submit_article(services.db, from_record, KIM, 2)
    publish_article(services.db, from_record, KIM, 3)
    with services.db.write() as session:
        articles.mark_indexed(session, 2, 4)
    assert {"article", "article_version"} <= set(places(services)[0])

    for ticket in ("T-11", "T-12", "T-9"):
        erase(services, ticket)

    assert ([], []) == places(services)
    for article in (from_gap, from_record, by_hand):
        assert "The lock is held too long." in texts(services, article, ArticlePart.CAUSE)
    assert ["Upgrade to 5.2.3."] == texts(services, from_record, ArticlePart.RESOLUTION)
    assert [] == texts(services, from_gap, ArticlePart.ISSUE)
    with services.db.read() as session:
        (served,) = articles.published(session)
    assert 5 == served.version == served.indexed_version  # what is found is the text without the ticket
    assert NEEDLE not in served.content.model_dump_json().lower()


def published(services: Services, **parts: str) -> str:
    """An article that was written by hand and published, not yet in the vector index."""
    article = start_by_hand(services.db, "Exports", Audience.INTERNAL, KIM).article.id
    change = ArticleChange(parts={ArticlePart(name): text for name, text in parts.items()})
    edit_article(services.db, article, change, KIM, 1)
    submit_article(services.db, article, KIM, 2)
    publish_article(services.db, article, KIM, 3)
    return article


def test_the_word_search_forgets_an_articles_words_with_the_ticket_and_the_files_are_rewritten(
    services: Services,
) -> None:
    send(services, marked())
    published(services, issue="It stops.", resolution=f"Restart {CANARY} now.")
    work(services)
    assert ["A-1"] == [hit.id for hit in services.lexical.search(CANARY, 5)]

    erased = erase_ticket(services.db, marked().key, services.settings.data_dir, "Root")

    assert [] == services.lexical.search(CANARY, 5)
    assert ["A-1"] == [hit.id for hit in services.lexical.search("restart", 5)]
    assert erased.index_pending  # the vector index is built anew, since its files keep what was replaced
    rewrite_data(services.db)
    assert ([], []) == places(services)
    work(services)
    kept = vectors_kept(services)
    rewrite_data(services.db)
    assert kept == vectors_kept(services) != []  # what the article says now need not be embedded again


def test_an_article_that_was_rewritten_while_it_was_embedded_is_found_by_its_new_words_alone(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(services, marked())
    published(services, issue="It stops.", resolution=f"Restart {CANARY} now.")
    embed = services.embedder.embed_documents

    def slowly(texts: Sequence[str]) -> Any:
        found = embed(texts)
        if any(NEEDLE in text.lower() for text in texts):
            erase_ticket(services.db, marked().key, services.settings.data_dir, "Root")
        return found

    monkeypatch.setattr(services.embedder, "embed_documents", slowly)
    index_pending_articles(services)
    assert [] == services.lexical.search(CANARY, 5)


def test_an_article_that_an_erasure_emptied_is_archived_and_its_gap_is_open_again(services: Services) -> None:
    send(services, marked())
    article = published(services, issue="It stops.", resolution=CANARY)
    work(services)
    badges(services, 1, 2)
    gap = build_report(services).gaps[0].id
    close_gap(services.db, gap, article, KIM)

    erase(services)

    left = read_article(services.db, article).article
    assert (ArticleStatus.ARCHIVED, None) == (left.status, left.published_version)
    assert GapStatus.OPEN == read_gap(services.db, gap).gap.status
    assert GapEventKind.REOPENED == read_gap(services.db, gap).history[-1].kind
    assert [] == services.lexical.search("Exports", 5)
    assert 0 == services.vectors.count()


def vectors_kept(services: Services) -> list[str]:
    with services.db.read() as session:
        return list(session.exec(select(TextVectorRow.text_sha256)))


def test_who_has_the_former_version_open_does_not_save_its_words_again(services: Services) -> None:
    send(services, marked())
    start_by_hand(services.db, "Exports", Audience.INTERNAL, KIM)
    edit_article(services.db, "A-1", ArticleChange(parts={ArticlePart.CAUSE: f"Seen at {CANARY}. Held."}), KIM, 1)
    erase(services)
    with pytest.raises(StaleVersion):
        edit_article(services.db, "A-1", ArticleChange(parts={ArticlePart.CAUSE: f"Seen at {CANARY}."}), KIM, 2)
    assert "erasure" == read_article(services.db, "A-1").history[-1].actor


def test_a_sentence_of_two_tickets_stays_with_the_other_and_words_of_others_are_not_touched(services: Services) -> None:
    for ticket in (case("T-1"), case("T-2", account=Account(id="B-2", name="Birchwood"), reporter="Ida Lund")):
        send(services, ticket)
    refs = tuple(SourceRef(record=f"desk/T-{n}") for n in (1, 2))
    said = Sentence(text="Exports are empty on Mondays.", origin=SentenceOrigin.CUSTOMER, sources=refs)
    own = said.model_copy(update={"text": "It stops.", "sources": refs[:1]})
    content = ArticleContent(title="Exports", parts={ArticlePart.ISSUE: (said, own)})
    keep_article(services.db, content, Drafting(by=DraftedBy.OFFLINE), KIM, audience=Audience.CUSTOMER)
    erase(services, "T-1")
    (left,) = read_article(services.db, "A-1").article.content.part(ArticlePart.ISSUE)
    assert ("Exports are empty on Mondays.", refs[1:]) == (left.text, left.sources)


def test_words_of_a_ticket_that_was_erased_meanwhile_are_not_kept(services: Services) -> None:
    ref = SourceRef(record="desk/T-9")
    content = ArticleContent(
        title="Exports",
        parts={ArticlePart.ISSUE: (Sentence(text=CANARY, origin=SentenceOrigin.CUSTOMER, sources=(ref,)),)},
    )
    view = keep_article(services.db, content, Drafting(by=DraftedBy.OFFLINE), KIM, audience=Audience.CUSTOMER)
    assert {} == view.article.content.parts


class _ErasedMeanwhile:
    """A writer during whose long answer a ticket is erased."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def write(self, *_: object) -> None:
        erase(self._services, "T-9")
        raise SummariserFailed("timeout", "too late", permanent=True)


def test_no_article_is_kept_of_a_record_whose_ticket_was_erased_while_it_was_drafted(services: Services) -> None:
    confirmed(services, marked(), symptom=f"The export stops on {CANARY}.", title=f"Export stops on {CANARY}")
    services.writer = _ErasedMeanwhile(services)  # type: ignore[assignment]
    with pytest.raises(Conflict, match="Start it again"):
        start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM)
    assert () == list_articles(services.db).items
    services.writer = None
    start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM)
    assert not places(services)[0]
