"""What a triage question says: the text to embed, and the words, codes, names and versions to match."""

import re
import unicodedata
from collections.abc import Mapping

from pipelines.domain.suggestions import Query
from pipelines.domain.value import Value
from pipelines.retrieve.words import Tokens, read_tokens, sort_lines, strip_markup, unique

EMBED_LIMIT = 1_100
"""Characters of the text to embed: about what a sentence model of 256 word pieces reads."""

TROUBLE_SHARE = 300
"""Characters kept for lines of a log that name an error, when the prose alone would fill the text to embed."""

LEXICAL_LIMIT = 4_000
"""Characters of the text handed to word search; it picks the words of it that tell most."""

TITLE_COUNTS = 3
"""How often the title is asked for by words: whoever opens a ticket puts into it what the matter is."""

WORD_LIMIT = 300
"""Different words that are matched; a longer list is a document, not a question."""

_WORD = re.compile(r"[^\W_]+")


class PreparedQuery(Value):
    """A question taken apart. `title` and `text` are what gets embedded, `lexical` what word search gets.

    `words`: plain words, lower-case, prose before pasted logs; `spelling` has them as they stand in the question.
    `names`: product words, written with capitals inside a sentence. Lists hold no repeats.
    """

    title: str = ""
    text: str = ""
    lexical: str = ""
    words: tuple[str, ...] = ()
    title_words: tuple[str, ...] = ()
    spelling: Mapping[str, str] = {}
    codes: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    product_area: str | None = None
    environment: str | None = None
    version: str | None = None

    @property
    def sought(self) -> str:
        """What to look for by words: a word counts as often as it stands here."""
        return "\n".join((*[self.title] * (TITLE_COUNTS - 1), self.lexical))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts to embed: title and whole, or the one there is. Their vectors go through `fuse.combined`."""
        return tuple(dict.fromkeys(part for part in (self.title, self.text) if part.strip()))


def prepare(query: Query) -> PreparedQuery:
    """Take a question apart; any text is taken."""
    title = _one_line(strip_markup(_clean(query.subject)))
    lines = sort_lines(strip_markup(_clean(query.body)))
    prose = " ".join(lines.prose)
    trouble = " ".join(lines.trouble)
    rest = " ".join(lines.rest)
    told = f"{title}\n{prose}\n{trouble}"
    tokens = read_tokens(told)
    machine = read_tokens(rest[:LEXICAL_LIMIT])
    words = (tokens.words or machine.words)[:WORD_LIMIT]
    asked, environment = _given(query.version), _given(query.environment)
    return PreparedQuery(
        title=title,
        text=embedding_text(title, prose, trouble, rest),
        lexical=" ".join(part for part in (title, prose, trouble) if part)[:LEXICAL_LIMIT] or rest[:LEXICAL_LIMIT],
        words=words,
        title_words=read_tokens(title).words,
        spelling=_spelling(words, told if tokens.words else rest[:LEXICAL_LIMIT]),
        codes=unique((*tokens.codes, *machine.codes)),
        identifiers=unique((*tokens.identifiers, *machine.identifiers)),
        files=unique((*tokens.files, *machine.files)),
        versions=_versions(asked, tokens, environment or ""),
        names=product_names(f"{title}\n{prose}"),
        product_area=_given(query.product_area),
        environment=environment,
        version=asked,
    )


def embedding_text(title: str, prose: str, trouble: str = "", rest: str = "") -> str:
    """Title and prose, then lines that name errors, then other lines while there is room; never drowned by a log."""
    room = EMBED_LIMIT - len(title)
    kept_trouble = trouble[: max(TROUBLE_SHARE, room - len(prose))]
    kept_prose = prose[: max(0, room - len(kept_trouble))]
    kept_rest = rest[: max(0, room - len(kept_prose) - len(kept_trouble))]
    return "\n".join(part for part in (title, kept_prose, kept_trouble, kept_rest) if part.strip())


def _clean(text: str) -> str:
    """One Unicode form, and no characters that tokenizers or databases choke on (NUL, lone surrogates)."""
    if text.isascii() and "\0" not in text:
        return text
    text = text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", text)


def _spelling(words: tuple[str, ...], text: str) -> dict[str, str]:
    """Each word as it first stands in the text."""
    wanted = set(words)
    found: dict[str, str] = {}
    for match in _WORD.finditer(text):
        written = match.group()
        lower = written.lower()
        if lower in wanted:
            found.setdefault(lower, written)
    return found


def _given(text: str | None) -> str | None:
    return _clean(text or "").strip() or None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:400]


def _versions(asked: str | None, tokens: Tokens, environment: str) -> tuple[str, ...]:
    return unique((*((asked,) if asked else ()), *read_tokens(environment).versions, *tokens.versions))


def product_names(text: str) -> tuple[str, ...]:
    """Words written with a capital though no sentence begins there: names of products, screens and parts."""
    found: list[str] = []
    for line in text.split("\n"):
        starts = True
        for raw in line.split():
            word = raw.strip("\"'()[]<>,;:.!?*_")
            if not starts and len(word) > 1 and word[0].isupper() and any(c.islower() for c in word):
                found.append(word)
            starts = raw.endswith((".", "!", "?", ":"))
    return unique(found)
