"""Two agents on one draft."""

from playwright.sync_api import Page, expect

from service.usecases.queue import read_draft
from tests.browser.conftest import Installation, OpenPage
from tests.browser.examples import keep_draft, ticket


def fill(page: Page, environment: str) -> None:
    page.locator("#environment_text").fill(environment)
    page.get_by_label("I affirm this myself").check()


def test_the_second_agent_is_told_what_changed_and_keeps_what_they_typed(
    installation: Installation, open_page: OpenPage
) -> None:
    """Their text stands beside the other's, and can be confirmed on top of it."""
    db = installation.services.db
    draft_id = keep_draft(db, ticket("B-1"))
    ana, ben = open_page("Ana Agent"), open_page("Ben Agent")
    ana.goto(f"/confirm/{draft_id}")
    ben.goto(f"/confirm/{draft_id}")
    fill(ana, "on-prem")
    ana.locator("#confirm-button").click()
    ana.wait_for_url("**/queue")
    fill(ben, "on-prem, node 3")
    ben.locator("#confirm-button").click()
    conflict = ben.locator("#conflict")
    expect(conflict).to_be_focused()
    expect(conflict).to_contain_text("Ana Agent has confirmed this draft meanwhile")
    row = conflict.get_by_role("row", name="Environment")
    expect(row.get_by_role("cell")).to_have_text(["on-prem, node 3", "on-prem"])
    expect(ben.locator("#environment_text")).to_have_value("on-prem, node 3")
    ben.locator("#confirm-button").click()
    ben.wait_for_url("**/queue")
    decisions = read_draft(db, draft_id).decisions
    assert [("Ana Agent", 1), ("Ben Agent", 2)] == [(d.actor, d.resolution_version) for d in decisions]


def test_the_second_agent_cannot_confirm_what_was_rejected(installation: Installation, open_page: OpenPage) -> None:
    """They are told by whom, and what they typed is still there to be taken along."""
    draft_id = keep_draft(installation.services.db, ticket("B-2"))
    ana, ben = open_page("Ana Agent"), open_page("Ben Agent")
    ana.goto(f"/confirm/{draft_id}")
    ben.goto(f"/confirm/{draft_id}")
    ana.get_by_role("link", name="Nothing to keep here").click()
    ana.get_by_label("duplicate").check()
    ana.get_by_role("button", name="Reject this draft").click()
    ana.wait_for_url("**/queue")
    fill(ben, "my long environment")
    ben.locator("#confirm-button").click()
    expect(ben.locator("#conflict")).to_contain_text("Ana Agent has rejected this draft meanwhile")
    expect(ben.locator("#environment_text")).to_have_value("my long environment")
    expect(ben.locator("#confirm-button")).to_have_count(0)
