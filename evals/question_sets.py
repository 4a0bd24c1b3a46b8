"""Public question sets of other fields: the ranking was fitted on none of them, and has to hold on each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.corpus import Asked, Corpus, Question
from evals.datasets_found import read_lines, relevant_pairs
from evals.vectors import EvalVectors
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Query


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`among`: where a search engine chose the documents of each question, which they are."""

    name: str
    documents: tuple[Resolution, ...]
    queries: Mapping[str, Query]
    relevant: Mapping[str, frozenset[str]]
    among: Mapping[str, frozenset[str]]

    def questions(self, vectors: EvalVectors, plain: EvalVectors | None) -> list[Question]:
        corpus = Corpus(self.documents, vectors, plain)
        return corpus.questions(
            [
                Asked(name, query, self.relevant.get(name, frozenset()), len(self.documents), self.among.get(name))
                for name, query in self.queries.items()
            ]
        )


def found_sets(root: Path) -> list[QuestionSet]:
    """Those that lie under the directory."""
    return [read(root / name) for name, read in _READERS.items() if (root / name).is_dir()]


def _hadoop(folder: Path) -> QuestionSet:
    """Reports of one project; either of a duplicate pair asks for the other."""
    reports = list(read_lines(folder / "corpus.jsonl.gz"))
    queries = {
        raw["id"]: Query(subject=raw["title"] or "", body=raw["text"] or "", version=_first(raw["affects_versions"]))
        for raw in read_lines(folder / "queries.jsonl")
    }
    documents = [_document(raw["id"], raw["title"], raw["text"], versions=raw["affects_versions"]) for raw in reports]
    return QuestionSet("gitbugs_hadoop", tuple(documents), queries, relevant_pairs(folder / "qrels.tsv"), {})


def _stackfaq(folder: Path) -> QuestionSet:
    """Paraphrased questions; every answer of the same thread is right."""
    documents = [
        _document(raw["id"], raw["question"], "", answer=raw["answer"]) for raw in read_lines(folder / "corpus.jsonl")
    ]
    queries = {raw["id"]: Query(subject=raw["text"]) for raw in read_lines(folder / "queries.jsonl")}
    return QuestionSet("stackfaq", tuple(documents), queries, relevant_pairs(folder / "qrels.tsv"), {})


def _semeval(part: Path) -> QuestionSet:
    """Consumers' questions, ten candidates each. For the part `dev` reference figures are published."""
    documents = [_document(raw["id"], raw["title"], raw["text"]) for raw in read_lines(part / "corpus.jsonl.gz")]
    queries = {
        raw["id"]: Query(subject=raw["title"] or "", body=raw["text"] or "")
        for raw in read_lines(part / "queries.jsonl")
    }
    among: dict[str, set[str]] = {}
    for row in (part / "candidates.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document = row.split("\t")[:2]
        among.setdefault(query, set()).add(document)
    frozen = {query: frozenset(names) for query, names in among.items()}
    name = "semeval2016_cqa" if part.name == "dev" else f"semeval2016_cqa {part.name}"
    return QuestionSet(name, tuple(documents), queries, relevant_pairs(part / "qrels.tsv"), frozen)


_READERS: Mapping[str, Callable[[Path], QuestionSet]] = {
    "gitbugs_hadoop": _hadoop,
    "stackfaq": _stackfaq,
    "semeval2016_cqa/dev": _semeval,
    "semeval2016_cqa/train_part2": _semeval,
}


def _first(versions: Sequence[Any] | None) -> str | None:
    return str(versions[0]) if versions else None


def _document(
    identifier: str, title: str | None, text: str | None, *, answer: str = "", versions: Sequence[str] | None = None
) -> Resolution:
    told = {FieldName.SYMPTOM: text, FieldName.FIX: answer}
    fields = {n: ResolutionField(state=SettledState.STATED, text=t) for n, t in told.items() if t}
    state = SettledState.STATED if versions else SettledState.NOT_KNOWN
    stated = ResolutionVersions(state=state, affected=tuple(versions or ()))
    content = ResolutionContent(title=(title or "").strip() or "(no title)", fields=fields, versions=stated)
    return Resolution(id=identifier, version=1, content=content)
