"""One symptom, several causes: the first answer after at most one question, against the plain ranking's first.

Who asks knows the symptom alone. What they know besides (environment, version, area, error code) is kept back and read
only to answer the one question, as a customer would who is asked; what it does not say is answered with unknown.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.datasets_found import DEMO_LABELS, VARIABLE, Opened, data_directory, read_folder
from evals.demo_confirmed import ConfirmedDesk
from evals.measures import below, interval
from evals.ticket_likeness import Tickets, split_by_time
from evals.vectors import DEFAULT_CACHE, EvalVectors, served_vectors
from pipelines.domain.suggestions import UNKNOWN, Answer, Answered, Query, Question, Ranked, SuggestionVerdict
from pipelines.retrieve.applicability import applicability
from pipelines.retrieve.conditions import ANOTHER, NO, NONE_OF_THESE, YES
from pipelines.retrieve.platforms import KINDS, platforms
from pipelines.retrieve.query import PreparedQuery, prepare
from pipelines.retrieve.question import LOOKED_AT, told_apart, with_answers
from pipelines.retrieve.rank import COMPANIONS, NEAR_MISSES, order
from pipelines.retrieve.ranking import Ranking, shipped_ranking
from pipelines.retrieve.versions import read_range, read_version

CASES = DEMO_LABELS.with_name("demo_questions.json")
BASELINE = Path(__file__).parent / "baselines" / "questions.json"
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Known:
    """What the customer could say if asked. `codes` is None where nobody knows whether there is one."""

    environment: str | None
    version: str | None
    area: str | None
    codes: tuple[str, ...] | None = None

    def answer(self, question: Question) -> str:
        """The option that is true, unknown where it is not known."""
        about, options = question.about, question.options
        if about == "version":
            return _version_option(self.version, options)
        if about == "area":
            return self.area if self.area in options else UNKNOWN
        if about == "code":
            return _code_option(self.codes, options)
        if about in KINDS:
            return _platform_option(about, self.environment, options)
        if not self.environment:
            return UNKNOWN
        return YES if about.removeprefix("name:").casefold() in self.environment.casefold() else NO

    def told(self, query: Query) -> Query:
        """The query with all of it said from the start."""
        body = "\n".join((query.body, *(self.codes or ()))).strip()
        return query.model_copy(
            update={"environment": self.environment, "version": self.version, "product_area": self.area, "body": body}
        )


def _version_option(version: str | None, options: Sequence[str]) -> str:
    read = read_version(version) if version else None
    if read is None:
        return UNKNOWN
    ranges = ((option, read_range(option)) for option in options)
    return next((option for option, r in ranges if r and r.position(read) == 0), UNKNOWN)


def _code_option(codes: tuple[str, ...] | None, options: Sequence[str]) -> str:
    if codes is None:
        return UNKNOWN
    return next((option for option in options if option in codes), NONE_OF_THESE)


def _platform_option(kind: str, environment: str | None, options: Sequence[str]) -> str:
    mine = platforms(environment or "").get(kind, ())
    if not mine:
        return UNKNOWN
    return next((option for option in options if option in mine), ANOTHER if ANOTHER in options else UNKNOWN)


@dataclass(frozen=True, slots=True)
class Case:
    """One customer: what they ask, what they know besides, which records answer, and how candidates are ranked."""

    query: Query
    known: Known
    right: frozenset[str]
    rank: Callable[[Query, PreparedQuery], Answer]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument("--part", choices=("later", "earlier"), default="later", help="which questions of titanium")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline."""
    vectors = served_vectors(arguments.vectors)
    ranking = shipped_ranking()
    report: dict[str, Any] = {"demo look-alikes": measure(demo_cases(vectors, ranking))}
    root = data_directory()
    if root is None or not (root / "titanium" / "tickets.jsonl.gz").exists():
        print(f"{VARIABLE} names no folder with titanium in it: skipped", file=sys.stderr)
    else:
        cases = ticket_cases(root / "titanium", vectors, ranking, arguments.part)
        report[f"titanium, {arguments.part} questions, without environment, version and area"] = measure(cases)
    baseline: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))
    report["failures"] = [] if arguments.part == "earlier" else below(_figures(report), baseline, TOLERANCE)
    print(json.dumps(report, default=asdict) if arguments.json else _table(report))
    return 1 if report["failures"] else 0


def demo_cases(vectors: EvalVectors, ranking: Ranking) -> Iterator[Case]:
    """The look-alikes of the demo, asked vaguely, over the records that its agents confirmed."""
    desk = ConfirmedDesk(vectors, ranking)
    for raw in json.loads(CASES.read_text(encoding="utf-8")):
        known = Known(raw["environment"], raw["version"], raw["area"], tuple(raw["codes"]))
        yield Case(Query(subject=raw["ask"], k=LOOKED_AT), known, frozenset(raw["right"]), desk.ask)


