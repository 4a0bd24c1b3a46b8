"""Gaps beside published articles: one that answers an open gap is proposed, one that falls short is named."""

from pipelines.domain.resolutions import Audience
from service.store.queries import articles
from service.usecases.actors import UserRole
from service.usecases.article_status import archive_article, publish_article, return_article, submit_article
from service.usecases.articles import read_article
from service.usecases.close_gaps import close_gap
from service.usecases.gap_article import assess_gap, start_from_gap
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from tests.usecases.cases import confirmed, send
from tests.usecases.test_article_suggestions import BLANK, publish
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


def test_an_article_is_as_old_as_its_first_publishing(services: Services) -> None:
    """Publishing it again makes it no newer than the gap that came all the same."""
    article = publish(services)
    first = read_article(services.db, article).published_at
    return_article(services.db, article, KIM, 3)
    submit_article(services.db, article, KIM, 4)
    publish_article(services.db, article, KIM, 5)
    with services.db.read() as session:
        assert {article: first} == articles.first_published_at(session, [1, 2])
    assert first != read_article(services.db, article).published_at


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
