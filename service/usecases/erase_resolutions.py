"""Leaves of a resolution what is not the customer's, in its current version and in every former one."""

from collections.abc import Sequence

from pipelines.domain.confirmations import LinkAddition, SettledState
from pipelines.domain.drafts import DraftContent, FieldName
from pipelines.domain.resolutions import (
    Origin,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    TicketEvidence,
)
from pipelines.domain.tickets import Message, TicketKey
from service.store.engine import Database
from service.store.ids import resolution_name
from service.store.queries import contradictions, erasure, resolutions
from service.store.queries.erasure import VersionText
from service.store.session import Session
from service.usecases import clock
from service.usecases.erase_words import ERASED, STAFF, CustomersWords, plain
from service.usecases.index import queue_index

WHY = "a ticket was erased"
LONGEST_TITLE = 100

_OF_THE_TICKET = frozenset({Origin.DRAFT, Origin.AFFIRMED, Origin.TICKET})


class ErasedTicket:
    """What has to be known of a ticket to take it out of the resolutions beside it."""

    def __init__(
        self, key: TicketKey, words: CustomersWords, messages: Sequence[Message], drafts: Sequence[DraftContent]
    ) -> None:
        self.words = words
        self._key = str(key)
        self._staff = {(m.id, m.revision) for m in messages if m.role in STAFF}
        self._drafts = drafts
        self._titles = {draft.title.strip() for draft in drafts}

    def concerns(self, content: ResolutionContent) -> bool:
        """Whether a content quotes the ticket."""
        quotes = [quote.ticket for field in content.fields.values() for quote in field.evidence]
        quotes += [quote.ticket for quote in content.versions.evidence]
        return self._key in (*quotes, *(added.ticket for added in content.additions))

    def remaining(
        self, content: ResolutionContent, number: int, *, is_source: bool, known: str = ""
    ) -> ResolutionContent:
        """The content without the ticket. `is_source`: the resolution was made from it, not only linked to it.

        `known` are the words of versions from before it was linked.
        """
        content = self._without_its_own(content)
        fields = {name: self._field(name, field, known, is_source) for name, field in content.fields.items()}
        fix = fields.get(FieldName.FIX)
        left = content.model_copy(
            update={
                "fields": fields,
                "fix_kind": content.fix_kind if fix and fix.text else None,
                "versions": self._versions(content.versions),
                "marks": tuple(mark for mark in content.marks if mark.ticket != self._key),
            }
        )
        return left.model_copy(update={"title": self._title(content, left, number, known, is_source)})

    def _without_its_own(self, content: ResolutionContent) -> ResolutionContent:
        """The content without what linking the ticket added, and without the words of it in what others added."""
        own = [added for added in content.additions if added.ticket == self._key]
        others = tuple(
            added.model_copy(update={"text": self.words.masked(added.text)})
            for added in content.additions
            if added.ticket != self._key
        )
        fields = dict(content.fields)
        environment = fields.get(FieldName.ENVIRONMENT)
        if environment is not None and environment.text:
            text = environment.text
            for added in own:
                if added.part is LinkAddition.ENVIRONMENT:
                    text = text.replace(added.text, "").strip()
            if text != environment.text:
                fields[FieldName.ENVIRONMENT] = environment.model_copy(update={"text": text or None})
        return content.model_copy(update={"additions": others, "fields": fields})

    def _field(self, name: FieldName, field: ResolutionField, known: str, is_source: bool) -> ResolutionField:
        others = self._of_others(field.evidence)
        own = len(others) < len(field.evidence)
        text = field.text
        if text and not (own and self._by_staff(field.evidence)):
            if is_source and not others and field.origin in _OF_THE_TICKET:
                text = None
            elif is_source or own:
                text = self.words.without(self._without_additions(name, text), known)
        text = self.words.masked(text, known).strip() if text else None
        if field.state is SettledState.STATED and not _says_something(text):
            return ResolutionField(state=SettledState.NOT_KNOWN, origin=Origin.EDITED, evidence=others)
        return field.model_copy(update={"text": text, "evidence": others})

    def _without_additions(self, name: FieldName, text: str) -> str:
        """The text without what the ticket's drafts proposed for the field, which linking writes below the rest."""
        for draft in self._drafts:
            proposed = draft.fields.get(name)
            if proposed is not None and not self._by_staff(
                tuple(TicketEvidence(ticket=self._key, evidence=e) for e in proposed.evidence)
            ):
                text = text.replace(proposed.text.strip(), "")
        return text

    def _versions(self, versions: ResolutionVersions) -> ResolutionVersions:
        def kept(named: Sequence[str]) -> tuple[str, ...]:
            return tuple(text for text in named if ERASED not in self.words.masked(text))

        affected, fixed_in = kept(versions.affected), kept(versions.fixed_in)
        stated = versions.state is not SettledState.STATED or affected or fixed_in
        return versions.model_copy(
            update={
                "state": versions.state if stated else SettledState.NOT_KNOWN,
                "affected": affected,
                "fixed_in": fixed_in,
                "evidence": self._of_others(versions.evidence),
            }
        )

    def _title(
        self, content: ResolutionContent, left: ResolutionContent, number: int, known: str, is_source: bool
    ) -> str:
        if is_source:
            theirs = content.title.strip() in self._titles or self.words.holds(content.title)
            kept = "" if theirs else self.words.without(content.title)
        else:
            kept = self.words.masked(content.title, known)
        if _says_something(kept):
            return kept
        told = left.text(FieldName.FIX) or left.text(FieldName.ROOT_CAUSE) or left.text(FieldName.SYMPTOM)
        return _first_sentence(told) if told else f"{resolution_name(number)}, of an erased ticket"

    def _of_others(self, evidence: Sequence[TicketEvidence]) -> tuple[TicketEvidence, ...]:
        return tuple(quote for quote in evidence if quote.ticket != self._key)

    def _by_staff(self, evidence: Sequence[TicketEvidence]) -> bool:
        """Whether staff wrote all that the ticket proves: the subject, and who is unknown, count as the customer."""
        own = [quote.evidence for quote in evidence if quote.ticket == self._key]
        return bool(own) and all((e.message, e.revision) in self._staff for e in own)


