"""Two resolutions of one problem become one, with what both knew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.audience import text_for
from pipelines.domain.confirmations import SettledState
from pipelines.domain.contradictions import Settlement
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.resolutions import (
    Audience,
    Confidence,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
)
from pipelines.domain.suggestions import Outcome, Query
from pipelines.retrieve.reply import customer_reply
from service.store.queries import contradictions
from service.usecases import clock
from service.usecases.confirm import link_draft
from service.usecases.contradictions import settle_contradiction
from service.usecases.explain import explain
from service.usecases.feedback import give_outcome
from service.usecases.merge import merge_resolutions, with_wordings
from service.usecases.resolution_changes import differences, read_changes
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.usecases.reveal import reveal_resolution
from service.usecases.said_on_ticket import said_on_ticket
from service.usecases.services import Services
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.track_record import read_track_record
from service.usecases.views_resolutions import TrackRecordView
from tests.usecases.cases import ADA, BEN, SYMPTOM, case, confirmed, drafted, export_thread, said, send, work


def test_the_one_that_stays_takes_over_tickets_and_wordings_and_alone_is_served(services: Services) -> None:
    confirmed(services)
    confirmed(
        services, case("T-2"), symptom="The job of the night ends empty.", environment="RHEL 9", fix="Remove the lock."
    )
    merge_resolutions(services.db, "R-1", "R-2", BEN, "same lock, ask greta@nordwind.example")
    work(services)
    kept, gone = read_resolution(services.db, "R-2"), read_resolution(services.db, "R-1")
    assert {"desk/T-1", "desk/T-2"} == {use.ticket for use in kept.uses}
    content = kept.resolution.content
    assert "Remove the lock." == content.text(FieldName.FIX)
    for name, words in ((FieldName.SYMPTOM, "EXP-2041"), (FieldName.ENVIRONMENT, "Debian 12")):
        assert words in (content.text(name) or "")
    assert (Confidence.ARCHIVED, ()) == (gone.resolution.confidence, gone.uses)
    assert gone.history[-1].why.startswith("merged into R-2: same lock")
    assert "greta@" not in gone.history[-1].why
    answer = suggest(services, Query(subject="Nightly export stops with EXP-2041", body=SYMPTOM), ADA).answer
    assert {"R-2"} == {one.candidate.resolution.id for one in (*answer.suggestions, *answer.near_misses)}


def test_only_two_different_living_resolutions_merge(services: Services) -> None:
    confirmed(services)
    confirmed(services, case("T-2"))
    for pair, error in ((("R-1", "R-1"), InvalidInput), (("R-1", "R-9"), NotFound), (("R-9", "R-1"), NotFound)):
        with pytest.raises(error):
            merge_resolutions(services.db, *pair, ADA)
    merge_resolutions(services.db, "R-1", "R-2", ADA)
    with pytest.raises(InvalidInput, match="archived"):
        merge_resolutions(services.db, "R-2", "R-1", ADA)
    changes = read_changes(services.db, "R-1")
    assert ((), "merged into R-2", 1) == (changes[0].fields, changes[0].why, changes[-1].version)


def test_a_ticket_on_which_both_were_used_is_one_use_of_the_one_that_stays(services: Services) -> None:
    for number in ("T-1", "T-2"):
        confirmed(services, case(number))
    line = drafted(services, case("T-3"))
    link_draft(services.db, line.id, 1, "R-2", [], None, ADA)
    given = suggest(services, query_of_ticket(services.db, case("T-3").key), ADA, case("T-3").key)
    give_outcome(services.db, given.id, "R-1", Outcome.FIXED, None, ADA)
    merge_resolutions(services.db, "R-1", "R-2", BEN)
    assert 1 == read_track_record(services.db, "R-2").counts.reused


def test_an_outcome_given_after_the_merge_counts_for_the_one_that_stays(services: Services) -> None:
    """The page was open when its record was merged: twice, even. What the agent saw is still told of the answer."""
    for number in ("T-1", "T-2", "T-3"):
        confirmed(services, case(number))
    send(services, case("T-4", closed=False))
    key = case("T-4").key
    given = suggest(services, query_of_ticket(services.db, key), ADA, key)
    merge_resolutions(services.db, "R-1", "R-2", BEN, "one lock")
    merge_resolutions(services.db, "R-2", "R-3", BEN)
    assert "R-3" == give_outcome(services.db, given.id, "R-1", Outcome.WRONG, key, ADA)
    assert (1, ["wrong"]) == (_counts(services, "R-3")[1], [w.reason for w in _record(services, "R-3").waiting])
    assert "R-3" == give_outcome(services.db, given.id, "R-1", Outcome.FIXED, key, ADA)
    assert ((1, 0), (0, 0)) == (_counts(services, "R-3"), _counts(services, "R-1"))
    assert {"R-3": Outcome.FIXED} == {name: one.outcome for name, one in said_on_ticket(services.db, key).items()}
    told = {one.resolution_id: one.outcome for one in explain(services, given.id).given}
    assert ("fixed", None) == (told["R-1"], told["R-3"])


def test_an_outcome_of_one_that_a_newer_fix_replaced_stays_with_it(services: Services) -> None:
    """It is not said of the newer fix; nor of a former keeper, once the record is out of the archive again."""
    for number in ("T-1", "T-2"):
        confirmed(services, case(number))
    key = case("T-1").key
    given = suggest(services, query_of_ticket(services.db, key), ADA, key)
    merge_resolutions(services.db, "R-1", "R-2", BEN)
    back = ResolutionChange(confidence=Confidence.NOT_VALIDATED)
    change_resolution(services.db, "R-1", back, BEN)
    assert "R-1" == give_outcome(services.db, given.id, "R-1", Outcome.FIXED, None, ADA)
    with services.db.write() as session:
        found = contradictions.found(session, 1, 2, clock.now())
    settle_contradiction(services.db, f"C-{found}", Settlement.REPLACED, BEN, holds="R-2")
    assert "R-1" == give_outcome(services.db, given.id, "R-1", Outcome.FIXED, None, ADA)


def _record(services: Services, name: str) -> TrackRecordView:
    return read_track_record(services.db, name)


def _counts(services: Services, name: str) -> tuple[int, int]:
    counts = _record(services, name).counts
    return counts.reused, counts.failed


def _part(text: str, *, internal: bool | None, cleared_for: Audience | None = None) -> ResolutionField:
    return ResolutionField(state=SettledState.STATED, text=text, internal=internal, cleared_for=cleared_for)


def _versions(*fixed_in: str, internal: bool | None, cleared_for: Audience | None = None) -> ResolutionVersions:
    stated = SettledState.STATED
    return ResolutionVersions(state=stated, fixed_in=fixed_in, internal=internal, cleared_for=cleared_for)


@pytest.mark.parametrize("cleared_for", [None, Audience.PUBLIC])
def test_what_comes_from_internal_notes_reaches_no_customer_by_way_of_a_merge(cleared_for: Audience | None) -> None:
    """Neither where the kept one was open to all, nor where somebody had confirmed its own part for readers."""
    internal = cleared_for is not None
    fix = _part("Restart the gateway.", internal=False)
    kept = ResolutionContent(
        title="Sign-in loops",
        fields={
            FieldName.FIX: fix,
            FieldName.SYMPTOM: _part("Sign-in loops.", internal=internal, cleared_for=cleared_for),
        },
        fix_kind=FixKind.FIX,
        versions=_versions("5.3", internal=internal, cleared_for=cleared_for),
    )
    merged = ResolutionContent(
        title="Loops at Globex",
        fields={FieldName.SYMPTOM: _part("Seen at Globex, who pay late.", internal=True)},
        versions=_versions("5.2.9-secret", internal=True),
    )
    assert "Fixed in: 5.3." in (customer_reply(kept) or "")
    content = with_wordings(kept, merged)
    assert "Globex" in (content.text(FieldName.SYMPTOM) or "")
    assert ("5.3", "5.2.9-secret") == content.versions.fixed_in
    safe = text_for(content, Audience.CUSTOMER)
    assert ({FieldName.FIX: "Restart the gateway."}, ()) == (safe.fields, safe.fixed_in)
    assert "secret" not in (customer_reply(content) or "")


def test_a_redaction_mark_keeps_its_meaning_when_records_merge(services: Services) -> None:
    """Both tickets count from one: the mark that comes gets a free number, and still stands for what it stood for."""
    for number, mail in (("T-1", "ann@reports.example"), ("T-2", "zoe@reports.example")):
        asked = said("m1", f"After the upgrade to 5.2.1 the nightly export to {mail} stops, EXP-2041.", author="G")
        confirmed(services, case(number, asked, *export_thread()[1:]), symptom=f"{number}: the mail to {mail} stops.")
    merge_resolutions(services.db, "R-1", "R-2", BEN)
    content = read_resolution(services.db, "R-2").resolution.content
    assert "T-2: the mail to [email-1] stops.\nT-1: the mail to [email-2] stops." == content.text(FieldName.SYMPTOM)
    shown = reveal_resolution(services.db, "R-2", BEN).originals
    assert {"[email-1]": "zoe@reports.example", "[email-2]": "ann@reports.example"} == shown


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(" ".join)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    found = differences(before, after)
    for text, other in ((before, "came"), (after, "went")):
        assert text.split() == " ".join(one.text for one in found if one.kind != other).split()
