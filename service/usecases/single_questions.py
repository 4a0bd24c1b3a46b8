"""Lists the tickets and searches of the newest gap report that stand alone, a page at a time.

The report keeps their names alone: at a hundred thousand of them anything more would outweigh all it says of gaps. What
a page shows is read when it is asked for, and so is the nearest record, which may answer the question by now.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog

from pipelines.domain.errors import InvalidInput, ModelMismatch, Unavailable
from pipelines.domain.gaps import Nearest
from pipelines.domain.tickets import Ticket, TicketKey
from pipelines.gaps.demand import is_covered
from pipelines.gaps.report import Fact
from pipelines.gaps.select import Part
from service.store.ids import resolution_numbers
from service.store.queries import gaps, resolutions, single_demand, tickets
from service.store.session import Session
from service.usecases.article_candidates import served_articles
from service.usecases.gap_demand import nearest_now, question_of, question_of_search
from service.usecases.gap_part import Choices, choices_among
from service.usecases.queue import page_size
from service.usecases.read_gaps import LONGEST_QUOTE, quote
from service.usecases.services import Services
from service.usecases.suggest import opening
from service.usecases.tickets import line
from service.usecases.views import TicketLine, View

SHOWN = 25

_SEARCH = "search/"
_CURSOR = re.compile(r"(\d{1,18})([ts])(\d{1,18})")
_START = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


class NearestRecord(View):
    """The likeliest record for a question and how likely it answers it. `answers`: more likely than not, by now."""

    id: str
    title: str
    probability: float
    answers: bool
    applies: bool = True
    why: str = ""


class SingleQuestion(View):
    """A ticket or a search that stands alone. `text`: the customer's words, redacted; `ticket` is None for a search."""

    id: str  # SOURCE/ID, search/12
    at: datetime
    product_area: str | None
    ticket: TicketLine | None
    text: str
    nearest: NearestRecord | None


class SingleQuestions(View):
    """A page of them, newest first. `asked`: all of the report's, `matching` those of the part that was asked for.

    `kept` is False where the report was built before their names were kept, `compared` where the index did not answer.
    """

    report: str
    built_at: datetime
    asked: int
    matching: int
    items: tuple[SingleQuestion, ...]
    next_cursor: str | None
    choices: Choices
    kept: bool
    compared: bool


class _Place(NamedTuple):
    """Where a question stands in the list: newest first, then by kind and number."""

    age: int  # microseconds, negative
    kind: str
    number: int
    name: str
    fact: Fact


def single_questions(
    services: Services, part: Part, cursor: str | None = None, limit: int = SHOWN
) -> SingleQuestions | None:
    """None before the first report. Raises InvalidInput for a cursor or a limit that no list gave."""
    size, after = page_size(limit), _after(cursor)
    with services.db.read() as session:
        latest = gaps.latest_report(session)
        if latest is None:
            return None
        names = latest.report.get("singles")
        places = sorted(_places(session, names or ()), key=lambda place: place[:3])
        matching = [place for place in places if part.holds(place.fact, latest.built_at)]
        left = [place for place in matching if after is None or place[:3] > after]
        shown = left[:size]
        found = _Shown(session, shown)
    nearest = _nearest(services, shown, found)
    return SingleQuestions(
        report=str(latest.id),
        built_at=latest.built_at,
        asked=latest.report["single"],
        matching=len(matching),
        items=tuple(found.view(place, (nearest or {}).get(place.name)) for place in shown),
        next_cursor=_cursor(shown[-1]) if len(left) > size else None,
        choices=choices_among(place.fact for place in places),
        kept=names is not None,
        compared=nearest is not None,
    )


def search_number(name: str) -> int | None:
    """The number of a search that is named among the questions; None for a ticket's name."""
    return int(name.removeprefix(_SEARCH)) if re.fullmatch(rf"{_SEARCH}\d{{1,18}}", name) else None


