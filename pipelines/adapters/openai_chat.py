"""The only module that knows the openai client: a chat model behind any endpoint that speaks its protocol.

Implements capture.chat.Chat. The client's own retries stay off: they sleep up to two minutes at a server's word
and know no deadline for the whole call. Nothing that is raised here holds a request or a response, since both hold
ticket text; nothing is logged but counts, codes and seconds.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import BaseModel, Field, ValidationError

from pipelines.capture.chat import ChatAnswer, ChatMessage
from pipelines.capture.summarise import FailureReason, failed
from pipelines.domain.errors import SummariserFailed

if TYPE_CHECKING:
    import httpx2
    import openai

PUBLIC_ENDPOINT = "https://api.openai.com/v1"

_LARGEST_ANSWER = 4 * 1024 * 1024
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_TOO_MANY = 429
_SERVER_FAULT = 500
_UNACCEPTED = frozenset({400, 422})
_MODES = ("json_schema", "json_object", "plain")

# The last one is how the client itself remembers, until the response, that its caller wants the raw body.
_HEADERS_SENT = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "x-stainless-raw-response"}
)

log = structlog.get_logger()


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Cached(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Completion(BaseModel):
    """The parts of the protocol's answer that are used; everything else in it is ignored."""

    model: str | None = None
    choices: list[_Choice] = Field(default_factory=list)
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class _Fault:
    """An attempt that brought no answer. `retry_after`: seconds that the server asks to wait."""

    error: SummariserFailed
    again: bool = False
    retry_after: float | None = None
    unaccepted: bool = False


@dataclass(slots=True)
class _Attempt:
    """What an attempt's own thread leaves behind."""

    body: bytes | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class OpenAiChat:
    """A chat model by name. `timeout` bounds one attempt, `deadline` all attempts and waits together, in seconds."""

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 90.0,
        deadline: float = 240.0,
        max_retries: int = 3,
    ) -> None:
        self._model = model
        self._base_url = base_url or PUBLIC_ENDPOINT
        self._api_key = (api_key or "").strip() or None
        self._timeout = timeout
        self._deadline = deadline
        self._max_retries = max_retries
        self._mode = 0
        self._random = random.Random()

    def complete(self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], schema_name: str) -> ChatAnswer:
        """Ask once, again where that can help, and in a simpler answer format where the endpoint takes no schema.

        The simplest format that was needed is remembered. Raises SummariserFailed.
        """
        until = time.monotonic() + self._deadline
        mode = self._mode
        retries = 0
        while True:
            request = self._request(messages, schema, schema_name, _MODES[mode])
            outcome = self._attempt(request, until)
            if isinstance(outcome, ChatAnswer):
                if mode != self._mode:
                    log.info("llm.answer_format", model=self._model, format=_MODES[mode])
                    self._mode = mode
                return replace(outcome, format=_MODES[mode])
            if outcome.unaccepted and mode + 1 < len(_MODES):
                mode += 1
                continue
            wait = self._wait(outcome, retries)
            if not outcome.again or retries >= self._max_retries or time.monotonic() + wait >= until:
                raise outcome.error
            retries += 1
            log.info("llm.retry", reason=outcome.error.reason, attempt=retries, seconds=round(wait, 2))
            time.sleep(wait)

    def _request(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], schema_name: str, mode: str
    ) -> dict[str, Any]:
        # No temperature and no token limit: there are models that refuse either.
        request: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
        }
        if mode == "json_schema":
            wanted = {"name": schema_name, "schema": dict(schema), "strict": True}
            request["response_format"] = {"type": mode, "json_schema": wanted}
        elif mode == "json_object":
            request["response_format"] = {"type": mode}
        return request

    def _wait(self, fault: _Fault, retries: int) -> float:
        """Seconds before the next attempt: what the server asks for, else doubling, with up to a quarter taken off."""
        if fault.retry_after is not None:
            return fault.retry_after
        doubled: float = min(_FIRST_WAIT * 2.0**retries, _LONGEST_WAIT)
        return doubled * self._random.uniform(0.75, 1.0)

    def _attempt(self, request: Mapping[str, Any], until: float) -> ChatAnswer | _Fault:
        """One request, given up at the end of its time whatever the other side does.

        It runs in a thread of its own because the HTTP client's timeouts are per read: headers or a body that come
        byte by byte, or a name server that does not answer, would hold a caller for ever. Closing the connection ends
        the thread at its next read.
        """
        seconds = min(self._timeout, max(until - time.monotonic(), 0.0))
        client = self._client(seconds)
        attempt = _Attempt()
        threading.Thread(target=_run, args=(client, request, attempt), name="llm-request", daemon=True).start()
        finished = attempt.done.wait(seconds)
        client.close()
        if not finished:
            return _Fault(failed(FailureReason.TIMEOUT, f"The LLM gave no answer within {seconds:.0f} s."), again=True)
        if attempt.body is None:
            return _fault(attempt.error)
        return _answer(attempt.body, self._model)

    def _client(self, seconds: float) -> "openai.OpenAI":
        import openai  # noqa: PLC0415 - takes a second or more; only those who use an LLM pay for it

        http = openai.DefaultHttpxClient(
            timeout=seconds,
            # A redirect would carry ticket text to a host that nobody configured.
            follow_redirects=False,
            event_hooks={"request": [_only_configured(self._api_key)]},
        )
        return openai.OpenAI(
            # Any value keeps the client from looking for a key in the environment; the hook decides what is sent.
            api_key=self._api_key or "none",
            base_url=self._base_url,
            timeout=seconds,
            max_retries=0,
            http_client=http,
        )


