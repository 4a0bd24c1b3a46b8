"""Two resolutions with different fixes for the same condition are found, stay visible, and are settled on record."""

from typing import Any

import pytest
from sqlmodel import Session, select

from pipelines.domain.confirmations import RejectReason
from pipelines.domain.contradictions import Settled, Settlement
from pipelines.domain.drafts import DraftState
from pipelines.domain.errors import Conflict, InvalidInput, UnsettledFields
from pipelines.domain.tickets import Message, Role
from service.store.tables import DemandSignalRow
from service.usecases.close_gaps import close_gap
from service.usecases.confirm import confirm_draft, link_draft, reject_draft
from service.usecases.contradictions import count_open, list_contradictions, settle_contradiction
from service.usecases.queue import read_draft
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.usecases.services import Services
from service.usecases.views import QueueLine
from tests.usecases.cases import ADA, BEN, CAUSE, FIX, SYMPTOM, case, confirmed, decision, drafted, said, work
from tests.usecases.test_report_gaps import KIM, badges

OTHER_FIX = "Resolved by deleting partial archives manually: run purge-archives --all, then reschedule for Sunday."
KNOWN: dict[str, Any] = {
    "symptom": SYMPTOM,
    "root_cause": CAUSE.removeprefix("Root cause: "),
    "fix": FIX,
}


def thread(fix: str) -> tuple[Message, ...]:
    cause = said("m2", CAUSE, Role.ENGINEER, hours=5)
    return said("m1", SYMPTOM), cause, said("m3", fix, Role.AGENT, hours=9)


@pytest.fixture
def opposed(services: Services) -> QueueLine:
    """A draft that gives another fix than R-1 for the same condition."""
    confirmed(services, **KNOWN)
    return drafted(services, case("T-2", *thread(OTHER_FIX)))


def agreed(**changes: Any) -> dict[str, Any]:
    return {**KNOWN, "fix": OTHER_FIX, **changes}


def test_a_draft_says_that_it_contradicts_what_is_on_record(services: Services, opposed: QueueLine) -> None:
    (found,) = read_draft(services.db, opposed.id).dedupe
    assert ("R-1", "contradicts", FIX) == (found.resolution_id, found.verdict, found.fix)
    assert {"same cause", "other fix"} <= {reason.text for reason in found.reasons}


def test_confirmed_without_settling_it_stays_open_on_both_sides(services: Services, opposed: QueueLine) -> None:
    confirm_draft(services.db, opposed.id, 1, decision(**agreed()), ADA)
    work(services)
    (one,) = list_contradictions(services.db).items
    assert ("R-1", "R-2", None) == (one.first.resolution_id, one.second and one.second.resolution_id, one.how)
    for name in ("R-1", "R-2"):
        view = read_resolution(services.db, name)
        assert [one.id] == [known.id for known in view.contradictions]
        assert "not_met" == next(item.state for item in view.checklist if item.key == "unique")


def test_both_may_hold_under_conditions_that_are_said(services: Services, opposed: QueueLine) -> None:
    silent = Settled(resolution_id="R-1", how=Settlement.BOTH_HOLD)
    with pytest.raises(UnsettledFields):
        confirm_draft(services.db, opposed.id, 1, decision(**agreed(settles=(silent,))), ADA)
    said_when = silent.model_copy(update={"conditions": "R-1 below 5.2.3; ask greta.holm@nordwind.example"})
    confirm_draft(services.db, opposed.id, 1, decision(**agreed(settles=(said_when,))), ADA)
    work(services)
    assert 0 == count_open(services.db)
    (one,) = list_contradictions(services.db, settled=True).items
    assert (Settlement.BOTH_HOLD, "Ada") == (one.how, one.settled_by)
    assert "R-1 below 5.2.3" in (one.conditions or "")
    assert "nordwind" not in (one.conditions or "")


def test_the_new_one_may_replace_the_known_one(services: Services, opposed: QueueLine) -> None:
    settled = Settled(resolution_id="R-1", how=Settlement.REPLACED)
    confirm_draft(services.db, opposed.id, 1, decision(**agreed(settles=(settled,))), ADA)
    work(services)
    old = read_resolution(services.db, "R-1")
    assert ("archived", "R-2") == (old.resolution.confidence, old.superseded_by)
    assert "replaced by R-2" in old.history[-1].why
    assert [] == [
        hit.id for hit in services.vectors.query(services.embedder.embed_query(SYMPTOM), 9) if "R-1:" in hit.id
    ]


def test_linking_instead_is_kept_as_how_it_ended(services: Services, opposed: QueueLine) -> None:
    link_draft(services.db, opposed.id, 1, "R-1", (), None, BEN)
    (one,) = read_resolution(services.db, "R-1").contradictions
    assert (Settlement.LINKED, "Ben", opposed.id) == (one.how, one.settled_by, one.draft_id)


def test_it_can_be_settled_later_and_only_once(services: Services, opposed: QueueLine) -> None:
    confirm_draft(services.db, opposed.id, 1, decision(**agreed()), ADA)
    with pytest.raises(InvalidInput, match="Say which of R-1 and R-2 holds"):
        settle_contradiction(services.db, "C-1", Settlement.REPLACED, BEN, holds="R-9")
    settled = settle_contradiction(services.db, "C-1", Settlement.REPLACED, BEN, holds="R-1")
    assert ("Ben", True) == (settled.settled_by, settled.second and settled.second.archived)
    with pytest.raises(Conflict, match="settled already"):
        settle_contradiction(services.db, "C-1", Settlement.REPLACED, BEN, holds="R-2")


def test_a_gap_that_the_replaced_one_closed_is_open_again(services: Services, opposed: QueueLine) -> None:
    confirm_draft(services.db, opposed.id, 1, decision(**agreed()), ADA)
    badges(services, 1, 2)
    gap = build_report(services).gaps[0].id
    close_gap(services.db, gap, "R-2", KIM)
    settle_contradiction(services.db, "C-1", Settlement.REPLACED, BEN, holds="R-1")
    view = read_gap(services.db, gap)
    last = view.history[-1]
    assert ("open", "reopened", "Ben", "R-2") == (view.gap.status, last.kind, last.by, last.what)
    assert "replaced by R-1" in str(last.why)


def test_an_edit_that_ends_a_contradiction_ends_it_on_the_record_too(services: Services, opposed: QueueLine) -> None:
    confirm_draft(services.db, opposed.id, 1, decision(**agreed()), ADA)
    work(services)
    change_resolution(services.db, "R-2", ResolutionChange(fix=FIX), BEN)
    work(services)
    assert 0 == count_open(services.db)
    assert [Settlement.GONE] == [one.how for one in read_resolution(services.db, "R-2").contradictions]


def test_a_thin_draft_says_so_in_the_queue_and_closing_it_counts_as_demand(services: Services) -> None:
    asked = said("m1", "I cannot sign in, it says that my password is wrong.")
    done = said("m2", "I have sent you a password reset link.", Role.AGENT, hours=1)
    line = drafted(services, case("T-3", asked, done, subject="cannot sign in"))
    assert line.thin
    reject_draft(services.db, line.id, 1, RejectReason.THIN, None, 4.0, ADA)
    assert DraftState.REJECTED is read_draft(services.db, line.id).state
    with services.db.read() as session:
        assert ["closed_without_knowledge"] == demand(session)


def demand(session: Session) -> list[str]:
    return list(session.exec(select(DemandSignalRow.kind)))
