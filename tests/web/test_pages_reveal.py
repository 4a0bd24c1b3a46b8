"""A resolution's page hides what was redacted until somebody who may read tickets asks for it."""

from copy import deepcopy

import pytest

from service.usecases.actors import PERMISSIONS, Permission, UserRole
from tests.web.examples import DECISION, FIRST, TICKET, send
from tests.web.installation import Installation

MAILBOX = "quokka@reports.example"
PEOPLE = [role for role in UserRole if role is not UserRole.INTEGRATION]


@pytest.fixture
def resolved(installation: Installation) -> Installation:
    """One resolution, R-1, whose cause and its quote name a mailbox."""
    ticket, decision = deepcopy(TICKET), deepcopy(DECISION)
    ticket["messages"][1]["body"] = f"Root cause: the export worker waits for {MAILBOX} to answer."
    decision["fields"]["root_cause"]["text"] = f"The worker waits for {MAILBOX}"
    with installation.client(UserRole.ADMIN) as admin:
        send(admin, ticket)
        installation.work()
        assert 201 == admin.post("/api/v1/drafts/D-1/confirm", json=decision, headers=FIRST).status_code
    return installation


@pytest.mark.parametrize("role", PEOPLE)
def test_a_record_shows_marks_and_what_they_stand_for_only_when_asked(resolved: Installation, role: UserRole) -> None:
    with resolved.client() as client:
        csrf = resolved.sign_in(client, role)
        hidden = client.get("/resolutions/R-1").text
        assert "[email-1]" in hidden
        assert MAILBOX not in hidden
        assert 403 == client.post("/resolutions/R-1/reveal", data={"_csrf": "made up"}).status_code
        shown = client.post("/resolutions/R-1/reveal", data={"_csrf": csrf})
        assert 200 == shown.status_code
        assert 2 == shown.text.count(MAILBOX)  # the cause and its quote
        assert MAILBOX not in client.get("/resolutions/R-1").text


def test_who_may_not_read_tickets_is_offered_nothing_and_gets_nothing(
    resolved: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PERMISSIONS, UserRole.AGENT, PERMISSIONS[UserRole.AGENT] - {Permission.READ_TICKETS})
    with resolved.client() as client:
        csrf = resolved.sign_in(client)
        assert "/reveal" not in client.get("/resolutions/R-1").text
        refused = client.post("/resolutions/R-1/reveal", data={"_csrf": csrf})
        assert (403, False) == (refused.status_code, MAILBOX in refused.text)


def test_programs_read_quotes_redacted(resolved: Installation) -> None:
    with resolved.client(UserRole.INTEGRATION) as program:
        answer = program.get("/api/v1/resolutions/R-1").text
    assert "waits for [email-1]" in answer
    assert MAILBOX not in answer


def test_after_erasure_there_is_nothing_left_to_reveal(resolved: Installation) -> None:
    with resolved.client(UserRole.ADMIN) as admin:
        assert admin.delete("/api/v1/tickets/jira/T-1").is_success
        shown = admin.post("/resolutions/R-1/reveal")
        assert (200, False) == (shown.status_code, MAILBOX in shown.text)
        assert "nothing is left to show" in shown.text


def test_the_confirmation_screen_explains_the_marks_of_its_draft(resolved: Installation) -> None:
    with resolved.client() as client:
        resolved.sign_in(client)
        page = client.get("/confirm/D-1").text
    assert "What the redaction marks stand for (1)" in page
