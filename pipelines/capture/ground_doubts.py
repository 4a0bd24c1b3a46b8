"""What speaks against a claim whose quotes do stand in the thread: the flags that ground puts on a field.

Each is a reason for the agent to look before it is believed. All are decided by words and places, not by a model:
what the quoted sentence denies or only suspects, what is taken back later, what the thread does not speak of at all.
"""

import re
from collections.abc import Sequence

from pipelines.capture.cue_tones import DENIED
from pipelines.capture.ground_context import Cited, Context
from pipelines.capture.ground_denial import any_denies, denies, scopes
from pipelines.capture.ground_outcome import answered_failing, failed, failed_in_place
from pipelines.capture.ground_words import Vocabulary, telling, tongue
from pipelines.domain.drafts import FieldName
from pipelines.domain.tickets import Role

OPPOSITE = "the quoted sentence says the opposite"
SUSPECTED = "the thread only suspects this"
TAKEN_BACK = "the thread takes this back later"
ELSEWHERE = "the quotes speak of something else"
NOT_OF_THREAD = "the thread does not speak of: "
CONTRADICTED = "the thread says that this did not help"
"""The flag of a fix whose evidence is negated, or followed by word that the problem is still there."""

_OF_THREAD, _OF_MESSAGES, _OF_QUOTES = 0.6, 0.5, 0.2
"""Shares of a claim's telling words that stand in the thread, in the quoted messages or the subject, in the quotes.

Chosen on the development halves of `python -m evals inventions`: below lie a third of the causes brought along from
similar tickets at the least, and hardly a claim that a reader made of the thread.
"""
_OF_FOREIGN = 0.25
"""The first of them for a claim in another language than its quotes."""
_FEW = 3  # telling words: of fewer, a share says little
_NAMED = 5
_HALF = 0.5

_GUESS = re.compile(
    r"\b(?:could|might|may|can) (?:it|this|that|the|there)\b|\b(?:might|may|could) (?:\w+ )?(?:be"
    r"|have been)\b|\b(?:perhaps|maybe|possibly)\b"
    r"|\b(?:i|we) (?:guess|suspect|wonder|assume|imagine|suppose)\b|\b(?:not"
    r"|n['\u2019]t) (?:\w+ )?(?:sure|certain|know)\b|\bmy (?:guess|hunch|theory|suspicion|bet)\b"
    r"|\b(?:possible|potential|likely) (?:cause|culprit|reason|suspect)\b|\b(?:would|should)(?: not"
    r"|n['\u2019]t) (?:be )?surprise\w*\b"
    r"|\bhas anyone\b|\bhas anybody\b|\bvielleicht\b|\bk\u00f6nnte\b|\bvermut\w+\b|\bpeut-\u00eatre\b|\bquiz\u00e1s?\b"
)
_HEDGED = re.compile(
    r"\b(?:suspect\w*|prob\w+|possib\w+|may|might|maybe|perhaps|likely|presum\w+|apparent\w*|seem\w*"
    r"|appear\w*|could|assum\w+|guess\w*|believed?)\b"
)
_RETRACTION = re.compile(
    r"\b(?:is|are|was|were|be|been|it)(?: not|n['\u2019]t) (?:\w+ )?(?:the|caused|due|because|related"
    r"|at fault|to blame|responsible|it|involved)\b"
    r"|\bafter all\b|\bcorrection\b|\b(?:was|were) wrong\b|\bturn(?:s|ed) out\b|\bscratch\b|\binnocent\b"
    r"|\bunrelated\b|\brul(?:ed?|ing) out\b"
    r"|\bexclud\w+\b|\bnothing to do\b|\bnot (?:true|the case)\b|\bignore my\b|\bshows? (?:up )?without\b"
    r"|\balso without\b|\bis fine\b"
)


def doubts(name: FieldName, claim: str, cited: Sequence[Cited], context: Context) -> tuple[str, ...]:
    """The flags of one field, none where nothing speaks against it. `cited`: its quotes that stand."""
    if not cited:
        return ()
    said = [sentence for one in cited for sentence in one.said]
    found = list(_of_something_else(name, claim, cited, context))
    if name is not FieldName.ENVIRONMENT and any_denies(said, claim):
        found.append(OPPOSITE)
    if name is FieldName.ROOT_CAUSE:
        found += _about_cause(claim, cited, said, context)
    if name is FieldName.FIX and did_not_help(claim, cited, context):
        found.append(CONTRADICTED)
    return tuple(dict.fromkeys(found))


