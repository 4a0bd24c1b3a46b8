"""The confirmation screen, as the closing agent uses it."""

from playwright.sync_api import Dialog, expect

from pipelines.domain.drafts import DraftContent, DraftState, FieldName
from service.usecases.queue import read_draft
from service.usecases.resolutions import read_resolution
from service.usecases.tickets import read_ticket
from tests.browser.conftest import Installation, OpenPage
from tests.browser.examples import keep_draft, ticket


def test_a_draft_is_confirmed_with_the_keyboard_alone(installation: Installation, open_page: OpenPage) -> None:
    """Open questions get the focus one after the other, and Ctrl+Enter confirms once none is left."""
    kept = ticket("K-1")
    draft_id = keep_draft(installation.services.db, kept)
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    expect(page.locator("#settled")).to_have_text("3 of 5 settled")
    expect(page.locator("#environment_text")).to_be_focused()
    page.keyboard.type("print node 3, on-prem")
    page.keyboard.press("Enter")
    expect(page.locator("#version_affected")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
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


def test_shortcuts_settle_the_question_in_focus(installation: Installation, open_page: OpenPage) -> None:
    """Alt+4 goes to the environment, Alt+U takes the ticket's own field, Alt+N marks it not known, Alt+Y affirms."""
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
    page.locator("#root_cause_text").focus()
    lit = page.locator("mark.on")
    expect(lit).to_have_text("Node 3 still has the old raster driver: it drops pages with an alpha channel.")
    fix = page.locator("#fix_text")
    before = fix.bounding_box()
    fix.hover()
    expect(lit).to_have_text("Installed raster driver 2.9")
    assert before == fix.bounding_box()
    page.locator("#fix_text").focus()
    page.keyboard.press("Alt+q")
    expect(page.locator("mark:focus")).to_have_text("Installed raster driver 2.9")
    expect(page.locator("#field-fix")).to_have_class("question lit")
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
    page.get_by_label("Title").fill("A title of my own")
    page.locator("#confirm-button").click()
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2 things left to settle")
    expect(page.locator("#why-environment")).to_contain_text("fill it in")
    expect(page.locator("#why-version")).to_contain_text("does not prove")
    expect(page.get_by_label("Title")).to_have_value("A title of my own")
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


def test_leaving_with_something_typed_asks_first(installation: Installation, open_page: OpenPage) -> None:
    draft_id = keep_draft(installation.services.db, ticket("K-10"))
    page = open_page()
    page.goto(f"/confirm/{draft_id}")
    page.locator("#environment_text").press_sequentially("half a thought")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Later").click()
    expect(page.locator("#environment_text")).to_have_value("half a thought")
    assert ["beforeunload"] == asked
