"""Gaps get their titles from the LLM where one is configured, once, and keep what people call them."""

import json
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

import prompts
from pipelines.gaps.name import LlmNamer
from service.container import ask_llm
from service.usecases.change_gaps import GapChange, change_gap
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from tests.openai_server import OpenAiServer, error, refusal, text
from tests.usecases.cases import send
from tests.usecases.test_report_gaps import KIM, asking, badges

TITLE = json.dumps({"title": "Blank badges since the firmware update"})


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with OpenAiServer() as running:
        yield running


@pytest.fixture
def naming(services: Services, server: OpenAiServer) -> Services:
    """An installation with an LLM that names gaps, and three tickets that form one."""
    services.namer = LlmNamer(ask_llm("test-model-1", server.base_url, None, 10.0), prompts.load("name_gap"))
    badges(services, 1, 2, 3)
    return services


def titles(services: Services) -> list[str]:
    return [gap.title for gap in build_report(services).gaps]


def test_a_new_gap_is_named_once_and_the_next_report_is_the_same(naming: Services, server: OpenAiServer) -> None:
    server.enqueue(text(TITLE))
    one, two = build_report(naming), build_report(naming)
    assert "Blank badges since the firmware update" == one.gaps[0].title
    assert one.model_dump(exclude={"id", "built_at", "window"}, mode="json") | {"gaps": 0} == two.model_dump(
        exclude={"id", "built_at", "window"}, mode="json"
    ) | {"gaps": 0}
    assert [gap.title for gap in one.gaps] == [gap.title for gap in two.gaps]
    assert 1 == len(server.requests)


def test_a_gap_that_has_doubled_is_named_anew_unless_a_person_named_it(naming: Services, server: OpenAiServer) -> None:
    server.enqueue(text(TITLE))
    titles(naming)
    badges(naming, 4, 5, 6)
    server.enqueue(text(json.dumps({"title": "Badge printer prints blank badges"})))
    assert ["Badge printer prints blank badges"] == titles(naming)
    assert ["created", "renamed"] == [event.kind for event in read_gap(naming.db, "G-1").history]
    change_gap(naming.db, "G-1", GapChange(title="Empty badges"), KIM)
    badges(naming, *range(7, 20))
    assert ["Empty badges"] == titles(naming)
    assert 2 == len(server.requests)


def test_without_a_usable_title_the_gap_bears_its_offline_one_and_the_log_says_why(
    naming: Services, server: OpenAiServer
) -> None:
    server.enqueue(*[text('{"title": "Badge printer of doom"}')] * 2)
    with capture_logs() as logs:
        (title,) = titles(naming)
    assert title.startswith("Badge printer prints blank badges")
    assert ["not_their_words"] == [entry["reason"] for entry in logs if entry["event"] == "gap.not_named"]
    assert "doom" not in str(logs)
    assert [title] == titles(naming)
    assert 2 == len(server.requests)


def test_a_model_that_does_not_answer_is_asked_for_one_gap_and_again_in_the_next_report(
    naming: Services, server: OpenAiServer
) -> None:
    for number in (1, 2):
        send(naming, asking(f"S-{number}", f"Calendar sync slow {number}", "Calendar sync takes ages on tablets."))
    server.enqueue(refusal())
    assert 2 == len(titles(naming))
    assert 1 == len(server.requests)
    server.enqueue(text(TITLE), error(401))
    assert "Blank badges since the firmware update" in titles(naming)


def test_what_is_sent_is_redacted(naming: Services, server: OpenAiServer) -> None:
    send(naming, asking("B-9", "Badge printer prints blank badges 9", "Blank badges. Mail greta@badges.example"))
    server.enqueue(text(TITLE))
    titles(naming)
    assert "greta" not in json.dumps(server.requests[0].body)
