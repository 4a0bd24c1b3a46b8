"""The confirmation screen, as the closing agent uses it."""

import re

from playwright.sync_api import expect

from pipelines.domain.drafts import DraftContent, DraftState, FieldName
from service.usecases.queue import read_draft
from service.usecases.resolutions import read_resolution
from service.usecases.tickets import read_ticket
from tests.browser.conftest import Installation, OpenPage
from tests.browser.examples import content, keep_draft, ticket


def test_a_draft_is_confirmed_with_the_keyboard_alone(installation: Installation, open_page: OpenPage) -> None:
    """Open questions get the focus one after the other, the doubtful before the absent; then Ctrl+Enter confirms."""
    kept = ticket("K-1")
    draft_id = keep_draft(installation.services.db, kept)
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    expect(page.locator("#settled")).to_have_text("3 of 5 settled")
    expect(page.get_by_role("heading", name="2 questions for you")).to_be_visible()
    expect(page.locator("#version_affected")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.locator("#environment_text")).to_be_focused()
    page.keyboard.type("print node 3, on-prem")
    page.keyboard.press("Enter")
    expect(page.locator("#settled")).to_have_text("5 of 5 settled")
    expect(page.locator("#confirm-button")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Confirmed in")).to_be_visible()
    decided = read_draft(installation.services.db, draft_id)
    assert DraftState.CONFIRMED is decided.state
    decision = decided.decisions[-1]
    assert ("Ana Agent", ("environment", "version")) == (decision.actor, decision.edited_fields)
    assert decision.seconds is not None
    assert 0 < decision.seconds < 60
    assert decision.resolution_id is not None
    record = read_resolution(installation.services.db, decision.resolution_id).resolution.content
    assert "print node 3, on-prem" == record.text(FieldName.ENVIRONMENT)
    assert (("4.2.1",), ()) == (record.versions.affected, record.versions.fixed_in)
    assert read_ticket(installation.services.db, kept.key).close_gate.open


def test_one_key_answers_a_question_and_goes_to_the_next(installation: Installation, open_page: OpenPage) -> None:
    """Alt+Y affirms what is in doubt and takes the ticket's own field; Ctrl+Enter confirms from a quote."""
    draft_id = keep_draft(installation.services.db, ticket("K-11"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    page.keyboard.press("Alt+y")
    expect(page.locator("#environment_text")).to_be_focused()
    page.keyboard.press("Alt+y")
    expect(page.locator("#environment_text")).to_have_value("on-prem, 3 print nodes")
    expect(page.locator("#confirm-button")).to_be_focused()
    page.keyboard.press("Alt+3")
    page.keyboard.press("Alt+q")
    expect(page.locator("mark:focus")).to_have_text("Installed raster driver 2.9")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/queue")
    assert DraftState.CONFIRMED is read_draft(installation.services.db, draft_id).state


def test_an_edit_shows_what_changed_and_goes_back_to_the_draft(installation: Installation, open_page: OpenPage) -> None:
    """Word by word, while it is typed and once it is closed; what the thread answers is read, and edited at wish."""
    draft_id = keep_draft(installation.services.db, ticket("K-12"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    fix = page.locator("#field-fix")
    expect(page.locator("#fix_text")).to_be_hidden()
    expect(fix.locator("[data-reading]")).to_have_text("Install raster driver 2.9 and restart the spooler.")
    page.keyboard.press("Alt+3")
    page.keyboard.press("Control+A")
    page.keyboard.type("Install raster driver 3.0 and restart the spooler.")
    changes = fix.locator("[data-changes]")
    expect(changes.locator("del")).to_have_text("2.9")
    expect(changes.locator("ins")).to_have_text("3.0")
    fix.locator("summary").click()
    expect(fix.locator("[data-reading] ins")).to_have_text("3.0")
    fix.locator("summary").press("Alt+e")
    expect(page.locator("#fix_text")).to_be_focused()
    page.keyboard.press("Alt+b")
    expect(page.locator("#fix_text")).to_have_value("Install raster driver 2.9 and restart the spooler.")
    expect(changes).to_be_hidden()


def test_seconds_count_while_the_page_can_be_seen(installation: Installation, open_page: OpenPage) -> None:
    draft_id = keep_draft(installation.services.db, ticket("K-13"))
    page = open_page()
    page.clock.install()
    page.goto(f"/confirm/{draft_id}")

    def turn(state: str) -> None:
        page.evaluate(
            """state => {
                Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            state,
        )

    page.clock.run_for(20_000)
    turn("hidden")
    page.clock.run_for(600_000)
    turn("visible")
    page.clock.run_for(10_000)
    expect(page.locator("#timer")).to_have_text(re.compile(r"0:3\d"))


def test_shortcuts_settle_the_question_in_focus(installation: Installation, open_page: OpenPage) -> None:
    """Alt+4 goes to the environment, Alt+U takes the ticket's own field, Alt+N marks it not known, Alt+Y accepts."""
    draft_id = keep_draft(installation.services.db, ticket("K-2"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    page.keyboard.press("Alt+4")
    page.keyboard.press("Alt+u")
    expect(page.locator("#environment_text")).to_have_value("on-prem, 3 print nodes")
    page.keyboard.press("Alt+n")
    expect(page.locator("input[name=environment_state][value=not_known]")).to_be_checked()
    page.keyboard.press("Alt+5")
    page.keyboard.press("Alt+y")
    expect(page.locator("#settled")).to_have_text("5 of 5 settled")
    page.keyboard.press("Alt+x")
    expect(page.get_by_label("nothing worth keeping")).to_be_focused()


def test_a_field_lights_its_quotes_and_a_quote_shows_its_fields(
    installation: Installation, open_page: OpenPage
) -> None:
    """Focus and pointer both highlight evidence; nothing in the pane under the pointer moves."""
    draft_id = keep_draft(installation.services.db, ticket("K-3"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    page.keyboard.press("Alt+2")
    expect(page.locator("#root_cause_text")).to_be_focused()
    lit = page.locator("mark.on")
    expect(lit).to_have_text("Node 3 still has the old raster driver: it drops pages with an alpha channel.")
    page.keyboard.press("Alt+3")
    page.keyboard.press("Alt+2")
    fix = page.locator("#fix_text")
    before = fix.bounding_box()
    fix.hover()
    expect(lit).to_have_text("Installed raster driver 2.9")
    assert before == fix.bounding_box()
    page.locator("#fix_text").focus()
    page.keyboard.press("Alt+q")
    expect(page.locator("mark:focus")).to_have_text("Installed raster driver 2.9")
    expect(page.locator("#field-fix")).to_have_class("question settled lit")
    page.keyboard.press("Escape")
    expect(page.locator("#fix_text")).to_be_focused()


def test_ticket_text_is_shown_as_text(installation: Installation, open_page: OpenPage) -> None:
    """Markup in a message stays visible markup, inside a quote as well, and long logs are folded."""
    draft_id = keep_draft(installation.services.db, ticket("K-4"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    message = page.locator("#message-1")
    expect(message.locator("mark[data-fields=symptom]")).to_have_text("every label comes out blank. <b>Nothing</b>")
    expect(message.locator("b")).to_have_count(0)
    expect(page.locator("#message-2")).to_contain_text("internal note")
    fold = page.locator("#message-4 details")
    expect(fold.locator("summary")).to_have_text("40 lines folded")
    expect(fold).not_to_have_attribute("open", "")


def test_what_is_left_open_is_said_beside_the_field(installation: Installation, open_page: OpenPage) -> None:
    """A refusal keeps what was typed, names each open field with its reason, and takes the focus to the summary."""
    draft_id = keep_draft(installation.services.db, ticket("K-5"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    page.keyboard.press("Alt+0")
    page.keyboard.press("Control+A")
    page.keyboard.type("A title of my own")
    page.locator("#confirm-button").click()
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2 things left to settle")
    expect(page.locator("#why-environment")).to_contain_text("fill it in")
    expect(page.locator("#why-version")).to_contain_text("does not prove")
    expect(page.locator("#title")).to_have_value("A title of my own")
    summary.get_by_role("link", name="Environment").click()
    expect(page.locator("#environment_text")).to_be_focused()


def test_a_draft_is_rejected_with_a_reason(installation: Installation, open_page: OpenPage) -> None:
    draft_id = keep_draft(installation.services.db, ticket("K-6"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    page.get_by_role("link", name="Nothing to keep here").click()
    page.get_by_label("nothing worth keeping").check()
    page.get_by_label("Note (optional)").fill("A paper jam.")
    page.get_by_role("button", name="Reject this draft").click()
    expect(page.get_by_role("status").filter(has_text="Rejected in")).to_be_visible()
    decision = read_draft(installation.services.db, draft_id).decisions[-1]
    assert ("no_knowledge", "A paper jam.") == (decision.reason, decision.note)
    page.goto(f"/confirm/{draft_id}")
    expect(page.get_by_text("rejected by Ana Agent")).to_be_visible()
    expect(page.locator("form#confirm")).to_have_count(0)


def test_a_recurrence_is_linked_to_what_is_known(installation: Installation, open_page: OpenPage) -> None:
    """The screen asks whether it is new before it asks anything else."""
    first = keep_draft(installation.services.db, ticket("K-7"))
    page = open_page()
    page.goto(f"/confirm/{first}")
    page.get_by_label("I affirm this myself").check()
    page.locator("input[name=environment_state][value=not_applicable]").check()
    page.locator("#confirm-button").click()
    page.wait_for_url("**/queue")
    known = read_draft(installation.services.db, first).decisions[-1].resolution_id
    assert known is not None
    twin = {
        "resolution_id": known,
        "verdict": "same_as",
        "similarity": 0.93,
        "why": "same cause, same fix",
    }
    second = keep_draft(installation.services.db, ticket("K-8"), recurrences=(twin,))
    page.goto(f"/confirm/{second}")
    page.get_by_label("environment", exact=True).check()
    page.get_by_role("button", name=f"Link to {known}").click()
    expect(page.get_by_role("status").filter(has_text="Linked in")).to_be_visible()
    assert DraftState.LINKED is read_draft(installation.services.db, second).state


def test_the_parts_of_a_ticket_follow_one_another(installation: Installation, open_page: OpenPage) -> None:
    """The queue numbers them, and deciding on one shows the next at once."""
    other = content(title="The preview hides it")
    first = keep_draft(installation.services.db, ticket("K-14"), more=(other,))
    page = open_page()
    page.goto("/queue")
    expect(page.get_by_role("row").filter(has_text="The preview hides it")).to_contain_text("2 of 2")
    page.goto(f"/confirm/{first}")
    expect(page.get_by_text("1 of 2 of this ticket")).to_be_visible()
    for expected in ("**/confirm/*", "**/queue"):
        page.keyboard.press("Alt+y")
        page.keyboard.press("Alt+n")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(expected)
        if expected.endswith("*"):
            expect(page.get_by_role("status").filter(has_text="taught something else as well")).to_be_visible()
            expect(page.locator(".parts [aria-current]")).to_have_text("The preview hides it")
            assert "drafted" == read_ticket(installation.services.db, ticket("K-14").key).capture_state
    assert read_ticket(installation.services.db, ticket("K-14").key).close_gate.open


def test_a_draft_nobody_could_write_says_so(installation: Installation, open_page: OpenPage) -> None:
    """Where no summary could be made, the agent is told, and starts from five open questions."""
    empty = DraftContent(title="")
    draft_id = keep_draft(installation.services.db, ticket("K-9"), empty, DraftState.NEEDS_MANUAL)
    page = open_page()
    page.goto("/queue")
    row = page.get_by_role("row").filter(has_text="K-9")
    expect(row).to_contain_text("needs you")
    page.goto(f"/confirm/{draft_id}")
    expect(page.get_by_role("heading", name="No summary could be made of this ticket")).to_be_visible()
    expect(page.locator("#settled")).to_have_text("0 of 5 settled")
