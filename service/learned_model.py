"""The embedding model that an installation taught itself: where it lies, how it is made, and when it is set aside."""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipelines.domain.errors import ConfigurationError
from pipelines.ports import Embedder, VectorIndex
from pipelines.retrieve.tune import Compared
from service.settings import Settings
from service.usecases import clock
from service.usecases.tune_model import Progress, Taught

FOLDER = "learned-model"
_FACTS = "learned.json"
_CHANGE = "adaptation.npz"
_EXPORT = "model"
_FORMAT = 1
_ANSWERED_SHARE = 0.4
"""The share of the drawn pairs that are answered questions; records' own titles and problems keep it general."""


def learned_model(settings: Settings) -> Path | None:
    """The export of the model that was learned here from the one in the settings, or None."""
    facts = learned_facts(settings)
    return settings.data_dir / FOLDER / _EXPORT if facts else None


def learned_facts(settings: Settings) -> dict[str, Any] | None:
    """When it was learned and what that brought; None without one, and for one made from another model.

    Raises ConfigurationError where the folder cannot be read.
    """
    path = settings.data_dir / FOLDER / _FACTS
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        fits = facts["format"] == _FORMAT and facts["embedding_model"] == settings.embedding_model
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path.parent} cannot be read as a learned model. Delete it to go back to the model before."
        ) from error
    return facts if fits else None


class ModelWorkshop:
    """The Workshop of `tune_model`: a candidate is made in a folder beside the kept one, which goes when it is left."""

    def __init__(self, settings: Settings, steps: int | None = None) -> None:
        self._settings, self._steps = settings, steps

    def __enter__(self) -> Self:
        self._settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left_by_a_crash in self._settings.data_dir.glob(f".{FOLDER}-*"):
            shutil.rmtree(left_by_a_crash, ignore_errors=True)
        self._made = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=self._settings.data_dir))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._made, ignore_errors=True)

    def learn(self, taught: Sequence[Taught], progress: Progress) -> Embedder:
        """The model in use, changed further. Imports torch; takes minutes."""
        from pipelines.adapters import model_training  # noqa: PLC0415
        from pipelines.adapters.adaptation import (  # noqa: PLC0415
            joined,
            read_adaptation,
            shipped_adaptation,
            write_adaptation,
        )
        from pipelines.adapters.onnx_embedder import OnnxEmbedder  # noqa: PLC0415
        from pipelines.adapters.sentence_embedder import SentenceEmbedder, export  # noqa: PLC0415

        name = self._settings.embedding_model
        kept = self._settings.data_dir / FOLDER / _CHANGE
        before = kept if learned_facts(self._settings) else shipped_adaptation(name)
        model = SentenceEmbedder(name, adaptation=before).transformer
        steps = self._steps or model_training.STEPS
        change = model_training.train(model, _lesson(taught), steps=steps, progress=progress)
        path = self._made / _CHANGE
        write_adaptation(path, joined(read_adaptation(before), change) if before else change)
        return OnnxEmbedder(export(name, self._made / _EXPORT, adaptation=path).directory)

    def index(self, dimension: int) -> VectorIndex:
        from pipelines.adapters.memory_index import MemoryIndex  # noqa: PLC0415

        return MemoryIndex(dimension)

    def keep(self, found: Compared) -> Path:
        """Put the candidate in the place of the learned model there was, if any."""
        facts = {
            "format": _FORMAT,
            "embedding_model": self._settings.embedding_model,
            "learned_at": clock.now().isoformat(timespec="seconds"),
            "questions": found.questions,
            "before": round(found.before, 4),
            "after": round(found.after, 4),
            "sure": round(found.sure, 4),
        }
        (self._made / _FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        place = self._settings.data_dir / FOLDER
        if place.exists():
            former = self._made.with_name(f".{FOLDER}-former-{os.getpid()}")
            place.rename(former)
            self._made.rename(place)
            shutil.rmtree(former, ignore_errors=True)
        else:
            self._made.rename(place)
        return place


def _lesson(taught: Sequence[Taught]) -> Any:
    from pipelines.adapters.model_training import Lesson, Pair  # noqa: PLC0415

    texts: dict[str, int] = {}
    groups: dict[str, int] = {}

    def places(side: tuple[str, str]) -> tuple[int, int]:
        first, second = (texts.setdefault(text, len(texts)) for text in side)
        return first, second

    count = {kind: sum(one.answered is kind for one in taught) for kind in (True, False)}
    share = {True: _ANSWERED_SHARE, False: 1 - _ANSWERED_SHARE}
    pairs = [
        Pair(
            places(one.asked),
            places(one.right),
            groups.setdefault(one.about, len(groups)),
            share[one.answered] / count[one.answered],
        )
        for one in taught
    ]
    return Lesson(list(texts), pairs)