def _only_configured(api_key: str | None) -> Callable[["httpx2.Request"], None]:
    """A hook that lets no header pass but the ones named here.

    The client takes an organisation, a project and any header at all from OPENAI_* variables of the environment.
    """

    def keep(request: "httpx2.Request") -> None:
        for name in list(request.headers):
            if name.lower() not in _HEADERS_SENT:
                del request.headers[name]
        request.headers["User-Agent"] = "precedent"
        if api_key:
            request.headers["Authorization"] = f"Bearer {api_key}"

    return keep


def _run(client: "openai.OpenAI", request: Mapping[str, Any], attempt: _Attempt) -> None:
    try:
        with client.chat.completions.with_streaming_response.create(**request) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    break
            attempt.body = bytes(body)
    except Exception as error:  # noqa: BLE001 - handed to the waiting thread, which names it
        attempt.error = error
    finally:
        attempt.done.set()


def _answer(body: bytes, model: str) -> ChatAnswer | _Fault:
    if len(body) > _LARGEST_ANSWER:
        megabytes = _LARGEST_ANSWER // 1024**2
        return _Fault(failed(FailureReason.INVALID_ANSWER, f"The LLM's answer is larger than {megabytes} MiB."))
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        return _Fault(
            failed(
                FailureReason.INVALID_ANSWER,
                "The LLM endpoint's answer is no chat completion; check the base URL, which usually ends in /v1.",
            )
        )
    if not completion.choices:
        return _Fault(failed(FailureReason.EMPTY_ANSWER, "The LLM answered with no choice."))
    choice, usage = completion.choices[0], completion.usage or _Usage()
    if choice.message.refusal:
        return _Fault(failed(FailureReason.REFUSED, "The LLM refused to answer."))
    return ChatAnswer(
        text=choice.message.content or "",
        model=completion.model or model,
        tokens_in=usage.prompt_tokens,
        tokens_out=usage.completion_tokens,
        tokens_cached=usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None,
        finish_reason=choice.finish_reason,
    )


def _fault(error: Exception | None) -> _Fault:
    """Name a client error without its text, which may quote the request or the response."""
    import httpx2  # noqa: PLC0415 - comes with openai
    import openai  # noqa: PLC0415

    if isinstance(error, openai.APIStatusError):
        return _status_fault(error)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return _Fault(failed(FailureReason.TIMEOUT, "The LLM endpoint did not answer in time."), again=True)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        return _Fault(failed(FailureReason.UNREACHABLE, "The LLM endpoint cannot be reached."), again=True)
    kind = type(error).__name__
    return _Fault(failed(FailureReason.INVALID_ANSWER, f"The LLM endpoint's answer could not be read ({kind})."))


def _status_fault(error: "openai.APIStatusError") -> _Fault:
    status, code = error.status_code, error.code
    said = f"The LLM endpoint answered {status}"
    if status in (401, 403):
        return _Fault(failed(FailureReason.NOT_AUTHORISED, f"{said}; check the API key and what it may use."))
    if status == _TOO_MANY:
        # A spent quota does not come back within a call.
        again = code != "insufficient_quota"
        wait = retry_after(error.response.headers)
        return _Fault(failed(FailureReason.RATE_LIMITED, f"{said}: too many requests."), again=again, retry_after=wait)
    if status >= _SERVER_FAULT or status in (408, 409, 425):
        wait = retry_after(error.response.headers)
        return _Fault(failed(FailureReason.SERVER_ERROR, f"{said}."), again=True, retry_after=wait)
    if code in ("content_filter", "content_policy_violation"):
        return _Fault(failed(FailureReason.CONTENT_FILTER, f"{said}: its content filter took the request out."))
    if code == "context_length_exceeded":
        return _Fault(failed(FailureReason.TOO_LONG, f"{said}: the thread is too long for the model."))
    rejected = failed(FailureReason.REQUEST_REJECTED, f"{said}; check the model's name and the base URL.")
    return _Fault(rejected, unaccepted=status in _UNACCEPTED)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `Retry-After-Ms` or `Retry-After` (seconds or a date; RFC 9110), None where neither says."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "")
        try:
            seconds = float(value) / unit
        except ValueError:
            continue
        return seconds if seconds >= 0 else None
    try:
        return max(parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time(), 0.0)
    except ValueError:
        return None
