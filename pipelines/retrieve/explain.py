"""Why a resolution was found, in words that an agent can check against the ticket."""

from pipelines.domain.suggestions import Candidate, Reason
from pipelines.retrieve.documents import matchable
from pipelines.retrieve.query import PreparedQuery
from pipelines.retrieve.versions import read_range, read_version
from pipelines.retrieve.words import stem

WORDS_SHOWN = 8

# Where the cosine of the adapted all-MiniLM-L6-v2 stands for related and restated problems of one product: of random
# pairs of tickets one in 25 is this related, one in 200 this close, one in 6,000 nearly the same.
_DEGREES = ((0.68, "nearly the same meaning"), (0.45, "close in meaning"), (0.31, "related in meaning"))


def reasons(prepared: PreparedQuery, candidate: Candidate) -> tuple[Reason, ...]:
    """Shared codes first, then words as they stand in the query, closeness of meaning, area and version."""
    content = candidate.resolution.content
    document = matchable(content)
    found: list[Reason] = []
    exact = [code for code in prepared.codes if code.casefold() in document.codes]
    exact += [name for name in prepared.identifiers if name.casefold() in document.identifiers]
    exact += [name for name in prepared.files if name.casefold() in document.files]
    if exact:
        found.append(Reason(kind="code", text=", ".join(exact[:WORDS_SHOWN])))
    words = [word for word in prepared.words if stem(word) in document.words or stem(word) in document.answer]
    if words:
        # Title words tell most; sorted() keeps the order of the query within each half.
        words.sort(key=lambda word: word not in prepared.title_words)
        found.append(Reason(kind="words", text=", ".join(_as_written(w, prepared) for w in words[:WORDS_SHOWN])))
    meaning = closeness(candidate.similarity)
    if meaning:
        found.append(Reason(kind="meaning", text=meaning))
    area = content.product_area
    if area and prepared.product_area and area.strip().casefold() == prepared.product_area.casefold():
        found.append(Reason(kind="area", text=area.strip()))
    version = _shared_version(prepared.version, content.versions.affected)
    if version:
        found.append(Reason(kind="version", text=f"also seen on {version}"))
    return tuple(found)


def closeness(similarity: float | None) -> str | None:
    """A cosine in words of degree; None where it says nothing."""
    if similarity is None:
        return None
    return next((words for least, words in _DEGREES if similarity >= least), None)


def _as_written(word: str, prepared: PreparedQuery) -> str:
    return prepared.spelling.get(word, word)


def _shared_version(asked: str | None, affected: tuple[str, ...]) -> str | None:
    version = read_version(asked) if asked else None
    if version is None:
        return None
    for text in affected:
        stated = read_range(text)
        if stated and stated.position(version) == 0 and stated.exact:
            return text.strip()
    return None
