"""Who of the house may know what a gap is missing: those who worked on its tickets, and keepers of near records."""

from collections.abc import Iterable, Mapping

from pipelines.domain.tickets import Role, Ticket, TicketStatus
from service.usecases.views_articles import Ask

_MOST = 8


def whom_to_ask(tickets: Iterable[Ticket], keepers: Mapping[str, str | None]) -> tuple[Ask, ...]:
    """Names with what they did, who knows most first. `keepers`: who keeps each near record."""
    did: dict[str, list[str]] = {}

    def note(name: str | None, what: str) -> None:
        if name and name.strip():
            done = did.setdefault(name.strip(), [])
            if what not in done:
                done.append(what)

    for ticket in tickets:
        closed = ticket.status is TicketStatus.CLOSED
        note(ticket.assignee, f"{'closed' if closed else 'works on'} {ticket.key}")
        if not closed:
            continue
        for role, who in ((Role.ENGINEER, "engineer"), (Role.AGENT, "agent")):
            written = [m for m in ticket.messages if m.role is role]
            if written:
                note(max(written, key=lambda m: m.at).author, f"wrote last on {ticket.key} as {who}")
        for escalation in ticket.escalations:
            note(escalation.to, f"was asked on {ticket.key}")
    for record, keeper in keepers.items():
        note(keeper, f"keeps {record}")
    ranked = sorted(did.items(), key=lambda item: (-_weight(item[1]), item[0]))
    return tuple(Ask(name=name, why="; ".join(done)) for name, done in ranked[:_MOST])


def _weight(done: Iterable[str]) -> int:
    """Who closed a ticket or wrote on one knows more than who has an open one in hand."""
    return sum(1 if what.startswith("works on") else 3 for what in done)
