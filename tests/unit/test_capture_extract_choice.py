"""How the offline summariser cuts sentences into clauses, weighs them, and chooses what to quote."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.capture_cases import demo_files, read_cases
from evals.fit_capture_labels import placed
from pipelines.capture.extract_choice import barred, choose
from pipelines.capture.extract_clauses import clauses_of
from pipelines.capture.extract_models import model_of
from pipelines.capture.extract_units import Unit


def unit(raw: str, *, message: int = 0, code: bool = False) -> Unit:
    return Unit(message, 0, len(raw), raw, raw, raw.lower(), code=code)


SENTENCE = "I think the problem is in the parser, but I have not looked at it yet"
LINK = "https://git.example/shop/pull/12"


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=60)
def test_clauses_stand_in_their_sentence_one_after_the_other(raw: str) -> None:
    """Clauses never overlap, and each is the text at its place."""
    clauses = clauses_of([unit(raw)])
    assert all(clause.text == raw[clause.start : clause.end] for clause in clauses)
    assert all(one.end <= other.start for one, other in pairwise(clauses))


def test_a_sentence_is_cut_where_it_turns() -> None:
    """Doubt after a statement is a clause of its own."""
    texts = [clause.text for clause in clauses_of([unit(SENTENCE)])]
    assert "but I have not looked at it yet" in texts
    assert "in the parser" in " ".join(texts[:-1])


def test_a_link_to_a_change_is_a_clause_by_itself() -> None:
    """What is said beside a link stays words, and the link is quoted alone, once."""
    found = [(c.text, c.link) for c in clauses_of([unit(f'Closes the leak <a href="{LINK}">{LINK}</a>')])]
    assert found[-1] == (LINK, True)
    assert [False] == [link for text, link in found[:-1]]
    assert found[0][0].startswith("Closes the leak")


def test_code_is_not_cut() -> None:
    """A line of output is quoted whole."""
    assert 1 == len(clauses_of([unit("Error: cannot open a, b, and c because of d", code=True)]))


def test_only_the_likely_clauses_are_chosen() -> None:
    """A clause that nobody would quote is left out of the sentence it stands in."""
    units = [unit(SENTENCE), unit("The weather was fine on that day")]
    clauses = clauses_of(units)
    chances = np.array([0.05 if "looked" in c.text or c.unit else 0.9 for c in clauses], dtype=np.float32)
    passages, expected = choose(units, clauses, chances, typical=40.0, most=2)
    assert ["I think the problem is in the parser,"] == [units[0].raw[p.start : p.end] for p in passages]
    assert 0.5 < expected <= 1


def test_what_is_barred_is_never_chosen() -> None:
    """A sentence that cannot state the field is not chosen, however likely it looks."""
    units = [unit("Set the pool to fifty connections"), unit("Restart the worker after that")]
    clauses = clauses_of(units)
    chances = barred(clauses, np.full(len(clauses), 0.9, dtype=np.float32), [0.0, 1.0])
    passages, _ = choose(units, clauses, chances, typical=40.0, most=2)
    assert [units[1]] == [p.unit for p in passages]


@given(st.lists(st.tuples(st.text(max_size=60), st.floats(0, 1)), max_size=6), st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_a_choice_is_small_and_its_expectation_a_share(lines: list[tuple[str, float]], most: int) -> None:
    """No more passages than asked for, none twice, and an expected agreement between 0 and 1."""
    units = [unit(raw) for raw, _ in lines]
    clauses = clauses_of(units)
    chances = np.array([lines[c.unit][1] for c in clauses], dtype=np.float32)
    passages, expected = choose(units, clauses, chances, typical=80.0, most=most)
    assert len(passages) <= most
    assert len(passages) == len({(id(p.unit), p.start) for p in passages})
    assert 0 <= expected <= 1


def test_a_tree_is_walked_to_its_leaf() -> None:
    """A row goes low at the bound and high above it; the logistic part counts as much as the trees."""
    tree = {
        "feature": [1, 0, 0],
        "bound": [0.5, 0.0, 0.0],
        "low": [1, 1, 2],
        "high": [2, 1, 2],
        "value": [0.0, -2.0, 2.0],
    }
    model = model_of(
        {"weights": [0.0, 0.0], "intercept": 0.0, "depth": 1, "trees": [tree], "threshold": 0.5, "typical": 1.0}
    )
    chances = model.probabilities(np.array([[0.0, 0.5], [0.0, 0.6]], dtype=np.float32))
    assert pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)]) == chances.tolist()


def test_kept_labels_hold_places_and_no_words() -> None:
    """What is kept of a hand-made label is where it quotes, and version numbers."""
    case = read_cases(*demo_files())[0]
    kept = placed(case)
    (message, start, end), *_ = kept["symptom"]
    assert case.texts[message][start:end] == case.label["symptom"]["quotes"][0]["quote"]
    assert case.label["symptom"]["text"] not in json.dumps(kept)


def test_the_committed_labels_are_places_and_versions() -> None:
    """No sentence of a real ticket stands in the repository: places and version numbers are all there is."""
    labels = json.loads(Path("evals/fit_capture_labels.json").read_text(encoding="utf-8"))
    for label in labels.values():
        versions = label.pop("versions", {})
        assert all(len(version) <= 40 and " see " not in version for kind in versions.values() for version in kind)
        for places in label.values():
            assert all(len(name) <= 8 and start < end for name, start, end in places)
