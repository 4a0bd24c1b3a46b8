"""Lists the tickets and searches of the newest gap report that stand alone, a page at a time.

The report keeps their names alone: at a hundred thousand of them anything more would outweigh all it says of gaps. What
a page shows is read when it is asked for, and so is the nearest record, which may answer the question by now.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice

import structlog

from pipelines.domain.errors import InvalidInput, ModelMismatch, Unavailable
from pipelines.domain.gaps import Nearest
from pipelines.domain.suggestions import Query
from pipelines.domain.tickets import EscalationType, LifecycleStage, Ticket, TicketKey
from pipelines.gaps.demand import is_covered
from pipelines.gaps.select import Part
from service.store.ids import resolution_numbers
from service.store.queries import gaps, resolutions, single_demand, tickets
from service.store.queries.single_demand import After, Asked
from service.store.session import Session
from service.usecases.article_candidates import served_articles
from service.usecases.gap_coverage import nearest_now
from service.usecases.gap_part import Choices
from service.usecases.gap_questions import question_of, question_of_search
from service.usecases.queue import page_size
from service.usecases.read_gaps import LONGEST_QUOTE, quote
from service.usecases.services import Services
from service.usecases.suggest import opening
from service.usecases.tickets import line
from service.usecases.views import TicketLine, View

SHOWN = 25

_SEARCH = "search/"
_CURSOR = re.compile(r"(\d{1,18})([ts])(\d{1,10})")
_ALL = 2**31 - 1  # above every number: PostgreSQL compares no larger one with an integer column
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


def single_questions(
    services: Services, part: Part, cursor: str | None = None, limit: int = SHOWN
) -> SingleQuestions | None:
    """None before the first report. Raises InvalidInput for a cursor or a limit that no list gave."""
    size, after = page_size(limit), _after(cursor)
    with services.db.read() as session:
        latest = gaps.latest_report(session)
        if latest is None:
            return None
        names = frozenset(latest.report.get("singles", ()))
        found = list(islice(_walk(session, part, latest.built_at, names, after), size + 1))
        shown = _Shown(session, found[:size])
        whole = part == Part()
        matching = len(names) if whole else sum(1 for _ in _walk(session, part, latest.built_at, names))
        choices = _choices(session)
    nearest = _nearest(services, shown)
    return SingleQuestions(
        report=str(latest.id),
        built_at=latest.built_at,
        asked=latest.report["single"],
        matching=matching,
        items=tuple(shown.view(one, (nearest or {}).get(one.name)) for one in shown.asked),
        next_cursor=_cursor(found[size - 1]) if len(found) > size else None,
        choices=choices,
        kept="singles" in latest.report,
        compared=nearest is not None,
    )


def search_number(name: str) -> int | None:
    """The number of a search that is named among the questions; None for a ticket's name."""
    return int(name.removeprefix(_SEARCH)) if re.fullmatch(rf"{_SEARCH}\d{{1,18}}", name) else None


def _walk(
    session: Session, part: Part, now: datetime, names: frozenset[str], after: tuple[datetime, str, int] | None = None
) -> Iterator[Asked]:
    """Those of the names that belong to the part, newest first; at one moment tickets stand before searches."""
    at, kind, number = after or (None, "", 0)
    tickets_after = After(at, number if kind == "t" else None) if at else None
    searches_after = After(at, number if kind == "s" else _ALL) if at else None
    both = merge(
        single_demand.of_tickets(session, part, now, tickets_after),
        single_demand.of_searches(session, part, now, searches_after),
        key=lambda one: one.at,
        reverse=True,
    )
    return (one for one in both if one.name in names)


def _choices(session: Session) -> Choices:
    """What tickets are filtered by anywhere: those that stand alone are not looked through for it."""
    return Choices(
        areas=tuple(tickets.product_areas(session)),
        tiers=tuple(single_demand.tiers(session)),
        escalations=tuple(EscalationType),
        stages=tuple(LifecycleStage),
    )


class _Shown:
    """What is read of the questions of one page alone."""

    def __init__(self, session: Session, asked: Sequence[Asked]) -> None:
        self.asked = asked
        numbers = [one.number for one in asked if not one.search]
        self._tickets: dict[str, Ticket] = {str(r.ticket.key): r.ticket for r in tickets.load_many(session, numbers)}
        found = tickets.lines(session, [TicketKey.parse(key) for key in self._tickets])
        self._lines = {one.key: line(one) for one in found}
        searches = [one.number for one in asked if one.search]
        self._searches = single_demand.texts_of_searches(session, searches)

    def question(self, one: Asked) -> Query:
        ticket = None if one.search else self._tickets.get(one.name)
        return question_of(ticket) if ticket else question_of_search(self._searches.get(one.number, ""), one.area)

    def view(self, one: Asked, nearest: NearestRecord | None) -> SingleQuestion:
        ticket = None if one.search else self._tickets.get(one.name)
        asked = opening(ticket) if ticket else None
        if ticket is None:
            text = self._searches.get(one.number, "")[:LONGEST_QUOTE]
        else:
            text = quote("symptom", ticket, asked).text if asked else ""
        return SingleQuestion(
            id=one.name,
            at=one.at,
            product_area=one.area,
            ticket=None if one.search else self._lines.get(one.name),
            text=text,
            nearest=nearest,
        )


def _nearest(services: Services, shown: _Shown) -> dict[str, NearestRecord] | None:
    """The nearest record of each question by its name; None where nothing can be compared now."""
    try:
        found = nearest_now(services, [shown.question(one) for one in shown.asked])
    except (Unavailable, ModelMismatch) as error:
        log.warning("single_questions.degraded", error=error.code)
        return None
    titles = _titles(services, [one.resolution for one in found if one])
    return {
        asked.name: _record(one, titles[one.resolution])
        for asked, one in zip(shown.asked, found, strict=True)
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


def _cursor(one: Asked) -> str:
    return f"{(one.at - _START) // timedelta(microseconds=1)}{'s' if one.search else 't'}{one.number}"


def _after(cursor: str | None) -> tuple[datetime, str, int] | None:
    if not cursor:
        return None
    read = _CURSOR.fullmatch(cursor) if cursor.isascii() else None
    try:
        at = _START + timedelta(microseconds=int(read[1])) if read else None
    except OverflowError:
        at = None
    if read is None or at is None:
        raise InvalidInput("cursor is not one that this list gave; start without one.")
    return at, read[2], min(int(read[3]), _ALL)
