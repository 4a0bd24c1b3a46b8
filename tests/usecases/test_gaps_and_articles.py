"""Gaps beside published articles: one that answers an open gap is proposed, one that falls short is named."""

from datetime import timedelta

from pipelines.domain.articles import ArticlePart
from pipelines.domain.resolutions import Audience
from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import TicketKey
from service.store.queries import articles
from service.usecases import clock
from service.usecases.actors import UserRole
from service.usecases.article_status import archive_article, publish_article, return_article, submit_article
from service.usecases.articles import ArticleChange, edit_article, read_article
from service.usecases.close_gaps import close_gap
from service.usecases.feedback import give_outcome
from service.usecases.gap_article import assess_gap, start_from_gap
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.usecases.suggest import query_of_ticket, suggest
from tests.usecases.cases import ADA, confirmed, send, work
from tests.usecases.test_article_suggestions import ASKED, BLANK, publish, text
from tests.usecases.test_report_gaps import KIM, asking, badges
from tests.web.installation import Installation

NEARLY = "Printing an invoice leaves the page white in the new release, and nothing is logged."


def invoices(services: Services, body: str = BLANK, subject: str = "Invoice PDF is blank", gaps: int = 1) -> None:
    """A gap of three open tickets, beside those that there are."""
    for number in (1, 2, 3):
        send(services, asking(f"I-{number}", subject, body, product_area="billing"))
    assert [f"G-{n}" for n in range(1, gaps + 1)] == sorted(gap.id for gap in build_report(services).gaps)


def test_an_open_gap_that_a_later_article_answers_is_proposed_for_closing(services: Services) -> None:
    confirmed(services)
    invoices(services)
    article = publish(services)
    report = build_report(services)
    assert () == report.gaps
    assert [("G-1", article, 3, 3)] == [(one.id, one.by, one.covered, one.asked) for one in report.answered]
    installation = Installation(services)
    with installation.client() as client:
        installation.sign_in(client, UserRole.KB_MANAGER)
        for page in ("/gaps", "/gaps/G-1"):
            assert f"Close it by {article}" in client.get(page).text
            assert f'href="/articles/{article}"' in client.get(page).text
    close_gap(services.db, "G-1", article, KIM)
    assert () == build_report(services).answered


def test_an_article_is_as_old_as_the_first_publishing_of_its_text(services: Services) -> None:
    """Publishing it again makes it no newer than the gap that came all the same."""
    article = publish(services)
    first = read_article(services.db, article).published_at
    return_article(services.db, article, KIM, 3)
    submit_article(services.db, article, KIM, 4)
    publish_article(services.db, article, KIM, 5)
    with services.db.read() as session:
        assert {article: first} == articles.text_published_at(session, [1, 2])
    assert first != read_article(services.db, article).published_at


def test_an_article_that_was_revised_after_the_gap_opened_is_proposed_for_closing_it(services: Services) -> None:
    article = publish(services, text("Badges do not print.", "Badge printer"))
    invoices(services)
    assert () == build_report(services).answered
    edit_article(services.db, article, ArticleChange(title=text().title, parts={ArticlePart.ISSUE: BLANK}), KIM, 3)
    work(services)
    assert () == build_report(services).answered, "nobody is served the revision yet"
    submit_article(services.db, article, KIM, 4)
    publish_article(services.db, article, KIM, 5)
    work(services)
    assert [("G-1", article, 3, 3)] == [
        (one.id, one.by, one.covered, one.asked) for one in build_report(services).answered
    ]


def test_tickets_that_an_article_solved_since_it_closed_a_gap_are_told_beside_its_demand(services: Services) -> None:
    article = publish(services)
    badges(services, 1, 2)
    build_report(services)
    close_gap(services.db, "G-1", article, KIM)
    said_of = {"N-1": [Outcome.FIXED], "N-2": [Outcome.HELPED], "N-3": [Outcome.FIXED, Outcome.WRONG], "N-4": []}
    for name, outcomes in said_of.items():
        later = clock.now() + timedelta(minutes=1)
        send(services, asking(name, ASKED.subject, ASKED.body, created_at=later, escalated=False))
        key = TicketKey(source="desk", id=name)
        given = suggest(services, query_of_ticket(services.db, key), ADA, key)
        for outcome in outcomes:
            give_outcome(services.db, given.id, article, outcome, key, ADA)
    send(services, asking("B-0", ASKED.subject, ASKED.body))
    before = TicketKey(source="desk", id="B-0")
    given = suggest(services, query_of_ticket(services.db, before), ADA, before)
    give_outcome(services.db, given.id, article, Outcome.FIXED, before, ADA)
    with clock.as_of(clock.now() + timedelta(days=1)):
        (watched,) = build_report(services).watched
    assert ("G-1", article, 2) == (watched.id, watched.closed_by, watched.deflected)


def test_an_archived_article_opens_every_gap_that_it_closed_also_those_it_was_not_written_for(
    services: Services,
) -> None:
    article = publish(services)
    badges(services, 1, 2)
    invoices(services, NEARLY, "Invoice printing trouble", gaps=2)
    for gap in ("G-1", "G-2"):
        close_gap(services.db, gap, article, KIM)
    archive_article(services.db, article, KIM, 3, "outdated")
    for gap in ("G-1", "G-2"):
        last = read_gap(services.db, gap).history[-1]
        assert ("reopened", "Kim", article, "outdated") == (last.kind, last.by, last.what, last.why)
        assert "open" == read_gap(services.db, gap).gap.status


def test_an_article_near_a_gap_that_does_not_answer_it_is_named_with_why(services: Services) -> None:
    article = publish(services)
    invoices(services, NEARLY, "Invoice printing trouble")
    assert article == read_gap(services.db, "G-1").gap.nearest_resolution
    start = assess_gap(services.db, "G-1", Audience.CUSTOMER)
    assert [(article, "Invoice PDF is blank")] == [(one.resolution, one.title) for one in start.falls_short]
    installation = Installation(services)
    with installation.client() as client:
        installation.sign_in(client, UserRole.KB_MANAGER)
        assert (
            f'<a href="/articles/{article}">{article} Invoice PDF is blank</a>' in client.get("/gaps/G-1/article").text
        )
    assert "G-1" == start_from_gap(services, "G-1", Audience.CUSTOMER, KIM, by_hand=True).article.gap
