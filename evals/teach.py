"""Teaches the embedding model's layers on a ticket folder: what `retrieval --tune-on` measures.

Pairs are the duplicates that the questions should find, tickets that agents related to each other, and each ticket's
subject with its own description. The same data, model, kind of processor and versions of libraries give the same files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.adapt import related_pairs
from evals.corpus import Question
from evals.datasets_found import TicketFolder, read_folder
from evals.output_matrix import with_output
from evals.ticket_likeness import Split, Tickets, without_answer
from evals.training import adaptations
from evals.vectors import adapted_vectors
from pipelines.adapters.model_training import STEPS, Lesson, Pair
from pipelines.retrieve.documents import PROBLEM_VIEW, TITLE_VIEW, views

# Chosen on the later half of the earlier questions of the development data, by training on what came before them.
DUPLICATES = 0.25
RELATED = 0.15
OWN = 0.60
"""Which share of the drawn pairs are duplicates, related tickets, and a ticket's subject with its description."""

_LEAST_BODY = 40
"""Characters of a description that says more than its subject."""

Link = tuple[str, str]


def lesson(directory: Path, folder: TicketFolder, questions: Sequence[str], until: str | None) -> Lesson:
    """What may be learned from tickets opened before the one named `until`, or from all: duplicates of these questions,
    related tickets, and subjects with descriptions.
    """
    ids = [ticket.id for ticket in folder.tickets]
    known = folder.tickets[: ids.index(until)] if until else folder.tickets
    place = {ticket.id: number for number, ticket in enumerate(known)}
    told = [views(ticket.resolution().content) for ticket in known]
    titles = [found.get(TITLE_VIEW) or "-" for found in told]
    problems = [found.get(PROBLEM_VIEW) or "-" for found in told]
    bodies = [problem.removeprefix(title).strip() for title, problem in zip(titles, problems, strict=True)]
    count = len(known)
    wanted = [(q, d) for q in questions for d in sorted(folder.relevant[q]) if q in place and d in place]
    related = [(a, b) for a, b in related_pairs(directory, folder) if a in place and b in place]
    groups = _groups(place, (*wanted, *related))
    pairs = [
        Pair(
            (place[a], count + place[a]),
            (place[b], count + place[b]),
            groups[place[a]],
            share / len(links),
        )
        for links, share in ((wanted, DUPLICATES), (related, RELATED))
        for a, b in links
    ]
    own = [number for number in range(count) if len(bodies[number]) >= _LEAST_BODY]
    pairs += [Pair((n, n), (2 * count + n, 2 * count + n), groups[n], OWN / len(own)) for n in own]
    return Lesson([*titles, *problems, *bodies], pairs)


def _groups(place: Mapping[str, int], links: Iterable[Link]) -> list[int]:
    """For each ticket, the first of those it is linked with over any number of links."""
    first = list(range(len(place)))

    def root(number: int) -> int:
        while first[number] != number:
            first[number] = number = first[first[number]]
        return number

    for a, b in links:
        low, high = sorted((root(place[a]), root(place[b])))
        first[high] = low
    return [root(number) for number in range(len(first))]


@dataclass(frozen=True, slots=True)
class Fold:
    """A file of a change that knows no duplicate of the `unseen` questions: seen through it they look as new ones will,
    and the ranking is fitted on them.
    """

    change: Path
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """The change that all questions teach, and one for each half that the other half teaches."""

    whole: Path
    folds: tuple[Fold, ...]


def learned(directory: Path, vectors: Path, *, steps: int = STEPS, until: str | None = None) -> Learned:
    """What all questions before the one named `until` teach, and what each half of them does: three trainings."""
    folder = read_folder(directory)
    place = {ticket.id: number for number, ticket in enumerate(folder.tickets)}
    end = place[until] if until else len(folder.tickets)
    labelled = frozenset(folder.queries) & folder.relevant.keys()
    asked = [ticket.id for ticket in folder.tickets[:end] if ticket.id in labelled]
    early, late = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    lessons = [
        lesson(directory, folder, asked, until),
        lesson(directory, folder, early, late[0]),
        lesson(directory, folder, late, until),
    ]
    whole, before, after = (
        with_output(layers, taught, vectors)
        for layers, taught in zip(adaptations(lessons, vectors, steps=steps), lessons, strict=True)
    )
    return Learned(whole=whole, folds=(Fold(after, tuple(early)), Fold(before, tuple(late))))


def unseen_questions(directory: Path, found: Learned, vectors: Path, until: str | None = None) -> list[Question]:
    """The questions to fit a ranking on, each seen through the fold that knows nothing of it, and as many without a
    known answer. Tickets from the one named `until` on are left out.
    """
    folder = read_folder(directory)
    ids = [ticket.id for ticket in folder.tickets]
    known = replace(folder, tickets=folder.tickets[: ids.index(until)] if until else folder.tickets)
    asked = tuple(name for fold in found.folds for name in fold.unseen)
    none = without_answer(known, Split(asked, ())).earlier
    questions: list[Question] = []
    for place, fold in enumerate(found.folds):
        beside = none[place :: len(found.folds)]
        seen = Tickets(known, adapted_vectors(fold.change, vectors))
        questions += seen.questions((*fold.unseen, *beside))
    return questions
