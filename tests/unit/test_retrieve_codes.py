"""Error codes in ranking."""

import pytest

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Candidate, Query
from pipelines.retrieve.codes import code_balance
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import answer


def _candidate(identifier: str, symptom: str, similarity: float = 0.5) -> Candidate:
    fields = {
        FieldName.SYMPTOM: ResolutionField(state=SettledState.STATED, text=symptom),
        FieldName.FIX: ResolutionField(state=SettledState.STATED, text="Restart the gateway."),
    }
    content = ResolutionContent(
        title="Sign-in loop", fields=fields, versions=ResolutionVersions(state=SettledState.NOT_KNOWN)
    )
    return Candidate(resolution=Resolution(id=identifier, version=1, content=content), similarity=similarity, lexical=1)


@pytest.mark.parametrize(
    ("asked", "known", "balance"),
    [
        ("log says SAML-0417", "rejected with SAML-0417", 1),
        ("log says saml-0417", "rejected with SAML-0417", 1),
        ("log says SAML-0417", "rejected with SAML-0422", -1),
        ("SAML-0417 and SAML-0422", "rejected with SAML-0422", 1),
        ("log says SAML-0417", "agent reports HARBOR-1102", 0),
        ("log says SAML-0417", "users come back to the login page", 0),
        ("answers HTTP 404", "answers HTTP 410", 0),
        ("nothing in the log", "rejected with SAML-0417", 0),
    ],
)
def test_the_same_product_code_speaks_for_a_record_and_another_of_its_family_against_it(
    asked: str, known: str, balance: int
) -> None:
    assert balance == code_balance(prepare(Query(subject="Sign-in loop", body=asked)), _candidate("R-1", known))


def test_of_two_records_alike_in_all_else_the_one_with_the_asked_code_comes_first() -> None:
    query = Query(subject="Sign-in loop", body="The log is full of SAML-0417.")
    other, right = _candidate("R-1", "SAML-0422 in the log", 0.8), _candidate("R-2", "SAML-0417 in the log", 0.78)
    found = answer(query, [other, right])
    assert "R-2" == (found.suggestions or found.near_misses)[0].candidate.resolution.id
