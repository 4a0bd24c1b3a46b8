"""An article as one HTML page that needs nothing else: no script, no style sheet, no picture from anywhere."""

from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.55 system-ui,sans-serif;max-width:46rem;margin:2rem auto;"
    "padding:0 1rem;overflow-wrap:anywhere}h1{line-height:1.25}table{border-collapse:collapse}"
    "th,td{border:1px solid #8886;padding:.25rem .625rem;text-align:left}pre{overflow:auto;padding:.75rem;"
    "background:#8882}footer{margin-top:2rem;color:#777;font-size:.875rem}"
)


def html_body(markdown: str) -> str:
    """The body of a page. Raw HTML in the Markdown is shown as text."""
    return str(_renderer().render(markdown))


def html_page(title: str, markdown: str, notes: tuple[str, ...] = ()) -> str:
    """A whole page; `notes` stand below the text."""
    foot = "".join(f"<div>{escape(note)}</div>" for note in notes)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<article>\n"
        f"<h1>{escape(title)}</h1>\n{html_body(markdown)}</article>\n<footer>{foot}</footer>\n</body>\n</html>\n"
    )


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
