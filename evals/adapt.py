"""Trains a change of the embedding model, pipelines/adapters/adaptation.py, on the earlier part of a ticket folder.

`python -m evals.adapt DIR [--to FILE] [--steps N]`. The change that ships is a matrix over the output alone: teaching
the layers too, as `retrieval --tune-on` does, finds more in these tickets and less on questions of other fields.
Pairs are the duplicates that the earlier questions should find, tickets that agents related to each other, and each
ticket's subject with its own description, all opened before the first later question. The same data, model, kind of
processor and versions of libraries give the same file.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.datasets_found import TicketFolder, read_folder, read_lines
from evals.output_matrix import with_output
from evals.ticket_likeness import split_by_time
from evals.training import adaptations
from evals.vectors import DEFAULT_CACHE
from pipelines.adapters.adaptation import SHIPPED
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


def related_pairs(directory: Path, folder: TicketFolder) -> list[Link]:
    """Tickets that agents related to each other, less every pair that a question is asked for."""
    asked = {frozenset((q, d)) for q, documents in folder.relevant.items() for d in documents}
    found = set()
    for raw in read_lines(directory / "tickets.jsonl.gz"):
        for link in raw.get("links") or []:
            pair = frozenset((str(raw["id"]), str(link.get("ticket"))))
            if link.get("type") == "relates to" and len(pair) > 1 and pair not in asked:
                found.add((min(pair), max(pair)))
    return sorted(found)


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


def learned_until_later(directory: Path, vectors: Path, *, steps: int = 0) -> Learned:
    """What ships is learned from: everything before the first later question."""
    return learned(directory, vectors, steps=steps, until=split_by_time(read_folder(directory)).later[0])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.adapt", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with tickets.jsonl.gz and duplicates.tsv")
    parser.add_argument("--to", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument("--steps", type=int, default=0, metavar="N", help="steps for the layers (default: 0, none)")
    arguments = parser.parse_args()
    found = learned_until_later(arguments.data, arguments.vectors, steps=arguments.steps)
    arguments.to.write_bytes(found.whole.read_bytes())
    print(f"written to {arguments.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
