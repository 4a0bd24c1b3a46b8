"""The LLM summariser: shows a fenced thread to a chat model and takes only an answer of the agreed form.

Called by the drafting use case through ports.Summariser. The model's words are checked for form here and for truth in
grounding: a quote that names no message of the thread is dropped, so that its claim counts as unproved.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import structlog
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from pipelines.capture.chat import Chat, ChatAnswer, ChatMessage
from pipelines.capture.prices import Prices, spent
from pipelines.capture.thread import FencedThread, ThreadTooLong, fenced
from pipelines.domain.drafts import Claim, FixKind, Proposal, ProposedVersions, Provenance, Quote, Summary, TicketView
from pipelines.domain.errors import SummariserFailed
from prompts import Prompt

SCHEMA_NAME = "resolution_summary"

_REPLY_SHOWN = 8_000
"""How many characters of an unusable answer are shown back to the model that wrote it."""

_PROBLEMS_NAMED = 10

_THREAD_SHARE = 0.8

log = structlog.get_logger()


class FailureReason(StrEnum):
    """Why there is no summary: the stable words of SummariserFailed."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    CONTENT_FILTER = "content_filter"
    EMPTY_ANSWER = "empty_answer"
    TRUNCATED = "truncated"
    INVALID_ANSWER = "invalid_answer"
    NOT_AUTHORISED = "not_authorised"
    REQUEST_REJECTED = "request_rejected"
    TOO_LONG = "too_long"

    @property
    def permanent(self) -> bool:
        """Whether asking again with the same ticket and settings cannot help."""
        return self not in _PASSING


_PASSING = frozenset(
    {FailureReason.TIMEOUT, FailureReason.RATE_LIMITED, FailureReason.SERVER_ERROR, FailureReason.UNREACHABLE}
)


def failed(reason: FailureReason, message: str) -> SummariserFailed:
    """The error to raise for `reason`. The message must hold neither ticket text nor a model's words."""
    return SummariserFailed(reason.value, message, permanent=reason.permanent)


def _words(text: str) -> str:
    # PostgreSQL takes no NUL in a text.
    return text.replace("\0", "").strip()


