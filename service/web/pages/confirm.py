"""The confirmation screen: a draft beside its conversation, and the agent's decision on it."""

import time
from dataclasses import replace
from typing import Any

from litestar import get, post
from litestar.params import FromPath, URLEncodedBody

from pipelines.domain.confirmations import LinkAddition, RejectReason
from pipelines.domain.drafts import FixKind
from pipelines.domain.errors import Conflict, InvalidInput, PreconditionMissing, StaleVersion, UnsettledFields
from pipelines.domain.interview import QUESTIONS, asked, doubt
from service.usecases.actors import Permission
from service.usecases.checklist import checklist_of
from service.usecases.confirm import confirm_draft, link_draft, reject_draft
from service.usecases.parts import next_awaiting, parts_of
from service.usecases.queue import read_draft
from service.usecases.tickets import product_areas
from service.usecases.views import DraftView
from service.usecases.work_in_progress import read_work, save_work
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_changes import changes
from service.web.pages.confirm_conflict import Difference, closed, stale
from service.web.pages.confirm_form import LABELS, SENTENCES, ConfirmForm, hints, kept, posted, proposed
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, page, see_other
from service.web.pages.thread import evidence_by_field, thread
from service.web.pages.words import duration

_READ = {"permission": Permission.READ_DRAFTS}
_DECIDE = {"permission": Permission.DECIDE_DRAFTS}
_FIRST_INPUT = {"title": "title", "fix_kind": "fix_kind", "version": "version_affected"} | {
    name: f"{name}_text" for name in ("symptom", "root_cause", "fix", "environment")
}


@get("/confirm/{draft_id:str}", opt=_READ, sync_to_thread=True)
def show_draft(request: WebRequest, draft_id: FromPath[str]) -> PageResponse:
    """The form where the draft awaits an agent, as they left it; else the decision."""
    db = services_of(request).db
    draft = read_draft(db, draft_id)
    if not draft.state.awaits_agent or not request.user.may(Permission.DECIDE_DRAFTS):
        return _screen(request, draft, None)
    work = read_work(db, draft_id, request.user)
    if work is None:
        return _screen(request, draft, _fresh(draft))
    form = replace(posted(Form(work.answers)), opened=int(time.time()))
    return _screen(request, draft, form, {"restored": True})


