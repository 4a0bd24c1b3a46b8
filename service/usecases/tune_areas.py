"""Learns thresholds by product area from the questions of this installation, the unanswered ones among them."""

from collections.abc import Collection, Iterator, Sequence

from pipelines.domain.suggestions import Query
from pipelines.retrieve.area_thresholds import AreaThresholds, Judged, learn
from pipelines.retrieve.fit import SHOWN, Example
from pipelines.retrieve.ranking import Coefficients
from service.store.queries import answered
from service.store.session import Session
from service.usecases.accept import ACCEPTED_BY
from service.usecases.tune_questions import Question, Source, query_of_ticket_number

MOST_UNANSWERED = 2_000
"""The newest; each is searched for anew."""


def unanswered_questions(session: Session, had_answer: Collection[Source]) -> Iterator[Question]:
    """Questions that nothing answered when they were asked, oldest first: all that was suggested was called wrong or
    not relevant, or an agent closed the ticket with knowledge that was new.
    """
    made = answered.made_from(session)
    found: dict[Source, Question] = {}
    for one in answered.judged(session):
        key: Source = ("ticket", one.ticket) if one.ticket is not None else ("search", one.suggestion)
        own = frozenset(made.get(one.ticket, ())) if one.ticket is not None else frozenset()
        found[key] = Question(Query.model_validate(one.query), one.at, frozenset(), own)
    for link in answered.closed_with_new(session, but=ACCEPTED_BY):
        own = frozenset(made.get(link.ticket, ()))
        found[("ticket", link.ticket)] = Question(
            query_of_ticket_number(session, link.ticket), link.at, frozenset(), own
        )
    none = [question for key, question in found.items() if key not in had_answer]
    yield from sorted(none, key=lambda one: one.at)[-MOST_UNANSWERED:]


def learn_areas(
    coefficients: Coefficients, asked: Sequence[Question], examples: Sequence[Example]
) -> AreaThresholds | None:
    """Thresholds for a ranking from what it says of these questions; None where no area has enough of them."""
    known = [(q, e) for q, e in zip(asked, examples, strict=True) if e.features]
    known.sort(key=lambda pair: pair[0].at)
    return learn([_judged(coefficients, question, example) for question, example in known], coefficients.threshold)


def _judged(coefficients: Coefficients, question: Question, example: Example) -> Judged:
    scores = [coefficients.score(row) for row in example.features]
    best = sorted(range(len(scores)), key=lambda place: -scores[place])[:SHOWN]
    return Judged(
        area=question.query.product_area,
        probability=max(coefficients.probabilities(scores)),
        answered=any(example.right[place] for place in best),
    )
