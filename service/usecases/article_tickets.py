"""The tickets behind an article: those its records were made from, and those of the gap it was started for."""

from collections.abc import Iterable

from pipelines.capture.redact import Names, Redactor
from pipelines.domain.articles import ArticleContent
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.tickets import Ticket, TicketKey
from service.store.ids import gap_number, resolution_number
from service.store.queries import gaps, resolutions, tickets, uses
from service.store.session import Session
from service.store.tables import ReuseKind

_MADE_OF = frozenset({ReuseKind.SOURCE.value, ReuseKind.LINKED.value})


def tickets_behind(session: Session, content: ArticleContent, records: Iterable[str], gap: str | None) -> list[Ticket]:
    """As far as they are still there. `records`: the resolutions that it was drafted from."""
    resolved = {*records, *(record for record in content.records if "/" not in record)}
    keys = [record for record in content.records if "/" in record]
    for record in resolutions.load_many(session, [resolution_number(name) for name in sorted(resolved)]):
        keys += [*tickets_of_record(record.resolution.content), *tickets_used_by(session, record.number)]
    if gap is not None:
        keys += tickets_of_gap(session, gap)
    found = (tickets.find(session, TicketKey.parse(key)) for key in dict.fromkeys(keys))
    return [record.ticket for record in found if record is not None]


def tickets_of_record(content: ResolutionContent) -> list[str]:
    """The tickets that a resolution quotes, has marks of, or was added to from."""
    quotes = [quote.ticket for field in content.fields.values() for quote in field.evidence]
    quotes += [quote.ticket for quote in content.versions.evidence]
    return [*quotes, *(mark.ticket for mark in content.marks), *(added.ticket for added in content.additions)]


def tickets_used_by(session: Session, number: int) -> list[str]:
    """The tickets that became a resolution or were linked to it, quoted or not."""
    return [use.ticket for use in uses.of_resolution(session, number) if use.kind in _MADE_OF]


def tickets_of_gap(session: Session, gap: str) -> list[str]:
    """The tickets that the newest report to have a gap has in it."""
    record = gaps.load(session, gap_number(gap))
    last = gaps.report(session, record.last_report_id) if record and record.last_report_id is not None else None
    for snapshot in (gaps.latest_report(session), last):
        found = [one["tickets"] for one in snapshot.report["gaps"] if one["id"] == gap] if snapshot else []
        if found:
            return list(found[0])
    return []


def redactor_of(behind: Iterable[Ticket]) -> Redactor:
    """One that knows the people and accounts of all these tickets."""
    names = [Names.of(ticket) for ticket in behind]
    return Redactor(
        [person for n in names for person in n.people],
        [account for n in names for account in n.account],
        frozenset(domain for n in names for domain in n.domains),
    )
