"""What holds for every page: accessible, in light and dark, in a narrow window, on an empty installation."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pipelines.domain.drafts import DraftContent, DraftState
from pipelines.domain.resolutions import Audience
from service.usecases.actors import Actor, UserRole
from service.usecases.receive import receive_ticket
from service.usecases.report_gaps import build_report
from service.usecases.start_article import start_from_resolutions
from tests.browser.conftest import Installation, OpenPage, serving
from tests.browser.examples import badge_reader, keep_draft, stock_count, ticket

UNBROKEN = "no-space-in-this-one-" * 30


@pytest.fixture(scope="module")
def addresses(installation: Installation, known_answer: str) -> dict[str, str]:
    """Every page in every state that has its own look."""
    db = installation.services.db
    for door in (1, 2, 3):
        receive_ticket(db, badge_reader(f"E-{door}", door), "none")
    long = ticket("E-4", subject=f"Long: {UNBROKEN}", messages=ticket("E-4").model_dump(mode="json")["messages"][:1])
    awaiting, manual = (
        keep_draft(db, ticket("E-5")),
        keep_draft(db, long, DraftContent(title=""), DraftState.NEEDS_MANUAL),
    )
    receive_ticket(db, stock_count("E-6", status="open"), "none")
    quinces = [{"id": "m1", "at": "2026-03-02T09:00:00Z", "role": "customer", "body": "Who grows quinces here?"}]
    once = {
        "subject": f"Quinces: {'orchard-' * 60}",
        "messages": quinces,
        "product_area": "Orchards",
        "escalated": False,
    }
    receive_ticket(db, ticket("E-7", status="open", **once), "none")
    gaps = build_report(installation.services).gaps
    assert gaps, "three tickets of one problem that nothing answers make a gap"
    kim = Actor(name="Kim Keeper", role=UserRole.KB_MANAGER)
    article = start_from_resolutions(installation.services, [known_answer], Audience.INTERNAL, kim).article.id
    return {
        "triage": "/",
        "an open ticket with an answer": "/?ticket=desk/E-6",
        "an open ticket without one": "/?ticket=desk/E-1",
        "queue": "/queue",
        "queue, rejected": "/queue?state=rejected",
        "confirm": f"/confirm/{awaiting}",
        "confirm by hand, long": f"/confirm/{manual}",
        "decided": "/confirm/D-1",
        "resolutions": "/resolutions",
        "nothing found": "/resolutions?q=xylophone",
        "resolution": f"/resolutions/{known_answer}",
        "gaps": "/gaps",
        "asked once": "/gaps/single",
        "asked once, none": "/gaps/single?area=Xylophones",
        "gap": f"/gaps/{gaps[0].id}",
        "an article's start": f"/gaps/{gaps[0].id}/article",
        "articles": "/articles",
        "no article found": "/articles?q=xylophone",
        "article": f"/articles/{article}",
        "article, editing": f"/articles/{article}/edit",
        "article, history": f"/articles/{article}/history",
        "ticket": "/tickets/desk/E-5",
        "long ticket": "/tickets/desk/E-4",
        "problem": "/confirm/D-999999",
        "nowhere": "/no/such/page",
        "sign-in": "/sign-in",
    }


def serious(page: Page) -> list[str]:
    """The serious and critical findings of axe-core."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{finding['id']}: {node['target']} {node['html'][:200]}"
        for finding in found
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_accessibility_finding(
    open_page: OpenPage, addresses: dict[str, str], scheme: str
) -> None:
    page = open_page("Kim Keeper", color_scheme=scheme)
    findings = {}
    for name, address in addresses.items():
        page.goto(address)
        if found := serious(page):
            findings[name] = found
    assert {} == findings


