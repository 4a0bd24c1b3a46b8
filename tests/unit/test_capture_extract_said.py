"""The offline summariser understands how people say things: names, asides, attempts, several sentences, languages."""

import pytest

from pipelines.capture.extract_passage import MAX_SENTENCES
from pipelines.capture.extract_wording import addressed_to_nobody, worded
from pipelines.domain.drafts import Proposal
from tests.unit.test_capture_extract import Line, propose

REPORT = ("customer", "The nightly invoice run stops with an error after 400 rows.")


def told(*lines: Line) -> Proposal:
    return propose("Invoice run stops", REPORT, *lines)


def stated(proposal: Proposal) -> str:
    claims = (proposal.symptom, proposal.root_cause, proposal.fix, proposal.environment)
    return " ".join(claim.text for claim in claims if claim)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("[person-1], the clock is late", "The clock is late."),
        ("Good morning, the export stops.", "The export stops."),
        ("Hi Denise, roles need a new sign-in.", "Roles need a new sign-in."),
        ("Dear Prof. Meyer, the list is empty", "The list is empty."),
        ("Ms Graham, two of the tokens were used", "Two of the tokens were used."),
        ("Guten Tag Herr Falk, der Export steht.", "Der Export steht."),
        ("Bonjour, l'export est vide.", "L'export est vide."),
        ("Added the right, the file landed, thanks!", "Added the right, the file landed."),
    ],
)
def test_greetings_and_forms_of_address_are_left_out(said: str, kept: str) -> None:
    """What is said to one person is no part of a record."""
    assert kept == worded(said)


@pytest.mark.parametrize("said", ["Evening load takes six hours.", "Hello Portal shows a blank page.", "Thanks."])
def test_sentences_that_only_begin_alike_are_left_alone(said: str) -> None:
    """A sentence that begins with a word of greeting, or is nothing else, stays as it is."""
    assert said == addressed_to_nobody(said)


def test_the_quote_leaves_the_form_of_address_out_too() -> None:
    """The evidence of a claim begins where the claim begins."""
    found = told(("agent", "[person-1], the root cause is that the pool of connections is exhausted.")).root_cause
    assert found is not None
    assert [q.text for q in found.quotes] == ["the root cause is that the pool of connections is exhausted."]


def test_an_error_code_is_no_environment() -> None:
    """A code that begins like the name of a system is not that system."""
    assert told(("customer", "We also see SAML-0417 and ORACLE-1017 in the log.")).environment is None


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ("The run stops on our three gateway nodes.", "three gateway nodes"),
        ("The run stops since Monday; we sit behind a corporate proxy.", "behind a corporate proxy"),
        ("The run stops on our own on-prem server.", "own on-prem server"),
        ("The run stops on RHEL 9 with PostgreSQL 14.2.", "RHEL 9"),
        ("The run stops, our tenant is on Cloud EU.", "Cloud EU"),
    ],
)
def test_an_environment_told_in_prose_is_found(report: str, words: str) -> None:
    """Ways of deploying are environments, also without a heading."""
    found = propose("Invoice run stops", ("customer", report)).environment
    assert found is not None
    assert words.lower() in found.text.lower()


def test_an_amount_after_a_system_is_no_version_of_it() -> None:
    """A number of seconds is not a version."""
    found = propose("Oracle load slow", ("customer", "Each page costs Oracle 25 seconds.")).environment
    assert found is None or "25" not in found.text


@pytest.mark.parametrize("line", ["X-Spam-Status: No, set by mail.example", "    retry_limit: enable_after=40;"])
def test_pasted_lines_are_no_fix(line: str) -> None:
    """A mail header or a configuration line that somebody pastes says nothing about what helped."""
    assert told(("customer", f"Here is what we have:\n\n{line}")).fix is None


def test_what_is_fine_is_no_cause() -> None:
    """A remark on what did not cause it, and small talk, are never the cause."""
    proposal = told(
        ("note", "The certificate is fine, so not that. Heard nothing since Friday because he is on holiday."),
        ("note", "Closing without a finding."),
    )
    assert proposal.root_cause is None


