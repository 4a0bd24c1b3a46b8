"""Ctrl-C is an orderly stop, also where it hits inside a library that makes an error of its own of it."""

import signal
from collections.abc import Iterator

import click
import pytest

from service import cli


@pytest.fixture(autouse=True)
def _handler_of_before() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _status(monkeypatch: pytest.MonkeyPatch, *, interrupted: bool) -> object:
    @click.command()
    def command() -> None:
        try:
            if interrupted:
                signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            pass
        raise ValueError("what a library makes of an interrupt")

    monkeypatch.setattr(cli, "precedent", command)
    with pytest.raises(SystemExit) as left:
        cli.main([])
    return left.value.code


def test_an_interrupt_that_a_library_turned_into_an_error_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 130 == _status(monkeypatch, interrupted=True)


def test_an_error_without_an_interrupt_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 == _status(monkeypatch, interrupted=False)
