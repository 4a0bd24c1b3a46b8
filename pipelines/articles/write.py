"""Writes an article with a chat model, over the same evidence as offline.

Each sentence cites its records and is held to them: what they do not bear out is dropped and counted, and an answer
that cannot be used raises SummariserFailed. What needs other steps (the model, the check, redaction) is handed in.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.articles.evidence import KIND, TITLE, VERSION, RecordEvidence, Told
from pipelines.articles.sayable import Cut, sayable
from pipelines.domain.articles import ArticlePart, Sentence, SentenceOrigin, SourceRef
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import SummariserFailed
from prompts import Prompt

SCHEMA_NAME = "article"
_LONGEST_TITLE = 200
_MOST_SENTENCES = 80


class Answer(Protocol):
    """What came back from a model. `finish_reason` is the protocol's: `stop`, `length`, `content_filter` and others."""

    @property
    def text(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def finish_reason(self) -> str | None: ...


Ask = Callable[[Sequence[tuple[str, str]], Mapping[str, Any], str], Answer]
"""Asks a model: (role, content) pairs, the answer's JSON schema and its name. Raises SummariserFailed."""

BorneOut = Callable[[str, Sequence[str]], bool]
"""Whether texts bear out a sentence."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SentenceForm(_Form):
    text: str
    cites: list[str]
    when: str | None


class ArticleForm(_Form):
    title: str
    issue: list[SentenceForm]
    environment: list[SentenceForm]
    resolution: list[SentenceForm]
    cause: list[SentenceForm]

    def part(self, name: ArticlePart) -> list[SentenceForm]:
        found: list[SentenceForm] = getattr(self, name.value)
        return found


class Written(NamedTuple):
    """A model's article as far as its records bear it out. `title` is None where they do not bear out the model's."""

    title: str | None
    parts: Mapping[ArticlePart, tuple[Sentence, ...]]
    dropped: int
    model: str


class _Cited(NamedTuple):
    """What an id in the answer stands for: its texts, and what a sentence that cites it rests on."""

    texts: Sequence[str]
    refs: Sequence[SourceRef]


class LlmWriter:
    """An article writer over a chat model. `room`: characters of evidence that it is given at the most."""

    def __init__(self, ask: Ask, prompt: Prompt, *, borne_out: BorneOut, room: int = 60_000) -> None:
        self._ask, self.prompt, self._borne_out, self._room = ask, prompt, borne_out, room
        self._schema = ArticleForm.model_json_schema()

    def write(
        self, records: Sequence[RecordEvidence], told: Sequence[Told], cut: Cut, redact: Callable[[str], str]
    ) -> Written:
        """Raises SummariserFailed where no usable answer could be had: its reason is a stable word."""
        known = _known(records, told)
        fence = _fence_unlike([text for one in known.values() for text in one.texts])
        shown = _shown(records, told, fence)
        if len(shown) > self._room:
            raise _failed("too_long", "The records are too long for one article.")
        answer = self._ask([("system", self.prompt.render(fence=fence)), ("user", shown)], self._schema, SCHEMA_NAME)
        form = _read(answer)
        cited = {name for part in ArticlePart for one in form.part(part) for name in one.cites}
        if cited - known.keys():
            raise _failed("invented_citation", "The LLM cited records that it was not given.")
        parts: dict[ArticlePart, tuple[Sentence, ...]] = {}
        dropped = 0
        for part in ArticlePart:
            said = [self._sentence(one, known, cut, redact) for one in form.part(part)]
            parts[part] = tuple(one for one in said if one is not None)
            dropped += said.count(None)
        if not parts[ArticlePart.RESOLUTION]:
            raise _failed("not_borne_out", "The records bear out no resolution of the LLM's.")
        every = [text for one in known.values() for text in one.texts]
        title = _plain(sayable(redact(form.title), cut))
        return Written(
            title=title[:_LONGEST_TITLE] if title and self._borne_out(title, every) else None,
            parts={part: found for part, found in parts.items() if found},
            dropped=dropped,
            model=answer.model,
        )

    def _sentence(
        self, form: SentenceForm, known: Mapping[str, _Cited], cut: Cut, redact: Callable[[str], str]
    ) -> Sentence | None:
        """None for a sentence that cites nothing, that its records do not bear out, or that names somebody."""
        text, when = _plain(sayable(redact(form.text), cut)), None
        texts = [text for name in form.cites for text in known[name].texts]
        if not text or not form.cites or not self._borne_out(text, texts):
            return None
        if form.when and form.when.strip():
            when = _plain(sayable(redact(form.when), cut))
            if not when or not self._borne_out(when, texts):
                return None
        refs = dict.fromkeys(ref for name in form.cites for ref in known[name].refs)
        return Sentence(text=text, origin=SentenceOrigin.LLM, sources=tuple(refs), when=when, starts_line=True)


def _known(records: Sequence[RecordEvidence], told: Sequence[Told]) -> dict[str, _Cited]:
    """A sentence that cites a record may rest on any of its fields that were shown."""
    found = {
        record.id: _Cited([text for _, text in _fields(record)], [record.ref(name) for name, _ in _fields(record)])
        for record in records
    }
    return found | {
        f"C{number}": _Cited([one.text], [SourceRef(record=one.ticket)]) for number, one in enumerate(told, start=1)
    }


def _fields(record: RecordEvidence) -> list[tuple[str, str]]:
    """The fields of a record that a model is shown, by name."""
    found = [(TITLE, record.title or "")]
    found += [(name.value, record.fields.get(name, "")) for name in FieldName]
    found.append((KIND, record.fix_kind.value if record.fix_kind else ""))
    versions = [f"affected: {', '.join(record.affected)}"] if record.affected else []
    versions += [f"fixed in: {', '.join(record.fixed_in)}"] if record.fixed_in else []
    found.append((VERSION, "; ".join(versions)))
    return [(name, text) for name, text in found if text.strip()]


def _shown(records: Sequence[RecordEvidence], told: Sequence[Told], fence: str) -> str:
    blocks = [f"[{fence} {record.id} | {name}]\n{text}" for record in records for name, text in _fields(record)]
    blocks += [f"[{fence} C{number} | said]\n{one.text}" for number, one in enumerate(told, start=1)]
    return "\n".join((f"[{fence} records begin]", *blocks, f"[{fence} records end]"))


def _fence_unlike(texts: Sequence[str]) -> str:
    """A word that nobody can guess, and that stands nowhere in the evidence."""
    while True:
        fence = secrets.token_hex(8)
        if not any(fence in text for text in texts):
            return fence


def _read(answer: Answer) -> ArticleForm:
    if answer.finish_reason == "content_filter":
        raise _failed("content_filter", "The LLM endpoint's content filter withheld the answer.")
    if answer.finish_reason == "length":
        raise _failed("truncated", "The LLM's answer was cut off before its end.")
    if not answer.text.strip():
        raise _failed("empty_answer", "The LLM answered with no text.")
    rest = answer.text.rpartition("</think>")[2]
    start, end = rest.find("{"), rest.rfind("}")
    try:
        form = ArticleForm.model_validate_json(rest[start : end + 1] if 0 <= start < end else rest)
    except ValidationError:
        # Without the error: it quotes the answer.
        raise _failed("invalid_answer", "The LLM's answer was not of the agreed form.") from None
    if sum(len(form.part(part)) for part in ArticlePart) > _MOST_SENTENCES:
        raise _failed("invalid_answer", "The LLM's answer was far too long.")
    return form


def _plain(text: str | None) -> str:
    """One line, without what no database keeps."""
    return " ".join((text or "").replace("\x00", " ").encode("utf-8", "replace").decode().split())


def _failed(reason: str, message: str) -> SummariserFailed:
    return SummariserFailed(reason, message, permanent=True)
