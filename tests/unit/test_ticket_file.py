"""The ticket-file form: what is refused and why, what is taken as it is, and that nothing is lost on the way."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.errors import InvalidTicket
from pipelines.domain.ticket_file import MAX_BODY_BYTES, MAX_NAME, parse_line, parse_ticket, ticket_object
from pipelines.domain.ticket_scan import MAX_DEPTH, NUL_SHOWN
from pipelines.domain.tickets import (
    Account,
    Escalation,
    EscalationType,
    LifecycleStage,
    Message,
    Role,
    Ticket,
    TicketEvent,
    TicketKey,
    TicketStatus,
    Visibility,
)


def message(**changes: Any) -> dict[str, Any]:
    return {"id": "m1", "at": "2026-01-31T09:30:00Z", "role": "customer", "body": "It stops."} | changes


def line_object(**changes: Any) -> dict[str, Any]:
    """The smallest ticket that is taken, with changes; a value of `...` leaves its key out."""
    smallest = {
        "id": "T-1",
        "subject": "Export stops",
        "status": "closed",
        "created_at": "2026-01-31T09:30:00Z",
        "messages": [message()],
    }
    return {key: value for key, value in (smallest | changes).items() if value is not ...}


def line_bytes(**changes: Any) -> bytes:
    return json.dumps(line_object(**changes)).encode()


def reason(line: bytes) -> str:
    with pytest.raises(InvalidTicket) as refused:
        parse_line(line)
    assert str(refused.value) == refused.value.reason
    return refused.value.reason


def test_the_smallest_ticket_is_taken() -> None:
    ticket = parse_line(line_bytes())
    assert (TicketKey(source="import", id="T-1"), TicketStatus.CLOSED) == (ticket.key, ticket.status)
    assert (Role.CUSTOMER, Visibility.PUBLIC, 1) == (
        ticket.messages[0].role,
        ticket.messages[0].visibility,
        ticket.messages[0].revision,
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "T-1", ', "not JSON"),
        (b"", "not JSON"),
        (b'{"id": "\x00"}', "not JSON"),
        (b'{"id": "caf\xe9"}', "not UTF-8: byte 11"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b"17", "not an object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"fields": {"n": ' + b"9" * 5000 + b"}}", "a number is too long"),
    ],
)
def test_a_line_that_is_no_json_object_says_what_it_is(line: bytes, says: str) -> None:
    assert says in reason(line)


@pytest.mark.parametrize("key", ["id", "subject", "status", "created_at", "messages"])
@pytest.mark.parametrize("missing", [..., None])
def test_a_required_field_must_be_there_and_not_null(key: str, missing: object) -> None:
    assert reason(line_bytes(**{key: missing})).startswith(f"{key} is missing")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": 7}, "id must be text, not a number"),
        ({"subject": ["a"]}, "subject must be text, not a list"),
        ({"source": 0}, "source must be text, not a number"),
        ({"source": False}, "source must be text, not true or false"),
        ({"status": "solved"}, "status must be one of open, pending, closed"),
        ({"status": True}, "status must be text, not true or false"),
        ({"created_at": 1769851800}, "created_at must be text, not a number"),
        ({"messages": {}}, "messages must be a list, not an object"),
        ({"messages": ["hello"]}, "messages[1] must be an object, not text"),
        ({"labels": "urgent"}, "labels must be a list, not text"),
        ({"labels": [1]}, "labels must be text, not a number"),
        ({"escalated": "yes"}, "escalated must be true or false, not text"),
        ({"escalated": 1}, "escalated must be true or false, not a number"),
        ({"account": "Nordwind"}, "account must be an object, not text"),
        ({"account": {"name": 3}}, "name of account must be text, not a number"),
        ({"fields": []}, "fields must be an object, not a list"),
        ({"links": {}}, "links must be a list, not an object"),
        ({"escalations": [{}]}, "type of escalations[1] is missing"),
        ({"escalations": [{"type": "sideways"}]}, "type of escalations[1] must be one of functional"),
        ({"escalations": [{"type": "priority", "stage": "later"}]}, "stage of escalations[1] must be one of"),
        ({"events": [{"kind": "status"}]}, "at of events[1] is missing"),
        ({"events": [{"at": "2026-01-31T09:30:00Z"}]}, "kind of events[1] is missing"),
        ({"events": [{"at": "2026-01-31T09:30:00Z", "kind": "x", "from": {}}]}, "from of events[1] must be text"),
        ({"messages": [message(id=...)]}, "id of messages[1]"),
        ({"messages": [message(), message(id="m2", body=None)]}, "body of messages[2] is missing"),
        ({"messages": [message(at=None)]}, "at of messages[1] is missing"),
        ({"messages": [message(role="boss")]}, "role of messages[1] must be one of"),
        ({"messages": [message(visibility="secret")]}, "visibility of messages[1] must be one of"),
        ({"messages": [message(author=1)]}, "author of messages[1] must be text"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_place(changes: dict[str, Any], says: str) -> None:
    raw = line_object(**changes)
    raw["messages"] = [m if m == "hello" else {k: v for k, v in m.items() if v is not ...} for m in raw["messages"]]
    if changes.get("messages") == {}:
        raw["messages"] = {}
    assert says in reason(json.dumps(raw).encode())


@pytest.mark.parametrize("key", ["created_at", "closed_at"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-02-30T09:30:00Z", "no date that exists"),
        ("2026-01-31T25:00:00Z", "no date that exists"),
        ("yesterday", "no date that exists"),
        ("", "no date that exists"),
        ("2026-01-31T09:30:00", "no time zone"),
        ("2026-01-31", "no time zone"),
        ("0001-01-01T00:00:00+14:00", "outside the years"),
        ("9999-12-31T23:59:59-12:00", "outside the years"),
    ],
)
def test_a_time_must_exist_and_say_its_zone(key: str, text: str, says: str) -> None:
    found = reason(line_bytes(**{key: text}))
    assert found.startswith(key)
    assert says in found


def test_times_are_kept_in_utc() -> None:
    ticket = parse_line(line_bytes(created_at="2026-01-31T09:30:00+05:30"))
    assert datetime(2026, 1, 31, 4, 0, tzinfo=UTC) == ticket.created_at
    assert timedelta(0) == ticket.created_at.utcoffset()


@pytest.mark.parametrize("status", ["open", "pending"])
def test_the_closing_time_of_a_reopened_ticket_is_no_closing_time(status: str) -> None:
    assert parse_line(line_bytes(status=status, closed_at="2026-02-01T00:00:00Z")).closed_at is None
    assert parse_line(line_bytes(closed_at="2026-02-01T00:00:00Z")).closed_at is not None


def test_message_ids_are_unique_in_a_ticket() -> None:
    assert "two messages have the id 'm1'" in reason(line_bytes(messages=[message(), message()]))


@pytest.mark.parametrize("body", ["x" * (MAX_BODY_BYTES + 1), "€" * (MAX_BODY_BYTES // 3 + 1)])
def test_a_body_over_the_limit_is_refused_by_its_bytes(body: str) -> None:
    assert "body of messages[1] is over 1024 KiB" in reason(line_bytes(messages=[message(body=body)]))


@pytest.mark.parametrize("body", ["x" * MAX_BODY_BYTES, "€" * (MAX_BODY_BYTES // 3), ""])
def test_a_body_up_to_the_limit_is_taken(body: str) -> None:
    assert body == parse_line(line_bytes(messages=[message(body=body)])).messages[0].body


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "bad \ud800"},
        {"messages": [message(body="bad \udfff")]},
        {"fields": {"note": ["bad \ud800"]}},
        {"fields": {"bad \ud800": 1}},
        {"bad \ud800": 1},
    ],
)
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(changes: dict[str, Any]) -> None:
    assert "half of a surrogate pair" in reason(line_bytes(**changes))


def test_a_whole_surrogate_pair_is_one_character() -> None:
    line = line_bytes(subject="?").replace(b'"?"', b'"\\ud83d\\ude00"')
    assert "😀" == parse_line(line).subject


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "a\0b"},
        {"labels": ["a\0"]},
        {"fields": {"body": "a\0b"}},
        {"body": "a\0b"},
        {"messages": [message(author="a\0b")]},
        {"messages": [message(note={"body": "a\0b"})]},
    ],
)
def test_a_nul_is_refused_everywhere_but_in_a_message(changes: dict[str, Any]) -> None:
    assert "holds a NUL character" in reason(line_bytes(**changes))


def test_a_nul_in_a_message_is_shown_and_moves_nothing() -> None:
    body = "before\0after"
    kept = parse_line(line_bytes(messages=[message(body=body)])).messages[0].body
    assert "before" + NUL_SHOWN + "after" == kept
    assert body.index("after") == kept.index("after")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_refused(number: str) -> None:
    line = line_bytes(fields={"load": "?"}).replace(b'"?"', number.encode())
    assert "load of fields of the ticket is no number that JSON has" == reason(line)


@pytest.mark.parametrize("number", [2**63, -(10**400), 1e308])
def test_a_huge_number_is_kept_as_it_is(number: float) -> None:
    assert number == parse_line(line_bytes(fields={"n": number})).fields["n"]


def nested(levels: int) -> Any:
    deep: Any = "x"
    for _ in range(levels):
        deep = [deep]
    return deep


def test_nesting_is_taken_as_deep_as_it_can_be_written_again() -> None:
    deepest = parse_line(line_bytes(fields={"deep": nested(MAX_DEPTH - 3)}))
    assert deepest == parse_ticket(ticket_object(deepest))
    assert "nested too deeply" in reason(line_bytes(fields={"deep": nested(MAX_DEPTH - 2)}))
    assert "nested too deeply" in reason(line_bytes(links=[nested(MAX_DEPTH)]))


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", "a\tb", "x" * (MAX_NAME + 1)])
@pytest.mark.parametrize("key", ["id", "source"])
def test_a_ticket_has_a_name_that_fits_an_address(key: str, name: str) -> None:
    if key == "source" and name == "":
        assert "import" == parse_line(line_bytes(source="")).key.source
    else:
        assert f"{key} must be 1 to 255 characters" in reason(line_bytes(**{key: name}))


@pytest.mark.parametrize("identifier", ["<CAF=x/y@mail.example>", "comment 7", " blanks "])
def test_a_message_id_is_taken_to_the_letter(identifier: str) -> None:
    assert identifier == parse_line(line_bytes(messages=[message(id=identifier)])).messages[0].id


@pytest.mark.parametrize("identifier", ["", " ", "a\nb", "x" * (MAX_NAME + 1), "subject"])
def test_a_message_id_that_evidence_could_not_point_at_is_refused(identifier: str) -> None:
    assert "id of messages[1] must" in reason(line_bytes(messages=[message(id=identifier)]))


def test_unknown_keys_are_kept_under_fields_and_given_fields_stand_beside_them() -> None:
    ticket = parse_line(line_bytes(severity=2, fields={"environment": "Debian 12"}))
    assert {"severity": 2, "environment": "Debian 12"} == ticket.fields


def test_what_events_moved_between_is_kept_as_text() -> None:
    events = [{"at": "2026-01-31T09:30:00Z", "kind": "priority", "from": 3, "to": True}]
    event = parse_line(line_bytes(events=events)).events[0]
    assert ("3", "true") == (event.before, event.after)


# Whatever may stand in a parsed ticket: no NUL, no half character, names without slashes, no empty optional text.
characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.text(characters, max_size=30)
filled = st.none() | st.text(characters, min_size=1, max_size=20)
some = st.none() | texts
names = st.from_regex(r"[A-Za-z0-9#é][A-Za-z0-9 #é.-]{0,20}", fullmatch=True).map(str.strip)
times = st.datetimes(
    datetime(1980, 1, 1),  # noqa: DTZ001 - bounds
    datetime(2100, 1, 1),  # noqa: DTZ001 - bounds
    timezones=st.just(UTC),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
messages = st.lists(
    st.builds(
        Message,
        id=names.filter(lambda name: name != "subject"),
        at=times,
        author=some,
        role=st.sampled_from(Role),
        visibility=st.sampled_from(Visibility),
        body=texts,
    ),
    max_size=4,
    unique_by=lambda m: m.id,
).map(tuple)


@st.composite
def tickets(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Ticket:
    status = draw(st.sampled_from(TicketStatus))
    return Ticket(
        key=TicketKey(source=draw(names), id=draw(names)),
        subject=draw(texts),
        status=status,
        created_at=draw(times),
        closed_at=draw(st.none() | times) if status is TicketStatus.CLOSED else None,
        product_area=draw(filled),
        priority=draw(filled),
        account=draw(st.builds(Account, id=some, name=some, tier=some)),
        reporter=draw(filled),
        assignee=draw(filled),
        category_at_intake=draw(filled),
        category_final=draw(filled),
        labels=tuple(draw(st.lists(texts, max_size=3))),
        escalated=draw(st.booleans()),
        escalations=tuple(
            draw(
                st.lists(
                    st.builds(
                        Escalation,
                        type=st.sampled_from(EscalationType),
                        stage=st.none() | st.sampled_from(LifecycleStage),
                        at=st.none() | times,
                        reason=some,
                        decided_by=some,
                        to=some,
                    ),
                    max_size=2,
                )
            )
        ),
        events=tuple(
            draw(
                st.lists(st.builds(TicketEvent, at=times, kind=texts, before=some, after=some, actor=some), max_size=2)
            )
        ),
        fields=draw(st.dictionaries(texts, values, max_size=3)),
        links=tuple(draw(st.lists(values, max_size=2))),
        messages=draw(messages),
    )


@given(tickets())
def test_a_ticket_written_is_read_back_equal(ticket: Ticket) -> None:
    assert ticket == parse_ticket(ticket_object(ticket))
    assert ticket == parse_line(json.dumps(ticket_object(ticket)).encode())


@given(
    st.sampled_from([*line_object(), "closed_at", "account", "labels", "escalations", "events", "fields", "links"]),
    values | st.just([message(at="0001-01-01T00:00:00+14:00")]) | st.just({"id": [], "type": 1, "at": "x"}),
)
def test_any_value_anywhere_gives_a_ticket_or_a_reason(key: str, value: Any) -> None:
    try:
        ticket = parse_ticket(line_object(**{key: value}))
    except InvalidTicket:
        return
    assert ticket == parse_ticket(ticket_object(ticket))


@given(st.binary(max_size=60))
def test_any_bytes_give_a_ticket_or_a_reason(line: bytes) -> None:
    assert reason(line)


@given(st.integers(-14, 14))
def test_a_time_is_the_same_instant_in_every_zone(hours: int) -> None:
    instant = datetime(2026, 6, 1, 12, tzinfo=UTC)
    written = instant.astimezone(timezone(timedelta(hours=hours))).isoformat()
    assert instant == parse_line(line_bytes(created_at=written)).created_at
