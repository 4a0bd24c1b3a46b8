"""Learns the ranking from this installation's confirmed links and outcomes, and keeps it where it is better.

What it learns lies in the data directory as `ranking.json` and is used from the next start; deleting the file brings
back the ranking that comes with the program.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from pydantic import ValidationError

from pipelines.domain.errors import ConfigurationError
from pipelines.domain.resolutions import Resolution
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.area_thresholds import AreaThresholds
from pipelines.retrieve.documents import matchable, stems, views
from pipelines.retrieve.features import Pool, features
from pipelines.retrieve.fit import Example
from pipelines.retrieve.fuse import combined, fuse, shortlist
from pipelines.retrieve.query import PreparedQuery, prepare
from pipelines.retrieve.ranking import Ranking, shipped_ranking
from pipelines.retrieve.tune import LEAST_PAIRS, Tuned, tune
from service.store.ids import resolution_number, resolution_numbers
from service.store.queries import answered, resolutions
from service.usecases import clock
from service.usecases.embedding import embed_cached
from service.usecases.services import Services
from service.usecases.suggest import LEXICAL_HITS, READ, VECTOR_HITS
from service.usecases.tune_areas import learn_areas, unanswered_questions
from service.usecases.tune_questions import Question, answered_questions

FILE = "ranking.json"
FORMAT = 1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RankingInUse:
    """`learned_at` and `questions` are None for the ranking that comes with the program."""

    ranking: Ranking
    learned_at: str | None = None
    questions: int | None = None


def ranking_in_use(data_dir: Path, model_id: str | None = None) -> RankingInUse:
    """The ranking this installation learned, or the shipped one.

    One learned with another embedding model is set aside: its weights mean other cosines. Raises ConfigurationError
    for a file that cannot be read.
    """
    path = data_dir / FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["format"] != FORMAT or (model_id is not None and kept["model_id"] != model_id):
            log.warning("ranking.set_aside", reason="learned with another embedding model or program")
            return RankingInUse(shipped_ranking())
        return RankingInUse(Ranking.model_validate(kept["ranking"]), str(kept["learned_at"]), int(kept["questions"]))
    except FileNotFoundError:
        return RankingInUse(shipped_ranking())
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise ConfigurationError(
            f"{path} cannot be read as a learned ranking. Delete it to go back to the one that comes with the program."
        ) from error


@dataclass(frozen=True, slots=True)
class TuneResult:
    """`questions`: answered ones; `usable`: those whose right answer the searches still find beside others.

    `kept`: where the ranking lies, None where nothing new is better.
    """

    questions: int
    usable: int
    least: int
    tuned: Tuned | None
    kept: Path | None
    unanswered: int = 0
    areas: AreaThresholds | None = None


def tune_ranking(services: Services, *, least: int = LEAST_PAIRS) -> TuneResult:
    """Learn from what was answered so far; write the new ranking only where it is surely better on later questions."""
    with services.db.read() as session:
        known = dict(answered_questions(session))
        asked, unanswered = list(known.values()), list(unanswered_questions(session, known))
    examples = list(examples_of(services, asked))
    usable = sum(any(e.right) and not all(e.right) for e in examples)
    current = services.ranking
    found = tune(examples, current.full, least=least)
    chosen = found.coefficients if found is not None and found.better else current.full
    areas = learn_areas(chosen, [*asked, *unanswered], [*examples, *examples_of(services, unanswered)])
    by_area = dict(areas.thresholds) if areas is not None and areas.better else {}
    kept = None
    if by_area or (found is not None and found.better):
        full = chosen.model_copy(update={"area_thresholds": by_area})
        kept = _keep(services, current.model_copy(update={"full": full}), found, areas)
    log.info("ranking.tuned", questions=len(asked), usable=usable, areas=len(by_area), kept=kept is not None)
    return TuneResult(len(asked), usable, least, found, kept, len(unanswered), areas)


def examples_of(services: Services, asked: Sequence[Question]) -> Iterator[Example]:
    """Each question with the candidates that triage would have had, each as it was before the answer."""
    for question in asked:
        prepared = prepare(question.query)
        texts = prepared.texts or (prepared.lexical or "-",)
        vector = combined(np.stack([services.embedder.embed_query(text) for text in texts]))
        near = services.vectors.query(vector, VECTOR_HITS)
        words = services.lexical.search(prepared.sought, LEXICAL_HITS)
        found = _as_they_were(services, question, shortlist(near, words, READ))
        changed = [one for one in found if one.now != one.then]
        near = [*(hit for hit in near if hit.id.partition(":")[0] not in {c.then.id for c in changed})]
        near += _near_then(services, changed, vector)
        shares = {one.then.id: _words_then(prepared, one) for one in changed}
        words = [LexicalHit(hit.id, hit.score * shares.get(hit.id, 1.0)) for hit in words]
        candidates = fuse(near, words, {one.then.id: one.then for one in found})
        pool = Pool.of(candidates)
        yield Example(
            features=[features(prepared, candidate, pool) for candidate in candidates],
            right=[resolution_number(c.resolution.id) in question.right for c in candidates],
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """A resolution as the index has it and as it was before a question was answered."""

    now: Resolution
    then: Resolution


def _as_they_were(services: Services, question: Question, names: Sequence[str]) -> list[_Known]:
    """Linking a ticket puts its words on the record, where its own question would find them: they are taken off."""
    numbers = resolution_numbers(names)
    found: list[_Known] = []
    with services.db.read() as session:
        for record in resolutions.load_many(session, [n for n in numbers if n not in question.not_these]):
            content = answered.content_before(session, record.number, question.at)
            if content is not None and record.resolution.served:
                then = record.resolution.model_copy(update={"content": content})
                found.append(_Known(record.resolution, then))
    return found


def _near_then(services: Services, changed: Sequence[_Known], vector: Vectors) -> list[VectorHit]:
    texts = {f"{one.then.id}:{view}": text for one in changed for view, text in views(one.then.content).items()}
    rows = embed_cached(services.db, services.embedder, list(texts.values()))
    cosines = np.clip(rows @ vector, -1.0, 1.0)
    return [VectorHit(name, float(cosine)) for name, cosine in zip(texts, cosines, strict=True)]


def _words_then(prepared: PreparedQuery, one: _Known) -> float:
    """What of the word score the record's earlier text explains, by the share of the question's words it had."""
    asked = stems(prepared.words)
    now, then = matchable(one.now.content), matchable(one.then.content)
    whole = len(asked & (now.words | now.answer))
    return min(1.0, len(asked & (then.words | then.answer)) / whole) if whole else 1.0


def _keep(services: Services, ranking: Ranking, found: Tuned | None, areas: AreaThresholds | None = None) -> Path:
    """Write the ranking into the data directory, all or nothing, with what its parts brought."""
    judged = {name: one for name, one in (("order", found), ("areas", areas)) if one is not None}
    kept: dict[str, Any] = {
        "format": FORMAT,
        "learned_at": clock.now().isoformat(timespec="seconds"),
        "questions": max(one.learned_from + one.held_back for one in judged.values()),
        "model_id": services.embedder.model_id,
        **{
            name: {"before": round(one.before, 4), "after": round(one.after, 4), "sure": round(one.sure, 4)}
            for name, one in judged.items()
        },
        "ranking": ranking.model_dump(),
    }
    path = services.settings.data_dir / FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{FILE}.{os.getpid()}")
    fresh.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path
