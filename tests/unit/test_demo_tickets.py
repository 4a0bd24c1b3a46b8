"""The demo tickets keep what service/demo/README.md promises: the demo and the evaluations build on it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TICKETS_FILE = ROOT / "service/demo/tickets.jsonl"
README = ROOT / "service/demo/README.md"
LABELS_FILE = ROOT / "evals/datasets/demo_capture.jsonl"
GROUPS_FILE = ROOT / "evals/datasets/demo_retrieval.json"

TICKET_FIELDS = set(
    "id source subject status created_at closed_at product_area priority account reporter assignee category_at_intake "
    "labels escalated escalations events links messages".split()
)
MESSAGE_FIELDS = {"id", "at", "author", "role", "visibility", "body"}
STAGES = {"intake", "triage", "investigation", "resolution", "documentation", "feedback"}
CLAIMS = ("symptom", "root_cause", "fix", "environment")


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


TICKETS = read_lines(TICKETS_FILE)
LABELS = read_lines(LABELS_FILE)
GROUPS = json.loads(GROUPS_FILE.read_text(encoding="utf-8"))
BY_ID = {ticket["id"]: ticket for ticket in TICKETS}
CLOSED = [ticket for ticket in TICKETS if ticket["status"] == "closed"]
ALL_TEXT = "\n".join(message["body"] for ticket in TICKETS for message in ticket["messages"])

each_ticket = pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: ticket["id"])
each_label = pytest.mark.parametrize("label", LABELS, ids=lambda label: label["id"])


def test_the_set_has_the_promised_size() -> None:
    """About sixty tickets: enough closed ones to learn from, enough open ones to answer."""
    assert 58 <= len(TICKETS) <= 66
    assert 40 <= len(CLOSED) <= 46
    assert 18 <= len(TICKETS) - len(CLOSED) <= 22
    assert {"open", "pending", "closed"} == {ticket["status"] for ticket in TICKETS}


def test_ticket_ids_are_unique_and_in_order_of_creation() -> None:
    """An id is given once, and a higher number was created later."""
    assert len(TICKETS) == len(BY_ID)
    assert all(re.fullmatch(r"T-\d{4}", ticket_id) for ticket_id in BY_ID)
    by_number = sorted(TICKETS, key=lambda ticket: int(ticket["id"][2:]))
    assert sorted(ticket["created_at"] for ticket in TICKETS) == [ticket["created_at"] for ticket in by_number]


def test_about_two_thirds_of_the_closed_tickets_were_escalated() -> None:
    """Escalated tickets are what capture works on: about 36 in all."""
    assert 33 <= sum(ticket["escalated"] for ticket in TICKETS) <= 40
    assert sum(ticket["escalated"] for ticket in CLOSED) > len(CLOSED) / 2


def test_all_five_escalation_types_and_all_stages_occur() -> None:
    """Every type and every lifecycle stage of an escalation is seen at least once."""
    escalations = [escalation for ticket in TICKETS for escalation in ticket["escalations"]]
    assert {"functional", "hierarchical", "automated", "priority", "external"} == {one["type"] for one in escalations}
    assert {one["stage"] for one in escalations} == STAGES


def test_every_product_area_and_tier_is_represented() -> None:
    """Six product areas and three account tiers, and an account has one name and one tier."""
    assert len({ticket["product_area"] for ticket in TICKETS}) == 6
    assert {"enterprise", "business", "starter"} == {ticket["account"]["tier"] for ticket in TICKETS}
    accounts = {(one["id"], one["name"], one["tier"]) for one in (ticket["account"] for ticket in TICKETS)}
    assert len(accounts) == len({account_id for account_id, _, _ in accounts})


def test_internal_notes_are_common_in_closed_tickets() -> None:
    """At least twenty closed tickets have an internal note of an agent or engineer."""
    with_note = [
        ticket
        for ticket in CLOSED
        if any(one["visibility"] == "internal" and one["role"] in {"agent", "engineer"} for one in ticket["messages"])
    ]
    assert len(with_note) >= 20


def test_root_causes_are_often_only_in_internal_notes() -> None:
    """At least fifteen labelled root causes quote an internal note."""
    count = 0
    for label in LABELS:
        visibility = {one["id"]: one["visibility"] for one in BY_ID[label["id"]]["messages"]}
        quotes = label["root_cause"]["quotes"] if label["root_cause"] else []
        count += any(visibility[quote["message"]] == "internal" for quote in quotes)
    assert count >= 15


@each_ticket
def test_a_ticket_has_every_field_of_the_ticket_file(ticket: dict[str, Any]) -> None:
    """The ticket file's fields are all there, with legal values."""
    assert set() == TICKET_FIELDS - ticket.keys()
    assert ticket["source"] == "demo"
    assert ticket["subject"].strip()
    assert ticket["messages"]
    assert ticket["escalated"] == bool(ticket["escalations"])
    for message in ticket["messages"]:
        assert message.keys() == MESSAGE_FIELDS
        assert message["role"] in {"customer", "agent", "engineer", "system", "other"}
        assert message["visibility"] in {"public", "internal"}
        assert message["body"].strip()
    for event in ticket["events"]:
        assert {"at", "kind", "from", "to", "actor"} == event.keys()
        assert event["kind"] in {"status", "assignee", "priority", "reopened"}
    for escalation in ticket["escalations"]:
        assert {"type", "stage", "at", "reason", "decided_by", "to"} == escalation.keys()


