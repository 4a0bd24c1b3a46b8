"""What an agent types on the confirmation screen is never lost, and never overwritten unsaid."""

import re

from playwright.sync_api import Page, expect

from service.usecases.access import create_user
from service.usecases.actors import Actor, UserRole
from service.usecases.queue import read_draft
from service.usecases.work_in_progress import read_work
from tests.browser.conftest import PASSWORD, Installation, OpenPage, sign_in
from tests.browser.examples import keep_draft, ticket
from tests.journeys.conftest import NewProgram, new_program

__all__ = ["new_program"]

SAVED = re.compile(r"^saved \d")
COPIES = "Object.keys(localStorage).filter(key => key.startsWith('precedent-work:')).length"


def type_environment(page: Page, text: str) -> None:
    page.locator("#environment_text").fill("")
    page.locator("#environment_text").press_sequentially(text)


def opened(installation: Installation, open_page: OpenPage, number: str) -> tuple[Page, str]:
    draft_id = keep_draft(installation.services.db, ticket(number))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    return page, draft_id


def test_a_reload_another_browser_and_signing_out_lose_nothing(installation: Installation, open_page: OpenPage) -> None:
    page, draft_id = opened(installation, open_page, "W-1")
    type_environment(page, "node 3, on-prem")
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.reload()
    expect(page.locator("#environment_text")).to_have_value("node 3, on-prem")
    other = open_page()
    other.goto(f"/confirm/{draft_id}")
    expect(other.locator("#environment_text")).to_have_value("node 3, on-prem")
    type_environment(other, "node 4")
    other.get_by_role("button", name="Sign out").click()  # within the second before it is saved
    other.wait_for_url("**/sign-in")
    assert 0 == other.evaluate(COPIES)
    sign_in(other, "Ana Agent")
    other.goto(f"/confirm/{draft_id}")
    expect(other.locator("#environment_text")).to_have_value("node 4")
    stranger = open_page("Ben Agent")
    stranger.goto(f"/confirm/{draft_id}")
    expect(stranger.locator("#environment_text")).to_have_value("")
    page.context.clear_cookies()  # the session ran out
    type_environment(page, "node 5")
    expect(page.locator("#saved")).to_contain_text("you are signed out; it is kept in this browser")
    sign_in(page, "Ana Agent")
    page.goto(f"/confirm/{draft_id}")
    expect(page.locator("#environment_text")).to_have_value("node 5")
    expect(page.locator("#work-notice")).to_contain_text("Another window had saved something else before")
    page.get_by_role("button", name="Put that back").click()
    expect(page.locator("#environment_text")).to_have_value("node 4")


def test_what_is_typed_without_a_connection_stays_in_the_browser_until_the_server_has_it(
    installation: Installation, open_page: OpenPage
) -> None:
    page, draft_id = opened(installation, open_page, "W-2")
    page.context.set_offline(True)
    type_environment(page, "typed in a tunnel")
    expect(page.locator("#saved")).to_contain_text("not saved, will retry")
    assert 1 == page.evaluate(COPIES)
    page.locator("#confirm-button").click()  # nothing is sent into nowhere
    expect(page.locator("#saved")).to_contain_text("no connection")
    again = page.context.new_page()
    page.close()
    again.context.set_offline(False)
    again.goto(f"/confirm/{draft_id}")
    expect(again.locator("#environment_text")).to_have_value("typed in a tunnel")
    expect(again.locator("#saved")).to_have_text(SAVED)
    expect(again.locator("#work-notice")).to_contain_text("while the server could not be reached")
    again.wait_for_function(f"{COPIES} === 0")


def test_two_windows_of_one_agent_never_overwrite_each_other_unsaid(
    installation: Installation, open_page: OpenPage
) -> None:
    page, draft_id = opened(installation, open_page, "W-3")
    other = page.context.new_page()
    other.goto(f"/confirm/{draft_id}")
    type_environment(page, "from the first")
    expect(page.locator("#saved")).to_have_text(SAVED)
    type_environment(other, "from the second")
    expect(other.locator("#work-notice")).to_contain_text("Saved in another window")
    expect(other.locator("#saved")).to_have_text("not saved")
    other.get_by_role("button", name="Keep what is here").click()
    expect(other.locator("#saved")).to_have_text(SAVED)
    page.reload()
    expect(page.locator("#environment_text")).to_have_value("from the second")


def test_a_decision_by_another_agent_is_said_and_ends_the_keeping(
    installation: Installation, open_page: OpenPage
) -> None:
    page, draft_id = opened(installation, open_page, "W-4")
    type_environment(page, "half")
    expect(page.locator("#saved")).to_have_text(SAVED)
    ben = open_page("Ben Agent")
    ben.goto(f"/confirm/{draft_id}")
    ben.keyboard.press("Alt+y")
    ben.keyboard.press("Alt+n")
    ben.keyboard.press("Control+Enter")
    ben.wait_for_url("**/queue")
    type_environment(page, "a whole sentence")
    expect(page.locator("#work-notice")).to_contain_text("Ben Agent has confirmed this draft meanwhile")
    expect(page.locator("#environment_text")).to_have_value("a whole sentence")
    assert 0 == page.evaluate(COPIES)
    ana = Actor(name="Ana Agent", role=UserRole.AGENT, id=1)
    assert read_draft(installation.services.db, draft_id).decisions
    assert read_work(installation.services.db, draft_id, ana) is None


def test_a_killed_server_loses_nothing(
    new_program: NewProgram, installation: Installation, open_page: OpenPage
) -> None:
    """What it had acknowledged is in its database, what it had not in the browser."""
    program = new_program(capture="all")
    with program.serve() as server:
        with program.database() as db:
            draft_id = keep_draft(db, ticket("W-5"))
            create_user(db, "Ana Agent", UserRole.AGENT, PASSWORD)
        page = open_page(None, at=Installation(program.url, installation.services))
        sign_in(page, "Ana Agent")
        page.goto(f"/confirm/{draft_id}")
        type_environment(page, "acknowledged")
        expect(page.locator("#saved")).to_have_text(SAVED)
        server.kill()
        page.locator("#version_fixed_in").fill("4.2.2")
        expect(page.locator("#saved")).to_contain_text("not saved, will retry")
    with program.serve():
        expect(page.locator("#saved")).to_have_text(SAVED, timeout=60_000)
        page.reload()
        expect(page.locator("#environment_text")).to_have_value("acknowledged")
        expect(page.locator("#version_fixed_in")).to_have_value("4.2.2")
        assert 0 == page.evaluate(COPIES)
