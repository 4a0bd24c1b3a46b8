"""Everything works with plain forms: no script runs in these tests."""

from playwright.sync_api import expect

from pipelines.domain.drafts import DraftState
from service.usecases.queue import read_draft
from tests.browser.conftest import Installation, OpenPage
from tests.browser.examples import keep_draft, ticket


def test_a_draft_is_confirmed_by_plain_forms(installation: Installation, open_page: OpenPage) -> None:
    """The ticket's own field can be taken over, a refusal keeps what was typed, and the second try confirms."""
    draft_id = keep_draft(installation.services.db, ticket("P-1"))
    page = open_page(java_script_enabled=False)
    page.goto(f"/confirm/{draft_id}")
    page.locator("[data-naming] summary").click()
    page.locator("#title").fill("My own title")
    page.get_by_role("button", name="Use it for Environment").click()
    expect(page.locator("#environment_text")).to_have_value("on-prem, 3 print nodes")
    expect(page.locator("[data-naming] [data-reading] ins")).to_have_text("My own title")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#errors")).to_contain_text("1 thing left to settle")
    expect(page.locator("#environment_text")).to_have_value("on-prem, 3 print nodes")
    page.get_by_label("I affirm this myself").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Confirmed in")).to_be_visible()
    decided = read_draft(installation.services.db, draft_id)
    assert (DraftState.CONFIRMED, ("title", "environment")) == (decided.state, decided.decisions[-1].edited_fields)
    assert decided.decisions[-1].seconds is not None


def test_what_was_typed_is_kept_for_later_and_each_field_goes_back_to_the_draft(
    installation: Installation, open_page: OpenPage
) -> None:
    draft_id = keep_draft(installation.services.db, ticket("P-4"))
    page = open_page(java_script_enabled=False)
    page.goto(f"/confirm/{draft_id}")
    page.locator("#field-fix summary").click()
    page.locator("#fix_text").fill("Install raster driver 3.0.")
    page.locator("#environment_text").fill("node 3")
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.goto(f"/confirm/{draft_id}")
    expect(page.locator("#environment_text")).to_have_value("node 3")
    page.locator("#field-fix summary").click()
    page.get_by_role("button", name="Back to the draft's Fix").click()
    expect(page.locator("#field-fix [data-reading]")).to_have_text("Install raster driver 2.9 and restart the spooler.")
    expect(page.locator("#environment_text")).to_have_value("node 3")
    page.goto(f"/confirm/{draft_id}")
    page.get_by_role("button", name="Start over from the draft").click()
    expect(page.locator("#environment_text")).to_have_value("")


def test_enter_in_a_field_confirms_and_does_not_take_over_hints(
    installation: Installation, open_page: OpenPage
) -> None:
    draft_id = keep_draft(installation.services.db, ticket("P-2"))
    page = open_page(java_script_enabled=False)
    page.goto(f"/confirm/{draft_id}")
    page.locator("#version_affected").press("Enter")
    expect(page.locator("#errors")).to_contain_text("Environment")
    expect(page.locator("#environment_text")).to_have_value("")


def test_a_draft_is_rejected_by_plain_forms(installation: Installation, open_page: OpenPage) -> None:
    draft_id = keep_draft(installation.services.db, ticket("P-3"))
    page = open_page(java_script_enabled=False)
    page.goto(f"/confirm/{draft_id}")
    page.locator("#reject summary").click()
    page.get_by_label("private").check()
    page.get_by_role("button", name="Reject this draft").click()
    expect(page.get_by_text("Rejected in")).to_be_visible()
    assert DraftState.REJECTED is read_draft(installation.services.db, draft_id).state


def test_a_search_and_its_outcome_need_no_scripts(open_page: OpenPage, known_answer: str) -> None:
    """What does not fit and what fixed it are recorded; the search and its answers stay, until another is begun."""
    page = open_page(java_script_enabled=False)
    page.get_by_label("What the customer wrote").fill("stock count e-mail does not arrive, MAILQ-5512")
    page.get_by_role("button", name="Find precedents").click()
    hit = page.locator("[data-hit]").filter(has_text=known_answer)
    hit.get_by_role("button", name="Not relevant").click()
    expect(page.get_by_text("Recorded: not relevant here.")).to_be_visible()
    expect(page.get_by_label("What the customer wrote")).to_have_value("stock count e-mail does not arrive, MAILQ-5512")
    hit.get_by_role("button", name="This fixed it").click()
    expect(page.get_by_text("Recorded: it fixed this.")).to_be_visible()
    expect(page.get_by_label("What the customer wrote")).to_have_value("stock count e-mail does not arrive, MAILQ-5512")
    expect(hit.locator("[data-reply]")).to_be_visible()
    told = page.get_by_role("link", name=f"See {known_answer}")
    expect(told).to_have_attribute("href", f"/resolutions/{known_answer}")
    page.get_by_role("link", name="Start from an empty search").click()
    expect(page.get_by_label("What the customer wrote")).to_have_value("")
    expect(page.locator("[data-hit]")).to_have_count(0)


def test_signing_in_wrongly_is_said_and_signing_out_ends_the_session(open_page: OpenPage) -> None:
    page = open_page(None, java_script_enabled=False)
    page.goto("/queue")
    assert page.url.endswith("/sign-in?next=/queue")
    page.get_by_label("Name").fill("Ana Agent")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.get_by_label("Name").fill("Ana Agent")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/queue")
    assert "/sign-in" in page.url