@each_ticket
def test_a_ticket_numbers_its_messages_once_each(ticket: dict[str, Any]) -> None:
    """Message ids are unique within the ticket, and customers never write internal notes."""
    ids = [message["id"] for message in ticket["messages"]]
    assert [f"m{number}" for number in range(1, len(ids) + 1)] == ids
    assert not any(one["role"] == "customer" and one["visibility"] == "internal" for one in ticket["messages"])


@each_ticket
def test_the_times_of_a_ticket_are_in_order(ticket: dict[str, Any]) -> None:
    """Created first, messages and events ascending, closed last, nothing after 20 November 2026."""
    created = moment(ticket["created_at"])
    messages = [moment(one["at"]) for one in ticket["messages"]]
    events = [moment(one["at"]) for one in ticket["events"]]
    escalations = [moment(one["at"]) for one in ticket["escalations"]]
    assert messages == sorted(messages)
    assert events == sorted(events)
    assert escalations == sorted(escalations)
    assert created <= min(messages + events + escalations)
    last = max(messages + events + escalations)
    assert last <= datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
    if ticket["status"] == "closed":
        assert last <= moment(ticket["closed_at"])
    else:
        assert ticket["closed_at"] is None


@each_ticket
def test_the_events_of_a_ticket_lead_to_its_present_state(ticket: dict[str, Any]) -> None:
    """Replaying status, assignee and priority changes ends at what the ticket says, step by step."""
    present = {"status": "open", "assignee": None}
    for event in ticket["events"]:
        kind = "status" if event["kind"] == "reopened" else event["kind"]
        assert present.get(kind, event["from"]) == event["from"]
        present[kind] = event["to"]
    assert ticket["status"] == present["status"]
    assert ticket["assignee"] == present["assignee"]
    assert ticket["priority"] == present.get("priority", ticket["priority"])


@each_ticket
def test_links_and_mentioned_tickets_exist(ticket: dict[str, Any]) -> None:
    """A thread never refers to a ticket that is not in the set."""
    mentioned = {found for one in ticket["messages"] for found in re.findall(r"\bT-\d{4}\b", one["body"])}
    assert set() == (mentioned | {link["ticket"] for link in ticket["links"]}) - BY_ID.keys()


def test_the_set_spans_about_nine_months() -> None:
    """From February to November 2026."""
    created = sorted(moment(ticket["created_at"]) for ticket in TICKETS)
    assert 250 <= (created[-1] - created[0]).days <= 290


def test_there_is_one_very_long_thread_and_one_very_long_message() -> None:
    """Condensing has something to cut: sixty messages in a thread, four hundred lines in a message."""
    assert max(len(ticket["messages"]) for ticket in TICKETS) >= 60
    assert max(one["body"].count("\n") for ticket in TICKETS for one in ticket["messages"]) >= 400


