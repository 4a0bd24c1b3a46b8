"""What is kept of questions between two reports saves time and changes nothing, whatever happens to the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.capture.redact import Redactor
from pipelines.domain.tickets import Ticket, TicketKey
from pipelines.ports import LexicalHit
from service.store.queries import gaps
from service.usecases import kept_questions
from service.usecases.erase import erase_ticket
from service.usecases.kept_questions import FILE
from service.usecases.report_gaps import build_report
from service.usecases.services import Services, Stopping
from tests.usecases.cases import SYMPTOM, case, confirmed, said, send
from tests.usecases.test_report_gaps import badges


class Counted:
    """The word search, and how many questions it was asked."""

    def __init__(self, services: Services) -> None:
        self._search = services.lexical.search
        self.asked = 0

    def search(self, text: str, limit: int) -> list[LexicalHit]:
        self.asked += 1
        return self._search(text, limit)


@pytest.fixture
def counted(services: Services) -> Counted:
    found = Counted(services)
    services.lexical = found
    return found


@pytest.fixture
def redacted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tickets that were read for what to redact."""
    seen: list[str] = []
    plain = Redactor.for_ticket

    def noted(ticket: Ticket) -> Redactor:
        seen.append(str(ticket.key))
        return plain(ticket)

    monkeypatch.setattr(Redactor, "for_ticket", noted)
    return seen


def snapshot(services: Services) -> Any:
    build_report(services)
    with services.db.read() as session:
        kept = gaps.latest_report(session)
    assert kept is not None
    return kept.inputs_sha256, kept.report["gaps"]


def asked(services: Services, *numbers: int) -> None:
    """Tickets that give a name away, which has to be redacted each time."""
    for number in numbers:
        body = f"{SYMPTOM} Please call Ms Grace Hopper, grace.hopper{number}@globex.example."
        send(services, case(f"E-{number}", said("m1", body), subject="Nightly export stops", closed=False))


def test_what_did_not_change_is_neither_redacted_nor_answered_anew(
    services: Services, counted: Counted, redacted: list[str]
) -> None:
    confirmed(services)
    asked(services, 1, 2)
    badges(services, 1, 2)
    redacted.clear()
    counted.asked = 0
    first = snapshot(services)
    assert 4 == counted.asked
    assert ["desk/B-1", "desk/B-2", "desk/E-1", "desk/E-2"] == sorted(redacted)
    assert first == snapshot(services)
    assert (4, 4) == (counted.asked, len(redacted))
    badges(services, 3)
    redacted.clear()
    snapshot(services)
    assert (5, ["desk/B-3"]) == (counted.asked, redacted)


def test_a_ticket_that_says_something_else_is_read_anew(
    services: Services, counted: Counted, redacted: list[str]
) -> None:
    confirmed(services)
    badges(services, 1, 2)
    counted.asked = 0
    snapshot(services)
    changed = case("B-2", said("m1", "Badges of Grace Hopper are blank."), subject="Blank badges", closed=False)
    send(services, changed)
    redacted.clear()
    snapshot(services)
    assert (3, ["desk/B-2"]) == (counted.asked, redacted)


def test_after_a_record_was_confirmed_every_question_looks_for_its_answer_anew(
    services: Services, counted: Counted
) -> None:
    asked(services, 1, 2)
    _, before = snapshot(services)
    assert 1 == len(before)
    confirmed(services)
    counted.asked = 0
    _, after = snapshot(services)
    assert [] == after
    assert 2 == counted.asked


def test_a_report_that_was_stopped_half_way_keeps_what_it_found(services: Services, redacted: list[str]) -> None:
    badges(services, 1, 2)
    snapshot(services)
    badges(services, 3)
    redacted.clear()
    with pytest.raises(Stopping):
        build_report(services, progress=stop)
    assert ["desk/B-3"] == redacted
    redacted.clear()
    snapshot(services)
    assert [] == redacted


def stop(*_: object) -> None:
    raise Stopping


@pytest.mark.parametrize("content", ["", "[]", '{"program": 1}', None])
def test_a_damaged_file_is_as_good_as_none(content: str | None, services: Services) -> None:
    asked(services, 1, 2)
    whole = snapshot(services)
    path = services.settings.data_dir / FILE
    path.write_text(path.read_text()[:60] if content is None else content)
    assert whole == snapshot(services)
    assert {"program", "serving", "redacted", "answers"} == json.loads(path.read_text()).keys()


def test_what_another_program_worked_out_is_not_taken_over(
    services: Services, redacted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(services, 1, 2)
    whole = snapshot(services)
    redacted.clear()
    monkeypatch.setattr(kept_questions, "_program", lambda: "another")
    assert whole == snapshot(services)
    assert 2 == len(redacted)


def test_the_file_holds_no_ticket_and_no_text(services: Services) -> None:
    confirmed(services)
    asked(services, 1, 2)
    badges(services, 1)
    snapshot(services)
    kept = (services.settings.data_dir / FILE).read_text()
    assert '"[person-1]"' in kept
    for told in ("Hopper", "globex", "export", "badge", "desk/", "E-1"):
        assert told not in kept


def test_erasing_a_ticket_forgets_the_file(services: Services) -> None:
    asked(services, 1, 2)
    snapshot(services)
    path: Path = services.settings.data_dir / FILE
    assert path.exists()
    erase_ticket(services.db, TicketKey(source="desk", id="E-1"), services.settings.data_dir, "Ada")
    assert not path.exists()


def test_a_file_that_cannot_be_written_stops_no_report(services: Services) -> None:
    asked(services, 1, 2)
    (services.settings.data_dir / FILE).mkdir()
    assert 1 == len(snapshot(services)[1])
