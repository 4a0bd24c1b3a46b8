"""What stands in the confirmation form against what the draft proposed, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.domain.confirmations import VERSION, SettledState
from pipelines.domain.drafts import FieldName
from service.web.pages.confirm_form import ConfirmForm
from service.web.pages.word_diff import Change, shortened, word_diff


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One input that differs from the draft. `of` names it where a question has several."""

    input: str
    of: str
    runs: tuple[Change, ...]


def changes(draft: ConfirmForm, form: ConfirmForm) -> dict[str, tuple[FieldChange, ...]]:
    """The title and the questions whose answer differs from the draft's; what the draft did not say is no change.

    An answer marked not known or not applicable takes the draft's text out as a whole.
    """
    found: dict[str, list[FieldChange]] = {}
    for question, change in _changes(draft, form):
        found.setdefault(question, []).append(change)
    return {question: tuple(changed) for question, changed in found.items()}


def _changes(draft: ConfirmForm, form: ConfirmForm) -> Iterator[tuple[str, FieldChange]]:
    for question, name, of, before, after in _inputs(draft, form):
        if before and before != after:
            yield question, FieldChange(name, of, shortened(word_diff(before, after)))


def _inputs(draft: ConfirmForm, form: ConfirmForm) -> Iterator[tuple[str, str, str, str, str]]:
    """(question, input, its name in the question, the draft's text, the form's text)."""
    yield "title", "title", "", draft.title, form.title
    for name in FieldName:
        proposed, now = draft.answers[name.value], form.answers[name.value]
        stands = now.settled_state in (SettledState.STATED, None)
        yield name.value, f"{name.value}_text", "", proposed.text, now.text if stands else ""
        if name is FieldName.FIX:
            yield name.value, "fix_kind", "kind", draft.fix_kind, form.fix_kind if stands else ""
    proposed, now = draft.answers[VERSION], form.answers[VERSION]
    stands = now.settled_state in (SettledState.STATED, None)
    yield VERSION, "affected", "affected", proposed.affected, now.affected if stands else ""
    yield VERSION, "fixed_in", "fixed in", proposed.fixed_in, now.fixed_in if stands else ""
