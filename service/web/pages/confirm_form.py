"""The confirmation form: what a draft proposes, what the agent typed over it, and the decision that comes of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.domain.confirmations import MANDATORY, VERSION, Confirmed, SettledField, SettledState, SettledVersions
from pipelines.domain.confirmations import unsettled as domain_unsettled
from pipelines.domain.contradictions import Settled, Settlement
from pipelines.domain.drafts import DraftContent, FieldName, FixKind
from pipelines.domain.interview import QUESTIONS
from pipelines.domain.tickets import Ticket
from service.web.pages.forms import Form, parts

LABELS: Mapping[str, str] = {
    "symptom": "Symptom",
    "root_cause": "Root cause",
    "fix": "Fix",
    "environment": "Environment",
    VERSION: "Versions",
    "title": "Title",
    "fix_kind": "Kind of fix",
    "product_area": "Product area",
}
SENTENCES: Mapping[str, str] = {
    "symptom": "What did the customer see?",
    "root_cause": "What caused it?",
    "fix": "What fixed it?",
    "environment": "Where does it happen?",
    VERSION: "Which versions?",
}
"""Each question as it is put to the agent."""

_KEPT = ("title", "product_area", "fix_kind", "affected", "fixed_in", "seconds")
_KEPT_PER_QUESTION = ("state", "text", "affirmed")


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the five as it stands in the form. `state` is empty while the question is open."""

    name: str
    state: str = ""
    text: str = ""
    affected: str = ""
    fixed_in: str = ""
    affirmed: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def mandatory(self) -> bool:
        return self.name in MANDATORY

    @property
    def filled(self) -> bool:
        return bool(self.text or self.affected or self.fixed_in)

    @property
    def settled_state(self) -> SettledState | None:
        """What was chosen; text without a choice counts as stated, so that typing alone is enough."""
        if self.state in set(SettledState):
            return SettledState(self.state)
        return SettledState.STATED if self.filled else None


@dataclass(frozen=True, slots=True)
class ConfirmForm:
    title: str
    product_area: str
    fix_kind: str
    answers: Mapping[str, Answer]
    opened: int
    """When the screen was first opened, in unix seconds."""
    seconds: str = ""
    """Seconds spent so far as the browser counted them; empty until a form came back."""
    errors: Mapping[str, str] = field(default_factory=dict)
    settles: Mapping[str, Settled] = field(default_factory=dict)
    """What is to become of the resolutions that the draft contradicts, by their name."""

    def decision(self, seconds: float | None) -> Confirmed:
        """The decision as the form now states it; open questions are left out."""
        fields = {}
        for name in FieldName:
            answer = self.answers[name.value]
            state = answer.settled_state
            if state is not None:
                fields[name] = SettledField(state=state, text=answer.text, affirmed=answer.affirmed)
        return Confirmed(
            title=self.title,
            fields=fields,
            fix_kind=FixKind(self.fix_kind) if self.fix_kind in set(FixKind) else None,
            versions=self._versions(),
            product_area=self.product_area or None,
            seconds=seconds,
            settles=tuple(self.settles.values()),
        )

    def _versions(self) -> SettledVersions | None:
        answer = self.answers[VERSION]
        if answer.settled_state is None:
            return None
        return SettledVersions(
            state=answer.settled_state,
            affected=parts(answer.affected),
            fixed_in=parts(answer.fixed_in),
            affirmed=answer.affirmed,
        )

    def settled(self, content: DraftContent) -> frozenset[str]:
        """Which of the five need nothing more: the domain's own rule, and an untouched symptom is open as well."""
        open_ones = {name for name, _ in domain_unsettled(content, self.decision(None))}
        if "fix_kind" in open_ones:
            open_ones.add("fix")
        answered = {name for name in QUESTIONS if self.answers[name].settled_state is not None}
        return frozenset(answered - open_ones)

    def with_errors(self, unsettled: Sequence[tuple[str, str]]) -> "ConfirmForm":
        return replace(self, errors=dict(unsettled))

    def back_to(self, name: str, draft: "ConfirmForm") -> "ConfirmForm":
        """The form with the title or one question as the draft proposed it."""
        if name == "title":
            return replace(self, title=draft.title)
        if name not in self.answers:
            return self
        kind = draft.fix_kind if name == FieldName.FIX else self.fix_kind
        return replace(self, fix_kind=kind, answers={**self.answers, name: draft.answers[name]})

    def filled_from(self, name: str, hints: Mapping[str, Any]) -> "ConfirmForm":
        """The form with one question answered from the ticket's own fields."""
        hint = hints.get(name)
        if hint is None or name not in self.answers:
            return self
        changed = {"affected": hint} if name == VERSION else {"text": hint}
        answer = replace(self.answers[name], state=SettledState.STATED.value, **changed)
        return replace(self, answers={**self.answers, name: answer})


