"""Triage and the resolutions' pages without scripts, and over the API: asking back, explaining, correcting, merging."""

import re
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from pipelines.domain.confirmations import SettledState, SettledVersions
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Audience, Confidence
from service.store.queries.demand import called_wrong
from service.usecases import clock
from service.usecases.actors import UserRole
from service.usecases.resolutions import ResolutionChange, change_resolution
from tests.usecases.cases import ADA, case, confirmed, send, work
from tests.usecases.test_article_suggestions import BLANK, publish
from tests.usecases.test_article_suggestions import text as article
from tests.web.installation import Installation

SYMPTOM = "Sign-in loops back to the login page"
ASKED = {"subject": SYMPTOM}


@pytest.fixture
def alike(installation: Installation, admin: TestClient[Any]) -> TestClient[Any]:
    """R-1 and R-2: one symptom, one on premises and one in the cloud."""
    none = SettledVersions(state=SettledState.NOT_APPLICABLE)
    late = {"root_cause": "The clock of the gateway is late.", "environment": "On premises", "fix": "Step the clock."}
    proxy = {"root_cause": "Cookies lose a flag on their way.", "environment": "Cloud", "fix": "Change <the> proxy."}
    for number, words in (("T-1", late), ("T-2", proxy)):
        ticket = case(number, subject=SYMPTOM)
        confirmed(installation.services, ticket, title=SYMPTOM, symptom=f"{SYMPTOM}.", versions=none, **words)
    return admin


def names(answer: dict[str, Any]) -> list[str]:
    return [one["resolution_id"] for one in answer["suggestions"]]


def test_a_question_is_asked_and_its_answer_sent_back_with_the_same_words(alike: TestClient[Any]) -> None:
    first = alike.post("/api/v1/suggestions", json=ASKED).json()
    question = first["question"]
    assert {"about", "text", "options", "apart"} == set(question)
    assert ("deployment", ["cloud", "on-premises", "unknown"]) == (question["about"], question["options"])
    assert ["R-1", "R-2"] == sorted(question["apart"])
    for option, wanted in (("cloud", "R-2"), ("on-premises", "R-1")):
        body = {**ASKED, "answers": [{"about": "deployment", "answer": option}]}
        answer = alike.post("/api/v1/suggestions", json=body).json()
        assert (wanted, None) == (names(answer)[0], answer["question"])


@pytest.mark.parametrize("answers", [[{"about": "x"}], [{"about": "", "answer": "y"}], "cloud", [{}] * 11])
def test_answers_in_another_shape_are_refused(admin: TestClient[Any], answers: Any) -> None:
    response = admin.post("/api/v1/suggestions", json={**ASKED, "answers": answers})
    assert (400, "invalid_input") == (response.status_code, response.json()["code"])


def test_a_kept_answer_is_explained_to_programs_and_people(alike: TestClient[Any]) -> None:
    given = alike.post("/api/v1/suggestions", json=ASKED).json()
    kept = alike.get(f"/api/v1/suggestions/{given['id']}").json()
    assert names(given) == [one["resolution_id"] for one in kept["given"]]
    assert given["suggestions"][0]["score"] == kept["given"][0]["score"]
    assert kept["given"][0]["features"]
    assert SYMPTOM in alike.get(f"/suggestions/{given['id']}").text
    assert [404, 404] == [alike.get(f"{path}/suggestions/S-99").status_code for path in ("", "/api/v1")]


def test_the_page_asks_shows_the_causes_and_takes_an_answer_back(alike: TestClient[Any]) -> None:
    asked = alike.post("/", data=ASKED).text
    for words in ("Same symptom, different causes", "The clock of the gateway is late.", "Change &lt;the&gt; proxy."):
        assert words in asked
    said = alike.post("/", data={**ASKED, "say": "deployment=cloud"}).text
    assert "Same symptom" not in said
    assert said.index("Change &lt;the&gt; proxy.") < said.index("Step the clock.")
    back = alike.post("/", data={**ASKED, "answered": "deployment=cloud", "unsay": "deployment"}).text
    assert "Same symptom, different causes" in back


