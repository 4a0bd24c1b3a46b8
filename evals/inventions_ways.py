"""The ways to invent: each makes a wrong draft of a real thread, or nothing where the thread does not lend itself."""

import re
from collections.abc import Callable, Sequence

from evals.inventions_said import (
    advice_that_failed,
    advice_that_failed_later,
    negation_cut,
    negation_removed,
    order_obeyed,
    order_obeyed_elsewhere,
    order_to_the_offline_summariser,
    own_attempt,
    planted_negation,
)
from evals.inventions_threads import (
    Invention,
    Soil,
    Thread,
    cause,
    invention,
    symptom,
    versions,
    with_message,
    words,
)
from evals.inventions_words import PHRASINGS, Phrasing, Planted
from pipelines.domain.drafts import FieldName, Quote
from pipelines.domain.tickets import Role

Way = Callable[[Soil, Thread], Invention | None]

_LATER = 2


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
    return invention("wrong version", way, thread, symptom(said, quote), FieldName.SYMPTOM)


def number_from_elsewhere(soil: Soil, thread: Thread) -> Invention | None:
    """A version that another sentence of the thread speaks of."""
    found = thread.versions()
    pairs = [(u, v, w) for u, v in found for _, w in found if _plain(w) not in u.raw and _plain(w) != _plain(v)]
    if not pairs:
        return None
    unit, version, wrong = soil.random.choice(pairs)
    said = unit.raw.replace(version, wrong, 1)
    proposal = symptom(said, thread.quote(unit))
    return invention("wrong version", "of another sentence", thread, proposal, FieldName.SYMPTOM)


def _plain(version: str) -> str:
    """5.2.0 is no other version than 5.2."""
    return re.sub(r"(?:\.0)+$", "", version.strip("v"))


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
    return invention("wrong version", "affected as fixed", thread, proposal, None)


# Wrong cause


def foreign_cause_near_quote(soil: Soil, thread: Thread) -> Invention | None:
    """The cause of a similar ticket, with the quote from this thread that shares most words with it."""
    return _foreign_cause(soil, thread, "of a similar ticket, nearest quote", nearest=True)


def foreign_cause_any_quote(soil: Soil, thread: Thread) -> Invention | None:
    """The same with two sentences of an answer, whatever they say."""
    return _foreign_cause(soil, thread, "of a similar ticket, any quotes", nearest=False)


def _foreign_cause(soil: Soil, thread: Thread, way: str, *, nearest: bool) -> Invention | None:
    text, sentences = soil.foreign_cause(thread, near=nearest), thread.sentences()
    if text is None or len(sentences) < _LATER:
        return None
    chosen = (
        [max(sentences, key=lambda u: len(words(u.raw) & words(text)))]
        if nearest
        else soil.random.sample(sentences, _LATER)
    )
    return invention("wrong cause", way, thread, cause(text, *map(thread.quote, chosen)), FieldName.ROOT_CAUSE)


def suspicion_as_cause(soil: Soil, thread: Thread) -> Invention | None:
    """What the customer only asks or guesses, stated as the cause."""
    return _planted_cause(soil, thread, "suspicion as fact", _phrasing(soil).suspected, Role.CUSTOMER)


def ruled_out_cause(soil: Soil, thread: Thread) -> Invention | None:
    """What somebody ruled out, with a quote that hides that."""
    return _planted_cause(soil, thread, "ruled out", _phrasing(soil).ruled_out, Role.AGENT)


def _planted_cause(soil: Soil, thread: Thread, way: str, among: Sequence[Planted], role: Role) -> Invention | None:
    planted, part = soil.random.choice(among), soil.random.choice(_phrasing(soil).parts)
    said = planted.said.format(it=part)
    ticket, name = with_message(thread.ticket, said, role, after=soil.random.randrange(1, len(thread.ticket.messages)))
    quote = Quote(message=name, text=planted.cut.format(it=part) or said)
    made = Thread.of(ticket)
    return invention("wrong cause", way, made, cause(planted.claim.format(it=part), quote), FieldName.ROOT_CAUSE)


def cause_taken_back(soil: Soil, thread: Thread) -> Invention | None:
    """A cause that its author takes back in a later message."""
    planted, part = soil.random.choice(_phrasing(soil).taken_back), soil.random.choice(_phrasing(soil).parts)
    said = planted.said.format(it=part)
    ticket, name = with_message(thread.ticket, said, Role.AGENT, after=1)
    ticket, _ = with_message(ticket, planted.cut.format(it=part), Role.AGENT, after=soil.random.randrange(2, 4))
    proposal = cause(planted.claim.format(it=part), Quote(message=name, text=said))
    return invention("wrong cause", "taken back later", Thread.of(ticket), proposal, FieldName.ROOT_CAUSE)


# Quote from another ticket


def foreign_quote(soil: Soil, thread: Thread) -> Invention | None:
    """Claim and quote of another ticket, said to stand here."""
    text = soil.foreign_cause(thread)
    if text is None:
        return None
    quote = Quote(message=soil.random.choice(thread.view.messages).id, text=text)
    return invention("quote from another ticket", "alone", thread, cause(text, quote), FieldName.ROOT_CAUSE)


def foreign_quote_beside_true_one(soil: Soil, thread: Thread) -> Invention | None:
    """The same with a quote beside it that does stand here."""
    text, sentences = soil.foreign_cause(thread), thread.sentences()
    if text is None or not sentences:
        return None
    true = thread.quote(soil.random.choice(sentences))
    proposal = cause(text, Quote(message=true.message, text=text), true)
    return invention("quote from another ticket", "beside a true one", thread, proposal, FieldName.ROOT_CAUSE)


def foreign_claim_on_common_words(soil: Soil, thread: Thread) -> Invention | None:
    """The claim of another ticket on a few words that both share."""
    text = soil.foreign_cause(thread)
    if text is None:
        return None
    pieces = [p for u in thread.sentences() for p in re.findall(r"\b\w+ \w+\b", u.raw) if p in text]
    if not pieces:
        return None
    piece = soil.random.choice(pieces)
    quotes = [Quote(message=m.id, text=piece) for m in thread.view.messages if piece in m.text.text][:1]
    proposal = cause(text, *quotes)
    return invention("quote from another ticket", "cut to common words", thread, proposal, FieldName.ROOT_CAUSE)


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
