"""A new KB manager in a real browser: from the gaps to a published, exported article, told by the pages alone."""

from pathlib import Path

import yaml
from playwright.sync_api import Dialog, expect

from pipelines.domain.resolutions import Audience
from service.usecases.actors import Actor, UserRole
from service.usecases.articles import read_article
from service.usecases.read_gaps import read_gap
from service.usecases.receive import receive_ticket
from service.usecases.report_gaps import build_report
from service.usecases.start_article import start_by_hand
from tests.browser.conftest import Installation, OpenPage
from tests.browser.examples import badge_reader


def test_a_gap_becomes_a_published_article_that_closes_it(
    installation: Installation, open_page: OpenPage, tmp_path: Path
) -> None:
    for door in (41, 42, 43):
        receive_ticket(installation.services.db, badge_reader(f"K-{door}", door), "none")
    gap = next(g for g in build_report(installation.services).gaps if "desk/K-41" in g.ticket_ids)
    page = open_page("Kim Keeper")
    page.get_by_role("link", name="Gaps", exact=True).click()
    page.locator(f'td.title a[href="/gaps/{gap.id}"]').click()
    page.get_by_role("link", name="Start an article").click()
    expect(page.get_by_role("heading", name="Not enough to write it")).to_be_visible()
    expect(page.get_by_role("heading", name="Whom to ask")).to_be_visible()
    page.get_by_role("button", name="Write it by hand").click()
    expect(page.get_by_label("Issue")).not_to_have_value("")
    page.get_by_label("Issue").fill("The badge reader blinks and the door stays shut.")
    page.get_by_label("Resolution").fill("1. Open the reader.\n2. Replace the relay.")
    page.get_by_label("Audience").select_option("public")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Hand to review").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Published")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Markdown").click()
    file = tmp_path / loading.value.suggested_filename
    loading.value.save_as(file)
    head, _, body = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    facts = yaml.safe_load(head)
    assert ("public", False, gap.id) == (facts["audience"], facts["draft"], facts["gap"])
    assert "1. Open the reader.\n2. Replace the relay." in body
    view = read_gap(installation.services.db, gap.id)
    assert ("closed", facts["id"]) == (view.gap.status, view.gap.closed_by)
    assert facts["version"] == read_article(installation.services.db, facts["id"]).article.published_version


def test_text_of_an_article_that_was_not_saved_is_asked_about_and_kept(
    installation: Installation, open_page: OpenPage
) -> None:
    article = start_by_hand(
        installation.services.db, "Doors", Audience.CUSTOMER, Actor(name="Kim", role=UserRole.KB_MANAGER)
    ).article.id
    page = open_page("Kim Keeper")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(f"{installation.address}/articles/{article}/edit")
    page.get_by_label("Resolution").fill("1. Open the reader.")
    page.get_by_role("link", name="Leave it").click()
    page.get_by_role("link", name="Write what is missing").click()
    assert ["beforeunload"] == asked
    expect(page.get_by_text("Here is what you typed")).to_be_visible()
    expect(page.get_by_label("Resolution")).to_have_value("1. Open the reader.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Write what is missing")).to_be_visible()
    assert [] == page.evaluate("Object.keys(localStorage).filter((name) => name.includes('article'))")
    page.get_by_role("link", name="Write what is missing").click()
    expect(page.get_by_text("Here is what you typed")).to_be_hidden()
    page.get_by_label("Resolution").fill("Nonsense")
    page.reload()
    page.get_by_role("button", name="Drop it").click()
    expect(page.get_by_label("Resolution")).to_have_value("1. Open the reader.")
    page.get_by_label("Resolution").fill("For nobody's eyes")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert [] == page.evaluate("Object.keys(localStorage).filter((name) => name.includes('article'))")
    assert ["beforeunload"] * 2 == asked
