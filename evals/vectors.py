"""Vectors of texts for the evaluations, kept on disk by content: the same text is embedded once."""

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from pipelines.adapters.adaptation import (
    OUTPUT,
    SHIPPED,
    adaptation_sha256,
    output_matrix,
    read_adaptation,
    turned,
    write_adaptation,
)
from pipelines.ports import Embedder, Vectors

DEFAULT_CACHE = Path(tempfile.gettempdir()) / "precedent-eval-vectors"
_BATCH = 512
_KEPT_EVERY = 8 * _BATCH
"""Embedding a large folder takes minutes: what is stopped goes on from there."""


def published_embedder(directory: Path = DEFAULT_CACHE) -> Embedder:
    """The default model as it was published, without our adaptation; exported into `directory`, once."""
    # Adapters bring heavy libraries along; what only reads the cache's code should not wait for them.
    from pipelines.adapters.onnx_embedder import OnnxEmbedder  # noqa: PLC0415
    from pipelines.adapters.sentence_embedder import DEFAULT_MODEL, export  # noqa: PLC0415

    return OnnxEmbedder(export(DEFAULT_MODEL, directory / "models" / "as-published", as_published=True).directory)


def adapted_embedder(adaptation: Path, directory: Path) -> Embedder:
    """The default model with this change of it, exported into `directory`, once."""
    from pipelines.adapters.onnx_embedder import OnnxEmbedder  # noqa: PLC0415
    from pipelines.adapters.sentence_embedder import DEFAULT_MODEL, export  # noqa: PLC0415

    place = directory / "models" / f"adapted-{adaptation_sha256(adaptation)[:12]}"
    return OnnxEmbedder(export(DEFAULT_MODEL, place, adaptation=adaptation).directory)


class Turned:
    """A model's vectors, turned by a matrix: what the export does, without embedding anything again."""

    def __init__(self, vectors: "EvalVectors", matrix: Vectors) -> None:
        self._vectors, self._matrix = vectors, matrix

    @property
    def dimension(self) -> int:
        return self._vectors.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        return turned(self._vectors.embed(texts), self._matrix)


class EvalVectors(Protocol):
    """Vectors of texts, unit length, shape (len(texts), dimension)."""

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class VectorCache:
    """Embeds texts and remembers their vectors in one file a model. Not for two processes at once."""

    def __init__(self, model: Embedder, directory: Path = DEFAULT_CACHE) -> None:
        self._model = model
        name = hashlib.sha256(model.model_id.encode()).hexdigest()[:16]
        self._path = directory / f"{name}.npz"
        self._known: dict[str, int] = {}
        self._rows: list[Vectors] = []
        if self._path.exists():
            with np.load(self._path) as kept:
                self._known = {str(key): place for place, key in enumerate(kept["keys"])}
                self._rows = list(kept["vectors"])

    @property
    def dimension(self) -> int:
        return self._model.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension); rows of length 1."""
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for start in range(0, len(missing), _BATCH):
            if len(missing) > _BATCH:
                print(f"\rembedding {start} of {len(missing)} texts", end="", file=sys.stderr, flush=True)
            part = list(missing.items())[start : start + _BATCH]
            for (key, _), vector in zip(part, self._model.embed_documents([t for _, t in part]), strict=True):
                self._known[key] = len(self._rows)
                self._rows.append(vector)
            if start and start % _KEPT_EVERY == 0:
                self._keep()
        if missing:
            self._keep()
        return np.array([self._rows[self._known[key]] for key in keys], dtype=np.float32)

    def _keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.stem}.new.npz")
        np.savez(fresh, keys=np.array(list(self._known)), vectors=np.array(self._rows, dtype=np.float32))
        fresh.replace(self._path)


def served_vectors(directory: Path = DEFAULT_CACHE) -> EvalVectors:
    """What the program embeds with, adaptation and all."""
    return adapted_vectors(SHIPPED, directory)


def adapted_vectors(adaptation: Path, directory: Path) -> EvalVectors:
    """What the default model embeds with this change of it, which is exported into `directory`, once.

    Two changes of the same layers share what was embedded.
    """
    change = dict(read_adaptation(adaptation))
    matrix = output_matrix(change)
    change.pop(OUTPUT, None)
    if change:
        layers = directory / "adaptations" / "layers.npz"
        layers.parent.mkdir(parents=True, exist_ok=True)
        write_adaptation(layers, change)
        plain = VectorCache(adapted_embedder(layers, directory), directory)
    else:
        plain = VectorCache(published_embedder(directory), directory)
    return plain if matrix is None else Turned(plain, matrix)
