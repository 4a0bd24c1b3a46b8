"""Seconds from opening the confirmation screen to confirmed, for three demo tickets driven by keyboard in a browser.

A program's keys take no time, so two figures are given: what the machine took, and what a person would have, modelled
as a keystroke-level model (Card, Moran and Newell, "The keystroke-level model for user performance time with
interactive systems", Communications of the ACM 23(7), 1980) with silent reading on top (Brysbaert, "How many words do
we read per minute?", Journal of Memory and Language 109, 2019):

    K = 0.20 s   each key of an average skilled typist; Alt+Y is two keys
    M = 1.35 s   getting ready, once before each command and each text
    238 words    read a minute

The agent answers what the screen asks: with the ticket's own field where that says it, else with the text of the
labelled set, else not known. Versions that the draft has wrong are corrected. Three readings of the same steps:

    knows       who worked on the ticket: reads the right-hand side, types what they know
    composes    the same, but words are found while typing: 19 words a minute (Karat, Halverson, Horn and Karat,
                "Patterns of entry and correction in large vocabulary continuous speech recognition systems", CHI 1999)
    stranger    composes, and reads the whole conversation first
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.domain.confirmations import VERSION
from pipelines.domain.drafts import DraftState
from pipelines.domain.interview import asked
from service.settings import Settings
from service.store.engine import Database, open_engine
from service.usecases.queue import list_drafts, read_draft
from service.usecases.views import DraftView

KEY, MENTAL, READ_PER_MINUTE, COMPOSED_PER_MINUTE = 0.20, 1.35, 238, 19
TARGET = 90.0
TICKETS = ("demo/T-1993", "demo/T-2018", "demo/T-1985")
"""Nothing asked, a cause and two facts that the ticket's fields hold, a cause and a fix in another language."""

LABELS = Path(__file__).parent / "datasets" / "demo_capture.jsonl"
START_SECONDS = 240
_READINGS = ("knows", "composes", "stranger")
_PLACES = {"symptom": 1, "root_cause": 2, "fix": 3, "environment": 4, VERSION: 5}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object")
    parser.add_argument("--paced", action="store_true", help="type and read in real time, at the speed of `knows`")


@dataclass(slots=True)
class Hands:
    """Presses keys in a page and counts what a person would have done. `pace` 1.0 waits as long as they would."""

    page: Any
    pace: float = 0.0
    keys: int = 0
    thoughts: int = 0
    written: int = 0
    """Words typed, and below the keys they took."""
    written_keys: int = 0
    waited: float = 0.0
    """Seconds of pacing, which are the person's and not the machine's."""

    def press(self, *combinations: str) -> None:
        """One command of one or more keys."""
        self.thoughts += 1
        self._wait(MENTAL)
        for combination in combinations:
            pressed = combination.count("+") + 1
            self.keys += pressed
            self._wait(pressed * KEY)
            self.page.keyboard.press(combination)

    def write(self, text: str) -> None:
        self.thoughts += 1
        self.keys += len(text)
        self.written += len(text.split())
        self.written_keys += len(text)
        self._wait(MENTAL)
        self.page.keyboard.type(text, delay=1000 * KEY * self.pace)
        self.waited += len(text) * KEY * self.pace

    def read(self, words: int) -> None:
        self._wait(words * 60 / READ_PER_MINUTE)

    def _wait(self, seconds: float) -> None:
        if self.pace:
            time.sleep(seconds * self.pace)
            self.waited += seconds * self.pace


@dataclass(frozen=True, slots=True)
class Timed:
    """One ticket: what was done, how long the machine took and how long a person would. Seconds throughout."""

    ticket: str
    asked: int
    keys: int
    written: int
    read: int
    thread: int
    """Words of the right-hand side, and of the conversation."""
    machine: float
    recorded: float | None
    """What the screen's own clock said, as kept with the confirmation: with --paced it should be as long as `knows`."""
    knows: float = field(default=0.0)
    composes: float = field(default=0.0)
    stranger: float = field(default=0.0)


def run(arguments: argparse.Namespace) -> int:
    """0 where every ticket is confirmed within the target by who knows it, else 1; also 0 where no browser can be."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 (a dependency of development)
    except ImportError:
        print("skipped: Playwright is not installed; it comes with `make install-dev`")
        return 0
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_path is None:
        print("skipped: no Chromium is installed")
        return 0
    with tempfile.TemporaryDirectory(prefix="confirm-time-") as folder, _demo(Path(folder)) as address:
        db = Database(open_engine(Settings(data_dir=Path(folder)).sql_url, 2))
        with sync_playwright() as playwright:
            # The sandbox needs user namespaces, which containers often lack; only our own pages are opened.
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
            timed = [_confirm(page, db, ticket, 1.0 if arguments.paced else 0.0) for ticket in TICKETS]
            browser.close()
        db.dispose()
    print(json.dumps([_as_dict(one) for one in timed], indent=1) if arguments.json else _table(timed))
    return 0 if all(one.knows <= TARGET for one in timed) else 1


@contextmanager
def _demo(folder: Path) -> Iterator[str]:
    """The address of the demo, loaded anew in a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRECEDENT_LLM_")}
    environment = {**own, "PRECEDENT_DATA_DIR": str(folder), "PRECEDENT_PORT": str(port)}
    command = [sys.executable, "-c", "from service.cli import main; main()", "demo"]
    with (folder / "demo.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(address):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the demo did not start: " + (folder / "demo.log").read_text(errors="replace"))
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/live", timeout=5) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except OSError:
        return False