def test_other_open_tickets_with_the_symptom_are_shown_beside(
    installation: Installation, alike: TestClient[Any]
) -> None:
    send(installation.services, case("T-8", subject=f"{SYMPTOM} for everybody", closed=False))
    assert "desk/T-8" in alike.post("/triage/similar", data={"subject": f"{SYMPTOM} for everybody"}).text
    assert "desk/T-8" not in alike.post("/triage/similar", data={"subject": "Invoices are blank"}).text
    found = alike.get("/api/v1/similar-tickets", params={"ticket": "desk/T-8"}).json()
    assert [] == found["items"]
    for params in ({"ticket": "nothing"}, {}):
        answer = alike.get("/api/v1/similar-tickets", params=params)
        assert (400, True) == (answer.status_code, answer.json()["detail"].startswith("ticket names no ticket"))


def test_a_subject_of_a_thousand_words_leaves_room_for_the_other_tickets(
    installation: Installation, alike: TestClient[Any]
) -> None:
    for number in ("T-8", "T-9"):
        send(installation.services, case(number, subject=f"{SYMPTOM} {'W' * 1500}", closed=False))
    listed = re.findall(r"(?s)<li><a href=./\?show.*?</li>", alike.get("/").text)
    assert [True, True] == [len(one) < 600 for one in listed]
    beside = alike.post("/triage/similar", data={"subject": SYMPTOM, "ticket": "desk/T-9"}).text
    assert "desk/T-8" in beside
    assert "W" * 200 not in beside


def test_a_record_is_corrected_looked_over_archived_and_merged_by_forms(alike: TestClient[Any]) -> None:
    form = {"version": "1", "title": SYMPTOM, "fix": "Step the clock and restart.", "symptom": f"{SYMPTOM}."}
    form |= {"confidence": "validated", "audience": "customer", "governance": "experience", "fix_kind": "fix"}
    assert 303 == alike.post("/resolutions/R-1/edit", data=form).status_code
    assert 412 == alike.post("/resolutions/R-1/edit", data=form).status_code
    history = alike.get("/resolutions/R-1/history").text
    assert "<ins>clock and restart.</ins>" in history
    assert "R-1" in alike.get("/resolutions", params={"audience": "customer"}).text
    assert "R-1" not in alike.get("/resolutions", params={"audience": "partner"}).text
    assert 400 == alike.post("/resolutions/R-1/archive", data={"version": "2", "why": " "}).status_code
    assert 303 == alike.post("/resolutions/R-1/merge", data={"into": " r-2 ", "why": "one problem"}).status_code
    assert "archived" == alike.get("/api/v1/resolutions/R-1").json()["confidence"]
    assert {"desk/T-1", "desk/T-2"} == {use["ticket"] for use in alike.get("/api/v1/resolutions/R-2").json()["uses"]}
    assert 400 == alike.post("/api/v1/resolutions/R-1/merge", json={"into": "R-2"}).status_code
    assert "Correct" in alike.get("/resolutions/R-2/edit").text


def test_a_record_is_taken_out_of_the_archive_on_its_page_with_the_reason(
    installation: Installation, alike: TestClient[Any]
) -> None:
    button = "<button>Take out of the archive</button>"
    assert button not in alike.get("/resolutions/R-1").text
    assert 303 == alike.post("/resolutions/R-1/archive", data={"version": "1", "why": "it is gone"}).status_code
    assert button in alike.get("/resolutions/R-1").text
    assert 'href="/resolutions/R-1#unarchive-why"' in alike.get("/resolutions/R-1/edit").text
    with installation.client(UserRole.INTEGRATION) as program:
        assert button not in program.get("/resolutions/R-1").text, "it may read, not change"
    path = "/resolutions/R-1/unarchive"
    assert [400, 412] == [
        alike.post(path, data=data).status_code for data in ({"why": " "}, {"version": "1", "why": "x"})
    ]
    back = {"version": "2", "why": "sold again"}
    assert 303 == alike.post(path, data=back).status_code
    kept = alike.get("/api/v1/resolutions/R-1").json()
    assert ("not_validated", 3) == (kept["confidence"], kept["version"])
    assert "sold again; confidence from archived to not validated" in alike.get("/resolutions/R-1").text
    work(installation.services)
    assert "R-1" in {one.split()[1] for one in choices(alike.post("/", data=ASKED).text, "fixed")}
    change_resolution(installation.services.db, "R-1", ResolutionChange(confidence=Confidence.VALIDATED), ADA)
    assert 409 == alike.post(path, data={"why": "again"}).status_code, "nothing is archived: its confidence stays"
    assert "validated" == alike.get("/api/v1/resolutions/R-1").json()["confidence"]


