"""What agents and KB managers do to a resolution: correct, archive, merge, look over; and its versions side by side."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath, URLEncodedBody

from pipelines.domain.audience import internal_fields
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.errors import Conflict, IllegalMove, InvalidInput, PrecedentError, StaleVersion
from pipelines.domain.resolutions import Audience, Confidence, Governance, ResolutionContent
from service.store.engine import Database
from service.usecases.actors import Permission
from service.usecases.merge import merge_resolutions
from service.usecases.resolution_changes import content_at, read_changes
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import LABELS
from service.web.pages.forms import Form, clean, parts
from service.web.pages.frame import PageResponse, page, see_other
from service.web.problems import problem_of

_READ = {"permission": Permission.READ_RESOLUTIONS}
_CHANGE = {"permission": Permission.CHANGE_RESOLUTIONS}


@get("/resolutions/{resolution_id:str}/history", opt=_READ, sync_to_thread=True)
def show_history(request: WebRequest, resolution_id: FromPath[str]) -> PageResponse:
    """Every version with what it changed."""
    found = read_changes(services_of(request).db, resolution_id)
    context = {"id": resolution_id, "versions": found, "labels": LABELS, "unchanged": "Its words stayed as they were."}
    return page(request, "history.html", context)


@get("/resolutions/{resolution_id:str}/edit", opt=_CHANGE, sync_to_thread=True)
def show_edit(request: WebRequest, resolution_id: FromPath[str]) -> PageResponse:
    """The record as a form, with archiving and merging below."""
    return _edit_page(request, resolution_id)


def _edit_page(
    request: WebRequest, resolution_id: str, typed: Form | None = None, refused: PrecedentError | None = None
) -> PageResponse:
    """The form as the record stands; where a change was refused, with what was typed and why it was refused."""
    db = services_of(request).db
    view = read_resolution(db, resolution_id)
    resolution = view.resolution
    stands = _texts(resolution.content) | {name: str(getattr(resolution, name)) for name in _STATES} | {"why": ""}
    context = {
        "view": view,
        "form": stands if typed is None else _typed_over(stands, typed, _before(db, resolution_id, typed)),
        "stands": stands,
        "vouched": typed.all("cleared") if typed else (),
        "refused": refused,
        "meanwhile": view.history[-1] if isinstance(refused, StaleVersion) else None,
        "labels": LABELS,
        "internal": internal_fields(resolution.content),
        "kinds": tuple(FixKind),
        "confidences": tuple(Confidence),
        "audiences": tuple(Audience),
        "governances": tuple(Governance),
    }
    status = problem_of(refused)[1].status if refused else 200
    return page(request, "resolution_edit.html", context, status)


_STATES = ("confidence", "audience", "governance")


def _texts(content: ResolutionContent) -> dict[str, str]:
    """The record's words as the form holds them."""
    return {
        "title": content.title,
        **{name.value: content.text(name) or "" for name in FieldName},
        "affected": ", ".join(content.versions.affected),
        "fixed_in": ", ".join(content.versions.fixed_in),
        "product_area": content.product_area or "",
        "fix_kind": content.fix_kind or "",
    }


def _before(db: Database, resolution_id: str, typed: Form) -> Mapping[str, str]:
    """What stood in the form when it was opened, as far as that is known."""
    content = content_at(db, resolution_id, typed.number("version"))
    return {name: typed.text(f"was_{name}") for name in _STATES} | (_texts(content) if content else {})


def _typed_over(stands: Mapping[str, str], typed: Form, before: Mapping[str, str]) -> dict[str, str]:
    """What the record says now, with what this person changed: saved again, it undoes nobody else's change."""
    untouched = {name for name, text in before.items() if typed.text(name) == clean(text)}
    return {name: text if name in untouched else typed.text(name) for name, text in stands.items()}


@post("/resolutions/{resolution_id:str}/edit", opt=_CHANGE, sync_to_thread=True)
def save_edit(request: WebRequest, resolution_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Correct it: the next version. Only on the version that the form was made of."""
    form = Form(data)
    change = ResolutionChange(
        title=form.text("title"),
        **{name.value: form.text(name.value) for name in FieldName},
        fix_kind=_one_of(FixKind, form.text("fix_kind")),
        affected=parts(form.text("affected")),
        fixed_in=parts(form.text("fixed_in")),
        product_area=form.text("product_area"),
        audience=_one_of(Audience, form.text("audience")),
        governance=_one_of(Governance, form.text("governance")),
        confidence=_one_of(Confidence, form.text("confidence")),
        cleared=form.all("cleared"),
        why=form.optional("why"),
    )
    try:
        return _changed(request, resolution_id, change, form)
    except (StaleVersion, InvalidInput, IllegalMove) as refused:
        return _edit_page(request, resolution_id, form, refused)


@post("/resolutions/{resolution_id:str}/archive", opt=_CHANGE, sync_to_thread=True)
def archive(request: WebRequest, resolution_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Take it out of triage, with the reason."""
    form = Form(data)
    if not form.text("why"):
        raise InvalidInput("Say why it is archived; whoever finds it missing will ask.")
    change = ResolutionChange(confidence=Confidence.ARCHIVED, why=form.text("why"), reviewed=True)
    return _changed(request, resolution_id, change, form)


@post("/resolutions/{resolution_id:str}/unarchive", opt=_CHANGE, sync_to_thread=True)
def unarchive(request: WebRequest, resolution_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Take it out of the archive, with the reason: triage shows it again, and it has to be validated anew."""
    form = Form(data)
    if not form.text("why"):
        raise InvalidInput("Say why it is taken out of the archive; whoever put it there will ask.")
    resolution = read_resolution(services_of(request).db, resolution_id).resolution
    if resolution.confidence is not Confidence.ARCHIVED:
        raise Conflict(f"{resolution_id} is not archived: somebody has taken it out meanwhile.")
    return _changed(
        request, resolution_id, ResolutionChange(confidence=Confidence.NOT_VALIDATED, why=form.text("why")), form
    )


@post("/resolutions/{resolution_id:str}/reviewed", opt=_CHANGE, sync_to_thread=True)
def reviewed(request: WebRequest, resolution_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Somebody looked at what speaks against it, and it stands."""
    return _changed(request, resolution_id, ResolutionChange(reviewed=True), Form(data))


@post("/resolutions/{resolution_id:str}/merge", opt=_CHANGE, sync_to_thread=True)
def merge(request: WebRequest, resolution_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Archive it in favour of another, which takes over its tickets and wordings."""
    form = Form(data)
    services = services_of(request)
    kept = merge_resolutions(services.db, resolution_id, form.text("into").upper(), request.user, form.text("why"))
    services.wake()
    return see_other(request, f"/resolutions/{kept}", "saved")


def _changed(request: WebRequest, resolution_id: str, change: ResolutionChange, form: Form) -> PageResponse:
    services = services_of(request)
    change_resolution(services.db, resolution_id, change, request.user, form.number("version"))
    services.wake()
    return see_other(request, f"/resolutions/{resolution_id}", "saved")


def _one_of(kind: Any, text: str) -> Any:
    """The member of that name, None for an empty one. Raises InvalidInput."""
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no choice here; use the form of the page.") from error


handlers = [show_history, show_edit, save_edit, archive, unarchive, reviewed, merge]
