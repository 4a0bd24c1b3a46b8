"""Advice that did not help is no fix, whoever drafted it and however well it is quoted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.extract_outcome import contradicted, failing, negated
from pipelines.capture.ground import CONTRADICTED, ground
from pipelines.domain.drafts import (
    Claim,
    DraftField,
    FieldName,
    FixKind,
    MappedText,
    Proposal,
    Quote,
    TicketView,
    ViewMessage,
)
from pipelines.domain.tickets import Role, Visibility

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def view(*lines: tuple[str, str]) -> TicketView:
    messages = tuple(
        ViewMessage(
            id=f"m{n}",
            revision=1,
            at=START + timedelta(hours=n),
            role=Role(who),
            visibility=Visibility.PUBLIC,
            text=MappedText.verbatim(text),
        )
        for n, (who, text) in enumerate(lines, start=1)
    )
    return TicketView(subject=MappedText.verbatim("Export stops"), messages=messages)


def grounded_fix(seen: TicketView, *quotes: tuple[str, str]) -> DraftField:
    claim = Claim(text="Restart it.", quotes=tuple(Quote(message=m, text=t) for m, t in quotes))
    return ground(Proposal(title="t", fix=claim, fix_kind=FixKind.FIX), seen).fields[FieldName.FIX]


REPORT = ("customer", "The export stops at half.")
ADVICE = ("agent", "Please restart the export worker.")


@pytest.mark.parametrize(
    "sentence",
    [
        "restarting the worker did not help.",
        "raising the limit doesn't fix it.",
        "we restarted it, same error again.",
        "der neustart hat nicht geholfen.",
        "le redémarrage n'a rien changé.",
        "reiniciar no funcionó.",
    ],
)
def test_a_negated_remedy_is_recognised(sentence: str) -> None:
    """A sentence that says that something did not help is negated, in four languages."""
    assert negated(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "restart the worker until it no longer fails.",
        "raise the limit; it works now.",
        "if this does not help, clear the cache.",
        "do not use the old importer, use the new one instead.",
        "the setting is not inherited, so set it on each node.",
    ],
)
def test_a_remedy_that_only_holds_a_negation_is_left_alone(sentence: str) -> None:
    """Conditions and negations of other things do not negate the remedy."""
    assert not negated(sentence)


def test_good_news_after_an_old_failure_counts() -> None:
    """A reply that fails and then works is good news; one that takes its good news back is not."""
    assert not failing(["the first restart did not help.", "after the second one it works now."])
    assert failing(["it worked for an hour.", "but now the same error is back."])


def test_a_fix_the_customer_found_useless_is_not_supported() -> None:
    """A quoted fix is unsupported and flagged when the customer's next message says that it did not help."""
    field = grounded_fix(
        view(REPORT, ADVICE, ("customer", "Did that. Same error, it did not help.")), ("m2", ADVICE[1])
    )
    assert not field.supported
    assert CONTRADICTED in field.flags


def test_a_fix_negated_in_its_own_sentence_is_not_supported() -> None:
    """A quote cut out of a sentence that denies it proves nothing."""
    told = ("agent", "Restarting the export worker does not fix this, we tried it in the lab.")
    assert not grounded_fix(view(REPORT, told), ("m2", "Restarting the export worker")).supported


def test_a_fix_that_the_next_sentence_takes_back_is_not_supported() -> None:
    """An attempt followed by word that nothing changed is no fix."""
    told = ("customer", "We restarted the export worker. That did not help either.")
    assert not grounded_fix(view(REPORT, told), ("m2", "We restarted the export worker.")).supported


def test_a_fix_that_worked_stays_supported() -> None:
    """Word that it works leaves the fix as it is."""
    field = grounded_fix(view(REPORT, ADVICE, ("customer", "That worked, thanks.")), ("m2", ADVICE[1]))
    assert field.supported
    assert () == field.flags


def test_later_proof_settles_an_earlier_failure() -> None:
    """A fix that also quotes what worked later is supported."""
    seen = view(
        REPORT, ADVICE, ("customer", "No change."), ("agent", "Restart the scheduler too."), ("customer", "Works.")
    )
    assert grounded_fix(seen, ("m2", ADVICE[1]), ("m4", "Restart the scheduler too.")).supported


@given(st.lists(st.tuples(st.sampled_from(["customer", "agent", "other"]), st.text(max_size=120)), max_size=4))
def test_what_quotes_nothing_is_not_contradicted(lines: list[tuple[str, str]]) -> None:
    """A claim without quotes cannot be taken back, whatever the thread holds."""
    assert not contradicted(Claim(text="Restart it."), view(*lines))