@pytest.mark.parametrize(
    ("bad", "status", "said"),
    [
        ({"version": "1"}, 412, "R-1 is at version 2"),
        ({"title": " "}, 400, "A resolution needs a title."),
        ({"confidence": "work_in_progress"}, 409, "cannot go from validated to work_in_progress"),
    ],
)
def test_a_correction_that_is_refused_keeps_what_was_typed(
    alike: TestClient[Any], bad: dict[str, str], status: int, said: str
) -> None:
    """Two people at once: the later one sees who changed what, and saves the same words on top of it."""
    first = {"version": "1", "title": SYMPTOM, "fix": "Step the clock.", "confidence": "validated", "why": "checked"}
    assert 303 == alike.post("/resolutions/R-1/edit", data=first).status_code
    mine = {
        **first,
        "version": "2",
        "fix": "Step <the> clock twice.",
        "why": "once is too little",
        "affected": ">=5, <6",
    }
    answer = alike.post("/resolutions/R-1/edit", data={**mine, **bad})
    assert status == answer.status_code
    for words in (
        said,
        "Step &lt;the&gt; clock twice.",
        "once is too little",
        "&gt;=5, &lt;6",
        'name="version" value="2"',
    ):
        assert words in answer.text
    assert (status == 412) == ("checked; confidence from not validated to validated" in answer.text)
    assert 303 == alike.post("/resolutions/R-1/edit", data=mine).status_code


def test_the_later_of_two_corrections_undoes_nothing_of_the_first(alike: TestClient[Any]) -> None:
    """What the later person left alone is shown as it stands now, states included."""
    opened = {"title": SYMPTOM, "fix": "Step the clock.", "symptom": f"{SYMPTOM}.", "environment": "On premises"}
    opened |= {"version": "1", "was_confidence": "not_validated", "was_audience": "internal"}
    opened |= {"confidence": "not_validated", "audience": "internal", "governance": "experience"}
    theirs = {**opened, "fix": "Step the clock and restart.", "audience": "partner"}
    assert 303 == alike.post("/resolutions/R-1/edit", data=theirs).status_code
    shown = alike.post(
        "/resolutions/R-1/edit", data={**opened, "environment": "VMware", "confidence": "validated"}
    ).text
    assert ">Step the clock and restart.</textarea>" in shown
    assert ">VMware</textarea>" in shown
    for chosen in ("validated", "partner"):
        assert f'<option value="{chosen}" selected>' in shown


def test_a_wrong_outcome_waits_on_the_page_until_somebody_looked(alike: TestClient[Any]) -> None:
    given = alike.post("/api/v1/suggestions", json=ASKED).json()
    said = {"resolution_id": "R-1", "outcome": "wrong", "ticket": "desk/T-2"}
    assert 201 == alike.post(f"/api/v1/suggestions/{given['id']}/outcome", json=said).status_code
    assert "<strong>Said to be wrong" in alike.get("/resolutions/R-1").text
    assert '<a href="/resolutions?review=1">1 resolution needs review</a>' in alike.get("/resolutions").text
    assert ["R-1"] == [one["id"] for one in alike.get("/api/v1/resolutions?needs_review=true").json()["items"]]
    held = alike.get("/api/v1/resolutions/R-1/track-record").json()
    assert (1, ["wrong"]) == (held["counts"]["failed"], [one["reason"] for one in held["reviews"]])
    assert held["share"]["low"] < held["share"]["mean"] < held["share"]["high"]
    assert 303 == alike.post("/resolutions/R-1/reviewed", data={"_": ""}).status_code
    assert "<strong>Said to be wrong" not in alike.get("/resolutions/R-1").text
    assert 3 > len(alike.get("/api/v1/resolutions/R-1/changes").json()["items"])
    assert "Looked at before: 1" in alike.get("/resolutions/R-1").text