def test_exactly_one_ticket_tries_to_instruct_the_summariser() -> None:
    """One customer message tells the reader to ignore its instructions."""
    assert len([one for one in TICKETS if "ignore previous instructions" in json.dumps(one, ensure_ascii=False)]) == 1


def test_threads_are_noisy() -> None:
    """Quoted mails, an automatic reply, stack traces, a reopening and three more languages occur."""
    assert len(re.findall(r"^On \w{3}, .* wrote:$", ALL_TEXT, re.MULTILINE)) >= 6
    assert "out of the office" in ALL_TEXT
    assert "Traceback (most recent call last)" in ALL_TEXT
    assert "java.io.IOException" in ALL_TEXT
    assert any(event["kind"] == "reopened" for ticket in TICKETS for event in ticket["events"])
    for words in ("Mit freundlichen Grüßen", "Un saludo", "お世話になっております"):
        assert words in ALL_TEXT


@pytest.mark.parametrize(
    "pattern",
    [
        r"\bAKIA[A-Z0-9]{16}\b",
        r"\bghp_[A-Za-z0-9]{36}\b",
        r"\bsk_live_[A-Za-z0-9]{16,}",
        r"\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
        r"-----BEGIN RSA PRIVATE KEY-----",
        r"^password: \S+$",
        r"https://\S+\?token=\S+",
        r"\+49 30 \d+ \d+",
        r"\b020 7946 \d{4}\b",
        r"\(\d{3}\) 555-01\d\d",
    ],
)
def test_secrets_and_phone_numbers_are_planted_for_redaction(pattern: str) -> None:
    """Redaction is shown on invented values of the real shape."""
    assert re.search(pattern, ALL_TEXT, re.MULTILINE)


