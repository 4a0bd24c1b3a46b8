"""The triage page, as an agent with a new ticket uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from playwright.sync_api import Route, expect

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import IndexUnavailable
from pipelines.domain.resolutions import Audience, Confidence
from pipelines.ports import VectorHit, Vectors
from service.usecases.actors import Actor, UserRole
from service.usecases.confirm import confirm_draft
from service.usecases.queue import read_draft
from service.usecases.receive import receive_ticket
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.usecases.track_record import read_track_record
from service.web.pages.confirm_form import proposed
from tests.browser.conftest import Installation, OpenPage, serving, wait_until
from tests.browser.examples import keep_draft, stock_count, stock_count_content

ANA = Actor(name="Ana Agent", role=UserRole.AGENT)
OTHER_WORDS = "Since last week our warehouse no longer gets the message with the stock count at night (MAILQ-5512)"


def test_answers_arrive_while_typing(open_page: OpenPage, known_answer: str) -> None:
    """The fix comes first, with its kind, whether it applies, why it matched and whether it held."""
    page = open_page()
    page.locator("#version").fill("4.2.1")
    page.locator("#subject").press_sequentially("stock count mail missing", delay=5)
    page.locator("#body").fill(OTHER_WORDS)
    hit = page.locator("[data-hit]").filter(has_text=known_answer)
    expect(hit).to_be_visible()
    expect(hit.locator(".solution")).to_have_text("FIX Renew the relay certificate and resend the count.")
    expect(hit).to_contain_text("applies")
    expect(hit).to_contain_text("same code: MAILQ-5512")
    expect(hit).to_contain_text("not reused yet")
    assert page.url.endswith("/"), "what a customer wrote never stands in the address"


def test_what_is_typed_while_an_answer_arrives_is_asked_too(open_page: OpenPage, known_answer: str) -> None:
    """The answer to half a question never stands there as the answer to the whole one."""
    page = open_page()
    held: list[Route] = []
    page.route("**/triage/results", lambda route: route.continue_() if held else held.append(route))
    page.locator("#subject").fill("Which colours may the cafeteria menu have?")
    while not held:
        page.wait_for_timeout(10)
    page.locator("#subject").fill(OTHER_WORDS)
    held[0].continue_()
    expect(page.locator("[data-hit]:not(.miss)").filter(has_text=known_answer)).to_be_visible()


def test_what_a_live_search_showed_counts_as_shown_once_the_question_stood(
    installation: Installation, open_page: OpenPage, known_answer: str
) -> None:
    """Reading without accepting is recorded as shown; half a sentence that was passed through is not."""

    def shown() -> int:
        return read_track_record(installation.services.db, known_answer).counts.shown

    before = shown()
    page = open_page()
    page.locator("#body").press_sequentially(OTHER_WORDS, delay=5)
    expect(page.locator("[data-hit]").filter(has_text=known_answer)).to_be_visible()
    assert before == shown()
    wait_until(lambda: before + 1 == shown(), "counting what was shown")
    page.wait_for_timeout(500)
    assert before + 1 == shown()


def test_an_emptied_question_takes_its_answer_away(open_page: OpenPage, known_answer: str) -> None:
    """What is too short to be searched by itself says so, instead of standing above another question's answer."""
    page = open_page()
    page.locator("#subject").fill(OTHER_WORDS)
    expect(page.locator("[data-hit]").filter(has_text=known_answer)).to_be_visible()
    page.locator("#subject").fill("CSV")
    expect(page.locator("[data-hit]")).to_have_count(0)
    expect(page.locator("#search-state")).to_contain_text("Too short")
    page.locator("#subject").fill(OTHER_WORDS)
    expect(page.locator("[data-hit]").filter(has_text=known_answer)).to_be_visible()


def test_an_open_ticket_is_answered_by_itself_and_the_fix_recorded_with_keys(
    installation: Installation, open_page: OpenPage, known_answer: str
) -> None:
    """Pick a ticket, j to the first result, f: this fixed it. The use stands on the resolution."""
    waiting = stock_count("A-2", status="open", assignee="Ana Agent")
    receive_ticket(installation.services.db, waiting, "none")
    page = open_page()
    page.get_by_role("link", name="mine").click()
    page.get_by_role("link", name="desk/A-2").click()
    hits = page.locator("[data-hit]")
    expect(hits.first).to_contain_text(known_answer)
    page.locator("h1").first.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("j")
    expect(hits.first).to_be_focused()
    page.keyboard.press("f")
    expect(page.get_by_role("status").filter(has_text="it fixed this")).to_be_visible()
    uses = read_resolution(installation.services.db, known_answer).uses
    assert ("desk/A-2", "suggested", "fixed") in [(use.ticket, use.kind, use.outcome) for use in uses]


