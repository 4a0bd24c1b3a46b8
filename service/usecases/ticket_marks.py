"""What the redaction marks of a draft or a resolution mean, kept through edits and new versions of its tickets.

A ticket's values are numbered in the order of its thread. Once a record is made, its marks keep the meaning they had
then: their places name a message's revision, of which every one is kept, and a new value never takes their number.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipelines.capture.redact import Names, Redactor
from pipelines.capture.redaction_marks import MARK, Numbers, marks_in
from pipelines.capture.redaction_reveal import originals
from pipelines.capture.redaction_thread import Thread
from pipelines.domain.drafts import DraftContent, MarkPlace
from pipelines.domain.resolutions import ResolutionContent, TicketMark
from pipelines.domain.tickets import Ticket, TicketKey
from service.store.queries import tickets
from service.store.session import Session


def bodies(session: Session, number: int, ticket: Ticket, places: Iterable[MarkPlace]) -> Mapping[tuple[str, int], str]:
    """The texts that places lie in, by message and revision; those of another wording of the subject are gone."""
    wanted = {(place.message, place.revision) for place in places}
    found = {name: text for name, text in Thread.of(ticket).bodies.items() if name in wanted}
    older = tickets.revisions(session, number, wanted - found.keys())
    return found | {name: message.body for name, message in older.items()}


def draft_redactor(
    session: Session, number: int, ticket: Ticket, draft: DraftContent, texts: Iterable[str] = ()
) -> Redactor:
    """The ticket's redactor, to which the draft's marks mean what they did; `texts` are what the agent typed."""
    redactor = Redactor.for_ticket(ticket)
    redactor.keep(draft.marks, bodies(session, number, ticket, draft.marks), (*draft.texts, *texts))
    return redactor


def draft_originals(session: Session, number: int, ticket: Ticket, draft: DraftContent) -> dict[str, str]:
    return originals(draft.marks, bodies(session, number, ticket, draft.marks))


def record_redactor(session: Session, content: ResolutionContent) -> Redactor:
    """One that knows the people and accounts of the tickets that a record draws on, and its marks."""
    found = _sources(session, content)
    names = [Names.of(ticket) for _, ticket in found.values()]
    redactor = Redactor(
        [person for n in names for person in n.people],
        [account for n in names for account in n.account],
        frozenset(domain for n in names for domain in n.domains),
    )
    for key, (number, ticket) in found.items():
        places = _places(content, key)
        redactor.keep(places, bodies(session, number, ticket, places))
    redactor.keep((), {}, reserved(content))
    return redactor


def record_originals(session: Session, content: ResolutionContent) -> dict[str, str]:
    """What the marks of a record stand for; those of an erased ticket stand for nothing any more."""
    found: dict[str, str] = {}
    for key, (number, ticket) in _sources(session, content).items():
        places = _places(content, key)
        found |= originals(places, bodies(session, number, ticket, places))
    return found


def quoting_redactor(session: Session, number: int, ticket: Ticket, content: ResolutionContent) -> Redactor:
    """One for what a record quotes of a ticket: the record's marks as they stand there, the ticket's for the rest."""
    redactor = Redactor.for_ticket(ticket)
    places = _places(content, str(ticket.key))
    redactor.keep(places, bodies(session, number, ticket, places), reserved(content))
    return redactor


def of_ticket(ticket: str, places: Iterable[MarkPlace]) -> tuple[TicketMark, ...]:
    return tuple(TicketMark(ticket=ticket, place=place) for place in places)


def reserved(content: ResolutionContent) -> tuple[str, ...]:
    """The texts and marks of a record, whose numbers are given to nothing else."""
    return (*content.texts, *(mark.place.mark for mark in content.marks))


def moved_in(
    content: ResolutionContent, texts: Sequence[str], marks: Sequence[TicketMark], said: Iterable[str]
) -> tuple[list[str], tuple[TicketMark, ...]]:
    """Texts as they may stand in a record of other tickets, and the marks that come with them.

    Each ticket counts from one: a number that means something else in the record is exchanged for a free one. `marks`
    are those of what the texts come from, `said` is all that it says.
    """
    numbers, taken = Numbers(), set(marks_in(reserved(content)))
    for text in (*taken, *said):
        numbers.reserve(text)
    known = {(m.ticket, _where(m.place)): m.place.mark for m in content.marks}
    places = {one.place.mark: one for one in marks}
    renamed: dict[str, str] = {}
    added: list[TicketMark] = []
    for mark in marks_in(texts):
        one = places.get(mark)
        there = known.get((one.ticket, _where(one.place))) if one else None
        kind = mark[1:].rpartition("-")[0]
        renamed[mark] = there or (numbers.mark(kind, mark) if mark in taken else mark)
        if one and there is None:
            added += of_ticket(one.ticket, [one.place.model_copy(update={"mark": renamed[mark]})])
    moved = [MARK.sub(lambda match: renamed[match.group()], text) for text in texts]
    return moved, tuple(added)


def _where(place: MarkPlace) -> tuple[str, int, int, int]:
    return (place.message, place.revision, place.start, place.end)


def _places(content: ResolutionContent, ticket: str) -> list[MarkPlace]:
    return [mark.place for mark in content.marks if mark.ticket == ticket]


def _sources(session: Session, content: ResolutionContent) -> dict[str, tuple[int, Ticket]]:
    """The tickets that a record quotes or has marks of, as far as they are still there."""
    quotes = [quote.ticket for field in content.fields.values() for quote in field.evidence]
    keys = dict.fromkeys((*quotes, *(q.ticket for q in content.versions.evidence), *(m.ticket for m in content.marks)))
    found = ((key, tickets.find(session, TicketKey.parse(key))) for key in keys)
    return {key: (record.id, record.ticket) for key, record in found if record is not None}
