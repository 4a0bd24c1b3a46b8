"""Long work tells a person at a terminal how far it is, and a log file nothing."""

import io

import pytest

from service.commands import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is_and_left_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress.shown() as tell:
        tell("reading questions", 500, 1000)
        tell("reading questions", 1000, 1000)
    lines = terminal.getvalue().split("\r")
    assert ["reading questions: 500 of 1,000", "reading questions: 1,000 of 1,000"] == [
        line.strip() for line in lines[1:3]
    ]
    assert "" == lines[-1]


def test_a_file_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    with progress.shown() as tell:
        tell("reading questions", 1000, 1000)
    assert "" == file.getvalue()