def test_how_a_fix_held_is_not_claimed_for_longer_than_anybody_watched(
    installation: Installation, alike: TestClient[Any]
) -> None:
    """A reuse of ten days says nothing of the ninetieth."""
    now = clock.now()
    closed = now - timedelta(days=10)
    send(installation.services, case("T-9", created_at=closed - timedelta(days=1), closed_at=closed))
    given = alike.post("/api/v1/suggestions", json=ASKED).json()
    said = {"resolution_id": "R-1", "outcome": "fixed", "ticket": "desk/T-9"}
    assert 201 == alike.post(f"/api/v1/suggestions/{given['id']}/outcome", json=said).status_code
    shown = alike.get("/resolutions/R-1").text
    assert ["100 %", "not known yet", "not known yet"] == re.findall(r'data-label="Share">([^<]+)<', shown)


def test_an_article_is_marked_on_the_page_with_its_source_and_readers(
    installation: Installation, alike: TestClient[Any]
) -> None:
    content = article(title="<b>Invoice PDF is blank", record="R-1")
    publish(installation.services, content, Audience.CUSTOMER, records=["R-1"])
    shown = alike.post("/triage/results", data={"subject": "Invoice PDF is blank", "body": BLANK}).text
    assert (
        '<a href="/articles/A-1">&lt;b&gt;Invoice PDF is blank</a> <span class="badge accent">article</span>' in shown
    )
    assert 'made from</dt><dd><a href="/resolutions/R-1">R-1</a>' in shown
    assert "for customer readers" in shown
    assert "Reply for the customer" in shown
    assert "<b>" not in shown
    choice = re.search(r'value="(S-\d+ A-1 fixed)"', shown)
    assert choice
    answer = alike.post("/triage/outcome", data={"choice": choice[1], "subject": "Invoice PDF is blank"})
    assert (200, True) == (answer.status_code, '<a href="/articles/A-1">See A-1</a>' in answer.text)


def choices(shown: str, outcome: str) -> list[str]:
    return re.findall(rf'value="(S-\d+ \S+ {outcome})"', shown)


def test_what_does_not_fit_a_ticket_is_marked_and_goes_below_and_what_fixed_it_is_told_on_reopening(
    installation: Installation, alike: TestClient[Any]
) -> None:
    send(installation.services, case("T-3", closed=False, subject=SYMPTOM))
    page = alike.get("/", params={"ticket": "desk/T-3"}).text
    first, second = choices(page, "not_relevant")
    answer = alike.post("/triage/outcome", data={"choice": first, "ticket": "desk/T-3", "subject": SYMPTOM})
    assert (303, "/?ticket=desk/T-3") == (answer.status_code, answer.headers["location"])
    shown = alike.get("/", params={"ticket": "desk/T-3"}).text
    assert [second.split()[1], first.split()[1]] == [one.split()[1] for one in choices(shown, "not_relevant")]
    assert "you said: not relevant" in shown.split(choices(shown, "not_relevant")[0])[1]
    assert '<div class="rank" aria-hidden="true">2</div>' in shown.split("you said: not relevant")[0]

    fixed = second.replace("not_relevant", "fixed")
    answer = alike.post("/triage/outcome", data={"choice": fixed, "ticket": "desk/T-3", "subject": SYMPTOM})
    assert (303, "/?ticket=desk/T-3") == (answer.status_code, answer.headers["location"])
    told = second.split()[1]
    for notice in (True, False):  # at once, and on opening the ticket again
        shown = alike.get("/", params={"ticket": "desk/T-3"}).text
        assert notice == (f">See {told}</a>" in shown)
        assert f'Said to have fixed this ticket: <a href="/resolutions/{told}">{told}</a>.' in shown
        assert "you said: this fixed it" in shown
        assert "data-copy" in shown