@post("/confirm/{draft_id:str}", opt=_DECIDE, sync_to_thread=True)
def confirm(
    request: WebRequest,
    draft_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> PageResponse:
    """Confirm the draft as the form states it. On any refusal the form comes back with all that was typed."""
    sent = Form(data)
    form, seconds = posted(sent), sent.seconds(time.time())
    try:
        made = confirm_draft(services_of(request).db, draft_id, _version(sent), form.decision(seconds), request.user)
    except UnsettledFields as error:
        draft = read_draft(services_of(request).db, draft_id)
        _keep(request, draft, sent)
        return _screen(request, draft, form.with_errors(error.unsettled), status=422)
    except InvalidInput as error:
        draft = read_draft(services_of(request).db, draft_id)
        return _screen(request, draft, form, {"refused": str(error)}, status=400)
    except StaleVersion as error:
        draft = read_draft(services_of(request).db, draft_id)
        return _screen(request, draft, form, {"conflict": stale(error, draft, form)}, status=412)
    except Conflict as error:
        draft = read_draft(services_of(request).db, draft_id)
        return _screen(request, draft, form, {"conflict": closed(error)}, status=409)
    services_of(request).wake()
    return _done(request, draft_id, "confirmed", made.resolution_id, seconds)


@post("/confirm/{draft_id:str}/fill", opt=_DECIDE, sync_to_thread=True, status_code=200)
def fill(
    request: WebRequest,
    draft_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> PageResponse:
    """The form again with one question as the draft or the ticket's own field has it, for browsers without scripts."""
    sent = Form(data)
    draft = read_draft(services_of(request).db, draft_id)
    source, _, name = sent.text("use").rpartition(":")
    form = posted(sent)
    form = form.back_to(name, _fresh(draft)) if source == "draft" else form.filled_from(name, hints(draft.ticket))
    return _screen(request, draft, form)


@post("/confirm/{draft_id:str}/link", opt=_DECIDE, sync_to_thread=True)
def link(
    request: WebRequest,
    draft_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> PageResponse:
    """Say that this ticket is a recurrence of a known resolution."""
    sent = Form(data)
    additions = [LinkAddition(part) for part in sent.all("add") if part in set(LinkAddition)]
    seconds = sent.seconds(time.time())
    try:
        linked = link_draft(
            services_of(request).db,
            draft_id,
            _version(sent),
            sent.text("resolution_id"),
            additions,
            seconds,
            request.user,
        )
    except (StaleVersion, Conflict) as error:
        return _refused(request, draft_id, error)
    services_of(request).wake()
    return _done(request, draft_id, "linked", linked.resolution_id, seconds)


@post("/confirm/{draft_id:str}/reject", opt=_DECIDE, sync_to_thread=True)
def reject(
    request: WebRequest,
    draft_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> PageResponse:
    """Keep nothing of the draft, and say why."""
    sent = Form(data)
    reason, seconds = sent.text("reason"), sent.seconds(time.time())
    if reason not in set(RejectReason):
        draft = read_draft(services_of(request).db, draft_id)
        again = {"reject_error": "Say why there is nothing to keep.", "reject_note": sent.text("note")}
        return _screen(request, draft, _fresh(draft), again, status=422)
    try:
        reject_draft(
            services_of(request).db,
            draft_id,
            _version(sent),
            RejectReason(reason),
            sent.optional("note"),
            seconds,
            request.user,
        )
    except (StaleVersion, Conflict) as error:
        again = {"reject_reason": reason, "reject_note": sent.text("note")}
        return _refused(request, draft_id, error, again)
    return _done(request, draft_id, "rejected", "", seconds)


def _version(sent: Form) -> int:
    version = sent.number("version")
    if version is None:
        raise PreconditionMissing("The form does not say which version of the draft it decides on; open it again.")
    return version


def _fresh(draft: DraftView) -> ConfirmForm:
    return proposed(draft.content, draft.ticket.product_area, int(time.time()))


def _keep(request: WebRequest, draft: DraftView, sent: Form) -> None:
    """Keep what was refused: without scripts nothing else does. Programs have nowhere to come back to."""
    if request.user.id is not None and draft.state.awaits_agent:
        save_work(
            services_of(request).db, draft.id, draft.version, kept(sent), request.user, writer=sent.text("writer")
        )


def _done(request: WebRequest, draft_id: str, message: str, resolution_id: str, seconds: float | None) -> PageResponse:
    """Say what was done, on the next part of the same ticket where one awaits, else on the queue."""
    took = duration(seconds) if seconds is not None else ""
    following = next_awaiting(parts_of(services_of(request).db, draft_id), draft_id)
    if following is not None:
        return see_other(request, f"/confirm/{following.id}", f"{message}_next", resolution_id, took)
    return see_other(request, "/queue", message, resolution_id, took)


def _refused(
    request: WebRequest,
    draft_id: str,
    error: StaleVersion | Conflict,
    more: dict[str, Any] | None = None,
) -> PageResponse:
    """Somebody was quicker: the screen again with what they decided."""
    draft = read_draft(services_of(request).db, draft_id)
    form = _fresh(draft)
    conflict: Difference = stale(error, draft, form) if isinstance(error, StaleVersion) else closed(error)
    status = 412 if isinstance(error, StaleVersion) else 409
    return _screen(request, draft, form, {"conflict": conflict, **(more or {})}, status=status)


def _screen(
    request: WebRequest,
    draft: DraftView,
    form: ConfirmForm | None,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> PageResponse:
    shown = thread(draft.ticket, evidence_by_field(draft.content))
    context = {
        "draft": draft,
        "content": draft.content,
        "originals": draft.originals if request.user.may(Permission.READ_TICKETS) else {},
        "thread": shown,
        "subject": shown.subject,
        "labels": LABELS,
        "form": form,
        "parts_of_ticket": parts_of(services_of(request).db, draft.id),
        "checklist": checklist_of(draft, form.decision(None)) if form else (),
        **(_interview(request, draft, form) if form else {}),
        **(more or {}),
    }
    return page(request, "confirm.html", context, status=status)


def _interview(request: WebRequest, draft: DraftView, form: ConfirmForm) -> dict[str, Any]:
    """What the form itself shows: what is asked and why, what is settled, and what the agent changed."""
    questions = asked(draft.content)
    return {
        "asked": questions,
        "answered": tuple(name for name in QUESTIONS if name not in questions),
        "doubts": {name: doubt(draft.content, name) for name in questions},
        "sentences": SENTENCES,
        "settled": form.settled(draft.content),
        "changes": changes(_fresh(draft), form),
        "hints": hints(draft.ticket),
        "kinds": tuple(FixKind),
        "reasons": tuple(RejectReason),
        "areas": product_areas(services_of(request).db),
        "focus_of": _FIRST_INPUT,
        "work": read_work(services_of(request).db, draft.id, request.user),
        "now": int(time.time() * 1000),
        "reject_reason": "",
        "reject_note": "",
    }


handlers = [show_draft, confirm, fill, link, reject]
