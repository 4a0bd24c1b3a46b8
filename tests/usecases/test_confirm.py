"""An agent's decision makes knowledge, is kept beside the draft, and never overwrites another agent's."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.domain.confirmations import DecisionKind, LinkAddition, RejectReason, SettledState, SettledVersions
from pipelines.domain.drafts import DraftState, FieldName
from pipelines.domain.errors import Conflict, InvalidInput, NotFound, StaleVersion, UnsettledFields
from pipelines.domain.resolutions import Origin
from service.usecases.confirm import confirm_draft, link_draft, reject_draft
from service.usecases.merge import merge_resolutions
from service.usecases.queue import read_draft
from service.usecases.resolutions import list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.tickets import read_ticket
from service.usecases.usable import LONGEST_TEXT
from tests.usecases.cases import (
    ADA,
    BEN,
    CAUSE,
    SYMPTOM,
    awaiting,
    case,
    confirmed,
    decision,
    drafted,
    export_thread,
    said,
    send,
    work,
)


def test_a_confirmed_draft_is_a_resolution_and_leaves_the_queue(services: Services) -> None:
    line = drafted(services)
    result = confirm_draft(services.db, line.id, 1, decision(), ADA)
    assert ("R-1", 1) == (result.resolution_id, result.version)
    assert () == awaiting(services)
    view = read_resolution(services.db, "R-1")
    assert ("not_validated", "internal") == (view.resolution.confidence, view.resolution.audience)
    assert [("desk/T-1", "source")] == [(use.ticket, use.kind) for use in view.uses]
    ticket = read_ticket(services.db, case().key)
    assert ("confirmed", True, ()) == (ticket.capture_state, ticket.close_gate.open, ticket.close_gate.unconfirmed)


def test_the_decision_is_kept_with_who_took_it_how_long_it_took_and_what_was_edited(services: Services) -> None:
    line = drafted(services)
    draft = read_draft(services.db, line.id).content
    same = decision(**{name.value: field.text for name, field in draft.fields.items()} | {"title": draft.title})
    confirm_draft(services.db, line.id, 1, same, ADA)
    confirm_draft(services.db, line.id, 2, decision(fix="Wait for the lock."), BEN)

    first, second = read_draft(services.db, line.id).decisions
    assert (DecisionKind.ACCEPTED, "Ada", 41.5, ()) == (first.kind, first.actor, first.seconds, first.edited_fields)
    assert (DecisionKind.EDITED, "Ben") == (second.kind, second.actor)
    assert {"fix", "root_cause"} < set(second.edited_fields)


def test_the_draft_itself_is_never_changed(services: Services) -> None:
    line = drafted(services)
    before = read_draft(services.db, line.id).content
    confirm_draft(services.db, line.id, 1, decision(fix="Something else."), ADA)
    assert before == read_draft(services.db, line.id).content


def test_a_decision_that_leaves_something_open_changes_nothing(services: Services) -> None:
    line = drafted(services)
    with pytest.raises(UnsettledFields) as refused:
        confirm_draft(services.db, line.id, 1, decision(versions=None, title=""), ADA)
    assert ["title", "version"] == [name for name, _ in refused.value.unsettled]
    assert (DraftState.PENDING, 1) == (read_draft(services.db, line.id).state, awaiting(services)[0].stated and 1)
    assert () == list_resolutions(services.db).items


def test_the_later_of_two_agents_is_told_who_decided_what(services: Services) -> None:
    line = drafted(services)
    confirm_draft(services.db, line.id, 1, decision(fix="Ada's fix"), ADA)
    with pytest.raises(StaleVersion, match="Ada has edited it meanwhile") as late:
        confirm_draft(services.db, line.id, 1, decision(fix="Ben's fix"), BEN)
    assert (2, "confirmed", "Ada", "R-1") == tuple(
        late.value.current[key] for key in ("version", "state", "decided_by", "resolution_id")
    )
    assert "Ada's fix" == late.value.current["fields"]["fields"]["fix"]["text"]
    assert "fix" in late.value.changed_fields
    assert 1 == len(read_resolution(services.db, "R-1").history)


def test_linking_and_rejecting_are_refused_on_an_old_version_too(services: Services) -> None:
    line = drafted(services)
    confirm_draft(services.db, line.id, 1, decision(), ADA)
    with pytest.raises(StaleVersion):
        link_draft(services.db, line.id, 1, "R-1", (), None, BEN)
    with pytest.raises(StaleVersion):
        reject_draft(services.db, line.id, 1, RejectReason.WRONG, None, None, BEN)


def test_of_agents_who_confirm_at_the_same_moment_one_does(services: Services) -> None:
    line = drafted(services)

    def confirm(turn: int) -> str:
        try:
            return confirm_draft(services.db, line.id, 1, decision(fix=f"fix {turn}"), ADA).resolution_id
        except StaleVersion:
            return "stale"

    with ThreadPoolExecutor(6) as threads:
        ends = sorted(threads.map(confirm, range(6)))
    assert ["R-1", *["stale"] * 5] == ends
    assert 1 == len(list_resolutions(services.db).items)


def test_confirming_again_makes_the_next_version_of_the_same_resolution(services: Services) -> None:
    line = drafted(services)
    confirm_draft(services.db, line.id, 1, decision(), ADA)
    again = confirm_draft(services.db, line.id, 2, decision(fix="Upgrade to 5.2.4."), BEN)
    assert ("R-1", 2) == (again.resolution_id, again.version)
    view = read_resolution(services.db, "R-1")
    assert [("Ada", ()), ("Ben", ("fix",))] == [(h.actor, h.changed_fields) for h in view.history]
    assert 1 == len(view.uses)


def test_a_superseded_draft_cannot_be_decided(services: Services) -> None:
    line = drafted(services)
    send(services, case(closed_at=case().created_at.replace(day=9)))
    work(services)
    with pytest.raises(Conflict, match="superseded already"):
        confirm_draft(services.db, line.id, 2, decision(), ADA)


def test_there_is_nothing_to_decide_where_there_is_no_draft(services: Services) -> None:
    for name in ("D-99", "R-1", "D-x", "D-" + "9" * 30):
        with pytest.raises(NotFound):
            confirm_draft(services.db, name, 1, decision(), ADA)


def test_what_an_agent_types_is_redacted_and_the_draft_is_not_damaged(services: Services) -> None:
    line = drafted(services)
    typed = decision(
        title="Export stops for Greta Holm",
        root_cause="Reported by greta.holm@nordwind.example, error EXP-2041 on 5.2.1.",
        fix="Tell Nordwind Logistics to upgrade to 5.2.3.",
        versions=SettledVersions(state=SettledState.STATED, affected=("5.2.1", "5.2.2 says greta@nordwind.example")),
    )
    confirm_draft(services.db, line.id, 1, typed, ADA)
    kept = read_resolution(services.db, "R-1").resolution.content.model_dump_json()
    for secret in ("Greta", "Holm", "nordwind", "Nordwind"):
        assert secret not in kept
    for needed in ("EXP-2041", "5.2.1", "5.2.3"):
        assert needed in kept


@pytest.mark.parametrize(
    "changes",
    [
        {"fix": "x" * (LONGEST_TEXT + 1)},
        {"title": "x" * (LONGEST_TEXT + 1)},
        {"fix": "a\0b"},
        {"title": "a\ud800b"},
        {"product_area": "a\0b"},
        {"versions": SettledVersions(state=SettledState.STATED, affected=("a\0b",))},
    ],
)
def test_a_text_that_is_too_long_or_cannot_be_kept_is_refused(services: Services, changes: dict[str, object]) -> None:
    line = drafted(services)
    with pytest.raises(InvalidInput):
        confirm_draft(services.db, line.id, 1, decision(**changes), ADA)
    assert 1 == len(awaiting(services))


def test_a_field_says_where_it_came_from(services: Services) -> None:
    line = drafted(services)
    draft = read_draft(services.db, line.id).content
    taken = decision(root_cause=draft.fields[FieldName.ROOT_CAUSE].text, environment=None)
    confirm_draft(services.db, line.id, 1, taken, ADA)
    fields = read_resolution(services.db, "R-1").resolution.content.fields
    assert (Origin.DRAFT, Origin.EDITED, None) == (
        fields[FieldName.ROOT_CAUSE].origin,
        fields[FieldName.FIX].origin,
        fields[FieldName.ENVIRONMENT].text,
    )


def test_evidence_stays_true_when_the_message_is_edited_or_removed_later(services: Services) -> None:
    confirmed(services)
    cause = CAUSE.removeprefix("Root cause: ")

    def quoted() -> list[str]:
        return [q.text for q in read_resolution(services.db, "R-1").evidence if q.field == "root_cause"]

    assert [cause] == quoted()
    first, _, third = export_thread()
    send(services, case("T-1", first, said("m2", "Edited away.", hours=5), third))
    assert [cause] == quoted()
    send(services, case("T-1", first, third))
    assert [cause] == quoted()
    assert "Edited away." not in [m.body for m in read_draft(services.db, "D-1").ticket.messages]


def test_a_link_says_that_the_ticket_recurs_and_adds_what_was_asked_for(services: Services) -> None:
    confirmed(services, environment="RHEL 9", symptom="The export stops.")
    other = case("T-2", said("m1", "Since 5.2.2 the nightly export hangs for hours. We run it on Ubuntu 24.04."))
    line = drafted(services, other)
    add = (LinkAddition.SYMPTOM, LinkAddition.VERSIONS)
    result = link_draft(services.db, line.id, 1, "R-1", add, 12.0, BEN)

    assert ("R-1", 2) == (result.resolution_id, result.version)
    view = read_resolution(services.db, "R-1")
    content = view.resolution.content
    assert "The export stops." == content.text(FieldName.SYMPTOM)
    (words,) = content.wordings
    assert "hangs for hours" in words
    assert [LinkAddition.SYMPTOM, LinkAddition.VERSIONS] == [added.part for added in result.added]
    assert ("5.2.1", "5.2.2") == content.versions.affected
    assert "RHEL 9" == content.text(FieldName.ENVIRONMENT)
    assert {"desk/T-2"} == {added.ticket for added in content.additions}
    assert ("desk/T-2", "symptom") in {(quote.ticket, quote.field) for quote in view.evidence}
    assert "desk/T-2" in {e.ticket for e in content.versions.evidence}
    assert [("desk/T-1", "source"), ("desk/T-2", "linked")] == [(u.ticket, u.kind) for u in view.uses]
    assert 1 == view.track_record.reused
    ticket = read_ticket(services.db, other.key)
    assert ("linked", True) == (ticket.capture_state, ticket.close_gate.open)


def test_a_link_that_adds_nothing_makes_no_version(services: Services) -> None:
    confirmed(services, symptom=f"It fails: {SYMPTOM.upper()}")
    line = drafted(services, case("T-2", said("m1", SYMPTOM)))
    assert 1 == link_draft(services.db, line.id, 1, "R-1", (), None, BEN).version
    with pytest.raises(Conflict, match="linked already"):
        link_draft(services.db, line.id, 2, "R-1", (), None, BEN)


def test_a_link_to_what_is_archived_is_refused_and_names_what_replaced_it(services: Services) -> None:
    """The records were merged while the agent looked at the draft: nothing is decided, and the way on is said."""
    for number in ("T-1", "T-2"):
        confirmed(services, case(number))
    merge_resolutions(services.db, "R-1", "R-2", BEN)
    line = drafted(services, case("T-3"))
    with pytest.raises(Conflict, match="R-1 is archived; link to R-2, which replaced it"):
        link_draft(services.db, line.id, 1, "R-1", [], None, BEN)
    assert () == read_resolution(services.db, "R-1").uses
    link_draft(services.db, line.id, 1, "R-2", [], None, BEN)


def test_a_link_to_nothing_is_refused_and_the_draft_still_awaits(services: Services) -> None:
    line = drafted(services)
    with pytest.raises(NotFound):
        link_draft(services.db, line.id, 1, "R-5", (), None, BEN)
    assert 1 == len(awaiting(services))


@pytest.mark.parametrize("reason", RejectReason)
def test_a_rejection_is_kept_with_its_reason_and_only_wrong_leaves_the_gate_shut(
    services: Services, reason: RejectReason
) -> None:
    line = drafted(services)
    reject_draft(services.db, line.id, 1, reason, "ask greta.holm@nordwind.example", 9.0, ADA)
    (kept,) = read_draft(services.db, line.id).decisions
    assert (DecisionKind.REJECTED, reason, 9.0) == (kept.kind, kept.reason, kept.seconds)
    assert "nordwind" not in (kept.note or "")
    ticket = read_ticket(services.db, case().key)
    assert ("rejected", reason is not RejectReason.WRONG) == (ticket.capture_state, ticket.close_gate.open)
    assert (() if ticket.close_gate.open else ("root_cause", "fix", "environment", "version")) == (
        ticket.close_gate.unconfirmed
    )
    assert () == list_resolutions(services.db).items


def test_a_draft_that_awaits_keeps_the_gate_shut(services: Services) -> None:
    drafted(services)
    gate = read_ticket(services.db, case().key).close_gate
    assert (False, ("root_cause", "fix", "environment", "version")) == (gate.open, gate.unconfirmed)
