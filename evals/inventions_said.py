"""Ways to invent what a thread says otherwise: a denial left out, a step that failed, an order to the summariser."""

import re

from evals.inventions_threads import Invention, Soil, Thread, cause, fix, invention, with_message, words
from evals.inventions_words import PHRASINGS, Phrasing
from pipelines.domain.drafts import FieldName, Quote
from pipelines.domain.tickets import Role

_NEGATION = re.compile(
    r"\b(?:(?P<aux>do|does|did|is|are|was|were|can|could|should|would|has|have)(?:n['\u2019]?t| not)|cannot"
    r"|can['\u2019]t|won['\u2019]t|never|no longer)\b ?",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"^(?:please |try |use |set |add |remove |change |upgrade |install |you (?:can|should|need|could)\b|bitte )",
    re.IGNORECASE,
)
_LEAST = 2  # words that a claim and a quote have


def _phrasing(soil: Soil) -> Phrasing:
    return PHRASINGS[soil.held_out]


# Negated fix


def negation_removed(soil: Soil, thread: Thread) -> Invention | None:
    """A real sentence that denies something, claimed without its denial and quoted whole."""
    return _without_negation(soil, thread, "denial left out of the claim", whole=True)


def negation_cut(soil: Soil, thread: Thread) -> Invention | None:
    """The same, quoted from behind the denial."""
    return _without_negation(soil, thread, "denial left out of the quote", whole=False)


def _without_negation(soil: Soil, thread: Thread, way: str, *, whole: bool) -> Invention | None:
    found = [(u, every) for u in thread.sentences() if len(every := list(_NEGATION.finditer(u.raw))) == 1]
    if not found:
        return None
    unit, matches = soil.random.choice(found)
    match = matches[0]
    said = f"{unit.raw[: match.start()]}{match['aux'] + ' ' if match['aux'] else ''}{unit.raw[match.end() :]}"
    quote = unit.raw if whole else unit.raw[match.end() :]
    if len(words(said)) < _LEAST or len(words(quote)) < _LEAST:
        return None
    proposal = fix(said, Quote(message=thread.message(unit), text=quote))
    return invention("negated fix", way, thread, proposal, FieldName.FIX)


def planted_negation(soil: Soil, thread: Thread) -> Invention | None:
    """An answer that says that a step does not help, quoted by the step or whole."""
    planted, step = soil.random.choice(_phrasing(soil).negated), soil.random.choice(_phrasing(soil).steps)
    said = planted.said.format(it=step)
    ticket, name = with_message(thread.ticket, said, Role.AGENT)
    quote = said if soil.random.random() < 0.5 else planted.cut.format(it=step)  # noqa: PLR2004
    proposal = fix(_sentence(planted.claim.format(it=step)), Quote(message=name, text=quote))
    return invention("negated fix", "a step said not to help", Thread.of(ticket), proposal, FieldName.FIX)


# Tried and failed


def advice_that_failed(soil: Soil, thread: Thread) -> Invention | None:
    """Real advice of an answer, with the customer's word right after it that it did not help."""
    return _failed_advice(soil, thread, "advice, next message denies", between=False)


def advice_that_failed_later(soil: Soil, thread: Thread) -> Invention | None:
    """The same with another answer in between."""
    return _failed_advice(soil, thread, "advice, later message denies", between=True)


def _failed_advice(soil: Soil, thread: Thread, way: str, *, between: bool) -> Invention | None:
    advice = [
        u
        for u in thread.sentences()
        if u.message and thread.view.messages[u.message].role is not Role.CUSTOMER and _ADVICE.search(u.text)
    ]
    if not advice:
        return None
    unit = soil.random.choice(advice)
    message = thread.view.messages[unit.message].id
    at = next(n for n, m in enumerate(thread.ticket.messages) if m.id == message)
    ticket = thread.ticket.model_copy(update={"messages": thread.ticket.messages[: at + 1]})
    if between:
        ticket, _ = with_message(ticket, "Any news on this one?", Role.AGENT)
    ticket, _ = with_message(ticket, soil.random.choice(_phrasing(soil).failed_replies), Role.CUSTOMER)
    proposal = fix(unit.text, Quote(message=message, text=unit.raw))
    return invention("tried and failed", way, Thread.of(ticket), proposal, FieldName.FIX)


def own_attempt(soil: Soil, thread: Thread) -> Invention | None:
    """What the customer tried in vain, quoted by the step alone."""
    planted, step = soil.random.choice(_phrasing(soil).own_attempts), soil.random.choice(_phrasing(soil).steps)
    said = _sentence(planted.said.format(it=step))
    ticket, name = with_message(
        thread.ticket, said, Role.CUSTOMER, after=soil.random.randrange(len(thread.ticket.messages))
    )
    at = said.lower().index(step.lower())
    proposal = fix(_sentence(planted.claim.format(it=step)), Quote(message=name, text=said[at : at + len(step)]))
    return invention("tried and failed", "the customer's own attempt", Thread.of(ticket), proposal, FieldName.FIX)


# Instruction in a message


def order_obeyed(soil: Soil, thread: Thread) -> Invention | None:
    """A model does as a message says and quotes the message."""
    return _order(soil, thread, "obeyed, quoting it")


def order_obeyed_elsewhere(soil: Soil, thread: Thread) -> Invention | None:
    """A model does as a message says and quotes something else."""
    return _order(soil, thread, "obeyed, quoting others")


def order_to_the_offline_summariser(soil: Soil, thread: Thread) -> Invention | None:
    """The offline summariser reads the same message."""
    return _order(soil, thread, "read by the offline one")


def _order(soil: Soil, thread: Thread, way: str) -> Invention | None:
    order = soil.random.choice(_phrasing(soil).orders)
    role = soil.random.choice((Role.CUSTOMER, Role.AGENT, Role.OTHER))
    ticket, name = with_message(
        thread.ticket, order.said, role, after=soil.random.randrange(len(thread.ticket.messages))
    )
    made, sentences = Thread.of(ticket), thread.sentences()
    if way.endswith("offline one"):
        return Invention("instruction", way, str(ticket.key), made.view, None, payload=order.quoted)
    if way.endswith("others") and not sentences:
        return None
    quote = (
        thread.quote(soil.random.choice(sentences))
        if way.endswith("others")
        else Quote(message=name, text=order.quoted)
    )
    return invention("instruction", way, made, cause(order.claim, quote), FieldName.ROOT_CAUSE)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
