"""Fine-tunes the embedding model on this installation's answers, and keeps it where it is better on later ones.

What it learns lies in the data directory as `learned-model` and is used from the next start; deleting the folder brings
back the model before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from pipelines.ports import Embedder, VectorIndex, VectorRecord
from pipelines.retrieve.documents import PROBLEM_VIEW, TITLE_VIEW, views
from pipelines.retrieve.query import prepare
from pipelines.retrieve.tune import HELD_BACK, LEAST_PAIRS, Compared, compare
from service.store.ids import resolution_name
from service.store.queries import answered, resolutions, vectors
from service.store.session import Session
from service.usecases.index import AT_ONCE
from service.usecases.services import Services
from service.usecases.tune import examples_of
from service.usecases.tune_questions import Question, answered_questions

_LEAST_BODY = 40
"""Characters of a problem that says more than its title."""

log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]


class Taught(NamedTuple):
    """Texts that belong together: title and whole of a question or record, or twice the one there is."""

    asked: tuple[str, str]
    right: tuple[str, str]
    about: str
    """Of two pairs about the same, neither is the other's wrong answer."""
    answered: bool
    """Whether somebody said that they belong together; otherwise they are a record's own title and problem."""


class Workshop(Protocol):
    """What makes a candidate beside the model in use; service.container has it."""

    def learn(self, taught: Sequence[Taught], progress: Progress) -> Embedder: ...

    def index(self, dimension: int) -> VectorIndex: ...

    def keep(self, found: Compared) -> Path: ...


@dataclass(frozen=True, slots=True)
class ModelResult:
    """`questions`: answered ones; `pairs`: what was learned from. `kept` is None where nothing was changed."""

    questions: int
    least: int
    pairs: int = 0
    compared: Compared | None = None
    kept: Path | None = None


def tune_model(services: Services, workshop: Workshop, progress: Progress, *, least: int = LEAST_PAIRS) -> ModelResult:
    """Learn from earlier answers and records' own words; keep the model only where later answers are surely found."""
    with services.db.read() as session:
        asked = [question for _, question in answered_questions(session)]
    if len(asked) < least:
        return ModelResult(len(asked), least)
    cut = len(asked) - round(HELD_BACK * len(asked))
    with services.db.read() as session:
        taught = list(_taught(session, asked[:cut], asked[cut].at))
    candidate = workshop.learn(taught, progress)
    seen = replace(services, embedder=candidate, vectors=_indexed(services, workshop, candidate))
    later = asked[cut:]
    found = compare(list(examples_of(services, later)), list(examples_of(seen, later)), services.ranking.full)
    kept = workshop.keep(found) if found.better else None
    if kept is None:
        with services.db.write() as session:
            vectors.forget(session, candidate.model_id)
    log.info("model.tuned", questions=len(asked), pairs=len(taught), kept=kept is not None)
    return ModelResult(len(asked), least, len(taught), found, kept)


def _taught(session: Session, asked: Sequence[Question], until: datetime) -> Iterator[Taught]:
    """Questions with their answers as these were at the time, and records as they were before the first judging one."""
    for question in asked:
        wanted = _both(prepare(question.query).texts)
        for number in sorted(question.right):
            content = answered.content_before(session, number, question.at)
            if content is not None and wanted is not None:
                found = views(content)
                told = _both(tuple(found[view] for view in (TITLE_VIEW, PROBLEM_VIEW) if view in found))
                if told is not None:
                    yield Taught(wanted, told, str(number), answered=True)
    for number in sorted(resolutions.served_versions(session)):
        content = answered.content_before(session, number, until)
        if content is not None:
            found = views(content)
            title = found.get(TITLE_VIEW, "")
            body = found.get(PROBLEM_VIEW, "").removeprefix(title).strip()
            if title and len(body) >= _LEAST_BODY:
                yield Taught((title, title), (body, body), str(number), answered=False)


def _both(texts: Sequence[str]) -> tuple[str, str] | None:
    return (texts[0], texts[-1]) if texts else None


def _indexed(services: Services, workshop: Workshop, candidate: Embedder) -> VectorIndex:
    """Every served record as the index in use has it, but embedded by the candidate."""
    index = workshop.index(candidate.dimension)
    texts: dict[str, str] = {}
    with services.db.read() as session:
        numbers = sorted(resolutions.served_versions(session))
        for start in range(0, len(numbers), AT_ONCE):
            for one in resolutions.load_many(session, numbers[start : start + AT_ONCE]):
                if one.resolution.served:
                    name = resolution_name(one.number)
                    texts |= {f"{name}:{view}": text for view, text in views(one.resolution.content).items()}
    rows = candidate.embed_documents(list(texts.values()))
    index.upsert([VectorRecord(id=name, vector=row, facts={}) for name, row in zip(texts, rows, strict=True)])
    return index