def _confirm(page: Any, db: Database, ticket: str, pace: float) -> Timed:
    line = next(line for line in list_drafts(db, limit=200).items if line.ticket == ticket)
    draft = read_draft(db, line.id)
    label = _label(ticket.split("/")[1])
    hands = Hands(page, pace)
    started = time.perf_counter()
    page.goto(f"/confirm/{line.id}")
    page.wait_for_function("document.getElementById('timer').textContent !== ''")
    read = _words(page, ".answers") - _words(page, ".reject")
    hands.read(read)
    questions = asked(draft.content)
    for question in questions:
        _answer(hands, question, label)
    _correct_versions(hands, draft, label)
    hands.press("Control+Enter")
    page.wait_for_url("**/queue")
    machine = time.perf_counter() - started - hands.waited
    decided = read_draft(db, line.id)
    if decided.state is not DraftState.CONFIRMED:
        raise RuntimeError(f"{ticket} was not confirmed: its draft is {decided.state}")
    thread = sum(len(message.body.split()) for message in draft.ticket.messages)
    return _timed(ticket, len(questions), hands, (read, thread), machine, decided.decisions[-1].seconds)


def _answer(hands: Hands, question: str, label: Mapping[str, Any]) -> None:
    """The question in focus: by the ticket's own field, else by what is known, else by saying that it is not."""
    hint = hands.page.locator(f"#field-{question} [data-hint]").count()
    told = label["versions"]["affected"] if question == VERSION else (label[question] or {}).get("text")
    if hint:
        hands.press("Alt+y")
    elif not told:
        hands.press("Alt+n")
    else:
        hands.write(", ".join(told) if question == VERSION else told)
        hands.press("Control+Enter")
        if question == "fix":
            hands.press(label["fix"]["kind"][0], "Control+Enter")


def _correct_versions(hands: Hands, draft: DraftView, label: Mapping[str, Any]) -> None:
    """Where the thread was read as naming versions that it does not name."""
    versions = draft.content.versions
    right = label["versions"]
    for tabs, (has, wanted) in enumerate(
        ((versions.affected, right["affected"]), (versions.fixed_in, right["fixed_in"]))
    ):
        if versions.stated and set(has) != set(wanted) and wanted:
            hands.press(f"Alt+{_PLACES[VERSION]}", *["Tab"] * tabs, "Control+a")
            hands.write(", ".join(wanted))


def _words(page: Any, selector: str) -> int:
    return sum(len(text.split()) for text in page.locator(selector).all_inner_texts())


def _label(identifier: str) -> Mapping[str, Any]:
    lines = (json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines())
    found: Mapping[str, Any] = next(label for label in lines if label["id"] == identifier)
    return found


def _timed(
    ticket: str, questions: int, hands: Hands, words: tuple[int, int], machine: float, recorded: float | None
) -> Timed:
    read, thread = words
    knows = machine + hands.keys * KEY + hands.thoughts * MENTAL + read * 60 / READ_PER_MINUTE
    composes = knows - hands.written_keys * KEY + hands.written * 60 / COMPOSED_PER_MINUTE
    return Timed(
        ticket,
        questions,
        hands.keys,
        hands.written,
        read,
        thread,
        machine,
        recorded,
        knows=knows,
        composes=composes,
        stranger=composes + thread * 60 / READ_PER_MINUTE,
    )


def _as_dict(one: Timed) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Timed.__slots__}


def _table(timed: list[Timed]) -> str:
    counts, seconds = ("asked", "keys", "written", "read", "thread"), ("machine", "recorded", *_READINGS)
    rows = [f"{'ticket':<14}" + "".join(f"{name:>10}" for name in (*counts, *seconds))]
    for one in timed:
        numbers = "".join(f"{getattr(one, name):>10}" for name in counts)
        times = "".join(f"{getattr(one, name) or 0.0:>8.1f} s" for name in seconds)
        rows.append(f"{one.ticket:<14}{numbers}{times}")
    model = f"K {KEY} s, M {MENTAL} s, {READ_PER_MINUTE} words read and {COMPOSED_PER_MINUTE} composed a minute"
    return "\n".join([*rows, f"{model}; at most {TARGET:.0f} s for who knows the ticket"])
