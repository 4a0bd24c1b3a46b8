"""What a record learns from its use: its versions, who validated it, what speaks against it, what came back."""

from datetime import timedelta

import pytest

from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.kcs import ReviewReason
from pipelines.domain.resolutions import Confidence
from pipelines.domain.suggestions import Answered, Outcome, Query
from pipelines.domain.tickets import Account, Ticket
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.confirm import link_draft
from service.usecases.explain import explain
from service.usecases.feedback import give_outcome
from service.usecases.resolutions import ResolutionChange, change_resolution, list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.similar import similar_open
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.track_record import read_track_record
from tests.usecases.cases import ADA, BEN, OPENED, SYMPTOM, case, confirmed, drafted, said, send

OTHERS = Account(id="ACC-1", name="Borealis", tier="basic")
THIRD = Account(id="ACC-2", name="Cascade", tier="basic")


def answered(services: Services, ticket: Ticket, outcome: Outcome, actor: Actor = ADA, record: str = "R-1") -> None:
    """The ticket arrives, is answered with the record, and the agent says how it went."""
    send(services, ticket)
    given = suggest(services, query_of_ticket(services.db, ticket.key), actor, ticket.key)
    give_outcome(services.db, given.id, record, outcome, None, actor)


def on_version(identifier: str, version: str, **other: object) -> Ticket:
    return case(identifier, closed=False, fields={"affects_versions": [version]}, **other)


def reasons(services: Services) -> list[str]:
    return [one.reason for one in read_track_record(services.db, "R-1").waiting]


def test_a_fix_on_a_further_version_extends_the_record_and_says_why(services: Services) -> None:
    confirmed(services)
    answered(services, on_version("T-2", "5.2.0"), Outcome.FIXED)
    view = read_resolution(services.db, "R-1")
    assert ("5.2.1", "5.2.0") == view.resolution.content.versions.affected
    assert "fixed on 5.2.0 too" == view.history[-1].why


@pytest.mark.parametrize("outcome", [Outcome.NOT_RELEVANT, Outcome.WRONG])
def test_a_version_that_a_slip_put_on_a_record_goes_with_it(services: Services, outcome: Outcome) -> None:
    """Only its own author takes it back, on that ticket: what anybody says of another one leaves it alone."""
    confirmed(services)
    answered(services, on_version("T-2", "5.2.0"), Outcome.FIXED)
    answered(services, on_version("T-3", "5.2.0"), outcome)
    assert ("5.2.1", "5.2.0") == read_resolution(services.db, "R-1").resolution.content.versions.affected
    answered(services, on_version("T-2", "5.2.0"), outcome)
    view = read_resolution(services.db, "R-1")
    assert ("5.2.1",) == view.resolution.content.versions.affected
    assert view.history[-1].why.startswith("not fixed on 5.2.0")


def test_good_reuse_by_two_agents_validates_and_by_one_does_not(services: Services) -> None:
    confirmed(services)
    answered(services, case("T-2", closed=False), Outcome.FIXED)
    answered(services, case("T-3", closed=False, account=THIRD), Outcome.HELPED)
    assert Confidence.NOT_VALIDATED is read_resolution(services.db, "R-1").resolution.confidence
    answered(services, case("T-4", closed=False, account=OTHERS), Outcome.FIXED, BEN)
    view = read_resolution(services.db, "R-1")
    why = "reused with success by different agents; confidence from not validated to validated"
    assert (Confidence.VALIDATED, why) == (view.resolution.confidence, view.history[-1].why)


def test_a_wrong_answer_puts_the_record_before_its_owner_until_somebody_looks(services: Services) -> None:
    confirmed(services)
    change_resolution(services.db, "R-1", ResolutionChange(confidence=Confidence.VALIDATED), ADA)
    answered(services, case("T-2", closed=False), Outcome.WRONG)
    assert [ReviewReason.WRONG] == reasons(services)
    assert Confidence.NOT_VALIDATED is read_resolution(services.db, "R-1").resolution.confidence
    assert ["R-1"] == [one.id for one in list_resolutions(services.db, needs_review=True).items]
    change_resolution(services.db, "R-1", ResolutionChange(reviewed=True), BEN)
    assert ([], ()) == (reasons(services), list_resolutions(services.db, needs_review=True).items)
    assert "Ben" == read_track_record(services.db, "R-1").reviews[0].settled_by


def test_wrong_on_a_newer_version_is_stale_and_help_on_a_fixed_one_is_doubted(services: Services) -> None:
    confirmed(services)  # affects 5.2.1, fixed in 5.2.3
    answered(services, on_version("T-2", "6.0"), Outcome.WRONG)
    assert [ReviewReason.STALE] == reasons(services)
    answered(services, on_version("T-3", "5.2.4"), Outcome.FIXED)
    assert [ReviewReason.FIXED_VERSION, ReviewReason.STALE] == reasons(services)
    assert ("5.2.1",) == read_resolution(services.db, "R-1").resolution.content.versions.affected


