"""The retrieval evaluation: what it measures, on which tickets, and when it fails."""

import gzip
import json
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import adapt, output_matrix
from evals.__main__ import main
from evals.datasets_found import data_directory, opened, read_folder
from evals.measures import below, calibration_error, interval, ranking_measures, reliability
from evals.question_sets import found_sets
from evals.ranked_questions import methods, not_below, probabilities
from evals.retrieval import Trained, measure_folder, taught, tuned
from evals.retrieval_table import table
from evals.teach import learned, lesson
from evals.ticket_likeness import Tickets, split_by_time, without_answer
from evals.vectors import VectorCache
from evals.word_search import PlainWords
from pipelines.ports import Vectors
from pipelines.retrieve.ranking import shipped_ranking


class WordVectors:
    """An embedder without a model: each word adds its own fixed direction. Alike words give alike vectors."""

    model_id = "words@1"
    dimension = 64

    def __init__(self) -> None:
        self.embedded = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        rows = np.array([self._one(text) for text in texts], dtype=np.float32)
        return rows.reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        return self._one(text)

    def _one(self, text: str) -> Vectors:
        total = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in text.lower().split():
            seed = zlib.crc32(word.encode())
            total += np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
        found: Vectors = total / np.linalg.norm(total)
        return found


PROBLEMS = ("login page loops", "export file is empty", "agent goes offline", "webhook is sent twice", "report is slow")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty tickets of five problems that come round four times; each later one is a question for the earlier ones."""
    tickets = []
    pairs = ["query_id\tdoc_id\trelevance\tevidence"]
    for number in range(20):
        problem = number % len(PROBLEMS)
        tickets.append(
            {
                "id": f"D-{number}",
                "created_at": f"2026-01-{number + 1:02}T08:00:00Z",
                "closed_at": "2026-03-01T08:00:00Z",
                "subject": f"{PROBLEMS[problem]} number {number}",
                "status": "closed",
                "fields": {"affects_versions": ["5.1"], "resolution": "Duplicate", "fix_versions": ["5.2"]},
                "links": [{"type": "duplicates", "ticket": "D-0"}],
                "messages": [
                    {"id": "m1", "body": f"We see that {PROBLEMS[problem]}."},
                    {"id": "m2", "body": "Closed as a duplicate of something."},
                ],
            }
        )
        if len(PROBLEMS) <= number < 15:
            pairs += [f"D-{number}\tD-{earlier}\t1\tlink" for earlier in range(problem, number, len(PROBLEMS))]
    with gzip.open(tmp_path / "tickets.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(ticket) + "\n" for ticket in reversed(tickets))
    (tmp_path / "duplicates.tsv").write_text("\n".join(pairs) + "\n", encoding="utf-8")
    (tmp_path / "duplicate_queries.txt").write_text("\n".join(f"D-{n}" for n in range(5, 15)) + "\n", encoding="utf-8")
    return tmp_path


def test_a_ticket_is_seen_as_it_was_opened() -> None:
    """Later messages, links, outcome and fix versions would give the pair away."""
    raw = {
        "id": "D-1",
        "created_at": "2026-01-01T00:00:00Z",
        "subject": "s",
        "messages": [{"body": "first"}, {"body": "secret later"}],
        "links": ["secret link"],
        "fields": {"fix_versions": ["secret fix"], "resolution": "secret outcome", "components": ["Auth"]},
    }
    seen = opened(raw)
    assert "secret" not in repr(seen)
    assert "secret" not in seen.resolution().model_dump_json()
    assert "Auth" == seen.area


def test_only_earlier_tickets_answer(folder: Path, tmp_path: Path) -> None:
    """Never the question itself, never a later ticket."""
    vectors = VectorCache(WordVectors(), tmp_path)
    tickets = Tickets(read_folder(folder), vectors, vectors)
    for question in tickets.questions([f"D-{n}" for n in range(1, 20)]):
        asked = int(question.id.removeprefix("D-"))
        found = {c.resolution.id for c in question.candidates}.union(*question.simple.values())
        assert found
        assert all(int(name.removeprefix("D-")) < asked for name in found)


def test_questions_are_split_by_time(folder: Path) -> None:
    """The earlier 60 % are for fitting, and questions without an answer keep to the same dates."""
    data = read_folder(folder)
    split = split_by_time(data)
    assert tuple(f"D-{n}" for n in range(5, 11)) == split.earlier
    assert tuple(f"D-{n}" for n in range(11, 15)) == split.later
    none = without_answer(data, split)
    assert () == none.earlier
    assert {"D-15", "D-16", "D-17", "D-18", "D-19"} > set(none.later)
    assert 4 == len(none.later)


def untrained(directory: Path) -> Trained:
    """The shipped ranking over vectors that nothing was trained on."""
    vectors = VectorCache(WordVectors(), directory)
    return Trained(vectors, shipped_ranking(), vectors)


def test_a_folder_is_measured_and_its_run_written(folder: Path, tmp_path: Path) -> None:
    """Recurring words are found, and the run has a line for each ranked document with falling scores."""
    run = tmp_path / "run.tsv"
    report = measure_folder(folder, untrained(tmp_path), run_file=run)
    assert 1.0 == report["parts"]["later"]["ranked"]["S@1"].mean
    rows = [line.split("\t") for line in run.read_text(encoding="utf-8").splitlines()]
    assert {f"D-{n}" for n in range(5, 15)} == {row[0] for row in rows}
    scores = [float(row[2]) for row in rows if row[0] == "D-14"]
    assert sorted(scores, reverse=True) == scores
    assert "S@10" in table({"ticket_likeness": report, "failures": []})


def test_a_folder_of_odd_tickets_is_ranked_all_the_same(folder: Path, tmp_path: Path) -> None:
    """Without pairs, with absent, empty and mistyped fields, and with a question that no ticket has."""
    odd: list[dict[str, object]] = [
        {"id": "O-1", "created_at": "2026-03-01T08:00:00Z"},
        {"id": "O-2", "created_at": "2026-03-02T08:00:00", "subject": None, "messages": [{"id": "m", "body": None}]},
        {"id": "O-3", "created_at": "2026-03-03T08:00:00+01:00", "subject": "", "messages": [], "fields": None},
        {"id": "O-4", "created_at": "2026-03-04T08:00:00Z", "subject": "\0\ud800", "messages": [{"body": "{}[]" * 50}]},
        {"id": "O-5", "created_at": "2026-03-04T08:00:00Z", "subject": "x", "fields": {"affects_versions": "5.1"}},
        {"id": "O-6", "created_at": "2026-03-05T08:00:00Z", "subject": "login", "fields": {"components": [None, 3]}},
    ]
    (folder / "duplicates.tsv").unlink()
    with gzip.open(folder / "tickets.jsonl.gz", "at", encoding="utf-8") as out:
        out.writelines(json.dumps(ticket) + "\n" for ticket in odd)
    names = [str(ticket["id"]) for ticket in odd]
    (folder / "duplicate_queries.txt").write_text("\n".join([*names, "GONE-1"]) + "\n", encoding="utf-8")
    run = tmp_path / "run.tsv"
    table({"ticket_likeness": measure_folder(folder, untrained(tmp_path), run_file=run), "failures": []})
    assert set(names) == {line.split("\t")[0] for line in run.read_text(encoding="utf-8").splitlines()}


def test_tuning_on_a_folder_trains_both_parts_and_keeps_what_takes_long(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In few steps, and in none for the layers: they are taught in test_model_training, on a smaller model."""
    monkeypatch.setattr(adapt, "STEPS", 10)
    monkeypatch.setattr(output_matrix, "STEPS", 10)
    for part in (tuned(folder, tmp_path), taught(folder, tmp_path, steps=0)):
        assert shipped_ranking() != part.ranking
        assert part.vectors.embed(["login page"]) != pytest.approx(part.published.embed(["login page"]), abs=1e-5)
    trained = sorted((tmp_path / "adaptations").glob("?*-*.npz"))
    assert 3 == len(trained)
    before = [path.stat().st_mtime_ns for path in trained]
    found = learned(folder, tmp_path, steps=0)
    assert before == [path.stat().st_mtime_ns for path in trained]
    assert {f"D-{n}" for n in range(5, 15)} == {name for fold in found.folds for name in fold.unseen}