def _of_something_else(name: FieldName, claim: str, cited: Sequence[Cited], context: Context) -> tuple[str, ...]:
    """Whether the claim's own words are foreign to the thread, to the quoted messages or to the quotes."""
    words, subject = telling(claim), context.view.subject.text
    quoted = Vocabulary([*(s for one in cited for s in one.said), subject]).share(words)
    if quoted >= _OF_THREAD:
        return ()  # the thread and its messages hold no fewer
    thread = context.vocabulary
    if len(words) < _FEW and thread.share(words):
        return ()
    bodies = [context.view.messages[one.message].text.text for one in cited if one.message >= 0]
    translated = _translated(claim, bodies or [subject])
    if thread.share(words) < (_OF_FOREIGN if translated else _OF_THREAD):
        missing = [word for word in claim_words(claim) if not any(map(thread.holds, telling(word)))]
        return (NOT_OF_THREAD + ", ".join(missing[:_NAMED]),)
    if translated or name is FieldName.ENVIRONMENT:
        return ()  # an environment is a list of facts, each of which stands anywhere
    near = Vocabulary([*bodies, subject]).share(words)
    return () if near >= _OF_MESSAGES and quoted >= _OF_QUOTES else (ELSEWHERE,)


def _translated(claim: str, bodies: Sequence[str]) -> bool:
    """Whether a claim is in another language than all that it quotes: names and codes alone can then be compared."""
    ours = tongue(claim)
    theirs = {tongue(body) for body in bodies}
    return ours is not None and ours not in theirs and None not in theirs


def claim_words(claim: str) -> list[str]:
    """The telling words of a claim as it writes them."""
    return [word for word in dict.fromkeys(re.findall(r"[^\W\d_]{2,}", claim)) if telling(word)]


def _about_cause(claim: str, cited: Sequence[Cited], said: Sequence[str], context: Context) -> list[str]:
    found: list[str] = []
    if not _HEDGED.search(claim.lower()) and all(_only_guessed(one) for one in cited):
        found.append(SUSPECTED)
    if any(DENIED.search(sentence.lower()) for sentence in said) and not DENIED.search(claim.lower()):
        found.append(OPPOSITE)
    elif any(_retracts(sentence, claim) for sentence in _later(cited, context)):
        found.append(TAKEN_BACK)
    return found


def _only_guessed(one: Cited) -> bool:
    return all(sentence.rstrip().endswith("?") or _GUESS.search(sentence.lower()) for sentence in one.said)


def _later(cited: Sequence[Cited], context: Context) -> list[str]:
    """What is said after the last quote, in its paragraph and in later messages."""
    last = max(cited, key=lambda one: one.message)
    later = [s for n in range(last.message + 1, len(context.view.messages)) for s in context.sentences(n)]
    return [*last.after, *later]


def _retracts(sentence: str, claim: str) -> bool:
    if not (_RETRACTION.search(sentence.lower()) or DENIED.search(sentence.lower())):
        return False
    words, ours = telling(claim), Vocabulary([claim])
    told = Vocabulary([sentence])
    if any(names and ours.share(names) == 1 for scope in scopes(sentence) if (names := telling(" ".join(scope)))):
        return True
    return (bool(words) and told.share(words) >= _HALF) or denies(sentence, claim)


def did_not_help(claim: str, cited: Sequence[Cited], context: Context) -> bool:
    """Whether every quote of a remedy that stands latest is denied in place, right after it, or by the"
    " asker's answer.
    """
    last = max(one.message for one in cited)
    return all(_no_help(one, claim, context) for one in cited if one.message == last)


def _no_help(one: Cited, claim: str, context: Context) -> bool:
    if any(failed_in_place(sentence) for sentence in one.said) and not failed(claim):
        return True
    if one.after and failed(one.after[0]) and not failed(claim):
        return True
    answer = next(
        (n for n in range(one.message + 1, len(context.view.messages)) if _asker(context, n)),
        None,
    )
    return answer is not None and one.message > 0 and answered_failing(context.sentences(answer))


def _asker(context: Context, message: int) -> bool:
    return context.view.messages[message].role is Role.CUSTOMER