def test_what_was_typed_over_a_ticket_survives_what_is_said_of_a_record(
    installation: Installation, alike: TestClient[Any]
) -> None:
    """The agent knows a version that the ticket does not: saying "not relevant" must not cost it."""
    send(installation.services, case("T-3", closed=False, subject=SYMPTOM))
    asked = {"ticket": "desk/T-3", "show": "mine", "subject": SYMPTOM, "version": "5.9.9"}
    for outcome in ("not_relevant", "helped", "wrong"):
        choice = choices(alike.post("/", data=asked).text, outcome)[0]
        answer = alike.post("/triage/outcome", data={"choice": choice, **asked})
        assert (200, True) == (answer.status_code, 'name="version" value="5.9.9"' in answer.text)
        assert 'name="show" value="mine"' in answer.text
        assert f"you said: {'it helped' if outcome == 'helped' else outcome.replace('_', ' ')}" in answer.text
    choice = choices(alike.get("/", params={"ticket": "desk/T-3"}).text, "fixed")[0]
    unchanged = {"choice": choice, "ticket": "desk/T-3", "show": "mine", "subject": SYMPTOM, "version": ""}
    answer = alike.post("/triage/outcome", data=unchanged)
    assert (303, "/?show=mine&ticket=desk/T-3") == (answer.status_code, answer.headers["location"])


def test_what_is_recorded_on_a_search_by_text_is_said_in_words(alike: TestClient[Any]) -> None:
    choice = choices(alike.post("/", data=ASKED).text, "wrong")[0]
    shown = alike.post("/triage/outcome", data={"choice": choice, **ASKED}).text
    assert '<p class="notice good" role="status">Recorded: wrong. Its owner will see it. <a ' in shown


def test_what_fixed_a_search_by_text_is_said_in_place_with_the_reply_to_copy_opened(
    installation: Installation, admin: TestClient[Any]
) -> None:
    """Whoever found the answer still has to send it: the page keeps what was typed, the answers and the reply."""
    confirmed(installation.services)
    change = ResolutionChange(audience=Audience.CUSTOMER, cleared=tuple(FieldName), fix="Upgrade <b>soon</b>.")
    change_resolution(installation.services.db, "R-1", change, ADA)
    work(installation.services)
    asked = {"subject": "Nightly export stops with EXP-2041", "version": "5.2.1"}
    for outcome, words in (("helped", "it helped"), ("fixed", "this fixed it")):
        choice = choices(admin.post("/", data=asked).text, outcome)[0]
        answer = admin.post("/triage/outcome", data={"choice": choice, **asked})
        assert (200, True) == (answer.status_code, f"you said: {words}" in answer.text)
        assert "Nightly export stops with EXP-2041" in answer.text.split('id="subject"')[1].split(">")[0]
        assert 'name="said" value="R-1=' in answer.text
        assert (outcome == "fixed") == ('<details class="reply" open>' in answer.text)
        assert "Upgrade &lt;b&gt;soon&lt;/b&gt;." in answer.text.split("data-reply>")[1]
        assert '<a href="/" data-afresh>Start from an empty search</a>' in answer.text


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (
            "Restart [host-1] & tell [person-2], then [host-1] again.",
            "marks for what was redacted: [host-1], [person-2]",
        ),
        ("Restart [host-1].", "a mark for something that was redacted: [host-1]"),
        ("Restart the [gateway-1].", ""),
    ],
)
def test_a_reply_with_redaction_marks_says_which_must_be_replaced(
    installation: Installation, admin: TestClient[Any], fix: str, said: str
) -> None:
    confirmed(installation.services)
    change = ResolutionChange(audience=Audience.CUSTOMER, cleared=tuple(FieldName), fix=fix)
    change_resolution(installation.services.db, "R-1", change, ADA)
    work(installation.services)
    shown = admin.post("/triage/results", data={"subject": "Nightly export stops with EXP-2041"}).text
    assert "data-reply" in shown
    words = re.sub(r"<[^>]+>", "", shown)
    assert (bool(said), bool(said)) == ("not ready to send" in words, "data-marks" in shown)
    assert not said or f"The reply holds {said}. Replace {'them' if ',' in said else 'it'} before you send it." in words


