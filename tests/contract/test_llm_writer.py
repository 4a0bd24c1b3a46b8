"""The LLM article writer against a server that answers well, badly, or not at all; and the check of its sentences."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import prompts
from pipelines.adapters.openai_chat import OpenAiChat
from pipelines.articles.evidence import RecordEvidence, Told
from pipelines.articles.write import Answer, LlmWriter, Written
from pipelines.capture.borne_out import borne_out
from pipelines.capture.chat import ChatMessage
from pipelines.capture.redact import Redactor
from pipelines.capture.redaction_reveal import parts
from pipelines.domain.articles import ArticlePart, SentenceOrigin
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.errors import SummariserFailed
from tests.openai_server import OpenAiServer, Reply, completion, text

FIX = "Set saml.allowed_skew_seconds to 120 in /etc/sluice/gateway.yml and restart the gateway."
CAUSE = "The clock of one node is more than 60 s behind, so that the assertion is not valid yet."
RECORDS = (
    RecordEvidence(
        id="R-1",
        version=2,
        title="Clock skew rejects the SAML assertion",
        fields={FieldName.FIX: FIX, FieldName.ROOT_CAUSE: CAUSE, FieldName.SYMPTOM: "Login fails with SAML-0417."},
        fix_kind=FixKind.CONFIGURATION,
        affected=("5.0",),
    ),
    RecordEvidence(id="R-2", version=1, fields={FieldName.FIX: "Restart the proxy.", FieldName.ENVIRONMENT: "A proxy"}),
)
TOLD = (Told(ticket="desk/T-1", text="Everybody is thrown back to the sign-in page."),)


def one(words: str, *cites: str, when: str | None = None) -> dict[str, Any]:
    return {"text": words, "cites": list(cites), "when": when}


def article(**changes: Any) -> dict[str, Any]:
    whole = {
        "title": "Login fails with SAML-0417",
        "issue": [
            one("Everybody is thrown back to the sign-in page.", "C1"),
            one("Login fails with SAML-0417.", "R-1"),
        ],
        "environment": [],
        "resolution": [one("Set saml.allowed_skew_seconds to 120 and restart the gateway.", "R-1")],
        "cause": [one("The clock of one node is more than 60 s behind.", "R-1")],
    }
    return whole | changes


def writer_over(server: OpenAiServer) -> LlmWriter:
    chat = OpenAiChat("wanted", base_url=server.base_url, timeout=5.0, deadline=20.0, max_retries=0)

    def ask(messages: Sequence[tuple[str, str]], schema: Any, name: str) -> Answer:
        return chat.complete([ChatMessage(role, content) for role, content in messages], schema, name)

    return LlmWriter(ask, prompts.load("write_article"), borne_out=borne_out)


def write(server: OpenAiServer, records: Sequence[RecordEvidence] = RECORDS) -> Written:
    redact: Callable[[str], str] = Redactor(people=["Tomas Rey"]).redact_text
    return writer_over(server).write(records, TOLD, parts, redact)


def written(answer: dict[str, Any]) -> Written:
    with OpenAiServer() as server:
        server.enqueue(text(json.dumps(answer)))
        return write(server)


def said(made: Written, part: ArticlePart) -> list[str]:
    return [sentence.text for sentence in made.parts.get(part, ())]


def test_each_sentence_rests_on_the_records_that_it_cites() -> None:
    made = written(article())
    assert ("Login fails with SAML-0417", 0, "test-model-1") == (made.title, made.dropped, made.model)
    first, second = made.parts[ArticlePart.ISSUE]
    assert (["desk/T-1"], SentenceOrigin.LLM) == ([ref.record for ref in first.sources], first.origin)
    assert {("R-1", 2)} == {(ref.record, ref.version) for ref in second.sources}


@pytest.mark.parametrize(
    ("words", "cites"),
    [
        ("Set saml.allowed_skew_seconds to 300 and restart the gateway.", ["R-1"]),
        ("Set saml.allowed_skew_seconds to 12 and restart the gateway.", ["R-1"]),
        ("Set saml.max_age to 120 and restart the gateway.", ["R-1"]),
        ("Edit /etc/sluice/proxy.yml and restart the gateway.", ["R-1"]),
        ("Upgrade to 5.0.1.", ["R-1"]),
        ("Restart the proxy.", ["R-1"]),
        ("Restart the gateway and call Kerberos support.", ["R-1"]),
        ("Delete all sessions of your users afterwards.", ["R-1", "R-2"]),
        ("Restart the proxy.", []),
        ("Tomas Rey restarts the proxy.", ["R-2"]),
        ("", ["R-2"]),
    ],
)
def test_a_sentence_that_its_records_do_not_bear_out_is_dropped_and_counted(words: str, cites: list[str]) -> None:
    kept = one("Restart the gateway.", "R-1")
    made = written(article(resolution=[kept, one(words, *cites)]))
    assert (["Restart the gateway."], 1) == (said(made, ArticlePart.RESOLUTION), made.dropped)


def test_a_not_that_went_missing_is_noticed() -> None:
    made = written(article(cause=[one("The assertion is valid yet.", "R-1")]))
    assert ([], 1) == (said(made, ArticlePart.CAUSE), made.dropped)


def test_a_condition_has_to_stand_in_the_records_too() -> None:
    made = written(
        article(resolution=[one("Restart the proxy.", "R-2", when=w) for w in ("A proxy", "Kubernetes 1.31")])
    )
    assert ["A proxy"] == [sentence.when for sentence in made.parts[ArticlePart.RESOLUTION]]
    assert 1 == made.dropped


def test_a_title_of_its_own_invention_is_not_taken() -> None:
    assert written(article(title="Kerberos tickets expire on Mondays")).title is None


FAILURES: dict[str, Reply] = {
    "refused": completion({"content": None, "refusal": "I would rather not."}),
    "truncated": text(json.dumps(article())[:60], "length"),
    "content_filter": text("", "content_filter"),
    "invalid_answer": text('{"title": "x"}'),
    "invented_citation": text(json.dumps(article(cause=[one("The clock is behind.", "R-99")]))),
    "not_borne_out": text(json.dumps(article(resolution=[one("Reboot the moon.", "R-1")]))),
    "server_error": Reply(status=500),
}


@pytest.mark.parametrize("reason", FAILURES)
def test_an_answer_that_cannot_be_used_says_why_and_quotes_nothing(reason: str) -> None:
    with OpenAiServer() as server:
        server.enqueue(*[FAILURES[reason]] * 3)
        with pytest.raises(SummariserFailed) as caught:
            write(server)
    assert reason == caught.value.reason
    assert not any(word in str(caught.value) for word in ("moon", "R-99", "rather"))


def test_the_model_is_shown_what_readers_may_have_behind_a_fence_and_nothing_else() -> None:
    with OpenAiServer() as server:
        server.enqueue(text(json.dumps(article())))
        hidden = RECORDS[0].model_copy(update={"fields": {FieldName.FIX: FIX}, "withheld": ("root_cause",)})
        write(server, [hidden, RECORDS[1]])
        (asked,) = server.requests
    system, shown = (message["content"] for message in asked.messages)
    fence = shown.split()[0].removeprefix("[")
    assert fence in system
    assert f"[{fence} R-1 | fix]\n{FIX}" in shown
    assert f"[{fence} C1 | said]" in shown
    assert "desk/T-1" not in shown
    assert CAUSE not in shown
    assert "json_schema" == asked.format


def test_too_much_evidence_is_not_sent() -> None:
    long = RECORDS[0].model_copy(update={"fields": {FieldName.FIX: "Restart it. " * 9_000}})
    with OpenAiServer() as server, pytest.raises(SummariserFailed) as caught:
        write(server, [long])
    assert "too_long" == caught.value.reason
