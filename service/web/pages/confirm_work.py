"""Keeping what was typed on the confirmation screen: by its script as it goes, by a button without scripts."""

import time
from typing import Any

from litestar import post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from service.usecases.actors import Permission
from service.usecases.queue import read_draft
from service.usecases.work_in_progress import forget_work, save_work
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import kept, posted, proposed, says_the_same
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, see_other

_DECIDE = {"permission": Permission.DECIDE_DRAFTS}


@post("/confirm/{draft_id:str}/work", opt=_DECIDE, sync_to_thread=True, status_code=200)
def save(request: WebRequest, draft_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> dict[str, Any]:
    """What stands in the form, for the screen's script: answers with the serial that the next saving follows."""
    sent = Form(data)
    saved = save_work(
        services_of(request).db,
        draft_id,
        sent.number("version") or 0,
        kept(sent),
        request.user,
        writer=sent.text("writer"),
        follows=sent.number("follows"),
    )
    return {"serial": saved.serial, "saved_at": saved.saved_at.isoformat()}


@post("/confirm/{draft_id:str}/later", opt=_DECIDE, sync_to_thread=True)
def later(request: WebRequest, draft_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Back to the queue, with what was typed kept for the next time."""
    sent, db = Form(data), services_of(request).db
    draft = read_draft(db, draft_id)
    untouched = proposed(draft.content, draft.ticket.product_area, int(time.time()))
    if says_the_same(posted(sent), untouched):
        forget_work(db, draft_id, request.user)
        return see_other(request, "/queue", "later")
    save_work(db, draft_id, sent.number("version") or 0, kept(sent), request.user)
    return see_other(request, "/queue", "kept")


@post("/confirm/{draft_id:str}/restart", opt=_DECIDE, sync_to_thread=True)
def restart(request: WebRequest, draft_id: FromPath[str]) -> PageResponse:
    """Drop what was typed, and show the draft as it was made."""
    forget_work(services_of(request).db, draft_id, request.user)
    return Redirect(f"/confirm/{draft_id}", status_code=303)


handlers = [save, later, restart]
