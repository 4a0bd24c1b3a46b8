"""Takes tickets that are gone out of the gap reports and the ledger: their names, and every title made of their words.

Snapshots are not changed otherwise. What was taken out of one is recorded in it, under `erased`: how many tickets of
which gap, and under `single` how many questions that stood alone. Counts stay as they were counted. Goes by what is
there, so that it can be done again at any time.
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
from service.usecases.actors import SYSTEM
from service.usecases.erase_words import plain
from service.usecases.name_gaps import LLM, OFFLINE
from service.usecases.nightly import GAPS_JOB

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
        self._names = erasure.ticket_names(session)
        self._alone = self._names | erasure.search_names(session)
        self.searches = {clean_subject(text.partition("\n")[0]) for text in erasure.unanswered_searches(session)}

    def ticket(self, key: str) -> Ticket | None:
        if key not in self._tickets:
            record = tickets.find(self._session, TicketKey.parse(key))
            self._tickets[key] = record.ticket if record else None
        return self._tickets[key]

    def gone(self, keys: Sequence[str]) -> list[str]:
        """Those of the tickets that are not there any more."""
        return [key for key in keys if key not in self._names]

    def gone_alone(self, report: Mapping[str, Any]) -> frozenset[str]:
        """Those of a report's single questions, tickets and searches, that are not there any more."""
        return frozenset(report.get("singles", ())) - self._alone

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
    rewritten = False
    for snapshot in erasure.snapshots(session):
        if _names_any_gone(snapshot.report, members):
            rewritten = True
            erasure.rewrite_snapshot(session, Snapshot(snapshot.id, _without(snapshot.report, members, touched)))
    by_number = {gap_number(name): seen for name, seen in touched.items()}
    _forget_words(session, members, by_number, masked)
    if rewritten:
        jobs.enqueue(session, GAPS_JOB, "latest", dedupe_key=GAPS_JOB)
    return rewritten


def _forget_words(
    session: Session, members: _Members, touched: Mapping[int, _Touched], masked: Callable[[str, str], str]
) -> None:
    """Take the words that are gone out of the ledger's titles and notes, and out of the history of moves."""
    known = {number: members.words(seen.remaining) for number, seen in touched.items()}
    now = clock.now()
    for gap in erasure.gaps_with_text(session):
        seen = touched.get(gap.number)
        values: dict[str, Any] = {}
        # A model made its title of what the tickets said, in words that nobody can hold against them.
        if seen is not None and (gap.title in seen.titles or gap.named_by == LLM):
            title = seen.title
            values |= {"named_by": OFFLINE}
        else:
            title = masked(gap.title, known.get(gap.number, ""))
        note = gap.note and masked(gap.note, known.get(gap.number, ""))
        if title == gap.title and note == gap.note:
            values = {}
        else:
            values |= {"title": title, "dismissed_reason": note}
        if seen is not None and seen.members < _A_MIDDLE:
            values |= {"centroid": None, "model_id": None}
        if values:
            erasure.change_gap(session, gap.number, values, now)
    for move in erasure.moves_with_text(session):
        seen, words = touched.get(move.gap), known.get(move.gap, "")
        # What the program called it was made of what the tickets said, by a model in words of its own.
        by_program = seen is not None and move.actor == SYSTEM.name and move.title not in members.titles(seen.remaining)
        made_of_theirs = seen is not None and move.title is not None and (by_program or move.title in seen.titles)
        title_then = seen.title if seen is not None and made_of_theirs else move.title and masked(move.title, words)
        changed = move._replace(title=title_then, why=move.why and masked(move.why, words))
        if changed != move:
            erasure.rewrite_move(session, changed)


def _names_any_gone(report: Mapping[str, Any], members: _Members) -> bool:
    return bool(members.gone_alone(report)) or any(members.gone(gap["tickets"]) for gap in report["gaps"])


def _without(report: Mapping[str, Any], members: _Members, touched: dict[str, _Touched]) -> dict[str, Any]:
    """A report without the tickets that are gone, with a record of how many were taken out of which gap."""
    erased = dict(report.get("erased", {}))
    left = []
    for gap in report["gaps"]:
        gone = members.gone(gap["tickets"])
        if gone:
            erased[gap["id"]] = erased.get(gap["id"], 0) + len(gone)
            left.append(_gap_without(gap, gone, members, touched.setdefault(gap["id"], _Touched())))
        else:
            left.append(gap)
    alone = members.gone_alone(report)
    if alone:
        erased["single"] = erased.get("single", 0) + len(alone)
        report = {**report, "singles": [name for name in report["singles"] if name not in alone]}
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
