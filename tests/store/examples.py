"""Tickets for the store's tests: one with everything, and any that Hypothesis likes."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

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

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def message(identifier: str = "m1", body: str = "It does not start.", *, minutes: int = 0) -> Message:
    return Message(id=identifier, at=NOW + timedelta(minutes=minutes), author="Ada", role=Role.CUSTOMER, body=body)


def ticket(
    identifier: str = "T-1", *messages: Message, status: TicketStatus = TicketStatus.OPEN, **other: object
) -> Ticket:
    fields = {
        "key": TicketKey(source="desk", id=identifier),
        "subject": "Agent does not start",
        "status": status,
        "created_at": NOW,
        "closed_at": NOW + timedelta(days=1) if status is TicketStatus.CLOSED else None,
        "messages": messages or (message(),),
    }
    return Ticket.model_validate(fields | other)


FULL = ticket(
    "T-77/b",
    message(),
    Message(
        id="m2", at=NOW, role=Role.ENGINEER, visibility=Visibility.INTERNAL, body="Ursache: ein alter Schlüssel 🔑"
    ),
    status=TicketStatus.CLOSED,
    product_area="sync",
    priority="P2",
    account=Account(id="a1", name="Nordwind", tier="gold"),
    reporter="Ada",
    assignee="Grace",
    category_at_intake="how-to",
    category_final="defect",
    labels=("b", "a"),
    escalations=(
        Escalation(
            type=EscalationType.FUNCTIONAL, stage=LifecycleStage.TRIAGE, at=NOW, reason="r", decided_by="d", to="t"
        ),
        Escalation(type=EscalationType.EXTERNAL),
    ),
    events=(TicketEvent(at=NOW, kind="status", before="open", after="closed", actor="Grace"),),
    fields={"environment": "Debian 12", "affects_versions": ["5.2.1"], "deep": {"n": None, "x": [1, 2.5, True]}},
    links=({"type": "relates", "ticket": "T-2"}, "T-3"),
)

# PostgreSQL keeps no NUL, and UTF-8 has no lone surrogates; the import refuses both.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
_some = st.none() | texts
_times = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
_messages = st.lists(
    st.builds(
        Message,
        id=texts,
        at=_times,
        author=_some,
        role=st.sampled_from(Role),
        visibility=st.sampled_from(Visibility),
        body=texts,
    ),
    max_size=5,
    unique_by=lambda m: m.id,
).map(tuple)
tickets = st.builds(
    Ticket,
    key=st.builds(TicketKey, source=texts, id=texts),
    subject=texts,
    status=st.sampled_from(TicketStatus),
    created_at=_times,
    closed_at=st.none() | _times,
    product_area=_some,
    priority=_some,
    account=st.builds(Account, id=_some, name=_some, tier=_some),
    reporter=_some,
    assignee=_some,
    category_at_intake=_some,
    category_final=_some,
    labels=st.lists(texts, max_size=3).map(tuple),
    escalated=st.booleans(),
    escalations=st.lists(
        st.builds(
            Escalation,
            type=st.sampled_from(EscalationType),
            stage=st.none() | st.sampled_from(LifecycleStage),
            at=st.none() | _times,
            reason=_some,
            decided_by=_some,
            to=_some,
        ),
        max_size=2,
    ).map(tuple),
    events=st.lists(
        st.builds(TicketEvent, at=_times, kind=texts, before=_some, after=_some, actor=_some), max_size=2
    ).map(tuple),
    fields=st.dictionaries(texts, _json, max_size=3),
    links=st.lists(_json, max_size=2).map(tuple),
    messages=_messages,
)
