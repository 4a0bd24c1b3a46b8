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
from evals.vectors import EvalVectors
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
class Learned:
    """Files of two changes. `fold` knows nothing of the `unseen` questions, nor of any ticket opened since the first:
    seen through it they look as new tickets will, and the ranking is fitted on them.
    """

    whole: Path
    fold: Path
    unseen: tuple[str, ...]


def learned(directory: Path, vectors: Path, *, steps: int = STEPS, until: str | None = None) -> Learned:
    """What all questions before the one named `until` teach, and what their first half does: two trainings at once."""
    folder = read_folder(directory)
    place = {ticket.id: number for number, ticket in enumerate(folder.tickets)}
    end = place[until] if until else len(folder.tickets)
    labelled = frozenset(folder.queries) & folder.relevant.keys()
    asked = [ticket.id for ticket in folder.tickets[:end] if ticket.id in labelled]
    early, late = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    lessons = [lesson(directory, folder, early, late[0]), lesson(directory, folder, asked, until)]
    fold, whole = (
        with_output(layers, taught, vectors)
        for layers, taught in zip(adaptations(lessons, vectors, steps=steps), lessons, strict=True)
    )
    return Learned(whole=whole, fold=fold, unseen=tuple(late))


def unseen_questions(directory: Path, found: Learned, vectors: EvalVectors, until: str | None = None) -> list[Question]:
    """The questions to fit on: those that the fold's change knows nothing of, and as many without a known answer.

    `vectors` are those of that change: through one that learned from these very questions, meaning would look surer
    than it will be. Tickets from the one named `until` on are left out.
    """
    folder = read_folder(directory)
    ids = [ticket.id for ticket in folder.tickets]
    known = replace(folder, tickets=folder.tickets[: ids.index(until)] if until else folder.tickets)
    none = without_answer(known, Split(found.unseen, ()))
    return Tickets(known, vectors).questions((*found.unseen, *none.earlier))
