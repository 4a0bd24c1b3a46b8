"""An installation learns its ranking from links and outcomes, and uses it from the next start."""

from pathlib import Path

import pytest

from pipelines.domain.errors import ConfigurationError
from pipelines.domain.suggestions import Outcome, Query
from pipelines.retrieve.ranking import shipped_ranking
from pipelines.retrieve.tune import Tuned
from service.commands.tuning import told
from service.container import open_ranking
from service.usecases import tune as module
from service.usecases.confirm import link_draft
from service.usecases.feedback import give_outcome
from service.usecases.services import Services
from service.usecases.suggest import suggest
from service.usecases.tune import FILE, TuneResult, ranking_in_use, tune_ranking
from tests.usecases.cases import ADA, case, confirmed, drafted, said, work

BLANK = "The invoice PDF is blank since the update, nothing is printed on it."


def link(services: Services, identifier: str, resolution: str, *add: str) -> None:
    """A ticket about blank invoices, closed as a recurrence of a known resolution."""
    words = "Customers get an empty page instead of the bill, error INV-77 is logged." if add else BLANK
    ticket = case(identifier, said("m1", words), subject="Blank invoice")
    line = drafted(services, ticket)
    link_draft(services.db, line.id, 1, resolution, add, 10, ADA)  # type: ignore[arg-type]
    work(services)


def two_resolutions(services: Services) -> None:
    confirmed(services)
    confirmed(services, case("T-2"), title="Invoice PDF is blank", symptom=BLANK)


def test_links_and_outcomes_are_learned_from(services: Services) -> None:
    """Each answered question counts once, with the resolutions that triage could have shown at the time."""
    two_resolutions(services)
    link(services, "T-3", "R-2")
    link(services, "T-4", "R-2")
    view = suggest(services, Query(subject="Invoice blank", body=BLANK), ADA)
    give_outcome(services.db, view.id, "R-2", Outcome.FIXED, None, ADA)
    result = tune_ranking(services, least=3)
    assert (3, 3) == (result.questions, result.usable)
    assert result.tuned is not None
    assert result.kept is None, "what is right already cannot be surely better"
    assert "the old ranking stays" in told(result)
    assert not (services.settings.data_dir / FILE).exists()


def test_too_few_answers_are_said_and_change_nothing(services: Services) -> None:
    two_resolutions(services)
    link(services, "T-3", "R-2")
    result = tune_ranking(services)
    assert (1, None) == (result.questions, result.kept)
    assert told(result).startswith("1 answered questions, 1 of use; at least 60 are needed.")


def test_a_record_is_compared_as_it_was_before_the_link_gave_it_the_ticket_s_words(services: Services) -> None:
    """It would be found by its own words, which teaches nothing."""
    two_resolutions(services)
    link(services, "T-3", "R-2", "symptom")
    with services.db.read() as session:
        (asked,) = module.answered_questions(session)
    same, linked = module._as_they_were(services, asked, ["R-1", "R-2"])
    assert same.now == same.then
    assert "INV-77" in str(linked.now.content)
    assert "INV-77" not in str(linked.then.content)
    assert BLANK in str(linked.then.content)


def test_a_later_word_corrects_an_earlier_one(services: Services) -> None:
    """What was called fixed and then wrong is no right answer."""
    two_resolutions(services)
    view = suggest(services, Query(subject="Invoice blank", body=BLANK), ADA)
    for outcome in (Outcome.FIXED, Outcome.WRONG):
        give_outcome(services.db, view.id, "R-2", outcome, None, ADA)
    assert 0 == tune_ranking(services).questions


def test_what_was_learned_is_used_from_the_next_start(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    two_resolutions(services)
    coefficients = shipped_ranking().full.model_copy(update={"offset": -1.0})
    better = Tuned(60, 40, 0.5, 0.6, 0.99, coefficients)
    monkeypatch.setattr(module, "tune", lambda *_, **__: better)
    result = tune_ranking(services)
    assert "0.500 before and 0.600 after (+0.100; better in 99% of resampled sets)" in told(result)
    assert -1.0 == open_ranking(services.settings, services.embedder).full.offset
    assert 100 == ranking_in_use(services.settings.data_dir).questions


def test_a_ranking_learned_with_another_model_is_set_aside(services: Services) -> None:
    """Its weights mean other cosines; a file that cannot be read is said."""
    found = Tuned(60, 40, 0.5, 0.6, 0.99, shipped_ranking().full.model_copy(update={"offset": -1.0}))
    path = module._keep(services, shipped_ranking().model_copy(update={"full": found.coefficients}), found)
    assert -1.0 == ranking_in_use(path.parent, services.embedder.model_id).ranking.full.offset
    assert shipped_ranking() == ranking_in_use(path.parent, "another-model").ranking
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="Delete it"):
        ranking_in_use(path.parent)


def test_the_report_says_where_it_is_kept(tmp_path: Path) -> None:
    tuned = Tuned(60, 40, 0.5, 0.6, 0.99, shipped_ranking().full)
    said_so = told(TuneResult(100, 100, 60, tuned, tmp_path / FILE))
    assert str(tmp_path / FILE) in said_so
