"""Trains the change that ships, pipelines/adapters/adaptation.py, on the earlier part of a ticket folder.

`python -m evals.adapt DIR [--to FILE] [--vectors DIR]`. Pairs are the duplicates that the earlier questions should find
and tickets that agents related to each other, all opened before the first later question. It is a matrix over the
model's output alone: teaching the layers too (evals/teach.py) finds more in such tickets and less in other fields.
The same data, model and versions of libraries give the same file.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.datasets_found import TicketFolder, read_folder, read_lines
from evals.ticket_likeness import Split, split_by_time
from evals.vectors import DEFAULT_CACHE, EvalVectors, VectorCache, published_embedder
from pipelines.adapters.adaptation import OUTPUT, SHIPPED, write_adaptation
from pipelines.ports import Vectors
from pipelines.retrieve.documents import PROBLEM_VIEW, TITLE_VIEW, views

Pair = tuple[str, str]

# Chosen by cross-validation between the two halves of the earlier questions of the development data.
FIRMNESS = 0.05
"""The price of the matrix's squared distance from one that changes nothing: what keeps it general."""
DUPLICATES = 3
"""How often a duplicate pair is drawn for each time that a related one is."""
STEPS = 300
PAIRS = 128
OTHERS = 1_500
SCALE = 20.0
RATE = 1e-3


@dataclass(frozen=True, slots=True)
class Lesson:
    """The tickets to learn from, in order of opening, and which of them belong together, as places in that order."""

    titles: Vectors
    problems: Vectors
    pairs: tuple[tuple[int, int], ...]


def lesson(
    directory: Path, folder: TicketFolder, questions: Sequence[str], split: Split, vectors: EvalVectors
) -> Lesson:
    """Duplicates of these questions and related tickets, all opened before the first later question of the split."""
    ids = [ticket.id for ticket in folder.tickets]
    known = folder.tickets[: ids.index(split.later[0])] if split.later else folder.tickets
    place = {ticket.id: number for number, ticket in enumerate(known)}
    texts = [views(ticket.resolution().content) for ticket in known]
    titles = vectors.embed([found.get(TITLE_VIEW) or "-" for found in texts])
    problems = vectors.embed([found.get(PROBLEM_VIEW) or "-" for found in texts])
    wanted = [(q, d) for q in questions for d in sorted(folder.relevant[q])] * DUPLICATES
    pairs = ((place[a], place[b]) for a, b in (*related_pairs(directory, folder), *wanted) if a in place and b in place)
    return Lesson(titles, problems, tuple(pairs))


def related_pairs(directory: Path, folder: TicketFolder) -> list[Pair]:
    """Tickets that agents related to each other, less every pair that a question is asked for."""
    asked = {frozenset((q, d)) for q, documents in folder.relevant.items() for d in documents}
    found = set()
    for raw in read_lines(directory / "tickets.jsonl.gz"):
        for link in raw.get("links") or []:
            pair = frozenset((str(raw["id"]), str(link.get("ticket"))))
            if link.get("type") == "relates to" and len(pair) > 1 and pair not in asked:
                found.add((min(pair), max(pair)))
    return sorted(found)


def train(taught: Lesson, *, firmness: float = FIRMNESS) -> Vectors:
    """The matrix, by InfoNCE (van den Oord et al. 2018): each question picks its pair out of many others.

    A question is the mean of its title's and its problem's vector, as retrieval asks it.
    """
    import torch  # noqa: PLC0415 - seconds to import

    torch.manual_seed(0)
    draw = np.random.default_rng(0)
    titles, problems = torch.from_numpy(taught.titles), torch.from_numpy(taught.problems)
    pairs = np.array(taught.pairs)
    same = torch.eye(titles.shape[1])
    matrix = same.clone().requires_grad_()
    optimiser = torch.optim.Adam([matrix], lr=RATE)

    def both(places: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "torch.Tensor":
        rows = [torch.nn.functional.normalize(view[places] @ matrix.T, dim=1) for view in (titles, problems)]
        return (rows[0] + rows[1]) / 2

    for _ in range(STEPS):
        chosen = pairs[draw.integers(0, len(pairs), PAIRS)]
        turned = draw.random(PAIRS) < 0.5  # noqa: PLR2004 - either of two may ask for the other
        asked, right = np.where(turned, chosen.T, chosen.T[::-1])
        offered = np.concatenate([right, draw.integers(0, len(titles), OTHERS)])
        scores = SCALE * torch.nn.functional.normalize(both(asked), dim=1) @ both(offered).T
        own = np.arange(PAIRS)[:, None] == np.arange(len(offered))[None]
        barred = (offered[None] == asked[:, None]) | ((offered[None] == right[:, None]) & ~own)
        scores = scores.masked_fill(torch.from_numpy(barred), -1e4)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(PAIRS)) + firmness * ((matrix - same) ** 2).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found: Vectors = matrix.detach().numpy()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.adapt", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with tickets.jsonl.gz and duplicates.tsv")
    parser.add_argument("--to", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    arguments = parser.parse_args()
    vectors = VectorCache(published_embedder(arguments.vectors), arguments.vectors)
    folder = read_folder(arguments.data)
    split = split_by_time(folder)
    taught = lesson(arguments.data, folder, split.earlier, split, vectors)
    same = np.eye(vectors.dimension, dtype=np.float32)
    moved = (train(taught) - same).astype(np.float16)
    write_adaptation(arguments.to, {OUTPUT: (moved, same.astype(np.float16))})
    print(f"trained on {len(taught.pairs)} pairs of {len(taught.titles)} tickets, written to {arguments.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