def test_the_keys_dialog_and_a_refused_form_are_accessible(open_page: OpenPage, addresses: dict[str, str]) -> None:
    page = open_page()
    page.goto(addresses["confirm"])
    page.locator("#confirm-button").click()
    expect(page.locator("#errors")).to_be_focused()
    assert [] == serious(page)
    page.locator("#show-keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert [] == serious(page)


@pytest.mark.parametrize("width", [360, 768, 1024, 1280])
def test_no_page_scrolls_sideways(open_page: OpenPage, addresses: dict[str, str], width: int) -> None:
    """Long words and long logs wrap at every width, from a telephone's."""
    page = open_page("Kim Keeper", viewport={"width": width, "height": 740})
    wide = {}
    for name, address in addresses.items():
        page.goto(address)
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide[name] = needed
    assert {} == wide


def test_dark_and_light_differ_and_print_shows_the_content_alone(
    open_page: OpenPage, addresses: dict[str, str]
) -> None:
    page = open_page()
    page.goto(addresses["resolution"])
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert light != page.evaluate(ground)
    page.emulate_media(color_scheme="light", media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_every_file_is_addressed_with_its_hash(open_page: OpenPage) -> None:
    """Browsers may keep what /static serves for good, because a change changes the address."""
    page = open_page()
    served: list[str] = []
    page.on("request", lambda request: served.append(request.url))
    page.goto("/")
    files = [url for url in served if "/static/" in url]
    assert files
    assert all("?v=" in url for url in files)


@pytest.fixture
def empty_page(open_page: OpenPage, empty_installation: Installation) -> Page:
    return open_page("Kim Keeper", at=empty_installation)


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/", "What solved this before?"),
        ("/queue", "The queue is empty"),
        ("/queue?show=mine", "Nothing of yours is waiting"),
        ("/queue?state=confirmed", "None here"),
        ("/resolutions", "No resolutions yet"),
        ("/gaps", "No gap report yet"),
        ("/gaps/single", "No gap report yet"),
    ],
)
def test_an_empty_page_says_what_to_do(empty_page: Page, address: str, heading: str) -> None:
    empty_page.goto(address)
    expect(empty_page.get_by_role("heading", name=heading)).to_be_visible()
    assert [] == serious(empty_page)


def test_a_manager_rebuilds_the_report_and_takes_a_gap(open_page: OpenPage, addresses: dict[str, str]) -> None:
    page = open_page("Kim Keeper")
    page.goto("/gaps")
    page.get_by_role("button", name="Rebuild").click()
    expect(page.get_by_role("status")).to_contain_text("built anew")
    page.goto(addresses["gap"])
    page.get_by_role("textbox", name="Owner").fill("Kim Keeper")
    page.get_by_label("Status").select_option("assigned")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_role("textbox", name="Owner")).to_have_value("Kim Keeper")


def test_the_visitor_of_the_demo_looks_through_another_role(installation: Installation, open_page: OpenPage) -> None:
    """Signed in by itself as an administrator; what the chosen role may not do is not offered."""
    with serving(installation.services, demo=True) as address:
        page = open_page(None, at=Installation(address, installation.services))
        page.goto("/gaps")
        expect(page.locator(".who")).to_contain_text("(admin)")
        expect(page.locator("form[action='/gaps/rebuild']")).to_have_count(1)
        page.get_by_label("Try another role").select_option("agent")
        page.get_by_role("button", name="Switch role").click()
        expect(page.locator(".who")).to_contain_text("(agent)")
        expect(page.locator("form[action='/gaps/rebuild']")).to_have_count(0)
        assert [] == serious(page)


def test_an_agent_reads_the_gaps_and_changes_none(open_page: OpenPage, addresses: dict[str, str]) -> None:
    page = open_page("Ana Agent")
    page.goto("/gaps")
    expect(page.get_by_role("button", name="Rebuild")).to_have_count(0)
    page.goto(addresses["gap"])
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_a_manager_starts_a_gap_of_a_single_question_with_the_keyboard_alone(
    open_page: OpenPage, addresses: dict[str, str]
) -> None:
    page = open_page("Kim Keeper")
    page.goto(addresses["asked once"])
    page.get_by_role("textbox", name="Title of a new gap").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Give the new gap a title.")
    assert [] == serious(page)
    page.get_by_role("checkbox", name="Choose desk/E-7").press("Space")
    page.get_by_role("textbox", name="Title of a new gap").fill("Blank pages")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Blank pages", exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("are a gap now")
