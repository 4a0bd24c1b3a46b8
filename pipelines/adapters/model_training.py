"""Fine-tunes a sentence-transformers model by contrast, as a low-rank change of its layers: adaptation.py keeps it.

evals/adapt.py trains the change that ships, and `precedent tune --model` one of an installation's own.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.adapters.adaptation import Change, adapted_layers

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Side = tuple[int, int]
"""Places of the two texts of a question or a record: its title and the whole, or twice the one that there is."""

RANK = 16
STEPS = 250
PAIRS = 32
"""Pairs a step: each question picks its own record out of these.

Offering the records of earlier steps too, as they were then, was tried and spoils the model: it learns to drift away
from them.
"""
TOKENS = 112
SCALE = 20.0
RATE = 4e-4
RECIPE = 1
"""Raise it when training changes: what was trained before is trained again."""
_WARM_UP = 0.1
_TEXTS_AT_ONCE = 16
_ALIKE = 0.95
"""Records nearer to the question than this are no wrong answers, whatever nobody said of them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides that belong together. Pairs of one `group` are about one problem: none is another's wrong answer."""

    asked: Side
    right: Side
    group: int
    weight: float = 1.0
    """How often the pair is drawn, beside the others."""


@dataclass(frozen=True, slots=True)
class Lesson:
    texts: Sequence[str]
    pairs: Sequence[Pair]


def train(
    model: "SentenceTransformer",
    lesson: Lesson,
    *,
    steps: int = STEPS,
    rank: int = RANK,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Change:
    """The change that draws pairs together, by InfoNCE (van den Oord et al. 2018). The model is used up by it.

    A question is the mean of its texts' vectors, and a record as near as its texts are on average: as retrieval has it.
    The same model, lesson and versions of libraries give the same change on one kind of processor.
    Raises ValueError where the lesson has no pairs.
    """
    if not lesson.pairs:
        raise ValueError("the lesson has no pairs")
    import torch  # noqa: PLC0415 - seconds to import

    torch.manual_seed(0)
    # Where the processor multiplies in bfloat16 a step takes a third of the time; elsewhere it would take longer.
    quick = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001 - there is no public form
    layers = _with_low_rank(model, rank, quick=quick)
    weights = [weight for layer in layers.values() for weight in (layer.up, layer.down)]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.0)
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    classroom = _Classroom(model, lesson)
    for step, chosen in enumerate(_draws(lesson.pairs, steps)):
        with torch.autocast("cpu", torch.bfloat16, enabled=quick):
            vectors = classroom.embedded(chosen)
        loss = classroom.loss(chosen, *vectors)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        rate.step()
        progress(step + 1, steps)
    return {
        name: (layer.up.detach().numpy().astype(np.float16), layer.down.detach().numpy().astype(np.float16))
        for name, layer in layers.items()
    }


def _rate(step: int, steps: int) -> float:
    warm = max(1.0, _WARM_UP * steps)
    return min((step + 1) / warm, (steps - step) / (steps - warm + 1))


def _draws(pairs: Sequence[Pair], steps: int) -> Iterator[list[Pair]]:
    """Pairs of each step; either side may ask for the other."""
    draw = np.random.default_rng(0)
    chances = np.array([pair.weight for pair in pairs])
    chances = chances / chances.sum()
    for _ in range(steps):
        places = draw.choice(len(pairs), PAIRS, p=chances)
        turned = draw.random(PAIRS) < 0.5  # noqa: PLR2004 - as likely as not
        chosen = [pairs[place] for place in places]
        yield [
            Pair(pair.right, pair.asked, pair.group) if turn else pair
            for pair, turn in zip(chosen, turned, strict=True)
        ]


class _Classroom:
    """The texts of a lesson as tokens, each taken apart once."""

    def __init__(self, model: "SentenceTransformer", lesson: Lesson) -> None:
        self._model, self._texts = model, lesson.texts
        self._tokens: dict[int, list[int]] = {}

    def loss(self, chosen: Sequence[Pair], place: Mapping[int, int], vectors: "torch.Tensor") -> "torch.Tensor":
        import torch  # noqa: PLC0415

        def both(sides: Sequence[Side]) -> torch.Tensor:
            first, second = (torch.tensor([place[side[at]] for side in sides]) for at in (0, 1))
            return (vectors[first] + vectors[second]) / 2

        asked = torch.nn.functional.normalize(both([pair.asked for pair in chosen]), dim=1)
        right = both([pair.right for pair in chosen])
        groups = torch.tensor([pair.group for pair in chosen])
        scores = asked @ right.T
        own = torch.eye(len(chosen), dtype=torch.bool)
        barred = ((groups[:, None] == groups[None]) | (scores > _ALIKE)) & ~own
        scores = (SCALE * scores).masked_fill(barred, -math.inf)
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(chosen)))

    def embedded(self, chosen: Sequence[Pair]) -> tuple[dict[int, int], "torch.Tensor"]:
        """The row of each text, and the rows; texts of like length go through together, to pad little."""
        import torch  # noqa: PLC0415

        texts = {text for pair in chosen for text in (*pair.asked, *pair.right)}
        for text in texts:
            if text not in self._tokens:
                self._tokens[text] = self._model.tokenizer(self._texts[text], truncation=True, max_length=TOKENS)[
                    "input_ids"
                ]
        order = sorted(texts, key=lambda text: (len(self._tokens[text]), text))
        rows = []
        for start in range(0, len(order), _TEXTS_AT_ONCE):
            ids = [self._tokens[text] for text in order[start : start + _TEXTS_AT_ONCE]]
            padded: Any = self._model.tokenizer.pad({"input_ids": ids}, return_tensors="pt")
            rows.append(self._model(dict(padded))["sentence_embedding"].float())
        vectors = torch.nn.functional.normalize(torch.cat(rows), dim=1)
        return {text: row for row, text in enumerate(order)}, vectors


def _with_low_rank(model: "SentenceTransformer", rank: int, *, quick: bool) -> dict[str, Any]:
    """Freeze the model and set a trainable low-rank change (Hu et al. 2021, LoRA) beside each of its linear layers."""
    import torch  # noqa: PLC0415

    class Changed(torch.nn.Module):
        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            self.layer = layer
            self.up = torch.nn.Parameter(torch.zeros(layer.out_features, rank))
            self.down = torch.nn.Parameter(torch.randn(rank, layer.in_features) / math.sqrt(layer.in_features))

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.layer(values) + (values @ self.down.T) @ self.up.T
            return found

    transformer: Any = model[0].auto_model
    transformer.requires_grad_(False)
    # The plain form of attention: going back through the fused one takes several times as long on a processor.
    transformer.set_attn_implementation("eager")
    layers = {}
    for name in adapted_layers(transformer):
        changed = layers[name] = Changed(transformer.get_submodule(name))
        if quick:  # once, and not again in each step
            changed.layer.bfloat16()
        parent, _, own = name.rpartition(".")
        setattr(transformer.get_submodule(parent), own, changed)
    return layers
