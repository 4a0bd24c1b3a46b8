"""What the closing agent decided on a draft, and the rule for when a decision is complete."""

from collections.abc import Mapping
from enum import StrEnum

from pipelines.domain.contradictions import Settled
from pipelines.domain.drafts import DraftContent, FieldName, FixKind
from pipelines.domain.value import Value


class DecisionKind(StrEnum):
    ACCEPTED = "accepted"
    EDITED = "edited"
    LINKED = "linked"
    REJECTED = "rejected"


class SettledState(StrEnum):
    STATED = "stated"
    NOT_KNOWN = "not_known"
    NOT_APPLICABLE = "not_applicable"


class RejectReason(StrEnum):
    """Why nothing of a draft is kept. `thin`: what was done helps this customer alone; `no_knowledge`: nobody knows."""

    NO_KNOWLEDGE = "no_knowledge"
    WRONG = "wrong"
    DUPLICATE = "duplicate"
    PRIVATE = "private"
    THIN = "thin"

    @property
    def counts_as_demand(self) -> bool:
        """Whether the ticket shows that something was wanted which no record holds."""
        return self in (RejectReason.NO_KNOWLEDGE, RejectReason.THIN)


class LinkAddition(StrEnum):
    """What a linked ticket adds to the resolution it recurs."""

    SYMPTOM = "symptom"
    ENVIRONMENT = "environment"
    VERSIONS = "versions"


VERSION = "version"
"""The name of the versions field where fields are listed by name."""

MANDATORY: tuple[str, ...] = ("root_cause", "fix", "environment", VERSION)
"""What must be settled before a ticket counts as captured: filled, or explicitly not known or not applicable."""


class SettledField(Value):
    """A field as the agent left it. `affirmed`: the agent vouches for a claim that the thread does not prove."""

    state: SettledState
    text: str = ""
    affirmed: bool = False


class SettledVersions(Value):
    state: SettledState
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    affirmed: bool = False


class Confirmed(Value):
    """The agent's whole decision to keep a draft, with `seconds` from opening the screen to pressing confirm.

    `settles`: what is to become of known resolutions that give another fix for the same condition.
    """

    title: str
    fields: Mapping[FieldName, SettledField]
    fix_kind: FixKind | None = None
    versions: SettledVersions | None = None
    product_area: str | None = None
    seconds: float | None = None
    settles: tuple[Settled, ...] = ()


def unsettled(draft: DraftContent, decision: Confirmed) -> list[tuple[str, str]]:
    """The fields that keep a decision from being taken, each with what to do about it; empty when it is complete."""
    found: list[tuple[str, str]] = []
    if not decision.title.strip():
        found.append(("title", "give the resolution a title"))
    for name in FieldName:
        why = _field_unsettled(draft, name, decision.fields.get(name))
        if why:
            found.append((name.value, why))
    if decision.fix_kind is None and _states(decision.fields.get(FieldName.FIX)):
        found.append(("fix_kind", "say what kind of fix it is: fix, workaround, configuration or answer"))
    why = _versions_unsettled(draft, decision.versions)
    if why:
        found.append((VERSION, why))
    return found


def _states(settled: SettledField | None) -> bool:
    return settled is not None and settled.state is SettledState.STATED


def _field_unsettled(draft: DraftContent, name: FieldName, settled: SettledField | None) -> str | None:
    if settled is None:
        return "fill it in, or mark it not known or not applicable" if name.value in MANDATORY else None
    if settled.state is not SettledState.STATED:
        return None
    if not settled.text.strip():
        return "it is marked as stated and has no text; fill it in, or mark it not known or not applicable"
    proposed = draft.fields.get(name)
    untouched = proposed is not None and settled.text.strip() == proposed.text.strip()
    if proposed is not None and untouched and not settled.affirmed and (not proposed.supported or proposed.flags):
        return "the thread does not prove this claim; edit it or affirm it yourself"
    return None


def _versions_unsettled(draft: DraftContent, settled: SettledVersions | None) -> str | None:
    if settled is None:
        return "fill in the versions, or mark them not known or not applicable"
    if settled.state is not SettledState.STATED:
        return None
    if not any(v.strip() for v in (*settled.affected, *settled.fixed_in)):
        return "marked as stated and no version is given; fill one in, or mark it not known or not applicable"
    proposed = draft.versions
    untouched = _named(settled.affected, settled.fixed_in) == _named(proposed.affected, proposed.fixed_in)
    if untouched and not settled.affirmed and (not proposed.supported or proposed.flags):
        return "the thread does not prove these versions; edit them or affirm them yourself"
    return None


def was_edited(draft: DraftContent, decision: Confirmed) -> list[str]:
    """The names of the fields in which the decision differs from the draft."""
    edited = ["title"] if decision.title.strip() != draft.title.strip() else []
    for name in FieldName:
        proposed, settled = draft.fields.get(name), decision.fields.get(name)
        before = proposed.text.strip() if proposed else None
        after = settled.text.strip() if settled and settled.state is SettledState.STATED else None
        if before != after:
            edited.append(name.value)
    if decision.fix_kind != draft.fix_kind:
        edited.append("fix_kind")
    versions = decision.versions
    stated = versions is not None and versions.state is SettledState.STATED
    after_versions = _named(versions.affected, versions.fixed_in) if versions and stated else ((), ())
    if after_versions != _named(draft.versions.affected, draft.versions.fixed_in):
        edited.append(VERSION)
    return edited


def affirmed_without_evidence(draft: DraftContent, decision: Confirmed) -> list[str]:
    """The names of the fields that were taken on the agent's word alone: claims of the draft which nothing proves."""
    found = []
    for name, settled in decision.fields.items():
        proposed = draft.fields.get(name)
        if proposed is None or settled.state is not SettledState.STATED or not settled.affirmed:
            continue
        if settled.text.strip() == proposed.text.strip() and (not proposed.supported or proposed.flags):
            found.append(name.value)
    versions = decision.versions
    if versions is not None and versions.state is SettledState.STATED and versions.affirmed:
        proposed_versions = draft.versions
        same = _named(versions.affected, versions.fixed_in) == _named(
            proposed_versions.affected, proposed_versions.fixed_in
        )
        if same and (not proposed_versions.supported or proposed_versions.flags):
            found.append(VERSION)
    return found


def _named(*lists: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Lists of versions without the blanks around them: typing one changes no version."""
    return tuple(tuple(v.strip() for v in versions if v.strip()) for versions in lists)
