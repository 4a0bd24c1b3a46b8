"""Changes of the embedding model, trained side by side and kept by what they were trained on."""

import hashlib
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from pipelines.adapters import model_training
from pipelines.adapters.adaptation import Change, write_adaptation
from pipelines.adapters.embedding_source import DEFAULT_MODEL_SHA256
from pipelines.adapters.model_training import STEPS, Lesson

KEPT = 0.8
"""How much of a trained change is kept: on earlier questions, all of it and 0.6 of it found as much."""
_TOLD_EVERY = 10


def adaptations(lessons: Sequence[Lesson], directory: Path, *, steps: int = STEPS) -> list[Path]:
    """A file for each lesson under `directory`; what was learned before from the same pairs is there already.

    Each is trained in a process of its own on one processor: two at a time take as long as one, and what threads wait
    for one another on a busy machine is more than they save.
    """
    places = [directory / "adaptations" / f"{_key(lesson, steps)}.npz" for lesson in lessons]
    missing = [(lesson, place, steps) for lesson, place in zip(lessons, places, strict=True) if not place.exists()]
    if missing:
        places[0].parent.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("spawn")  # a forked torch hangs
        with ProcessPoolExecutor(max_workers=min(len(missing), os.cpu_count() or 1), mp_context=context) as pool:
            list(pool.map(_train, *zip(*missing, strict=True)))
    return places


def _train(lesson: Lesson, place: Path, steps: int) -> None:
    write_adaptation(place, trained(lesson, steps=steps) if steps else {}, share=KEPT)


def trained(lesson: Lesson, *, steps: int = STEPS) -> Change:
    """The change of the default model that this lesson teaches; for a process of its own."""
    import torch  # noqa: PLC0415 - seconds to import

    from pipelines.adapters.sentence_embedder import DEFAULT_MODEL, SentenceEmbedder  # noqa: PLC0415

    def progress(done: int, whole: int) -> None:
        if done % _TOLD_EVERY == 0 or done == whole:
            print(f"\rlearning from {len(lesson.pairs)} pairs: step {done} of {whole}  ", end="", file=sys.stderr)

    torch.set_num_threads(1)
    return model_training.train(SentenceEmbedder(DEFAULT_MODEL).transformer, lesson, steps=steps, progress=progress)


def _key(lesson: Lesson, steps: int) -> str:
    whole = hashlib.sha256(f"{DEFAULT_MODEL_SHA256} {model_training.RECIPE} {KEPT} {steps}".encode())
    for text in lesson.texts:
        whole.update(hashlib.sha256(text.encode("utf-8", "replace")).digest())
    for pair in lesson.pairs:
        whole.update(f"{pair.asked} {pair.right} {pair.group} {pair.weight:.6g}\n".encode())
    return whole.hexdigest()[:16]
