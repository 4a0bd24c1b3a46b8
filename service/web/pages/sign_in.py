"""The sign-in page. Its form is posted to service.web's own handler, which shows the same template on an error."""

from litestar import get
from litestar.enums import MediaType
from litestar.params import FromQuery
from litestar.response import Template


@get("/sign-in", opt={"open": True}, sync_to_thread=True)
def show_sign_in(next: FromQuery[str] = "/") -> Template:  # noqa: A002 (the name of the query parameter)
    return Template(template_name="sign_in.html", context={"next": next, "error": None}, media_type=MediaType.HTML)


handlers = [show_sign_in]
