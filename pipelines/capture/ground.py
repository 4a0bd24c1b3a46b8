"""Holds a proposal to the thread: each claim's quotes are looked up and become places in raw messages.

Fourth step of capture, after summarise. A claim without a quote that stands in the thread is not supported; version
numbers, codes, file names and numbers that a claim adds of its own are flagged. A fix that the thread says did not
help is not supported either, however well it is quoted.
"""

import re
from collections.abc import Iterable

from pipelines.capture.audience import tells_internal
from pipelines.capture.extract_outcome import contradicted
from pipelines.capture.ground_context import Context, Place
from pipelines.capture.ground_doubts import CONTRADICTED, doubts
from pipelines.capture.ground_tokens import TOKENS, forms, plain_version
from pipelines.capture.ground_versions import misplaced_versions, only_affected
from pipelines.capture.orders import unheard
from pipelines.capture.quotes import Searched, is_evidence
from pipelines.capture.redaction_marks import MARK
from pipelines.domain.drafts import (
    SUBJECT,
    Claim,
    DraftContent,
    DraftField,
    DraftVersions,
    Evidence,
    FieldName,
    Proposal,
    ProposedVersions,
    Quote,
    TicketView,
)
from pipelines.domain.tickets import Visibility

__all__ = ["CONTRADICTED", "ORDERED", "ground"]

ORDERED = "the quoted text gives orders to whoever summarises"
_ELSEWHERE = 20  # characters: the shortest quote that is believed although it names the wrong message


def ground(proposal: Proposal, view: TicketView) -> DraftContent:
    """The proposal with the evidence found for it. A field that the proposal leaves out stays out."""
    thread = _Thread(view)
    stated = {name: claim for name in FieldName if (claim := proposal.claim(name)) and claim.text.strip()}
    fields = {name: thread.field(claim, name) for name, claim in stated.items()}
    if FieldName.FIX in fields and proposal.fix is not None and contradicted(proposal.fix, view):
        fields[FieldName.FIX] = _did_not_help(fields[FieldName.FIX])
    return DraftContent(
        title=proposal.title,
        fields=fields,
        fix_kind=proposal.fix_kind if FieldName.FIX in fields else None,
        versions=thread.versions(proposal.versions),
        tried=tuple(thread.field(claim) for claim in proposal.tried if claim.text.strip()),
    )


def _did_not_help(field: DraftField) -> DraftField:
    return field.model_copy(update={"supported": False, "flags": tuple(dict.fromkeys((*field.flags, CONTRADICTED)))})