def ticket_cases(directory: Path, vectors: EvalVectors, ranking: Ranking, part: str) -> Iterator[Case]:
    """New tickets with a known earlier duplicate. Of tickets alike, those not marked as duplicates count as others."""
    folder = read_folder(directory)
    corpus, opened = Tickets(folder, vectors), {ticket.id: ticket for ticket in folder.tickets}
    split = split_by_time(folder)
    for question in corpus.questions(split.earlier if part == "earlier" else split.later):
        ticket: Opened = opened[question.id]
        known = Known(ticket.environment, ticket.versions[0] if ticket.versions else None, ticket.area)
        query = Query(subject=ticket.subject, body=ticket.body, k=LOOKED_AT)

        def rank(asked: Query, prepared: PreparedQuery, found: Any = question.candidates) -> Answer:
            judged = [(c, applicability(asked, c.resolution)) for c in found]
            return _cut(order(prepared, judged, ranking, ranking.full), ranking)

        yield Case(query, known, question.relevant, rank)


def _cut(ordered: Sequence[Ranked], ranking: Ranking) -> Answer:
    """What triage would show of it. Tickets hold no fix, which is why `pipelines.retrieve.rank` cannot be asked."""
    threshold = ranking.full.threshold
    if any(one.probability >= threshold for one in ordered):
        good = tuple(one for one in ordered if one.probability >= COMPANIONS * threshold)[:LOOKED_AT]
        return Answer(verdict=SuggestionVerdict.SUGGESTED, suggestions=good)
    return Answer(verdict=SuggestionVerdict.ABSTAINED, near_misses=tuple(ordered[:NEAR_MISSES]))


def measure(cases: Iterator[Case]) -> dict[str, Any]:
    """First answers right without a question, after one, and with everything said from the start."""
    rows = [_outcome(case) for case in cases]
    asked = [row for row in rows if row["asked"]]
    alike = [row for row in asked if row["right_in_question"]]
    return {
        "questions about": _tally(row["about"] for row in asked),
        "answered with unknown": sum(row["unknown"] for row in asked),
        "all": _compared(rows),
        "where a question is asked": _compared(asked),
        "where the right one is among the look-alikes": _compared(alike),
    }


def _tally(names: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        key = name.partition(":")[0]
        found[key] = found.get(key, 0) + 1
    return found


def _outcome(case: Case) -> dict[str, Any]:
    prepared = prepare(case.query)
    ranked = case.rank(case.query, prepared)
    plain = told_apart(case.query, prepared, ranked)
    row: dict[str, Any] = {"asked": False, "about": "", "unknown": False, "right_in_question": False}
    row["plain"] = row["after"] = _first_right(plain, case.right)
    told = case.known.told(case.query)
    row["told"] = _first_right(case.rank(told, prepare(told)), case.right)
    question = plain.question
    if question is not None:
        said = case.known.answer(question)
        answers = (Answered(about=question.about, answer=said),)
        asked = with_answers(case.query.model_copy(update={"answers": answers}))
        again = prepare(asked)
        after = told_apart(asked, again, case.rank(asked, again))
        row |= {"asked": True, "about": question.about, "unknown": said == UNKNOWN}
        row["right_in_question"] = bool(case.right & set(question.apart))
        row["after"] = _first_right(after, case.right)
    return row


def _first_right(given: Answer, right: frozenset[str]) -> float:
    shown = given.suggestions or given.near_misses
    return float(bool(shown) and shown[0].candidate.resolution.id in right)


def _compared(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "plain ranking": interval([row["plain"] for row in rows]),
        "after at most one question": interval([row["after"] for row in rows]),
        "gain": interval([row["after"] - row["plain"] for row in rows]),
        "everything said from the start, no question": interval([row["told"] for row in rows]),
    }


def _figures(report: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, part in report.items():
        for measure in ("after at most one question", "gain"):
            found[f"{name.split(',')[0]} {measure}"] = part["all"][measure].mean
    return found


def _table(report: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for name, part in report.items():
        if name == "failures":
            lines += [f"BELOW BASELINE: {failure}" for failure in part]
            continue
        lines.append(f"{name}: first answer right (mean, 95 % interval)")
        for key, value in part.items():
            if not isinstance(value, dict) or not value or isinstance(next(iter(value.values())), int):
                lines.append(f"  {key}: {value}")
                continue
            lines.append(f"  {key}, {value['gain'].count} cases")
            lines += [f"    {how:<46}{figure}" for how, figure in value.items()]
    return "\n".join(lines)
