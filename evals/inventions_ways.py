"""The ways to invent: each makes a wrong draft of a real thread, or nothing where the thread does not lend itself."""

import re
from collections.abc import Callable, Sequence

from evals.inventions_threads import (
    Invention,
    Soil,
    Thread,
    cause,
    fix,
    symptom,
    versions,
    with_message,
    words,
)
from evals.inventions_words import PHRASINGS, Planted, Phrasing
from pipelines.domain.drafts import FieldName, Proposal, Quote
from pipelines.domain.tickets import Role

Way = Callable[[Soil, Thread], Invention | None]

_NEGATION = re.compile(
    r"\b(?:(?P<aux>do|does|did|is|are|was|were|can|could|should|would|has|have)(?:n['\u2019]?t| not)|cannot|can['\u2019]t"
    r"|won['\u2019]t|never|no longer)\b ?",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"^(?:please |try |use |set |add |remove |change |upgrade |install |you (?:can|should|need|could)\b|bitte )", re.IGNORECASE
)
_LATER = 2


def _invention(kind: str, way: str, thread: Thread, proposal: Proposal, field: FieldName | None) -> Invention:
    return Invention(kind, way, str(thread.ticket.key), thread.view, proposal, field)


def _phrasing(soil: Soil) -> Phrasing:
    return PHRASINGS[soil.held_out]


# Wrong version


def other_number(soil: Soil, thread: Thread) -> Invention | None:
    """A version that stands nowhere in the thread, with the honest quote."""
    return _wrong_number(soil, thread, "number of its own", stretched=False)


def stretched_quote(soil: Soil, thread: Thread) -> Invention | None:
    """The same, with the quote changed to match."""
    return _wrong_number(soil, thread, "quote stretched to it", stretched=True)


def _wrong_number(soil: Soil, thread: Thread, way: str, *, stretched: bool) -> Invention | None:
    found = thread.versions()
    if not found:
        return None
    unit, version = soil.random.choice(found)
    numbers = re.findall(r"\d+", version)
    numbers[-1] = str(int(numbers[-1]) + soil.random.randint(1, 3))
    wrong = ".".join(numbers)
    if any(wrong in message.text.text for message in thread.view.messages) or wrong in thread.view.subject.text:
        return None
    said = unit.raw.replace(version, wrong, 1)
    quote = Quote(message=thread.message(unit), text=said) if stretched else thread.quote(unit)
    return _invention("wrong version", way, thread, symptom(said, quote), FieldName.SYMPTOM)


def number_from_elsewhere(soil: Soil, thread: Thread) -> Invention | None:
    """A version that another sentence of the thread speaks of."""
    found = thread.versions()
    pairs = [(u, v, w) for u, v in found for _, w in found if w.strip("v") not in u.raw and v != w]
    if not pairs:
        return None
    unit, version, wrong = soil.random.choice(pairs)
    said = unit.raw.replace(version, wrong, 1)
    proposal = symptom(said, thread.quote(unit))
    return _invention("wrong version", "of another sentence", thread, proposal, FieldName.SYMPTOM)


def affected_as_fixed(soil: Soil, thread: Thread) -> Invention | None:
    """A version that only the report names, said to contain the fix."""
    found = thread.versions()
    bodies = [m.text.text for m in thread.view.messages]
    fixed = " ".join(map(str, thread.ticket.fields.get("fix_versions") or ()))
    only = [
        (u, v) for u, v in found if not u.message and v not in fixed and not any(v in body for body in bodies[1:])
    ]  # fmt: skip
    if not only or re.search(r"\bfixed in\b|\bworks in\b", bodies[0], re.IGNORECASE):
        return None
    unit, version = soil.random.choice(only)
    proposal = versions(fixed_in=[version], quotes=[thread.quote(unit)])
    return _invention("wrong version", "affected as fixed", thread, proposal, None)


# Wrong cause


def foreign_cause_near_quote(soil: Soil, thread: Thread) -> Invention | None:
    """The cause of a similar ticket, with the quote from this thread that shares most words with it."""
    return _foreign_cause(soil, thread, "of a similar ticket, nearest quote", nearest=True)


