"""What the second of two agents on one draft is shown: who decided what, and where it differs from theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.domain.confirmations import VERSION, DecisionKind, SettledState
from pipelines.domain.drafts import DraftState, FieldName
from pipelines.domain.errors import Conflict, StaleVersion
from service.usecases.views import DraftView
from service.web.pages.confirm_form import LABELS, ConfirmForm
from service.web.pages.words import plain


@dataclass(frozen=True, slots=True)
class Row:
    """One field as this agent has it and as it now stands."""

    label: str
    yours: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`closed`: the draft can no longer be confirmed."""

    what: str
    rows: tuple[Row, ...] = ()
    closed: bool = False


def stale(error: StaleVersion, draft: DraftView, form: ConfirmForm) -> Difference:
    """The decision that was quicker, compared with the form field by field; equal fields are left out."""
    current = error.current
    who, did = current.get("decided_by"), current.get("decision")
    done = "confirmed" if did in (DecisionKind.ACCEPTED, DecisionKind.EDITED) else plain(did)
    what = f"{who} has {done} this draft meanwhile" if who and did else f"This draft is {plain(draft.state)} now"
    now = current.get("fields") or {}
    yours = _texts(form.decision(None).model_dump(mode="json"))
    theirs = _texts(now) if now.get("fields") else {}
    rows = tuple(Row(LABELS[n], yours.get(n, ""), theirs[n]) for n in theirs if theirs[n] != yours.get(n, ""))
    can_confirm = draft.state.awaits_agent or draft.state is DraftState.CONFIRMED
    return Difference(what=what, rows=rows, closed=not can_confirm)


def closed(error: Conflict) -> Difference:
    return Difference(what=str(error), closed=True)


def _texts(decision: Mapping[str, Any]) -> dict[str, str]:
    """A stored decision, or the one being made, as one text a field."""
    fields = decision.get("fields") or {}
    found = {"title": str(decision.get("title") or "")}
    for name in FieldName:
        found[name.value] = _settled(fields.get(name.value), "text")
    found["fix_kind"] = plain(decision.get("fix_kind") or "")
    versions = decision.get("versions")
    if versions and versions.get("state") == SettledState.STATED:
        affected, fixed_in = ", ".join(versions.get("affected", ())), ", ".join(versions.get("fixed_in", ()))
        found[VERSION] = f"affected {affected or 'none'}; fixed in {fixed_in or 'none'}"
    else:
        found[VERSION] = _settled(versions, "text")
    found["product_area"] = str(decision.get("product_area") or "")
    return found


def _settled(settled: Mapping[str, Any] | None, key: str) -> str:
    if settled is None:
        return ""
    return str(settled.get(key, "")) if settled.get("state") == SettledState.STATED else plain(settled.get("state"))