def test_slash_goes_to_the_search_and_the_keys_are_shown(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#subject")).to_be_focused()


def test_the_fix_is_copied_as_a_reply_that_a_customer_may_read(open_page: OpenPage, known_answer: str) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.locator("#body").fill(OTHER_WORDS)
    hit = page.locator("[data-hit]").filter(has_text=known_answer)
    hit.get_by_role("button", name="Copy reply").click()
    expect(page.locator("#search-state")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("Renew the relay certificate and resend the count.")


def test_a_reply_that_the_browser_does_not_let_copy_is_selected_instead(open_page: OpenPage, known_answer: str) -> None:
    page = open_page()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    page.locator("#body").fill(OTHER_WORDS)
    hit = page.locator("[data-hit]").filter(has_text=known_answer)
    hit.focus()
    page.keyboard.press("c")
    expect(page.locator("#search-state")).to_contain_text("press Ctrl+C")
    selected = page.evaluate("window.getSelection().toString()")
    assert selected.endswith("Renew the relay certificate and resend the count.")


@contextmanager
def record_with_marks(installation: Installation) -> Iterator[str]:
    """The id of another answer to the same question, whose fix names redacted hosts; archived afterwards."""
    db = installation.services.db
    draft_id = keep_draft(db, stock_count("A-10"), stock_count_content())
    view = read_draft(db, draft_id)
    decision = proposed(view.content, "Mail", opened=0).decision(seconds=20.0)
    kept = confirm_draft(db, draft_id, view.version, decision, ANA).resolution_id
    fix = "Renew the certificate of [host-1], then that of [host-2]."
    cleared = tuple(FieldName)
    change_resolution(db, kept, ResolutionChange(fix=fix, audience=Audience.CUSTOMER, cleared=cleared), ANA)
    installation.services.wake()
    wait_until(lambda: read_resolution(db, kept).indexed, "indexing")
    yield kept
    change_resolution(db, kept, ResolutionChange(confidence=Confidence.ARCHIVED), ANA)


def test_what_fixed_it_can_be_copied_afterwards_and_says_which_marks_to_replace(
    installation: Installation, open_page: OpenPage
) -> None:
    """The search by text stays with its answers; another is begun in the same tab."""
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    with record_with_marks(installation) as kept:
        page.locator("#body").fill(OTHER_WORDS)
        page.get_by_role("button", name="Find precedents").click()
        page.locator(f'button[value$=" {kept} fixed"]').click()
        hit = page.locator("[data-hit]").filter(has_text=f"{kept}").filter(has_text="you said: this fixed it")
        expect(hit.locator("[data-reply]")).to_be_visible()
        expect(hit).to_contain_text("not ready to send")
        hit.get_by_role("button", name="Copy reply").click()
        expect(page.locator("#search-state")).to_have_text("Copied. Before you send it, replace [host-1], [host-2].")
        page.get_by_role("link", name="Start from an empty search").click()
        expect(page.locator("#body")).to_have_value("")
        assert 1 == len(page.context.pages)


def test_what_is_said_of_a_record_by_key_leaves_what_was_typed(
    installation: Installation, open_page: OpenPage, known_answer: str
) -> None:
    """h: it helped, w: wrong, x: not relevant, each on the version that the agent typed over the ticket's."""
    receive_ticket(installation.services.db, stock_count("A-7", status="open", assignee="Ana Agent"), "none")
    page = open_page()
    page.goto("/?show=mine&ticket=desk/A-7")
    page.locator("#version").fill("4.2.0")
    for key, words in (("h", "it helped"), ("w", "wrong"), ("x", "not relevant")):
        hit = page.locator("[data-hit]").filter(has_text=known_answer)
        expect(hit).to_contain_text("you have 4.2.0")
        hit.focus()
        page.keyboard.press(key)
        expect(page.locator("[data-hit]").filter(has_text=f"you said: {words}")).to_be_visible()
        expect(page.locator("#version")).to_have_value("4.2.0")
    expect(page.get_by_role("link", name="mine")).to_have_attribute("aria-current", "true")


def test_evidence_opens_beside_what_was_typed_and_in_place_of_a_ticket_as_it_came(
    installation: Installation, open_page: OpenPage, known_answer: str
) -> None:
    """Pages are stored nowhere: the way back to a search by text would lead to an empty form."""
    receive_ticket(installation.services.db, stock_count("A-8", status="open"), "none")
    page = open_page()
    page.locator("#body").fill(OTHER_WORDS)
    hit = page.locator("[data-hit]").filter(has_text=known_answer)
    expect(hit).to_be_visible()
    hit.focus()
    with page.context.expect_page() as beside:
        page.keyboard.press("e")
    expect(beside.value.get_by_role("heading", name="Evidence")).to_be_visible()
    expect(page.locator("#body")).to_have_value(OTHER_WORDS)
    expect(hit).to_be_visible()
    page.goto("/?ticket=desk/A-8")
    hit.get_by_role("link", name="Evidence").click()
    page.wait_for_url(f"**/resolutions/{known_answer}#evidence")


def test_nothing_reliable_is_said_plainly(open_page: OpenPage, known_answer: str) -> None:
    """An abstention recommends nothing, marks what is near as misses, and says that it counts as demand."""
    assert known_answer
    page = open_page()
    page.locator("#subject").fill("Which colours may the cafeteria menu have on public holidays?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No precedent is close enough.")).to_be_visible()
    expect(page.locator("#results")).to_contain_text("counts as demand")
    expect(page.locator("[data-hit]:not(.miss)")).to_have_count(0)


def test_a_lost_index_is_admitted(installation: Installation, open_page: OpenPage, known_answer: str) -> None:
    """Results from words alone still come, and the page says that they may be incomplete."""

    class Lost(MemoryIndex):
        def query(self, vector: Vectors, limit: int) -> list[VectorHit]:  # noqa: ARG002 (the port's own names)
            raise IndexUnavailable("The index is out of reach.")

    without: dict[str, Any] = {"vectors": Lost(installation.services.embedder.dimension)}
    with serving(replace(installation.services, **without)) as address:
        page = open_page(at=Installation(address, installation.services))
        page.locator("#body").fill("stock count e-mail MAILQ-5512 relay certificate")
        page.get_by_role("button", name="Find precedents").click()
        expect(page.get_by_role("heading", name="Reduced search")).to_be_visible()
        expect(page.locator("#results")).to_contain_text(known_answer)
