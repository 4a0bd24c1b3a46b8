"""The articles: a list with filters, one article as it is read with all it rests on, and its versions."""

from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from pipelines.articles.enough import still_missing
from pipelines.domain.articles import ArticleStatus
from pipelines.domain.resolutions import Audience
from service.usecases.actors import Permission
from service.usecases.article_changes import read_article_changes
from service.usecases.article_clearance import check_article
from service.usecases.articles import article_areas, list_articles, read_article
from service.usecases.export_article import export_one
from service.web.auth import WebRequest, services_of
from service.web.pages.article_reading import LABELS, conditions, lines
from service.web.pages.forms import clean
from service.web.pages.frame import PageResponse, page

_READ = {"permission": Permission.READ_ARTICLES}


@get("/articles", opt=_READ, sync_to_thread=True)
def show_articles(
    request: WebRequest,
    q: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    audience: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> PageResponse:
    """Articles, newest first, or those that hold the words searched for."""
    db = services_of(request).db
    asked = {
        "q": clean(q or "") or None,
        "status": status if status in set(ArticleStatus) else None,
        "area": clean(area or "") or None,
        "audience": audience if audience in set(Audience) else None,
    }
    found = list_articles(
        db,
        asked["q"],
        status=asked["status"],
        product_area=asked["area"],
        audience=asked["audience"],
        cursor=cursor or None,
    )
    onward = {name: value for name, value in {**asked, "cursor": found.next_cursor}.items() if value}
    context = {
        "page": found,
        "asked": asked,
        "filtered": any(asked.values()),
        "statuses": tuple(ArticleStatus),
        "areas": article_areas(db),
        "audiences": tuple(Audience),
        "may_propose": request.user.may(Permission.PROPOSE_ARTICLES),
        "next_href": "/articles?" + urlencode(onward),
    }
    return page(request, "articles.html", context)


@get("/articles/{article_id:str}", opt=_READ, sync_to_thread=True)
def show_article(request: WebRequest, article_id: FromPath[str]) -> PageResponse:
    return article_page(request, article_id)


@get("/articles/{article_id:str}/history", opt=_READ, sync_to_thread=True)
def show_article_history(request: WebRequest, article_id: FromPath[str]) -> PageResponse:
    """Every version with what it changed."""
    found = read_article_changes(services_of(request).db, article_id)
    labels = {part.value: label for part, label in LABELS.items()}
    context = {"id": article_id, "versions": found, "labels": labels, "unchanged": "Nothing that readers see."}
    return page(request, "history.html", context)


@get("/articles/{article_id:str}/export.md", opt=_READ, sync_to_thread=True)
def export_markdown(request: WebRequest, article_id: FromPath[str]) -> Response[str]:
    return _file(request, article_id, "markdown", "text/markdown; charset=utf-8")


@get("/articles/{article_id:str}/export.html", opt=_READ, sync_to_thread=True)
def export_html(request: WebRequest, article_id: FromPath[str]) -> Response[str]:
    return _file(request, article_id, "html", "text/html; charset=utf-8")


def _file(request: WebRequest, article_id: str, form: str, media_type: str) -> Response[str]:
    made = export_one(services_of(request).db, article_id, form)
    name = made.path.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.text, media_type=media_type, headers=headers)


def article_page(request: WebRequest, article_id: str, why: str | None = None, status: int = 200) -> PageResponse:
    """The page of an article; `why` says what kept an action on it from being done."""
    db = services_of(request).db
    view = read_article(db, article_id)
    content = view.article.content
    may_change = request.user.may(Permission.CHANGE_ARTICLES)
    missing = still_missing(content)
    context = {
        "view": view,
        "labels": LABELS,
        "lines": lines,
        "conditions": conditions(content),
        "missing": missing,
        "unfinished": any(one.needed for one in missing),
        "refused": check_article(db, article_id) if may_change else [],
        "may_change": may_change,
        "why": why,
    }
    return page(request, "article.html", context, status)


handlers = [show_articles, show_article, show_article_history, export_markdown, export_html]