def _some_words(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


Words = Annotated[str, AfterValidator(_words)]
SomeWords = Annotated[Words, AfterValidator(_some_words)]


class _Form(BaseModel):
    """Every key required and no other allowed: what structured output promises, and what other endpoints may break."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QuoteForm(_Form):
    message: str
    quote: Words


class ClaimForm(_Form):
    text: Words
    quotes: list[QuoteForm]


class FixForm(_Form):
    text: Words
    kind: FixKind
    quotes: list[QuoteForm]


class VersionsForm(_Form):
    affected: list[Words]
    fixed_in: list[Words]
    quotes: list[QuoteForm]


class ProblemForm(_Form):
    title: SomeWords
    symptom: ClaimForm | None
    root_cause: ClaimForm | None
    fix: FixForm | None
    environment: ClaimForm | None
    versions: VersionsForm
    tried: list[ClaimForm]


def _at_least_one(problems: list[ProblemForm]) -> list[ProblemForm]:
    if not problems:
        raise ValueError("must hold at least one problem")
    return problems


class SummaryForm(_Form):
    # A docstring would travel in the schema. Lengths are checked after parsing: endpoints refuse schemas with them.
    problems: Annotated[list[ProblemForm], AfterValidator(_at_least_one)]


class LlmSummariser:
    """A ports.Summariser over a chat model. `budget_tokens` bounds a request: prompt and thread together."""

    name = "llm"

    def __init__(
        self,
        chat: Chat,
        prompt: Prompt,
        *,
        count_tokens: Callable[[str], int],
        budget_tokens: int = 24_000,
        prices: Prices | None = None,
    ) -> None:
        self._chat = chat
        self._prompt = prompt
        self._count_tokens = count_tokens
        self._prices = prices
        self._schema = SummaryForm.model_json_schema()
        # A fence that changes kind at each character costs the most tokens; the real one is random.
        self._room = budget_tokens - count_tokens(prompt.render(fence="0a" * 8))

    @property
    def thread_tokens(self) -> int:
        """What condensing should cut a thread to: the rest is for the frame around each message."""
        return int(self._room * _THREAD_SHARE)

    def summarise(self, view: TicketView) -> Summary:
        """At least one proposal. Raises SummariserFailed; where it is permanent, asking again cannot help."""
        started = time.monotonic()
        thread = self._fenced(view)
        system = self._prompt.render(fence=thread.fence)
        messages = [ChatMessage("system", system), ChatMessage("user", thread.text)]
        answers: list[ChatAnswer] = []
        try:
            form = self._form(messages, answers)
        except SummariserFailed as error:
            error.spent = spent(answers, self._prices)
            raise
        provenance = self._provenance(answers, seconds=time.monotonic() - started)
        cuts = view.cuts + thread.cuts
        return Summary(
            proposals=tuple(_proposal(problem, thread) for problem in form.problems),
            provenance=provenance.model_copy(update={"cuts": cuts}),
        )

    def _fenced(self, view: TicketView) -> FencedThread:
        try:
            return fenced(view, room=self._room, count_tokens=self._count_tokens)
        except ThreadTooLong:
            raise failed(
                FailureReason.TOO_LONG,
                f"The thread does not fit into {self._room} tokens; raise the LLM's token budget.",
            ) from None

    def _form(self, messages: Sequence[ChatMessage], answers: list[ChatAnswer]) -> SummaryForm:
        """The answer of the agreed form, after one repair if need be. Every answer that came is added to `answers`."""
        form, wrong = _read(self._ask(messages, answers))
        if form is None:
            log.info("summariser.repair_asked", reason=wrong.reason.value, prompt=self._prompt.id)
            # Two messages of one role in a row are refused by some models' chat templates: the answer stands between.
            form, wrong = _read(self._ask([*messages, *_repair(answers[0], wrong)], answers))
        if form is None:
            raise failed(wrong.reason, f"The LLM's answer was {wrong.summary}, also after it was asked again.")
        return form

    def _ask(self, messages: Sequence[ChatMessage], answers: list[ChatAnswer]) -> ChatAnswer:
        answer = self._chat.complete(messages, self._schema, SCHEMA_NAME)
        answers.append(answer)
        if answer.finish_reason == "content_filter":
            raise failed(FailureReason.CONTENT_FILTER, "The LLM endpoint's content filter withheld the answer.")
        if not answer.text.strip() and answer.finish_reason != "length":
            raise failed(FailureReason.EMPTY_ANSWER, "The LLM answered with no text.")
        return answer

    def _provenance(self, answers: Sequence[ChatAnswer], *, seconds: float) -> Provenance:
        return Provenance(
            summariser=self.name,
            model=answers[-1].model,
            prompt_id=self._prompt.id,
            prompt_version=self._prompt.version,
            prompt_sha256=self._prompt.sha256,
            answer_format=answers[-1].format,
            seconds=seconds,
            repaired=len(answers) > 1,
        ).model_copy(update=spent(answers, self._prices))


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with an answer: `summary` for people and logs, `remarks` for the model alone."""

    reason: FailureReason
    summary: str
    remarks: tuple[str, ...]


_NOTHING_WRONG = _Wrong(FailureReason.INVALID_ANSWER, "of the agreed form", ())


def _read(answer: ChatAnswer) -> tuple[SummaryForm | None, _Wrong]:
    if answer.finish_reason == "length":
        remark = "it was cut off before its end; write less: shorter texts, one quote a claim"
        return None, _Wrong(FailureReason.TRUNCATED, "cut off before its end", (remark,))
    try:
        return SummaryForm.model_validate_json(_json_part(answer.text)), _NOTHING_WRONG
    except ValidationError as error:
        # Without input and context; the places and messages may still name a model's own keys, so they go back to the
        # model and nowhere else.
        found = error.errors(include_url=False, include_context=False, include_input=False)
        remarks = tuple(f"{'.'.join(map(str, e['loc'])) or 'the answer'}: {e['msg']}" for e in found[:_PROBLEMS_NAMED])
        summary = f"not of the agreed form ({len(found)} faults)"
        return None, _Wrong(FailureReason.INVALID_ANSWER, summary, remarks)


def _json_part(text: str) -> str:
    """The JSON object in an answer: without a reasoning model's thoughts, a code block's marks or words around it."""
    rest = text.rpartition("</think>")[2].strip()
    start, end = rest.find("{"), rest.rfind("}")
    return rest[start : end + 1] if 0 <= start < end else rest


def _repair(answer: ChatAnswer, wrong: _Wrong) -> list[ChatMessage]:
    remarks = "\n".join(f"- {remark}" for remark in wrong.remarks)
    return [
        ChatMessage("assistant", answer.text[:_REPLY_SHOWN] or "(nothing)"),
        ChatMessage("user", f"Your answer could not be used:\n{remarks}\nAnswer again with the whole JSON object."),
    ]


def _proposal(problem: ProblemForm, thread: FencedThread) -> Proposal:
    fix = problem.fix if problem.fix and problem.fix.text else None
    return Proposal(
        title=problem.title,
        symptom=_claim(problem.symptom, thread),
        root_cause=_claim(problem.root_cause, thread),
        fix=_claim(fix, thread),
        fix_kind=fix.kind if fix else None,
        environment=_claim(problem.environment, thread),
        versions=ProposedVersions(
            affected=_distinct(problem.versions.affected),
            fixed_in=_distinct(problem.versions.fixed_in),
            quotes=_quotes(problem.versions.quotes, thread),
        ),
        tried=tuple(claim for form in problem.tried if (claim := _claim(form, thread))),
    )


def _claim(form: ClaimForm | FixForm | None, thread: FencedThread) -> Claim | None:
    """The claim, or None where the model left the text empty, which is its way to say that nothing is stated."""
    return Claim(text=form.text, quotes=_quotes(form.quotes, thread)) if form and form.text else None


def _quotes(forms: Sequence[QuoteForm], thread: FencedThread) -> tuple[Quote, ...]:
    named = ((thread.shown.get(form.message), form.quote) for form in forms)
    return tuple(Quote(message=message, text=quote) for message, quote in named if message and quote)


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
