"""What of a question gap reports compare exactly, taken from the question as triage reads it."""

from datetime import datetime
from sys import intern

from pipelines.gaps.affinity import Marks
from pipelines.retrieve.query import PreparedQuery
from pipelines.retrieve.words import stem


def marks_of(prepared: PreparedQuery, at: datetime | None = None) -> Marks:
    """Stems of the words, those of the title counted three times; codes, identifiers and file names as facts."""
    facts = tuple(fact.casefold() for fact in (*prepared.codes, *prepared.identifiers, *prepared.files))
    words = (*prepared.words, *prepared.title_words, *prepared.title_words)
    stems = (*(stem(word) for word in words), *facts)
    # One string for each word, not for each place that it stands in: there may be a hundred thousand questions.
    stems, facts = tuple(map(intern, stems)), tuple(map(intern, facts))
    return Marks(words=stems, facts=facts, area=prepared.product_area, at=at)