class _Thread:
    """The messages of a view, subject included, to look words up in."""

    def __init__(self, view: TicketView) -> None:
        self._texts = {SUBJECT: Searched(view.subject), **{m.id: Searched(m.text) for m in view.messages}}
        self._revisions = {m.id: m.revision for m in view.messages}
        self._visibility = {SUBJECT: Visibility.PUBLIC, **{m.id: m.visibility for m in view.messages}}
        self._context = Context(view)

    def field(self, claim: Claim, name: FieldName | None = None) -> DraftField:
        """A claim with its evidence; by `name` also with what speaks against it. A step that was tried has no name."""
        found = [place for quote in claim.quotes if (place := self._place(quote))]
        places = [place for place in found if not self._is_order(place)]
        flags = self._flags(claim.text)
        if name is not None:
            cited = self._context.cited(places)
            flags += misplaced_versions(claim.text, [s for one in cited for s in one.said])
            flags += doubts(name, claim.text, cited, self._context)
        if len(places) < len(found):
            flags += (ORDERED,)
        evidence = self._cited(places)
        return DraftField(
            text=claim.text,
            evidence=evidence,
            supported=bool(evidence),
            flags=flags,
            internal=self._internal(claim.text, evidence),
        )

    def _is_order(self, place: Place) -> bool:
        message, (start, end) = place
        return any(a < end and start < b for a, b in unheard(self._texts[message].text.text))

    def versions(self, proposed: ProposedVersions) -> DraftVersions:
        """Each version has to stand in the thread. Where no quote is found, the places where they stand are shown."""
        named = dict.fromkeys((*proposed.affected, *proposed.fixed_in))
        missing = [version for version in named if self._version_place(version) is None]
        evidence = self._evidence(proposed.quotes) if named else ()
        if not evidence:
            places = [place for version in named if (place := self._version_place(version))]
            evidence = tuple(dict.fromkeys(e for place in places for e in self._at(*place)))
        return DraftVersions(
            affected=proposed.affected,
            fixed_in=proposed.fixed_in,
            evidence=evidence,
            supported=not missing,
            flags=(
                *(_flag(version) for version in missing),
                *only_affected([v for v in proposed.fixed_in if v not in missing], self._context),
            ),
            internal=self._internal(" ".join(named), evidence) if named else False,
        )

    def _evidence(self, quotes: Iterable[Quote]) -> tuple[Evidence, ...]:
        found = [place for quote in quotes if (place := self._place(quote))]
        return self._cited([place for place in found if not self._is_order(place)])

    def _cited(self, places: Iterable[Place]) -> tuple[Evidence, ...]:
        return tuple(dict.fromkeys(evidence for place in places for evidence in self._at(*place)))

    def _place(self, quote: Quote) -> Place | None:
        """The message and view range of a quote: where it says, or word for word in another message if it is long."""
        if not is_evidence(quote.text):
            return None
        named = self._texts.get(quote.message)
        if named:
            view = named.exact(quote.text) or named.forgiving(quote.text)
            if view:
                return quote.message, view
        if len(quote.text.strip()) >= _ELSEWHERE:
            for message, text in self._texts.items():
                view = text.exact(quote.text)
                if view:
                    return message, view
        return None

    def _at(self, message: str, view: tuple[int, int]) -> list[Evidence]:
        revision = self._revisions.get(message, 1)
        pieces = self._texts[message].raw(view)
        seen = self._visibility.get(message)
        return [Evidence(message=message, revision=revision, start=p.start, end=p.end, visibility=seen) for p in pieces]

    def _internal(self, text: str, evidence: Iterable[Evidence]) -> bool:
        """Whether a text rests on internal notes."""
        if any(place.visibility is not Visibility.PUBLIC for place in evidence):
            return True
        by_id = self._texts.items()
        public = [text.text.text for message, text in by_id if self._visibility[message] is Visibility.PUBLIC]
        notes = [text.text.text for message, text in by_id if self._visibility[message] is Visibility.INTERNAL]
        return tells_internal(text, public, notes)

    def _version_place(self, version: str) -> Place | None:
        plain = plain_version(version.strip())
        return self._token_place(plain, numeric=plain[:1].isdigit()) if any(c.isalnum() for c in plain) else None

    def _token_place(self, token: str, *, numeric: bool) -> Place | None:
        """Where a token stands by itself. A number may touch letters (`v5`, `50ms`) but not more digits."""
        before, after = (r"(?<!\d)(?<!\d[.,])", r"(?!\d)(?![.,]\d)") if numeric else (r"(?<![^\W_])", r"(?![^\W_])")
        pattern = re.compile(before + re.escape(token) + after, 0 if numeric else re.IGNORECASE)
        for message, text in self._texts.items():
            match = pattern.search(text.text.text)
            if match:
                return message, match.span()
        return None

    def _flags(self, text: str) -> tuple[str, ...]:
        tokens: dict[str, None] = {}
        for match in TOKENS.finditer(MARK.sub(" ", text)):
            if not any(self._stands(form, match.lastgroup or "") for form in forms(match.group())):
                tokens[match.group()] = None
        return tuple(map(_flag, tokens))

    def _stands(self, token: str, sort: str) -> bool:
        return self._token_place(token, numeric=sort in ("version", "number") and token[:1].isdigit()) is not None


def _flag(token: str) -> str:
    return f'"{token}" is not in the thread'