def test_a_request_of_the_staff_is_no_fix() -> None:
    """What the agent asks for is not what helped."""
    assert told(("agent", "Could you log the exact time and your outgoing address for the next few?")).fix is None


def test_a_fix_told_in_two_sentences_is_kept_whole() -> None:
    """The sentence that goes on with a remedy belongs to it, and so does the command that it leads to."""
    advice = "Resolution: set pool_size to 50 in billing.yml. Then restart the invoice worker and run:"
    proposal = told(
        ("note", "Root cause: the index is broken."),
        ("agent", f"{advice}\n\n    invoicectl rebuild --index"),
        ("customer", "That did it, thanks."),
    )
    assert proposal.fix is not None
    assert all(w in proposal.fix.text for w in ("pool_size", "restart the invoice worker", "invoicectl rebuild"))
    assert len(proposal.fix.quotes) <= MAX_SENTENCES + 1


def test_the_fix_is_what_worked_and_not_the_first_attempt() -> None:
    """Advice that the customer found useless gives way to the advice after it."""
    proposal = told(
        ("agent", "Please set pool_size to 50 in billing.yml."),
        ("customer", "Done, no change, still the same error."),
        ("agent", "Please renew the certificate of the invoice worker and restart it."),
        ("customer", "That worked, the run went through."),
    )
    assert proposal.fix is not None
    assert "renew the certificate" in proposal.fix.text.lower()
    assert "pool_size" not in proposal.fix.text


@pytest.mark.parametrize(
    ("line", "affected", "fixed"),
    [
        (("customer", "We upgraded from 5.0 to 5.2.1 and exports stop."), ("5.2.1",), ()),
        (("customer", "It fails since 5.1."), ("5.1",), ()),
        (("customer", "Upgrade 5.2.3 -> 6.0 stops."), ("6.0",), ()),
        (("customer", "Seit 5.2.1 bricht der Export ab."), ("5.2.1",), ()),
        (("customer", "Depuis la version 5.2.1 l'export échoue."), ("5.2.1",), ()),
        (("customer", "Upgraded to 5.2.1, works now."), (), ("5.2.1",)),
        (("agent", "Fixed in 5.2.3."), (), ("5.2.3",)),
        (("agent", "The correction ships with 6.0.1."), (), ("6.0.1",)),
        (("agent", "Version 5.2.3 removes such characters."), (), ("5.2.3",)),
        (("agent", "In 5.2.1 our writer retries instead of skipping it."), ("5.2.1",), ()),
        (("agent", "Das ist in 5.2.3 behoben."), (), ("5.2.3",)),
        (("agent", "C'est corrigé dans la 5.2.3."), (), ("5.2.3",)),
        (("agent", "The setting exists since 5.1."), (), ()),
    ],
)
def test_versions_are_read_from_what_is_said_of_them(
    line: Line, affected: tuple[str, ...], fixed: tuple[str, ...]
) -> None:
    """Where one came from is not affected, where one went is; announcements and corrections hold the fix."""
    versions = told(line).versions
    assert (affected, fixed) == (versions.affected, versions.fixed_in)


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        ("Ursache war, dass der Verbindungspool mit 400 Verbindungen erschöpft ist.", "Verbindungspool"),
        ("La cause est que le pool de connexions est épuisé.", "pool"),
        ("La causa es que el grupo de conexiones está agotado.", "conexiones"),
    ],
)
def test_causes_in_other_languages_are_found(cause: str, word: str) -> None:
    """A cause said in German, French or Spanish is a cause."""
    found = told(("note", cause)).root_cause
    assert found is not None
    assert word in found.text


def test_a_thread_that_found_nothing_states_nothing() -> None:
    """A problem that went away by itself has a symptom and neither cause nor fix."""
    proposal = told(
        ("agent", "Could you send us the log of the next failure?"),
        ("customer", "It stopped by itself, we changed nothing."),
        ("note", "Never reproduced, no data. Closing without a finding."),
    )
    assert (None, None) == (proposal.root_cause, proposal.fix)
    assert "400 rows" in stated(proposal)