def rewrite_resolutions(db: Database, session: Session, ticket: ErasedTicket, beside: dict[int, bool]) -> list[str]:
    """Take the ticket out of these resolutions (True: made from it) and queue their indexing; the names of those that
    changed. A resolution that answers nothing any more is archived.
    """
    changed = []
    for number, is_source in beside.items():
        before = erasure.versions_of(session, number)
        known = "" if is_source else _words_of([v.content for v in before if not ticket.concerns(v.content)])
        after = [
            VersionText(
                v.version,
                ticket.remaining(v.content, number, is_source=is_source, known=known),
                v.why and ticket.words.masked(v.why),
            )
            for v in before
        ]
        if before != after:
            _rewrite(db, session, number, before, after)
            changed.append(resolution_name(number))
    for contradiction, conditions in contradictions.conditions_of(session, list(beside)):
        contradictions.rewrite_conditions(session, contradiction, ticket.words.masked(conditions))
    return changed


def _rewrite(
    db: Database, session: Session, number: int, before: Sequence[VersionText], after: Sequence[VersionText]
) -> None:
    for old, new in zip(before, after, strict=True):
        if old != new:
            erasure.rewrite_version(session, number, new)
    was, now = before[-1].content, after[-1].content
    if was == now:
        return
    # A version of its own: whoever has the former one open is told, and the index replaces its vectors.
    revised = resolutions.revise(session, number, now, "erasure", WHY, clock.now())
    if was.answers and not now.answers:
        erasure.archive(session, number)
    queue_index(db, session, revised)


def _words_of(contents: Sequence[ResolutionContent]) -> str:
    texts = (text for c in contents for text in (c.title, *(f.text for f in c.fields.values())) if text)
    return " ".join(plain(text) for text in texts)


def _says_something(text: str | None) -> bool:
    return bool(text) and any(c.isalnum() for c in (text or "").replace(ERASED, ""))


def _first_sentence(text: str) -> str:
    first = text.strip().split("\n")[0].split(". ")[0].rstrip(".")
    return first if len(first) <= LONGEST_TITLE else first[:LONGEST_TITLE].rsplit(" ", 1)[0] + "\u2026"
