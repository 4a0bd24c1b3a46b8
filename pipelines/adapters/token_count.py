"""Counts the tokens of a text as a chat model would, exactly where that is possible, else on the safe side.

tiktoken downloads a model's encoding file at its first use, without any time limit, and keeps it in its cache
(TIKTOKEN_CACHE_DIR). So it is tried once a process, in the background, and not waited for longer than a few seconds: a
closed network costs that much once, and an open one fills the cache for every later start. Models that tiktoken does
not know are estimated without any attempt.
"""

import functools
import re
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    import tiktoken

PATIENCE = 4.0
"""Seconds to wait for an encoding that is not in the cache."""

_PART = 8_000
"""Characters encoded at once: the encoder is not linear in runs without a break. A cut adds one token at most."""

_RUNS = re.compile(
    r"(?P<word>[A-Za-z]+)|(?P<digits>[0-9]+)|(?P<blank>[ \t\r\f\v]+)|(?P<lines>\n+)|(?P<sign>[!-/:-@\[-`{-~])"
    r"|(?P<other>[^\x00-\x7f]+)|(?P<control>[\x00-\x1f\x7f])"
)

_LONG_WORD = 12
_BASIC_PLANE = 0xFFFF

log = structlog.get_logger()


@functools.cache
def token_counter(model: str) -> Callable[[str], int]:
    """How to count for this model. Falls back to `estimate` with one warning; decided once a process and model."""
    name = _encoding_name(model)
    encoding = load_within(PATIENCE, lambda: _load(name)) if name else None
    if encoding is None:
        log.warning("llm.tokens_estimated", model=model, encoding=name)
        return estimate
    return functools.partial(count, encoding)


def count(encoding: "tiktoken.Encoding", text: str) -> int:
    """Tokens of the text; what looks like a special token in it is plain text."""
    parts = (text[start : start + _PART] for start in range(0, len(text), _PART))
    return sum(len(encoding.encode_ordinary(part)) for part in parts)


def estimate(text: str) -> int:
    """About how many tokens a byte-pair encoder makes of the text, on the high side, by kind of character.

    Compared with four models' encoders on 570 real support threads: 1.2 to 1.4 times the true count in all, and never
    below 0.97 of it for any thread. Random hexadecimal and base64 come out at 0.9 and above.
    """
    return sum(_COSTS[match.lastgroup or ""](match.group()) for match in _RUNS.finditer(text))


def _word_cost(word: str) -> int:
    # Ordinary words are one or two tokens, long compounds more. Capitals throughout, camel case and random letters
    # (keys, base64) break into pieces of one to two letters.
    size = len(word)
    breaks = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    if size > 1 and word.isupper():
        return -(-size // 2)
    if breaks > size // 8 + 1:
        return -(-size * 4 // 5)
    return -(-size // (5 if size <= _LONG_WORD else 3)) + breaks


def _other_cost(run: str) -> int:
    # Two bytes a token; rare characters, of four bytes, can take three tokens.
    rare = sum(ord(character) > _BASIC_PLANE for character in run)
    return -(-(len(run.encode("utf-8", "surrogatepass")) - 4 * rare) // 2) + 3 * rare


_COSTS: dict[str, Callable[[str], int]] = {
    "word": _word_cost,
    "digits": lambda run: -(-len(run) // 3),
    # A single blank belongs to the word after it.
    "blank": lambda run: 0 if run == " " else -(-len(run) // 16),
    "lines": lambda run: -(-len(run) // 2),
    "sign": lambda _run: 1,
    "other": _other_cost,
    "control": lambda _run: 1,
}


def load_within(seconds: float, load: Callable[[], "tiktoken.Encoding"]) -> "tiktoken.Encoding | None":
    """What `load` returns, or None where it fails or takes longer. It is then left behind in its own thread."""
    found: list[tiktoken.Encoding] = []

    def attempt() -> None:
        try:
            found.append(load())
        except Exception as error:  # noqa: BLE001 - whatever keeps it away, an estimate takes its place
            log.info("llm.encoding_unavailable", error=type(error).__name__)

    thread = threading.Thread(target=attempt, name="tiktoken-load", daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else None


def _encoding_name(model: str) -> str | None:
    import tiktoken  # noqa: PLC0415 - only those who use an LLM load it

    try:
        return tiktoken.encoding_name_for_model(model)
    except KeyError:
        return None


def _load(name: str) -> "tiktoken.Encoding":
    import tiktoken  # noqa: PLC0415

    return tiktoken.get_encoding(name)