def test_a_fix_that_is_linked_when_its_ticket_closes_is_one_use(services: Services) -> None:
    """The usual way: "this fixed it" at triage, a link at closing. Nor do two agents on one ticket validate it."""
    confirmed(services)
    answered(services, case("T-2", closed=False), Outcome.FIXED)
    line = drafted(services, case("T-2"))
    link_draft(services.db, line.id, 1, "R-1", [], None, BEN)
    view = read_resolution(services.db, "R-1")
    assert [("desk/T-1", "source"), ("desk/T-2", "linked")] == [(use.ticket, use.kind) for use in view.uses]
    held = read_track_record(services.db, "R-1")
    assert (1, 1, 1) == (held.counts.reused, held.counts.held, held.watched)
    answered(services, case("T-2"), Outcome.HELPED)
    assert Confidence.NOT_VALIDATED is read_resolution(services.db, "R-1").resolution.confidence


def test_pressing_wrong_again_on_a_search_by_text_says_nothing_new(services: Services) -> None:
    confirmed(services)
    given = suggest(services, Query(subject="Nightly export stops with EXP-2041", body=SYMPTOM), ADA)
    for actor in (ADA, ADA, BEN):
        give_outcome(services.db, given.id, "R-1", Outcome.WRONG, None, actor)
    waiting = read_track_record(services.db, "R-1").waiting
    assert ["Ben", "Ada"] == [one.raised_by for one in waiting]


def test_who_called_it_wrong_may_take_it_back_and_nobody_else_may(services: Services) -> None:
    confirmed(services)
    answered(services, case("T-2", closed=False), Outcome.WRONG)
    answered(services, case("T-2", closed=False), Outcome.FIXED, BEN)
    assert [ReviewReason.WRONG] == reasons(services)
    answered(services, case("T-2", closed=False), Outcome.NOT_RELEVANT)
    assert [] == reasons(services)
    assert "Ada" == read_track_record(services.db, "R-1").reviews[0].settled_by


def test_a_ticket_that_reopens_is_a_fix_that_did_not_hold(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(services)
    answered(services, case("T-2", closed=False), Outcome.FIXED)
    send(services, case("T-2"))
    assert (1, 0) == _held_and_failed(services)
    monkeypatch.setattr(clock, "now", lambda: OPENED + timedelta(days=4))
    send(services, case("T-2", closed=False))
    assert (0, 1) == _held_and_failed(services)
    found = read_track_record(services.db, "R-1")
    assert (1, [0.0, 0.0, 0.0]) == (found.returns, [point.share for point in found.survival])


def test_the_same_account_back_within_90_days_counts_against_the_former_use(services: Services) -> None:
    confirmed(services)
    for identifier, days in (("T-2", 0), ("T-3", 20), ("T-4", 400)):
        at = OPENED + timedelta(days=days)
        again = case(identifier, created_at=at, closed_at=at + timedelta(days=1))
        answered(services, again, Outcome.FIXED)
    other = case("T-5", created_at=OPENED + timedelta(days=30), closed=False, account=OTHERS)
    answered(services, other, Outcome.FIXED)
    assert (1, (2, 1)) == (read_track_record(services.db, "R-1").returns, _held_and_failed(services))


def test_after_a_second_return_the_owner_is_asked(services: Services) -> None:
    confirmed(services)
    for number in range(2, 6):
        at = OPENED + timedelta(days=10 * number)
        answered(services, case(f"T-{number}", created_at=at, closed_at=at + timedelta(days=1)), Outcome.FIXED)
    assert ReviewReason.CAME_BACK in reasons(services)


def _held_and_failed(services: Services) -> tuple[int, int]:
    counts = read_track_record(services.db, "R-1").counts
    return counts.held, counts.failed


def test_an_answer_can_be_explained_after_the_record_changed(services: Services) -> None:
    confirmed(services)
    asked = Query(subject="Nightly export stops with EXP-2041", body=SYMPTOM)
    given = suggest(services, asked, ADA)
    change_resolution(services.db, "R-1", ResolutionChange(title="Renamed"), ADA)
    give_outcome(services.db, given.id, "R-1", Outcome.HELPED, None, ADA)
    kept = explain(services, given.id)
    (one,) = kept.given
    assert ("Nightly export stops with EXP-2041", 1, "helped") == (one.title, one.version, one.outcome)
    assert given.answer.suggestions[0].score == one.score
    assert one.features
    assert (services.embedder.model_id, True) == (kept.model_id, kept.same_ranking)
    with pytest.raises(NotFound):
        explain(services, "S-99")


def test_open_tickets_with_the_same_question_are_found_and_others_are_not(services: Services) -> None:
    for ticket in (
        case("T-2", closed=False),
        case("T-3", closed=False),
        case("T-4"),
        case("T-5", said("m1", "Invoices are blank."), closed=False, subject="Badge printer on fire"),
    ):
        send(services, ticket)
    found = similar_open(services, query_of_ticket(services.db, case("T-2").key), case("T-2").key)
    assert ["desk/T-3"] == [one.ticket.key for one in found]


def test_too_many_or_too_long_answers_and_those_to_no_question_are_refused(services: Services) -> None:
    """What answers nothing that was asked would else pass for the customer's environment."""
    too_long, stray = Answered(about="version", answer="x" * 500), Answered(about="colour", answer="red")
    for answers in ((too_long,), (Answered(about="version", answer="5"),) * 11, (stray,)):
        with pytest.raises(InvalidInput):
            suggest(services, Query(subject="x", answers=answers), ADA)
