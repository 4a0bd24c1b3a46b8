"""Two resolutions of one problem become one, with what both knew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.resolutions import Confidence
from pipelines.domain.suggestions import Query
from service.usecases.merge import merge_resolutions
from service.usecases.resolution_changes import differences, read_changes
from service.usecases.resolutions import read_resolution
from service.usecases.services import Services
from service.usecases.suggest import suggest
from tests.usecases.cases import ADA, BEN, SYMPTOM, case, confirmed, work


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


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(" ".join)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    found = differences(before, after)
    for text, other in ((before, "came"), (after, "went")):
        assert text.split() == " ".join(one.text for one in found if one.kind != other).split()
