"""A small trained change of an embedding model: low-rank additions to its linear layers and to what comes out of it.

evals/adapt.py trains the one that ships.
The packaged model knows everyday English; the change turns it so that tellings of one software problem lie nearer
together than problems that only share their words. Added to the weights before an export, it costs a running server
nothing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipelines.adapters.embedding_files import sha256_of
from pipelines.adapters.embedding_source import DEFAULT_MODEL
from pipelines.domain.errors import ConfigurationError
from pipelines.ports import Vectors

SHIPPED = Path(__file__).with_name("all-MiniLM-L6-v2.adaptation.npz")

Change = Mapping[str, tuple[NDArray[np.float16], NDArray[np.float16]]]
"""For each layer by name, `up` of shape (out, rank) and `down` of shape (rank, in): their product is what is added."""

OUTPUT = "output"
"""Not a layer: what is added to the matrix that changes nothing, by which the sentence vector is multiplied."""

_UP, _DOWN = ":up", ":down"


def shipped_adaptation(model: str) -> Path | None:
    """The change that comes with the program for this model; only the default model has one."""
    return SHIPPED if model == DEFAULT_MODEL else None


def adaptation_sha256(path: Path | None) -> str:
    """The file's sha256; empty without one."""
    return sha256_of(path) if path else ""


def write_adaptation(path: Path, change: Change, *, share: float = 1.0) -> None:
    """Keep the change, or a share of it: a step back towards the published model (Wortsman et al. 2022, WiSE-FT)."""
    parts = {}
    for name, (up, down) in sorted(change.items()):
        parts[name + _UP] = (share * up.astype(np.float32)).astype(np.float16)
        parts[name + _DOWN] = down
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        np.savez(file, **parts)  # type: ignore[arg-type]  # the stub takes each name for `allow_pickle`
    fresh.replace(path)


def read_adaptation(path: Path) -> Change:
    """Raises ConfigurationError where the file does not hold a change."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            names = [key.removesuffix(_UP) for key in kept.files if key.endswith(_UP)]
            return {name: (kept[name + _UP], kept[name + _DOWN]) for name in names}
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, BadZipFile) as error:
        raise ConfigurationError(f"The adaptation {path.name} cannot be read. Install the program again.") from error


def joined(first: Change, second: Change) -> Change:
    """One change that does what both do, of the sum of their ranks."""
    both = {**first, **second}
    for name in first.keys() & second.keys():
        up, down = zip(first[name], second[name], strict=True)
        both[name] = (np.concatenate(up, axis=1), np.concatenate(down, axis=0))
    return both


def adapted_layers(transformer: Any) -> list[str]:
    """Names of the layers that a change may touch: the linear ones, but for the pooler that sentence vectors skip."""
    import torch  # noqa: PLC0415 - seconds to import

    named = transformer.named_modules()
    return [name for name, one in named if isinstance(one, torch.nn.Linear) and not name.startswith("pooler")]


def output_matrix(change: Change) -> Vectors | None:
    """The matrix, shape (dimension, dimension), that the model's vectors are multiplied by; None without one."""
    if OUTPUT not in change:
        return None
    up, down = (part.astype(np.float32) for part in change[OUTPUT])
    return np.asarray(np.eye(len(up), dtype=np.float32) + up @ down, dtype=np.float32)


def low_rank(matrix: Vectors, rank: int) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """The OUTPUT part that comes nearest to a square matrix."""
    up, sizes, down = np.linalg.svd(matrix - np.eye(len(matrix), dtype=np.float32))
    root = np.sqrt(sizes[:rank])
    return (up[:, :rank] * root).astype(np.float16), (root[:, None] * down[:rank]).astype(np.float16)


def turned(vectors: Vectors, matrix: Vectors) -> Vectors:
    """Unit vectors, one a row (or a single one), turned by the matrix; unit vectors again."""
    found = vectors @ matrix.T
    return np.asarray(found / np.linalg.norm(found, axis=-1, keepdims=True), dtype=np.float32)


def adapt(transformer: Any, change: Change) -> None:
    """Add the change, all but OUTPUT, to the weights of a torch module.

    Raises ConfigurationError where it was made for another one.
    """
    import torch  # noqa: PLC0415

    known = set(adapted_layers(transformer))
    with torch.inference_mode():
        for name, (up, down) in change.items():
            if name == OUTPUT:
                continue
            added = torch.from_numpy(up.astype(np.float32) @ down.astype(np.float32))
            if name not in known or transformer.get_submodule(name).weight.shape != added.shape:
                raise ConfigurationError(f"The adaptation was not made for this model: it changes {name}.")
            transformer.get_submodule(name).weight += added