def foreign_cause_any_quote(soil: Soil, thread: Thread) -> Invention | None:
    """The same with two sentences of an answer, whatever they say."""
    return _foreign_cause(soil, thread, "of a similar ticket, any quotes", nearest=False)


def _foreign_cause(soil: Soil, thread: Thread, way: str, *, nearest: bool) -> Invention | None:
    found, sentences = soil.foreign_cause(thread), thread.sentences()
    if found is None or len(sentences) < _LATER:
        return None
    text, _ = found
    chosen = (
        [max(sentences, key=lambda u: len(words(u.raw) & words(text)))]
        if nearest
        else soil.random.sample(sentences, _LATER)
    )
    return _invention("wrong cause", way, thread, cause(text, *map(thread.quote, chosen)), FieldName.ROOT_CAUSE)


def suspicion_as_cause(soil: Soil, thread: Thread) -> Invention | None:
    """What the customer only asks or guesses, stated as the cause."""
    return _planted_cause(soil, thread, "suspicion as fact", _phrasing(soil).suspected, Role.CUSTOMER)


def ruled_out_cause(soil: Soil, thread: Thread) -> Invention | None:
    """What somebody ruled out, with a quote that hides that."""
    return _planted_cause(soil, thread, "ruled out", _phrasing(soil).ruled_out, Role.AGENT)


def _planted_cause(
    soil: Soil, thread: Thread, way: str, among: Sequence[Planted], role: Role
) -> Invention | None:
    planted, part = soil.random.choice(among), soil.random.choice(_phrasing(soil).parts)
    said = planted.said.format(it=part)
    ticket, name = with_message(thread.ticket, said, role, after=soil.random.randrange(1, len(thread.ticket.messages)))
    quote = Quote(message=name, text=planted.cut.format(it=part) or said)
    made = Thread.of(ticket)
    return _invention("wrong cause", way, made, cause(planted.claim.format(it=part), quote), FieldName.ROOT_CAUSE)


def cause_taken_back(soil: Soil, thread: Thread) -> Invention | None:
    """A cause that its author takes back in a later message."""
    planted, part = soil.random.choice(_phrasing(soil).taken_back), soil.random.choice(_phrasing(soil).parts)
    said = planted.said.format(it=part)
    ticket, name = with_message(thread.ticket, said, Role.AGENT, after=1)
    ticket, _ = with_message(ticket, planted.cut.format(it=part), Role.AGENT, after=soil.random.randrange(2, 4))
    proposal = cause(planted.claim.format(it=part), Quote(message=name, text=said))
    return _invention("wrong cause", "taken back later", Thread.of(ticket), proposal, FieldName.ROOT_CAUSE)


# Quote from another ticket


def foreign_quote(soil: Soil, thread: Thread) -> Invention | None:
    """Claim and quote of another ticket, said to stand here."""
    found = soil.foreign_cause(thread)
    if found is None:
        return None
    quote = Quote(message=soil.random.choice(thread.view.messages).id, text=found[1])
    return _invention("quote from another ticket", "alone", thread, cause(found[0], quote), FieldName.ROOT_CAUSE)


def foreign_quote_beside_true_one(soil: Soil, thread: Thread) -> Invention | None:
    """The same with a quote beside it that does stand here."""
    found, sentences = soil.foreign_cause(thread), thread.sentences()
    if found is None or not sentences:
        return None
    true = thread.quote(soil.random.choice(sentences))
    proposal = cause(found[0], Quote(message=true.message, text=found[1]), true)
    return _invention("quote from another ticket", "beside a true one", thread, proposal, FieldName.ROOT_CAUSE)


def foreign_claim_on_common_words(soil: Soil, thread: Thread) -> Invention | None:
    """The claim of another ticket on a few words that both share."""
    found = soil.foreign_cause(thread)
    if found is None:
        return None
    pieces = [p for u in thread.sentences() for p in re.findall(r"\b\w+ \w+\b", u.raw) if p in found[0]]
    if not pieces:
        return None
    piece = soil.random.choice(pieces)
    quotes = [Quote(message=m.id, text=piece) for m in thread.view.messages if piece in m.text.text][:1]
    proposal = cause(found[0], *quotes)
    return _invention("quote from another ticket", "cut to common words", thread, proposal, FieldName.ROOT_CAUSE)


