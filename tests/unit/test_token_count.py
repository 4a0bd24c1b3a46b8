"""Counting tokens: exactly with a model's encoding, else on the safe side, and never at the price of a stall."""

import base64
import math
import random
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from pipelines.adapters import token_count
from pipelines.adapters.token_count import count, estimate, load_within, token_counter


@pytest.fixture(autouse=True)
def undecided() -> Iterator[None]:
    """Each test decides anew how to count."""
    token_counter.cache_clear()
    yield
    token_counter.cache_clear()


def bytewise() -> tiktoken.Encoding:
    """A real encoding, of single bytes and one pair, with a special token."""
    ranks = {bytes([value]): value for value in range(256)} | {b"ab": 256}
    return tiktoken.Encoding("bytewise", pat_str=r"\S+|\s+", mergeable_ranks=ranks, special_tokens={"<|end|>": 300})


def test_an_encoding_counts_exactly() -> None:
    assert count(bytewise(), "ab abc") == 4


def test_what_looks_like_a_special_token_is_counted_as_text() -> None:
    assert count(bytewise(), "<|end|>") == 7


@given(st.text(max_size=200), st.integers(1, 50))
def test_counting_in_parts_is_off_by_at_most_one_a_cut(text: str, repeat: int) -> None:
    long = text * repeat
    whole = len(bytewise().encode_ordinary(long))

    assert whole <= count(bytewise(), long) <= whole + len(long) // token_count._PART


def test_a_very_long_run_without_a_blank_is_counted_in_seconds() -> None:
    started = time.monotonic()

    assert count(bytewise(), "ab" * 200_000) == 200_000
    assert time.monotonic() - started < 10


@given(st.text())
def test_the_estimate_is_never_far_below_what_the_bytes_suggest_and_never_above_them(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))

    assert math.ceil(size / 16) <= estimate(text) + text.count(" ") <= size + text.count(" ")


@given(st.text(st.characters(min_codepoint=0x80)))
def test_every_two_bytes_beyond_ascii_are_at_least_a_token(text: str) -> None:
    assert estimate(text) >= len(text.encode("utf-8", "surrogatepass")) / 2


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens_but_for_one_word_that_joins(one: str, two: str) -> None:
    assert estimate(one + "\n" + two) >= max(estimate(one), estimate(two))


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        # What tiktoken's cl100k_base and o200k_base make of each, the larger of the two.
        (11, "The connection pool was exhausted after the upgrade to version."),
        (28, "2024-03-04T10:04:04.148Z ERROR [worker-4] connection timed out"),
        (12, "    return sorted(found, key=lambda t: t.message)"),
        (12, "数据库连接在升级之后总是超时"),
    ],
)
def test_prose_logs_code_and_chinese_are_not_under_counted(tokens: int, text: str) -> None:
    assert tokens <= estimate(text) <= 2.5 * tokens


def test_random_keys_are_counted_at_two_characters_a_token_or_less() -> None:
    seeded = random.Random(7)
    key = base64.b64encode(seeded.randbytes(3000)).decode()
    identifiers = "\n".join(str(uuid.UUID(int=seeded.getrandbits(128))) for _ in range(50))

    assert estimate(key) >= len(key) / 2
    assert estimate(identifiers) >= len(identifiers) / 2


def test_a_model_that_is_not_known_is_estimated_with_one_warning_and_no_attempt_to_load() -> None:
    with structlog.testing.capture_logs() as events:
        counters = {token_counter("some-local-model") for _ in range(3)}

    assert {estimate} == counters
    warning = {"event": "llm.tokens_estimated", "log_level": "warning", "model": "some-local-model", "encoding": None}
    assert [warning] == events


@pytest.fixture
def black_hole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A network that takes every connection and never answers, and an empty cache of encodings."""
    monkeypatch.setattr("tiktoken.registry.ENCODINGS", {})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
        yield
    # With the listener gone the attempt that was left behind fails, and its word must not reach another test.
    for thread in threading.enumerate():
        if thread.name == "tiktoken-load":
            thread.join(10)


@pytest.mark.usefixtures("black_hole")
def test_a_network_that_never_answers_costs_a_few_seconds_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_count, "PATIENCE", 0.5)
    started = time.monotonic()
    with structlog.testing.capture_logs() as events:
        counters = [token_counter("gpt-4o") for _ in range(5)]

    assert [estimate] * 5 == counters
    assert time.monotonic() - started < 30
    warnings = [(event["event"], event["encoding"]) for event in events if event["log_level"] == "warning"]
    assert warnings == [("llm.tokens_estimated", "o200k_base")]


def test_an_encoding_that_loads_in_time_is_used_and_nothing_is_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load(name: str) -> tiktoken.Encoding:
        asked.append(name)
        return bytewise()

    monkeypatch.setattr(token_count, "_load", load)
    with structlog.testing.capture_logs() as events:
        counter = token_counter("gpt-4o-mini")

    assert counter("ab abc") == 4
    assert asked == ["o200k_base"]
    assert not events


def test_loading_that_fails_or_lasts_gives_nothing() -> None:
    def fails() -> tiktoken.Encoding:
        raise OSError("no network")

    release = threading.Event()

    def lasts() -> tiktoken.Encoding:
        release.wait(30)
        return bytewise()

    assert load_within(5, fails) is None
    assert load_within(0.05, lasts) is None
    release.set()
