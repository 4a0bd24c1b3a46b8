"""From a closed ticket to grounded drafts: condense, redact, summarise, ground. Called by the drafting use case."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.capture.condense import condense
from pipelines.capture.ground import ground
from pipelines.capture.redact import Redactor, redact_ticket
from pipelines.domain.drafts import Claim, DraftContent, Proposal, Provenance, Summary, TicketView
from pipelines.domain.errors import SummariserFailed
from pipelines.domain.tickets import Ticket
from pipelines.ports import Summariser


@dataclass(frozen=True, slots=True)
class Captured:
    """What capture makes of one ticket: a draft for each problem in it, and how they came about."""

    drafts: tuple[DraftContent, ...]
    provenance: Provenance


def prepare(ticket: Ticket, *, budget: int, count_tokens: Callable[[str], int]) -> TicketView:
    """The ticket as a summariser may see it: without noise, redacted, within about `budget` tokens."""
    return _prepared(ticket, Redactor.for_ticket(ticket), budget, count_tokens)


def capture(
    ticket: Ticket,
    summariser: Summariser,
    fallback: Summariser | None,
    *,
    budget: int,
    count_tokens: Callable[[str], int],
    last_try: bool = False,
) -> Captured:
    """The drafts that a summariser proposes for a ticket, held to its thread.

    Where the summariser fails for good, or fails at all on the last try, the fallback stands in and the provenance
    says why. Raises SummariserFailed where there is no fallback, or where asking again later may help.
    """
    redactor = Redactor.for_ticket(ticket)
    view = _prepared(ticket, redactor, budget, count_tokens)
    summary, failure = _summary(view, summariser, fallback, last_try=last_try)
    grounded = (ground(_redacted(proposal, redactor), view) for proposal in summary.proposals)
    drafts = tuple(draft.model_copy(update={"marks": redactor.places(draft.texts)}) for draft in grounded)
    provenance = summary.provenance.model_copy(
        update={
            "cuts": summary.provenance.cuts or view.cuts,
            "fallback_reason": failure.reason if failure else summary.provenance.fallback_reason,
            **(failure.spent if failure else {}),
        }
    )
    return Captured(drafts=drafts, provenance=provenance)


def _prepared(ticket: Ticket, redactor: Redactor, budget: int, count_tokens: Callable[[str], int]) -> TicketView:
    return redact_ticket(ticket, condense(ticket, budget=budget, count_tokens=count_tokens), redactor)


def _summary(
    view: TicketView, summariser: Summariser, fallback: Summariser | None, *, last_try: bool
) -> tuple[Summary, SummariserFailed | None]:
    """A summary, and why it is the fallback's if it is."""
    try:
        return summariser.summarise(view), None
    except SummariserFailed as failed:
        if fallback is None or not (failed.permanent or last_try):
            raise
        failure = failed
    return fallback.summarise(view), failure


def _redacted(proposal: Proposal, redactor: Redactor) -> Proposal:
    """The proposal with redacted texts: a model may put back together what its input did not spell out.

    Quotes stay as they are. They are looked up in the view, and only their places are kept.
    """

    def clean(claim: Claim | None) -> Claim | None:
        return claim and claim.model_copy(update={"text": redactor.redact_text(claim.text)})

    return proposal.model_copy(
        update={
            "title": redactor.redact_text(proposal.title),
            "symptom": clean(proposal.symptom),
            "root_cause": clean(proposal.root_cause),
            "fix": clean(proposal.fix),
            "environment": clean(proposal.environment),
            "tried": tuple(c for c in map(clean, proposal.tried) if c),
        }
    )
