"""The capture evaluation scores as documented, keeps its parts apart and fails below its baseline."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import capture
from evals.capture_cases import CaseSet, demo_files, development_ids, in_parts, labelled_form, read_cases, real_files
from evals.capture_score import FIELDS, figures, measure, overlap_f1, plain, score_ticket, words_f1
from evals.datasets_found import VARIABLE, read_lines
from evals.fit_capture_labels import LABELS
from pipelines.domain.drafts import DraftContent, DraftField, DraftVersions, Evidence, FieldName, FixKind
from tests.openai_server import MODES, OpenAiServer

TEXTS = {"m1": "The run stops. Pool is exhausted.", "m2": "Set pool_size to 50.", "subject": "Run stops"}


def field(text: str, message: str, quote: str, **more: str) -> dict[str, Any]:
    return {"text": text, "quotes": [{"message": message, "quote": quote}], **more}


LABEL: dict[str, Any] = {
    "id": "T-1",
    "symptom": field("The run stops.", "m1", "The run stops."),
    "root_cause": field("The pool is exhausted.", "m1", "Pool is exhausted."),
    "fix": field("Set pool_size to 50.", "m2", "Set pool_size to 50.", kind="configuration"),
    "environment": None,
    "versions": {"affected": ["4.1"], "fixed_in": []},
}


def test_a_perfect_draft_scores_one_everywhere() -> None:
    """The label itself, taken as a draft, is right in every measure."""
    scored = measure([score_ticket(LABEL, LABEL, TEXTS)])
    undefined = {"environment.text", "environment.quote"}
    assert {1.0} == {value for name, value in scored.items() if name not in undefined}


def test_silence_is_right_only_where_the_label_is_silent() -> None:
    """An empty draft scores on the fields that the thread does not state, and on no other."""
    empty: dict[str, Any] = {"versions": {"affected": [], "fixed_in": []}}
    scored = measure([score_ticket(empty, LABEL, TEXTS)])
    assert [0.0, 0.0, 0.0, 1.0] == [scored[f"{name}.score"] for name in FIELDS]
    assert 0.2 == pytest.approx(scored["capture"])


def test_the_better_of_words_and_quotes_counts() -> None:
    """Other words for the rightly quoted sentence lose nothing, and an invented quote is not verbatim."""
    said = LABEL | {"root_cause": field("No connection left over", "m1", "Pool is exhausted.")}
    assert 1.0 == score_ticket(said, LABEL, TEXTS).fields["root_cause"].score
    invented = LABEL | {"root_cause": field("The pool is exhausted.", "m1", "Pool ran dry.")}
    assert (2, 3) == score_ticket(invented, LABEL, TEXTS).verbatim


def test_versions_are_compared_without_decoration() -> None:
    """v4.1 and Release 4.1.GA are 4.1."""
    assert {"4.1"} == {plain("v4.1"), plain("Release 4.1.GA"), plain("4.1 GA2")}


@given(st.text(max_size=60), st.text(max_size=60))
def test_word_agreement_is_symmetric_and_bounded(one: str, other: str) -> None:
    """The F1 of two texts lies in [0, 1] and does not depend on their order."""
    assert 0.0 <= words_f1(one, other) == words_f1(other, one) <= 1.0


def test_two_empty_collections_agree() -> None:
    """Nothing against nothing is full agreement."""
    assert 1.0 == overlap_f1(0, 0, 0)


def test_intervals_hold_their_value() -> None:
    """A bootstrap interval contains the measured value and is the same each time."""
    tickets = [score_ticket(LABEL, LABEL, TEXTS), score_ticket({"versions": {}}, LABEL, TEXTS)] * 4
    found = figures(tickets, rounds=200)
    assert all(f.low <= f.value <= f.high for f in found.values())
    assert found == figures(tickets, rounds=200)


@given(st.sets(st.text(min_size=1, max_size=8), max_size=40))
def test_development_part_does_not_depend_on_order(ids: set[str]) -> None:
    """The split is by hash alone: two fifths, whatever the order."""
    assert development_ids(sorted(ids)) == development_ids(sorted(ids, reverse=True))
    assert int(len(ids) * 0.4) == len(development_ids(ids))


def test_labelled_form_quotes_the_raw_messages() -> None:
    """A draft's evidence becomes quotes of the raw messages."""
    draft = DraftContent(
        title="Run stops",
        fields={
            FieldName.FIX: DraftField(text="x", evidence=(Evidence(message="m2", start=0, end=3),), supported=True)
        },
        fix_kind=FixKind.CONFIGURATION,
        versions=DraftVersions(affected=("4.1",)),
    )
    form = labelled_form("T-1", draft, TEXTS)
    assert {"text": "x", "quotes": [{"message": "m2", "quote": "Set"}], "kind": "configuration"} == form["fix"]
    assert (None, ["4.1"]) == (form["root_cause"], form["versions"]["affected"])


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    capture.add_arguments(parser)
    return parser.parse_args(words)