def _places(session: Session, names: Sequence[str]) -> Iterable[_Place]:
    searches = {number: name for name in names if (number := search_number(name)) is not None}
    keys = [name for name in names if search_number(name) is None]
    for one in single_demand.of_tickets(session, keys):
        fact = Fact.model_construct(
            ticket=one.key,
            at=one.at,
            kinds=(),
            area=one.area,
            tier=one.tier,
            types=tuple(sorted({each["type"] for each in one.escalations})),
            stages=tuple(sorted({each["stage"] for each in one.escalations if each["stage"]})),
        )
        yield _Place(-_micros(one.at), "t", one.number, one.key, fact)
    for search in single_demand.of_searches(session, list(searches)):
        fact = Fact.model_construct(ticket=None, at=search.at, kinds=(), area=search.area)
        yield _Place(-_micros(search.at), "s", search.number, searches[search.number], fact)


class _Shown:
    """What is read of the questions of one page alone."""

    def __init__(self, session: Session, places: Sequence[_Place]) -> None:
        numbers = [place.number for place in places if place.kind == "t"]
        self.tickets: dict[str, Ticket] = {str(r.ticket.key): r.ticket for r in tickets.load_many(session, numbers)}
        found = tickets.lines(session, [TicketKey.parse(key) for key in self.tickets])
        self._lines = {one.key: line(one) for one in found}
        self.searches = single_demand.texts_of_searches(session, [p.number for p in places if p.kind == "s"])

    def view(self, place: _Place, nearest: NearestRecord | None) -> SingleQuestion:
        ticket = self.tickets.get(place.name)
        asked = opening(ticket) if ticket else None
        if ticket is None:
            text = self.searches.get(place.number, "")[:LONGEST_QUOTE]
        else:
            text = quote("symptom", ticket, asked).text if asked else ""
        return SingleQuestion(
            id=place.name,
            at=place.fact.at,
            product_area=place.fact.area,
            ticket=self._lines.get(place.name),
            text=text,
            nearest=nearest,
        )


def _nearest(services: Services, places: Sequence[_Place], shown: _Shown) -> dict[str, NearestRecord] | None:
    """The nearest record of each question by its name; None where nothing can be compared now."""
    questions = [
        question_of(shown.tickets[place.name])
        if place.name in shown.tickets
        else question_of_search(shown.searches.get(place.number, ""), place.fact.area)
        for place in places
    ]
    try:
        found = nearest_now(services, questions)
    except (Unavailable, ModelMismatch) as error:
        log.warning("single_questions.degraded", error=error.code)
        return None
    titles = _titles(services, [one.resolution for one in found if one])
    return {
        place.name: _record(one, titles[one.resolution])
        for place, one in zip(places, found, strict=True)
        if one is not None and one.resolution in titles
    }


def _record(nearest: Nearest, title: str) -> NearestRecord:
    return NearestRecord(
        id=nearest.resolution,
        title=title,
        probability=nearest.probability,
        answers=is_covered(nearest.probability),
        applies=nearest.applies,
        why=nearest.why,
    )


def _titles(services: Services, names: Sequence[str]) -> dict[str, str]:
    with services.db.read() as session:
        records = resolutions.load_many(session, resolution_numbers(names))
        articles = served_articles(session, names).records
    return {
        **{record.resolution.id: record.resolution.content.title for record in records},
        **{name: article.content.title for name, article in articles.items()},
    }


def _micros(at: datetime) -> int:
    return (at - _START) // timedelta(microseconds=1)


def _cursor(place: _Place) -> str:
    return f"{-place.age}{place.kind}{place.number}"


def _after(cursor: str | None) -> tuple[int, str, int] | None:
    if not cursor:
        return None
    read = _CURSOR.fullmatch(cursor) if cursor.isascii() else None
    if read is None:
        raise InvalidInput("cursor is not one that this list gave; start without one.")
    return -int(read[1]), read[2], int(read[3])
