"""Takes tickets that are gone out of the gap reports and the ledger: their names, and every title made of their words.

Snapshots are not changed otherwise. What was taken out of one is recorded in it, under `erased`: how many tickets of
which gap. Counts stay as they were counted. Goes by what is there, so that it can be done again at any time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.capture.redact import Redactor
from pipelines.domain.tickets import Ticket, TicketKey
from pipelines.gaps.label import clean_subject
from service.store import jobs
from service.store.ids import gap_number
from service.store.queries import erasure, tickets
from service.store.queries.erasure import Snapshot
from service.store.session import Session
from service.usecases import clock
from service.usecases.erase_words import plain
from service.usecases.report_gaps import GAPS_JOB

NO_TITLE = "Questions of an erased ticket"
_A_MIDDLE = 2
"""The middle of fewer questions than this is one question's own vector."""


@dataclass(slots=True)
class _Touched:
    """What the newest look at a gap found: the titles it had, those that its members still vouch for, and how many."""

    titles: set[str] = field(default_factory=set)
    title: str = NO_TITLE
    remaining: Sequence[str] = ()
    members: int = 0


class _Members:
    """The tickets and searches that are still there, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tickets: dict[str, Ticket | None] = {}
        self.searches = {clean_subject(text.partition("\n")[0]) for text in erasure.unanswered_searches(session)}

    def ticket(self, key: str) -> Ticket | None:
        if key not in self._tickets:
            record = tickets.find(self._session, TicketKey.parse(key))
            self._tickets[key] = record.ticket if record else None
        return self._tickets[key]

    def titles(self, keys: Sequence[str]) -> list[str]:
        """The titles that these tickets' subjects make."""
        found = [ticket for key in keys if (ticket := self.ticket(key))]
        return [clean_subject(Redactor.for_ticket(t).redact_text(t.subject)) for t in found]

    def words(self, keys: Sequence[str]) -> str:
        """All that these tickets say."""
        found = [ticket for key in keys if (ticket := self.ticket(key))]
        return plain(" ".join(text for t in found for text in (t.subject, *(m.body for m in t.messages))))

    def hold(self, keys: Sequence[str], word: str) -> bool:
        texts = ([t.subject, *(m.body for m in t.messages)] for key in keys if (t := self.ticket(key)))
        return any(word in text.lower() for found in texts for text in found)


def forget_in_gaps(session: Session, masked: Callable[[str, str], str] = lambda text, _known: text) -> bool:
    """Rewrite reports and gaps that name a ticket that is not there; True where there was any.

    `masked` takes an erased ticket's words, but for those in its second argument, out of what managers wrote on gaps.
    """
    members = _Members(session)
    touched: dict[str, _Touched] = {}
    for snapshot in erasure.snapshots(session):
        if any(_gone(gap, members) for gap in snapshot.report["gaps"]):
            erasure.rewrite_snapshot(session, Snapshot(snapshot.id, _without(snapshot.report, members, touched)))
    now = clock.now()
    for number, title, note in erasure.gaps_with_text(session):
        seen = next((t for name, t in touched.items() if gap_number(name) == number), None)
        known = members.words(seen.remaining) if seen is not None else ""
        new_title = seen.title if seen is not None and title in seen.titles else masked(title, known)
        new_note = note and masked(note, known)
        values: dict[str, Any] = {"title": new_title} if new_title != title else {}
        if new_note != note:
            values["dismissed_reason"] = new_note
        if seen is not None and seen.members < _A_MIDDLE:
            values |= {"centroid": None, "model_id": None}
        if values:
            erasure.change_gap(session, number, values, now)
    if touched:
        jobs.enqueue(session, GAPS_JOB, "latest", dedupe_key=GAPS_JOB)
    return bool(touched)


def _gone(gap: Mapping[str, Any], members: _Members) -> list[str]:
    return [key for key in gap["tickets"] if members.ticket(key) is None]


def _without(report: Mapping[str, Any], members: _Members, touched: dict[str, _Touched]) -> dict[str, Any]:
    """A report without the tickets that are gone, with a record of how many were taken out of which gap."""
    erased = dict(report.get("erased", {}))
    left = []
    for gap in report["gaps"]:
        gone = _gone(gap, members)
        if gone:
            erased[gap["id"]] = erased.get(gap["id"], 0) + len(gone)
            left.append(_gap_without(gap, gone, members, touched.setdefault(gap["id"], _Touched())))
        else:
            left.append(gap)
    return {**report, "gaps": left, "erased": erased}


def _gap_without(gap: Mapping[str, Any], gone: Sequence[str], members: _Members, seen: _Touched) -> dict[str, Any]:
    remaining = [key for key in gap["tickets"] if key not in gone]
    vouched = members.titles(remaining)
    seen.titles.add(gap["title"])
    if gap["title"] in vouched or (gap["searches"] and gap["title"] in members.searches):
        title = gap["title"]
    else:
        title = vouched[0] if vouched else NO_TITLE
    seen.title, seen.remaining, seen.members = title, remaining, len(remaining) + gap["searches"]
    words = [word for word in gap["keywords"] if members.hold(remaining, word)]
    facts = [fact for fact in gap.get("facts", ()) if fact["ticket"] not in gone]
    return {**gap, "title": title, "tickets": remaining, "keywords": words, "facts": facts}