# Negated fix


def negation_removed(soil: Soil, thread: Thread) -> Invention | None:
    """A real sentence that denies something, claimed without its denial and quoted whole."""
    return _without_negation(soil, thread, "denial left out of the claim", whole=True)


def negation_cut(soil: Soil, thread: Thread) -> Invention | None:
    """The same, quoted from behind the denial."""
    return _without_negation(soil, thread, "denial left out of the quote", whole=False)


def _without_negation(soil: Soil, thread: Thread, way: str, *, whole: bool) -> Invention | None:
    found = [(u, match) for u in thread.sentences() if len(match := list(_NEGATION.finditer(u.raw))) == 1]
    if not found:
        return None
    unit, (match,) = soil.random.choice(found)
    said = f"{unit.raw[: match.start()]}{match['aux'] + ' ' if match['aux'] else ''}{unit.raw[match.end() :]}"
    quote = unit.raw if whole else unit.raw[match.end() :]
    if len(words(said)) < _LATER or len(words(quote)) < _LATER:
        return None
    proposal = fix(said, Quote(message=thread.message(unit), text=quote))
    return _invention("negated fix", way, thread, proposal, FieldName.FIX)


def planted_negation(soil: Soil, thread: Thread) -> Invention | None:
    """An answer that says that a step does not help, quoted by the step or whole."""
    planted, step = soil.random.choice(_phrasing(soil).negated), soil.random.choice(_phrasing(soil).steps)
    said = planted.said.format(it=step)
    ticket, name = with_message(thread.ticket, said, Role.AGENT)
    quote = said if soil.random.random() < 0.5 else planted.cut.format(it=step)  # noqa: PLR2004
    proposal = fix(_sentence(planted.claim.format(it=step)), Quote(message=name, text=quote))
    return _invention("negated fix", "a step said not to help", Thread.of(ticket), proposal, FieldName.FIX)


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
    return _invention("tried and failed", way, Thread.of(ticket), proposal, FieldName.FIX)


def own_attempt(soil: Soil, thread: Thread) -> Invention | None:
    """What the customer tried in vain, quoted by the step alone."""
    planted, step = soil.random.choice(_phrasing(soil).own_attempts), soil.random.choice(_phrasing(soil).steps)
    said = _sentence(planted.said.format(it=step))
    ticket, name = with_message(thread.ticket, said, Role.CUSTOMER, after=soil.random.randrange(len(thread.ticket.messages)))
    at = said.lower().index(step.lower())
    proposal = fix(_sentence(planted.claim.format(it=step)), Quote(message=name, text=said[at : at + len(step)]))
    return _invention("tried and failed", "the customer's own attempt", Thread.of(ticket), proposal, FieldName.FIX)


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
    ticket, name = with_message(thread.ticket, order.said, role, after=soil.random.randrange(len(thread.ticket.messages)))
    made, sentences = Thread.of(ticket), thread.sentences()
    if way.endswith("offline one"):
        return Invention("instruction", way, str(ticket.key), made.view, None, payload=order.quoted)
    if way.endswith("others") and not sentences:
        return None
    quote = thread.quote(soil.random.choice(sentences)) if way.endswith("others") else Quote(message=name, text=order.quoted)
    return _invention("instruction", way, made, cause(order.claim, quote), FieldName.ROOT_CAUSE)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


WAYS: Sequence[Way] = (
    other_number,
    stretched_quote,
    number_from_elsewhere,
    affected_as_fixed,
    foreign_cause_near_quote,
    foreign_cause_any_quote,
    suspicion_as_cause,
    ruled_out_cause,
    cause_taken_back,
    foreign_quote,
    foreign_quote_beside_true_one,
    foreign_claim_on_common_words,
    negation_removed,
    negation_cut,
    planted_negation,
    advice_that_failed,
    advice_that_failed_later,
    own_attempt,
    order_obeyed,
    order_obeyed_elsewhere,
    order_to_the_offline_summariser,
)
