"""Takes an erased ticket out of every version of every article: its words, and its name among what they rest on."""

from collections.abc import Sequence

from pipelines.domain.articles import (
    ArticlePart,
    ArticleStatus,
    Drafting,
    Sentence,
    VersionLine,
    unfinished,
)
from service.store.engine import Database
from service.store.queries import article_erasure, articles, gaps
from service.store.queries.article_erasure import ArticleText
from service.store.session import Session
from service.usecases import clock
from service.usecases.article_tickets import tickets_of_gap
from service.usecases.erase_resolutions import WHY
from service.usecases.erase_words import ERASED, CustomersWords
from service.usecases.index_articles import put_article_words, queue_index_article
from service.usecases.reopen_gaps import reopen_gap_in

ERASURE = "erasure"
NO_TITLE = "Article of an erased ticket"


def forget_in_articles(
    db: Database, session: Session, key: str, words: CustomersWords, beside: Sequence[int]
) -> list[str]:
    """Rewrite the versions that hold anything of the ticket; the names of the articles that changed.

    One that tells its readers nothing any more goes into the archive, and what it closed is an open question again.

    `beside`: the resolutions that the ticket touched. An article that rests on one of these, on the ticket or on its
    gap loses the customer's sentences, every other what only this customer's side ever said.
    """
    changed = []
    for article in article_erasure.articles(session):
        near = bool(set(article.resolutions) & set(beside)) or (
            article.gap is not None and key in tickets_of_gap(session, article.gap)
        )
        before = article_erasure.versions_of(session, article.number)
        near = near or any(key in version.content.records for version in before)
        after = [_without(version, key, words, near=near) for version in before]
        if before == after:
            continue
        for old, new in zip(before, after, strict=True):
            if old != new:
                article_erasure.rewrite_version(session, article.number, new)
        emptied = any(version.version == article.published and unfinished(version.content) for version in after)
        if before[-1].content != after[-1].content or emptied:
            # A version of its own: whoever has the former one open is told, and does not save its words again.
            status = ArticleStatus.ARCHIVED if emptied else article.status
            articles.revise(session, article.number, after[-1].content, ERASURE, WHY, clock.now(), status=status)
        if emptied:
            for gap in gaps.closed_by(session, article.name):
                reopen_gap_in(session, gap, article.name, ERASURE, clock.now(), WHY)
        if article.published is not None:
            put_article_words(db, session, article.number)
            queue_index_article(session, article.number)
        changed.append(article.name)
    return changed


def _without(version: ArticleText, key: str, words: CustomersWords, *, near: bool) -> ArticleText:
    content = version.content
    title = _said(content.title, words, near=near)
    parts = {part: _sentences(content.part(part), key, words, near=near) for part in ArticlePart if content.part(part)}
    left = content.model_copy(
        update={
            "title": title if _says_something(title) else NO_TITLE,
            "parts": {part: said for part, said in parts.items() if said},
            "versions": tuple(line for one in content.versions if (line := _line(one, key, words))),
            "product_area": content.product_area and (words.masked(content.product_area) or None),
        }
    )
    return ArticleText(
        version.version,
        left if left != content else content,
        version.why and words.masked(version.why),
        _drafting(version.drafting, key),
    )


def _sentences(sentences: Sequence[Sentence], key: str, words: CustomersWords, *, near: bool) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    for sentence in sentences:
        own = any(ref.record == key for ref in sentence.sources)
        others = tuple(ref for ref in sentence.sources if ref.record != key)
        if own and not others:
            continue  # in this customer's words alone
        text = _said(sentence.text, words, near=near or own)
        if not _says_something(text):
            continue
        when = sentence.when and _said(sentence.when, words, near=near)
        found.append(sentence.model_copy(update={"text": text, "sources": others, "when": when or None}))
    return tuple(found)


def _line(line: VersionLine, key: str, words: CustomersWords) -> VersionLine | None:
    def kept(named: Sequence[str]) -> tuple[str, ...]:
        return tuple(text for text in named if ERASED not in words.masked(text))

    left = line.model_copy(
        update={
            "record": None if line.record == key else line.record,
            "when": line.when and words.masked(line.when),
            "affected": kept(line.affected),
            "fixed_in": kept(line.fixed_in),
        }
    )
    return left if left.affected or left.fixed_in else None


def _drafting(drafting: Drafting | None, key: str) -> Drafting | None:
    if drafting is None or all(out.record != key for out in drafting.left_out):
        return drafting
    left = tuple(out for out in drafting.left_out if out.record != key)
    return drafting.model_copy(update={"left_out": left})


def _said(text: str, words: CustomersWords, *, near: bool) -> str:
    return (words.without(text) if near else words.masked(text)).strip()


def _says_something(text: str) -> bool:
    return any(c.isalnum() for c in text.replace(ERASED, ""))