def test_the_planted_card_number_and_iban_pass_their_checksums() -> None:
    """Luhn for the card, remainder 1 of 97 for the IBAN: detectors that check them must find them."""
    (card,) = {found.replace(" ", "") for found in re.findall(r"\b(?:\d{4} ){3}\d{4}\b", ALL_TEXT)}
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(card))]
    assert sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
    (iban,) = {found.replace(" ", "") for found in re.findall(r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{2,4}){4,}", ALL_TEXT)}
    assert int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


@pytest.mark.parametrize("text", ["10.2.3.4", "7.2.0.20180301", "0x80070005", "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}"])
def test_values_that_only_look_personal_are_there_to_survive(text: str) -> None:
    """Versions, builds, error codes and identifiers must not be redacted."""
    assert text in ALL_TEXT


def test_at_least_24_different_closed_tickets_are_labelled() -> None:
    """Labels are for closed tickets, one each, and some say that there is nothing to keep."""
    ids = [label["id"] for label in LABELS]
    assert 24 <= len(ids) == len(set(ids))
    assert {"closed"} == {BY_ID[ticket_id]["status"] for ticket_id in ids}
    assert {"complete", "partial", "none"} == {label["quality"] for label in LABELS}


@each_label
def test_the_quotes_of_a_label_are_verbatim(label: dict[str, Any]) -> None:
    """Each claim carries one to three quotes, each found as it stands in the message named."""
    ticket = BY_ID[label["id"]]
    bodies = {one["id"]: one["body"] for one in ticket["messages"]}
    assert set(CLAIMS) | {"id", "versions", "quality"} <= label.keys()
    claims = [label[name] for name in CLAIMS if label[name]]
    assert all(claim["text"].strip() and 1 <= len(claim["quotes"]) <= 3 for claim in claims)
    for quote in [quote for claim in [*claims, label["versions"]] for quote in claim["quotes"]]:
        subject_allowed = quote in (label["symptom"] or {}).get("quotes", [])
        where = ticket["subject"] if quote["message"] == "subject" and subject_allowed else bodies[quote["message"]]
        assert quote["quote"] in where
        assert 5 <= len(quote["quote"]) <= 300


@each_label
def test_the_versions_and_kind_of_a_label_are_supported(label: dict[str, Any]) -> None:
    """A version in a label stands in one of its quotes, and a fix has a legal kind."""
    quoted = " ".join(quote["quote"] for quote in label["versions"]["quotes"])
    for version in label["versions"]["affected"] + label["versions"]["fixed_in"]:
        assert version in quoted
    if label["fix"]:
        assert label["fix"]["kind"] in {"fix", "workaround", "configuration", "answer"}
    if label["quality"] == "complete":
        assert label["symptom"]
        assert label["root_cause"]
        assert label["fix"]


def test_labels_cover_every_kind_of_fix() -> None:
    """Fix, workaround, configuration and answer all occur."""
    assert {"fix", "workaround", "configuration", "answer"} == {one["fix"]["kind"] for one in LABELS if one["fix"]}


def groups_as_lists() -> list[list[str]]:
    named = [one["tickets"] for kind in ("lookalikes", "gaps") for one in GROUPS[kind]]
    return [*GROUPS["recurring"], *named]


def test_the_groups_name_tickets_that_exist_and_the_readme_shows() -> None:
    """Ids in demo_retrieval.json are in the set and on the README's tables, and no group names a ticket twice."""
    readme = README.read_text(encoding="utf-8")
    for group in groups_as_lists():
        assert len(group) == len(set(group)) >= 2
        for ticket_id in group:
            assert ticket_id in BY_ID
            assert ticket_id in readme


def test_there_are_enough_groups_of_each_kind() -> None:
    """Eight recurring problems, four look-alikes, three gaps; recurring groups and gaps do not overlap."""
    assert len(GROUPS["recurring"]) >= 8
    assert len(GROUPS["lookalikes"]) >= 4
    assert all(one["told_apart_by"].strip() for one in GROUPS["lookalikes"])
    assert len(GROUPS["gaps"]) >= 3
    assert all(3 <= len(one["tickets"]) <= 5 for one in GROUPS["gaps"])
    named = [ticket_id for group in GROUPS["recurring"] for ticket_id in group]
    named += [ticket_id for one in GROUPS["gaps"] for ticket_id in one["tickets"]]
    assert len(named) == len(set(named))


def test_recurring_problems_come_from_different_customers_and_reach_open_tickets() -> None:
    """Each group has two accounts or more; most pair a closed ticket with an open one, some have two closed ones."""
    for group in GROUPS["recurring"]:
        assert 2 <= len(group) <= 4
        assert len({BY_ID[ticket_id]["account"]["id"] for ticket_id in group}) >= 2
    closed = [sum(BY_ID[ticket_id]["status"] == "closed" for ticket_id in group) for group in GROUPS["recurring"]]
    assert sum(0 < count < len(group) for count, group in zip(closed, GROUPS["recurring"], strict=True)) >= 5
    assert sum(count >= 2 for count in closed) >= 5


def test_look_alikes_are_closed_and_belong_to_different_problems() -> None:
    """Two look-alikes are never in the same recurring group."""
    for one in GROUPS["lookalikes"]:
        assert {"closed"} == {BY_ID[ticket_id]["status"] for ticket_id in one["tickets"]}
        for group in GROUPS["recurring"]:
            assert len(set(group) & set(one["tickets"])) <= 1


def test_gaps_are_unanswered() -> None:
    """No labelled ticket of a gap is complete, and most of a gap's tickets are still open."""
    quality = {label["id"]: label["quality"] for label in LABELS}
    for gap in GROUPS["gaps"]:
        assert "complete" not in {quality.get(ticket_id) for ticket_id in gap["tickets"]}
        assert sum(BY_ID[ticket_id]["status"] != "closed" for ticket_id in gap["tickets"]) >= len(gap["tickets"]) / 2


def test_every_decision_of_the_demo_is_on_a_closed_ticket_and_links_go_to_the_same_problem() -> None:
    confirmed = {row["ticket"].partition("/")[2] for row in read_lines(TICKETS_FILE.with_name("confirmations.jsonl"))}
    links = [
        (row["ticket"].partition("/")[2], row["same_as"].partition("/")[2])
        for row in read_lines(TICKETS_FILE.with_name("links.jsonl"))
    ]

    assert {"closed"} == {BY_ID[name]["status"] for name in (*confirmed, *(linked for linked, _ in links))}
    for linked, known in links:
        assert known in confirmed
        assert linked not in confirmed
        assert any({linked, known} <= set(group) for group in GROUPS["recurring"])
        assert BY_ID[known]["closed_at"] < BY_ID[linked]["created_at"]
