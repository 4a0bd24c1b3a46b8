"""What KB managers do to an article: edit it, hand it to review, publish, archive."""

from collections.abc import Callable
from typing import Any

from litestar import get, post
from litestar.params import FromPath, URLEncodedBody

from pipelines.articles.enough import still_missing
from pipelines.articles.text import as_text
from pipelines.domain.articles import ArticleContent, ArticlePart, VersionLine
from pipelines.domain.errors import InvalidInput, NotPublishable, StaleVersion
from pipelines.domain.resolutions import Audience, Governance
from service.usecases.actors import Permission
from service.usecases.article_status import archive_article, publish_article, return_article, submit_article
from service.usecases.articles import ArticleChange, edit_article, read_article
from service.usecases.views_articles import ArticleView
from service.web.auth import WebRequest, services_of
from service.web.pages.article_reading import LABELS
from service.web.pages.articles import article_page
from service.web.pages.forms import Form, parts
from service.web.pages.frame import PageResponse, page, see_other

_CHANGE = {"permission": Permission.CHANGE_ARTICLES}
_MOST_VERSIONS = 60


@get("/articles/{article_id:str}/edit", opt=_CHANGE, sync_to_thread=True)
def show_article_edit(request: WebRequest, article_id: FromPath[str]) -> PageResponse:
    return _edit_page(request, article_id)


@post("/articles/{article_id:str}/edit", opt=_CHANGE, sync_to_thread=True)
def save_article(request: WebRequest, article_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """The next version. What was typed is not lost where somebody else was faster, or where it cannot be taken."""
    form = Form(data)
    try:
        change = _change(form)
        edit_article(services_of(request).db, article_id, change, request.user, form.number("version") or 0)
    except StaleVersion as stale:
        why = f"Somebody saved version {stale.current['version']} while you wrote. What you typed is still here."
        return _edit_page(request, article_id, form, why, status=412)
    except InvalidInput as error:
        return _edit_page(request, article_id, form, str(error), status=400)
    return see_other(request, f"/articles/{article_id}", "saved")


@post("/articles/{article_id:str}/submit", opt=_CHANGE, sync_to_thread=True)
def submit(request: WebRequest, article_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    return _moved(request, article_id, data, submit_article, "article_submitted")


@post("/articles/{article_id:str}/return", opt=_CHANGE, sync_to_thread=True)
def take_back(request: WebRequest, article_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    return _moved(request, article_id, data, return_article, "article_returned")


@post("/articles/{article_id:str}/archive", opt=_CHANGE, sync_to_thread=True)
def archive(request: WebRequest, article_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    return _moved(request, article_id, data, archive_article, "article_archived")


@post("/articles/{article_id:str}/publish", opt=_CHANGE, sync_to_thread=True)
def publish(request: WebRequest, article_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Serve it to its audience; what the publisher ticked is vouched for in their name."""
    form = Form(data)
    services = services_of(request)
    try:
        publish_article(
            services.db,
            article_id,
            request.user,
            form.number("version") or 0,
            form.text("why"),
            form.all("cleared"),
        )
    except (NotPublishable, StaleVersion) as error:
        return article_page(request, article_id, str(error), status=422 if isinstance(error, NotPublishable) else 412)
    services.wake()
    return see_other(request, f"/articles/{article_id}", "article_published")


Move = Callable[..., ArticleView]


def _moved(request: WebRequest, article_id: str, data: dict[str, Any], move: Move, message: str) -> PageResponse:
    form = Form(data)
    services = services_of(request)
    try:
        move(services.db, article_id, request.user, form.number("version") or 0, form.text("why"))
    except InvalidInput as error:
        return article_page(request, article_id, str(error), status=400)
    except StaleVersion as error:
        return article_page(request, article_id, str(error), status=412)
    services.wake()
    return see_other(request, f"/articles/{article_id}", message)


def _change(form: Form) -> ArticleChange:
    return ArticleChange(
        title=form.text("title"),
        parts={part: form.text(part.value) for part in ArticlePart},
        versions=_versions(form),
        product_area=form.text("product_area"),
        audience=_one_of(Audience, form.text("audience")),
        governance=_one_of(Governance, form.text("governance")),
        owner=form.text("owner"),
        why=form.optional("why"),
    )


def _versions(form: Form) -> tuple[VersionLine, ...]:
    """The rows of the form that name a version."""
    rows = sorted({int(name.partition(".")[2]) for name in form.names("affected.") if name[9:].isdecimal()})
    lines = (
        VersionLine(
            when=form.optional(f"when.{row}"),
            affected=parts(form.text(f"affected.{row}")),
            fixed_in=parts(form.text(f"fixed_in.{row}")),
        )
        for row in rows[:_MOST_VERSIONS]
    )
    return tuple(line for line in lines if line.affected or line.fixed_in)


def _one_of(kind: Any, text: str) -> Any:
    """The member of that name, None for an empty one. Raises InvalidInput."""
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no choice here; use the form of the page.") from error


def _edit_page(
    request: WebRequest, article_id: str, form: Form | None = None, why: str | None = None, status: int = 200
) -> PageResponse:
    view = read_article(services_of(request).db, article_id)
    content = view.article.content
    context = {
        "view": view,
        "labels": LABELS,
        "typed": _typed(view, form),
        "lines": (*(_versions(form) if form else content.versions), VersionLine()),
        "missing": {one.part: one for one in still_missing(content)},
        "audiences": tuple(Audience),
        "governances": tuple(Governance),
        "theirs": _as_texts(content) if status == 412 else None,  # noqa: PLR2004
        "why": why,
    }
    return page(request, "article_edit.html", context, status)


def _typed(view: ArticleView, form: Form | None) -> dict[str, str]:
    """What the form's fields hold: as it stands, or as it was typed and not taken."""
    article = view.article
    stands = {
        **_as_texts(article.content),
        "product_area": article.content.product_area or "",
        "audience": article.audience.value,
        "governance": article.governance.value,
        "owner": article.owner or "",
        "why": "",
    }
    return {name: form.text(name) if form else value for name, value in stands.items()}


def _as_texts(content: ArticleContent) -> dict[str, str]:
    return {"title": content.title, **{part.value: as_text(content.part(part)) for part in ArticlePart}}


handlers = [show_article_edit, save_article, submit, take_back, archive, publish]
