"""True claims with their quotes: what checks against inventions may not take away.

The hand-labelled fields, in a reader's own words, and the places labelled for fitting the offline summariser, in the
thread's words. Each part of the labelled sets counts in the half of its name.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evals.capture_cases import Case, demo_files, in_parts, read_cases, real_files
from evals.datasets_found import read_lines
from evals.fit_capture_labels import LABELS
from evals.inventions_threads import BUDGET, versions
from evals.redaction_places import titanium_file
from pipelines.adapters.token_count import estimate
from pipelines.capture.capture import prepare
from pipelines.capture.extract_units import clean
from pipelines.domain.drafts import Claim, FieldName, FixKind, Proposal, Quote, TicketView
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class TrueClaim:
    """A claim that a reader made of a thread. `field` None: the versions."""

    kind: str
    ticket: str
    view: TicketView
    proposal: Proposal
    field: FieldName | None
    words: str


def true_claims(part: str) -> Iterator[TrueClaim]:
    """The true claims of `demo development`, `titanium held out` and so on; places for fitting are development's."""
    files = demo_files() if part.startswith("demo") else real_files()
    if files is None:
        return
    for cases in in_parts(part.split(maxsplit=1)[0], read_cases(*files)):
        if cases.name == part:
            for case in cases.cases:
                yield from _labelled(case)
    if part == "titanium development":
        yield from _places()


def _view(ticket: Ticket) -> TicketView:
    return prepare(ticket, budget=BUDGET, count_tokens=estimate)


def _labelled(case: Case) -> Iterator[TrueClaim]:
    view = _view(case.ticket)
    for name in FieldName:
        label = case.label[name.value]
        if label and (quotes := _shown(label["quotes"], view)):
            yield _claim(f"label: {name.value}", case.id, view, name, label["text"], quotes)
    label = case.label["versions"]
    if label["affected"] or label["fixed_in"]:
        quotes = _shown(label["quotes"], view)
        proposal = versions(affected=label["affected"], fixed_in=label["fixed_in"], quotes=quotes)
        said = f"{label['affected']} {label['fixed_in']} on {[q.text for q in quotes]}"
        yield TrueClaim("label: versions", case.id, view, proposal, None, said)


def _shown(quotes: Iterable[Mapping[str, str]], view: TicketView) -> list[Quote]:
    """The quotes that a summariser is shown; one that redaction or condensing changed it could not give."""
    texts = {m.id: m.text.text for m in view.messages} | {"subject": view.subject.text}
    found = (Quote(message=q["message"], text=q["quote"]) for q in quotes)
    return [quote for quote in found if quote.text in texts.get(quote.message, "")]


def _places() -> Iterator[TrueClaim]:
    file = titanium_file()
    if file is None:
        return
    places: Mapping[str, Any] = json.loads(LABELS.read_text(encoding="utf-8"))
    for raw in read_lines(file):
        if raw["id"] not in places:
            continue
        ticket = parse_ticket(raw)
        view = _view(ticket)
        bodies = {message["id"]: message["body"] for message in raw["messages"]}
        for name in (FieldName.ROOT_CAUSE, FieldName.FIX):
            said = [{"message": m, "quote": bodies[m][a:b]} for m, a, b in places[raw["id"]][name.value]]
            if quotes := _shown(said, view):
                text = " ".join(clean(quote.text) for quote in quotes)
                yield _claim(f"place: {name.value}", raw["id"], view, name, text, quotes)


def _claim(kind: str, ticket: str, view: TicketView, name: FieldName, text: str, quotes: Iterable[Quote]) -> TrueClaim:
    claim = Claim(text=text, quotes=tuple(quotes))
    proposal = Proposal(title="t", fix_kind=FixKind.FIX).model_copy(update={name.value: claim})
    return TrueClaim(kind, ticket, view, proposal, name, f"{text!r} on {[q.text for q in claim.quotes]}")
