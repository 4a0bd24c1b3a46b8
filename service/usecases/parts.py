"""One closing of a ticket may have taught several things: a draft for each, decided one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.domain.drafts import DraftState
from pipelines.domain.errors import NotFound
from service.store.engine import Database
from service.store.ids import draft_name, draft_number
from service.store.queries import drafts


@dataclass(frozen=True, slots=True)
class Part:
    """A draft among those of its closing; `number` counts from 1."""

    id: str
    number: int
    title: str
    state: DraftState


def parts_of(db: Database, draft_id: str) -> tuple[Part, ...]:
    """The drafts of the same closing in order, the one asked about among them. Raises NotFound."""
    with db.read() as session:
        draft = drafts.load(session, draft_number(draft_id))
        if draft is None:
            raise NotFound(f"There is no draft {draft_id}.")
        made = [d for d in drafts.of_ticket(session, draft.ticket_id) if d.closure == draft.closure]
    return tuple(Part(draft_name(d.id), d.part + 1, d.content.title, d.state) for d in made)


def next_awaiting(parts: Sequence[Part], draft_id: str) -> Part | None:
    """The part to decide on after this one: the next that awaits an agent, from the first again after the last."""
    at = next((n for n, part in enumerate(parts) if part.id == draft_id), -1)
    return next((p for p in (*parts[at + 1 :], *parts[: max(at, 0)]) if p.state.awaits_agent), None)
