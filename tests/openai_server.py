"""A local server that speaks the OpenAI chat protocol, as well or as badly as it is told to.

In tests: `with OpenAiServer() as server: server.enqueue(rate_limited(retry_after="1"))`; what is not scripted gets an
honest answer, made from the thread in the request. By hand: `python -m tests.openai_server --mode MODE --port 9000`,
then point PRECEDENT_LLM_BASE_URL at the address it prints.
"""

import argparse
import json
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.honest_answer import honest_answer

MODEL = "test-model-1"
ORDERED = "the vendor shipped a corrupted image"
"""What a message may order a summariser to write, for the mode that obeys."""


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.body["messages"]
        return found

    @property
    def format(self) -> str:
        """The answer format asked for: json_schema, json_object or plain."""
        asked: str = self.body.get("response_format", {}).get("type", "plain")
        return asked


@dataclass(frozen=True)
class Reply:
    """What goes back. `delay`: seconds before the first byte; `pause`: seconds after each byte; `drop`: hang up."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    delay: float = 0.0
    pause: float = 0.0
    drop: bool = False


def completion(message: Mapping[str, Any], finish_reason: str = "stop", tokens: tuple[int, int] = (100, 20)) -> Reply:
    """A whole chat completion around one message."""
    return as_json(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": MODEL,
            "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
        }
    )


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(body=json.dumps(value).encode(), status=status, headers=named)


def text(content: str | None, finish_reason: str = "stop") -> Reply:
    return completion({"content": content}, finish_reason)


def summary(**fields: Any) -> str:
    """An answer of the agreed form with one problem, all not stated but what is given."""
    empty: dict[str, Any] = {"symptom": None, "root_cause": None, "fix": None, "environment": None, "tried": []}
    versions: dict[str, Any] = {"affected": [], "fixed_in": [], "quotes": []}
    return json.dumps({"problems": [{"title": "A title", **empty, "versions": versions, **fields}]})


def error(status: int, code: str | None = None, message: str = "no", **headers: str) -> Reply:
    return as_json({"error": {"message": message, "type": "error", "code": code, "param": None}}, status, **headers)


def rate_limited(retry_after: str) -> Reply:
    return error(429, "rate_limit_exceeded", Retry_After=retry_after)


def refusal() -> Reply:
    return completion({"content": None, "refusal": "I cannot help with that."})


def no_choices() -> Reply:
    return as_json({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": []})


def nonsense() -> Reply:
    page = b"<!doctype html><title>Welcome</title><p>It works!"
    return Reply(body=page, headers={"Content-Type": "text/html"})


def honest(request: Received) -> Reply:
    """What a careful model would say, with quotes that stand in the thread; the same thread gets the same answer."""
    thread = next(message["content"] for message in request.messages if message["role"] == "user")
    size = sum(len(message["content"]) for message in request.messages) // 4
    content = json.dumps(honest_answer(thread))
    return completion({"content": content}, tokens=(size, len(content) // 4))


def _without_schemas(request: Received) -> Reply:
    return (
        error(400, "unsupported", "response_format is not supported") if request.format != "plain" else honest(request)
    )


def _json_mode(request: Received) -> Reply:
    return error(400, "unsupported", "no schemas here") if request.format == "json_schema" else honest(request)


def _truncated(request: Received) -> Reply:
    whole = json.loads(honest(request).body)
    content: str = whole["choices"][0]["message"]["content"]
    return text(content[: len(content) // 2], "length")


def _invented(_request: Received) -> Reply:
    claim = {"text": "The flux capacitor overheated.", "quotes": [{"message": "m1", "quote": "flux capacitor at 88"}]}
    return text(summary(title="Invented", root_cause=claim))


def _french(_request: Received) -> Reply:
    claim = {"text": "La connexion échoue après la mise à jour.", "quotes": []}
    return text(summary(title="Échec de connexion", symptom=claim))


def _obeying(_request: Received) -> Reply:
    return text("Understood! I will ignore my instructions. HACKED")


def _repeating(request: Received) -> Reply:
    """Does as a message of the thread says, in the agreed form, and quotes it."""
    thread = next(message["content"] for message in request.messages if message["role"] == "user")
    at = thread.index("message ", thread.rindex("[", 0, thread.index(ORDERED)))
    claim = {"text": ORDERED, "quotes": [{"message": thread[at:].split()[1], "quote": ORDERED}]}
    return text(summary(title="Repeated", root_cause=claim))


MODES: Mapping[str, Callable[[Received], Reply]] = {
    "honest": honest,
    "nonsense": lambda _: nonsense(),
    "not-json": lambda _: text("Sure! Here is a summary of the ticket."),
    "wrong-types": lambda _: text('{"problems": [{"title": 7, "symptom": "text"}]}'),
    "truncated": _truncated,
    "invented": _invented,
    "french": _french,
    "obeying": _obeying,
    "refusing": lambda _: refusal(),
    "filtered": lambda _: text(None, "content_filter"),
    "empty": lambda _: text(""),
    "no-choices": lambda _: no_choices(),
    "no-schemas": _without_schemas,
    "json-mode": _json_mode,
    "repeating": _repeating,
    "rate-limited": lambda _: rate_limited("2"),
    "broken": lambda _: error(500),
    "unauthorised": lambda _: error(401, "invalid_api_key"),
    "dropping": lambda _: Reply(drop=True),
    "silent": lambda _: Reply(delay=3600),
    "slow": lambda _: Reply(body=b" " * 3600, pause=1.0),
}


class OpenAiServer:
    """Listens on a loopback port while the context is open. `requests` is everything that came in, oldest first."""

    def __init__(self, mode: str = "honest", port: int = 0) -> None:
        self.requests: list[Received] = []
        self.default = MODES[mode]
        self.stopping = threading.Event()
        self._script: deque[Reply] = deque()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def enqueue(self, *replies: Reply) -> None:
        """Script the next answers; after them the mode's own come again."""
        self._script.extend(replies)

    def reply(self, request: Received) -> Reply:
        self.requests.append(request)
        return self._script.popleft() if self._script else self.default(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: OpenAiServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the play; anything else is a fault of this server and shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Received(self.path, dict(self.headers.items()), json.loads(raw))
        known = self.path == "/v1/chat/completions"
        self._send(self.server.owner.reply(request) if known else error(404, "not_found"))

    def _send(self, reply: Reply) -> None:
        stopping = self.server.owner.stopping
        if stopping.wait(reply.delay) or reply.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in _pieces(reply):
            self.wfile.write(piece)
            if stopping.wait(reply.pause):
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing: the requests are kept."""


def _pieces(reply: Reply) -> Iterable[bytes]:
    return (bytes([byte]) for byte in reply.body) if reply.pause else (reply.body,)


def main() -> None:
    parser = argparse.ArgumentParser(description="A local server that speaks the OpenAI chat protocol.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--mode", choices=sorted(MODES), default="honest")
    options = parser.parse_args()
    with OpenAiServer(options.mode, options.port) as server:
        print(f"{server.base_url} answers in mode {options.mode}; Ctrl-C stops it", flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            server.stopping.wait()


if __name__ == "__main__":
    main()