def test_an_outcome_on_a_record_that_was_merged_meanwhile_says_for_which_it_counts(
    installation: Installation, alike: TestClient[Any]
) -> None:
    """In place on a search by text, and after the redirect on a ticket."""
    send(installation.services, case("T-3", closed=False, subject=SYMPTOM))
    by_text, by_ticket = alike.post("/", data=ASKED).text, alike.get("/", params={"ticket": "desk/T-3"}).text
    assert 303 == alike.post("/resolutions/R-1/merge", data={"into": "R-2", "why": "one problem"}).status_code
    work(installation.services)
    told = "R-1 was merged into R-2 meanwhile: it counts for R-2."
    for outcome, words in (("not_relevant", "not relevant here"), ("fixed", "it fixed this")):
        choice = next(one for one in choices(by_text, outcome) if " R-1 " in one)
        shown = alike.post("/triage/outcome", data={"choice": choice, **ASKED}).text
        assert f"Recorded: {words}. {told}" in shown
        assert 'name="said" value="R-2=' in shown
    choice = next(one for one in choices(by_ticket, "helped") if " R-1 " in one)
    asked = {"choice": choice, "ticket": "desk/T-3", "subject": SYMPTOM}
    assert 303 == alike.post("/triage/outcome", data=asked).status_code
    shown = alike.get("/", params={"ticket": "desk/T-3"}).text
    assert (True, True) == (told in shown, "you said: it helped" in shown)
    assert ["desk/T-3"] == [
        u["ticket"] for u in alike.get("/api/v1/resolutions/R-2").json()["uses"] if u["outcome"] == "helped"
    ]


def test_near_misses_are_not_called_one_symptom(alike: TestClient[Any]) -> None:
    """What is not recommended may share nothing with the question: it says so before it asks back."""
    shown = alike.post("/", data={"subject": "login page of the cafeteria menu"}).text
    assert "Same symptom" not in shown
    assert shown.index("No precedent is close enough.") < shown.index("If it is one of these near misses")


def test_what_does_not_fit_a_search_by_text_stays_marked_in_the_searches_after_it(alike: TestClient[Any]) -> None:
    first, second = choices(alike.post("/", data=ASKED).text, "not_relevant")
    shown = alike.post("/triage/outcome", data={"choice": first, **ASKED}).text
    assert [second.split()[1], first.split()[1]] == [one.split()[1] for one in choices(shown, "not_relevant")]
    kept = re.findall(r'name="said" value="([^"]+)"', shown)
    assert [f"{first.split()[1]}=not_relevant"] == kept
    for again in (
        alike.post("/triage/results", data={**ASKED, "said": kept}),
        alike.post("/", data={**ASKED, "said": kept}),
    ):
        assert 1 == again.text.count("you said: not relevant")
    assert 200 == alike.post("/", data={**ASKED, "said": ["R-1", "R-1=<b>", "=fixed"]}).status_code


@pytest.mark.parametrize(
    ("path", "settled", "counted"), [("/", "", True), ("/triage/results", "", False), ("/triage/results", "1", True)]
)
def test_the_page_says_of_a_search_without_an_answer_whether_it_counts_already(
    admin: TestClient[Any], path: str, settled: str, *, counted: bool
) -> None:
    shown = admin.post(path, data={"subject": "Who grows quinces here?", "settled": settled}).text
    assert counted == ("This search counts as demand" in shown)
    assert counted != ("Once you search, or leave the question as it stands, it counts as demand" in shown)


def test_an_article_that_is_called_wrong_promises_no_review(installation: Installation, alike: TestClient[Any]) -> None:
    publish(installation.services, article(title="Invoice PDF is blank"), Audience.CUSTOMER)
    asked = {"subject": "Invoice PDF is blank", "body": BLANK}
    choice = choices(alike.post("/", data=asked).text, "fixed")[0].replace("fixed", "wrong")
    shown = alike.post("/triage/outcome", data={"choice": choice, **asked}).text
    assert "The question counts as demand" in shown
    assert "owner will see it" not in shown
    with installation.services.db.read() as session:
        assert {"A-1": 1} == called_wrong(session)
