"""The last part of a change of the embedding model: the matrix that its vectors are multiplied by.

The layers are taught with a few dozen pairs at a time; a matrix over vectors that are there already can be taught with
thousands of others in sight.
"""

import hashlib
from pathlib import Path

import numpy as np

from evals.vectors import EvalVectors, adapted_vectors
from pipelines.adapters.adaptation import OUTPUT, low_rank, read_adaptation, write_adaptation
from pipelines.adapters.model_training import Lesson
from pipelines.ports import Vectors

# Chosen on the later half of the earlier questions of the development data, over what their first half taught.
FIRMNESS = 0.1
"""The price of the matrix's squared distance from one that changes nothing: what keeps it general."""
RANK = 96
STEPS = 300
PAIRS = 128
OTHERS = 1_500
SCALE = 20.0
RATE = 1e-3


def with_output(layers: Path, lesson: Lesson, directory: Path) -> Path:
    """The change of the layers and the matrix over it that the same lesson teaches, in a file beside the former."""
    recipe = f"2 {FIRMNESS} {RANK} {STEPS} {PAIRS} {OTHERS} {RATE}"
    path = layers.with_name(f"{layers.stem}-{hashlib.sha256(recipe.encode()).hexdigest()[:8]}.npz")
    if not path.exists():
        matrix = _trained(adapted_vectors(layers, directory), lesson)
        write_adaptation(path, {**read_adaptation(layers), OUTPUT: low_rank(matrix, RANK)})
    return path


def _trained(model: EvalVectors, lesson: Lesson) -> Vectors:
    """By InfoNCE, as the layers; the pairs are those of two tickets, not a ticket's subject with its description."""
    import torch  # noqa: PLC0415 - seconds to import

    torch.manual_seed(0)
    torch.set_num_threads(1)
    draw = np.random.default_rng(0)
    linked = [pair for pair in lesson.pairs if pair.asked[0] != pair.asked[1]]
    if not linked:
        return np.eye(model.dimension, dtype=np.float32)
    sides = np.array([(pair.asked, pair.right) for pair in linked])
    groups = np.array([pair.group for pair in linked])
    others = np.array(sorted({side for pair in linked for side in (pair.asked, pair.right)}))
    chances = np.array([pair.weight for pair in linked])
    wanted = np.unique(sides)
    rows = torch.zeros((len(lesson.texts), model.dimension))
    rows[torch.from_numpy(wanted)] = torch.from_numpy(model.embed([lesson.texts[place] for place in wanted]))
    same = torch.eye(model.dimension)
    matrix = same.clone().requires_grad_()
    optimiser = torch.optim.Adam([matrix], lr=RATE)

    def both(places: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> "torch.Tensor":
        first, second = (torch.nn.functional.normalize(rows[places[:, at]] @ matrix.T, dim=1) for at in (0, 1))
        return (first + second) / 2

    for _ in range(STEPS):
        chosen = draw.choice(len(linked), PAIRS, p=chances / chances.sum())
        turn = (draw.random(PAIRS) < 0.5).astype(int)  # noqa: PLR2004 - either of two may ask for the other
        asked, right = sides[chosen, turn], sides[chosen, 1 - turn]
        extra = others[draw.integers(0, len(others), OTHERS)]
        offered = np.concatenate([right, extra])
        scores = SCALE * torch.nn.functional.normalize(both(asked), dim=1) @ both(offered).T
        alike = np.concatenate([groups[chosen], np.full(OTHERS, -1)])[None] == groups[chosen][:, None]
        itself = (offered[None] == asked[:, None]).any(axis=2) | (offered[None] == right[:, None]).any(axis=2)
        barred = (alike | itself) & ~(np.arange(PAIRS)[:, None] == np.arange(len(offered))[None])
        scores = scores.masked_fill(torch.from_numpy(barred), -1e4)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(PAIRS)) + FIRMNESS * ((matrix - same) ** 2).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found: Vectors = matrix.detach().numpy()
    return found