def proposed(content: DraftContent, product_area: str | None, opened: int) -> ConfirmForm:
    """The form as the screen opens: the draft's claims, and open questions where the thread states nothing."""
    answers = {}
    for name in FieldName:
        claim = content.fields.get(name)
        text = claim.text if claim else ""
        answers[name.value] = Answer(name.value, state="stated" if text else "", text=text)
    versions = content.versions
    answers[VERSION] = Answer(
        VERSION,
        state="stated" if versions.stated else "",
        affected=", ".join(versions.affected),
        fixed_in=", ".join(versions.fixed_in),
    )
    kind = content.fix_kind.value if content.fix_kind else ""
    return ConfirmForm(content.title, product_area or "", kind, answers, opened)


def posted(form: Form) -> ConfirmForm:
    """The form as the agent sent it."""
    answers = {}
    for name in QUESTIONS:
        answers[name] = Answer(
            name,
            state=form.text(f"{name}_state"),
            text=form.text(f"{name}_text"),
            affected=form.text("affected") if name == VERSION else "",
            fixed_in=form.text("fixed_in") if name == VERSION else "",
            affirmed=form.checked(f"{name}_affirmed"),
        )
    return ConfirmForm(
        title=form.text("title"),
        product_area=form.text("product_area"),
        fix_kind=form.text("fix_kind"),
        answers=answers,
        opened=form.number("opened") or 0,
        seconds=form.text("seconds"),
        settles=settlements(form),
    )


def kept(form: Form) -> dict[str, str]:
    """What of a posted form is worth keeping until the decision; `posted` reads it back."""
    settling = (f"{part}-{name}" for name in form.all("contradicts") for part in ("settle", "conditions"))
    names = (*_KEPT, *(f"{name}_{part}" for name in QUESTIONS for part in _KEPT_PER_QUESTION), *settling)
    return {name: form.text(name) for name in names if form.checked(name)}


def says_the_same(one: ConfirmForm, other: ConfirmForm) -> bool:
    """Whether two forms hold the same answers, however long they took."""
    aside: dict[str, Any] = {"opened": 0, "seconds": "", "errors": {}}
    return replace(one, **aside) == replace(other, **aside)


def settlements(form: Form) -> dict[str, Settled]:
    """What was chosen beside each contradiction: `settle-R-12` is both_hold or replaced; else it stays open."""
    found = {}
    for key in form.names("settle-"):
        name = key.removeprefix("settle-")
        chosen = form.text(key)
        if chosen in (Settlement.BOTH_HOLD, Settlement.REPLACED):
            conditions = form.text(f"conditions-{name}")
            found[name] = Settled(resolution_id=name, how=Settlement(chosen), conditions=conditions)
    return found


def hints(ticket: Ticket) -> dict[str, str]:
    """What the ticket's own fields say about environment and versions, for the agent to take over by hand."""
    found = {}
    environment = ticket.fields.get("environment")
    if isinstance(environment, str) and environment.strip():
        found["environment"] = environment.strip()
    affected = ticket.fields.get("affects_versions")
    if isinstance(affected, list | tuple) and affected:
        found[VERSION] = ", ".join(str(v) for v in affected)
    return found
