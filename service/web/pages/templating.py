"""The template engine of the pages: autoescaping always on, and the few words and addresses that templates need."""

import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from litestar.plugins.jinja import JinjaTemplateEngine

from pipelines.capture.redaction_reveal import parts
from service.web.pages import words
from service.web.pages.highlight import highlighted

WEB = Path(__file__).resolve().parent.parent
TEMPLATES = WEB / "templates"
STATIC = WEB / "static"


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """The address of a file of static/, with a hash of its content so that browsers may keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]
    return f"/static/{name}?v={digest}"


def environment() -> Environment:
    """A Jinja environment over the templates."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Every template is HTML, whatever its file is called: nothing is ever rendered unescaped.
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.filters.update(
        ago=words.ago,
        moment=words.moment,
        words=words.plain,
        duration=words.duration,
        track_record=words.track_record,
        record_path=words.record_path,
        ticket_path=words.ticket_path,
        highlighted=highlighted,
        mark_parts=parts,
    )
    return made


def template_engine() -> JinjaTemplateEngine:
    """The engine that the application registers with Litestar."""
    return JinjaTemplateEngine.from_environment(environment())
