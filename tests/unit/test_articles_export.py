"""Markdown, front matter, HTML and file names: whatever a sentence holds, it is shown and never acted on."""

import re
from html.parser import HTMLParser

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.articles.front_matter import front_matter, quoted
from pipelines.articles.html import html_body, html_page
from pipelines.articles.markdown import markdown
from pipelines.articles.slug import folder, slug
from pipelines.articles.text import parse
from pipelines.domain.articles import ArticleContent, ArticlePart, VersionLine


def article(resolution: str, *versions: VersionLine) -> ArticleContent:
    return ArticleContent(title="T", parts={ArticlePart.RESOLUTION: parse(resolution)}, versions=versions)


class Read(HTMLParser):
    """The words of a page, and the tags they stand in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not attrs or (tag == "ol" and [name for name, _ in attrs] == ["start"])

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_the_parts_are_headings_and_conditions_stand_below_them() -> None:
    made = markdown(article("Restart.\n### Okta_EU\nEnable `ntpd`.", VersionLine(affected=("5.0", "5.1"))))
    assert (
        "## Resolution\n\nRestart.\n\n### Okta_EU\n\nEnable `ntpd`.\n\n"
        "## Versions\n\n| Affected | Fixed in |\n| --- | --- |\n| 5.0, 5.1 | \u2013 |\n"
    ) == made


def test_lists_and_commands_stay_what_they_are() -> None:
    page = Read(html_body(markdown(article("1. Stop it.\n2. Start it.\n- one\n- two\n    rm `x`\n$ ls <b>"))))
    assert {"h2", "ol", "ul", "li", "pre", "code"} == page.tags
    assert "<b>" in page.words


@pytest.mark.parametrize(
    "line",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://x.example/p.png)",
        "# Not a heading",
        "a *b* _c_ ~~d~~",
        "> quote",
        "| a | b |",
        "--- ",
        "<http://x.example>",
        "&amp; &lt;b&gt;",
        "back\\slash \\[ end\\",
        "***",
        "+ plus",
        "[a]: http://x.example",
    ],
)
def test_markup_in_a_sentence_is_shown_as_it_is(line: str) -> None:
    page = Read(html_body(markdown(article(f"Do: {line}\n{line}"))))
    assert {"h2", "p"} >= page.tags - {"ul", "li"}
    assert line.rsplit(maxsplit=1)[-1] == page.words[-1]


LINES = st.lists(st.text(st.sampled_from("ab1.-*_#`[]()<>|~&\\!+=:{}%$ \t"), max_size=24), max_size=5)


@given(LINES)
def test_no_word_of_a_text_is_lost_and_none_becomes_markup(lines: list[str]) -> None:
    content = article("\n".join(lines))
    page = Read(html_body(markdown(content)))
    assert {"h2", "h3", "p", "ul", "ol", "li", "pre", "code"} >= page.tags
    said = "".join(sentence.text for sentence in content.part(ArticlePart.RESOLUTION))
    letters = re.findall(r"[ab<>|&]", said)
    assert sorted(letters) == sorted(re.findall(r"[ab<>|&]", "".join(page.words[1:]).replace("Ineverycase", "")))


@given(LINES)
def test_no_site_generator_is_given_an_instruction(lines: list[str]) -> None:
    assert not re.search(r"\{[{%<]", markdown(article("\n".join(lines))))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_front_matter_reads_back_as_it_was_written(title: str, tags: list[str]) -> None:
    written = front_matter({"title": title, "tags": tags, "draft": False, "version": 3, "gap": None})
    assert written.startswith("---\n")
    assert written.endswith("\n---\n")
    assert {"title": title, "tags": tags, "draft": False, "version": 3} == yaml.safe_load(written.split("\n---\n")[0])


@pytest.mark.parametrize("text", ["yes", "3", "null", "a: b", "- x", "\u2028", "\x85", "\ufeff", "\x00", "x\n---\ny"])
def test_what_yaml_would_take_for_something_else_stays_text(text: str) -> None:
    assert text == yaml.safe_load(quoted(text))
    assert "\n" not in quoted(text)


def test_a_page_of_html_needs_nothing_else_and_escapes_its_title() -> None:
    page = html_page("<b>x</b>", "text\n", ("A-1 & more",))
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "A-1 &amp; more" in page
    assert not re.search(r"(?:src|href)=|@import|url\(|<script", page)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Nightly export stops!", "a-3-nightly-export-stops"),
        ("\u00dcbergr\u00f6\u00dfe fehlt", "a-3-ubergrosse-fehlt"),
        ("../../etc/passwd", "a-3-etc-passwd"),
        ("\u51fa\u8377", "a-3"),
        ("word " * 40, "a-3-" + "-".join(["word"] * 12)),
    ],
)
def test_a_file_is_named_after_the_article(title: str, expected: str) -> None:
    assert expected == slug(title, "A-3")


@given(st.text(), st.integers(1, 10**9))
def test_names_are_safe_on_every_file_system(title: str, number: int) -> None:
    for name in (slug(title, f"A-{number}"), folder(title)):
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name)
        assert len(name) <= 80
        assert name not in {"con", "nul", "aux", "prn", "com1", "lpt9"}


def test_articles_without_an_area_and_areas_without_a_name_share_a_folder() -> None:
    assert ["general", "general", "con-area", "api-webhooks"] == [
        folder(area) for area in (None, "\u51fa", "CON", "API & Webhooks")
    ]