def test_a_lesson_knows_nothing_of_what_came_later(folder: Path) -> None:
    """Eleven tickets were opened before the first later question; linked ones are not each other's wrong answers."""
    data = read_folder(folder)
    split = split_by_time(data)
    found = lesson(folder, data, split.earlier, split.later[0])
    known = {ticket.subject for ticket in data.tickets[:11]}
    assert known == {found.texts[place] for pair in found.pairs for place in (pair.asked[0], pair.right[0])}
    assert all(pair.group == pair.asked[0] % len(PROBLEMS) for pair in found.pairs)


def test_other_fields_question_sets_are_read_by_their_own_protocols(tmp_path: Path) -> None:
    """Never the question itself; only the ten of the search engine; nothing relevant is no answer."""
    hadoop, semeval = tmp_path / "gitbugs_hadoop", tmp_path / "semeval2016_cqa" / "dev"
    hadoop.mkdir()
    semeval.mkdir(parents=True)
    report = {"text": "", "affects_versions": ["3.3.0"]}
    reports = [{"id": f"{n}", "title": f"{problem} again", **report} for n, problem in enumerate(PROBLEMS)]
    lines = "\n".join(json.dumps(one) for one in reports)
    with gzip.open(hadoop / "corpus.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(lines)
    (hadoop / "queries.jsonl").write_text(lines, encoding="utf-8")
    (hadoop / "qrels.tsv").write_text("query_id\tdoc_id\trelevance\n0\t1\t1\n", encoding="utf-8")
    with gzip.open(semeval / "corpus.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(lines)
    (semeval / "queries.jsonl").write_text(
        json.dumps({"id": "Q", "title": "login page", "text": None}), encoding="utf-8"
    )
    (semeval / "candidates.tsv").write_text("query_id\tdoc_id\trank\nQ\t3\t1\nQ\t4\t2\n", encoding="utf-8")
    (semeval / "qrels.tsv").write_text("query_id\tdoc_id\trelevance\tlabel\nQ\t3\t2\tx\nQ\t4\t0\tx\n", encoding="utf-8")
    vectors = VectorCache(WordVectors(), tmp_path)
    bugs, forum = found_sets(tmp_path)
    for question in bugs.questions(vectors, vectors):
        assert question.id not in {c.resolution.id for c in question.candidates}.union(*question.simple.values())
    (asked,) = forum.questions(vectors, vectors)
    assert {"3", "4"} == {c.resolution.id for c in asked.candidates} == set().union(*asked.simple.values())
    assert frozenset({"3"}) == asked.relevant


def test_ranking_below_a_simple_method_is_said(folder: Path, tmp_path: Path) -> None:
    """A data set on which ranking loses to plain words or plain meaning fails, by its name."""
    part = untrained(tmp_path)
    questions = Tickets(read_folder(folder), part.vectors, part.published).questions(["D-11", "D-12"])
    measured = methods(questions, part.ranking)
    assert [] == not_below("some set", measured, ["words alone (BM25)"])
    measured["gain over words alone (BM25)"]["MAP"] = interval([-0.1, -0.2])
    (said,) = not_below("some set", measured, ["words alone (BM25)"])
    assert said.startswith("some set: ranking changes MAP by -0.150")


def test_the_surest_answers_come_first_in_coverage(folder: Path, tmp_path: Path) -> None:
    """Answering everything is the last row, and the least probability falls from row to row."""
    part = untrained(tmp_path)
    questions = Tickets(read_folder(folder), part.vectors).questions([f"D-{n}" for n in range(5, 15)])
    rows = probabilities(questions, part.ranking)["coverage"]
    assert 1.0 == rows[-1]["coverage"]
    assert sorted((row["least"] for row in rows), reverse=True) == [row["least"] for row in rows]


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    """A second run reads its vectors from disk, and gets the same."""
    model = WordVectors()
    first = VectorCache(model, tmp_path).embed(["one text", "another", "one text"])
    again = VectorCache(model, tmp_path).embed(["one text", "another", "one text"])
    assert 2 == model.embedded
    assert np.array_equal(first, again)


def test_measures_of_one_ranking() -> None:
    """Two right ones at places 2 and 4, one never found."""
    found = ranking_measures(["a", "b", "c", "d"], {"b", "d", "z"})
    assert {"S@1": 0.0, "S@5": 1.0, "S@10": 1.0, "MRR": 0.5, "MAP": (1 / 2 + 2 / 4) / 3} == found


@given(st.lists(st.text(max_size=3), unique=True, max_size=20), st.sets(st.text(max_size=3), max_size=5))
def test_measures_lie_between_none_and_all(ranked: list[str], relevant: set[str]) -> None:
    """And success at more places is never less."""
    found = ranking_measures(ranked, relevant)
    assert all(0 <= value <= 1 for value in found.values())
    assert found["S@1"] <= found["S@5"] <= found["S@10"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_its_mean_and_repeats(values: list[float]) -> None:
    """The same values give the same interval, inside the range of the values."""
    found = interval(values, rounds=200)
    assert found == interval(values, rounds=200)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert math.isclose(sum(values) / len(values), found.mean, abs_tol=1e-9)


def test_calibration_error_is_the_distance_from_what_came() -> None:
    """Probabilities that hold have none; sure ones that are always wrong have all."""
    assert pytest.approx(0.0) == calibration_error([0.5] * 4, [1, 0, 1, 0])
    assert pytest.approx(1.0) == calibration_error([1.0] * 4, [0, 0, 0, 0])
    assert [4] == [row["count"] for row in reliability([0.5] * 4, [1, 0, 1, 0])]


def test_only_clearly_lower_figures_fail() -> None:
    """Within the tolerance is not below; a figure that was not measured is not compared."""
    assert [] == below({"S@1": 0.44}, {"S@1": 0.45, "S@5": 0.6}, 0.015)
    assert ["S@1 0.400 is below the baseline 0.450"] == below({"S@1": 0.4}, {"S@1": 0.45}, 0.015)


def test_plain_words_prefer_the_document_with_the_rare_word() -> None:
    """A word that all documents have decides nothing."""
    search = PlainWords([("login page", "broken"), ("login page", "SAML-0417 broken"), ("login page", "slow")])
    scores = search.scores("saml-0417 on the login page", "")
    assert 1 == int(scores.argmax())


def test_without_a_data_folder_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither an unset variable nor a folder that is gone counts."""
    monkeypatch.delenv("PRECEDENT_EVAL_DATA", raising=False)
    assert data_directory() is None
    monkeypatch.setenv("PRECEDENT_EVAL_DATA", str(tmp_path / "gone"))
    assert data_directory() is None
    monkeypatch.setenv("PRECEDENT_EVAL_DATA", str(tmp_path))
    assert tmp_path == data_directory()


def test_an_unknown_evaluation_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names those there are."""
    with pytest.raises(SystemExit) as stopped:
        main(["nothing"])
    assert 2 == stopped.value.code
    assert "retrieval" in capsys.readouterr().err


def test_a_run_needs_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """It is said before any model is loaded."""
    assert 2 == main(["retrieval", "--run", str(tmp_path / "run.tsv")])
    assert "--data" in capsys.readouterr().err