def write_pair(folder: Path) -> tuple[Path, Path]:
    """A labelled set of one invented ticket."""
    ticket = {
        "id": "T-1",
        "subject": "Run stops",
        "status": "closed",
        "created_at": "2026-03-02T09:00:00Z",
        "messages": [
            {"id": "m1", "at": "2026-03-02T09:00:00Z", "role": "customer", "body": TEXTS["m1"]},
            {"id": "m2", "at": "2026-03-02T10:00:00Z", "role": "agent", "body": TEXTS["m2"]},
        ],
    }
    gold, tickets = folder / "gold.jsonl", folder / "tickets.jsonl"
    gold.write_text(json.dumps(LABEL) + "\n")
    tickets.write_text(json.dumps(ticket) + "\n")
    return gold, tickets


def test_any_labelled_pair_of_files_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--gold` and `--tickets` score a set of one's own, as JSON for programs."""
    gold, tickets = write_pair(tmp_path)
    assert 0 == capture.run(parsed("--gold", str(gold), "--tickets", str(tickets), "--json"))
    (one,) = json.loads(capsys.readouterr().out)["sets"]
    assert (1, 0) == (one["tickets"], one["unscored"])
    assert 1.0 == one["figures"]["verbatim"]["value"]


def test_gold_without_tickets_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """One of the two files alone is refused with exit status 2."""
    assert 2 == capture.run(parsed("--gold", "gold.jsonl"))
    assert "go together" in capsys.readouterr().err


def test_llm_without_a_model_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No LLM is called where none is configured."""
    monkeypatch.delenv("PRECEDENT_LLM_MODEL", raising=False)
    assert 2 == capture.run(parsed("--summariser", "llm"))
    assert "PRECEDENT_LLM_MODEL" in capsys.readouterr().err


def test_any_endpoint_is_scored_with_what_it_cost_and_against_its_own_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first run says that the model has no baseline; one that is kept is compared with by the next."""
    baseline = tmp_path / "capture.json"
    monkeypatch.setattr(capture, "BASELINE", baseline)
    monkeypatch.setattr(capture, "_sets", lambda _gold, _tickets: [_few()])
    prices = {"PRICE_IN": "1", "PRICE_OUT": "4", "CURRENCY": "EUR", "MODEL": "some-model"}
    for name, value in prices.items():
        monkeypatch.setenv(f"PRECEDENT_LLM_{name}", value)
    with OpenAiServer() as server:
        monkeypatch.setenv("PRECEDENT_LLM_BASE_URL", server.base_url)
        assert 0 == capture.run(parsed("--summariser", "llm", "--keep"))
        first = capsys.readouterr()
        kept = json.loads(baseline.read_text())["models"]["some-model"]
        assert 0 == capture.run(parsed("--summariser", "llm"))
        assert capsys.readouterr().err == ""
        server.default = MODES["refusing"]
        assert 1 == capture.run(parsed("--summariser", "llm"))
    assert "some-model: " in first.out
    assert " EUR, 0 answers repaired" in first.out
    assert {"few"} == set(kept)
    assert "no draft could be made" in capsys.readouterr().out


def _few() -> CaseSet:
    return CaseSet("few", tuple(read_cases(*demo_files())[:2]))


def test_a_model_without_a_baseline_is_said_to_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures of one model are never held against another's."""
    monkeypatch.setattr(capture, "BASELINE", tmp_path / "none.json")
    monkeypatch.setattr(capture, "_sets", lambda _gold, _tickets: [_few()])
    monkeypatch.setenv("PRECEDENT_LLM_MODEL", "other-model")
    with OpenAiServer() as server:
        monkeypatch.setenv("PRECEDENT_LLM_BASE_URL", server.base_url)
        assert 0 == capture.run(parsed("--summariser", "llm"))
    assert "no baseline of other-model" in capsys.readouterr().err


def test_figures_below_the_baseline_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A measure clearly under the committed baseline makes the evaluation exit 1 and is named."""
    baseline = tmp_path / "capture.json"
    baseline.write_text(json.dumps({"demo held out": {"capture": 1.0, "verbatim": 0.0}}))
    monkeypatch.setattr(capture, "BASELINE", baseline)
    monkeypatch.delenv(VARIABLE, raising=False)
    assert 1 == capture.run(parsed("--json"))
    (failure,) = json.loads(capsys.readouterr().out)["failures"]
    assert failure.startswith("demo held out: capture ")


@pytest.mark.skipif(not os.environ.get(VARIABLE), reason=f"{VARIABLE} is not set")
def test_scores_agree_with_the_reference_scorer(tmp_path: Path) -> None:
    """On real tickets every measure equals the reference scorer's."""
    folder = Path(os.environ[VARIABLE])
    gold, tickets = folder / "titanium" / "gold.jsonl", folder / "titanium" / "gold_tickets.jsonl"
    seen = in_parts("titanium", read_cases(gold, tickets))[0]
    label_file, drafts = tmp_path / "gold.jsonl", tmp_path / "drafts.jsonl"
    label_file.write_text("".join(json.dumps(case.label) + "\n" for case in seen.cases))
    written: list[dict[str, Any]] = []
    engine = capture.engine("offline")
    assert engine is not None
    measured = capture.measure_set(seen, engine, written)
    drafts.write_text("".join(json.dumps(form) + "\n" for form in written))
    scorer = [sys.executable, str(folder / "tools" / "score_capture.py"), str(label_file), str(tickets), str(drafts)]
    reference = json.loads(subprocess.run([*scorer, "--json"], check=True, capture_output=True, text=True).stdout)
    ours = {name: figure.value for name, figure in measured.figures.items()}
    for name in FIELDS:
        expected = [reference[name][f"{m}_f1"] for m in ("stated", "text", "quote")] + [reference[name]["score"]]
        assert expected == pytest.approx([ours[f"{name}.{m}"] for m in ("stated", "text", "quote", "score")])
    others = ("versions_f1", "fix_kind_accuracy", "verbatim", "capture")
    assert [reference[n] for n in others] == pytest.approx(
        [ours[n] for n in ("versions", "fix_kind", "verbatim", "capture")]
    )


def test_fitting_never_reads_what_is_kept_aside() -> None:
    """The two parts of a labelled set share no ticket, and none of the held-out part has labels for fitting."""
    seen, kept_aside = ({case.id for case in part.cases} for part in in_parts("demo", read_cases(*demo_files())))
    assert kept_aside
    assert not kept_aside & (seen | set(json.loads(LABELS.read_text(encoding="utf-8"))))


@pytest.mark.skipif(not os.environ.get(VARIABLE), reason=f"{VARIABLE} is not set")
def test_further_labels_are_of_other_tickets_than_the_labelled_set() -> None:
    """The places that the weights were learned from stand in tickets outside the hand-labelled set."""
    files = real_files()
    assert files is not None
    assert not set(json.loads(LABELS.read_text(encoding="utf-8"))) & {label["id"] for label in read_lines(files[0])}
